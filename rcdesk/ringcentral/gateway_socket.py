"""One socket of the WebSocket gateway: opening it, its frames, requests over it."""

import asyncio
import logging
import ssl
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from rcdesk.core.errors import UnexpectedAnswer
from rcdesk.core.reconnect import Ending, Outcome
from rcdesk.ringcentral.http import USER_AGENT
from rcdesk.ringcentral.mending import Undecodable, decode, repaired
from rcdesk.ringcentral.proxies import Proxies, naming
from rcdesk.ringcentral.registration import is_address, is_loopback
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_gateway import FrameHead, GatewayError, WsToken

_log = logging.getLogger(__name__)
# At DEBUG websockets logs the address it opens, and ours carries a token.
_socket_log = logging.getLogger(f"{__name__}.websockets")
_socket_log.setLevel(logging.INFO)

_ANSWER_TIMEOUT_S = 30.0
_SEND_TIMEOUT_S = 10.0
_READ_AHEAD_FRAMES = 20_000
"""Behind a burst comes the answer to our ping: unread, it would make the line look dead."""
_TURN_S = 0.008
"""How long a burst of frames may keep the loop: half a frame of a 60 Hz screen."""
_frames = msgspec.json.Decoder(list[msgspec.Raw])


class SocketEnded(Exception):
    """The socket is of no more use; `outcome` says why."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Connector:
    """Opens sockets.

    Attributes:
        ping_interval_s, ping_timeout_s: together, how long a half-open socket goes unnoticed.
    """

    tls: ssl.SSLContext | None = None
    proxies: Proxies = field(default_factory=Proxies)
    open_timeout_s: float = 10.0
    ping_interval_s: float = 12.0
    ping_timeout_s: float = 12.0

    async def __call__(self, uri: str) -> ClientConnection:
        """A socket to `uri`; raises OSError, TimeoutError or WebSocketException."""
        proxy = self.proxies.for_url(uri)
        proxy_tls: dict[str, Any] = (
            {"proxy_ssl": self.tls} if proxy and proxy.startswith("https:") else {}
        )
        with naming(proxy):
            return await connect(
                uri,
                ssl=(self.tls or True) if uri.startswith("wss:") else None,
                proxy=proxy,
                open_timeout=self.open_timeout_s,
                ping_interval=self.ping_interval_s,
                ping_timeout=self.ping_timeout_s,
                close_timeout=2.0,
                # One read of what is compressed unfolds into thousands of frames at once.
                compression=None,
                max_queue=_READ_AHEAD_FRAMES,
                user_agent_header=USER_AGENT,
                logger=_socket_log,
                **proxy_tls,
            )


def socket_uri(token: WsToken, recovery_token: str) -> str:
    """Where to connect with `token`, to recover a session where `recovery_token` is not empty.

    Raises:
        UnexpectedAnswer: the platform gave no address that a token may be sent to.
    """
    parts = urlsplit(token.uri if token.uri and is_address(token.uri) else "")
    is_safe = parts.scheme == "wss" or (parts.scheme == "ws" and is_loopback(parts.hostname or ""))
    has_user = "@" in parts.netloc
    if not is_safe or not parts.hostname or has_user or not token.ws_access_token:
        # With the status it counts as an attempt that reached the server.
        raise UnexpectedAnswer("RingCentral gave no usable address for live events.", status=200)
    given = {"access_token": token.ws_access_token}
    if recovery_token:
        given["wsc"] = recovery_token
    query = urlencode(given, errors="replace")
    base = parts._replace(fragment="").geturl()
    return f"{base}{'&' if parts.query else '?'}{query}"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; `body` is JSON, empty where there was none (204)."""

    head: FrameHead
    body: bytes = b""

    @classmethod
    def parse(cls, data: bytes) -> "Frame":
        """Raises Undecodable."""
        try:
            parts = _frames.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            try:
                parts = _frames.decode(repaired(data))
            except (msgspec.MsgspecError, RecursionError):
                raise Undecodable("The frame is not a list.") from None
        if not parts:
            raise Undecodable("The frame is empty.")
        return cls(decode(parts[0], FrameHead), bytes(parts[1]) if len(parts) > 1 else b"")

    @property
    def type(self) -> str:
        """ClientRequest, ServerNotification, ConnectionDetails, Heartbeat or Error."""
        return text(self.head.type)

    @property
    def headers(self) -> Mapping[str, str]:
        """The frame's headers, names as the gateway spells them."""
        return {name: text(value) for name, value in (self.head.headers or {}).items()}


