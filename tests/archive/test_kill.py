"""Two hundred times kill -9, wherever it strikes."""

import os
import random
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from rcdesk.archive.database import Database
from rcdesk.archive.schema import MIGRATIONS
from tests.archive.killed_process import BATCH, STEPS
from tests.archive.stored import ANN, damage, log, number_of, pages_of, record, rows, traces

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the children are forked")

ROOT = Path(__file__).parents[2]
TIMES = 40
CALLS = 2000


class Victims:
    """Starts children and kills each after a moment."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._stdin, self._stdout = process.stdin, process.stdout
        self._rest = b""

    def kill(self, work: str, path: Path, *, after_s: float, first: int = 0) -> int | None:
        """What the child said last before it was killed `after_s` after it began, if anything."""
        self._stdin.write(f"{work} {first} {path}\n".encode())
        self._stdin.flush()
        pid = int(self._line(30) or 0)
        until_s, said = time.monotonic() + after_s, ""
        while (line := self._line(max(0, until_s - time.monotonic()))) not in (None, "end"):
            said = line or said
        if line is None:
            # It may have come to its own end just now.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while line != "end":
            line = self._line(30)
            assert line is not None
            said = said if line == "end" else line
        return int(said) if said else None

    def _line(self, timeout_s: float) -> str | None:
        while b"\n" not in self._rest:
            if not select.select([self._stdout], [], [], timeout_s)[0]:
                return None
            read = os.read(self._stdout.fileno(), 65536)
            assert read, "the children's parent has ended"
            self._rest += read
        line, self._rest = self._rest.split(b"\n", 1)
        return line.decode()


@pytest.fixture(scope="module")
def victims() -> Iterator[Victims]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.archive.killed_process"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        yield Victims(process)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("filled") / "calls.db"
    with closing(Database.open(path)) as database:
        log(database, *(record(str(number), minutes=number) for number in range(CALLS)))
    return path


def moment_s() -> float:
    return random.uniform(0, 0.04)


def reopened(path: Path, *, steps: int = 0) -> Database:
    """The file as the next start finds it: sound, so that nothing is set aside."""
    database = Database.open(path, migrations=(*MIGRATIONS, *STEPS[:steps]))
    assert database.notice == ""
    assert rows(database, "PRAGMA quick_check") == [("ok",)]
    assert rows(database, "PRAGMA foreign_key_check") == []
    return database


def count_of(database: Database) -> int:
    ((count,),) = rows(database, "SELECT count(*) FROM call")
    assert isinstance(count, int)
    return count


def test_sync_loses_nothing_that_was_committed(victims: Victims, path: Path) -> None:
    first = 0
    for _ in range(TIMES):
        said = victims.kill("sync", path, after_s=moment_s(), first=first)
        with closing(reopened(path)) as database:
            count = count_of(database)
            assert count % BATCH == 0
            assert count in ({first, first + BATCH} if said is None else {said, said + BATCH})
            ((progress,),) = rows(database, "SELECT coalesce(max(value), '0') FROM progress")
            assert count - BATCH <= int(str(progress)) <= count
        first = count
    assert first > BATCH


def test_no_note_that_was_committed_is_lost(victims: Victims, path: Path) -> None:
    first, written = 0, -1
    for _ in range(TIMES):
        said = victims.kill("note", path, after_s=moment_s(), first=first)
        with closing(reopened(path)) as database:
            texts = [str(text) for (text,) in rows(database, "SELECT text FROM note")]
            now = int(texts[0].split()[0]) if texts else -1
            assert now >= (written if said is None else said)
            if now >= 0:
                tags = rows(database, "SELECT name FROM tag JOIN call_tag ON tag_id = id")
                assert tags in ([(f"tag {now}",)], [(f"tag {now - 1}",)], [])
        first, written = now + 1, now
    assert written > TIMES


def test_migrating_loses_nothing(victims: Victims, path: Path, filled: Path) -> None:
    interrupted = 0
    path.parent.mkdir()
    for _ in range(TIMES):
        shutil.copy(filled, path)
        said = victims.kill("migrate", path, after_s=moment_s())
        with closing(Database.open(path, migrations=(*MIGRATIONS, *STEPS))) as database:
            assert database.notice == ""
            assert count_of(database) == CALLS
            assert rows(database, "SELECT DISTINCT mood FROM call") == [("bad",)]
        interrupted += said in (None, 1)
        path.unlink()
    assert interrupted


def test_wiping_is_all_or_nothing_and_leaves_no_trace(victims: Victims, path: Path) -> None:
    wiped = 0
    for _ in range(TIMES):
        said = victims.kill("wipe", path, after_s=moment_s())
        with closing(reopened(path)) as database:
            assert count_of(database) in (0, BATCH)
            if count_of(database):
                assert not said or number_of(database, str(said - 1))
            elif said:
                # After a 0 the log may hold the beginning of calls that were never committed.
                assert traces(path, ANN.name, ANN.number) == []
                wiped += 1
        path.unlink()
    assert wiped


def test_a_rescue_is_finished_or_begun_again(victims: Victims, path: Path, filled: Path) -> None:
    path.parent.mkdir()
    pages = pages_of(filled, "call")
    for _ in range(TIMES):
        shutil.copy(filled, path)
        damage(path, pages[len(pages) // 2])
        victims.kill("rescue", path, after_s=moment_s())
        with closing(Database.open(path)) as database:
            assert count_of(database) > CALLS * 0.9
            assert rows(database, "PRAGMA quick_check") == [("ok",)]
        (aside,) = path.parent.glob("*.damaged-*.db")
        aside.unlink()
