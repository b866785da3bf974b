"""Call Control: telephony sessions as a whole, and new calls.

Everything here needs the CallControl scope. Nothing is repeated by itself. What is done to one
party of a session is in `rcdesk.ringcentral.party_actions`.
"""

from collections.abc import Awaitable
from typing import TypeVar
from urllib.parse import quote

from rcdesk.core.errors import (
    Conflict,
    NotFound,
    PermissionMissing,
    PlatformError,
    Refused,
    UnexpectedAnswer,
)
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.telephony_records import (
    CallMovedOn,
    Party,
    PartyId,
    TelephonySession,
    party_of,
    session_of,
)
from rcdesk.ringcentral.wire_telephony import NewSessionAnswer, PartyAnswer, SessionAnswer

T = TypeVar("T")

SCOPE = "CallControl"
_TELEPHONY = "/restapi/v1.0/account/~/telephony"
_APP_SCOPE_MISSING = "CMN-401"
_INCORRECT_STATE = "TAS-102"


async def get_session(
    http: PlatformHttp, session_id: str, *, user: bool = False
) -> TelephonySession:
    """The session with all its parties; NotFound once it is over."""
    request = http.request(
        "GET", session_path(session_id), into=SessionAnswer, group=RateGroup.LIGHT, user=user
    )
    return session_of(await control(request))


async def drop_session(http: PlatformHttp, session_id: str, *, user: bool = True) -> None:
    """End the call for everybody; nothing happens where it is over already."""
    request = http.request(
        "DELETE", session_path(session_id), into=None, group=RateGroup.LIGHT, user=user
    )
    try:
        await control(request)
    except NotFound:
        return


async def supervise_session(
    http: PlatformHttp,
    session_id: str,
    *,
    agent_extension_id: str,
    supervisor_device_id: str,
    user: bool = True,
) -> Party:
    """Listen to both sides of an agent's call, mixed, on the supervisor's device."""
    request = http.request(
        "POST",
        f"{session_path(session_id)}/supervise",
        into=PartyAnswer,
        group=RateGroup.LIGHT,
        user=user,
        json=supervision(agent_extension_id, supervisor_device_id),
    )
    return party_of(await control(request))


async def bring_in(
    http: PlatformHttp, conference_id: str, party: PartyId, *, user: bool = True
) -> Party:
    """Make `party` of another call part of a conference, ten at most."""
    request = http.request(
        "POST",
        f"{session_path(conference_id)}/parties/bring-in",
        into=PartyAnswer,
        group=RateGroup.LIGHT,
        user=user,
        json={"sessionId": party.session_id, "partyId": party.party_id},
    )
    return party_of(await control_call(http, conference_id, request))


async def call_out(
    http: PlatformHttp,
    device_id: str,
    *,
    phone_number: str = "",
    extension_number: str = "",
    user: bool = True,
) -> TelephonySession:
    """Ring the user's device, then the number or the extension: one of the two.

    After Unreachable the phone may be ringing.
    """
    callee = (
        {"extensionNumber": extension_number} if extension_number else {"phoneNumber": phone_number}
    )
    return await _new_session(
        http, "/call-out", {"from": {"deviceId": device_id}, "to": callee}, user=user
    )


async def start_conference(http: PlatformHttp, *, user: bool = True) -> TelephonySession:
    """An empty conference; its `voice_call_token` is what the user's phone dials."""
    return await _new_session(http, "/conference", None, user=user)


async def _new_session(
    http: PlatformHttp, path: str, body: object, *, user: bool
) -> TelephonySession:
    request = http.request(
        "POST",
        _TELEPHONY + path,
        into=NewSessionAnswer,
        group=RateGroup.HEAVY,
        user=user,
        json=body,
    )
    answer = await control(request)
    session = session_of(answer.session or SessionAnswer())
    if not session.id:
        raise UnexpectedAnswer("RingCentral took the call but did not say how to follow it.")
    return session


async def control(request: Awaitable[T]) -> T:
    """`request`, with the scope named where RingCentral only says that one is missing."""
    try:
        return await request
    except PermissionMissing as refusal:
        if refusal.permission or _APP_SCOPE_MISSING not in refusal.codes:
            raise
        raise PermissionMissing(
            f"The app registration lacks the {SCOPE} scope: add it in the developer console.",
            permission=SCOPE,
            codes=refusal.codes,
            request_id=refusal.request_id,
        ) from refusal


async def control_call(http: PlatformHttp, session_id: str, request: Awaitable[T]) -> T:
    """As `control`; where the call's state forbids it, CallMovedOn with the state as it is."""
    try:
        return await control(request)
    except Refused as refusal:
        if not isinstance(refusal, Conflict) and _INCORRECT_STATE not in refusal.codes:
            raise
        session, sentence = None, "The call has moved on meanwhile: look at it again."
        try:
            session = await get_session(http, session_id, user=True)
        except NotFound:
            sentence = "The call is over already."
        except PlatformError:
            pass
        raise CallMovedOn(sentence, session=session, refusal=refusal) from refusal


def session_path(session_id: str) -> str:
    """Where a session is."""
    return f"{_TELEPHONY}/sessions/{quote(session_id, safe='')}"


def supervision(agent_extension_id: str, supervisor_device_id: str) -> dict[str, str]:
    """Body of both supervise requests."""
    return {
        "mode": "Listen",
        "supervisorDeviceId": supervisor_device_id,
        "agentExtensionId": agent_extension_id,
    }
