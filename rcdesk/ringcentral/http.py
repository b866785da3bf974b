"""REST calls: paced, signed, repeated where that is safe, and typed."""

import asyncio
import logging
import platform
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, TypeVar, overload

import httpx

from rcdesk import __version__
from rcdesk.core.abilities import Ability
from rcdesk.core.errors import SignedOut, UnexpectedAnswer, Unreachable
from rcdesk.ringcentral.abilities import Abilities
from rcdesk.ringcentral.faults import Refusal, not_ringcentral, unreachable
from rcdesk.ringcentral.media_hosts import Origin, origin, trusted_origins, without_token
from rcdesk.ringcentral.mending import Undecodable, decode
from rcdesk.ringcentral.rate_limits import RateGroup, RateLimits, retry_after_header_s
from rcdesk.ringcentral.session import ENDED, OAuthSession

T = TypeVar("T")
Params = Mapping[str, str | Sequence[str]]

_log = logging.getLogger(__name__)
# httpx logs every address it asks for, and ours carry phone numbers.
logging.getLogger("httpx").setLevel(logging.WARNING)

USER_AGENT = f"rcdesk/{__version__} ({platform.system()}; Python {platform.python_version()})"
TIMEOUT = httpx.Timeout(30.0, connect=10.0, pool=30.0)

_IDEMPOTENT = frozenset({"GET", "HEAD", "PUT", "DELETE"})
_WORTH_REPEATING = frozenset({500, 502, 504})
_DELAYS_S = (2.0, 4.0)
_LONGEST_BUSY_S = 60.0
_MAX_REDIRECTS = 5
_MAX_RATE_LIMITED = 3
_WORD = re.compile(r"[a-z~][a-z-]*|v[0-9.]+|")


