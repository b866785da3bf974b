"""Children that are killed in the middle of their work (tests.archive.killed_process)."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
TIMES = int(os.environ.get("RCDESK_TEST_KILLS", "6"))
"""How often each work is killed; chance needs some hundred to come everywhere."""

_PATIENCE_S = 60


class Victims:
    """Starts children and kills each after a moment."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin, self._stdout = process.stdin, process.stdout
        self._rest = b""

    def kill(
        self, work: str, path: Path, *, after_s: float, first: int = 0, is_heard: bool = False
    ) -> int | None:
        """What the child said last before it was killed, if anything.

        It is killed `after_s` after it began, or after it was heard for the first time.
        """
        self._stdin.write(f"{work} {first} {path}\n".encode())
        self._stdin.flush()
        pid = int(self._word())
        words = [self._word()] if is_heard else []
        until_s = time.monotonic() + after_s
        while "end" not in words and (word := self._line(until_s - time.monotonic())) is not None:
            words.append(word)
        if "end" not in words:
            # It may have come to its own end just now.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while "end" not in words:
            words.append(self._word())
        said = [word for word in words if word != "end"]
        return int(said[-1]) if said else None

    def _word(self) -> str:
        word = self._line(_PATIENCE_S)
        assert word is not None, "nothing is heard of the child"
        return word

    def _line(self, timeout_s: float) -> str | None:
        while b"\n" not in self._rest:
            if not select.select([self._stdout], [], [], max(0.0, timeout_s))[0]:
                return None
            read = os.read(self._stdout.fileno(), 65536)
            assert read, "the children's parent has ended"
            self._rest += read
        line, self._rest = self._rest.split(b"\n", 1)
        return line.decode()


@contextmanager
def victims() -> Iterator[Victims]:
    """For as long as they are wanted."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.archive.killed_process"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        yield Victims(process)
