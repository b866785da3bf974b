"""One signed-in session: its tokens, and how they stay fresh."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import httpx

from rcdesk.core.errors import (
    PlatformError,
    RcdeskError,
    SignedOut,
    StorageTrouble,
    Unreachable,
)
from rcdesk.ringcentral import oauth
from rcdesk.ringcentral.faults import Refusal, not_ringcentral, unreachable
from rcdesk.ringcentral.mending import Undecodable, decode
from rcdesk.ringcentral.oauth import SignInRequest
from rcdesk.ringcentral.rate_limits import RateGroup, RateLimits, retry_after_header_s
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import SessionStore, StoredSession
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_account import TokenAnswer

_log = logging.getLogger(__name__)

_EARLY_S = 60.0
_TOKEN_TIMEOUT_S = 15.0
_REVOKE_TIMEOUT_S = 5.0
_LONGEST_WAIT_S = 90.0
# RingCentral's guide: after 408, 500 or a timeout, three tries ten seconds apart.
_REFRESH_DELAYS_S = (10.0, 10.0)
_SIGNED_OUT = "You are not signed in to RingCentral."
_ENDED = "Signed out by RingCentral: sign in again."


class OAuthSession:
    """Signs in, keeps the access token fresh, signs out.

    Safe for any number of tasks and, by the store's lock, for several processes.

    Attributes:
        ended: called with a sentence when the platform has ended the session for good; it is
            not called by `sign_out`.
    """

    def __init__(
        self,
        app: AppRegistration,
        http: httpx.AsyncClient,
        store: SessionStore,
        *,
        limits: RateLimits | None = None,
        utc_s: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.app = app
        self.ended: Callable[[str], None] = lambda _sentence: None
        self._http = http
        self._store = store
        self._limits = limits or RateLimits()
        self._utc_s = utc_s
        self._sleep = sleep
        self._session: StoredSession | None = None
        self._refreshing: asyncio.Task[None] | None = None

    @property
    def is_token_valid(self) -> bool:
        """There is an access token that has not expired by this computer's clock."""
        return self._session is not None and self._session.access_expires_at > self._utc_s()

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
        self._session = stored
        return True

    async def sign_in_with_code(self, request: SignInRequest, code: str) -> None:
        """Finish a sign-in by the browser; raises SignInFailed, Unreachable, StorageTrouble."""
        await self._sign_in(oauth.code_grant(request, code))

    async def sign_in_with_jwt(self, jwt: str) -> None:
        """Sign in as a JWT credential's user; raises SignInFailed, Unreachable, StorageTrouble."""
        await self._sign_in(oauth.jwt_grant(jwt))

    async def sign_in_with_password(self, username: str, extension: str, password: str) -> None:
        """Sign in the way RingCentral has withdrawn for most apps; raises as the others do."""
        await self._sign_in(oauth.password_grant(username, extension, password))

    async def access_token(self) -> str:
        """A token that is good for at least a minute, as far as this computer's clock knows.

        While the platform cannot be reached, the old one is given as long as it lasts.
        Raises SignedOut, Unreachable, Refused.
        """
        session = self._session
        if session is None:
            raise SignedOut(_SIGNED_OUT)
        if session.access_expires_at - _EARLY_S > self._utc_s():
            return session.access_token
        try:
            await self.refresh()
        except PlatformError:
            if self._session is session and self.is_token_valid:
                return session.access_token
            raise
        if self._session is None:
            raise SignedOut(_SIGNED_OUT)
        return self._session.access_token

    async def refresh(self, rejected: str | None = None) -> None:
        """Get a new access token; with `rejected`, unless that one has been replaced already.

        Whoever calls meanwhile gets the same answer. Cancelling a caller does not stop the
        refresh, whose answer must not be lost. Raises SignedOut, Unreachable, Refused.
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
        session, self._session = self._session, None
        await self._stop_refreshing()
        try:
            if session is not None:
                await self._revoke(session)
        finally:
            await self._store.clear()

    async def end(self, sentence: str = _ENDED) -> None:
        """The platform has ended the session for good: forget it and say so."""
        if self._session is None:
            return
        self._session = None
        with suppress(StorageTrouble):
            await self._store.clear()
        self.ended(sentence)

    async def aclose(self) -> None:
        """Stop a refresh that is still under way."""
        await self._stop_refreshing()

    async def _stop_refreshing(self) -> None:
        task, self._refreshing = self._refreshing, None
        if task is not None and not task.done():
            task.cancel()
            with suppress(asyncio.CancelledError, RcdeskError):
                await task

    async def _refresh(self, rejected: str | None) -> None:
        async with self._store.lock():
            current = self._session
            if current is None:
                raise SignedOut(_SIGNED_OUT)
            stored = await self._stored()
            if stored is not None and self._is_newer(stored, current, rejected):
                self._session = stored
                return
            if stored is not None and self._is_ours(stored) and stored.owner_id == current.owner_id:
                # Another process may have rotated the refresh token and then gone idle.
                current = stored
            if not current.refresh_token:
                await self._end_for_good(_ENDED)
            answer = await self._ask_for_refresh(current)
            if self._session is None:
                raise SignedOut(_SIGNED_OUT)
            await self._keep(self._stored_from(answer, current))

    async def _ask_for_refresh(self, current: StoredSession) -> TokenAnswer:
        form = {"grant_type": "refresh_token", "refresh_token": current.refresh_token}
        if current.endpoint_id:
            form["endpoint_id"] = current.endpoint_id
        delays = iter(_REFRESH_DELAYS_S)
        while True:
            try:
                response = await self._post(oauth.TOKEN_PATH, form)
                if response.is_success:
                    return _token_answer(response)
                refusal = Refusal(response)
                error = refusal.error(retry_after_s=retry_after_header_s(response.headers))
            except _TimedOut as timed_out:
                refusal, error = None, timed_out.error
            if refusal is not None and refusal.status not in (408, 500):
                if refusal.status in (400, 401) and _is_oauth_refusal(refusal):
                    _log.warning("The session has ended: %s", ", ".join(refusal.codes))
                    await self._end_for_good(_ENDED)
                raise error
            delay_s = next(delays, None)
            if delay_s is None:
                raise error
            await self._sleep(delay_s)

    async def _end_for_good(self, sentence: str) -> None:
        await self.end(sentence)
        raise SignedOut(sentence)

    async def _sign_in(self, grant: Mapping[str, str]) -> None:
        try:
            response = await self._post(oauth.TOKEN_PATH, grant)
        except _TimedOut as timed_out:
            raise timed_out.error from None
        if not response.is_success:
            refusal = Refusal(response)
            if refusal.status == 429:
                raise refusal.error(retry_after_s=retry_after_header_s(response.headers))
            raise oauth.sign_in_failure(refusal, self.app, grant["grant_type"])
        answer = _token_answer(response)
        await self._stop_refreshing()
        async with self._store.lock():
            await self._keep(self._stored_from(answer, None))

    async def _keep(self, session: StoredSession) -> None:
        """Persist before first use: the platform forgets the old tokens at the new one's use."""
        try:
            await self._store.save(session)
        except StorageTrouble:
            _log.warning("The session could not be stored: it ends with this process")
        self._session = session

    async def _stored(self) -> StoredSession | None:
        try:
            return await self._store.load()
        except StorageTrouble:
            return None

    def _stored_from(self, answer: TokenAnswer, before: StoredSession | None) -> StoredSession:
        now = self._utc_s()
        refresh_token = answer.refresh_token or (before.refresh_token if before else "")
        return StoredSession(
            access_token=answer.access_token or "",
            access_expires_at=now + (answer.expires_in or 0),
            refresh_token=refresh_token,
            refresh_expires_at=now + (answer.refresh_token_expires_in or 0) if refresh_token else 0,
            scope=answer.scope or (before.scope if before else ""),
            owner_id=text(answer.owner_id) or (before.owner_id if before else ""),
            endpoint_id=text(answer.endpoint_id) or (before.endpoint_id if before else ""),
            session_id=text(answer.session_id) or (before.session_id if before else ""),
            server_url=self.app.server_url,
            client_id=self.app.client_id,
        )

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

    async def _revoke(self, session: StoredSession) -> None:
        form = {"token": session.refresh_token or session.access_token}
        with suppress(PlatformError, _TimedOut, TimeoutError):
            async with asyncio.timeout(_REVOKE_TIMEOUT_S):
                await self._post(oauth.REVOKE_PATH, form)

    async def _post(self, path: str, form: Mapping[str, str]) -> httpx.Response:
        """One request of the Auth group; raises Unreachable, RateLimited or _TimedOut."""
        await self._limits.acquire(RateGroup.AUTH, user=True, max_wait_s=_LONGEST_WAIT_S)
        url = f"{self.app.server_url}{path}"
        try:
            response = await self._http.post(
                url,
                data=oauth.with_client(self.app, form),
                headers=oauth.client_headers(self.app),
                timeout=_TOKEN_TIMEOUT_S,
                follow_redirects=False,
            )
        except httpx.ReadTimeout as fault:
            raise _TimedOut(unreachable(fault, httpx.URL(url).host)) from fault
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            raise unreachable(fault, httpx.URL(url).host) from fault
        self._limits.observe(RateGroup.AUTH, response.headers)
        if response.status_code == 429:
            self._limits.penalise(RateGroup.AUTH, response.headers)
        return response


class _TimedOut(Exception):
    """The platform took the request and was not heard of again."""

    def __init__(self, error: Unreachable) -> None:
        super().__init__(str(error))
        self.error = error


def _token_answer(response: httpx.Response) -> TokenAnswer:
    try:
        answer = decode(response.content, TokenAnswer)
    except Undecodable:
        raise not_ringcentral(response) from None
    if not answer.access_token:
        raise not_ringcentral(response)
    return answer


def _is_oauth_refusal(refusal: Refusal) -> bool:
    """It was the token endpoint that refused, not something in between."""
    return any(code.startswith(("OAU-", "invalid_")) for code in refusal.codes)


def _mark_retrieved(task: asyncio.Task[None]) -> None:
    # With every caller cancelled nobody is left to be told.
    if not task.cancelled():
        task.exception()
