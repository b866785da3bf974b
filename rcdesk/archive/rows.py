"""Calls, ends and legs as rows, and what of them is fit to be stored."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from rcdesk.core.call import NOBODY, Direction, Endpoint, Outcome
from rcdesk.core.events import LogLeg
from rcdesk.core.history import HistoryEntry, entry_key

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_TEXT = 500
MOST_LEGS = 100

_MS = timedelta(milliseconds=1)
# No call was earlier or is later, and both can be shown in the time of any place.
_EARLIEST, _LATEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
_LONGEST_CALL_S = 366 * 86_400

CALL = """
    call.session_id, call.is_inbound, call.started_ms, call.duration_ms, call.outcome,
    other.number, other.name, other.location, own.number, own.name, own.location,
    call.queue, call.type, call.result, call.action, call.reason, call.record_id,
    call.telephony_session_id, call.recording_id, call.message_id, call.is_too_short,
    call.is_final
"""
"""Columns for `entry_of`, of `call` joined with `other` and `own`."""

JOINED = """
    call JOIN party AS other ON other.id = call.other_id JOIN party AS own ON own.id = call.own_id
"""


def entry_of(row: tuple[Any, ...]) -> HistoryEntry:
    """The call in a row that begins with the columns of CALL."""
    direction = Direction.INBOUND if row[1] else Direction.OUTBOUND
    return HistoryEntry(
        key=entry_key(row[0], direction),
        session_id=row[0],
        direction=direction,
        started_at=time_of(row[2]),
        duration_s=row[3] / 1000,
        outcome=outcome_of(row[4]),
        other=endpoint(row[5], row[6], row[7]),
        own=endpoint(row[8], row[9], row[10]),
        queue=row[11],
        type=row[12],
        result=row[13],
        action=row[14],
        reason=row[15],
        record_id=row[16],
        telephony_session_id=row[17],
        recording_id=row[18],
        message_id=row[19],
        is_too_short=bool(row[20]),
        is_final=bool(row[21]),
    )


def time_of(at_ms: int) -> datetime:
    """Milliseconds since 1970 as aware time; what nobody stored is clamped."""
    try:
        return EPOCH + timedelta(milliseconds=at_ms)
    except OverflowError:
        return _LATEST


def ms_of(at: datetime) -> int:
    """Milliseconds since 1970; a time without zone is UTC."""
    return (clamped(at) - EPOCH) // _MS


def clamped(at: datetime) -> datetime:
    """As it is stored: UTC, whole milliseconds, in a year that can be shown everywhere."""
    if at.tzinfo is UTC and at.microsecond % 1000 == 0 and _EARLIEST <= at <= _LATEST:
        return at
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    at = min(max(at, _EARLIEST), _LATEST).astimezone(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def seconds(duration_s: float) -> float:
    """A duration as it is stored: whole milliseconds, not negative, at most a year."""
    if not duration_s > 0:  # NaN neither
        return 0
    return round(min(duration_s, _LONGEST_CALL_S) * 1000) / 1000


def outcome_of(word: str) -> Outcome:
    """UNKNOWN for a word of a newer rcdesk."""
    return _OUTCOMES.get(word, Outcome.UNKNOWN)


_OUTCOMES = {outcome.value: outcome for outcome in Outcome}


@lru_cache(maxsize=1024)
def endpoint(number: str, name: str, location: str) -> Endpoint:
    """One object for each end, however many calls it has."""
    return Endpoint(number, name, location) if number or name or location else NOBODY


def plain(text: str, limit: int = LONGEST_TEXT) -> str:
    """Text that SQLite can store: no NULs, no half characters, at most `limit` long."""
    text = text[:limit].replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def plain_end(end: Endpoint) -> Endpoint:
    """The end with text that can be stored; the same object where that is what it has."""
    if _are_plain(end.number, end.name, end.location):
        return end
    return Endpoint(plain(end.number), plain(end.name), plain(end.location))


def plain_entry(entry: HistoryEntry) -> HistoryEntry:
    """The call as it comes out of the archive again."""
    started_at, duration_s = clamped(entry.started_at), seconds(entry.duration_s)
    other, own = entry.other, entry.own
    # Most are fit as they are, and a copy takes longer than to see that.
    is_plain = _are_plain(
        other.number, other.name, other.location, own.number, own.name, own.location,
        entry.session_id, entry.type, entry.result, entry.action, entry.reason, entry.record_id,
        entry.telephony_session_id, entry.recording_id, entry.message_id, entry.queue or "",
    )  # fmt: skip
    if not is_plain:
        other, own = plain_end(other), plain_end(own)
    if (
        other is not entry.other
        or own is not entry.own
        or started_at is not entry.started_at
        or duration_s != entry.duration_s
    ):
        entry = replace(entry, other=other, own=own, started_at=started_at, duration_s=duration_s)
    if is_plain:
        return entry
    session_id = plain(entry.session_id)
    return replace(
        entry,
        key=entry_key(session_id, entry.direction),
        session_id=session_id,
        telephony_session_id=plain(entry.telephony_session_id),
        record_id=plain(entry.record_id),
        recording_id=plain(entry.recording_id),
        message_id=plain(entry.message_id),
        queue=None if entry.queue is None else plain(entry.queue),
        type=plain(entry.type),
        result=plain(entry.result),
        action=plain(entry.action),
        reason=plain(entry.reason),
    )


def plain_legs(legs: Iterable[LogLeg]) -> tuple[LogLeg, ...]:
    """The first hundred legs as they come out of the archive again."""
    return tuple(map(_plain_leg, tuple(legs)[:MOST_LEGS]))


def _plain_leg(leg: LogLeg) -> LogLeg:
    caller, callee = leg.caller, leg.callee
    started_at = None if leg.started_at is None else clamped(leg.started_at)
    duration_s = seconds(leg.duration_s)
    if (
        started_at is leg.started_at
        and duration_s == leg.duration_s
        and _are_plain(
            caller.number, caller.name, caller.location, callee.number, callee.name,
            callee.location, leg.kind, leg.action, leg.result, leg.extension_id, leg.recording_id,
        )
    ):  # fmt: skip
        return leg
    return replace(
        leg,
        kind=plain(leg.kind),
        action=plain(leg.action),
        result=plain(leg.result),
        caller=plain_end(caller),
        callee=plain_end(callee),
        started_at=started_at,
        duration_s=duration_s,
        extension_id=plain(leg.extension_id),
        recording_id=plain(leg.recording_id),
    )


def _are_plain(*texts: str) -> bool:
    """`plain` would leave all of them as they are; may say no to some that are."""
    together = "".join(texts)
    return len(together) <= LONGEST_TEXT and together.isascii() and "\0" not in together


def legs_of(db: sqlite3.Connection, calls: Iterable[int]) -> dict[int, tuple[LogLeg, ...]]:
    """The legs of each of these calls that has any, in the platform's order."""
    found: dict[int, list[LogLeg]] = {}
    for row in db.execute(_LEGS, (json.dumps(list(calls)),)):
        found.setdefault(row[0], []).append(_leg(row))
    return {call: tuple(legs) for call, legs in found.items()}


_LEGS = """
SELECT call_id, kind, action, result, is_inbound, caller.number, caller.name, caller.location,
    callee.number, callee.name, callee.location, started_ms, duration_ms, extension_id,
    recording_id, is_master
FROM leg JOIN party AS caller ON caller.id = caller_id JOIN party AS callee ON callee.id = callee_id
WHERE call_id IN (SELECT value FROM json_each(?)) ORDER BY call_id, position
"""


def _leg(row: tuple[Any, ...]) -> LogLeg:
    direction = None
    if row[4] is not None:
        direction = Direction.INBOUND if row[4] else Direction.OUTBOUND
    return LogLeg(
        kind=row[1],
        action=row[2],
        result=row[3],
        direction=direction,
        caller=endpoint(row[5], row[6], row[7]),
        callee=endpoint(row[8], row[9], row[10]),
        started_at=None if row[11] is None else time_of(row[11]),
        duration_s=row[12] / 1000,
        extension_id=row[13],
        recording_id=row[14],
        is_master=bool(row[15]),
    )
