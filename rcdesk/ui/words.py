"""Calls, times and states in the words that every window uses; free of Qt.

What comes from outside (names, places, numbers) passes `plain` before it is shown.
"""

import re
import unicodedata
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from rcdesk.core.call import Call, CallState, Direction, Endpoint, Outcome
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.presence import DndStatus, Presence, PresenceStatus, TelephonyStatus
from rcdesk.core.visible import visible_line

if TYPE_CHECKING:
    from rcdesk.core.history import HistoryEntry

UNKNOWN_CALLER = "Unknown caller"
LONGEST_NAME = 120

_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"
_MARKS_IN_A_ROW = re.compile(r"(\S[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff]{3})[\u0300-\u036f]+")


class Who(NamedTuple):
    """Somebody in two lines; `subtitle` may be empty."""

    title: str
    subtitle: str


class Look(NamedTuple):
    """How a state is told: words, name of an icon, name of a token's colour."""

    text: str
    icon: str
    color: str


def plain(text: str, limit: int = LONGEST_NAME) -> str:
    """`text` as one line that cannot mislead: no control, bidi-override or stacked characters."""
    return _plain(text[: limit * 4], limit)


@lru_cache(maxsize=4096)
def _plain(text: str, limit: int) -> str:
    line = _MARKS_IN_A_ROW.sub(r"\1", visible_line(text))
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def isolate(text: str) -> str:
    """`text` so that its right-to-left letters leave the rest of a sentence in order (UAX #9)."""
    if not text.isascii() and any(
        unicodedata.bidirectional(character) in ("R", "AL", "AN") for character in text
    ):
        return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_ISOLATE}"
    return text


