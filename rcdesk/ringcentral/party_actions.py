"""What can be done to a call through one of its parties, in most cases the user's own.

Everything here needs the CallControl scope. Nothing is repeated by itself. All raise
CallMovedOn where the call's state forbids it, and PlatformError or SignedOut.
"""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from rcdesk.core.errors import BadInput, Refused
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.telephony_records import (
    CallRecording,
    Party,
    PartyId,
    party_of,
    recording_of,
)
from rcdesk.ringcentral.telephony_sessions import (
    control,
    control_call,
    session_path,
    supervision,
)
from rcdesk.ringcentral.wire_telephony import PartyAnswer, PartyRecordingAnswer

_CANNOT_RECORD = frozenset({"TAS-101", "TAS-115"})


class TargetKind(StrEnum):
    """What a call can be sent to."""

    PHONE_NUMBER = "phoneNumber"
    EXTENSION_NUMBER = "extensionNumber"
    EXTENSION_ID = "extensionId"
    VOICEMAIL = "voicemail"
    """The mailbox of an extension, by its id."""
    PARK_LOCATION = "parkOrbit"
    """Of a transfer only."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call shall go."""

    kind: TargetKind
    value: str


class ReplyPattern(StrEnum):
    """The ready-made replies."""

    WILL_CALL_YOU_BACK = "WillCallYouBack"
    CALL_ME_BACK = "CallMeBack"
    ON_MY_WAY = "OnMyWay"
    ON_THE_OTHER_LINE = "OnTheOtherLine"
    WILL_CALL_YOU_BACK_LATER = "WillCallYouBackLater"
    CALL_ME_BACK_LATER = "CallMeBackLater"
    IN_A_MEETING = "InAMeeting"
    ON_THE_OTHER_LINE_NO_CALL = "OnTheOtherLineNoCall"


class TimeUnit(StrEnum):
    """Of a reply that promises a time."""

    MINUTE = "Minute"
    HOUR = "Hour"
    DAY = "Day"


async def get_party(http: PlatformHttp, party: PartyId, *, user: bool = False) -> Party:
    """One party."""
    request = http.request("GET", _path(party), into=PartyAnswer, group=RateGroup.LIGHT, user=user)
    return party_of(await control(request))


async def remove_party(
    http: PlatformHttp, party: PartyId, *, keep_conference: bool = True, user: bool = True
) -> None:
    """Take a supervised or parked party, or one of a conference, out of its call."""
    body = {"keepConferenceAlive": keep_conference}
    await _told(http, party, "DELETE", "", body, user=user)


async def set_muted(
    http: PlatformHttp, party: PartyId, *, is_muted: bool, user: bool = True
) -> Party:
    """Mute or unmute; does not stack with what the phone itself has muted."""
    # Flat, as the guide and the SDK have it; the specification nests it in `party`.
    return await _did(http, party, "PATCH", "", {"muted": is_muted}, user=user)


async def answer(http: PlatformHttp, party: PartyId, device_id: str, *, user: bool = True) -> Party:
    """Answer on a desk phone or softphone of the user's; WebRTC and mobile ones cannot."""
    return await _did(http, party, "POST", "/answer", {"deviceId": device_id}, user=user)


async def reject(http: PlatformHttp, party: PartyId, *, user: bool = True) -> None:
    """Turn a ringing inbound call away.

    The specification says that it ends; the guide, that only this user's phones fall silent.
    """
    await _told(http, party, "POST", "/reject", None, user=user)


async def ignore(http: PlatformHttp, party: PartyId, device_id: str, *, user: bool = True) -> None:
    """Pass a ringing queue call on to the next agent."""
    await _told(http, party, "POST", "/ignore", {"deviceId": device_id}, user=user)


async def forward(
    http: PlatformHttp, party: PartyId, target: Target, *, user: bool = True
) -> Party:
    """Send a ringing inbound call elsewhere; BadInput for a park location."""
    if target.kind is TargetKind.PARK_LOCATION:
        raise BadInput("A call can be parked only after it was answered.")
    return await _did(http, party, "POST", "/forward", _target(target), user=user)


async def transfer(
    http: PlatformHttp, party: PartyId, target: Target, *, user: bool = True
) -> Party:
    """Send an answered call elsewhere without asking there first."""
    return await _did(http, party, "POST", "/transfer", _target(target), user=user)


async def bridge(
    http: PlatformHttp, party: PartyId, consulted: PartyId, *, user: bool = True
) -> Party:
    """Warm transfer: connect the call with `consulted`, the user's party of another call."""
    body = {"telephonySessionId": consulted.session_id, "partyId": consulted.party_id}
    return await _did(http, party, "POST", "/bridge", body, user=user)


