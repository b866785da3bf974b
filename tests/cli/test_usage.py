"""Every command, used wrongly or where it cannot work: one sentence and the right exit code."""

import os
import socket
from pathlib import Path

import pytest

from tests.cli.terminal import TIMEOUT_S, Terminal

LONG = "9" * 5000
# What Python makes of bytes that are no UTF-8.
NO_TEXT = "\udcff"
TO = "6505550199"
WRONG: list[tuple[list[str], str]] = [
    (["frobnicate"], "invalid choice: 'frobnicate'"),
    (["--frobnicate"], "Unrecognized arguments: --frobnicate"),
    (["status", "x"], "Unrecognized arguments: x"),
    (["status", "--server"], "expected one argument"),
    (["status", "--server", ""], "must be a web address"),
    (["status", "--client-id", " "], "No client ID is set"),
    (["login", "--jwt", "--browser"], "not allowed with argument --jwt"),
    (["logout", LONG], "Unrecognized arguments: 999"),
    (["watch", "--for", "0"], "'0' is not a number of seconds above 0"),
    (["watch", "--for", "-1"], "'-1' is not a number of seconds above 0"),
    (["watch", "--for", "nan"], "'nan' is not a number of seconds above 0"),
    (["watch", "--for", "1e999"], "'1e999' is not a number of seconds above 0"),
    (["watch", "--for", ""], "'' is not a number of seconds above 0"),
    (["calls", "--limit", "-1"], "'-1' is not a number from 1 to 100000"),
    (["calls", "--limit", "\u0663"], "is not a number from 1 to 100000"),
    (["calls", "--limit", LONG], "999…' is not a number from 1 to 100000"),
    (["calls", "--from", ""], "'' is no date: write 2026-11-23"),
    (["calls", "--from", "2026-02-30"], "'2026-02-30' is no date"),
    (["calls", "--from", LONG], "999…' is no date"),
    (["calls", "--from", "9999-12-31"], "'9999-12-31' is not between the years 2000 and 2999"),
    (["calls", "--to", "9999-12-31"], "'9999-12-31' is not between the years 2000 and 2999"),
    (["calls", "--to", "0001-01-01"], "'0001-01-01' is not between the years 2000 and 2999"),
    (["calls", "--from", "2026-02-02", "--to", "2026-02-01"], "--from must be before --to."),
    (["calls", "--active", "--from", "2026-02-02", "--to", "2026-02-01"], "must be before --to."),
    (["calls", "--number", ""], "Give a number after --number."),
    (["calls", "--number", LONG], "That is too long for a phone number."),
    (["calls", "--direction", "up"], "invalid choice: 'Up'"),
    (["dial"], "required: NUMBER"),
    (["dial", ""], "Give a number to call."),
    (["dial", " "], "Give a number to call."),
    (["dial", "+"], "“+” is not a phone number."),
    (["dial", LONG], "That is too long for a phone number."),
    (["dial", "650\n555x"], "is not a phone number."),
    (["dial", TO, "--via", "fax"], "invalid choice: 'fax'"),
    (["dial", TO, "--from", ""], "Give a number after --from, or leave it out."),
    (["dial", TO, "--caller-id", " "], "Give a number after --caller-id, or leave it out."),
    (["dial", TO, "--from", "x"], "“x” is not a phone number."),
    (["dial", TO, "--from", "911"], "rcdesk cannot place emergency calls"),
    (["ringout"], "required: action, ID"),
    (["ringout", "dance", "1"], "invalid choice: 'dance'"),
    *(
        (["ringout", action, id_], "Give the RingOut's ID as `rcdesk dial` printed it.")
        for action in ("status", "cancel")
        for id_ in ("", " ", ".", "..", LONG, NO_TEXT)
    ),
    (["open", "http://example.com"], "rcdesk opens links that begin with tel:"),
    (["open", f"tel:{LONG}"], "rcdesk opens links that begin with tel:"),
    (["open", f"tel:{NO_TEXT}"], "This link holds no phone number that rcdesk understands."),
    (["simulate", "--port", "-1"], "'-1' is not a port from 0 to 65535"),
    (["simulate", "--port", LONG], "999…' is not a port from 0 to 65535"),
    (["simulate", "--seed", LONG], "999…' is not a whole number"),
    (["simulate", "--calls", "-5"], "'-5' is not a number of calls from 0"),
    (["simulate", "--speed", "nan"], "'nan' is not a speed above 0"),
    (["simulate", "--host", ""], "give an address to listen on"),
    (["demo", "--calls", "x"], "'x' is not a number from 1 to 100000"),
]


