"""The call history: calls just followed, active calls and call log merged by session."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from msgspec.structs import replace

from rcdesk.core.call import Call, CallState, Direction, Endpoint, Outcome
from rcdesk.core.events import LogRecord
from rcdesk.core.twins import same_number, sessions_are_twins

_NO_CALL_ACTIONS = frozenset({"findme"})


class HistoryEntry(msgspec.Struct, frozen=True, gc=False):
    """One call of the past (or still going on, while `outcome` is None).

    Attributes:
        key: the session id, with the direction where one session has two entries.
        is_final: the call log has it; until then it is known from events only.
        result, action, reason: RingCentral's own words; empty until the log has the call.
        recording_id, message_id, is_too_short: see LogRecord.
    """

    key: str
    session_id: str
    direction: Direction
    other: Endpoint
    own: Endpoint
    started_at: datetime
    duration_s: float = 0
    outcome: Outcome | None = None
    queue: str | None = None
    type: str = "Voice"
    result: str = ""
    action: str = ""
    reason: str = ""
    record_id: str = ""
    telephony_session_id: str = ""
    recording_id: str = ""
    message_id: str = ""
    is_too_short: bool = False
    is_final: bool = False

    @classmethod
    def of_call(cls, call: Call) -> "HistoryEntry | None":
        """What the events told of a call; None while it goes on."""
        began = call.started_at or (call.ended_at.utc if call.ended_at else None)
        if call.state is not CallState.ENDED or began is None:
            return None
        return cls(
            key=entry_key(call.session_id, call.direction),
            session_id=call.session_id,
            direction=call.direction,
            other=call.other,
            own=call.own,
            started_at=began,
            duration_s=call.duration_s or 0,
            outcome=call.outcome,
            queue=call.queue,
            telephony_session_id=call.telephony_session_id,
        )

    @property
    def has_recording(self) -> bool:
        """The platform has, or had, a recording of it."""
        return bool(self.recording_id)

    @property
    def has_voicemail(self) -> bool:
        """The caller left a message; what a fax leaves is its pages."""
        return bool(self.message_id) and self.type != "Fax"

    @property
    def is_missed(self) -> bool:
        """An inbound call that nobody of the user's took."""
        return self.outcome is Outcome.MISSED and self.direction is Direction.INBOUND


class History:
    """Entries by session, so that no call is ever listed twice.

    What the log says replaces what was known from events, never the other way; names,
    numbers and places that one side lacks are taken from the other.
    """

    def __init__(self) -> None:
        self._entries: dict[str, HistoryEntry] = {}
        self._ringouts: dict[str, HistoryEntry] = {}

    @property
    def entries(self) -> list[HistoryEntry]:
        """Ended calls, newest first."""
        ended = (entry for entry in self._entries.values() if entry.outcome is not None)
        return sorted(ended, key=lambda entry: (entry.started_at, entry.key), reverse=True)

    def add_call(self, call: Call) -> bool:
        """Take a followed call in, once it has ended; False if nothing changed."""
        entry = HistoryEntry.of_call(call)
        return entry is not None and self._add(entry)

    def add_records(self, records: Iterable[LogRecord]) -> bool:
        """Take records of active-calls or the call log in; False if nothing changed."""
        changed = False
        entries = [entry for record in records if (entry := entry_of_record(record)) is not None]
        for entry in sorted(entries, key=lambda entry: entry.direction is Direction.INBOUND):
            changed = self._add(entry) or changed
        return changed

    def add_entries(self, entries: Iterable[HistoryEntry]) -> bool:
        """Take in what another history, that of the archive, holds; False if nothing changed."""
        changed = False
        for entry in entries:
            changed = self._add(entry) or changed
        return changed

    def _add(self, entry: HistoryEntry) -> bool:
        known = self._entries.get(entry.key)
        if known is None and self._is_twin(entry):
            return False
        if known is not None:
            entry = merged(known, entry)
        if entry == known:
            return False
        self._entries[entry.key] = entry
        if entry.action.startswith("RingOut") and entry.direction is Direction.OUTBOUND:
            self._ringouts[entry.key] = entry
            self._drop_twins(entry)
        return True

    def _is_twin(self, entry: HistoryEntry) -> bool:
        inbound = entry.direction is Direction.INBOUND
        return inbound and any(is_twin(entry, other) for other in self._ringouts.values())

    def _drop_twins(self, outbound: HistoryEntry) -> None:
        for place, other in list(self._entries.items()):
            if other.direction is Direction.INBOUND and is_twin(other, outbound):
                del self._entries[place]


def is_twin(inbound: HistoryEntry, outbound: HistoryEntry) -> bool:
    """`inbound` is only the leg to the user's own phone of the RingOut `outbound`."""
    return (
        sessions_are_twins(inbound.session_id, outbound.session_id)
        and same_number(inbound.other.number, outbound.other.number)
        and same_number(inbound.own.number, outbound.own.number)
    )


def merged(known: HistoryEntry, said: HistoryEntry) -> HistoryEntry:
    """What both say of one call: the log over events, the later over the earlier."""
    first, second = (known, said) if known.is_final and not said.is_final else (said, known)
    # The log's 0 means that nobody talked, whatever was measured here.
    is_timed_here = first.is_final and not second.is_final
    return replace(
        first,
        other=first.other.completed_by(second.other),
        own=first.own.completed_by(second.own),
        queue=first.queue or second.queue or (first.queue if second.queue is None else ""),
        outcome=first.outcome or second.outcome,
        duration_s=first.duration_s or (0 if is_timed_here else second.duration_s),
        record_id=first.record_id or second.record_id,
        telephony_session_id=first.telephony_session_id or second.telephony_session_id,
        recording_id=first.recording_id or second.recording_id,
        message_id=first.message_id or second.message_id,
        is_too_short=first.is_too_short or second.is_too_short,
    )


def entry_of_record(record: LogRecord) -> HistoryEntry | None:
    """What a record says of its call; None where it is no call, or nobody knows when it began."""
    if record.started_at is None or record.action.replace(" ", "").lower() in _NO_CALL_ACTIONS:
        return None
    direction = record.direction or Direction.INBOUND
    inbound = direction is Direction.INBOUND
    return HistoryEntry(
        key=entry_key(record.session_id or record.record_id, direction),
        session_id=record.session_id or record.record_id,
        direction=direction,
        other=record.caller if inbound else record.callee,
        own=record.callee if inbound else record.caller,
        started_at=record.started_at,
        duration_s=record.duration_s,
        outcome=record.outcome,
        queue=record.queue,
        type=record.type,
        result=record.result,
        action=record.action,
        reason=record.reason,
        record_id=record.record_id,
        telephony_session_id=record.telephony_session_id,
        recording_id=record.recording_id,
        message_id=record.message_id,
        is_too_short=record.is_too_short,
        is_final=record.outcome is not None,
    )


def entry_key(session_id: str, direction: Direction) -> str:
    """`HistoryEntry.key` of a call."""
    return f"{session_id}/{direction}"