async def hold(http: PlatformHttp, party: PartyId, *, user: bool = True) -> Party:
    """Put the other side on hold; does not stack with the phone's own hold."""
    return await _did(http, party, "POST", "/hold", None, user=user)


async def unhold(http: PlatformHttp, party: PartyId, *, user: bool = True) -> Party:
    """Take the other side back."""
    return await _did(http, party, "POST", "/unhold", None, user=user)


async def park(http: PlatformHttp, party: PartyId, *, user: bool = True) -> Party:
    """Park an inbound call of the user's; the answer's `park_location` tells where."""
    return await _did(http, party, "POST", "/park", None, user=user)


async def pickup(http: PlatformHttp, party: PartyId, device_id: str, *, user: bool = True) -> Party:
    """Take a parked call on a desk phone or softphone of the user's."""
    return await _did(http, party, "POST", "/pickup", {"deviceId": device_id}, user=user)


async def flip(http: PlatformHttp, party: PartyId, call_flip_id: str, *, user: bool = True) -> None:
    """Move the call to another phone of the user's: a flip number 1 to 8."""
    await _told(http, party, "POST", "/flip", {"callFlipId": call_flip_id}, user=user)


async def reply_with_text(
    http: PlatformHttp, party: PartyId, message: str, *, user: bool = True
) -> Party:
    """Have `message` read to the caller of a ringing call."""
    return await _did(http, party, "POST", "/reply", {"replyWithText": message}, user=user)


async def reply_with_pattern(
    http: PlatformHttp,
    party: PartyId,
    pattern: ReplyPattern,
    *,
    time: int | None = None,
    time_unit: TimeUnit = TimeUnit.MINUTE,
    user: bool = True,
) -> Party:
    """Have a ready-made reply read; `time` for "will call you back" and "call me back" only."""
    reply: dict[str, object] = {"pattern": pattern.value}
    if time is not None:
        reply |= {"time": time, "timeUnit": time_unit.value}
    return await _did(http, party, "POST", "/reply", {"replyWithPattern": reply}, user=user)


async def start_recording(
    http: PlatformHttp, party: PartyId, *, user: bool = True
) -> CallRecording:
    """Record from now on; conferences cannot be."""
    return await _recorded(http, party, "POST", "/recordings", None, user=user)


async def set_recording(
    http: PlatformHttp, party: PartyId, recording_id: str, *, is_active: bool, user: bool = True
) -> CallRecording:
    """Pause or resume a recording."""
    action = f"/recordings/{quote(recording_id, safe='')}"
    return await _recorded(http, party, "PATCH", action, {"active": is_active}, user=user)


async def supervise_party(
    http: PlatformHttp,
    party: PartyId,
    *,
    agent_extension_id: str,
    supervisor_device_id: str,
    user: bool = True,
) -> Party:
    """Listen to one party alone."""
    body = supervision(agent_extension_id, supervisor_device_id)
    return await _did(http, party, "POST", "/supervise", body, user=user)


async def _did(
    http: PlatformHttp, party: PartyId, method: str, action: str, body: object, *, user: bool
) -> Party:
    request = http.request(
        method,
        _path(party) + action,
        into=PartyAnswer,
        group=RateGroup.LIGHT,
        user=user,
        json=body,
    )
    return party_of(await control_call(http, party.session_id, request))


async def _told(
    http: PlatformHttp, party: PartyId, method: str, action: str, body: object, *, user: bool
) -> None:
    request = http.request(
        method, _path(party) + action, into=None, group=RateGroup.LIGHT, user=user, json=body
    )
    await control_call(http, party.session_id, request)


async def _recorded(
    http: PlatformHttp, party: PartyId, method: str, action: str, body: object, *, user: bool
) -> CallRecording:
    request = http.request(
        method,
        _path(party) + action,
        into=PartyRecordingAnswer,
        group=RateGroup.LIGHT,
        user=user,
        json=body,
    )
    try:
        return recording_of(await control_call(http, party.session_id, request))
    except Refused as refusal:
        if _CANNOT_RECORD.isdisjoint(refusal.codes):
            raise
        raise Refused(
            "RingCentral does not let this call be recorded.",
            status=refusal.status,
            codes=refusal.codes,
            request_id=refusal.request_id,
        ) from refusal


def _path(party: PartyId) -> str:
    return f"{session_path(party.session_id)}/parties/{quote(party.party_id, safe='')}"


def _target(target: Target) -> dict[str, str]:
    return {target.kind.value: target.value}
