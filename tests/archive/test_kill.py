"""Kill -9, wherever it strikes: RCDESK_TEST_KILLS=200 for two hundred times each."""

import os
import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rcdesk.archive.database import Database
from rcdesk.archive.schema import MIGRATIONS
from tests.archive.killed_process import BATCH, STEPS
from tests.archive.stored import ANN, damage, log, number_of, pages_of, record, rows, traces
from tests.archive.victims import TIMES, Victims, victims

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the children are forked")

CALLS = 2000
# With fewer it is left to chance whether something is killed at its most delicate.
ENOUGH = 40


@pytest.fixture(scope="module")
def children() -> Iterator[Victims]:
    with victims() as made:
        yield made


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


def test_sync_loses_nothing_that_was_committed(children: Victims, path: Path) -> None:
    first = 0
    for number in range(TIMES):
        said = children.kill(
            "sync", path, after_s=moment_s(), first=first, is_heard=number % 2 == 1
        )
        with closing(reopened(path)) as database:
            count = count_of(database)
            assert count % BATCH == 0
            assert count in ({first, first + BATCH} if said is None else {said, said + BATCH})
            ((progress,),) = rows(database, "SELECT coalesce(max(value), '0') FROM progress")
            assert count - BATCH <= int(str(progress)) <= count
        first = count
    assert first > BATCH


def test_no_note_that_was_committed_is_lost(children: Victims, path: Path) -> None:
    first, written = 0, -1
    for number in range(TIMES):
        said = children.kill(
            "note", path, after_s=moment_s(), first=first, is_heard=number % 2 == 1
        )
        with closing(reopened(path)) as database:
            texts = [str(text) for (text,) in rows(database, "SELECT text FROM note")]
            now = int(texts[0].split()[0]) if texts else -1
            assert now >= (written if said is None else said)
            if now >= 0:
                tags = rows(database, "SELECT name FROM tag JOIN call_tag ON tag_id = id")
                assert tags in ([(f"tag {now}",)], [(f"tag {now - 1}",)], [])
        first, written = now + 1, now
    assert written >= TIMES // 2


def test_migrating_loses_nothing(children: Victims, path: Path, filled: Path) -> None:
    interrupted = 0
    path.parent.mkdir()
    for _ in range(TIMES):
        shutil.copy(filled, path)
        said = children.kill("migrate", path, after_s=moment_s())
        with closing(Database.open(path, migrations=(*MIGRATIONS, *STEPS))) as database:
            assert database.notice == ""
            assert count_of(database) == CALLS
            assert rows(database, "SELECT DISTINCT mood FROM call") == [("bad",)]
        interrupted += said in (None, 1)
        path.unlink()
    assert interrupted or TIMES < ENOUGH


def test_wiping_is_all_or_nothing_and_leaves_no_trace(children: Victims, path: Path) -> None:
    wiped = 0
    for number in range(TIMES):
        said = children.kill("wipe", path, after_s=moment_s(), is_heard=number % 2 == 1)
        with closing(reopened(path)) as database:
            assert count_of(database) in (0, BATCH)
            if count_of(database):
                assert not said or number_of(database, str(said - 1))
            elif said:
                # After a 0 the log may hold the beginning of calls that were never committed.
                assert traces(path, ANN.name, ANN.number) == []
                wiped += 1
        path.unlink()
    assert wiped or TIMES < ENOUGH


def test_a_rescue_is_finished_or_begun_again(children: Victims, path: Path, filled: Path) -> None:
    path.parent.mkdir()
    pages = pages_of(filled, "call")
    for _ in range(TIMES):
        shutil.copy(filled, path)
        damage(path, pages[len(pages) // 2])
        children.kill("rescue", path, after_s=moment_s())
        with closing(Database.open(path)) as database:
            assert count_of(database) > CALLS * 0.9
            assert rows(database, "PRAGMA quick_check") == [("ok",)]
        (aside,) = path.parent.glob("*.damaged-*.db")
        aside.unlink()
