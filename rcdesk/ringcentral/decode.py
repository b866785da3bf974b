"""Wire records as the core's reports: presence, telephony sessions, call log, RingOut."""

import math
from datetime import datetime
from functools import lru_cache

from rcdesk.core.call import NOBODY, Direction, Endpoint, Instant
from rcdesk.core.events import LegReport, LogLeg, LogRecord, LogReport, PresenceReport, Termination
from rcdesk.core.presence import DndStatus, PresenceStatus, TelephonyStatus
from rcdesk.core.ringout import RingOut
from rcdesk.ringcentral.outcomes import leg_status, log_outcome
from rcdesk.ringcentral.wire import (
    ActiveCall,
    CallLogAnswer,
    CallLogEntry,
    CallLogLeg,
    LogParty,
    PresenceBody,
    QueueLines,
    RingOutAnswer,
    RingOutStatuses,
    Text,
    instant,
    text,
)

DIRECTIONS: dict[Text, Direction] = {value.value: value for value in Direction}
_TELEPHONY: dict[Text, TelephonyStatus] = {value.value: value for value in TelephonyStatus}
# Of the extension as a whole null says nothing; of a call it is as good as an unknown word.
_WHOLE_TELEPHONY: dict[Text, TelephonyStatus | None] = {None: None, **_TELEPHONY}
_PRESENCE: dict[Text, PresenceStatus | None] = {
    None: None,
    **{value.value: value for value in PresenceStatus},
}
_DND: dict[Text, DndStatus | None] = {None: None, **{value.value: value for value in DndStatus}}
_TERMINATION: dict[Text, Termination] = {value.value: value for value in Termination}


def presence_report(
    body: PresenceBody,
    *,
    at: datetime | None = None,
    asked_at: Instant | None = None,
    answered_at: datetime | None = None,
) -> PresenceReport:
    """A presence or dnd event, or with `asked_at` the answer to GET presence."""
    extension_id = body.extension_id
    if extension_id is None and body.extension is not None:
        extension_id = body.extension.id
    calls = body.active_calls
    return PresenceReport(
        extension_id=text(extension_id),
        sequence=body.sequence,
        telephony=_WHOLE_TELEPHONY.get(body.telephony_status, TelephonyStatus.UNKNOWN),
        presence=_PRESENCE.get(body.presence_status, PresenceStatus.UNKNOWN),
        user=_PRESENCE.get(body.user_status, PresenceStatus.UNKNOWN),
        dnd=_DND.get(body.dnd_status, DndStatus.UNKNOWN),
        legs=None
        if calls is None
        else tuple([_leg(call) for call in calls if call.session_id or call.telephony_session_id]),
        total_active_calls=body.total_active_calls,
        at=at,
        asked_at=asked_at,
        answered_at=answered_at,
    )


def queue_name(lines: QueueLines | None, *, is_queue_call: bool | None) -> str | None:
    """Name of the call queue; `""` for a queue without one, None for no queue."""
    if lines is not None:
        for line in (lines.primary, lines.additional):
            if line is not None and line.type == "QueueName":
                return text(line.value)
    return "" if is_queue_call else None


def log_record(entry: CallLogEntry) -> LogRecord | None:
    """One record of the call log or of active-calls; None without any session id."""
    session_id = text(entry.session_id) or text(entry.telephony_session_id)
    if not session_id:
        return None
    direction = DIRECTIONS.get(entry.direction)
    result, recording = text(entry.result), entry.recording
    return LogRecord(
        session_id=session_id,
        record_id=text(entry.id),
        telephony_session_id=text(entry.telephony_session_id),
        party_id=text(entry.party_id),
        direction=direction,
        caller=_log_end(entry.from_),
        callee=_log_end(entry.to),
        started_at=instant(entry.start_time),
        duration_s=_duration_s(entry),
        outcome=log_outcome(result, direction),
        result=result,
        action=text(entry.action),
        type=text(entry.type) or "Voice",
        recording_id="" if recording is None else text(recording.id),
        is_too_short=bool(entry.short_recording),
        message_id="" if entry.message is None else text(entry.message.id),
        reason=text(entry.reason_description),
        legs=tuple(map(_log_leg, entry.legs or ())),
    )


def log_report(answer: CallLogAnswer) -> LogReport:
    """A page of records, in the platform's order."""
    records = map(log_record, answer.records or ())
    return LogReport(tuple(record for record in records if record is not None))


def ring_out(answer: RingOutAnswer, *, from_number: str, to_number: str) -> RingOut:
    """A RingOut as created or polled; a missing status reads as UNKNOWN."""
    statuses = answer.status or RingOutStatuses()
    return RingOut(
        id=text(answer.id),
        from_number=from_number,
        to_number=to_number,
        call=leg_status(text(statuses.call_status)),
        caller=leg_status(text(statuses.caller_status)),
        callee=leg_status(text(statuses.callee_status)),
    )


def _leg(call: ActiveCall) -> LegReport:
    telephony_session_id = text(call.telephony_session_id)
    return LegReport(
        session_id=text(call.session_id) or telephony_session_id,
        status=_TELEPHONY.get(call.telephony_status, TelephonyStatus.UNKNOWN),
        direction=DIRECTIONS.get(call.direction),
        party_id=text(call.party_id),
        leg_id=text(call.id),
        telephony_session_id=telephony_session_id,
        caller=_end(call.from_, call.from_name),
        callee=_end(call.to, call.to_name),
        queue=None
        if call.call_info is None and not call.queue_call
        else queue_name(call.call_info, is_queue_call=call.queue_call),
        started_at=instant(call.start_time),
        termination=_TERMINATION.get(call.termination_type, Termination.UNSAID),
    )


@lru_cache(maxsize=256)
def _end(number: Text, name: Text) -> Endpoint:
    """The same two ends come in every event of a call."""
    return Endpoint(text(number), text(name)) if number or name else NOBODY


def _log_end(party: LogParty | None) -> Endpoint:
    if party is None:
        return NOBODY
    number = party.phone_number or party.extension_number
    return Endpoint(text(number), text(party.name), text(party.location))


def _log_leg(leg: CallLogLeg) -> LogLeg:
    return LogLeg(
        kind=text(leg.leg_type),
        action=text(leg.action),
        result=text(leg.result),
        direction=DIRECTIONS.get(leg.direction),
        caller=_log_end(leg.from_),
        callee=_log_end(leg.to),
        started_at=instant(leg.start_time),
        duration_s=_duration_s(leg),
        extension_id="" if leg.extension is None else text(leg.extension.id),
        recording_id="" if leg.recording is None else text(leg.recording.id),
        is_master=bool(leg.master),
    )


def _duration_s(entry: CallLogEntry | CallLogLeg) -> float:
    exact_ms = entry.duration_ms
    duration_s = (entry.duration or 0) if exact_ms is None else exact_ms / 1000
    return duration_s if math.isfinite(duration_s) and duration_s > 0 else 0
