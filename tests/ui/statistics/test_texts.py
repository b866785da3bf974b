from datetime import date

import pytest
from PySide6.QtCore import QLocale

from rcdesk.core.past_calls import CallStatistics
from rcdesk.ui.history.choices import Days, Period
from rcdesk.ui.statistics.texts import (
    Span,
    calls_text,
    days_of,
    none_text,
    number_text,
    share_text,
    span_text,
)

AMERICA = QLocale("en_US")
TODAY = date(2026, 11, 18)
EARLIER = Days(date(2026, 3, 3), date(2026, 3, 5))


@pytest.mark.parametrize(
    ("locale", "text"),
    [("en_US", "12,345"), ("de_DE", "12.345"), ("C", "12,345"), ("ar_EG", "12,345")],
)
def test_digits_are_grouped_as_the_computer_does(locale: str, text: str) -> None:
    assert number_text(12_345, QLocale(locale)) == text


@pytest.mark.parametrize(
    ("calls", "missed", "text"),
    [
        (0, 0, "0 calls"),
        (1, 0, "1 call"),
        (1, 1, "1 call, 1 missed"),
        (42, 3, "42 calls, 3 missed"),
    ],
)
def test_calls_are_told_with_the_missed_ones(calls: int, missed: int, text: str) -> None:
    assert calls_text(calls, missed, AMERICA) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 0, ""),
        (0, 5, "0%"),
        (5, 5, "100%"),
        (1, 3, "33%"),
        (1, 1000, "less than 1%"),
        (999, 1000, "more than 99%"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_all(part: int, whole: int, text: str) -> None:
    assert share_text(part, whole, AMERICA) == text


@pytest.mark.parametrize(
    ("span", "days", "said"),
    [
        (Period.TODAY, Days(TODAY, TODAY), "18 Nov 2026"),
        (Period.WEEK, Days(date(2026, 11, 16), TODAY), "16 Nov 2026 to 18 Nov 2026"),
        (EARLIER, EARLIER, "3 Mar 2026 to 5 Mar 2026"),
        (None, Days(date(2025, 1, 2), TODAY), "Since 2 Jan 2025"),
    ],
)
def test_a_span_has_days(span: Span, days: Days, said: str) -> None:
    counted = CallStatistics(by_day=((date(2025, 1, 2), 1, 0), (date(2026, 11, 1), 1, 0)))
    assert days_of(span, TODAY, counted) == days
    assert span_text(span, days) == said


def test_all_days_include_those_of_a_clock_that_went_wrong() -> None:
    counted = CallStatistics(by_day=((date(2030, 1, 2), 1, 0),))
    assert days_of(None, TODAY, counted) == Days(TODAY, date(2030, 1, 2))


@pytest.mark.parametrize("span", [*Period, None])
def test_that_there_are_no_calls_is_said_of_every_span(span: Span) -> None:
    assert none_text(span).startswith("No calls ")


def test_that_there_are_no_calls_is_said_of_chosen_days() -> None:
    assert none_text(EARLIER) == "No calls from 3 Mar 2026 to 5 Mar 2026"
    assert none_text(Days(TODAY, TODAY)) == "No calls on 18 Nov 2026"
