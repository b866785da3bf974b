"""Counts as bars: what stands under each, and what it says."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from PySide6.QtCore import QLocale

from rcdesk.ui.history.choices import Days
from rcdesk.ui.history.texts import date_text

MOST_DAYS, MOST_WEEKS, MOST_BARS = 31, 31, 36
"""So many bars are drawn at most; where there would be more, the next larger unit is taken."""

_STEPS = (1, 2, 5)
_MOST_STEPS = 4
_FEW = 7

# As every other word of the windows, whatever the computer's language.
_ENGLISH = QLocale(QLocale.Language.English)

Counted = Sequence[tuple[date, int, int]]


class Bar(NamedTuple):
    """Calls of an hour, a weekday, or some days.

    Attributes:
        label: a few letters under it.
        name: `10:00 to 11:00`, `Mondays`, `3 Mar 2026`, `March 2026`.
        days: those that it stands for; None for those that come again and again.
    """

    label: str
    name: str
    calls: int
    missed: int
    days: Days | None = None


def hour_bars(by_hour: Sequence[tuple[int, int]]) -> tuple[Bar, ...]:
    """One for each hour of the day."""
    return tuple(
        Bar(f"{hour:02}", f"{hour:02}:00 to {hour + 1:02}:00", *counts)
        for hour, counts in enumerate(by_hour)
    )


def weekday_bars(by_weekday: Sequence[tuple[int, int]], locale: QLocale) -> tuple[Bar, ...]:
    """One for each, beginning with the one that weeks begin with where the user lives."""
    first = _first_weekday(locale)
    return tuple(
        Bar(_weekday(day), f"{_weekday(day, QLocale.FormatType.LongFormat)}s", *by_weekday[day])
        for day in ((first + offset) % 7 for offset in range(7))
    )


def day_bars(by_day: Counted, days: Days, locale: QLocale) -> tuple[tuple[Bar, ...], str]:
    """One for each day, week, month, quarter or some years, even without calls; and which."""
    starts, unit = _starts(days, locale)
    tallies = [[0, 0] for _ in starts]
    for day, calls, missed in by_day:
        if days.first <= day <= days.last:
            tally = tallies[bisect_right(starts, day) - 1]
            tally[0] += calls
            tally[1] += missed
    ends = [*(start - timedelta(days=1) for start in starts[1:]), days.last]
    spans = [Days(start, end) for start, end in zip(starts, ends, strict=True)]
    bars = tuple(
        Bar(*_names(unit, span, of_few=len(spans) <= _FEW), calls, missed, span)
        for span, (calls, missed) in zip(spans, tallies, strict=True)
    )
    return bars, unit


def scale(most: int) -> tuple[int, ...]:
    """Round numbers from 0 to at least `most`, in a few equal steps."""
    power = 1
    while True:
        for step in _STEPS:
            if most <= step * power * _MOST_STEPS:
                return tuple(
                    at * step * power for at in range(max(1, -(-most // (step * power))) + 1)
                )
        power *= 10


def _starts(days: Days, locale: QLocale) -> tuple[list[date], str]:
    count = (days.last - days.first).days + 1
    if count <= MOST_DAYS:
        return [days.first + timedelta(days=n) for n in range(count)], "day"
    into_week = (days.first.weekday() - _first_weekday(locale)) % 7
    if into_week + count <= MOST_WEEKS * 7:
        weeks = range(7 - into_week, count, 7)
        return [days.first, *(days.first + timedelta(days=n) for n in weeks)], "week"
    for months, unit in ((1, "month"), (3, "quarter"), (12, "year")):
        starts = _month_starts(days, months)
        if len(starts) <= MOST_BARS:
            return starts, unit
    years = -(-len(starts) // (MOST_BARS - 1))
    return _month_starts(days, 12 * years), "year"


def _month_starts(days: Days, months: int) -> list[date]:
    """Every so many months, counted from the beginning of time."""
    first, last = (day.year * 12 + day.month - 1 for day in days)
    numbers = range(first + months - first % months, last + 1, months)
    return [days.first, *(date(number // 12, number % 12 + 1, 1) for number in numbers)]


def _names(unit: str, days: Days, *, of_few: bool) -> tuple[str, str]:
    """What stands under a bar, and what it is called."""
    first, last = days
    if unit == "year":
        name = str(first.year) if first.year == last.year else f"{first.year} to {last.year}"
        return str(first.year), name
    if unit == "month":
        month = _ENGLISH.standaloneMonthName(first.month)
        return month[:3], f"{month} {first.year}"
    if unit == "quarter":
        quarter = f"Q{(first.month + 2) // 3} {first.year}"
        return quarter, quarter
    short = date_text(first).rpartition(" ")[0]
    if unit == "week":
        return short, str(days)
    weekday = _weekday(first.weekday(), QLocale.FormatType.LongFormat)
    return _weekday(first.weekday()) if of_few else short, f"{weekday}, {date_text(first)}"


def _weekday(day: int, form: QLocale.FormatType = QLocale.FormatType.ShortFormat) -> str:
    return _ENGLISH.standaloneDayName(day + 1, form)


def _first_weekday(locale: QLocale) -> int:
    return locale.firstDayOfWeek().value - 1
