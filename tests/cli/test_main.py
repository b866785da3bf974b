import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rcdesk import __version__
from rcdesk.cli.main import COMMANDS
from rcdesk.cli.unexpected import report
from rcdesk.system.handover import Request, Verb
from rcdesk.system.instance import SingleInstance
from rcdesk.system.paths import Paths
from tests.cli.terminal import TIMEOUT_S, Terminal

HEADLESS = (
    "status",
    "calls --limit 1",
    "calls --active",
    "dial nobody",
    "ringout status x",
    "logout",
)
EXTENSION = "/restapi/v1.0/account/~/extension/~"
SLOW = {"asyncio", "httpx", "msgspec", "phonenumbers", "ssl", "PySide6"}


def imported(*arguments: str, environment: dict[str, str]) -> set[str]:
    """Top-level packages that a command has imported when it ends."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "rcdesk", *arguments],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        check=False,
    )
    modules = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if "|" in line]
    assert "rcdesk.system.quick_handover" in modules
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize("command", [*HEADLESS, "watch --for 0.2", "login --jwt"])
def test_no_headless_command_imports_qt(terminal: Terminal, command: str) -> None:
    packages = imported(*command.split(), environment=terminal.environment)
    assert not packages & {"PySide6", "shiboken6", "qasync"}


@pytest.mark.parametrize("command", COMMANDS)
def test_help_imports_nothing_slow(command: str) -> None:
    packages = imported(command, "--help", environment=dict(os.environ))
    assert not packages & (SLOW - {"asyncio", "ssl"} if command in ("demo", "simulate") else SLOW)


@pytest.mark.parametrize("uri", ["tel:+16505550199", "tel:+16505550199;name=Zoë"])
async def test_a_link_goes_to_the_running_app_in_no_time(profile: Paths, uri: str) -> None:
    taken: asyncio.Queue[Request] = asyncio.Queue()
    app = SingleInstance(profile)
    assert app.acquire()
    await app.serve(taken.put_nowait)
    try:
        packages = await asyncio.to_thread(imported, "open", uri, environment=dict(os.environ))
        request = await asyncio.wait_for(taken.get(), TIMEOUT_S)
    finally:
        await app.close()
    assert (request.verb, request.uri) == (Verb.OPEN_URI, uri)
    assert not packages & {*SLOW, "argparse", "pathlib", "dataclasses"}


@pytest.mark.parametrize("uri", ["http://example.com/", "tel:", "rcdesk:rm -rf", "x" * 9000])
def test_a_link_of_another_kind_is_one_sentence(terminal: Terminal, uri: str) -> None:
    ended = terminal.run("open", uri)
    assert (ended.code, ended.out) == (2, "")
    assert ended.sentence


@pytest.mark.parametrize(
    "arguments",
    [["frobnicate"], ["status", "--frobnicate"], ["dial"], ["demo", "--calls", "-5"]],
)
def test_wrong_usage_ends_with_2(terminal: Terminal, arguments: list[str]) -> None:
    ended = terminal.run(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.sentence.endswith("--help`).")


def test_the_version_is_told(terminal: Terminal) -> None:
    assert terminal.run("--version").out == f"rcdesk {__version__}\n"


def test_a_broken_settings_file_is_one_sentence(terminal: Terminal) -> None:
    file = terminal.home / "config" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("server_url = https://")
    ended = terminal.run("status")
    assert ended.code == 2
    assert str(file) in ended.sentence


def test_a_server_that_is_none_is_one_sentence_and_no_other_is_asked(terminal: Terminal) -> None:
    ended = terminal.run("status", RC_SERVER_URL="http://example.com")
    assert (ended.code, ended.out) == (2, "")
    assert "RC_SERVER_URL" in ended.sentence


def test_a_terminal_that_lacks_letters_still_gets_the_line(terminal: Terminal) -> None:
    done = terminal.run("calls", "--limit", "40", PYTHONIOENCODING="ascii")
    assert (done.code, done.err) == (0, "")
    assert "?" in done.out


@pytest.mark.parametrize("option", ["-v", "--verbose"])
def test_verbose_logs_no_secret(terminal: Terminal, option: str) -> None:
    done = terminal.run(option, "status", "--refresh")
    assert done.code == 0
    assert " WARNING rcdesk." in done.err


def test_an_unforeseen_error_is_one_sentence_and_a_log_entry(
    profile: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ValueError, match="token") as raised:
        raise ValueError("token=abcdefghijkl of +16505550199")
    report(raised.value)
    assert capsys.readouterr().err == (
        f"rcdesk failed unexpectedly (ValueError); the details are in {profile.log_file}.\n"
    )
    log = profile.log_file.read_text()
    assert "Traceback (most recent call last)" in log
    assert "abcdefghijkl" not in log
    assert "6505550199" not in log


def test_an_unforeseen_error_without_a_log_file_says_so(
    profile: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(profile.state_dir).parent.mkdir(parents=True)
    Path(profile.state_dir).touch()
    report(ValueError("anything"))
    assert capsys.readouterr().err.endswith("cannot be written.\n")


WRONG: tuple[Any, ...] = (
    [],
    {"id": {}, "status": [], "name": 7, "contact": "x", "regionalSettings": {"homeCountry": []}},
    {"id": 2**63, "activeCalls": [None, {"sessionId": [], "startTime": {}}], "records": 5},
)


@pytest.mark.parametrize("body", WRONG, ids=["list", "types", "extremes"])
@pytest.mark.parametrize(
    ("path", "command"),
    [
        (f"{EXTENSION}", "status --check"),
        (f"{EXTENSION}/presence", "calls --active"),
        (f"{EXTENSION}/active-calls", "calls --active"),
        (f"{EXTENSION}/forwarding-number", "dial 6505550199"),
        (f"{EXTENSION}/phone-number", "dial 6505550199"),
        (f"{EXTENSION}/ring-out", "dial 6505550199"),
        (f"{EXTENSION}/ring-out/*", "ringout status 7"),
        ("/restapi/oauth/token", "status"),
    ],
)
def test_no_answer_ends_in_a_traceback(
    terminal: Terminal, path: str, command: str, body: object
) -> None:
    terminal.fault(path, status=200, body=body)
    ended = terminal.run(*command.split(), "--json")
    assert ended.code in (0, 2, 4, 5)
    assert not ended.err or ended.sentence
