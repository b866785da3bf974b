import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.desk import LOCK, NO_KEYRING, UNLOCK, at_a_desk, needs_gnome_keyring
from tests.cli.terminal import Terminal

SESSION = """
printf '%s\\n' "$PHONE_NUMBER" "$EXTENSION" "$PASSWORD" | rcdesk login --password
rcdesk status
rcdesk calls --limit 1 --csv
rcdesk status --refresh
rcdesk status --check
rcdesk logout
rcdesk logout
rcdesk status
"""

LOCKED = f"""
printf '%s\\n' "$PHONE_NUMBER" "$EXTENSION" "$PASSWORD" | rcdesk login --password
{LOCK}
rcdesk calls
rcdesk status --json
rcdesk logout
rcdesk logout --json
rcdesk doctor 2>/dev/null
{UNLOCK}
rcdesk status --check
rcdesk logout
"""


@pytest.fixture
def terminal(terminal: Terminal) -> Terminal:
    terminal.environment |= NO_KEYRING
    return terminal


def redirect_to(terminal: Terminal, path: str) -> str:
    """Set a redirect URI with a free port, and return it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    redirect_uri = f"http://127.0.0.1:{port}{path}"
    config = terminal.home / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(f'redirect_uri = "{redirect_uri}"\n')
    return redirect_uri


@needs_gnome_keyring
def test_the_keyring_keeps_the_session_for_the_commands_after(terminal: Terminal) -> None:
    terminal.control("requests", "DELETE")
    done = at_a_desk(terminal, SESSION)
    name = terminal.simulator.world.company.user.name
    lines = done.out.splitlines()
    assert lines[:2] == [f"Signed in as {name}, extension 101.", "code 0"]
    assert [line for line in lines if line.startswith("code")] == ["code 0"] * 7 + ["code 3"]
    assert lines[-4:-1] == ["code 0", "You were signed out already.", "code 0"]
    assert "You are signed out: run `rcdesk login`.\n" in done.err
    grants = [
        entry["body"]["grant_type"]
        for entry in terminal.control("requests", "GET")["requests"]
        if entry["path"].endswith("/oauth/token")
    ]
    assert grants == ["password", "refresh_token"]


@needs_gnome_keyring
def test_a_locked_keyring_is_told_as_such_and_keeps_its_session(terminal: Terminal) -> None:
    done = at_a_desk(terminal, LOCKED)
    *_, status, logout = (line for line in done.out.splitlines() if line.startswith("{"))
    assert json.loads(status)["signed_in"] is None
    assert "locked" in json.loads(status)["keyring"]["trouble"]
    assert json.loads(logout) == {"signed_in": None, "was_signed_in": None}
    codes = [line for line in done.out.splitlines() if line.startswith("code")]
    assert codes == ["code 0", *["code 1"] * 4, "code 0", "code 0", "code 0"]
    # What the bus has started complains there too.
    said = [line for line in done.err.splitlines() if line.startswith("You")]
    cannot = (
        "Your sign-in cannot be read: the keyring is locked; unlock it, or set RC_USER_JWT, "
        "by which each command signs in by itself."
    )
    assert said == [cannot] * 2 + ["You were not signed out: the keyring is locked; unlock it."] * 2
    assert "Not known: the keyring cannot be read." in done.out
    assert done.out.endswith("Signed out.\ncode 0\n")


@needs_gnome_keyring
@pytest.mark.parametrize(
    ("options", "decision", "ended"),
    [
        ("", "allow", "code 0"),
        ("--browser", "allow", "code 0"),
        ("--browser", "deny", "code 4"),
    ],
)
def test_the_browser_signs_in_where_there_is_no_screen(
    terminal: Terminal, options: str, decision: str, ended: str
) -> None:
    redirect_uri = redirect_to(terminal, "/oauth2callback")
    browser = f"{sys.executable} {Path(__file__).with_name('browser.py')} %s"
    done = at_a_desk(terminal, f"rcdesk login {options}", BROWSER=browser, DECISION=decision)
    assert done.out.splitlines()[-1] == ended
    said = (
        "" if options else "There is no screen for the sign-in window, so your browser is used.\n"
    )
    said += (
        "rcdesk waits 5 minutes for your browser to come back; Ctrl+C gives up. If the page there "
        f"refuses the redirect URI (OAU-109), add {redirect_uri} to the app's settings at "
        "RingCentral.\n"
    )
    said += "Finish signing in in your browser.\n"
    said += "You did not allow rcdesk to use your RingCentral account.\n" * (decision == "deny")
    assert done.err == said


@needs_gnome_keyring
def test_a_browser_that_does_not_come_back_is_one_sentence(terminal: Terminal) -> None:
    redirect_uri = redirect_to(terminal, "/nobody/registered/this")
    done = at_a_desk(terminal, "rcdesk login --browser --timeout 0.3", BROWSER="true %s")
    assert done.out == "code 3\n"
    assert done.err.splitlines()[-1] == (
        "Your browser did not come back within 0.3 s: try again, and if its page refused the "
        f"redirect URI, add {redirect_uri} to the app's settings at RingCentral."
    )


@needs_gnome_keyring
def test_interrupting_the_wait_for_the_browser_ends_at_once(
    terminal: Terminal, tmp_path: Path
) -> None:
    redirect_to(terminal, "/oauth2callback")
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\nkill -INT $PPID\n")
    browser.chmod(0o755)
    done = at_a_desk(terminal, "rcdesk login --browser", BROWSER=f"{browser} %s")
    assert done.out == "code 130\n"
    assert done.err.splitlines()[-1] == "Finish signing in in your browser."


@needs_gnome_keyring
def test_a_wrong_password_is_one_sentence(terminal: Terminal) -> None:
    script = 'printf "%s\\n" "$PHONE_NUMBER" "$EXTENSION" wrong | rcdesk login --password'
    done = at_a_desk(terminal, script)
    assert done.out == "code 4\n"
    assert done.err == "The number, extension or password is wrong.\n"


def test_without_a_keyring_nobody_is_asked_for_a_password(terminal: Terminal) -> None:
    terminal.control("requests", "DELETE")
    ended = terminal.run("login", "--password", stdin="1\n\npw\n", RC_USER_JWT="")
    assert (ended.code, ended.out) == (1, "")
    assert ended.sentence == (
        "This computer has no keyring to keep the sign-in in; install one (GNOME Keyring, KWallet "
        "or KeePassXC), or set RC_USER_JWT, by which each command signs in by itself."
    )
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
    [(["--jwt"], "", 2), (["--jwt"], "nonsense", 4), (["--jwt", "--password"], "", 2)],
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


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"\xff\xfe", "Standard input is not text in UTF-8: save it as such.\n"),
        (b"x" * 20_000, "Standard input holds more than a JWT: shorten it.\n"),
        (b" \n", "There is no JWT: set RC_USER_JWT or give it on standard input.\n"),
    ],
)
def test_what_is_no_jwt_on_standard_input_is_one_sentence(
    terminal: Terminal, given: bytes, said: str
) -> None:
    ended = subprocess.run(
        terminal.command("login", "--jwt"),
        input=given,
        env=terminal._with({"RC_USER_JWT": ""}),
        capture_output=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr.decode()) == (2, b"", said)
