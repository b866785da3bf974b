"""Call Control: telephony sessions by REST, and calls begun by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator import party_actions
from rcdesk.simulator.account_state import ACCOUNT, check_account
from rcdesk.simulator.call_wire import member_party, own_party, session_object, supervisor_party
from rcdesk.simulator.endpoints import json_object
from rcdesk.simulator.errors import ApiError, invalid_parameter, resource_not_found
from rcdesk.simulator.live_calls import CallEnd, ImpossibleAction, LiveCall, Phase
from rcdesk.simulator.party_actions import device_asked, text_asked

if TYPE_CHECKING:
    from starlette.requests import Request

    from rcdesk.simulator.world import World

_TELEPHONY = ACCOUNT + "/telephony"
_SESSION = _TELEPHONY + "/sessions/{session_id}"
_PARTY = _SESSION + "/parties/{party_id}"
_MOST_MEMBERS = 10


def routes(world: World) -> list[Route]:
    """Return the session resource, its parties and the actions on them."""
    telephony = _Telephony(world)
    return [
        Route(path, endpoint, methods=[method])
        for method, path, endpoint in (
            ("GET", _SESSION, telephony.read),
            ("DELETE", _SESSION, telephony.drop),
            ("POST", _SESSION + "/supervise", telephony.supervise),
            ("POST", _SESSION + "/parties/bring-in", telephony.bring_in),
            ("GET", _PARTY, telephony.read_party),
            ("PATCH", _PARTY, telephony.change_party),
            ("DELETE", _PARTY, telephony.remove_party),
            ("POST", _PARTY + "/supervise", telephony.supervise_party),
            ("POST", _PARTY + "/recordings", telephony.record),
            ("PATCH", _PARTY + "/recordings/{recording_id}", telephony.change_recording),
            ("POST", _PARTY + "/{verb}", telephony.act),
            ("POST", _TELEPHONY + "/call-out", telephony.call_out),
            ("POST", _TELEPHONY + "/conference", telephony.conference),
        )
    ]


class _Telephony:
    def __init__(self, world: World) -> None:
        self._world = world

    async def read(self, request: Request) -> Response:
        return JSONResponse(session_object(self._session(request), self._world.company))

    async def drop(self, request: Request) -> Response:
        self._act(self._session(request), "hangup")
        return Response(status_code=204)

    async def read_party(self, request: Request) -> Response:
        call = self._session(request)
        for party in session_object(call, self._world.company)["parties"]:
            if party["id"] == request.path_params["party_id"]:
                return JSONResponse(party)
        raise resource_not_found("partyId")

    async def change_party(self, request: Request) -> Response:
        call = self._own(request)
        body = await json_object(request)
        nested = body.get("party")
        muted = (nested if isinstance(nested, dict) else body).get("muted")
        if not isinstance(muted, bool):
            raise invalid_parameter("muted")
        party_actions.need(call, Phase.CONNECTED, Phase.ON_HOLD)
        call.is_muted = muted
        self._world.call_changed(call, (call.party_code,))
        return JSONResponse(own_party(call, self._world.company))

    async def remove_party(self, request: Request) -> Response:
        call = self._session(request)
        asked = request.path_params["party_id"]
        if asked == call.party_id and (call.phase is Phase.PARKED or call.origin == "Conference"):
            self._act(call, "hangup")
        elif any(member.party_id == asked for member in call.members):
            call.members = [member for member in call.members if member.party_id != asked]
        else:
            raise invalid_parameter("partyId")
        return Response(status_code=204)

    async def act(self, request: Request) -> Response:
        return await party_actions.act(request, self._world, self._own(request))

    async def record(self, request: Request) -> Response:
        call = self._own(request)
        party_actions.need(call, Phase.CONNECTED, Phase.ON_HOLD)
        if call.recording is not None:
            raise party_actions.incorrect_state()
        call.recording = True
        return self._recording(call, status=201)

    async def change_recording(self, request: Request) -> Response:
        call = self._own(request)
        active = (await json_object(request)).get("active")
        if not isinstance(active, bool):
            raise invalid_parameter("active")
        if call.recording is None or request.path_params["recording_id"] != call.recording_id:
            raise resource_not_found("recordingId")
        call.recording = active
        return self._recording(call, status=200)

    async def supervise(self, request: Request) -> Response:
        return await self._supervise(request, self._session(request), refused=400)

    async def supervise_party(self, request: Request) -> Response:
        return await self._supervise(request, self._own(request), refused=409)

    async def bring_in(self, request: Request) -> Response:
        conference = self._session(request)
        if conference.origin != "Conference" or len(conference.members) >= _MOST_MEMBERS:
            raise party_actions.incorrect_state()
        body = await json_object(request)
        member = self._world.calls.find(text_asked(body, "sessionId"))
        if member is None or member.party_id != text_asked(body, "partyId"):
            raise resource_not_found("partyId")
        self._act(member, "transfer")
        conference.members.append(member)
        return JSONResponse(member_party(member, self._world.company), status_code=201)

    async def call_out(self, request: Request) -> Response:
        check_account(request, self._world.company)
        body = await json_object(request)
        origin, target = body.get("from"), body.get("to")
        if not isinstance(origin, dict) or not isinstance(target, dict):
            raise invalid_parameter("to" if isinstance(origin, dict) else "from")
        device_asked(origin, self._world, request)
        name = "extensionNumber" if "extensionNumber" in target else "phoneNumber"
        callee = self._world.call_end(text_asked(target, name))
        return self._begin(callee, "CallOut")

    async def conference(self, request: Request) -> Response:
        check_account(request, self._world.company)
        return self._begin(CallEnd("", "Conference"), "Conference")

    def _begin(self, callee: CallEnd, origin: str) -> Response:
        world = self._world
        user = world.call_end(world.company.username)
        call = world.calls.start("Outbound", user, callee, origin=origin)
        if origin == "Conference":
            self._act(call, "answer")
        return JSONResponse({"session": session_object(call, world.company)}, status_code=201)

    async def _supervise(self, request: Request, call: LiveCall, *, refused: int) -> Response:
        body = await json_object(request)
        if body.get("mode") != "Listen":
            raise invalid_parameter("mode")
        device_asked(body, self._world, request, "supervisorDeviceId")
        names = ("agentExtensionNumber", "agentExtensionId")
        name = names[0] if names[0] in body else names[1]
        asked = text_asked(body, name)
        people = self._world.company.people
        if not any(asked in (each.extension_id, each.extension_number) for each in people):
            raise resource_not_found(name)
        if call.phase not in (Phase.CONNECTED, Phase.ON_HOLD):
            raise ApiError(refused, "TAS-102", "Incorrect State")
        return JSONResponse(supervisor_party(call, self._world.company), status_code=201)

    def _recording(self, call: LiveCall, *, status: int) -> Response:
        self._world.call_changed(call, (call.party_code,))
        answer = {"id": call.recording_id, "active": call.recording, "mode": "OnDemand"}
        return JSONResponse(answer, status_code=status)

    def _session(self, request: Request) -> LiveCall:
        check_account(request, self._world.company)
        call = self._world.calls.find(request.path_params["session_id"])
        if call is None or call.twin_of is not None or call.phase is Phase.ENDED:
            raise resource_not_found("telephonySessionId")
        return call

    def _own(self, request: Request) -> LiveCall:
        call = self._session(request)
        if request.path_params["party_id"] != call.party_id:
            raise resource_not_found("partyId")
        return call

    def _act(self, call: LiveCall, action: str) -> None:
        try:
            self._world.calls.act(call, action)
        except ImpossibleAction:
            raise party_actions.incorrect_state() from None
