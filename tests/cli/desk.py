"""Commands of a user who sits at a desk: with a session bus and an unlocked keyring."""

import shutil
import subprocess
import sys

import pytest

from tests.cli.terminal import TIMEOUT_S, Run, Terminal

NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
UNLOCK = "printf pw | gnome-keyring-daemon --replace --unlock --components=secrets >/dev/null 2>&1"
LOCK = "gnome-keyring-daemon --replace --start --components=secrets >/dev/null 2>&1"
UNLOCKED = f"""
{UNLOCK}
rcdesk() {{ "$PYTHON" -m rcdesk "$@"; echo "code $?"; }}
"""
needs_gnome_keyring = pytest.mark.skipif(
    not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")),
    reason="needs gnome-keyring and dbus",
)


def at_a_desk(terminal: Terminal, script: str, **environment: str) -> Run:
    """Run a shell script with a session bus and an unlocked keyring of its own."""
    gone = ("RC_USER_JWT", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "QT_QPA_PLATFORM", *NO_KEYRING)
    simulator = terminal.simulator
    own = {k: v for k, v in terminal.environment.items() if k not in gone} | {
        "HOME": str(terminal.home),
        "PYTHON": sys.executable,
        "PHONE_NUMBER": simulator.username,
        "EXTENSION": simulator.extension,
        "PASSWORD": simulator.password,
    }
    terminal.home.mkdir(exist_ok=True)
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", UNLOCKED + script],
        env=own | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=2 * TIMEOUT_S,
        check=False,
    )
    # In a container the bus complains of its limits.
    lines = done.stderr.splitlines(keepends=True)
    err = "".join(line for line in lines if not line.startswith("dbus-daemon["))
    terminal.said += [done.stdout, err]
    return Run(done.returncode, done.stdout, err)
