"""RingCentral's words for legs, and what they are called here; free of Qt.

The words are CallLegTypeEnum, CallActionEnum and CallResultEnum of its specification.
"""

from collections.abc import Mapping
from enum import Enum, auto

from rcdesk.core.call import Endpoint
from rcdesk.core.events import LogLeg
from rcdesk.ui import words

_LONGEST_PARTY = 60
_NO_BREAK = "\u00a0"


class Part(Enum):
    """What a leg is in its call."""

    RING = auto()
    RING_OUT = auto()
    FORWARD = auto()
    TRANSFER = auto()
    MOVE = auto()
    PARK = auto()
    PICKUP = auto()
    CONFERENCE = auto()
    MEETING = auto()
    JOIN = auto()
    MONITOR = auto()
    PAGE = auto()
    CALL_BACK = auto()
    APPLICATION = auto()
    FAX = auto()


# Kinds that only say which way a phone was rung are left out: there the action tells more.
_KINDS: Mapping[str, Part] = {
    **dict.fromkeys(("FindMe", "FollowMe", "SipForwarding", "RingMe"), Part.FORWARD),
    "TransferCall": Part.TRANSFER,
    **dict.fromkeys(("CallPark", "ParkLocation"), Part.PARK),
    "Pickup": Part.PICKUP,
    **dict.fromkeys(("ConferenceCall", "MoveToConference"), Part.CONFERENCE),
    "MeetingsCall": Part.MEETING,
    "JoinCall": Part.JOIN,
    **dict.fromkeys(("Monitoring", "SilentMonitoring"), Part.MONITOR),
    "PagingServer": Part.PAGE,
    "CallBack": Part.CALL_BACK,
    "IvaCall": Part.APPLICATION,
    "FaxSent": Part.FAX,
}
_ACTIONS: Mapping[str, Part] = {
    **dict.fromkeys(("FindMe", "FollowMe", "Sip Forwarding", "RingMe"), Part.FORWARD),
    "Transfer": Part.TRANSFER,
    "Move": Part.MOVE,
    **dict.fromkeys(("Call Park", "Park Location"), Part.PARK),
    "Pickup": Part.PICKUP,
    "Conference Call": Part.CONFERENCE,
    "RC Meetings": Part.MEETING,
    "Barge In Call": Part.JOIN,
    "Monitoring": Part.MONITOR,
    "Paging": Part.PAGE,
    "Call Return": Part.CALL_BACK,
    "External Application": Part.APPLICATION,
    **dict.fromkeys(("Incoming Fax", "Outgoing Fax", "Fax on Demand"), Part.FAX),
}

PLAIN_ACTIONS = frozenset(
    {"", "Phone Call", "VoIP Call", "Accept Call", "FindMe", "FollowMe", "Hunting", "Unknown"}
)
"""They say no more of a call than its direction does."""

# Results, folded: the platform spells some in two ways.
ANSWERED = frozenset({"accepted", "call connected", "received", "sent", "reply", "911", "933"})
VOICEMAIL = frozenset({"voicemail", "sent to voicemail"})
HUNG_UP = frozenset({"hang up", "hung up", "abandoned"})
DECLINED = frozenset({"declined", "rejected"})
RANG = "rang"
"""What became of it is not said."""
UNANSWERED: Mapping[str, str] = {
    **dict.fromkeys(("missed", "no answer"), "did not answer"),
    **dict.fromkeys(HUNG_UP, "was ringing when the caller hung up"),
    "answered not accepted": "answered but did not take the call",
    "answered elsewhere": "stopped ringing",
    "stopped": "stopped ringing",
    "busy": "was busy",
    **dict.fromkeys(DECLINED, "declined"),
    "blocked": "blocked the call",
    "ip phone offline": "was offline",
    "not allowed": "may not take such calls",
    "wrong number": "could not be reached: wrong number",
    **dict.fromkeys(
        ("call failed", "call failure", "internal error", "carrier is not active"),
        "could not be reached",
    ),
    **dict.fromkeys(("", "unknown", "in progress"), RANG),
}
ENDINGS: Mapping[str, str] = {
    **dict.fromkeys(("missed", "no answer"), "Nobody answered"),
    "busy": "The line was busy",
    "blocked": "Blocked",
    "answered not accepted": "A phone answered, but the call was not taken",
    "answered elsewhere": "Answered by somebody else",
    "stopped": "Stopped ringing",
    "callback requested": "The caller asked to be called back",
    "ip phone offline": "No phone was online",
    "wrong number": "Wrong number",
    **dict.fromkeys(
        ("call failed", "call failure", "internal error"), "The call could not be put through"
    ),
    "in progress": "Rang",
    "unknown": "Ended",
}
SELF_EVIDENT = (
    ANSWERED
    | VOICEMAIL
    | HUNG_UP
    | {"missed", "no answer", "busy", "answered elsewhere", "answered not accepted"}
)
"""With these results the platform's reason only says the same again."""
FAX_ENDINGS: Mapping[str, tuple[str, bool]] = {
    "received": ("Fax received", True),
    "sent": ("Fax sent", True),
    "accepted": ("Fax received", True),
    "call connected": ("Fax sent", True),
    "fax on demand": ("Fax sent on demand", True),
    "fax not sent": ("The fax was not sent", False),
    "fax partially sent": ("Only a part of the fax was sent", False),
    "fax poor line": ("The line was too poor for the fax", False),
    "partial receive": ("Only a part of the fax was received", False),
    **dict.fromkeys(("receive error", "fax receipt error"), ("The fax was not received", False)),
    "send error": ("The fax was not sent", False),
}
"""What became of a fax, and whether that is what was wanted."""


def part_of(leg: LogLeg) -> Part:
    """By kind or action; whatever is not known rang somewhere."""
    if leg.kind.startswith("RingOut") and leg.action not in _ACTIONS:
        return Part.RING_OUT
    return _KINDS.get(leg.kind) or _ACTIONS.get(leg.action) or Part.RING


def folded_result(result: str) -> str:
    """A result as the tables have it."""
    return words.plain(result, 60).casefold()


def party(end: Endpoint, region: str) -> str:
    """`Ann Lee (102)`, `Ann Lee, (415) 555-0100`, or what there is of it."""
    name = words.plain(end.name, _LONGEST_PARTY)
    number = words.number(end, region).replace(" ", _NO_BREAK)
    if not name or name == end.number:
        return words.isolate(number)
    if not number:
        return words.isolate(name)
    extension = number.removeprefix(f"Ext.{_NO_BREAK}")
    whose = words.isolate(name)
    return f"{whose}, {number}" if extension == number else f"{whose} ({extension})"


def lasting(duration_s: float, what: str = "") -> str:
    """`, 3 min 12 s`, with `what` before the time; empty for less than a second."""
    time = spent(duration_s).replace(" ", _NO_BREAK)
    return f", {what}{time}" if duration_s >= 1 else ""


def spent(duration_s: float) -> str:
    """`20 s`, `3 min 12 s`, `3 min`, `1 h 2 min`: for a sentence."""
    minutes, second = divmod(max(0, int(duration_s)), 60)
    hours, minute = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minute} min" if minute else f"{hours} h"
    if minutes:
        return f"{minutes} min {second} s" if second else f"{minutes} min"
    return f"{second} s"
