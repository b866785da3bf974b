import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from rcdesk.simulator.server import Simulator
from tests.cli.terminal import Terminal, simulator_in_a_thread


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """What a shell starts in the background ignores SIGINT, and so would its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def platform() -> Iterator[Simulator]:
    with simulator_in_a_thread(calls=300) as simulator:
        yield simulator


@pytest.fixture
def terminal(platform: Simulator, tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(platform, tmp_path / "rcdesk")
    yield terminal
    terminal.control("faults", "DELETE")
    tokens = platform.world.tokens
    log = terminal.home / "state" / "rcdesk.log"
    said = "".join(terminal.said) + (log.read_text() if log.exists() else "")
    secrets = (*tokens._by_access, *tokens._by_refresh, platform.jwt, platform.password)
    assert not [secret for secret in secrets if secret in said]
