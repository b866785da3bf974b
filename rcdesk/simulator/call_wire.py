"""One live call in each of the platform's shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rcdesk.simulator.clock import timestamp
from rcdesk.simulator.live_calls import Ending, Phase
from rcdesk.simulator.past_legs import member_legs
from rcdesk.simulator.scenarios_data import REASON_DESCRIPTIONS

if TYPE_CHECKING:
    from rcdesk.simulator.company import Company
    from rcdesk.simulator.live_calls import CallEnd, LiveCall

# Ending → reason of the party that disconnected.
_PARTY_REASONS = {
    Ending.HUNG_UP: "CallFinished",
    Ending.REJECTED: "Rejected",
    Ending.VOICEMAIL: "Voicemail",
    Ending.TRANSFERRED: "BlindTransfer",
    Ending.BRIDGED: "AttendedTransfer",
    Ending.REPLIED: "CallReplied",
    Ending.BUSY: "TargetBusy",
    Ending.NO_ANSWER: "NoAnswer",
    Ending.UNREACHABLE: "InternalError",
    Ending.CALLER_GAVE_UP: "Cancelled",
}
# Ending → (result, reason) of the log record, the pairs of `scenarios_data`; answered calls are
# told apart below.
_INBOUND_RESULTS = {
    Ending.CALLER_GAVE_UP: ("Missed", "No Answer"),
    Ending.REJECTED: ("Rejected", "Calls Not Accepted"),
    Ending.VOICEMAIL: ("Voicemail", "No Answer"),
    Ending.ANSWERED_ELSEWHERE: ("Answered Elsewhere", "Stopped"),
    Ending.REPLIED: ("Reply", ""),
}
_OUTBOUND_RESULTS = {
    Ending.CALLER_GAVE_UP: ("Hang Up", "Hang Up"),
    Ending.REJECTED: ("Rejected", "Line Busy"),
    Ending.BUSY: ("Busy", "Line Busy"),
    Ending.NO_ANSWER: ("No Answer", "No Answer"),
    Ending.UNREACHABLE: ("Call Failed", "Failed Try Again"),
}
_SHORTEST_RECORDING_S = 30
_UNTOLD = ("accountId", "extensionId", "attributes")


def presence_entry(call: LiveCall, company: Company, *, with_sip_data: bool) -> dict[str, Any]:
    """Return the entry of `activeCalls`."""
    entry: dict[str, Any] = {
        "id": call.leg_id,
        "direction": call.direction,
        "queueCall": call.queue is not None,
        "from": call.caller.number,
        "fromName": call.caller.name,
        "to": call.callee.number,
        "toName": call.callee.name,
        "telephonyStatus": call.phase.value,
        "sessionId": call.session_id,
        "startTime": timestamp(call.started_at),
        "partyId": call.party_id,
        "telephonySessionId": call.telephony_session_id,
    }
    if not call.caller.name:
        del entry["fromName"]
    if not call.callee.name:
        del entry["toName"]
    if call.queue is not None:
        entry["callInfo"] = {
            "primary": {"type": "QueueName", "value": call.queue.name},
            "additional": {"type": "CallerIdNumber", "value": call.caller.number},
        }
    if with_sip_data:
        entry["sipData"] = {
            "toTag": call.leg_id[:10],
            "fromTag": f"10.14.20.199-5070-{call.leg_id[10:24]}",
            "remoteUri": f"sip:{_sip_user(call.caller)}@sip.{company.account_id}.invalid",
            "localUri": f"sip:{_sip_user(call.callee)}@sip.{company.account_id}.invalid",
        }
    if call.phase is Phase.ENDED:
        entry["terminationType"] = "final"
    return entry


def party(call: LiveCall, company: Company, code: str) -> dict[str, Any]:
    """Return the user's party of the telephony session, in status `code`."""
    status: dict[str, Any] = {"code": code, "rcc": False}
    if code == "Disconnected" and call.ending is not None:
        status["reason"] = _PARTY_REASONS.get(call.ending) or (
            "AgentAnswered" if call.queue is not None else "Pickup"
        )
    record: dict[str, Any] = {
        "accountId": company.account_id,
        "extensionId": company.user.extension_id,
        "id": call.party_id,
        "direction": call.direction,
        "to": _party_end(call.callee),
        "from": _party_end(call.caller),
        "status": status,
        "missedCall": code == "Disconnected" and call.is_inbound and _is_missed(call),
        "standAlone": False,
        "muted": call.is_muted,
    }
    if call.recording is not None:
        record["recordings"] = [{"id": call.recording_id, "active": call.recording}]
    if call.queue is not None:
        record["queueCall"] = True
    if call.park_location:
        record["park"] = {"id": call.park_location}
    if call.origin == "RingOut":
        record["ringOutRole"] = "Initiator"
        record["direction"] = "Inbound"
        record["from"], record["to"] = record["to"], record["from"]
    return record