def duration(seconds: float) -> str:
    """`0:42`, `12:05` or `1:02:03`; never negative."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def so_far(call: Call, now_s: float) -> str:
    """How long `call` has been going on, or ringing; `now_s` is monotonic."""
    since = call.counts_from
    return duration(now_s - since.monotonic_s) if since is not None else ""


def counted(calls: int) -> str:
    """`1 call`, `1,234 calls`."""
    return f"{calls:,} {'call' if calls == 1 else 'calls'}"


def when(moment: datetime, now: datetime) -> str:
    """A past moment as short as it stays clear; both aware, told in the zone of `now`."""
    moment = moment.astimezone(now.tzinfo)
    clock = f"{moment:%H:%M}"
    if timedelta(seconds=-60) < now - moment < timedelta(minutes=1):
        return "just now"
    days = (now.date() - moment.date()).days
    if days == 0:
        return clock
    if days == 1:
        return f"Yesterday {clock}"
    if 1 < days < 7:
        return f"{_WEEKDAYS[moment.weekday()]} {clock}"
    day = f"{moment.day} {_MONTHS[moment.month - 1]}"
    return day if moment.year == now.year else f"{day} {moment.year}"


# Not strftime's: those follow the process's locale, while every other word is English.
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(endpoint: Endpoint, region: str) -> str:
    """The number as people in `region` write it, `Ext. 101`, or empty."""
    # The tray's icon comes before the tables of the world's numbers.
    from rcdesk.core.numbers import is_extension, national  # noqa: PLC0415

    text = plain(endpoint.number, 40)
    return f"Ext. {text}" if is_extension(text) else national(text, region)


def who(endpoint: Endpoint, region: str) -> Who:
    """Name over number and place; without a name the number is the title."""
    name, place = plain(endpoint.name), plain(endpoint.location)
    formatted = number(endpoint, region)
    if name and name != endpoint.number:
        return Who(name, joined(formatted, place))
    if formatted:
        return Who(formatted, place)
    return Who(UNKNOWN_CALLER, place)


def joined(*parts: str) -> str:
    """The parts that are not empty, with middle dots between."""
    return " · ".join(isolate(part) for part in parts if part)


def caller(call: Call, region: str) -> Who:
    """The other end; of an inbound call also that it withholds its number."""
    shown = who(call.other, region)
    if call.direction is Direction.INBOUND and not call.other.number and not shown.subtitle:
        return shown._replace(subtitle="Number withheld")
    return shown


def called(call: Call, region: str) -> str:
    """Which line was called (or calls); empty if the platform did not say.

    The number first: the name on the user's own end is nearly always just the user's.
    """
    return number(call.own, region) or plain(call.own.name)


def queue(call: "Call | HistoryEntry") -> str:
    """Name of the call queue it came through; empty if it came through none."""
    if call.queue is None:
        return ""
    return plain(call.queue, 60) or "Call queue"


_LIVE = {
    CallState.CONNECTED: Look("On the call", "phone", "connected"),
    CallState.ON_HOLD: Look("On hold", "hold", "on_hold"),
    CallState.PARKED: Look("Parked", "parked", "parked"),
}
_RINGING = {
    Direction.INBOUND: Look("Incoming call", "phone-incoming", "ringing"),
    Direction.OUTBOUND: Look("Calling", "phone-outgoing", "ringing"),
}
_FIRST_LEG = Look("Your phone answered", "phone", "connected")
_ENDED = {
    (Direction.INBOUND, Outcome.MISSED): Look("Missed call", "phone-missed", "missed"),
    (Direction.INBOUND, Outcome.ANSWERED): Look("Incoming", "phone-incoming", "ended"),
    (Direction.INBOUND, Outcome.ANSWERED_ELSEWHERE): Look(
        "Answered elsewhere", "answered-elsewhere", "ended"
    ),
    (Direction.INBOUND, Outcome.REJECTED): Look("Rejected", "rejected", "ended"),
    (Direction.INBOUND, Outcome.VOICEMAIL): Look("Voicemail", "voicemail", "voicemail"),
    (Direction.INBOUND, Outcome.CANCELLED): Look("Missed call", "phone-missed", "missed"),
    (Direction.INBOUND, Outcome.UNKNOWN): Look("Incoming", "phone-incoming", "ended"),
    (Direction.OUTBOUND, Outcome.MISSED): Look("No answer", "phone-outgoing", "outgoing"),
    (Direction.OUTBOUND, Outcome.ANSWERED): Look("Outgoing", "phone-outgoing", "outgoing"),
    (Direction.OUTBOUND, Outcome.ANSWERED_ELSEWHERE): Look(
        "Answered elsewhere", "answered-elsewhere", "ended"
    ),
    (Direction.OUTBOUND, Outcome.REJECTED): Look("Declined", "rejected", "outgoing"),
    (Direction.OUTBOUND, Outcome.VOICEMAIL): Look("Left voicemail", "voicemail", "outgoing"),
    (Direction.OUTBOUND, Outcome.CANCELLED): Look("Not answered", "phone-outgoing", "outgoing"),
    (Direction.OUTBOUND, Outcome.UNKNOWN): Look("Outgoing", "phone-outgoing", "outgoing"),
}


def outcome(direction: Direction, ended: Outcome | None) -> Look:
    """How a call of the past is told; None is a call that is still going on."""
    if ended is None:
        return Look("In progress", "phone", "connected")
    return _ENDED[direction, ended]


def state(call: Call) -> Look:
    """How a call stands now, or how it ended."""
    if call.state is CallState.RINGING:
        return _RINGING[call.direction]
    if call.state is CallState.ENDED:
        return outcome(call.direction, call.outcome or Outcome.UNKNOWN)
    if call.is_ringout and call.state is CallState.CONNECTED:
        # Whether the callee has answered too, presence does not say.
        return _FIRST_LEG
    return _LIVE[call.state]


_CONNECTION = {
    ConnectionState.OFFLINE: "Offline",
    ConnectionState.CONNECTING: "Connecting…",
    ConnectionState.SYNCING: "Catching up…",
    ConnectionState.ONLINE: "Connected",
    ConnectionState.WAITING: "Waiting to reconnect",
    ConnectionState.SIGNED_OUT: "Signed out",
}


def unread(trouble: str) -> str:
    """What the keyring's trouble means for the user's sign-in; empty where there is none."""
    reason = trouble.partition("; ")[0]
    return f"{reason}; unlock it, and rcdesk goes on with your sign-in." if reason else ""


def connection(of: ConnectionState) -> str:
    """A connection state in a word or two."""
    return _CONNECTION[of]


def connection_sentence(of: Connection) -> str:
    """The state with its reason, for a line of its own."""
    said = _CONNECTION[of.state]
    if of.retry_in_s is not None:
        said = f"Reconnecting in {duration(of.retry_in_s)}"
    reason = plain(of.reason, 200)
    return f"{said}: {reason}" if reason else said


_PRESENCE = {
    PresenceStatus.AVAILABLE: ("Available", "available"),
    PresenceStatus.BUSY: ("Busy", "busy"),
    PresenceStatus.OFFLINE: ("Invisible", "offline"),
    PresenceStatus.UNKNOWN: ("Connected", "offline"),
}


def presence(of: Presence) -> tuple[str, str]:
    """The user's presence: words, and the name of its colour."""
    if of.dnd is DndStatus.DO_NOT_ACCEPT_ANY_CALLS:
        return "Do not disturb", "dnd"
    if of.telephony in (TelephonyStatus.CALL_CONNECTED, TelephonyStatus.ON_HOLD):
        return "On a call", "busy"
    if of.telephony is TelephonyStatus.RINGING:
        return "Ringing", "ringing"
    # What the user chose counts; `presence` is what the platform makes of it.
    known = of.user if of.user is not PresenceStatus.UNKNOWN else of.presence
    if known is PresenceStatus.AVAILABLE and of.presence is PresenceStatus.BUSY:
        known = PresenceStatus.BUSY
    return _PRESENCE[known]
