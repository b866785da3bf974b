"""Calls, counted."""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from rcdesk.archive.conditions import Calls, calls_of
from rcdesk.archive.reading import listed
from rcdesk.archive.rows import time_of
from rcdesk.core.past_calls import Caller, CallFilter, CallStatistics, ListedCall

MOST_CALLERS = 10
CALLS_AT_ONCE = 1000
"""What else is asked of the archive waits until so many are counted: some 6 ms."""

# Everywhere the clock differs from UTC by whole quarters of an hour.
_QUARTER_S = 15 * 60
_QUARTERS_A_DAY = 96
_EPOCH_DAY = date(1970, 1, 1).toordinal()

# As the list shows and filters them: see `rcdesk.ui.words` and `rcdesk.ui.history.choices`.
_MISSED = "(is_inbound AND outcome IN ('missed', 'cancelled'))"
_TALKED = "(outcome IN ('answered', 'answered_elsewhere') AND type <> 'Fax')"
_FIRST = "SELECT min(started_ms) FROM {source}"
_NEXT = "SELECT started_ms FROM {source} ORDER BY started_ms LIMIT 1 OFFSET ?"
_QUARTERS = f"""
SELECT started_ms / {_QUARTER_S * 1000}, count(*), sum({_MISSED}),
    sum(is_inbound), sum({_TALKED}), ifnull(sum(duration_ms) FILTER (WHERE {_TALKED}), 0),
    count(ring_ms) FILTER (WHERE is_inbound AND {_TALKED}),
    ifnull(sum(ring_ms) FILTER (WHERE is_inbound AND {_TALKED}), 0)
FROM {{source}} GROUP BY 1
"""  # noqa: S608 - own words
_LONGEST = f"""
SELECT duration_ms, started_ms, id FROM {{source}} AND {_TALKED}
ORDER BY duration_ms DESC, started_ms DESC, id DESC LIMIT 1
"""  # noqa: S608 - own words
_CALLERS = f"""
SELECT other_id, count(*), sum({_MISSED}), max(started_ms) FROM {{source}} AND is_inbound
GROUP BY other_id
"""  # noqa: S608 - own words
_SPELLINGS = """
SELECT number, name FROM party WHERE person_id = ?
ORDER BY (SELECT max(started_ms) FROM call WHERE other_id = party.id) DESC, id DESC
"""


class Counting:
    """Counts the calls that pass a filter, oldest first, a few thousand at a time."""

    def __init__(self, wanted: CallFilter, *, at_once: int = CALLS_AT_ONCE) -> None:
        self._wanted, self._at_once = wanted, at_once
        self._totals = _Totals()
        self._times = _Times()
        self._callers: dict[int, _Caller] = {}
        self._longest: tuple[int, int, int] | None = None
        self._begins: datetime | None = None
        self.result: CallStatistics | None = None
        """None until `go_on` has counted all of them."""

    def go_on(self, db: sqlite3.Connection) -> bool:
        """Count some more; false where there are none left."""
        begins = self._begins or self._first(db)
        if begins is not None:
            ends = self._end_of_part(db, begins)
            self._count(db, calls_of(db, self._between(begins, ends)))
            self._begins = ends
            if ends is not None:
                return True
        self.result = self._summed(db)
        return False

    def _between(self, begins: datetime, ends: datetime | None) -> CallFilter:
        return replace(self._wanted, date_from=begins, date_to=ends or self._wanted.date_to)

    def _first(self, db: sqlite3.Connection) -> datetime | None:
        ((first_ms,),) = _rows(db, _FIRST, calls_of(db, self._wanted))
        return None if first_ms is None else time_of(first_ms)

    def _end_of_part(self, db: sqlite3.Connection, begins: datetime) -> datetime | None:
        rows = _rows(db, _NEXT, calls_of(db, self._between(begins, None)), self._at_once)
        # Any number of calls may have begun in one moment.
        return max(time_of(rows[0][0]), begins + timedelta(milliseconds=1)) if rows else None

    def _count(self, db: sqlite3.Connection, calls: Calls) -> None:
        quarters, longest = _rows(db, _QUARTERS, calls), _rows(db, _LONGEST, calls)
        callers = _rows(db, _CALLERS, calls)
        # From here on nothing can fail: what is read again elsewhere is not counted twice.
        for quarter, number, missed, *_ in quarters:
            self._times.add(quarter, number, missed)
        self._totals = _Totals(
            *(known + sum(row[at] for row in quarters) for at, known in enumerate(self._totals, 3))
        )
        for other, number, missed, last_ms in callers:
            self._callers.setdefault(other, _Caller()).add(number, missed, last_ms)
        known = [] if self._longest is None else [self._longest]
        self._longest = max([*longest, *known], default=None)

    def _summed(self, db: sqlite3.Connection) -> CallStatistics:
        totals, times = self._totals, self._times
        days = times.days()
        number, missed = sum(calls for _, calls, _ in days), sum(missed for _, _, missed in days)
        return CallStatistics(
            inbound=totals.inbound,
            outbound=number - totals.inbound,
            missed=missed,
            answered=totals.talked,
            talk_s=totals.talk_ms / 1000,
            average_ring_s=totals.ring_ms / totals.rang / 1000 if totals.rang else None,
            longest=_longest(db, self._longest),
            by_hour=times.by_hour(),
            by_weekday=_by_weekday(days),
            by_day=days,
            top_callers=_top_callers(db, self._callers),
        )


