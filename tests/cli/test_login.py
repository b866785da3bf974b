import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import TIMEOUT_S, Terminal

NO_KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
DESK = """
printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null
rcdesk() { "$PYTHON" -m rcdesk "$@"; echo "code $?"; }
printf '%s\\n' "$NUMBER" "$EXTENSION" "$PASSWORD" | rcdesk login --password
rcdesk status
rcdesk calls --limit 1 --csv
rcdesk status --refresh
rcdesk status --check
rcdesk logout
rcdesk logout
rcdesk status
"""


@pytest.fixture
def terminal(terminal: Terminal) -> Terminal:
    terminal.environment |= NO_KEYRING
    return terminal


@pytest.mark.skipif(
    not (shutil.which("gnome-keyring-daemon") and shutil.which("dbus-run-session")),
    reason="needs gnome-keyring and dbus",
)
def test_the_keyring_keeps_the_session_for_the_commands_after(
    terminal: Terminal, tmp_path: Path
) -> None:
    simulator = terminal.simulator
    gone = ("RC_USER_JWT", "PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY")
    environment = {k: v for k, v in terminal.environment.items() if k not in gone} | {
        "HOME": str(tmp_path),
        "PYTHON": sys.executable,
        "NUMBER": simulator.username,
        "EXTENSION": simulator.extension,
        "PASSWORD": simulator.password,
    }
    terminal.control("requests", "DELETE")
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", DESK],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=2 * TIMEOUT_S,
        check=True,
    )
    terminal.said += [done.stdout, done.stderr]
    name = simulator.world.company.user.name
    lines = done.stdout.splitlines()
    assert lines[:2] == [f"Signed in as {name}, extension 101.", "code 0"]
    assert [line for line in lines if line.startswith("code")] == ["code 0"] * 7 + ["code 3"]
    assert lines[-4:-1] == ["code 0", "You were signed out already.", "code 0"]
    assert "You are signed out: run `rcdesk login`.\n" in done.stderr
    grants = [
        entry["body"]["grant_type"]
        for entry in terminal.control("requests", "GET")["requests"]
        if entry["path"].endswith("/oauth/token")
    ]
    assert grants == ["password", "refresh_token"]


def test_without_a_keyring_nobody_is_asked_for_a_password(terminal: Terminal) -> None:
    terminal.control("requests", "DELETE")
    ended = terminal.run("login", "--password", stdin="1\n\npw\n", RC_USER_JWT="")
    assert (ended.code, ended.out) == (1, "")
    assert ended.sentence.startswith("This computer has no keyring to keep the sign-in in")
    assert terminal.control("requests", "GET")["requests"] == []


@pytest.mark.parametrize("through", ["environment", "stdin"])
def test_a_jwt_is_tried_even_without_a_keyring(terminal: Terminal, through: str) -> None:
    jwt = terminal.simulator.jwt
    from_stdin = through == "stdin"
    done = terminal.run(
        "login",
        "--jwt",
        "--json",
        stdin=f"{jwt}\n" if from_stdin else "",
        RC_USER_JWT="" if from_stdin else jwt,
    )
    assert (done.code, done.json["signed_in"], done.json["kept"]) == (0, True, False)
    assert "leave RC_USER_JWT set" in done.sentence


@pytest.mark.parametrize(
    ("options", "stdin", "code"),
    [(["--jwt"], "", 2), (["--jwt"], "nonsense", 3), (["--jwt", "--password"], "", 2)],
)
def test_a_login_that_cannot_be_says_so(
    terminal: Terminal, options: list[str], stdin: str, code: int
) -> None:
    ended = terminal.run("login", *options, stdin=stdin, RC_USER_JWT="")
    assert (ended.code, ended.out) == (code, "")
    assert "Traceback" not in ended.err


def test_signing_out_twice_is_no_error(terminal: Terminal) -> None:
    done = terminal.run("logout", "--json", RC_USER_JWT="")
    assert (done.code, done.json) == (0, {"signed_in": False, "was_signed_in": False})
