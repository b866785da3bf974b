"""`python -m tests.extremes.batch`: runs commands, each in a fork of this process.

Reads a JSON line for each, `{"arguments", "stdin", "jwt", "is_interrupted", "needs_kept_calls"}`,
and writes one with its exit code and its output. Starting Python and importing everything anew
would take most of the time.
"""

import faulthandler
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

import rcdesk.cli.headless
import rcdesk.ringcentral.platform
import rcdesk.ui.words
from rcdesk.cli.main import main
from tests.extremes.keeping import keep_calls
from tests.extremes.runs import FOLDER, INTERRUPTED_AFTER_S

__all__ = ["LONGEST_S", "rcdesk"]

Json = dict[str, Any]

LONGEST_S = 20.0
"""What takes longer is ended, and says on its standard error where it was."""


def run(order: Json) -> Json:
    """What `rcdesk` does with these arguments, this input and RC_USER_JWT."""
    with (
        tempfile.TemporaryFile() as read,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        read.write(order["stdin"].encode())
        read.seek(0)
        child = os.fork()
        if not child:
            _become(order, (read, out, err))
        _, status = os.waitpid(child, 0)
        said, complained = _content(out), _content(err)
    return {"code": os.waitstatus_to_exitcode(status), "out": said, "err": complained}


def _become(order: Json, streams: tuple[IO[bytes], ...]) -> None:
    for number, stream in enumerate(streams):
        os.dup2(stream.fileno(), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it stays open
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - it stays open
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - it stays open
    os.environ["RC_USER_JWT"] = order["jwt"]
    faulthandler.dump_traceback_later(LONGEST_S, exit=True)
    with tempfile.TemporaryDirectory() as folder:
        if order["needs_kept_calls"]:
            os.environ["RCDESK_HOME"] = folder
            keep_calls(os.environ["RC_SERVER_URL"], Path(folder), order["jwt"])
        if order["is_interrupted"]:
            signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
            signal.setitimer(signal.ITIMER_REAL, INTERRUPTED_AFTER_S, INTERRUPTED_AFTER_S)
        code = main([folder if each == FOLDER else each for each in order["arguments"]])
        signal.setitimer(signal.ITIMER_REAL, 0)
    sys.exit(code)


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8")


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)