class _Totals(NamedTuple):
    """`rang` are the answered inbound calls of which it is known for how long they rang."""

    inbound: int = 0
    talked: int = 0
    talk_ms: int = 0
    rang: int = 0
    ring_ms: int = 0


@dataclass(slots=True)
class _Caller:
    calls: int = 0
    missed: int = 0
    last_ms: int = 0

    def add(self, calls: int, missed: int, last_ms: int) -> None:
        self.calls += calls
        self.missed += missed
        self.last_ms = max(self.last_ms, last_ms)


class _Times:
    """Calls and missed ones by this computer's clock on the day they were."""

    def __init__(self) -> None:
        self._hours = [[0, 0] for _ in range(24)]
        self._days: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        self._offsets: dict[int, int | None] = {}

    def add(self, quarter: int, calls: int, missed: int) -> None:
        """Take in those of a quarter of an hour, counted from 1970."""
        day, since_midnight = divmod(quarter + self._offset(quarter), _QUARTERS_A_DAY)
        for tally in (self._days[day], self._hours[since_midnight // 4]):
            tally[0] += calls
            tally[1] += missed

    def by_hour(self) -> tuple[tuple[int, int], ...]:
        return tuple((calls, missed) for calls, missed in self._hours)

    def days(self) -> tuple[tuple[date, int, int], ...]:
        return tuple(
            (date.fromordinal(_EPOCH_DAY + day), calls, missed)
            for day, (calls, missed) in sorted(self._days.items())
        )

    def _offset(self, quarter: int) -> int:
        """From UTC to this computer's clock, in quarters; most days have one all day long."""
        day = quarter // _QUARTERS_A_DAY
        if day not in self._offsets:
            first = _offset_at(day * _QUARTERS_A_DAY)
            last = _offset_at((day + 1) * _QUARTERS_A_DAY)
            self._offsets[day] = first if first == last else None
        offset = self._offsets[day]
        return _offset_at(quarter) if offset is None else offset


def _rows(db: sqlite3.Connection, sql: str, calls: Calls, *values: object) -> list[tuple[Any, ...]]:
    return db.execute(sql.format(source=calls.source), (*calls.where.values, *values)).fetchall()


def _offset_at(quarter: int) -> int:
    return time.localtime(quarter * _QUARTER_S).tm_gmtoff // _QUARTER_S


def _by_weekday(days: Iterable[tuple[date, int, int]]) -> tuple[tuple[int, int], ...]:
    tallies = [[0, 0] for _ in range(7)]
    for day, calls, missed in days:
        tallies[day.weekday()][0] += calls
        tallies[day.weekday()][1] += missed
    return tuple((calls, missed) for calls, missed in tallies)


def _longest(db: sqlite3.Connection, found: tuple[int, int, int] | None) -> ListedCall | None:
    # It may have been deleted since it was counted.
    return next(iter(listed(db, "SELECT ? AS id", (found[2],))), None) if found else None


def _top_callers(db: sqlite3.Connection, spellings: dict[int, _Caller]) -> tuple[Caller, ...]:
    people: dict[int, _Caller] = {}
    sql = "SELECT id, person_id FROM party WHERE person_id IS NOT NULL"
    for party, person in db.execute(sql):
        if counted := spellings.get(party):
            told = people.setdefault(person, _Caller())
            told.add(counted.calls, counted.missed, counted.last_ms)
    top = sorted(people, key=lambda who: (-people[who].calls, -people[who].last_ms, who))
    return tuple(
        Caller(person, *_known_as(db, person), people[person].calls, people[person].missed)
        for person in top[:MOST_CALLERS]
    )


def _known_as(db: sqlite3.Connection, person: int) -> tuple[str, str]:
    """The latest name and number of somebody, empty where there is none."""
    spellings = db.execute(_SPELLINGS, (person,)).fetchall()
    numbers = (number for number, _ in spellings if number)
    names = (name for _, name in spellings if name)
    return next(names, ""), next(numbers, "")
