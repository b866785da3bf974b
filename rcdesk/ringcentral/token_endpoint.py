"""The token endpoint: grants, refreshes and revocations of one app registration, paced."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import httpx

from rcdesk.core import waits
from rcdesk.core.errors import PlatformError, Unreachable
from rcdesk.ringcentral import oauth
from rcdesk.ringcentral.entry_points import EntryPoints
from rcdesk.ringcentral.faults import (
    NOT_FROM_HERE,
    Refusal,
    ServerBusy,
    not_ringcentral,
    unreachable,
)
from rcdesk.ringcentral.mending import Undecodable, decode
from rcdesk.ringcentral.rate_limits import RateGroup, RateLimits, retry_after_header_s
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.wire_account import TokenAnswer

_log = logging.getLogger(__name__)

_TIMEOUT_S = 15.0
_ANSWER_TIMEOUT_S = 20.0
_REVOKE_TIMEOUT_S = 5.0
_LONGEST_WAIT_S = 90.0
# RingCentral's guide: after 408, 500 or a timeout, three tries ten seconds apart.
_REFRESH_DELAYS_S = (10.0, 10.0)


class RefreshRefused(Exception):
    """The refresh token is of no use any more: the session has ended for good."""


class TokenEndpoint:
    """Asks for tokens, as the app registration it is given.

    `timeout_s` is for the connection and for each read, whatever a whole answer may take.
    """

    def __init__(
        self,
        app: AppRegistration,
        http: httpx.AsyncClient,
        limits: RateLimits,
        *,
        monotonic_s: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        self._app = app
        self._http = http
        self._limits = limits
        self._monotonic_s = monotonic_s
        self._sleep = sleep
        self._timeout_s = timeout_s
        self._busy_until_s = 0.0

    async def grant(self, points: EntryPoints, form: Mapping[str, str]) -> TokenAnswer:
        """Sign in; raises SignInFailed, RateLimited or Unreachable."""
        try:
            response = await self._post(points.token_url, form)
        except _TimedOut as timed_out:
            raise timed_out.error from None
        if response.is_success:
            return _token_answer(response)
        refusal = Refusal(response)
        if refusal.status == 429:
            raise refusal.error(retry_after_s=retry_after_header_s(response.headers))
        raise oauth.sign_in_failure(refusal, self._app, form["grant_type"])

    async def refresh(
        self, points: EntryPoints, refresh_token: str, endpoint_id: str
    ) -> TokenAnswer:
        """Exchange the refresh token; asks again where the guide says so.

        Asking again is safe: until the new tokens are used, the old refresh token gets the
        same ones. Raises RefreshRefused, RateLimited, Refused or Unreachable.
        """
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        if endpoint_id:
            form["endpoint_id"] = endpoint_id
        delays = iter(_REFRESH_DELAYS_S)
        while True:
            self._leave_alone()
            try:
                response = await self._post(points.token_url, form)
                if response.is_success:
                    return _token_answer(response)
                error = self._refusal(response)
            except _TimedOut as timed_out:
                error = timed_out.error
            delay_s = next(delays, None) if _is_worth_repeating(error) else None
            if delay_s is None:
                raise error
            await self._sleep(delay_s)

    async def revoke(self, points: EntryPoints, token: str) -> None:
        """End the session of `token`, if that can be done within seconds; never fails."""
        with suppress(PlatformError, _TimedOut, TimeoutError):
            async with asyncio.timeout(_REVOKE_TIMEOUT_S):
                await self._post(points.revoke_url, {"token": token})

    def _leave_alone(self) -> None:
        """Raise while the platform has asked for that (503 with Retry-After)."""
        left_s = self._busy_until_s - self._monotonic_s()
        if left_s > 0:
            raise ServerBusy(
                f"RingCentral is in trouble and asks us to wait {waits.asked(left_s)}.",
                retry_after_s=left_s,
            )

    def _refusal(self, response: httpx.Response) -> PlatformError:
        """What to raise; raises RefreshRefused itself."""
        refusal = Refusal(response)
        if _ends_session(refusal):
            _log.warning("The session has ended: %s", ", ".join(refusal.codes) or "no code given")
            raise RefreshRefused
        error = refusal.error(retry_after_s=retry_after_header_s(response.headers))
        if isinstance(error, ServerBusy):
            self._busy_until_s = self._monotonic_s() + error.retry_after_s
        return error

    async def _post(self, url: str, form: Mapping[str, str]) -> httpx.Response:
        """One request of the Auth group; raises Unreachable, RateLimited or _TimedOut."""
        await self._limits.acquire(RateGroup.AUTH, user=True, max_wait_s=_LONGEST_WAIT_S)
        try:
            # httpx waits anew for each byte, and whoever trickles would keep the store locked.
            async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                response = await self._http.post(
                    url,
                    data=oauth.with_client(self._app, form),
                    headers=oauth.client_headers(self._app),
                    timeout=self._timeout_s,
                    follow_redirects=False,
                )
        except (httpx.ReadTimeout, TimeoutError) as fault:
            raise _TimedOut(unreachable(fault, httpx.URL(url).host)) from fault
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            raise unreachable(fault, httpx.URL(url).host) from fault
        if response.is_redirect:
            raise not_ringcentral(response)
        self._limits.observe(RateGroup.AUTH, response.headers)
        if response.status_code == 429:
            await self._limits.penalise(RateGroup.AUTH, response.headers)
        return response


class _TimedOut(Exception):
    """The platform took the request and was not heard of again."""

    def __init__(self, error: Unreachable) -> None:
        super().__init__(str(error))
        self.error = error


def _is_worth_repeating(error: PlatformError) -> bool:
    # Without a status it is the timeout: other faults of the network have been raised.
    return error.status in (0, 408, 500) and not isinstance(error, ServerBusy)


def _token_answer(response: httpx.Response) -> TokenAnswer:
    try:
        answer = decode(response.content, TokenAnswer)
    except Undecodable:
        raise not_ringcentral(response) from None
    token = answer.access_token or ""
    if not (token and token.isascii() and token.isprintable()):
        raise not_ringcentral(response)
    return answer


def _ends_session(refusal: Refusal) -> bool:
    """RingCentral itself, not something in between, will take this refresh token no more.

    Its guide says so of every 400, whatever the code.
    """
    is_ringcentrals = refusal.is_json and bool(refusal.codes or refusal.request_id)
    return refusal.status in (400, 401) and is_ringcentrals and NOT_FROM_HERE not in refusal.codes
