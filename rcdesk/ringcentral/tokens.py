"""The session's tokens, and where they are kept between runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import msgspec


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

    def __repr__(self) -> str:
        return f"StoredSession(owner_id={self.owner_id!r}, server_url={self.server_url!r})"


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