@pytest.mark.parametrize(
    ("arguments", "said"), WRONG, ids=[" ".join(words)[:40] for words, _ in WRONG]
)
def test_wrong_usage_is_one_sentence_and_2(
    terminal: Terminal, arguments: list[str], said: str
) -> None:
    ended = terminal.run(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.sentence
    assert len(ended.sentence) < 2000


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("example.com", "must be a web address"),
        ("https://", "must be a web address"),
        ("ftp://example.com", "must be a web address"),
        ("https://user@example.com", "must be a web address"),
        ("http://[::1", "must be a web address"),
        ("http://example.com", "must begin with https://"),
        ("HTTP://EXAMPLE.COM", "must begin with https://"),
        ("http://localhost.example.com", "must begin with https://"),
        ("https://example.com?x=1", "must be an address without ? and #"),
        ("https://example.com/restapi", "has more than a host and a port"),
        ("http://127.0.0.1:1/sub", "has more than a host and a port"),
    ],
)
@pytest.mark.parametrize("command", ["status --json", "dial 6505550199", "login --jwt", "logout"])
def test_a_server_that_cannot_be_used_is_one_sentence(
    terminal: Terminal, command: str, address: str, said: str
) -> None:
    ended = terminal.run(*command.split(), RC_SERVER_URL=address)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.sentence


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (None, 1, "cannot be read (Is a directory)"),
        (b"[a", 2, "does not parse"),
        (b"\xff\xfe", 2, "is not UTF-8 text"),
        (b"a=" + b"[" * 9999, 2, "is nested too deeply"),
        (b'dial_via = "fax"', 0, "dial_via in"),
        (b"ringout_from = 7", 0, "must be text in quotation marks"),
        (b'ringout_prompt = "yes"', 0, "must be true or false"),
        (b'jwt = "x"', 0, "it is a credential"),
    ],
)
def test_a_settings_file_that_cannot_be_used_is_one_sentence(
    terminal: Terminal, content: bytes | None, code: int, said: str
) -> None:
    file = terminal.home / "config" / "config.toml"
    file.parent.mkdir(parents=True)
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    ended = terminal.run("status", "--json")
    assert ended.code == code
    assert said in ended.sentence
    assert str(file) in ended.sentence
    assert bool(ended.out) == (code == 0)


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a folder for nobody")
@pytest.mark.parametrize(
    ("command", "jwt", "code"),
    [
        ("status", True, 0),
        ("calls --limit 1", True, 0),
        ("watch --for 1", True, 0),
        ("login --jwt", True, 0),
        ("logout", True, 0),
        ("status", False, 3),
        ("calls", False, 3),
    ],
)
def test_a_home_that_cannot_be_written_costs_nothing_but_the_session(
    terminal: Terminal, command: str, code: int, *, jwt: bool
) -> None:
    other = {} if jwt else {"RC_USER_JWT": ""}
    ended = terminal.run(*command.split(), RCDESK_HOME="/proc/rcdesk", **other)
    assert ended.code == code
    assert not ended.err or ended.sentence


def test_a_home_that_is_none_is_one_sentence(terminal: Terminal) -> None:
    ended = terminal.run("status", RCDESK_HOME="~nobody-of-that-name/rcdesk")
    assert (ended.code, ended.out) == (2, "")
    assert ended.sentence.startswith("RCDESK_HOME is no folder")


def test_a_home_may_have_any_name(terminal: Terminal) -> None:
    assert terminal.run("status", RCDESK_HOME=f"{terminal.home}{NO_TEXT}").code == 0


def test_pictures_that_cannot_be_kept_are_one_sentence(terminal: Terminal) -> None:
    ended = terminal.run("demo", "--tour", "--output", f"{__file__}/pictures")
    assert (ended.code, ended.out) == (1, "")
    assert ended.sentence.endswith("give another folder after --output.")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal to send")
@pytest.mark.parametrize(
    "command",
    [
        *("status", "status --refresh", "watch --json", "calls", "calls --active", "login --jwt"),
        *("dial 6505550199", "dial 6505550199 --wait", "ringout status 1"),
    ],
)
def test_interrupting_is_130_and_no_traceback(terminal: Terminal, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(TIMEOUT_S)
        server = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with terminal.started(*command.split(), RC_SERVER_URL=server) as started:
            asked, _ = silent.accept()
            with asked:
                started.interrupt()
                assert (started.ended(), started.read, started.err) == (130, [], "")
