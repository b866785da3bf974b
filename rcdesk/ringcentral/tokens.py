"""The session's tokens, and where they are kept between runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from rcdesk.ringcentral.entry_points import EntryPoints
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_account import TokenAnswer

_LONGEST_SPAN_S = 10 * 365 * 86_400
# A token just got is good until RingCentral says otherwise (401): believing in a shorter life, or
# in none, would cost a refresh for each request, of five a minute.
_USUAL_LIFE_S = 3600.0
_SHORTEST_LIFE_S = 120.0


@dataclass(frozen=True, slots=True)
class SessionEnd:
    """The moment (aware) when a session ends for good, and why.

    Attributes:
        is_by_registration: the app registration issues no refresh tokens; otherwise it is an
            administrator's absolute timeout.
    """

    at: datetime
    is_by_registration: bool


class StoredSession(msgspec.Struct, frozen=True, kw_only=True):
    """One session with the platform; `repr` never shows a token.

    Both tokens are kept together: a refresh kills the access token of every other process,
    and the Auth group allows five requests a minute, so all processes share one pair.

    Attributes:
        access_expires_at: UTC, seconds since the epoch.
        refresh_token: empty where the app registration issues none.
        refresh_expires_at: UTC, seconds since the epoch; 0 without a refresh token.
        scope: app scopes, separated by spaces.
        owner_id: the extension that signed in.
        session_ends_at: when an administrator's absolute timeout ends it, whatever is refreshed;
            UTC, seconds since the epoch, 0 without one.
        entry_points: None where the fixed ones do.
    """

    access_token: str
    access_expires_at: float
    refresh_token: str = ""
    refresh_expires_at: float = 0
    scope: str = ""
    owner_id: str = ""
    endpoint_id: str = ""
    session_id: str = ""
    server_url: str = ""
    client_id: str = ""
    session_ends_at: float = 0
    entry_points: EntryPoints | None = None

    @property
    def known_end(self) -> SessionEnd | None:
        """None for a session that can be refreshed for as long as anybody knows."""
        ends = [(self.session_ends_at, False)] if self.session_ends_at else []
        if not self.refresh_token:
            ends.append((self.access_expires_at, True))
        if not ends:
            return None
        at_s, is_by_registration = min(ends)
        return SessionEnd(datetime.fromtimestamp(at_s, UTC), is_by_registration)

    def __repr__(self) -> str:
        return f"StoredSession(owner_id={self.owner_id!r}, server_url={self.server_url!r})"


def stored_from(
    answer: TokenAnswer,
    app: AppRegistration,
    now_s: float,
    *,
    before: StoredSession | None = None,
    points: EntryPoints | None = None,
) -> StoredSession:
    """What to keep of an answer at `now_s` (UTC); `before` fills in what a refresh leaves out."""
    last = before or StoredSession(access_token="", access_expires_at=0)
    refresh_token = answer.refresh_token or last.refresh_token
    return StoredSession(
        access_token=answer.access_token or "",
        access_expires_at=now_s + _life_s(answer.expires_in),
        refresh_token=refresh_token,
        refresh_expires_at=now_s + (answer.refresh_token_expires_in or 0) if refresh_token else 0,
        scope=answer.scope or last.scope,
        owner_id=text(answer.owner_id) or last.owner_id,
        endpoint_id=text(answer.endpoint_id) or last.endpoint_id,
        session_id=text(answer.session_id) or last.session_id,
        server_url=app.server_url,
        client_id=app.client_id,
        session_ends_at=_ends_at(answer, now_s) or last.session_ends_at,
        entry_points=points or last.entry_points,
    )


def _life_s(told_s: float | None) -> float:
    if told_s is None or not 0 < told_s <= _LONGEST_SPAN_S:
        return _USUAL_LIFE_S
    return max(told_s, _SHORTEST_LIFE_S)


def _ends_at(answer: TokenAnswer, now_s: float) -> float:
    """By the span rather than by the moment, which needs both clocks to be right."""
    if answer.session_expires_in is not None and 0 < answer.session_expires_in <= _LONGEST_SPAN_S:
        return now_s + answer.session_expires_in
    with suppress(ValueError):
        moment = datetime.fromisoformat(text(answer.session_expiration_time))
        if moment.tzinfo is not None:
            return max(moment.timestamp(), 1)
    return 0


class SessionStore(Protocol):
    """Keeps one session for this user of this computer.

    Every method may raise `StorageTrouble`.
    """

    async def load(self) -> StoredSession | None:
        """What was saved last by any process; None if there is none or it cannot be read."""

    async def save(self, session: StoredSession, /) -> None:
        """Keep `session`; returns only once it is safe."""

    async def clear(self) -> None:
        """Forget the session; no error if there is none."""

    def lock(self) -> AbstractAsyncContextManager[None]:
        """Hold off every other process (and task) that wants to refresh; not reentrant."""


class MemorySessionStore:
    """A store that ends with the process."""

    def __init__(self, session: StoredSession | None = None) -> None:
        self._session = session
        self._lock = asyncio.Lock()

    async def load(self) -> StoredSession | None:
        """See SessionStore."""
        return self._session

    async def save(self, session: StoredSession, /) -> None:
        """See SessionStore."""
        self._session = session

    async def clear(self) -> None:
        """See SessionStore."""
        self._session = None

    def lock(self) -> AbstractAsyncContextManager[None]:
        """See SessionStore."""
        return self._locked()

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        async with self._lock:
            yield
