from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from rcdesk.archive import writing
from rcdesk.archive.database import Database
from rcdesk.archive.folding import person_key
from rcdesk.core.call import NOBODY, Direction, Endpoint, Outcome
from rcdesk.core.history import HistoryEntry
from tests.archive.stored import (
    ANN,
    BOB,
    each_order,
    entries,
    follow,
    live,
    log,
    number_of,
    open_sessions,
    record,
    take,
)

IN, OUT = Direction.INBOUND, Direction.OUTBOUND


def test_speaking_with_the_caller_closes_a_missed_call(path: Path) -> None:
    missed, spoken = record("1"), record("2", minutes=5, direction=OUT, outcome=Outcome.ANSWERED)
    for duration_s, still in ((9.0, set()), (0.0, {"1"})):
        folder = path.parent / str(duration_s)
        for database in each_order(
            folder / "x.db", missed, msgspec.structs.replace(spoken, duration_s=duration_s)
        ):
            assert open_sessions(database) == still


def test_what_the_log_takes_back_opens_again(database: Database) -> None:
    log(database, record("1"))
    follow(database, live("2", minutes=5, outcome=Outcome.ANSWERED, duration_s=9))
    assert open_sessions(database) == set()
    log(database, record("2", minutes=5, outcome=Outcome.MISSED))
    assert open_sessions(database) == {"1", "2"}


def test_a_resolved_call_stays_resolved(database: Database) -> None:
    log(database, record("1"), record("2", minutes=1))
    database.write(lambda db: writing.resolve(db, [1]))
    log(database, record("1", recording_id="late"), record("3", minutes=2))
    assert open_sessions(database) == {"2", "3"}


def test_deleting_the_call_that_closed_another_does_not_open_it(database: Database) -> None:
    log(database, record("1"), record("2", minutes=5, outcome=Outcome.ANSWERED, duration_s=9))
    database.write(lambda db: writing.remove(db, [number_of(database, "2")]))
    log(database, record("3", minutes=-5))
    assert open_sessions(database) == {"3"}


OTHERS = [ANN, Endpoint("13027430863"), BOB, NOBODY]
SPOKEN = {Outcome.ANSWERED, Outcome.ANSWERED_ELSEWHERE}


@st.composite
def said(draw: st.DrawFn) -> HistoryEntry:
    number = draw(st.integers(0, 7))
    return live(
        str(number),
        OTHERS[number % 4],
        draw(st.integers(0, 6)),
        draw(st.sampled_from([IN, OUT])),
        outcome=draw(st.sampled_from([Outcome.MISSED, Outcome.MISSED, Outcome.VOICEMAIL, *SPOKEN])),
        duration_s=draw(st.sampled_from([0, 30])),
        type=draw(st.sampled_from(["Voice", "Voice", "Fax"])),
        is_final=draw(st.booleans()),
    )


def still_open(calls: list[HistoryEntry], resolved: set[str]) -> set[str]:
    """The rule, without any of the archive's shortcuts."""
    people = {call.key: person_key(call.other.number, call.other.name) for call in calls}
    return {
        call.key
        for call in calls
        if call.is_missed
        and call.key not in resolved
        and not any(
            later.outcome in SPOKEN
            and later.duration_s > 0
            and later.type != "Fax"
            and later.started_at > call.started_at
            and people[later.key] == people[call.key] != ""
            for later in calls
        )
    }


@given(steps=st.lists(st.one_of(said(), st.integers(0, 7)), max_size=25))
def test_unresolved_are_those_that_nobody_answered_for(
    steps: list[HistoryEntry | int],
) -> None:
    database = Database.open(None)
    resolved: set[str] = set()
    for step in steps:
        if isinstance(step, HistoryEntry):
            take(database, step)
        else:
            resolved |= resolve(database, str(step))
        calls = entries(database)
        assert open_keys(database) == still_open(calls, resolved)
    database.close()


def resolve(database: Database, session: str) -> set[str]:
    found = database.read(
        lambda db: db.execute("SELECT id FROM call WHERE session_id = ?", (session,)).fetchall()
    )
    database.write(lambda db: writing.resolve(db, [id_ for (id_,) in found]))
    return {e.key for e in entries(database) if e.session_id == session and e.is_missed}


def open_keys(database: Database) -> set[str]:
    found = database.read(
        lambda db: db.execute("SELECT session_id, is_inbound FROM call WHERE is_open").fetchall()
    )
    return {f"{session}/{IN if is_inbound else OUT}" for session, is_inbound in found}
