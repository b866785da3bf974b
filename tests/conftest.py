import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from rcdesk.system.paths import Paths

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from rcdesk.simulator.server import Simulator
    from rcdesk.ui.loop import QtEventLoop
    from rcdesk.ui.style.theme import Theme

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "desk")

ROOT = Path(__file__).parents[1]
DESKTOP_START_S = 30
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(scope="session", autouse=True)
def nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep every test away from the developer's files, keyring, session, account and proxy."""
    home = tmp_path_factory.mktemp("home")
    (home / "runtime").mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("XDG_RUNTIME_DIR", str(home / "runtime"))
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={home}/no-bus")
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            patch.delenv(name, raising=False)
        for name in tuple(os.environ):
            if name.startswith(("RC_", "RCDESK_")) or name.upper() in PROXY_VARIABLES:
                patch.delenv(name)
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            # Chromium refuses its sandbox to root.
            patch.setenv("QTWEBENGINE_DISABLE_SANDBOX", "1")
        yield home


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("RCDESK_HOME", str(tmp_path / "rcdesk"))
    return Paths.from_environment()


@pytest.fixture
async def simulator() -> AsyncIterator["Simulator"]:
    from rcdesk.simulator.server import running

    async with running() as server:
        yield server


@pytest.fixture
def qloop(qapp: "QApplication") -> Iterator["QtEventLoop"]:
    """Run coroutines on Qt's loop: `qloop.run_until_complete(...)`."""
    from rcdesk.ui.loop import QtEventLoop

    with asyncio.Runner(loop_factory=lambda: QtEventLoop(qapp)) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, QtEventLoop)
        yield loop


@pytest.fixture(scope="module")
def theme(qapp: "QApplication") -> "Theme":
    """The light one, in an application that outlives its last window, as rcdesk does."""
    from rcdesk.ui.style.theme import Theme

    qapp.setQuitOnLastWindowClosed(False)
    return Theme(qapp, "light")


@pytest.fixture(scope="session")
def desktop() -> Iterator[dict[str, str]]:
    """Provide the environment of a desktop: screen, window manager, session bus, keyring."""
    tell = "import json, os, sys; print(json.dumps(dict(os.environ)), flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [ROOT / "packaging" / "virtual-screen", sys.executable, "-c", tell],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "the virtual screen did not start: run packaging/virtual-screen true"
        yield json.loads(line)
        process.stdin.close()
        process.wait(DESKTOP_START_S)