def session_object(call: LiveCall, company: Company) -> dict[str, Any]:
    """Return what GET telephony/sessions/{id} answers."""
    own = own_party(call, company)
    if call.origin == "Conference":
        own["conferenceRole"] = "Host"
    return {
        "id": call.telephony_session_id,
        "origin": {"type": call.origin},
        "voiceCallToken": f"cs{call.leg_id}",
        "parties": [own, *(member_party(member, company) for member in call.members)],
        "creationTime": timestamp(call.started_at),
    }


def own_party(call: LiveCall, company: Company, code: str = "") -> dict[str, Any]:
    """Return the user's party as REST shows it, in status `code` or the call's own."""
    own = party(call, company, code or call.party_code)
    del own["missedCall"]
    own["attributes"] = {"queueCall": own.pop("queueCall", False)}
    own["owner"] = {
        "accountId": company.account_id,
        "extensionId": company.user.extension_id,
        "brandId": "1210",
    }
    return own


def member_party(member: LiveCall, company: Company) -> dict[str, Any]:
    """Return a call that was brought into a conference as a party of that."""
    return own_party(member, company, "Answered") | {"conferenceRole": "Participant"}


def forwarded_party(call: LiveCall, company: Company) -> dict[str, Any]:
    """Return the party as `forward` answers it."""
    own = own_party(call, company)
    return {key: value for key, value in own.items() if key not in _UNTOLD}


def replied_party(call: LiveCall, company: Company) -> dict[str, Any]:
    """Return the party as `reply` answers it."""
    untold = (*_UNTOLD, "recordings", "ringOutRole")
    return {key: value for key, value in own_party(call, company).items() if key not in untold}


def supervisor_party(call: LiveCall, company: Company) -> dict[str, Any]:
    """Return the user's party as that of a supervisor who begins to listen to `call`."""
    own = own_party(call, company, "Setup")
    untold = ("attributes", "recordings", "ringOutRole", "park")
    heard = {key: value for key, value in own.items() if key not in untold}
    return heard | {"id": f"{call.party_id}1", "direction": "Outbound", "muted": True}


def session_event(call: LiveCall, company: Company, code: str) -> dict[str, Any]:
    """Return the body of a telephony-session event for the call's present `sequence`."""
    return {
        "sequence": call.sequence,
        "sessionId": call.session_id,
        "telephonySessionId": call.telephony_session_id,
        "serverId": "10.13.22.28.TAM",
        "eventTime": timestamp(_last_change(call)),
        "parties": [party(call, company, code)],
        "origin": {"type": call.origin},
    }


