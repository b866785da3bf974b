"""Call Control: telephony sessions by REST."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator.account_state import ACCOUNT, check_account
from rcdesk.simulator.call_wire import session_object
from rcdesk.simulator.errors import ApiError, resource_not_found
from rcdesk.simulator.live_calls import ImpossibleAction, LiveCall, Phase

if TYPE_CHECKING:
    from starlette.requests import Request

    from rcdesk.simulator.world import World

_SESSION = ACCOUNT + "/telephony/sessions/{session_id}"
# Call Control's verb → (action on the call, status of the answer).
_ACTIONS = {
    "answer": ("answer", 200),
    "hold": ("hold", 200),
    "unhold": ("resume", 200),
    "park": ("park", 201),
    "reject": ("reject", 204),
    "forward": ("transfer", 200),
    "transfer": ("transfer", 200),
}


def routes(world: World) -> list[Route]:
    """Return the session resource and the actions on the user's own party."""

    async def read(request: Request) -> Response:
        return JSONResponse(session_object(_find(request, world), world.company))

    async def drop(request: Request) -> Response:
        _act(world, _find(request, world), "hangup")
        return Response(status_code=204)

    async def act(request: Request) -> Response:
        verb = request.path_params["verb"]
        if verb not in _ACTIONS:
            raise HTTPException(404)
        call = _find(request, world)
        if request.path_params["party_id"] != call.party_id:
            raise resource_not_found("partyId")
        action, status = _ACTIONS[verb]
        if verb == "forward" and call.phase is Phase.RINGING:
            action = "answer-elsewhere"
        _act(world, call, action)
        if status == 204:
            return Response(status_code=204)
        party: dict[str, Any] = session_object(call, world.company)["parties"][0]
        return JSONResponse(party, status_code=status)

    return [
        Route(_SESSION, read, methods=["GET"]),
        Route(_SESSION, drop, methods=["DELETE"]),
        Route(_SESSION + "/parties/{party_id}/{verb}", act, methods=["POST"]),
    ]


def _find(request: Request, world: World) -> LiveCall:
    check_account(request, world.company)
    call = world.calls.find(request.path_params["session_id"])
    if call is None or call.twin_of is not None or call.phase is Phase.ENDED:
        raise resource_not_found("telephonySessionId")
    return call


def _act(world: World, call: LiveCall, action: str) -> None:
    try:
        world.calls.act(call, action)
    except ImpossibleAction:
        raise ApiError(409, "TAS-102", "Incorrect State") from None
