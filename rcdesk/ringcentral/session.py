"""One signed-in session: its tokens, and how they stay fresh."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import NoReturn

import httpx
import msgspec

from rcdesk.core.errors import (
    PlatformError,
    RcdeskError,
    Refused,
    SignedOut,
    StorageTrouble,
    Unreachable,
)
from rcdesk.ringcentral import oauth
from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.ringcentral.discovery import Discovery
from rcdesk.ringcentral.entry_points import EntryPoints, fixed
from rcdesk.ringcentral.media_hosts import Origin, origin
from rcdesk.ringcentral.oauth import SignInRequest
from rcdesk.ringcentral.rate_limits import RateLimits
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.token_endpoint import RefreshRefused, TokenEndpoint
from rcdesk.ringcentral.tokens import SessionEnd, SessionStore, StoredSession, stored_from

_log = logging.getLogger(__name__)

_EARLY_S = 60.0
_REDISCOVERY_PAUSE_S = 60.0
_SIGNED_OUT = "You are not signed in to RingCentral."
ENDED = "Signed out by RingCentral: sign in again."
_NOT_REFRESHED = (
    "This app registration issues no refresh tokens: tick “Issue refresh tokens” in it."
)
_ENDED_UNREFRESHED = (
    "The sign-in has ended: sign in again. It lasts longer once “Issue refresh tokens” is ticked "
    "in the app registration."
)


class OAuthSession:
    """Signs in, keeps the access token fresh, signs out.

    Safe for any number of tasks and, by the store's lock, for several processes.

    Attributes:
        ended: called with a sentence when the platform has ended the session for good; it is
            not called by `sign_out`.
        renewed: called when there are other tokens, and with them maybe another `known_end`.
    """

    def __init__(
        self,
        app: AppRegistration,
        http: httpx.AsyncClient,
        store: SessionStore,
        *,
        limits: RateLimits | None = None,
        clock: Clock = instant_now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.app = app
        self.ended: Callable[[str], None] = lambda _sentence: None
        self.renewed: Callable[[], None] = lambda: None
        self._store = store
        self._clock = clock
        self._endpoint = TokenEndpoint(
            app, http, limits or RateLimits(), monotonic_s=self._monotonic_s, sleep=sleep
        )
        self._discovery = Discovery(app, http, utc_s=self._utc_s, sleep=sleep)
        self._session: StoredSession | None = None
        self._good_until_s = 0.0
        self._refreshing: asyncio.Task[None] | None = None
        self._discovering: asyncio.Task[None] | None = None
        self._discovered_s = -_REDISCOVERY_PAUSE_S

    @property
    def is_token_valid(self) -> bool:
        """There is an access token that has not expired, as far as this computer can tell."""
        return self._is_good_for(0)

    @property
    def is_signed_in(self) -> bool:
        """There is a session, whose tokens may have to be refreshed first."""
        return self._session is not None

    @property
    def granted_scopes(self) -> frozenset[str]:
        """App scopes of the session; empty while signed out."""
        return frozenset(self._session.scope.split()) if self._session else frozenset()

    @property
    def owner_id(self) -> str:
        """The extension that signed in; empty while signed out."""
        return self._session.owner_id if self._session else ""

    @property
    def key(self) -> tuple[str, str]:
        """Another one after each sign-in, the same across refreshes."""
        session = self._session
        return (session.owner_id, session.session_id) if session else ("", "")

    @property
    def known_end(self) -> SessionEnd | None:
        """See StoredSession; None while signed out, too."""
        return self._session.known_end if self._session else None

    @property
    def api_url(self) -> str:
        """Scheme, host and port of the API."""
        return self._points.api_url

    @property
    def origins(self) -> frozenset[Origin]:
        """The server, and where discovery has found its API: those may see the tokens."""
        return frozenset(origin(httpx.URL(url)) for url in (self.app.server_url, self.api_url))

    @property
    def discovery_tag(self) -> str:
        """What the platform wants to see in every request; empty where it does not."""
        return self._points.tag

    async def is_authorized(self) -> bool:
        """Whether the platform can be asked now; refreshes if needed, raises Unreachable."""
        try:
            await self.access_token()
        except SignedOut:
            return False
        return True

    async def resume(self) -> bool:
        """Take up the stored session, if it is one of this app and can still be used.

        An expired refresh token is left for the platform to refuse: this computer's clock
        may be wrong. Raises StorageTrouble.
        """
        stored = await self._store.load()
        if stored is None or not self._is_ours(stored):
            return False
        if not stored.refresh_token and stored.access_expires_at <= self._utc_s():
            return False
        self._take_up(stored)
        return True

    async def start_sign_in(self) -> SignInRequest:
        """A sign-in by the browser, which `sign_in_with_redirect` finishes."""
        return SignInRequest.create(self.app, await self._discovery.initial())

    async def sign_in_with_redirect(self, request: SignInRequest, redirect: str) -> None:
        """Finish a sign-in by the browser; raises SignInFailed, Unreachable, StorageTrouble.

        `redirect` is where the browser was sent, or the query of that alone.
        """
        code = request.code_from_redirect(redirect)
        points = request.points_from_redirect(redirect)
        await self._sign_in(oauth.code_grant(request, code), points)

    async def sign_in_with_jwt(self, jwt: str) -> None:
        """Sign in as a JWT credential's user; raises SignInFailed, Unreachable, StorageTrouble."""
        await self._sign_in(oauth.jwt_grant(jwt), await self._discovery.initial())

    async def sign_in_with_password(self, username: str, extension: str, password: str) -> None:
        """Sign in the way RingCentral has withdrawn for most apps; raises as the others do."""
        grant = oauth.password_grant(username, extension, password)
        await self._sign_in(grant, await self._discovery.initial())

    async def access_token(self) -> str:
        """A token that is good for at least a minute, as far as this computer's clock knows.

        While the platform cannot be reached, the old one is given as long as it lasts.
        Raises SignedOut, Unreachable, Refused.
        """
        session = self._session
        if session is None:
            raise SignedOut(_SIGNED_OUT)
        if self._is_good_for(_EARLY_S if session.refresh_token else 0):
            self._rediscover_if_due(session)
            return session.access_token
        try:
            await self.refresh()
        except PlatformError:
            # Not by the time of day, which may have been put forward.
            if self._session is session and self._good_until_s > self._monotonic_s():
                return session.access_token
            raise
        if self._session is None:
            raise SignedOut(_SIGNED_OUT)
        return self._session.access_token

    async def refresh(self, rejected: str | None = None) -> None:
        """Get a new access token; with `rejected`, unless that one has been replaced already.

        Whoever calls meanwhile gets the same answer. Cancelling a caller does not stop the
        refresh, whose answer must not be lost. Raises SignedOut, Unreachable, Refused; Unreachable
        also where another process does not let go of the session.
        """
        if self._session is None:
            raise SignedOut(_SIGNED_OUT)
        if rejected is not None and self._session.access_token != rejected:
            return
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh(rejected), name="token refresh")
            self._refreshing.add_done_callback(_mark_retrieved)
        await asyncio.shield(self._refreshing)

    async def sign_out(self) -> None:
        """End the session there (best effort) and here (always); ends it for all its tokens."""
        try:
            await self.revoke()
        finally:
            await self._store.clear()

    async def revoke(self) -> None:
        """End the session there, if that can be done within seconds; what is stored stays.

        For one that nobody will take up again: of about five that RingCentral keeps for a user
        and app, the next sign-in would end one that is in use.
        """
        session, self._session = self._session, None
        await self._stop()
        if session is not None:
            points = self._points_of(session)
            await self._endpoint.revoke(points, session.refresh_token or session.access_token)

    async def end(self, sentence: str = ENDED) -> None:
        """The platform has ended the session for good: forget it and say so."""
        session, self._session = self._session, None
        if session is None:
            return
        with suppress(StorageTrouble):
            stored = await self._store.load()
            # Somebody may have signed in anew in another process meanwhile.
            if stored is None or stored.session_id == session.session_id:
                await self._store.clear()
        self.ended(sentence)

    def rediscover(self) -> None:
        """The platform wants its entry points to be asked for again (`Discovery-Required`)."""
        session = self._session
        is_running = self._discovering is not None and not self._discovering.done()
        is_early = self._monotonic_s() - self._discovered_s < _REDISCOVERY_PAUSE_S
        if session is None or is_running or is_early or not self._points.external_url:
            return
        self._discovered_s = self._monotonic_s()
        self._discovering = asyncio.create_task(self._rediscover(session), name="discovery")
        self._discovering.add_done_callback(_mark_retrieved)

    async def aclose(self) -> None:
        """Stop a refresh that is still under way."""
        await self._stop()

    @property
    def _points(self) -> EntryPoints:
        return self._points_of(self._session)

    def _points_of(self, session: StoredSession | None) -> EntryPoints:
        return (session and session.entry_points) or fixed(self.app.server_url)

    def _utc_s(self) -> float:
        return self._clock().utc.timestamp()

    def _monotonic_s(self) -> float:
        return self._clock().monotonic_s

    def _is_good_for(self, span_s: float) -> bool:
        """Neither clock says that the access token expires within `span_s`.

        The time of day may be put back, and the monotonic clock stands still in sleep.
        """
        return (
            self._session is not None
            and self._good_until_s - span_s > self._monotonic_s()
            and self._session.access_expires_at - span_s > self._utc_s()
        )

    def _take_up(self, session: StoredSession) -> None:
        self._session = session
        self._good_until_s = self._monotonic_s() + session.access_expires_at - self._utc_s()
        self.renewed()

    async def _stop(self) -> None:
        tasks = (self._refreshing, self._discovering)
        self._refreshing = self._discovering = None
        for task in tasks:
            if task is not None and not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError, RcdeskError):
                    await task

    async def _refresh(self, rejected: str | None) -> None:
        try:
            async with self._store.lock():
                await self._refresh_alone(rejected)
        except StorageTrouble as trouble:
            # Only the lock's. Every request can meet it, and whoever asks the platform is ready
            # for a platform that cannot be asked now.
            raise Unreachable(str(trouble)) from trouble

    async def _refresh_alone(self, rejected: str | None) -> None:
        current = self._session
        if current is None:
            raise SignedOut(_SIGNED_OUT)
        stored = await self._stored()
        if stored is not None and self._is_newer(stored, current, rejected):
            self._take_up(stored)
            return
        if stored is not None and self._is_ours(stored) and stored.owner_id == current.owner_id:
            # Another process may have rotated the refresh token and then gone idle.
            current = stored
        if not current.refresh_token:
            if rejected is None and self._good_until_s > self._monotonic_s():
                raise Refused(_NOT_REFRESHED)
            await self._end_for_good(_ENDED_UNREFRESHED)
        try:
            answer = await self._endpoint.refresh(
                self._points_of(current), current.refresh_token, current.endpoint_id
            )
        except RefreshRefused:
            await self._end_for_good(ENDED)
        if self._session is None:
            raise SignedOut(_SIGNED_OUT)
        await self._keep(stored_from(answer, self.app, self._utc_s(), before=current))

    async def _end_for_good(self, sentence: str) -> NoReturn:
        await self.end(sentence)
        raise SignedOut(sentence)

    async def _sign_in(self, grant: Mapping[str, str], points: EntryPoints) -> None:
        answer = await self._endpoint.grant(points, grant)
        await self._stop()
        async with self._store.lock():
            session = stored_from(answer, self.app, self._utc_s(), points=points)
            await self._keep(session)
            # Only once: the user waits. The cycle brings what fails now.
            found = await self._discovery.external(points, session.access_token, tries=1)
            if found != points:
                await self._keep(msgspec.structs.replace(session, entry_points=found))

    def _rediscover_if_due(self, session: StoredSession) -> None:
        due_at = self._points_of(session).expires_at
        if due_at and due_at <= self._utc_s():
            self.rediscover()

    async def _rediscover(self, session: StoredSession) -> None:
        found = await self._discovery.external(self._points_of(session), session.access_token)
        async with self._store.lock():
            current = self._session
            if current is not None and current.session_id == session.session_id:
                stored = await self._stored()
                if stored is not None and stored.session_id == session.session_id:
                    current = stored
                await self._keep(msgspec.structs.replace(current, entry_points=found))

    async def _keep(self, session: StoredSession) -> None:
        """Persist before first use: the platform forgets the old tokens at the new one's use."""
        try:
            await self._store.save(session)
        except StorageTrouble:
            _log.warning("The session could not be stored: it ends with this process")
        self._take_up(session)

    async def _stored(self) -> StoredSession | None:
        try:
            return await self._store.load()
        except StorageTrouble:
            return None

    def _is_ours(self, stored: StoredSession) -> bool:
        return (stored.server_url, stored.client_id) == (self.app.server_url, self.app.client_id)

    def _is_newer(
        self, stored: StoredSession, current: StoredSession, rejected: str | None
    ) -> bool:
        """Somebody else has refreshed meanwhile."""
        return (
            self._is_ours(stored)
            and stored.owner_id == current.owner_id
            and stored.access_token not in (current.access_token, rejected)
            and stored.access_expires_at - _EARLY_S > self._utc_s()
        )


def _mark_retrieved(task: asyncio.Task[None]) -> None:
    # With every caller cancelled nobody is left to be told.
    if not task.cancelled():
        task.exception()
