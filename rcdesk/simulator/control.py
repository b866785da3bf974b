"""The control surface below /_sim: what happens in the world outside the platform."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator.faults import RequestFault
from rcdesk.simulator.live_calls import ACTIONS, CallEnd, ImpossibleAction, LiveCall

if TYPE_CHECKING:
    from starlette.requests import Request

    from rcdesk.simulator.world import World

_STALL_DEFAULT_S = 60.0
_MESSAGE_TYPES = ("SMS", "Pager", "VoiceMail", "Fax")


class BadControl(Exception):
    """The control request cannot be carried out; the text is a sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def bad_control_response(_request: Request, error: Exception) -> Response:
    """Answer with the sentence."""
    status = error.status if isinstance(error, BadControl) else 500
    return JSONResponse({"error": str(error)}, status_code=status)


def routes(world: World) -> list[Route]:
    """Return the control surface."""
    control = _Control(world)
    return [
        Route("/_sim/calls", control.start_call, methods=["POST"]),
        Route("/_sim/calls", control.list_calls, methods=["GET"]),
        Route("/_sim/calls/{id}", control.read_call, methods=["GET"]),
        Route("/_sim/calls/{id}/{action}", control.act, methods=["POST"]),
        Route("/_sim/notifications", control.notify, methods=["POST"]),
        Route("/_sim/messages", control.receive_message, methods=["POST"]),
        Route("/_sim/faults", control.add_fault, methods=["POST"]),
        Route("/_sim/faults", control.clear_faults, methods=["DELETE"]),
        Route("/_sim/requests", control.requests, methods=["GET"]),
        Route("/_sim/requests", control.forget_requests, methods=["DELETE"]),
        Route("/_sim/state", control.state, methods=["GET"]),
    ]


class _Control:
    def __init__(self, world: World) -> None:
        self._world = world

    async def start_call(self, request: Request) -> Response:
        body = await _json_object(request)
        direction = _text(body, "direction", "Inbound").capitalize()
        if direction not in ("Inbound", "Outbound"):
            raise BadControl(400, f"direction is {direction!r}: use Inbound or Outbound.")
        queue_name = _text(body, "queue", "").strip()
        queue = self._world.queue(queue_name) if queue_name else None
        own, other = ("to", "from") if direction == "Inbound" else ("from", "to")
        user_number = self._world.company.user.direct_number
        own_end = self._end(body, own, queue.number if queue is not None else user_number)
        other_end = self._end(body, other, self._world.company.contacts[0].number)
        caller, callee = (other_end, own_end) if own == "to" else (own_end, other_end)
        call = self._world.calls.start(direction, caller, callee, queue=queue)
        return JSONResponse(_ids(call), status_code=201)

    async def list_calls(self, _request: Request) -> Response:
        return JSONResponse({"calls": [_describe(call) for call in self._world.calls.known]})

    async def read_call(self, request: Request) -> Response:
        return JSONResponse(_describe(self._find(request)))

    async def act(self, request: Request) -> Response:
        action = request.path_params["action"]
        if action not in ACTIONS:
            raise BadControl(404, f"There is no action {action!r}: use {', '.join(ACTIONS)}.")
        call = self._find(request)
        try:
            self._world.calls.act(call, action)
        except ImpossibleAction as impossible:
            raise BadControl(409, str(impossible)) from None
        return JSONResponse(_describe(call))

    async def notify(self, request: Request) -> Response:
        notification = await _json_object(request)
        wrapped = notification.get("pn_apns")
        event = notification.get("event", wrapped.get("event") if isinstance(wrapped, dict) else "")
        if not isinstance(event, str) or not event:
            raise BadControl(400, "event is missing: give the path of the event.")
        delivered = self._world.subscriptions.replay(notification, event)
        return JSONResponse({"delivered": delivered}, status_code=202)

    async def receive_message(self, request: Request) -> Response:
        body = await _json_object(request)
        kind = _text(body, "type", "SMS")
        if kind not in _MESSAGE_TYPES:
            raise BadControl(400, f"type is {kind!r}: use {', '.join(_MESSAGE_TYPES)}.")
        company = self._world.company
        is_pager = kind == "Pager"
        usual = company.colleagues[0].extension_number if is_pager else company.contacts[0].number
        sender, text = _text(body, "from", usual).strip(), _text(body, "text", "")
        message = self._world.mailbox.receive(kind, sender, text)
        return JSONResponse({"id": message.id}, status_code=201)

    async def add_fault(self, request: Request) -> Response:
        body = await _json_object(request)
        if "gateway" in body:
            self._break_gateway(body)
        elif "tokens" in body:
            self._break_tokens(_text(body, "tokens", ""))
        else:
            self._world.faults.add(_request_fault(body))
        return Response(status_code=204)

    async def clear_faults(self, _request: Request) -> Response:
        self._world.faults.clear()
        self._world.gateway.refuse_for(0)
        for connection in self._world.gateway.connections:
            connection.resume()
        return Response(status_code=204)

    async def requests(self, _request: Request) -> Response:
        return JSONResponse({"requests": self._world.journal.entries})

    async def forget_requests(self, _request: Request) -> Response:
        self._world.journal.clear()
        return Response(status_code=204)

    async def state(self, _request: Request) -> Response:
        world = self._world
        return JSONResponse(
            {
                "user": {
                    "extension_id": world.company.user.extension_id,
                    "name": world.company.user.name,
                    "number": world.company.user.direct_number,
                },
                "sessions": len(world.tokens.sessions),
                "connections": len(world.gateway.connections),
                "subscriptions": [
                    {"id": each.id, "filters": [one.path for one in each.filters]}
                    for each in world.subscriptions.active
                ],
                "calls": [_describe(call) for call in world.calls.known],
                "call_log": len(world.call_log.records),
                "queues": [each.name for each in world.company.queues],
            }
        )

    def _find(self, request: Request) -> LiveCall:
        wanted = request.path_params["id"]
        for call in self._world.calls.known:
            if wanted in (call.session_id, call.telephony_session_id, call.party_id):
                return call
        raise BadControl(404, f"There is no call {wanted}: GET /_sim/calls lists them.")

    def _end(self, body: dict[str, Any], which: str, standard: str) -> CallEnd:
        name = _text(body, f"{which}_name", "") if f"{which}_name" in body else None
        number = _text(body, which, "" if name else standard).strip()
        if number and not any(character.isdigit() for character in number):
            # A name where the number belongs: somebody who withholds the number.
            return CallEnd("", name or number)
        return self._world.call_end(number, name)

    def _break_gateway(self, body: dict[str, Any]) -> None:
        how = _text(body, "gateway", "")
        for_s = _number(body, "for_s", _STALL_DEFAULT_S if how == "stall" else 0.0)
        code = int(_number(body, "code", 1001))
        if how not in ("close", "drop", "stall"):
            raise BadControl(400, f"gateway is {how!r}: use close, drop or stall.")
        if how == "close" and not (1000 <= code <= 4999):
            raise BadControl(400, f"code is {code}: use a WebSocket close code, 1000 to 4999.")
        gateway = self._world.gateway
        for connection in gateway.connections:
            if how == "close":
                connection.close(code, "Closed by a fault")
            elif how == "drop":
                connection.drop()
            else:
                connection.stall()
                self._world.clock.call_later(for_s, connection.resume)
        if how != "stall" and for_s:
            gateway.refuse_for(for_s)

    def _break_tokens(self, how: str) -> None:
        if how == "expire":
            self._world.tokens.expire_access_tokens()
        elif how == "revoke":
            self._world.tokens.end_all()
        else:
            raise BadControl(400, f"tokens is {how!r}: use expire or revoke.")


