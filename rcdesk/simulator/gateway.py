"""The WebSocket gateway: connections, sessions that outlive them, and REST over the socket."""

from __future__ import annotations

import asyncio
import base64
import json
import math
import secrets
import uuid
from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

import httpx
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from rcdesk.simulator.clock import timestamp

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from rcdesk.simulator.clock import Clock, Timer
    from rcdesk.simulator.subscriptions import Subscription, Subscriptions
    from rcdesk.simulator.tokens import Session
    from rcdesk.simulator.world import World

Frame = list[dict[str, Any]]

RECOVERY_BUFFER = 100
RECOVERY_TIMEOUT_S = 180
IDLE_TIMEOUT_S = 1800
ABSOLUTE_TIMEOUT_S = 86_400
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


class GatewaySession:
    """What survives a lost socket: the subscription, and notifications to replay.

    Each notification carries a `wsc` token that names its place in the sequence, so that
    recovery resumes exactly behind the last one that the client has seen.
    """

    def __init__(self, oauth_session: Session) -> None:
        self.oauth_session = oauth_session
        self.subscription: Subscription | None = None
        self.connection: Connection | None = None
        self.expiry: Timer | None = None
        self._key = secrets.token_urlsafe(12)
        self._sequence = 1
        self._buffer: deque[tuple[int, dict[str, Any]]] = deque(maxlen=RECOVERY_BUFFER)

    @property
    def key(self) -> str:
        """Names the session inside its tokens."""
        return self._key

    def wsc(self, sequence: int | None = None) -> dict[str, Any]:
        """Return the recovery context for a place in the sequence, by default the present one."""
        place = self._sequence if sequence is None else sequence
        token = base64.urlsafe_b64encode(f"{self._key}.{place}".encode()).decode()
        return {"token": token, "sequence": place}

    def notify(self, notification: dict[str, Any]) -> None:
        """Send the notification if a client is connected; keep it for recovery."""
        self._sequence += 1
        self._buffer.append((self._sequence, notification))
        if self.connection is not None:
            self.connection.send(self._frame(self._sequence, notification))

    def missed_since(self, sequence: int) -> list[Frame]:
        """Return the frames to replay to a client that has seen `sequence`."""
        return [self._frame(place, each) for place, each in self._buffer if place > sequence]

    def _frame(self, sequence: int, notification: dict[str, Any]) -> Frame:
        meta = {
            "type": "ServerNotification",
            "messageId": notification.get("uuid", str(uuid.uuid4())),
            "status": 200,
            "headers": {"RCRequestId": str(uuid.uuid4())},
            "wsc": self.wsc(sequence),
        }
        return [meta, notification]


class Gateway:
    """Sessions, and what goes wrong with the sockets on purpose."""

    def __init__(self, clock: Clock, subscriptions: Subscriptions) -> None:
        self._clock = clock
        self._subscriptions = subscriptions
        self._sessions: dict[str, GatewaySession] = {}
        self._connections: set[Connection] = set()
        self._refuse_until = -math.inf
        self.recovery_timeout_s: float = RECOVERY_TIMEOUT_S
        self.idle_timeout_s: float = IDLE_TIMEOUT_S
        self.absolute_timeout_s: float = ABSOLUTE_TIMEOUT_S

    @property
    def connections(self) -> list[Connection]:
        """Open sockets that have had their ConnectionDetails."""
        return list(self._connections)

    @property
    def is_refusing(self) -> bool:
        """A fault keeps new connections away for now."""
        return self._clock.monotonic_s() < self._refuse_until

    def refuse_for(self, seconds: float) -> None:
        """Let no new connection in for `seconds`; 0 ends it."""
        self._refuse_until = self._clock.monotonic_s() + seconds

    def start(self, oauth_session: Session) -> GatewaySession:
        """Return a new session."""
        session = GatewaySession(oauth_session)
        self._sessions[session.key] = session
        oauth_session.on_end.append(lambda: self._end(session))
        return session

    def attach(self, session: GatewaySession, connection: Connection) -> None:
        """Let `connection` carry `session`; an older connection of it is closed."""
        if session.connection is not None:
            session.connection.close(1000, "Recovered on another connection")
        if session.expiry is not None:
            session.expiry.cancel()
            session.expiry = None
        session.connection = connection
        self._connections.add(connection)

    def detach(self, session: GatewaySession, connection: Connection) -> None:
        """Keep the session for the recovery time, or less when it has nothing to recover."""
        self._connections.discard(connection)
        if session.connection is connection:
            session.connection = None
            session.expiry = self._clock.call_later(
                self.recovery_timeout_s, lambda: self._forget(session)
            )

    def recover(self, token: str, oauth_session: Session) -> tuple[GatewaySession, int] | str:
        """Return the session of a `wsc` token and the place reached, or the WSG error code."""
        try:
            key, _, place = base64.urlsafe_b64decode(token.encode()).decode().partition(".")
            sequence = int(place)
        except ValueError:
            return "WSG-400"
        session = self._sessions.get(key)
        if session is None:
            return "WSG-1001"
        if session.oauth_session is not oauth_session:
            return "WSG-1003"
        if session.subscription is None:
            return "WSG-1005"
        return session, sequence

    def _end(self, session: GatewaySession) -> None:
        if session.connection is not None:
            session.connection.close(1000, "OAuth session ended")
        self._forget(session)

    def _forget(self, session: GatewaySession) -> None:
        self._sessions.pop(session.key, None)
        if session.subscription is not None:
            self._subscriptions.remove(session.subscription)


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
            try:
                text = await self._websocket.receive_text()
            except (WebSocketDisconnect, RuntimeError, KeyError):
                return
            self._restart_idle_timer()
            frame = _parse(text)
            if frame is None:
                self.send(error_frame("WSG-400", "Malformed message", status=400))
            elif frame[0].get("type") == "Heartbeat":
                self.send([frame[0]])
            elif frame[0].get("type") == "ClientRequest":
                self._start_request(session, frame, tasks)
            else:
                self.send(error_frame("WSG-400", "Unknown message type", status=400))

    def _start_request(
        self, session: GatewaySession, frame: Frame, tasks: asyncio.TaskGroup
    ) -> None:
        if len(self._requests) >= MAX_ACTIVE_REQUESTS:
            meta = {"type": "Error", "messageId": frame[0].get("messageId"), "status": 429}
            self.send([meta, {"errorCode": "WSG-429", "message": "Too many active requests"}])
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

        headers = {k: str(v) for k, v in (meta.get("headers") or {}).items()}
        transport = httpx.ASGITransport(app=authorized, raise_app_exceptions=False)
        base_url = f"http://{self._websocket.headers.get('host', 'localhost')}"
        async with httpx.AsyncClient(transport=transport, base_url=base_url) as client:
            answer = await client.request(
                str(meta.get("method", "GET")),
                str(meta.get("path", "/")),
                params=meta.get("query") or None,
                headers=headers,
                json=body,
            )
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


def error_frame(code: str, message: str, *, status: int | None = None) -> Frame:
    """Return an Error message of the gateway itself."""
    meta: dict[str, Any] = {
        "type": "Error",
        "messageId": str(uuid.uuid4()),
        "headers": {"RCRequestId": str(uuid.uuid4())},
    }
    if status is not None:
        meta["status"] = status
    return [meta, {"errorCode": code, "message": message}]


def _parse(text: str) -> Frame | None:
    try:
        frame = json.loads(text)
    except ValueError:
        return None
    if not isinstance(frame, list) or not frame or not isinstance(frame[0], dict):
        return None
    return frame


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
