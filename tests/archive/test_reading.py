import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from rcdesk.archive import reading, writing
from rcdesk.archive.conditions import FEW, calls_of
from rcdesk.archive.database import Database
from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.events import LogLeg
from rcdesk.core.past_calls import (
    EVERYTHING,
    ArchiveExtent,
    CallFilter,
    FullCall,
    Line,
    ListedCall,
    Position,
)
from tests.archive.many_calls import OWN, QUEUES, TAGS, ManyCalls, many_calls
from tests.archive.stored import ANN, BOB, annotate, at, log, number_of, record
from tests.core.reports import START


@pytest.fixture(scope="module")
def calls() -> Iterator[ManyCalls]:
    made = many_calls(None)
    yield made
    made.database.close()


_MOMENTS = st.none() | st.integers(-420, 2).map(lambda days: START + timedelta(days=days))
_FILTERS = st.builds(
    CallFilter,
    text=st.sampled_from(["", "", "an", "denver", "303 555", "roof", "sales", "e z"]),
    outcomes=st.frozensets(st.sampled_from(Outcome), max_size=3),
    direction=st.none() | st.sampled_from(Direction),
    recorded=st.booleans(),
    unresolved=st.booleans(),
    line=st.sampled_from(["", "", *(own.number for own in OWN), "+1", "nobody's"]),
    queue=st.sampled_from(["", "", *filter(None, QUEUES), "None"]),
    type=st.sampled_from(["", "", "Voice", "Fax", "SMS"]),
    person=st.none() | st.integers(-1, 20),
    date_from=_MOMENTS,
    date_to=_MOMENTS,
    tag=st.sampled_from(["", "", *TAGS, "URGENT", "none"]),
)


@given(_FILTERS, st.integers(1, 400))
@example(EVERYTHING, 1)
@example(EVERYTHING, 7)
@example(CallFilter(unresolved=True), 3)
def test_any_filter_lets_through_what_a_plain_loop_does(
    calls: ManyCalls, wanted: CallFilter, limit: int
) -> None:
    expected = calls.passing(wanted)
    found, after = list[ListedCall](), None
    while True:
        page = calls.database.read(partial(reading.page, wanted=wanted, after=after, limit=limit))
        assert len(page.calls) <= limit
        found += page.calls
        after = page.next
        if after is None:
            break
        assert after == page.calls[-1].position
    assert found == expected
    assert calls.database.read(lambda db: reading.count(db, wanted)) == len(expected)


@given(_FILTERS)
def test_calls_are_the_same_whether_looked_up_or_met_on_a_walk(
    calls: ManyCalls, wanted: CallFilter
) -> None:
    expected = [call.id for call in calls.passing(wanted)]
    for few in (-1, 10, FEW):
        found = calls.database.read(partial(calls_of, wanted=wanted, few=few))
        sql = f"SELECT id FROM {found.source} ORDER BY started_ms DESC, id DESC"
        rows = calls.database.read(lambda db: db.execute(sql, found.where.values).fetchall())  # noqa: B023
        assert [id_ for (id_,) in rows] == expected


@pytest.mark.parametrize("text", ["denver", "303 555-0142", "sales roof", "xyzzy"])
def test_few_calls_are_looked_up(calls: ManyCalls, text: str) -> None:
    found = calls.database.read(lambda db: calls_of(db, CallFilter(text=text)))
    sql = f"EXPLAIN QUERY PLAN SELECT id FROM {found.source}"
    plan = calls.database.read(lambda db: db.execute(sql, found.where.values).fetchall())
    assert plan[0][-1] == "SEARCH call USING INTEGER PRIMARY KEY (rowid=?)"


@pytest.mark.parametrize("wanted", [EVERYTHING, CallFilter(text="e"), CallFilter(recorded=True)])
def test_a_page_goes_on_after_a_call_that_is_gone(calls: ManyCalls, wanted: CallFilter) -> None:
    expected = calls.passing(wanted)
    gone = expected[3].position
    page = calls.database.read(
        lambda db: reading.page(db, wanted, Position(gone.started_ms, gone.id), limit=2)
    )
    assert list(page.calls) == expected[4:6]


