import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from rcdesk.archive import statistics, writing
from rcdesk.archive.archive import Archive
from rcdesk.archive.database import Database
from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.past_calls import EVERYTHING, Caller, CallFilter, CallStatistics
from tests.archive.many_calls import ManyCalls, many_calls
from tests.archive.stored import ANN, BOB, at, follow, live, log, number_of, record
from tests.core.reports import START

IN, OUT = Direction.INBOUND, Direction.OUTBOUND
TALKED = (Outcome.ANSWERED, Outcome.ANSWERED_ELSEWHERE)
MISSED = (Outcome.MISSED, Outcome.CANCELLED)


@pytest.fixture(scope="module")
def calls() -> Iterator[ManyCalls]:
    made = many_calls(None)
    yield made
    made.database.close()


@pytest.fixture
def clock_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    def settle(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()

    yield settle
    monkeypatch.undo()
    time.tzset()


def counted(db: sqlite3.Connection, wanted: CallFilter) -> CallStatistics:
    counting = statistics.Counting(wanted)
    while counting.go_on(db):
        pass
    assert counting.result is not None
    return counting.result


def count(database: Database, wanted: CallFilter = EVERYTHING) -> CallStatistics:
    return database.read(partial(counted, wanted=wanted))


def begun(database: Database, *moments: datetime) -> None:
    records = (
        record(str(number), minutes=(moment - START).total_seconds() / 60)
        for number, moment in enumerate(moments)
    )
    log(database, *records)


def hours(found: CallStatistics) -> dict[int, int]:
    return {hour: number for hour, (number, _) in enumerate(found.by_hour) if number}


def days(found: CallStatistics) -> dict[date, int]:
    return {day: number for day, number, _ in found.by_day}


def test_without_calls_there_is_nothing(database: Database) -> None:
    assert count(database) == CallStatistics()


def test_calls_are_told_apart_by_what_became_of_them(database: Database) -> None:
    log(
        database,
        record("1", outcome=Outcome.MISSED),
        record("2", outcome=Outcome.CANCELLED),
        record("3", outcome=Outcome.VOICEMAIL, duration_s=20),
        record("4", outcome=Outcome.ANSWERED, duration_s=60),
        record("5", direction=OUT, outcome=Outcome.ANSWERED, duration_s=90),
        record("6", direction=OUT, outcome=Outcome.MISSED, duration_s=30),
        record("7", outcome=Outcome.ANSWERED, duration_s=4000, type="Fax"),
        record("8", outcome=Outcome.ANSWERED_ELSEWHERE, duration_s=10),
    )
    found = count(database)
    assert (found.inbound, found.outbound, found.missed) == (6, 2, 2)
    assert (found.answered, found.talk_s) == (3, 160)
    assert found.longest is not None
    assert found.longest.entry.session_id == "5"


def test_the_latest_of_equally_long_calls_is_the_longest(database: Database) -> None:
    log(
        database,
        *(record(str(n), minutes=n, outcome=Outcome.ANSWERED, duration_s=60) for n in range(3)),
    )
    longest = count(database).longest
    assert longest is not None
    assert longest.entry.session_id == "2"


def test_nobody_talked_so_that_none_is_the_longest(database: Database) -> None:
    log(database, record(duration_s=30))
    assert count(database).longest is None


def test_ringing_is_averaged_over_answered_calls_of_which_it_is_known(database: Database) -> None:
    answered = partial(live, outcome=Outcome.ANSWERED, duration_s=60)
    follow(database, answered("1"), ring_s=4)
    follow(database, answered("2", minutes=1), ring_s=8)
    follow(database, answered("3", minutes=2))
    follow(database, live("4", minutes=3), ring_s=40)
    follow(database, answered("5", minutes=4, direction=OUT), ring_s=30)
    assert count(database).average_ring_s == 6


def test_how_long_calls_rang_is_not_known_from_the_log(database: Database) -> None:
    log(database, record(outcome=Outcome.ANSWERED, duration_s=60))
    assert count(database).average_ring_s is None


def test_who_called_most_comes_first_under_the_latest_name(database: Database) -> None:
    later = Endpoint(ANN.number, "Ann Ferreira", "Dover, DE")
    log(
        database,
        record("1", BOB, outcome=Outcome.ANSWERED),
        record("2", BOB, 5, direction=OUT),
        record("3", ANN, 1),
        record("4", later, 2, outcome=Outcome.ANSWERED),
        record("5", Endpoint(), 3),
        record("6", Endpoint(), 4),
        record("7", Endpoint(), 6),
    )
    assert count(database).top_callers == (
        Caller(number_of(database, "3", "person_id"), "Ann Ferreira", ANN.number, 2, 1),
        Caller(number_of(database, "1", "person_id"), BOB.name, BOB.number, 1, 0),
    )


def test_the_later_of_equally_frequent_callers_comes_first(database: Database) -> None:
    people = [Endpoint(f"+1303555{n:04}", f"Caller {n}") for n in range(15)]
    log(database, *(record(str(n), person, n) for n, person in enumerate(people)))
    names = [caller.name for caller in count(database).top_callers]
    assert names == [f"Caller {n}" for n in range(14, 4, -1)]


@pytest.mark.parametrize(
    ("zone", "moment", "when"),
    [
        ("UTC", datetime(2026, 7, 1, 23, 59, tzinfo=UTC), (23, date(2026, 7, 1))),
        ("America/New_York", datetime(2026, 7, 1, 3, 30, tzinfo=UTC), (23, date(2026, 6, 30))),
        ("America/New_York", datetime(2026, 1, 1, 3, 30, tzinfo=UTC), (22, date(2025, 12, 31))),
        ("Asia/Kathmandu", datetime(2026, 7, 1, 18, 20, tzinfo=UTC), (0, date(2026, 7, 2))),
        ("Australia/Lord_Howe", datetime(2026, 7, 1, 13, 29, tzinfo=UTC), (23, date(2026, 7, 1))),
        ("Pacific/Kiritimati", datetime(2026, 7, 1, 10, tzinfo=UTC), (0, date(2026, 7, 2))),
    ],
)
def test_hours_and_days_are_those_of_this_computer(
    database: Database,
    clock_of: Callable[[str], None],
    zone: str,
    moment: datetime,
    when: tuple[int, date],
) -> None:
    clock_of(zone)
    begun(database, moment)
    found = count(database)
    hour, day = when
    assert (hours(found), days(found)) == ({hour: 1}, {day: 1})
    assert found.by_weekday[day.weekday()] == (1, 1)


def test_the_hour_that_comes_twice_has_the_calls_of_both(
    database: Database, clock_of: Callable[[str], None]
) -> None:
    clock_of("America/New_York")
    ends = datetime(2026, 11, 1, 6, tzinfo=UTC)
    begun(database, *(ends + timedelta(minutes=30 * n) for n in range(-4, 4)))
    found = count(database)
    assert hours(found) == {0: 2, 1: 4, 2: 2}
    assert days(found) == {date(2026, 11, 1): 8}


def test_the_hour_that_is_left_out_has_none(
    database: Database, clock_of: Callable[[str], None]
) -> None:
    clock_of("America/New_York")
    begins = datetime(2026, 3, 8, 7, tzinfo=UTC)
    begun(database, *(begins + timedelta(minutes=30 * n) for n in range(-2, 2)))
    assert hours(count(database)) == {1: 2, 3: 2}


def test_a_day_of_23_hours_keeps_all_its_calls(
    database: Database, clock_of: Callable[[str], None]
) -> None:
    clock_of("America/New_York")
    begun(database, *(datetime(2026, 3, 8, hour, tzinfo=UTC) for hour in range(5, 24)))
    assert days(count(database)) == {date(2026, 3, 8): 19}


def test_a_range_begins_with_its_first_moment_and_ends_before_its_last(database: Database) -> None:
    log(database, *(record(str(n), minutes=n) for n in range(5)))
    assert count(database, CallFilter(date_from=at(1), date_to=at(3))).inbound == 2
    assert count(database, CallFilter(date_from=at(5))).inbound == 0
    assert count(database, CallFilter(date_to=at(0))).inbound == 0


def test_any_filter_holds(database: Database) -> None:
    log(database, record("1", ANN), record("2", BOB, 1), record("3", BOB, 2, queue="Sales"))
    person = number_of(database, "2", "person_id")
    assert count(database, CallFilter(person=person)).inbound == 2
    assert count(database, CallFilter(text="denver", queue="Sales")).inbound == 1


@pytest.mark.parametrize("at_once", [1, 7, 100, 1000])
@pytest.mark.parametrize(
    "wanted",
    [
        EVERYTHING,
        CallFilter(direction=IN),
        CallFilter(text="an"),
        CallFilter(date_from=START - timedelta(days=200), date_to=START - timedelta(days=20)),
    ],
    ids=["everything", "inbound", "searched", "range"],
)
def test_counting_in_parts_finds_what_a_plain_loop_does(
    calls: ManyCalls, wanted: CallFilter, at_once: int
) -> None:
    counting = statistics.Counting(wanted, at_once=at_once)
    while calls.database.read(counting.go_on):
        pass
    found = counting.result
    assert found is not None
    passing = [call.entry for call in calls.passing(wanted)]
    missed = [call for call in passing if call.direction is IN and call.outcome in MISSED]
    talked = [call for call in passing if call.outcome in TALKED and call.type != "Fax"]
    assert found.inbound == sum(call.direction is IN for call in passing)
    assert found.outbound == sum(call.direction is OUT for call in passing)
    assert found.missed == len(missed)
    assert found.answered == len(talked)
    assert found.talk_s == sum(call.duration_s for call in talked)
    assert found.longest is not None
    assert found.longest.entry.duration_s == max(call.duration_s for call in talked)
    assert hours(found) == Counter(call.started_at.astimezone().hour for call in passing)
    assert days(found) == Counter(call.started_at.astimezone().date() for call in passing)
    assert sum(number for _, _, number in found.by_day) == len(missed)
    for which in (0, 1):
        by_weekday = [pair[which] for pair in found.by_weekday]
        assert sum(by_weekday) == sum(pair[which] for pair in found.by_hour)


def test_a_call_deleted_while_it_is_counted_is_not_the_longest(database: Database) -> None:
    log(
        database,
        record("1", outcome=Outcome.ANSWERED, duration_s=60),
        record("2", minutes=1, outcome=Outcome.ANSWERED, duration_s=30),
    )
    counting = statistics.Counting(EVERYTHING, at_once=1)
    assert database.read(counting.go_on)
    database.write(partial(writing.remove, ids=[number_of(database, "1")]))
    assert not database.read(counting.go_on)
    assert counting.result is not None
    assert counting.result.longest is None


async def test_other_questions_are_answered_while_calls_are_counted(database: Database) -> None:
    log(database, *(record(str(n), minutes=n) for n in range(10)))
    counting = statistics.Counting(EVERYTHING, at_once=1)
    archive = Archive(database)
    assert database.read(counting.go_on)
    assert await archive.count(EVERYTHING) == 10
    assert (await archive.statistics(EVERYTHING)).inbound == 10
