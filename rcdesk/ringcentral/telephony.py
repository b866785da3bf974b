"""Telephony sessions as the core's reports: which party is the user's, and what it means."""

from rcdesk.core.call import NOBODY, Direction, Endpoint, Outcome
from rcdesk.core.events import LegReport, SessionReport, Termination
from rcdesk.core.presence import TelephonyStatus
from rcdesk.ringcentral.decode import DIRECTIONS, queue_name
from rcdesk.ringcentral.outcomes import party_outcome
from rcdesk.ringcentral.wire import (
    Party,
    SessionPartyEnd,
    TelephonySessionBody,
    instant,
    text,
)

# Casing varies on the wire (Voicemail, VMScreening), so codes are compared in lower case.
_STATUSES = {
    "setup": TelephonyStatus.RINGING,
    "proceeding": TelephonyStatus.RINGING,
    "answered": TelephonyStatus.CALL_CONNECTED,
    "hold": TelephonyStatus.ON_HOLD,
    "parked": TelephonyStatus.PARKED_CALL,
    **dict.fromkeys(
        ("disconnected", "gone", "voicemail", "voicemailscreening", "vmscreening", "faxreceive"),
        TelephonyStatus.NO_CALL,
    ),
}
_OVER = frozenset({"disconnected", "gone"})
_OUTCOME_BY_CODE = {
    "voicemail": Outcome.VOICEMAIL,
    "voicemailscreening": Outcome.VOICEMAIL,
    "vmscreening": Outcome.VOICEMAIL,
    "faxreceive": Outcome.ANSWERED,
}
# The call lives on in another party of the user's own.
_MOVED_ON = frozenset({"pickup", "callswitch"})


def session_report(body: TelephonySessionBody, extension_id: str) -> SessionReport | None:
    """What the event says about the call of `extension_id`.

    None if it names no party of that extension, or only an inbound one in Setup, which has
    not begun to ring. Where the platform leaves out the numeric `sessionId` (GET session
    does), the telephony session id stands in for it.
    """
    parties = [party for party in body.parties or () if _owner(party) == extension_id]
    telephony_id = text(body.telephony_session_id) or text(body.id)
    session_id = text(body.session_id) or telephony_id
    if not parties or not session_id:
        return None
    party = next((party for party in reversed(parties) if _code(party) not in _OVER), parties[-1])
    if _code(party) == "setup" and DIRECTIONS.get(party.direction) is Direction.INBOUND:
        return None
    is_ringout = body.origin is not None and text(body.origin.type).lower() == "ringout"
    ends = _switched_from(party, parties) or party
    direction, caller, callee = DIRECTIONS.get(ends.direction), _end(ends.from_), _end(ends.to)
    is_initiator = is_ringout and text(party.ring_out_role).lower() == "initiator"
    if is_initiator and direction is Direction.INBOUND:
        # A RingOut rings its initiator as an inbound call; what the user did was to call out.
        direction, caller, callee = Direction.OUTBOUND, callee, caller
    termination, outcome = _ending(party, direction)
    leg = LegReport(
        session_id=session_id,
        status=_STATUSES.get(_code(party), TelephonyStatus.UNKNOWN),
        direction=direction,
        party_id=text(party.id),
        telephony_session_id=telephony_id,
        caller=caller,
        callee=callee,
        queue=queue_name(party.ui_call_info, is_queue_call=party.queue_call),
        started_at=instant(body.creation_time),
        termination=termination,
        outcome=outcome,
        is_ringout=is_ringout,
    )
    return SessionReport(sequence=body.sequence, leg=leg, at=instant(body.event_time))


def _ending(party: Party, direction: Direction | None) -> tuple[Termination, Outcome | None]:
    """Whether the call is over with this party, and how it went."""
    code = _code(party)
    if _STATUSES.get(code) is not TelephonyStatus.NO_CALL:
        return Termination.UNSAID, None
    reason = text(party.status.reason) if party.status else ""
    if reason.lower() in _MOVED_ON:
        # Should presence end the call without any phone of the user's connecting.
        return Termination.INTERMEDIATE, party_outcome(reason, direction, missed=False)
    outcome = _OUTCOME_BY_CODE.get(code) or party_outcome(
        reason, direction, missed=bool(party.missed_call)
    )
    return Termination.FINAL, outcome


def _switched_from(party: Party, parties: list[Party]) -> Party | None:
    """The party that `party` took over from; it still knows which way the call went."""
    for other in parties:
        status = other.status
        if other is not party and status and text(status.reason).lower() == "callswitch":
            return other
    return None


def _owner(party: Party) -> str:
    return text(party.extension_id) or (text(party.owner.extension_id) if party.owner else "")


def _code(party: Party) -> str:
    return text(party.status.code).lower() if party.status else ""


def _end(end: SessionPartyEnd | None) -> Endpoint:
    return Endpoint(text(end.phone_number), text(end.name)) if end else NOBODY