@pytest.mark.parametrize("wanted", [EVERYTHING, CallFilter(text="e", type="Voice")])
def test_full_pages_are_the_same_calls_with_notes_and_ring_times(
    calls: ManyCalls, wanted: CallFilter
) -> None:
    after, found = None, list[FullCall]()
    while True:
        page = calls.database.read(partial(reading.full_page, wanted=wanted, after=after, limit=7))
        found += page.calls
        if (after := page.next) is None:
            break
    assert [full.call for full in found] == calls.passing(wanted)
    assert [full.note for full in found] == [calls.notes[full.call.id] for full in found]
    rang = dict(
        calls.database.read(lambda db: db.execute("SELECT id, ring_ms FROM call").fetchall())
    )
    assert [full.ring_s and round(full.ring_s * 1000) for full in found] == [
        rang[full.call.id] for full in found
    ]
    assert {full.ring_s is None for full in found} == {True, False}


@pytest.mark.parametrize(
    "wanted",
    [
        CallFilter(line="\ud800"),
        CallFilter(queue="%"),
        CallFilter(tag="\udfff'"),
        CallFilter(type='"'),
        CallFilter(person=1 << 62),
        CallFilter(date_from=START.replace(year=1), date_to=START.replace(year=9999)),
        CallFilter(date_from=START, date_to=START - timedelta(days=1)),
    ],
)
def test_filters_that_nothing_can_pass_are_harmless(calls: ManyCalls, wanted: CallFilter) -> None:
    page = calls.database.read(lambda db: reading.page(db, wanted, None, limit=9))
    assert list(page.calls) == calls.passing(wanted)[:9]


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        (EVERYTHING, "COVERING INDEX call_by_time"),
        (CallFilter(text="denver"), "COVERING INDEX call_by_time"),
        (CallFilter(text="e"), "COVERING INDEX call_by_time"),
        (CallFilter(text="denver roof x sales"), "COVERING INDEX call_by_time"),
        (
            CallFilter(
                outcomes=frozenset({Outcome.MISSED}),
                direction=Direction.INBOUND,
                recorded=True,
                line="+18885434778",
                queue="Sales",
                type="Fax",
                tag="roof",
            ),
            "COVERING INDEX call_by_time",
        ),
        (
            CallFilter(date_from=START, date_to=START),
            "COVERING INDEX call_by_time (started_ms>? AND started_ms<?)",
        ),
        (CallFilter(unresolved=True, text="denver"), "INDEX call_open"),
        (CallFilter(person=1, unresolved=True), "INDEX call_by_person (person_id=?)"),
    ],
)
def test_calls_are_walked_in_order_of_time_without_sorting(
    calls: ManyCalls, wanted: CallFilter, index: str
) -> None:
    found = calls.database.read(lambda db: calls_of(db, wanted, few=-1))
    sql = f"SELECT id FROM {found.source} ORDER BY started_ms DESC, id DESC LIMIT 200"
    rows = calls.database.read(
        lambda db: db.execute(f"EXPLAIN QUERY PLAN {sql}", found.where.values).fetchall()
    )
    plan = [text for *_, text in rows]
    assert plan[0].removeprefix("SCAN call USING ").removeprefix("SEARCH call USING ") == index
    assert not [step for step in plan if "ORDER BY" in step or step.startswith("SCAN noted")]


def test_a_page_goes_on_where_the_index_does(calls: ManyCalls) -> None:
    found = calls.database.read(lambda db: calls_of(db, EVERYTHING, Position(1, 1)))
    sql = f"EXPLAIN QUERY PLAN SELECT id FROM {found.source} ORDER BY started_ms DESC, id DESC"
    plan = calls.database.read(lambda db: db.execute(sql, found.where.values).fetchall())
    # How much of the position it names differs by SQLite's version.
    assert re.search(r"^SEARCH .* INDEX \S+ \(.*started_ms.*<", plan[0][-1])