class GatewaySocket:
    """Reads frames until the socket ends, and asks over it.

    Attributes:
        heard_at: when the last frame came, by `clock`.
    """

    def __init__(
        self,
        connection: ClientConnection,
        on_frame: Callable[[Frame], None],
        clock: Callable[[], float],
    ) -> None:
        self._connection = connection
        self._on_frame = on_frame
        self._clock = clock
        self._answers: dict[str, asyncio.Future[Frame]] = {}
        self.heard_at = clock()

    async def first_frame(self) -> Frame:
        """The first frame that can be read; raises SocketEnded."""
        while True:
            frame = await self._next()
            if frame is not None:
                return frame

    async def read(self) -> None:
        """Hand on frames until SocketEnded is raised."""
        loop = asyncio.get_running_loop()
        yields_at_s = loop.time() + _TURN_S
        while True:
            frame = await self._next()
            if loop.time() >= yields_at_s:
                # `recv` does not suspend while frames are queued: a burst would keep windows
                # from painting and pings from being answered.
                await asyncio.sleep(0)
                yields_at_s = loop.time() + _TURN_S
            if frame is None:
                continue
            answered = self._answers.pop(text(frame.head.message_id), None)
            if frame.type == "Error":
                self._on_error(frame)
            if answered is not None and frame.type == "ClientRequest" and not answered.done():
                answered.set_result(frame)
            self._on_frame(frame)

    async def ask(self, method: str, path: str, body: object) -> Frame:
        """The answer to a ClientRequest; raises TimeoutError or SocketEnded."""
        message_id = str(uuid.uuid4())
        head = {"type": "ClientRequest", "messageId": message_id, "method": method, "path": path}
        answer: asyncio.Future[Frame] = asyncio.get_running_loop().create_future()
        self._answers[message_id] = answer
        try:
            async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                await self.send([head, body])
                return await answer
        finally:
            self._answers.pop(message_id, None)

    async def send(self, frame: list[object]) -> None:
        """Raises SocketEnded, also when the network takes nothing any more."""
        try:
            async with asyncio.timeout(_SEND_TIMEOUT_S):
                await self._connection.send(msgspec.json.encode(frame).decode())
        except ConnectionClosed as closed:
            raise SocketEnded(_lost(closed)) from closed
        except TimeoutError as timeout:
            raise SocketEnded(unanswered()) from timeout

    async def is_alive(self, within_s: float) -> bool:
        """Whether the other end answers a ping."""
        try:
            async with asyncio.timeout(within_s):
                await (await self._connection.ping())
        except (ConnectionClosed, TimeoutError):
            return False
        return True

    async def close(self, *, politely: bool) -> None:
        """Close; a dead peer is not waited for."""
        if not politely:
            self._connection.transport.abort()
        await self._connection.close()

    async def _next(self) -> Frame | None:
        """The next frame; None for one that cannot be read."""
        try:
            # Bytes, because invalid UTF-8 would end the whole connection otherwise.
            data = await self._connection.recv(decode=False)
        except ConnectionClosed as closed:
            raise SocketEnded(_lost(closed)) from closed
        self.heard_at = self._clock()
        try:
            return Frame.parse(data)
        except Undecodable as error:
            _log.warning("Ignored a frame of %d bytes: %s", len(data), error)
            return None

    def _on_error(self, frame: Frame) -> None:
        raise_for_error(frame)


def raise_for_error(frame: Frame) -> None:
    """Raise SocketEnded where an Error frame says that the session is over."""
    try:
        error = decode(frame.body, GatewayError)
    except Undecodable:
        error = GatewayError()
    code = text(error.error_code)
    _log.info("The gateway reports %s", code or "an error without a code")
    if code == "WSG-400":
        outcome = Outcome(Ending.CONTEXT_REFUSED, LOST_SENTENCE, reached_server=True)
        raise SocketEnded(outcome)
    if code in ("WSG-902", "WSG-903"):
        raise SocketEnded(Outcome(Ending.LOST, LOST_SENTENCE, reached_server=True))


LOST_SENTENCE = "The connection to RingCentral was lost."


def unanswered(*, is_nudged: bool = False) -> Outcome:
    """The socket is open, and nobody is at the other end."""
    return Outcome(
        Ending.LOST,
        "RingCentral stopped answering.",
        reached_server=True,
        is_nudged=is_nudged,
        is_silent=True,
    )


def _lost(closed: ConnectionClosed) -> Outcome:
    if closed.sent and not closed.rcvd:
        # It was our side that gave up: nobody answered its pings.
        return unanswered()
    code = closed.rcvd.code if closed.rcvd else None
    _log.info("The gateway's socket was closed (code %s)", code or "none")
    return Outcome(Ending.LOST, LOST_SENTENCE, reached_server=True)
