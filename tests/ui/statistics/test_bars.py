from datetime import date, timedelta
from itertools import pairwise

import pytest
from PySide6.QtCore import QLocale

from rcdesk.ui.history.choices import Days
from rcdesk.ui.statistics.bars import MOST_BARS, Bar, day_bars, hour_bars, scale, weekday_bars

GERMANY, AMERICA, EGYPT = QLocale("de_DE"), QLocale("en_US"), QLocale("ar_EG")
NEW_YEAR = date(2026, 1, 1)
NOVEMBER = Days(date(2026, 11, 1), date(2026, 11, 18))


def test_each_hour_has_a_bar() -> None:
    bars = hour_bars([(hour, 0) for hour in range(24)])
    assert bars[9] == Bar("09", "09:00 to 10:00", 9, 0)
    assert bars[23] == Bar("23", "23:00 to 24:00", 23, 0)


@pytest.mark.parametrize(
    ("locale", "labels"),
    [
        (GERMANY, "Mon Tue Wed Thu Fri Sat Sun"),
        (AMERICA, "Sun Mon Tue Wed Thu Fri Sat"),
        (EGYPT, "Sat Sun Mon Tue Wed Thu Fri"),
    ],
)
def test_weeks_begin_as_they_do_where_the_user_lives(locale: QLocale, labels: str) -> None:
    monday_first = [(day, 0) for day in range(7)]
    bars = weekday_bars(monday_first, locale)
    assert " ".join(bar.label for bar in bars) == labels
    assert {bar.name: bar.calls for bar in bars}["Wednesdays"] == 2


def test_days_without_calls_have_a_bar_too() -> None:
    days = Days(date(2026, 11, 16), date(2026, 11, 18))
    counted = [(date(2026, 11, 16), 3, 1), (date(2026, 11, 18), 2, 0)]
    bars, unit = day_bars(counted, days, GERMANY)
    assert unit == "day"
    assert [(bar.label, bar.calls, bar.missed) for bar in bars] == [
        ("Mon", 3, 1),
        ("Tue", 0, 0),
        ("Wed", 2, 0),
    ]
    assert bars[0].name == "Monday, 16 Nov 2026"
    assert bars[1].days == Days(date(2026, 11, 17), date(2026, 11, 17))


def test_days_of_more_than_a_week_are_told_by_their_date() -> None:
    bars, _ = day_bars([], NOVEMBER, GERMANY)
    assert [bar.label for bar in bars[:2]] == ["1 Nov", "2 Nov"]


def test_calls_outside_the_days_are_left_out() -> None:
    counted = [(date(2026, 10, 31), 1, 0), (date(2026, 11, 19), 1, 0)]
    bars, _ = day_bars(counted, NOVEMBER, GERMANY)
    assert sum(bar.calls for bar in bars) == 0


@pytest.mark.parametrize(
    ("days", "unit", "bars"),
    [
        (1, "day", 1),
        (31, "day", 31),
        (32, "week", 5),
        (210, "week", 31),
        (220, "month", 8),
        (365, "month", 12),
        (365 * 3, "month", 36),
        (365 * 4, "quarter", 16),
        (365 * 9, "quarter", 36),
        (365 * 20, "year", 20),
        (365 * 40, "year", 20),
        (365 * 6000, "year", MOST_BARS),
    ],
)
def test_a_long_range_has_few_bars(days: int, unit: str, bars: int) -> None:
    span = Days(NEW_YEAR, NEW_YEAR + timedelta(days=days - 1))
    drawn, drawn_unit = day_bars([(NEW_YEAR + timedelta(days=days - 1), 7, 2)], span, GERMANY)
    assert (drawn_unit, len(drawn)) == (unit, bars)
    assert (drawn[-1].calls, drawn[-1].missed) == (7, 2)
    assert drawn[0].days is not None
    assert drawn[0].days.first == NEW_YEAR
    for one, other in pairwise(drawn):
        assert one.days is not None
        assert other.days is not None
        assert other.days.first - one.days.last == timedelta(days=1)


@pytest.mark.parametrize(
    ("locale", "second"), [(GERMANY, date(2026, 8, 3)), (AMERICA, date(2026, 8, 2))]
)
def test_weeks_of_a_range_begin_with_the_same_weekday(locale: QLocale, second: date) -> None:
    bars, _ = day_bars([], Days(date(2026, 7, 30), date(2026, 11, 18)), locale)
    assert bars[0].days == Days(date(2026, 7, 30), second - timedelta(days=1))
    assert bars[1].days is not None
    assert bars[1].days.first == second
    assert bars[-1].days is not None
    assert bars[-1].days.last == date(2026, 11, 18)


@pytest.mark.parametrize(
    ("first", "last", "label", "name"),
    [
        (date(2026, 7, 30), date(2026, 11, 18), "30 Jul", "30 Jul 2026 to 1 Aug 2026"),
        (date(2025, 7, 30), date(2026, 11, 18), "Jul", "July 2025"),
        (date(2020, 7, 30), date(2026, 11, 18), "Q3 2020", "Q3 2020"),
        (date(2000, 7, 30), date(2026, 11, 18), "2000", "2000"),
        (date(1980, 7, 30), date(2026, 11, 18), "1980", "1980 to 1981"),
    ],
)
def test_a_bar_is_called_by_its_days(first: date, last: date, label: str, name: str) -> None:
    bars, _ = day_bars([], Days(first, last), AMERICA)
    assert (bars[0].label, bars[0].name) == (label, name)


@pytest.mark.parametrize(
    ("most", "numbers"),
    [
        (0, (0, 1)),
        (1, (0, 1)),
        (3, (0, 1, 2, 3)),
        (4, (0, 1, 2, 3, 4)),
        (5, (0, 2, 4, 6)),
        (9, (0, 5, 10)),
        (42, (0, 20, 40, 60)),
        (9_191, (0, 5_000, 10_000)),
        (100_000, (0, 50_000, 100_000)),
    ],
)
def test_the_scale_has_round_numbers(most: int, numbers: tuple[int, ...]) -> None:
    assert scale(most) == numbers
