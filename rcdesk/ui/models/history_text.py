"""A call of the past in words, for the list and for assistive technology."""

from datetime import date
from typing import NamedTuple

from rcdesk.core.history import HistoryEntry
from rcdesk.ui import words

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)


class RowText(NamedTuple):
    """What one row shows; `look` is the direction or outcome."""

    title: str
    subtitle: str
    look: words.Look
    clock: str
    duration: str
    line: str


def row_text(entry: HistoryEntry, region: str) -> RowText:
    """Who, what became of it, and when, each as short as it stays clear; the user's line."""
    who = words.who(entry.other, region)
    look = words.outcome(entry.direction, entry.outcome)
    if entry.type == "Fax":
        look = look._replace(icon="fax", text=f"{look.text} fax")
    return RowText(
        who.title,
        words.joined(look.text, words.queue(entry), who.subtitle),
        look,
        f"{entry.started_at.astimezone():%H:%M}",
        words.duration(entry.duration_s) if entry.duration_s >= 1 else "",
        words.number(entry.own, region),
    )


def spoken_text(entry: HistoryEntry, region: str, today: date) -> str:
    """The whole row in one line."""
    row = row_text(entry, region)
    day = day_text(entry.started_at.astimezone().date(), today)
    recording = "recorded" if entry.has_recording else ""
    line = f"line {row.line}" if row.line else ""
    parts = (row.title, row.subtitle, f"{day} {row.clock}", row.duration, line, recording)
    return ", ".join(part for part in parts if part)


def day_text(day: date, today: date) -> str:
    """`Today`, `Yesterday`, a weekday within the week, or the date."""
    ago = (today - day).days
    if ago in (0, 1):
        return ("Today", "Yesterday")[ago]
    if 1 < ago < 7:
        return _DAYS[day.weekday()]
    text = f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]}"
    return text if day.year == today.year else f"{text} {day.year}"