def test_a_session_has_one_call_or_two(database: Database) -> None:
    log(database, record("1"), record("1", direction=Direction.OUTBOUND), record("2"))

    def directions(session: str) -> list[Direction]:
        found = database.read(lambda db: reading.find(db, session))
        return sorted(call.entry.direction for call in found)

    assert directions("1") == [Direction.INBOUND, Direction.OUTBOUND]
    assert directions("2") == [Direction.INBOUND]
    assert directions("3\ud800\0") == []


def test_details_tell_all_of_a_call(database: Database) -> None:
    legs = (
        LogLeg("Accept", caller=ANN, callee=BOB, started_at=at(1), is_master=True),
        LogLeg("FindMe", direction=Direction.OUTBOUND, caller=ANN, duration_s=2.5),
    )
    log(
        database,
        record("1"),
        record("2", replace(ANN, number=ANN.number[1:], name=""), 1, Direction.OUTBOUND),
        record("3", BOB, 2),
        record("4", minutes=3, legs=legs),
        record("5", minutes=4),
    )
    call = number_of(database, "4")
    annotate(database, call, "Wants a “quote”\n", "b", "Á", "c")
    details = database.read(lambda db: reading.details(db, call))
    assert details is not None
    assert details.call.id == call
    assert details.call.has_note
    assert details.call.is_unresolved
    assert details.call.tags == ("Á", "b", "c")
    assert details.legs == legs
    assert details.note == "Wants a “quote”\n"
    assert [call.entry.session_id for call in details.earlier] == ["2", "1"]
    assert details.earlier_count == 2


def test_details_of_somebody_often_talked_with_name_the_latest_calls(database: Database) -> None:
    log(database, *(record(str(number), minutes=number) for number in range(60)))
    call = number_of(database, "57")
    details = database.read(lambda db: reading.details(db, call))
    assert details is not None
    assert [call.entry.session_id for call in details.earlier] == [
        str(number) for number in range(56, 56 - reading.MOST_EARLIER, -1)
    ]
    assert details.earlier_count == 57


def test_details_of_nobody_in_particular_know_no_earlier_calls(database: Database) -> None:
    log(database, record("1", Endpoint()), record("2", Endpoint(), 1))
    call = number_of(database, "2")
    details = database.read(lambda db: reading.details(db, call))
    assert details is not None
    assert details.earlier == ()
    assert details.earlier_count == 0


def test_a_call_that_is_gone_has_no_details(database: Database) -> None:
    log(database, record("1"))
    call = number_of(database, "1")
    database.write(lambda db: writing.remove(db, [call]))
    assert database.read(lambda db: reading.details(db, call)) is None


def test_lines_are_told_once_however_they_are_spelled(calls: ManyCalls) -> None:
    lines = calls.database.read(reading.lines)
    assert set(lines) <= {
        Line("+18885434778", "Us"),
        Line("18885434778", "Us"),
        Line("+16505550110", "Sales"),
        Line("101", "Us"),
    }
    assert len(lines) == 3
    counts = [len(calls.passing(CallFilter(line=line.number))) for line in lines]
    assert counts == sorted(counts, reverse=True)


def test_queues_come_the_most_used_first(calls: ManyCalls) -> None:
    queues = calls.database.read(reading.queues)
    assert set(queues) == {queue for queue in QUEUES if queue}
    counts = [len(calls.passing(CallFilter(queue=queue))) for queue in queues]
    assert counts == sorted(counts, reverse=True)


def test_the_extent_is_told(database: Database) -> None:
    empty = database.read(reading.extent)
    assert empty == ArchiveExtent(0, None, empty.size_bytes)
    assert empty.size_bytes > 0
    assert database.read(lambda db: reading.count(db, EVERYTHING)) == 0
    log(database, record("2", minutes=5), record("1", minutes=-5))
    assert database.read(reading.extent)[:2] == (2, at(-5))


def test_progress_is_what_was_kept(database: Database) -> None:
    database.write(lambda db: writing.set_progress(db, {"token": "x"}))
    assert database.read(lambda db: reading.progress(db, "token")) == "x"
    assert database.read(lambda db: reading.progress(db, "oldest")) == ""
