"""What Call Control does to the user's own party of a live call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from rcdesk.simulator.account_records import devices
from rcdesk.simulator.account_state import Links
from rcdesk.simulator.call_wire import forwarded_party, own_party, replied_party
from rcdesk.simulator.endpoints import json_object
from rcdesk.simulator.errors import ApiError, invalid_parameter, resource_not_found
from rcdesk.simulator.live_calls import Ending, ImpossibleAction, LiveCall, Phase

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from rcdesk.simulator.company import Person, Queue
    from rcdesk.simulator.world import World

_Json = dict[str, Any]

# Call Control's verb → (action on the call, status of the answer); a 204 has no body.
_PLAIN = {
    "answer": ("answer", 200),
    "hold": ("hold", 200),
    "unhold": ("resume", 200),
    "park": ("park", 201),
    "pickup": ("resume", 201),
    "reject": ("reject", 204),
}
_NEEDS_DEVICE = frozenset({"answer", "pickup", "ignore"})
# WebRTC and mobile ones cannot be told to answer.
_DEVICE_TYPES = frozenset({"HardPhone", "SoftPhone", "OtherPhone"})
_FORWARD_TARGETS = ("phoneNumber", "extensionNumber", "extensionId", "voicemail")
_TRANSFER_TARGETS = (*_FORWARD_TARGETS, "parkOrbit")
_HOLD_PROTOCOLS = ("Auto", "RC", "BroadWorks", "DisconnectHolder", "BroadWorksOrDisconnectHolder")
_REPLIES = frozenset(
    (
        *("WillCallYouBack", "CallMeBack", "OnMyWay", "OnTheOtherLine", "WillCallYouBackLater"),
        *("CallMeBackLater", "InAMeeting", "OnTheOtherLineNoCall"),
    )
)


async def act(request: Request, world: World, call: LiveCall) -> Response:
    """Do what the path's verb says.

    Raises:
        ApiError: 400 or 404 for what the body says, 409 TAS-102 for the call's state.
    """
    verb = request.path_params["verb"]
    special: dict[str, Callable[[World, LiveCall, _Json], Response]] = {
        "forward": _forward,
        "transfer": _transfer,
        "bridge": _bridge,
        "flip": _flip,
        "reply": _reply,
        "ignore": _ignore,
    }
    if verb not in _PLAIN and verb not in special:
        raise HTTPException(404)
    body: _Json = {}
    if verb in special or verb in _NEEDS_DEVICE or await request.body():
        body = await json_object(request)
    if verb in _NEEDS_DEVICE:
        device_asked(body, world, request)
    if body.get("proto", "Auto") not in _HOLD_PROTOCOLS:
        raise invalid_parameter("proto")
    if verb in special:
        return special[verb](world, call, body)
    if verb in ("unhold", "pickup"):
        # `resume` does both.
        need(call, Phase.ON_HOLD if verb == "unhold" else Phase.PARKED)
    action, status = _PLAIN[verb]
    _act(world, call, action)
    return Response(status_code=204) if status == 204 else _party(world, call, status)


def need(call: LiveCall, *phases: Phase) -> None:
    """Refuse with 409 what `call` is in no phase for."""
    if call.phase not in phases:
        raise incorrect_state()


def incorrect_state() -> ApiError:
    """Return the refusal of what the call's state does not allow."""
    return ApiError(409, "TAS-102", "Incorrect State")


def text_asked(body: _Json, name: str) -> str:
    """Return a field that must be a text with something in it, else raise 400 CMN-101."""
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise invalid_parameter(name)
    return value


def device_asked(body: _Json, world: World, request: Request, name: str = "deviceId") -> str:
    """Return the id of a phone of the user's that can be told to ring or answer.

    Raises:
        ApiError: 400 CMN-101 without an id; 404 CMN-102 for anything else's.
    """
    device_id = text_asked(body, name)
    company = world.company
    for device in devices(company.user, company, Links(request, company)):
        if device["id"] == device_id and device["type"] in _DEVICE_TYPES:
            return device_id
    raise resource_not_found(name)


def _forward(world: World, call: LiveCall, body: _Json) -> Response:
    name, _ = _target(world, body, _FORWARD_TARGETS)
    _act(world, call, "voicemail" if name == "voicemail" else "answer-elsewhere")
    return JSONResponse(forwarded_party(call, world.company))


def _transfer(world: World, call: LiveCall, body: _Json) -> Response:
    name, value = _target(world, body, _TRANSFER_TARGETS)
    if name == "parkOrbit" and call.is_inbound:
        need(call, Phase.CONNECTED, Phase.ON_HOLD)
        call.park_location = value
        _act(world, call, "park")
    else:
        _act(world, call, "transfer")
    return _party(world, call)


def _bridge(world: World, call: LiveCall, body: _Json) -> Response:
    consulted = world.calls.find(text_asked(body, "telephonySessionId"))
    if consulted is None or consulted is call:
        raise resource_not_found("telephonySessionId")
    if consulted.party_id != text_asked(body, "partyId"):
        raise resource_not_found("partyId")
    for each in (call, consulted):
        need(each, Phase.CONNECTED, Phase.ON_HOLD)
    for each in (call, consulted):
        world.calls.end(each, Ending.BRIDGED)
    return _party(world, call)


def _flip(world: World, call: LiveCall, body: _Json) -> Response:
    text_asked(body, "callFlipId")
    need(call, Phase.CONNECTED, Phase.ON_HOLD)
    world.call_changed(call, (call.party_code,))
    return Response(status_code=200)


def _reply(world: World, call: LiveCall, body: _Json) -> Response:
    pattern = body.get("replyWithPattern")
    if pattern is None:
        text_asked(body, "replyWithText")
    elif not isinstance(pattern, dict) or pattern.get("pattern") not in _REPLIES:
        raise invalid_parameter("replyWithPattern")
    _end_ringing(world, call, Ending.REPLIED)
    return JSONResponse(replied_party(call, world.company))


def _ignore(world: World, call: LiveCall, _body: _Json) -> Response:
    if call.queue is None or call.phase is not Phase.RINGING:
        # No 409 is specified for this one.
        raise ApiError(400, "TAS-102", "Incorrect State")
    _end_ringing(world, call, Ending.ANSWERED_ELSEWHERE)
    return Response(status_code=204)


def _end_ringing(world: World, call: LiveCall, ending: Ending) -> None:
    need(call, Phase.RINGING)
    if not call.is_inbound:
        raise incorrect_state()
    world.calls.end(call, ending)


def _target(world: World, body: _Json, allowed: tuple[str, ...]) -> tuple[str, str]:
    """Return the one target that `body` names, and its value."""
    named = [name for name in _TRANSFER_TARGETS if name in body]
    if len(named) != 1 or named[0] not in allowed:
        raise invalid_parameter(named[-1] if named else "phoneNumber")
    name, value = named[0], text_asked(body, named[0])
    everybody: list[Person | Queue] = [*world.company.people, *world.company.queues]
    known = {
        "extensionNumber": {each.extension_number for each in everybody},
        "extensionId": {each.extension_id for each in everybody},
        "voicemail": {each.extension_id for each in everybody},
    }.get(name)
    if known is not None and value not in known:
        raise resource_not_found(name)
    return name, value


def _act(world: World, call: LiveCall, action: str) -> None:
    try:
        world.calls.act(call, action)
    except ImpossibleAction:
        raise incorrect_state() from None


def _party(world: World, call: LiveCall, status: int = 200) -> Response:
    return JSONResponse(own_party(call, world.company), status_code=status)
