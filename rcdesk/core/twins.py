"""The inbound twin leg of a RingOut.

RingCentral shows a RingOut as an outbound call plus an inbound call to the user's own
phone. The twin's session id differs by 1000, 2000, 3000 or 4000 and its numbers are
crossed (platform reference, section 6; taken from RingCentral's own widget).
"""

import re

from rcdesk.core.call import Direction
from rcdesk.core.events import RingOutPlaced
from rcdesk.core.track import Track

_DISTANCES = frozenset({1000, 2000, 3000, 4000})
_NO_DIGIT = re.compile(r"\D+")
_SIGNIFICANT_DIGITS = 7
_ID_DIGITS = 30


def is_twin(inbound: Track, outbound: Track) -> bool:
    """Whether `inbound` is the second leg of the RingOut `outbound`."""
    if (inbound.direction, outbound.direction) != (Direction.INBOUND, Direction.OUTBOUND):
        return False
    if not sessions_are_twins(inbound.session_id, outbound.session_id):
        return False
    incoming, outgoing = inbound.call(), outbound.call()
    return same_number(incoming.caller.number, outgoing.callee.number) and same_number(
        incoming.callee.number, outgoing.caller.number
    )


def is_own(track: Track, placed: RingOutPlaced) -> bool:
    """Whether `track` is either leg of a RingOut that rcdesk itself placed."""
    call = track.call()
    ends = (call.caller.number, call.callee.number)
    if track.direction is Direction.INBOUND:
        ends = (call.callee.number, call.caller.number)
    return same_number(ends[0], placed.caller_number) and same_number(ends[1], placed.callee_number)


def sessions_are_twins(one: str, other: str) -> bool:
    """Whether two session ids are as far apart as those of a RingOut's legs."""
    if not (one.isdecimal() and other.isdecimal() and max(len(one), len(other)) <= _ID_DIGITS):
        return False
    return abs(int(one) - int(other)) in _DISTANCES


def same_number(one: str, other: str) -> bool:
    """Equal up to spelling: with or without `+` and country code."""
    one, other = _NO_DIGIT.sub("", one), _NO_DIGIT.sub("", other)
    if not one or not other:
        return False
    shorter, longer = sorted((one, other), key=len)
    return shorter == longer or (len(shorter) >= _SIGNIFICANT_DIGITS and longer.endswith(shorter))
