"""One WebSocket connection to the gateway: its frames, its timeouts, REST over the socket."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import TYPE_CHECKING, Any, Protocol

import httpx
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from rcdesk.simulator.clock import timestamp
from rcdesk.simulator.gateway import RECOVERY_BUFFER, Frame

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from rcdesk.simulator.clock import Timer
    from rcdesk.simulator.gateway import GatewaySession
    from rcdesk.simulator.tokens import Session
    from rcdesk.simulator.world import World

MAX_ACTIVE_REQUESTS = 10
MAX_CONNECTIONS_PER_SESSION = 50
CLOSE_NO_TOKEN = 4400
BREAKABLE = "rcdesk.breakable"
"""Key of the connection's `Breakable` in the ASGI scope."""


class Breakable(Protocol):
    """The server's side of one TCP connection, for faults below the WebSocket protocol."""

    def drop(self) -> None:
        """Abort the connection."""

    def stall(self) -> None:
        """Let nothing in or out."""

    def resume(self) -> None:
        """Let everything through again."""


class Connection:
    """One socket; frames leave through an outbox, so that whoever sends never waits."""

    def __init__(self, websocket: WebSocket, world: World, rest: ASGIApp) -> None:
        self._websocket = websocket
        self._world = world
        self._rest = rest
        self._outbox: asyncio.Queue[Frame | tuple[int, str]] = asyncio.Queue()
        self._requests: set[asyncio.Task[None]] = set()
        self._idle: Timer | None = None
        self._transport: Breakable | None = websocket.scope.get(BREAKABLE)

    def send(self, frame: Frame) -> None:
        """Queue a frame."""
        self._outbox.put_nowait(frame)

    def close(self, code: int, reason: str) -> None:
        """Close after what is queued has left."""
        self._outbox.put_nowait((code, reason))

    def drop(self) -> None:
        """Break the connection without a word."""
        if self._transport is not None:
            self._transport.drop()

    def stall(self) -> None:
        """Let nothing in or out, not even pongs, as on a half-open connection."""
        if self._transport is not None:
            self._transport.stall()

    def resume(self) -> None:
        """End the stall; what came meanwhile is handled now."""
        if self._transport is not None:
            self._transport.resume()

    async def run(self) -> None:
        """Serve the socket until it closes."""
        websocket, world = self._websocket, self._world
        if world.gateway.is_refusing:
            await websocket.close()
            return
        await websocket.accept()
        oauth_session = world.tokens.redeem_ws_token(websocket.query_params.get("access_token", ""))
        if oauth_session is None:
            await websocket.close(CLOSE_NO_TOKEN, "Access token is missing or not valid")
            return
        session = await self._open_session(oauth_session)
        if session is None:
            return
        world.gateway.attach(session, self)
        absolute = world.clock.call_later(
            world.gateway.absolute_timeout_s,
            lambda: self._time_out("WSG-903", "Absolute timeout expired"),
        )
        self._restart_idle_timer()
        try:
            async with asyncio.TaskGroup() as tasks:
                writer = tasks.create_task(self._write())
                await self._read(session, tasks)
                writer.cancel()
                for request in self._requests:
                    request.cancel()
        finally:
            absolute.cancel()
            if self._idle is not None:
                self._idle.cancel()
            world.gateway.detach(session, self)

    async def _open_session(self, oauth_session: Session) -> GatewaySession | None:
        """Recover or start a session and queue its ConnectionDetails and what was missed."""
        gateway = self._world.gateway
        token = self._websocket.query_params.get("wsc")
        outcome = gateway.recover(token, oauth_session) if token is not None else ""
        if outcome == "WSG-400":
            await self._refuse_wsc()
            return None
        if isinstance(outcome, str):
            session = gateway.start(oauth_session)
            failure = {"recoveryState": "Failed", "recoveryErrorCode": outcome} if outcome else {}
            self.send(self._details(session.wsc(), failure))
            return session
        session, sequence = outcome
        self.send(self._details(session.wsc(sequence), {"recoveryState": "Successful"}))
        for frame in session.missed_since(sequence):
            self.send(frame)
        return session

    def _details(self, wsc: dict[str, Any], recovery: dict[str, str]) -> Frame:
        message_id = str(uuid.uuid4())
        gateway = self._world.gateway
        return [
            {
                "type": "ConnectionDetails",
                "messageId": message_id,
                "status": 200,
                "wsc": wsc,
                "headers": {"RCRequestId": message_id},
            },
            {
                "creationTime": timestamp(self._world.clock.utc()),
                **recovery,
                "maxConnectionsPerSession": MAX_CONNECTIONS_PER_SESSION,
                "recoveryBufferSize": RECOVERY_BUFFER,
                "recoveryTimeout": round(gateway.recovery_timeout_s),
                "idleTimeout": round(gateway.idle_timeout_s),
                "absoluteTimeout": round(gateway.absolute_timeout_s),
                "maxActiveRequests": MAX_ACTIVE_REQUESTS,
            },
        ]

    async def _refuse_wsc(self) -> None:
        frame = error_frame("WSG-400", "Malformed WebSocket session context token", status=400)
        await self._websocket.send_text(json.dumps(frame))
        await self._websocket.close(CLOSE_NO_TOKEN, "Malformed wsc")

    async def _write(self) -> None:
        while True:
            item = await self._outbox.get()
            if self._websocket.application_state is not WebSocketState.CONNECTED:
                return
            try:
                if isinstance(item, tuple):
                    await self._websocket.close(*item)
                    return
                await self._websocket.send_text(json.dumps(item, separators=(",", ":")))
            except (WebSocketDisconnect, RuntimeError):
                return  # the client has gone; the reader notices and ends the connection

    async def _read(self, session: GatewaySession, tasks: asyncio.TaskGroup) -> None:
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            self._restart_idle_timer()
            frame = _parse(message.get("text"))
            if frame is None:
                self.send(error_frame("WSG-400", "Malformed message", status=400))
            elif frame[0].get("type") == "Heartbeat":
                self.send([frame[0]])
            elif frame[0].get("type") == "ClientRequest" and _is_request(frame[0]):
                self._start_request(session, frame, tasks)
            else:
                self.send(error_frame("WSG-400", "Malformed message", frame[0], status=400))

    def _start_request(
        self, session: GatewaySession, frame: Frame, tasks: asyncio.TaskGroup
    ) -> None:
        if len(self._requests) >= MAX_ACTIVE_REQUESTS:
            self.send(error_frame("WSG-429", "Too many active requests", frame[0], status=429))
            return
        task = tasks.create_task(self._request(session, frame))
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)

    async def _request(self, session: GatewaySession, frame: Frame) -> None:
        meta, body = frame[0], frame[1] if len(frame) > 1 else None

        async def authorized(scope: Scope, receive: Receive, send: Send) -> None:
            scope["rcdesk.session"] = session.oauth_session
            scope["rcdesk.receiver"] = session
            await self._rest(scope, receive, send)

        headers = {k: str(v) for k, v in (meta.get("headers") or {}).items() if k.isascii()}
        transport = httpx.ASGITransport(app=authorized, raise_app_exceptions=False)
        base_url = f"http://{self._websocket.headers.get('host', 'localhost')}"
        async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
            try:
                answer = await client.request(
                    meta.get("method", "GET"),
                    meta["path"],
                    params=meta.get("query") or None,
                    headers=headers,
                    json=body,
                )
            except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError):
                self.send(error_frame("WSG-400", "Malformed message", meta, status=400))
                return
        self.send(_client_answer(meta.get("messageId"), answer))

    def _restart_idle_timer(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = self._world.clock.call_later(
            self._world.gateway.idle_timeout_s,
            lambda: self._time_out("WSG-902", "Idle timeout expired"),
        )

    def _time_out(self, code: str, message: str) -> None:
        self.send(error_frame(code, message))
        self.close(1000, message)


def error_frame(
    code: str, message: str, cause: dict[str, Any] | None = None, *, status: int | None = None
) -> Frame:
    """Return an Error message of the gateway itself; `cause` is the meta it answers."""
    meta: dict[str, Any] = {
        "type": "Error",
        "messageId": (cause or {}).get("messageId") or str(uuid.uuid4()),
        "headers": {"RCRequestId": str(uuid.uuid4())},
    }
    if status is not None:
        meta["status"] = status
    return [meta, {"errorCode": code, "message": message}]


def _parse(text: str | None) -> Frame | None:
    """Return the frame; None when it is binary or no `[meta, body?]`."""
    try:
        frame = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    if not isinstance(frame, list) or not frame or not isinstance(frame[0], dict):
        return None
    return frame


def _is_request(meta: dict[str, Any]) -> bool:
    path, method = meta.get("path"), meta.get("method", "GET")
    return (
        isinstance(path, str)
        and path.startswith("/")
        and isinstance(method, str)
        and method.isalpha()
        and isinstance(meta.get("headers") or {}, dict)
        and isinstance(meta.get("query") or {}, dict)
    )


def _client_answer(message_id: Any, answer: httpx.Response) -> Frame:
    shown = {"content-type": "Content-Type", "retry-after": "Retry-After"}
    headers = {
        shown.get(name, "-".join(word.capitalize() for word in name.split("-"))): value
        for name, value in answer.headers.items()
        if name not in ("content-length", "wsg-subscriptionid", "rcrequestid")
    }
    headers["RCRequestId"] = answer.headers.get("RCRequestId", "")
    if "wsg-subscriptionid" in answer.headers:
        headers["WSG-SubscriptionId"] = answer.headers["wsg-subscriptionid"]
    meta = {
        "type": "ClientRequest",
        "messageId": message_id,
        "status": answer.status_code,
        "headers": headers,
    }
    if not answer.content:
        return [meta]
    try:
        return [meta, answer.json()]
    except ValueError:
        return [meta, {"message": answer.text}]
