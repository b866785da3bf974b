"""What becomes of a command whose output nobody takes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.terminal import TIMEOUT_S, Run, Terminal

pytestmark = pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="needs a shell and a device that is always full"
)
COMMANDS = (
    "status",
    "status --json",
    "calls",
    "calls --csv",
    "watch --for 9",
    "--help",
    "dial 911",
)


def shell(terminal: Terminal, command: str, redirection: str) -> Run:
    """Run a command with its streams redirected by bash; its own exit code."""
    rcdesk = f'"{sys.executable}" -m rcdesk {command}'
    done = subprocess.run(
        ["bash", "-c", f'{rcdesk} {redirection}; exit "${{PIPESTATUS[0]}}"'],
        env=terminal.environment,
        capture_output=True,
        encoding="utf-8",
        timeout=TIMEOUT_S,
        check=False,
    )
    terminal.said += [done.stdout, done.stderr]
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("redirection", ["| head -1", "| true", "2>&1 | true", ">&-"])
def test_a_reader_that_has_gone_is_no_failure(
    terminal: Terminal, command: str, redirection: str
) -> None:
    command = command.replace("--for 9", "--for 1") if redirection == ">&-" else command
    ended = shell(terminal, command, redirection)
    assert ended.code == (2 if command == "dial 911" else 0)
    assert not ended.err or ended.sentence


@pytest.mark.parametrize("command", ["status", "calls --csv", "calls --json", "watch --for 9"])
def test_a_full_disk_is_one_sentence(terminal: Terminal, command: str) -> None:
    ended = shell(terminal, command, "> /dev/full")
    assert (ended.code, ended.out) == (1, "")
    assert ended.sentence == "The output cannot be written: No space left on device."


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_what_is_for_stderr_never_lands_in_the_output(terminal: Terminal, redirection: str) -> None:
    ended = shell(terminal, "dial 911 --json", redirection)
    assert (ended.code, ended.out, ended.err) == (2, "", "")
