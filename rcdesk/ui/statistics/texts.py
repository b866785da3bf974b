"""Counts and days in words; digits are grouped as the computer's locale does it."""

from datetime import date

from PySide6.QtCore import QLocale

from rcdesk.core.past_calls import CallStatistics
from rcdesk.ui.history.choices import Days, Period

Span = Period | Days | None
"""None for all days."""

_NONE_IN = {
    Period.TODAY: "No calls today",
    Period.YESTERDAY: "No calls yesterday",
    Period.WEEK: "No calls this week",
    Period.MONTH: "No calls this month",
    Period.LAST_30_DAYS: "No calls in the last 30 days",
    None: "No calls yet",
}


def number_text(number: int, locale: QLocale) -> str:
    """`1,234`."""
    return f"{number:,}" if _is_foreign(locale) else locale.toString(number)


def calls_text(calls: int, missed: int, locale: QLocale) -> str:
    """`1 call`, `42 calls, 3 missed`."""
    said = f"{number_text(calls, locale)} {'call' if calls == 1 else 'calls'}"
    return f"{said}, {number_text(missed, locale)} missed" if missed else said


def share_text(part: int, whole: int, locale: QLocale) -> str:
    """`42%`; what is not quite none or all is not told as that. Empty where there is no whole."""
    if not whole:
        return ""
    percent, sign = round(100 * part / whole), "%" if _is_foreign(locale) else locale.percent()
    if part and not percent:
        return f"less than 1{sign}"
    if part < whole and percent == 100:
        return f"more than 99{sign}"
    return f"{percent}{sign}"


def days_of(span: Span, today: date, counted: CallStatistics) -> Days:
    """The days that a span has today; all of them are those since the first call."""
    if isinstance(span, Period):
        return span.days(today)
    if span is not None:
        return span
    days = [day for day, _, _ in counted.by_day]
    # A clock that went wrong may have stamped calls that are still to come.
    return Days(min([today, *days[:1]]), max([today, *days[-1:]]))


def none_text(span: Span) -> str:
    """That there are no calls in a span."""
    if not isinstance(span, Days):
        return _NONE_IN[span]
    return f"No calls {'on' if span.first == span.last else 'from'} {span}"


def span_text(span: Span, days: Days) -> str:
    """Which days those are, as a line of its own."""
    return f"Since {Days(days.first, days.first)}" if span is None else str(days)


def _is_foreign(locale: QLocale) -> bool:
    """Times and phone numbers have no other digits either; "C" leaves the separators out."""
    return locale.language() is QLocale.Language.C or locale.zeroDigit() != "0"
