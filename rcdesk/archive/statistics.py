"""Calls, counted."""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rcdesk.archive.conditions import Calls, calls_of
from rcdesk.archive.reading import listed
from rcdesk.core.past_calls import Caller, CallFilter, CallStatistics, ListedCall

MOST_CALLERS = 10

# Everywhere the clock differs from UTC by whole quarters of an hour.
_QUARTER_S = 15 * 60

_MISSED = "(is_inbound AND outcome = 'missed')"
_TALKED = "(outcome IN ('answered', 'answered_elsewhere') AND type <> 'Fax')"
_TOTALS = f"""
SELECT count(*), ifnull(sum(is_inbound), 0), ifnull(sum({_MISSED}), 0), ifnull(sum({_TALKED}), 0),
    ifnull(sum(duration_ms) FILTER (WHERE {_TALKED}), 0), avg(ring_ms)
FROM {{source}}
"""  # noqa: S608 - own words
_QUARTERS = f"""
SELECT started_ms / {_QUARTER_S * 1000}, count(*), sum({_MISSED}) FROM {{source}}
GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - own words
_LONGEST = f"""
SELECT id FROM {{source}} AND {_TALKED}
ORDER BY duration_ms DESC, started_ms DESC, id DESC LIMIT 1
"""  # noqa: S608 - own words
_CALLERS = f"""
SELECT person_id, sum(calls), sum(missed) FROM (
    SELECT other_id, count(*) AS calls, sum({_MISSED}) AS missed, max(started_ms) AS last_ms
    FROM {{source}} AND is_inbound GROUP BY other_id
) JOIN party ON party.id = other_id WHERE person_id IS NOT NULL
GROUP BY person_id ORDER BY sum(calls) DESC, max(last_ms) DESC, person_id LIMIT {MOST_CALLERS}
"""  # noqa: S608 - own words
_SPELLINGS = """
SELECT number, name FROM party WHERE person_id = ?
ORDER BY (SELECT max(started_ms) FROM call WHERE other_id = party.id) DESC, id DESC
"""


def of_calls(db: sqlite3.Connection, wanted: CallFilter) -> CallStatistics:
    """See Archive.statistics."""
    calls = calls_of(db, wanted)
    totals = db.execute(_TOTALS.format(source=calls.source), calls.where.values).fetchone()
    number, inbound, missed, answered, talk_ms, ring_ms = totals
    times = _Times(db.execute(_QUARTERS.format(source=calls.source), calls.where.values))
    return CallStatistics(
        inbound=inbound,
        outbound=number - inbound,
        missed=missed,
        answered=answered,
        talk_s=talk_ms / 1000,
        average_ring_s=None if ring_ms is None else ring_ms / 1000,
        longest=_longest(db, calls),
        by_hour=tuple(times.by_hour[hour].pair() for hour in range(24)),
        by_weekday=tuple(times.by_weekday[day].pair() for day in range(7)),
        by_day=tuple((day, *tally.pair()) for day, tally in times.by_day.items()),
        top_callers=_top_callers(db, calls),
    )


@dataclass(slots=True)
class _Tally:
    calls: int = 0
    missed: int = 0

    def pair(self) -> tuple[int, int]:
        return self.calls, self.missed


class _Times:
    """Calls of quarters of an hour, oldest first, by this computer's clock on the day they were."""

    def __init__(self, quarters: Iterable[tuple[int, int, int]]) -> None:
        self.by_hour: dict[int, _Tally] = defaultdict(_Tally)
        self.by_weekday: dict[int, _Tally] = defaultdict(_Tally)
        self.by_day: dict[date, _Tally] = defaultdict(_Tally)
        for quarter, calls, missed in quarters:
            local = time.localtime(quarter * _QUARTER_S)
            day = date(local.tm_year, local.tm_mon, local.tm_mday)
            tallies = self.by_hour[local.tm_hour], self.by_weekday[day.weekday()], self.by_day[day]
            for tally in tallies:
                tally.calls += calls
                tally.missed += missed


def _longest(db: sqlite3.Connection, calls: Calls) -> ListedCall | None:
    found = listed(db, _LONGEST.format(source=calls.source), calls.where.values)
    return found[0] if found else None


def _top_callers(db: sqlite3.Connection, calls: Calls) -> tuple[Caller, ...]:
    rows = db.execute(_CALLERS.format(source=calls.source), calls.where.values).fetchall()
    return tuple(Caller(person, *_known_as(db, person), *counts) for person, *counts in rows)


def _known_as(db: sqlite3.Connection, person: int) -> tuple[str, str]:
    """The latest name and number of somebody, empty where there is none."""
    spellings = db.execute(_SPELLINGS, (person,)).fetchall()
    numbers = (number for number, _ in spellings if number)
    names = (name for _, name in spellings if name)
    return next(names, ""), next(numbers, "")
