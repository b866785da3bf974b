import os
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from rcdesk.archive import writing
from rcdesk.archive.database import Database
from rcdesk.archive.schema import MIGRATIONS
from rcdesk.archive.troubles import Interrupted
from rcdesk.core.call import Endpoint
from rcdesk.core.errors import StorageTrouble
from tests.archive.disks import held, mounted, read_only
from tests.archive.stored import (
    annotate,
    damage,
    log,
    number_of,
    pages_of,
    record,
    rows,
    sessions,
    traces,
)


def open_(path: Path | None, **more: object) -> Database:
    return Database.open(path, patience_s=0.2, **more)  # type: ignore[arg-type]


def fill(database: Database, calls: int = 500) -> None:
    log(
        database,
        *(
            record(str(i), Endpoint(f"+1404555{i % 300:04}", f"Name {i % 300}"), i)
            for i in range(calls)
        ),
    )


# What it leaves on the disk


def test_nobody_else_can_read_the_files(path: Path) -> None:
    path.parent.mkdir(mode=0o755)
    database = open_(path)
    fill(database)
    assert rows(database, "SELECT count(*) FROM call") == [(500,)]
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    files = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert files == dict.fromkeys([path.name, f"{path.name}-wal", f"{path.name}-shm"], 0o600)
    database.close()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    open_(path).close()
    path.chmod(0o644)
    open_(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_reader_sees_what_was_committed_and_cannot_write(database: Database) -> None:
    log(database, record("1"))
    assert sessions(database) == ["1"]
    with pytest.raises(StorageTrouble):
        database.read(lambda db: db.execute("DELETE FROM call"))
    assert sessions(database) == ["1"]


def test_what_fails_half_way_leaves_nothing(database: Database) -> None:
    def work(db: sqlite3.Connection) -> None:
        writing.add_records(db, [record("1")])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        database.write(work)
    assert sessions(database) == []
    assert log(database, record("1")).added


def test_memory_serves_both_threads(path: Path) -> None:
    database = open_(None)
    fill(database, 50)
    found: list[list[str]] = []
    thread = threading.Thread(target=lambda: found.append(sessions(database)))
    thread.start()
    thread.join()
    assert len(found[0]) == 50
    database.erase(writing.wipe)
    assert sessions(database) == []
    database.close()


def test_a_read_can_be_interrupted(database: Database) -> None:
    fill(database, 10)
    has_begun = threading.Event()

    def work(db: sqlite3.Connection) -> object:
        db.create_function("begun", 0, has_begun.set)
        endless = (
            "WITH RECURSIVE n AS (SELECT begun() UNION ALL SELECT 1 FROM n) SELECT count(*) FROM n"
        )
        return db.execute(endless).fetchall()

    def interrupt() -> None:
        has_begun.wait(10)
        database.interrupt()

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(Interrupted):
        database.read(work)
    thread.join()
    assert len(sessions(database)) == 10


def test_what_is_closed_says_so(path: Path) -> None:
    database = open_(path)
    database.close()
    for attempt in (lambda: log(database, record()), lambda: sessions(database)):
        with pytest.raises(StorageTrouble, match="closed"):
            attempt()


def test_a_file_deleted_under_way_is_begun_anew(path: Path, database: Database) -> None:
    fill(database, 10)
    path.unlink()
    log(database, record("1"))
    assert sessions(database) == ["1"]
    assert path.exists()


# Versions

SECOND = """
ALTER TABLE call ADD COLUMN mood TEXT NOT NULL DEFAULT '';
UPDATE call SET mood = 'good; even';
CREATE TRIGGER always AFTER UPDATE ON call BEGIN
    UPDATE call SET mood = 'better' WHERE id = new.id;
END;
"""


def test_an_older_file_is_taken_further(path: Path) -> None:
    with closing(open_(path)) as database:
        fill(database, 20)
    with closing(open_(path, migrations=(*MIGRATIONS, SECOND))) as database:
        assert rows(database, "SELECT DISTINCT mood FROM call") == [("good; even",)]
        assert rows(database, "PRAGMA user_version") == [(len(MIGRATIONS) + 1,)]


def test_a_step_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    with closing(open_(path)) as database:
        fill(database, 20)
    with pytest.raises(sqlite3.OperationalError):
        open_(path, migrations=(*MIGRATIONS, SECOND + "SELECT nonsense;\n"))
    with closing(open_(path)) as database:
        assert len(sessions(database)) == 20


def test_a_file_from_the_future_is_left_alone(path: Path) -> None:
    with closing(open_(path, migrations=(*MIGRATIONS, SECOND))) as database:
        fill(database, 20)
    before = path.read_bytes()
    with pytest.raises(StorageTrouble, match=r"newer rcdesk.*install") as told:
        open_(path)
    assert str(told.value).count(".db") == 1
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_from_the_future_whose_owner_was_killed_is_left_alone(path: Path) -> None:
    future = open_(path, migrations=(*MIGRATIONS, SECOND))
    with pytest.raises(StorageTrouble, match="newer rcdesk"):
        open_(path)
    assert len(rows(future, "SELECT mood FROM call")) == 0
    future.close()


# Damage


@pytest.fixture
def filled(path: Path) -> Path:
    with closing(open_(path)) as database:
        fill(database)
        for session in ("1", "250", "499"):
            annotate(database, number_of(database, session), f"note of {session}", f"tag{session}")
        database.write(lambda db: writing.set_progress(db, {"token": "t"}))
        database.write(lambda db: writing.remove(db, [number_of(database, "77")]))
    return path


@pytest.mark.parametrize("is_last", [False, True])
@pytest.mark.parametrize("table", ["call", "party", "sqlite_autoindex_call_1", "party_search_data"])
def test_a_damaged_file_is_set_aside_and_what_can_be_read_is_kept(
    filled: Path, table: str, is_last: bool
) -> None:
    pages = pages_of(filled, table)
    damage(filled, pages[-1 if is_last else len(pages) // 2])
    before = filled.read_bytes()
    with closing(open_(filled)) as database:
        (aside,) = filled.parent.glob("*.damaged-*.db")
        assert aside.read_bytes() == before
        assert stat.S_IMODE(aside.stat().st_mode) == 0o600
        assert "damaged" in database.notice
        assert str(aside) in database.notice
        assert rows(database, "PRAGMA quick_check") == [("ok",)]
        assert rows(database, "PRAGMA foreign_key_check") == []
        assert rows(database, "SELECT * FROM progress") == []
        assert len(sessions(database)) > 400
        notes = {text for (text,) in rows(database, "SELECT text FROM note")}
        assert {"note of 1", "note of 250"} <= notes
        assert rows(database, "SELECT count(*) FROM removed") == [(1,)]
        assert log(database, record("new")).added
        log(database, record("77"))
        assert "77" not in sessions(database)
    with closing(open_(filled)) as database:
        assert database.notice == ""
        assert "new" in sessions(database)


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\0" + b"\xff" * 9000, b"text" * 5000, bytes(9000)]
)
def test_what_is_no_database_is_set_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with closing(open_(path)) as database:
        assert bool(database.notice) == bool(content)
        assert log(database, record()).added
    kept = [file.read_bytes() for file in path.parent.glob("*.damaged-*")]
    assert kept == ([content] if content else [])


def test_damage_under_way_is_survived(filled: Path) -> None:
    pages = pages_of(filled, "call")
    with closing(open_(filled)) as database:
        assert len(sessions(database)) == 499
        damage(filled, *pages[3:-3])
        # After a commit the reader does not trust the pages that it has in memory.
        log(database, record("new", minutes=9999))
        assert {"new", "1"} <= set(sessions(database))
        assert "damaged" in database.notice
        assert rows(database, "PRAGMA quick_check") == [("ok",)]
        assert log(database, record("newer")).added
    assert len(list(filled.parent.glob("*.damaged-*.db"))) == 1


def test_two_damaged_files_are_both_kept(filled: Path) -> None:
    for _ in range(2):
        damage(filled, 1)
        open_(filled).close()
    assert len(list(filled.parent.glob("*.damaged-*.db"))) == 2


def test_a_rescue_that_was_killed_is_finished(filled: Path) -> None:
    filled.rename(filled.with_name(filled.name + ".rescued"))
    with closing(open_(filled)) as database:
        assert len(sessions(database)) == 499
    rescued = filled.with_name(filled.name + ".rescued")
    rescued.write_bytes(b"half of it")
    with closing(open_(filled)) as database:
        assert len(sessions(database)) == 499
    assert not rescued.exists()


# The disk


def test_a_full_disk_loses_nothing_and_passes(tmp_path: Path) -> None:
    with (
        mounted(tmp_path / "disk", "3m") as disk,
        closing(open_(disk / "data" / "x.db")) as database,
    ):
        fill(database, 100)
        ballast = disk / "ballast"
        with pytest.raises(OSError, match="No space"):
            ballast.write_bytes(bytes(4_000_000))
        with pytest.raises(StorageTrouble, match="disk is full"):
            fill(database, 5000)
        assert len(sessions(database)) == 100
        with pytest.raises(StorageTrouble, match="disk is full"):
            open_(disk / "other" / "x.db")
        ballast.unlink()
        log(database, record("after"))
        assert len(sessions(database)) == 101
        database.close()
        with closing(open_(disk / "data" / "x.db")) as again:
            assert len(sessions(again)) == 101


def test_an_existing_file_on_a_full_disk_says_so(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "1m") as disk:
        path = disk / "data" / "x.db"
        with closing(open_(path)) as database:
            fill(database, 100)
        ballast = disk / "ballast"
        with pytest.raises(OSError, match="No space"):
            ballast.write_bytes(bytes(2_000_000))
        with pytest.raises(StorageTrouble, match="disk is full"):
            open_(path)
        ballast.unlink()
        with closing(open_(path)) as database:
            assert len(sessions(database)) == 100


def test_erasing_on_a_full_disk_is_finished_later(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "8m") as disk:
        path = disk / "data" / "x.db"
        database = open_(path)
        fill(database, 6000)
        ((person,),) = rows(database, "SELECT person_id FROM call WHERE session_id = '7'")
        ballast = disk / "ballast"
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        ballast.write_bytes(bytes(free - 1_500_000))
        assert isinstance(person, int)
        assert database.erase(lambda db: writing.forget_person(db, person)) == 20
        assert "overwritten" in database.notice
        assert "full" in database.notice
        ballast.unlink()
        database.close()
        with closing(open_(path)) as again:
            assert again.notice == ""
            assert traces(path, "4045550007", "name 7\n") == []


def test_a_read_only_disk_says_so_and_passes(tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "4m") as disk:
        path = disk / "data" / "x.db"
        with closing(open_(path)) as database:
            fill(database, 100)
        with read_only(disk):
            for place in (path, disk / "new" / "x.db"):
                with pytest.raises(StorageTrouble, match=r"read.only"):
                    open_(place)
        with closing(open_(path)) as database:
            assert len(sessions(database)) == 100


def test_a_locked_file_can_be_read_and_is_written_afterwards(
    path: Path, database: Database
) -> None:
    log(database, record("1"))
    with held(path):
        with pytest.raises(StorageTrouble, match="Another program holds"):
            log(database, record("2"))
        assert sessions(database) == ["1"]
    log(database, record("2"))
    assert len(sessions(database)) == 2


def test_a_file_that_another_program_keeps_to_itself_is_not_opened(path: Path) -> None:
    with closing(open_(path)) as database:
        log(database, record("1"))
    alone = "PRAGMA locking_mode = EXCLUSIVE"
    with held(path, alone), pytest.raises(StorageTrouble, match="Another program holds"):
        open_(path)
    with closing(open_(path)) as database:
        assert sessions(database) == ["1"]


def test_a_folder_in_place_of_the_file_is_a_sentence(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StorageTrouble, match="cannot be opened"):
        open_(path)
