from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from rcdesk.services.diagnosis.case import Case, open_case
from rcdesk.services.diagnosis.examination import CHECKS, examine
from rcdesk.services.diagnosis.findings import Finding
from rcdesk.simulator.server import Simulator
from rcdesk.system.paths import Paths

CaseOf = Callable[..., Case]
Examination = Callable[..., Awaitable[dict[str, Finding]]]


@pytest.fixture
def case_of(tmp_path: Path) -> CaseOf:
    """Open a case for a simulator, with variables and settings as they are given."""

    def open_one(simulator: Simulator | None = None, *, file: str = "", **variables: str) -> Case:
        paths = Paths.below(tmp_path / "rcdesk")
        if file:
            paths.config_dir.mkdir(parents=True, mode=0o700, exist_ok=True)
            paths.settings_file.write_text(file)
            paths.settings_file.chmod(0o600)
        environ = {"HOME": str(tmp_path)}
        if simulator is not None:
            environ |= {
                "RC_SERVER_URL": simulator.url,
                "RC_APP_CLIENT_ID": simulator.client_id,
                "RC_APP_CLIENT_SECRET": simulator.client_secret,
                "RC_USER_JWT": simulator.jwt,
            }
        environ |= variables
        return open_case(paths, environ={k: v for k, v in environ.items() if v})

    return open_one


async def examined(case: Case, *names: str) -> dict[str, Finding]:
    """Run these checks, and those they come after."""
    wanted = set(names)
    for check in reversed(CHECKS):
        if check.name in wanted:
            wanted |= {*check.needs, *check.after}
    checks = [check for check in CHECKS if check.name in wanted]
    return {name: finding async for name, finding in examine(case, checks)}


@pytest.fixture
def examination() -> Examination:
    return examined