class PlatformHttp:
    """The platform's REST API for one session.

    Attributes:
        limits: the gates of all rate groups; `limits.waiting` tells of waits.
        abilities: what the session may ask for.
    """

    def __init__(
        self,
        session: OAuthSession,
        client: httpx.AsyncClient,
        *,
        limits: RateLimits | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        delays_s: Sequence[float] = _DELAYS_S,
    ) -> None:
        self.session = session
        self.limits = limits or RateLimits()
        self.abilities = Abilities(session)
        self._client = client
        self._sleep = sleep
        self._delays_s = tuple(delays_s)

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        into: type[T],
        group: RateGroup,
        user: bool = ...,
        params: Params | None = ...,
        json: object = ...,
        max_wait_s: float = ...,
        needs: Ability | None = ...,
    ) -> T: ...

    @overload
    async def request(
        self,
        method: str,
        path: str,
        *,
        into: None,
        group: RateGroup,
        user: bool = ...,
        params: Params | None = ...,
        json: object = ...,
        max_wait_s: float = ...,
        needs: Ability | None = ...,
    ) -> None: ...

    async def request(
        self,
        method: str,
        path: str,
        *,
        into: type[T] | None,
        group: RateGroup,
        user: bool = False,
        params: Params | None = None,
        json: object = None,
        max_wait_s: float = 120.0,
        needs: Ability | None = None,
    ) -> T | None:
        """Ask, and decode the answer into the Struct `into` (None: the answer does not matter).

        `path` starts with a slash, or is an address of the same server as paging gives it.
        `user` says that the user waits for it. For the rate limit it waits up to `max_wait_s`;
        idempotent calls are repeated twice after 500, 502, 504 and network faults. What it
        `needs` and does not have is refused without asking.

        Raises:
            SignedOut: there is no session (any more).
            Refused: 4xx, as its subclasses say; `RateLimited` after too long a wait.
            Unreachable: no answer, trouble there, or an answer that is not RingCentral's.
        """
        with self.abilities.needed(needs):
            response = await self.exchange(
                method,
                path,
                group=group,
                user=user,
                params=params,
                json=json,
                max_wait_s=max_wait_s,
            )
        if into is None:
            return None
        try:
            return decode(response.content, into)
        except Undecodable:
            raise not_ringcentral(response) from None

    async def exchange(
        self,
        method: str,
        path: str,
        *,
        group: RateGroup,
        user: bool = False,
        params: Params | None = None,
        max_wait_s: float = 120.0,
        **body: Any,
    ) -> httpx.Response:
        """As `request`, for bodies that are not one JSON object: the answer as it came.

        `body` is what httpx takes: json, content, files, headers.
        """
        url = self._url(path)
        # httpx would wipe the query of a paging address with an empty mapping.
        prepared = self._client.build_request(
            method, url, params=dict(params) if params else None, timeout=TIMEOUT, **body
        )
        return await self._settled(prepared, group, user=user, max_wait_s=max_wait_s)

    @asynccontextmanager
    async def stream(
        self,
        address: str,
        *,
        group: RateGroup,
        user: bool = False,
        headers: Mapping[str, str] | None = None,
        max_wait_s: float = 120.0,
    ) -> AsyncIterator[httpx.Response]:
        """GET binary content, whose body is read inside the context; raises as `request` does.

        `address` is a path, or an address of this server or its media host; others are
        refused, and a redirect to one is followed without the token.
        """
        url = without_token(self._url(address, self._trusted()))
        # What a Range counts are the bytes as stored, so they must not be compressed.
        asked = {"Accept": "*/*", "Accept-Encoding": "identity", **(headers or {})}
        prepared = self._client.build_request("GET", url, headers=asked, timeout=TIMEOUT)
        response = await self._settled(
            prepared, group, user=user, max_wait_s=max_wait_s, stream=True
        )
        try:
            yield response
        except httpx.HTTPError as fault:
            raise Unreachable(f"The connection to {url.host} broke off: try again.") from fault
        finally:
            await response.aclose()

    async def _settled(
        self,
        request: httpx.Request,
        group: RateGroup,
        *,
        user: bool,
        max_wait_s: float,
        stream: bool = False,
    ) -> httpx.Response:
        """The successful answer, after the repetitions that are allowed."""
        patience = _Patience(self._delays_s if request.method in _IDEMPOTENT else ())
        while True:
            token = await self.session.access_token()
            await self.limits.acquire(group, user=user, max_wait_s=max_wait_s)
            try:
                response = await self._send(request, token, stream=stream)
            except Unreachable:
                delay_s = patience.after_fault()
                if delay_s is None:
                    raise
                await self._sleep(delay_s)
                continue
            self.limits.observe(group, response.headers)
            if response.is_success or _is_unchanged(request, response):
                return response
            refusal = Refusal(response)
            _log.info(
                "%s %s: HTTP %d %s (RCRequestId %s)",
                request.method,
                _without_ids(request.url.path),
                refusal.status,
                "/".join(refusal.codes),
                refusal.request_id or "none",
            )
            if refusal.status == 401 and (refusal.is_json or not response.content):
                await self._renew(patience, token, refusal)
            elif refusal.status == 429:
                wait_s = await self.limits.penalise(group, response.headers, refusal.codes)
                if wait_s > max_wait_s or not patience.may_wait_again():
                    raise refusal.error(retry_after_s=wait_s)
            else:
                retry_after_s = retry_after_header_s(response.headers)
                delay_s = patience.after_trouble(refusal.status, retry_after_s)
                if delay_s is None:
                    raise refusal.error(retry_after_s=retry_after_s)
                await self._sleep(delay_s)

    async def _renew(self, patience: "_Patience", token: str, refusal: Refusal) -> None:
        """Refresh once for a request; a second 401 in a row ends the session."""
        if patience.may_renew():
            await self.session.refresh(rejected=token)
            return
        _log.warning("Refused with a fresh token: %s", "/".join(refusal.codes))
        await self.session.end()
        raise SignedOut(ENDED)

    async def _send(self, request: httpx.Request, token: str, *, stream: bool) -> httpx.Response:
        """One answer, redirects followed; only this server ever sees the token.

        Of a stream only a refusal's body is read.
        """
        bearer = request.headers["Authorization"] = f"Bearer {token}"
        host = request.url.host
        trusted = self._trusted() if stream else self.session.origins
        try:
            for _ in range(_MAX_REDIRECTS):
                response = await self._client.send(request, follow_redirects=False, stream=stream)
                following = response.next_request
                if stream and not response.is_success:
                    await response.aread()
                if following is None:
                    return response
                following.url = without_token(following.url)
                if origin(following.url) in trusted:
                    following.headers["Authorization"] = bearer
                else:
                    following.headers.pop("Authorization", None)
                    if following.method not in ("GET", "HEAD"):
                        raise not_ringcentral(response)
                request = following
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            raise unreachable(fault, host) from fault
        raise not_ringcentral(response)

    def _url(self, path: str, allowed: frozenset[Origin] | None = None) -> httpx.URL:
        try:
            url = httpx.URL(self.session.api_url).join(path)
        except (httpx.InvalidURL, UnicodeEncodeError):
            raise UnexpectedAnswer("RingCentral gave an address that is none.") from None
        if origin(url) not in (allowed or self.session.origins):
            raise UnexpectedAnswer("RingCentral gave an address of another server.")
        return url

    def _trusted(self) -> frozenset[Origin]:
        """The session's own, with their hosts for binary content."""
        session = self.session
        return trusted_origins(session.app.server_url) | trusted_origins(session.api_url)


class _Patience:
    """How much one request has put up with already."""

    def __init__(self, delays_s: Sequence[float]) -> None:
        self._delays = iter(delays_s)
        self._renewals = 1
        self._waits = _MAX_RATE_LIMITED

    def may_renew(self) -> bool:
        self._renewals -= 1
        return self._renewals >= 0

    def may_wait_again(self) -> bool:
        self._waits -= 1
        return self._waits > 0

    def after_fault(self) -> float | None:
        """Seconds until the next try; None if there is none."""
        return next(self._delays, None)

    def after_trouble(self, status: int, retry_after_s: float | None) -> float | None:
        """As after_fault, for an answer that was no success."""
        if status == 503 and retry_after_s is not None:
            if retry_after_s > _LONGEST_BUSY_S or next(self._delays, None) is None:
                return None
            return retry_after_s
        return next(self._delays, None) if status in _WORTH_REPEATING else None


def _is_unchanged(request: httpx.Request, response: httpx.Response) -> bool:
    return response.status_code == HTTPStatus.NOT_MODIFIED and "If-None-Match" in request.headers


def _without_ids(path: str) -> str:
    """`path` for the log: ids of calls and extensions are nobody's business."""
    return "/".join(part if _WORD.fullmatch(part) else "*" for part in path.split("/"))