def _request_fault(body: dict[str, Any]) -> RequestFault:
    known = {"method", "path", "status", "headers", "body", "times", "delay_s"}
    unknown = sorted(set(body) - known)
    if unknown:
        raise BadControl(400, f"Unknown field {unknown[0]!r}: use {', '.join(sorted(known))}.")
    headers = body.get("headers") or {}
    status, times = body.get("status"), body.get("times", 1)
    if not isinstance(headers, dict):
        raise BadControl(400, "headers must be an object.")
    if status is not None and not (isinstance(status, int) and 200 <= status <= 599):
        raise BadControl(400, f"status is {status!r}: use an HTTP status, 200 to 599.")
    if times is not None and not (isinstance(times, int) and times > 0):
        raise BadControl(400, f"times is {times!r}: use a positive number, or null for always.")
    delay_s = _number(body, "delay_s", 0.0)
    if status is None and not delay_s:
        raise BadControl(400, "A fault needs a status, a delay_s or both.")
    return RequestFault(
        method=_text(body, "method", "") or None,
        path=_text(body, "path", "") or None,
        status=status,
        headers={str(key): str(value) for key, value in headers.items()},
        body=body.get("body"),
        times=times,
        delay_s=delay_s,
    )


async def _json_object(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadControl(400, f"The body is not valid JSON: {error}.") from None
    if not isinstance(body, dict):
        raise BadControl(400, "The body must be a JSON object.")
    return body


def _text(body: dict[str, Any], name: str, standard: str) -> str:
    value = body.get(name)
    if value is None:
        return standard
    if not isinstance(value, str):
        raise BadControl(400, f"{name} must be text.")
    return value


def _number(body: dict[str, Any], name: str, standard: float) -> float:
    value = body.get(name)
    if value is None:
        return standard
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e9:
        raise BadControl(400, f"{name} must be a number that is not negative.")
    return value


def _ids(call: LiveCall) -> dict[str, str]:
    return {
        "session_id": call.session_id,
        "telephony_session_id": call.telephony_session_id,
        "party_id": call.party_id,
    }


def _describe(call: LiveCall) -> dict[str, Any]:
    return {
        **_ids(call),
        "direction": call.direction,
        "from": call.caller.number,
        "to": call.callee.number,
        "telephony_status": call.phase.value,
        "ending": None if call.ending is None else call.ending.value,
    }
