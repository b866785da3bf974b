"""The WebSocket gateway's sessions, which outlive their connections, and their recovery."""

from __future__ import annotations

import base64
import math
import secrets
import uuid
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rcdesk.simulator.clock import Clock, Timer
    from rcdesk.simulator.gateway_connection import Connection
    from rcdesk.simulator.subscriptions import Subscription, Subscriptions
    from rcdesk.simulator.tokens import Session

Frame = list[dict[str, Any]]

RECOVERY_BUFFER = 100
RECOVERY_TIMEOUT_S = 180
IDLE_TIMEOUT_S = 1800
ABSOLUTE_TIMEOUT_S = 86_400


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
