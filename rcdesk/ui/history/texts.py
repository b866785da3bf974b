"""Calls of the past in words, for the list and for assistive technology."""

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from rcdesk.core.history import HistoryEntry
from rcdesk.core.past_calls import ListedCall
from rcdesk.ui import words
from rcdesk.ui.history.rows import GroupRow, Row

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_SEVERAL = {
    "Missed call": "{} missed calls",
    "Incoming": "{} incoming calls",
    "Outgoing": "{} outgoing calls",
    "Voicemail": "{} voicemails",
    "Left voicemail": "{} voicemails left",
    "No answer": "{} calls without answer",
    "Not answered": "{} calls not answered",
    "Answered elsewhere": "{} answered elsewhere",
    "Rejected": "{} rejected calls",
    "Declined": "{} declined calls",
    "Missed fax": "{} missed faxes",
    "Incoming fax": "{} incoming faxes",
    "Outgoing fax": "{} outgoing faxes",
}


class RowText(NamedTuple):
    """What one row shows.

    Attributes:
        look: the direction or outcome.
        who: number and place, whatever of them is not the title.
        line: the user's own number.
    """

    title: str
    look: words.Look
    who: str
    queue: str
    clock: str
    duration: str
    line: str

    def subtitle(self, outcome: str) -> str:
        """What became of it, in the words `outcome`, and with whom."""
        return words.joined(outcome, self.queue, self.who)


@lru_cache(maxsize=1024)
def row_text(entry: HistoryEntry, region: str) -> RowText:
    """Who, what became of it, and when, each as short as it stays clear; the user's line."""
    who = words.who(entry.other, region)
    look = words.outcome(entry.direction, entry.outcome)
    if entry.type == "Fax":
        text = "Missed fax" if look.text == "Missed call" else f"{look.text} fax"
        look = look._replace(icon="fax", text=text)
    return RowText(
        who.title,
        look,
        who.subtitle,
        words.queue(entry),
        f"{entry.started_at.astimezone():%H:%M}",
        words.duration(entry.duration_s) if entry.duration_s >= 1 else "",
        words.number(entry.own, region),
    )


def several(count: int, look: words.Look) -> str:
    """What became of so many calls that ended alike."""
    return _SEVERAL.get(look.text, "{} calls").format(count)


def spoken_text(row: Row, region: str, today: date) -> str:
    """The whole row in one line."""
    if isinstance(row, date):
        return day_text(row, today)
    text = _call_text(row.call, region, today)
    if not isinstance(row, GroupRow):
        return text
    said = row_text(row.call.entry, region)
    state = "unfolded" if row.is_open else "folded"
    return f"{said.title}, {several(len(row.calls), said.look)}, {state}, the latest: {text}"


def _call_text(call: ListedCall, region: str, today: date) -> str:
    entry = call.entry
    said = row_text(entry, region)
    day = day_text(entry.started_at.astimezone().date(), today)
    parts = (
        said.title,
        said.subtitle(said.look.text),
        f"{day} {said.clock}",
        said.duration,
        f"line {said.line}" if said.line else "",
        "recorded" if entry.has_recording else "",
        "with a voicemail" if entry.has_voicemail else "",
        "with a note" if call.has_note else "",
        f"tagged {', '.join(words.plain(tag) for tag in call.tags)}" if call.tags else "",
        "not called back yet" if call.is_unresolved else "",
    )
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


def moment_text(at: datetime, today: date) -> str:
    """When, where no day stands above: `14:05`, `Yesterday 14:05`, `Tuesday 14:05`, `3 Mar`."""
    at = at.astimezone()
    ago = (today - at.date()).days
    if ago in (0, 1) or 1 < ago < 7:
        day = "" if ago == 0 else day_text(at.date(), today)
        return f"{day} {at:%H:%M}".lstrip()
    text = date_text(at.date())
    return text.rpartition(" ")[0] if at.year == today.year else text


def full_moment(at: datetime) -> str:
    """`Tuesday, 3 March 2026, 14:05`."""
    at = at.astimezone()
    day = f"{_DAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]} {at.year}"
    return f"{day}, {at:%H:%M}"


def date_text(day: date) -> str:
    """`3 Mar 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"
