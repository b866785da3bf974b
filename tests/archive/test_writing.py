from pathlib import Path

from rcdesk.archive import writing
from rcdesk.archive.database import Database
from rcdesk.archive.rows import legs_of
from rcdesk.core.call import NOBODY, Endpoint
from rcdesk.core.events import LogLeg
from tests.archive.stored import (
    ANN,
    US,
    annotate,
    at,
    entries,
    follow,
    live,
    log,
    number_of,
    record,
    rows,
    sessions,
    traces,
)


def test_removed_calls_never_come_back(database: Database) -> None:
    log(database, record("1", telephony_session_id="s-1"), record("2"))
    assert database.write(lambda db: writing.remove(db, [1])) == 1
    log(database, record("1", telephony_session_id="s-1"), record("1", duration_s=9))
    follow(database, live("s-1", telephony_session_id="s-1"))
    assert sessions(database) == ["2"]


def test_an_id_is_not_given_again(database: Database) -> None:
    log(database, record("1"))
    database.write(lambda db: writing.remove(db, [1]))
    log(database, record("2"))
    assert number_of(database, "2") == 2


def test_dropped_records_leave_what_has_a_note(database: Database) -> None:
    log(database, record("1"), record("2"), record("3", record_id=""))
    annotate(database, number_of(database, "2"), "call back")
    dropped = database.write(lambda db: writing.drop_records(db, ["R1I", "R2I", "", "R9I"]))
    assert (dropped, sorted(sessions(database))) == (1, ["2", "3"])
    log(database, record("1"))
    assert "1" in sessions(database)


def fill(database: Database) -> None:
    """Many calls, so that pages are balanced and names are copied about."""
    others = [Endpoint(f"+1404555{i:04}", f"Other {i}", "Atlanta, GA") for i in range(300)]
    zelda = Endpoint("+13025550147", "Zelda Quux", "Xanadu, ZZ")
    for batch in range(6):
        log(
            database,
            *(
                record(str(batch * 1000 + i), zelda if i % 7 == 3 else others[(i * 11) % 300], i)
                for i in range(400)
            ),
        )
    log(database, record("9999", others[0], legs=(LogLeg("Transfer", callee=zelda),)))
    call = number_of(database, "3")
    annotate(database, call, "Zelda said plugh", "xyzzy")
    annotate(database, call, "Zelda whispered plugh")


ZELDA = ("Zelda", "zelda", "Quux", "quux", "3025550147", "Xanadu", "plugh", "xyzzy")


def test_a_forgotten_person_leaves_no_trace(path: Path, database: Database) -> None:
    fill(database)
    person = number_of(database, "3", "person_id")
    assert traces(path, *ZELDA)
    count = database.erase(lambda db: writing.forget_person(db, person))
    assert count == 6 * 57
    assert traces(path, *ZELDA) == []
    assert rows(database, "SELECT count(*) FROM call") == [(6 * 400 + 1 - count,)]
    assert rows(database, "SELECT count(*) FROM person WHERE id = ?", person) == [(0,)]
    assert indexed(database, "zelda") == 0
    assert indexed(database, "other 1") > 0
    transferred = number_of(database, "9999")
    (leg,) = database.read(lambda db: legs_of(db, [transferred]))[transferred]
    assert leg.callee == NOBODY
    log(database, record("3", Endpoint("+13025550147")))
    assert rows(database, "SELECT count(*) FROM call WHERE session_id = '3'") == [(0,)]


def indexed(database: Database, word: str) -> int:
    """How many ends the index finds, by what it holds rather than by what the tables do."""
    found = rows(database, "SELECT rowid FROM party_search WHERE party_search MATCH ?", f'"{word}"')
    return len(found)


def test_the_own_number_outlives_a_forgotten_call_to_oneself(database: Database) -> None:
    log(database, record("1", US), record("2", ANN))
    oneself = number_of(database, "1", "person_id")
    assert database.erase(lambda db: writing.forget_person(db, oneself)) == 1
    assert entries(database)[0].own == US


def test_a_wiped_file_is_empty(path: Path, database: Database) -> None:
    fill(database)
    copy = path.with_name("calls-1-2.damaged-2026-11-01.db")
    copy.write_bytes(path.read_bytes())
    database.write(lambda db: writing.set_progress(db, {"token": "sync-token"}))
    database.erase(writing.wipe)
    assert traces(path, *ZELDA, "Other", "Atlanta", "4045550", "sync-token") == []
    assert not copy.exists()
    assert path.stat().st_size < 300_000
    for table in ("call", "leg", "party", "person", "note", "tag", "removed", "progress"):
        assert rows(database, f"SELECT count(*) FROM {table}") == [(0,)]
    assert log(database, record("1")).added


def test_purging_keeps_what_has_a_note_or_a_tag(path: Path, database: Database) -> None:
    old = [Endpoint(f"+1404555000{i}", f"Olduser{i}") for i in range(4)]
    log(database, *[record(str(i), old[i], i) for i in range(4)], record("9", ANN, 100))
    annotate(database, number_of(database, "1"), "keep")
    annotate(database, number_of(database, "2"), "", "Keep")
    assert database.erase(lambda db: writing.purge(db, at(50)), before=at(50)) == 2
    assert sessions(database) == ["9", "2", "1"]
    assert traces(path, "Olduser0", "Olduser3") == []
    assert len(rows(database, "SELECT * FROM person")) == 4  # three others and oneself