def log_record(call: LiveCall, company: Company) -> dict[str, Any]:
    """Return the call-log record, or that of active-calls while the call lives."""
    talk_s = _talk_s(call)
    result, reason = _result(call)
    record: dict[str, Any] = {
        "id": f"A{call.leg_id[:21]}",
        "sessionId": call.session_id,
        "telephonySessionId": call.telephony_session_id,
        "partyId": call.party_id,
        "startTime": timestamp(call.started_at),
        "duration": round(talk_s),
        "durationMs": round(talk_s * 1000),
        "type": "Voice",
        "internalType": "Local"
        if call.caller.extension_id and call.callee.extension_id
        else "LongDistance",
        "direction": call.direction,
        "action": _action(call),
        "result": result,
        "from": _log_end(call.caller, company),
        "to": _log_end(call.callee, company),
        "transport": "PSTN" if call.is_inbound and not call.caller.extension_id else "VoIP",
        "legType": _leg_type(call),
        "extension": {"id": int(company.user.extension_id)},
        "lastModifiedTime": timestamp(_last_change(call)),
    }
    if reason:
        record["reason"] = reason
    if reason in REASON_DESCRIPTIONS:
        record["reasonDescription"] = REASON_DESCRIPTIONS[reason]
    if call.diverted_at is not None:
        record["message"] = {"id": str(int(call.session_id) + 5), "type": "VoiceMail"}
    if call.phase is Phase.ENDED and _is_recorded(call, talk_s):
        kind = "Automatic" if call.recording is None else "OnDemand"
        record["recording"] = {"id": call.recording_id, "type": kind}
    elif call.phase is Phase.ENDED and call.was_connected and talk_s < _SHORTEST_RECORDING_S:
        record["shortRecording"] = True
    if call.queue is not None and record["to"].get("extensionId") == call.queue.extension_id:
        del record["legType"]
        record["legs"] = member_legs(record, company.user)
    return record


def _is_missed(call: LiveCall) -> bool:
    return call.ending in (Ending.CALLER_GAVE_UP, Ending.VOICEMAIL) and not call.was_connected


def _result(call: LiveCall) -> tuple[str, str]:
    if call.ending is None:
        return "In Progress", ""
    if call.was_connected:
        return ("Accepted", "Accepted") if call.is_inbound else ("Call connected", "Connected")
    results = _INBOUND_RESULTS if call.is_inbound else _OUTBOUND_RESULTS
    return results.get(call.ending, ("Unknown", ""))


def _action(call: LiveCall) -> str:
    if call.origin == "RingOut":
        return "RingOut Web"
    return "Phone Call" if call.is_inbound else "VoIP Call"


def _leg_type(call: LiveCall) -> str:
    if call.origin == "RingOut":
        return "RingOutWebToSubscriber"
    return "Accept" if call.is_inbound else "SipToPstnUnmetered"


def _last_change(call: LiveCall) -> Any:
    return call.ended_at or call.connected_at or call.started_at


def _talk_s(call: LiveCall) -> float:
    """Return how long somebody, or the mailbox, listened; ringing does not count."""
    since = call.connected_at or call.diverted_at
    if since is None or call.ended_at is None:
        return 0.0
    return (call.ended_at - since).total_seconds()


def _is_recorded(call: LiveCall, talk_s: float) -> bool:
    asked_for = call.recording is not None or int(call.leg_id[-1], 16) < 6
    return call.was_connected and talk_s >= _SHORTEST_RECORDING_S and asked_for


def _sip_user(end: CallEnd) -> str:
    return "".join(c for c in end.number if c.isascii() and c.isdigit()) or "anonymous"


def _party_end(end: CallEnd) -> dict[str, str]:
    fields = {"phoneNumber": end.number, "name": end.name, "extensionId": end.extension_id}
    return {key: value for key, value in fields.items() if value}


def _log_end(end: CallEnd, company: Company) -> dict[str, str]:
    fields = {
        "phoneNumber" if len(end.number) > 6 else "extensionNumber": end.number,
        "extensionNumber": end.extension_number,
        "extensionId": end.extension_id,
        "name": end.name,
        "location": "" if end.extension_id else company.place_of(end.number),
    }
    return {key: value for key, value in fields.items() if value}
