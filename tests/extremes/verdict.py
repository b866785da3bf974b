"""Runs commands against the server of extremes, and says what is wrong with what they did."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jsonschema

from rcdesk.cli.main import INTERRUPTED
from tests.extremes.batch import LONGEST_S
from tests.extremes.keeping import keep_calls
from tests.extremes.runs import FOLDER, INTERRUPTED_AFTER_S, Command
from tests.extremes.server import CLIENT_ID

ROOT = Path(__file__).parents[2]
_TROUBLE = (
    "Timeout",
    "Traceback",
    "unexpectedly",
    "Exception in",
    "never awaited",
    "never retrieved",
)

Json = dict[str, Any]


class Batch:
    """A process that runs commands as they come."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def faults(self, command: Command, jwt: str) -> list[str]:
        """What is wrong with a run."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {
            "arguments": command.arguments,
            "stdin": command.stdin,
            "jwt": jwt,
            "is_interrupted": command.is_interrupted,
            "needs_kept_calls": command.needs_kept_calls,
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return list(faults(command, json.loads(self._process.stdout.readline())))


@contextmanager
def batch(server: str, home: Path) -> Iterator[Batch]:
    """A process whose commands ask `server`."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.extremes.batch"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(server, home),
        cwd=ROOT,
        text=True,
    ) as process:
        yield Batch(process)
        assert process.stdin is not None
        process.stdin.close()


def alone(command: Command, server: str, home: Path, jwt: str) -> list[str]:
    """What is wrong with a run in a process of its own."""
    with TemporaryDirectory() as folder:
        if command.needs_kept_calls:
            home = Path(folder)
            keep_calls(server, home, jwt)
        arguments = [folder if each == FOLDER else each for each in command.arguments]
        with subprocess.Popen(
            [sys.executable, "-m", "rcdesk", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(server, home) | {"RC_USER_JWT": jwt},
            cwd=ROOT,
            encoding="utf-8",
        ) as process:
            ended = _ended(process, command)
    return list(faults(command, ended))


def _ended(process: "subprocess.Popen[str]", command: Command) -> Json:
    patience_s = [INTERRUPTED_AFTER_S] * 2 if command.is_interrupted else []
    stdin: str | None = command.stdin
    for each_s in patience_s:
        try:
            out, err = process.communicate(stdin, timeout=each_s)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            stdin = None
        else:
            return {"code": process.returncode, "out": out, "err": err}
    try:
        out, err = process.communicate(stdin, timeout=LONGEST_S)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
    return {"code": process.returncode, "out": out, "err": err}


def environment(server: str, home: Path) -> dict[str, str]:
    """As a user of `server` would set it; without a keyring."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("RC_", "RCDESK_"))}
    return kept | {
        "RCDESK_HOME": str(home),
        "RC_SERVER_URL": server,
        "RC_APP_CLIENT_ID": CLIENT_ID,
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
        # Where connecting is cancelled, anyio leaves the socket to the garbage collector.
        "PYTHONWARNINGS": "error,ignore::ResourceWarning",
        "PYTHONPATH": str(ROOT),
    }


def faults(command: Command, ended: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with how `command` ended."""
    code, out, err = ended["code"], ended["out"], ended["err"]
    if code not in command.exit_codes:
        yield f"it ends with {code}: {err[-500:]!r}"
    elif code > 0 and code != INTERRUPTED and not err.strip() and not out.strip():
        yield f"it ends with {code} and says nothing"
    for trouble in _TROUBLE:
        if trouble in err:
            yield f"standard error has {trouble!r}: {err[-1500:]}"
    if command.schema is not None:
        yield from _json_faults(command, out, is_done=code == 0)
    elif any(ord(character) < 32 and character not in "\r\n\t" for character in out):
        yield "standard output has control characters"


def _json_faults(command: Command, out: str, *, is_done: bool) -> Iterator[str]:
    lines = out.splitlines()
    if is_done and not lines:
        yield "it ends well and prints nothing"
    for line in lines:
        try:
            value = json.loads(line, parse_constant=_refuse)
        except ValueError as error:
            yield f"no JSON ({error}): {line[:200]}"
            continue
        for found in jsonschema.Draft202012Validator(command.schema).iter_errors(value):
            yield f"{found.json_path}: {found.message[:200]}"


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
