"""Asks the server where to sign in and where the API is (`/.well-known/entry-points`)."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress

import httpx
import msgspec

from rcdesk.ringcentral.entry_points import EntryPoints, base_of, fixed, host_of, is_safe
from rcdesk.ringcentral.mending import Undecodable, decode
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.wire import Text, Wire, text

_log = logging.getLogger(__name__)

_INITIAL_PATH = "/.well-known/entry-points/initial"
_TIMEOUT = httpx.Timeout(5.0)
_PATIENCE_S = 10.0
_MOST_TRIES = 5
_LONGEST_INTERVAL_S = 10.0
_SHORTEST_CYCLE_S = 60.0
_LONGEST_CYCLE_S = 86_400.0
_LONGEST_TAG = 1000


class AuthApi(Wire):
    """Where to sign in; the initial answer has `defaultTokenUri`, the external `tokenUri`."""

    authorization_uri: Text = None
    default_token_uri: Text = None
    token_uri: Text = None


class CoreApi(Wire):
    """Where the API is."""

    base_uri: Text = None


class DiscoveryApi(Wire):
    """Where to ask when signed in."""

    default_external_uri: Text = None
    external_uri: Text = None


class DiscoveryAnswer(Wire):
    """Initial and external answer alike; times in seconds."""

    auth_api: AuthApi | None = None
    core_api: CoreApi | None = None
    discovery_api: DiscoveryApi | None = None
    expires_in: float | None = None
    retry_count: float | None = None
    retry_interval: float | None = None
    retry_cycle_delay: float | None = None


class Discovery:
    """Finds the entry points of one app registration; without discovery the fixed ones do."""

    def __init__(
        self,
        app: AppRegistration,
        http: httpx.AsyncClient,
        *,
        utc_s: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._app = app
        self._http = http
        self._utc_s = utc_s
        self._sleep = sleep

    async def initial(self) -> EntryPoints:
        """Where to sign in; never fails: what the network is up to, the sign-in will tell."""
        points = fixed(self._app.server_url)
        if not self._app.uses_discovery:
            return points
        query = {"clientId": self._app.client_id}
        if self._app.brand_id:
            query["brandId"] = self._app.brand_id
        url = httpx.URL(f"{self._app.server_url}{_INITIAL_PATH}", params=query)
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_S):
                found = await self._ask(url, points, {}, points.retry_count)
                return points if found is None else self._with(points, found[0])
        return points

    async def external(
        self, points: EntryPoints, access_token: str, *, tries: int | None = None
    ) -> EntryPoints:
        """`points` as the server has them for the signed-in user, good for a day.

        Never fails: without an answer they stay, and are due again after the retry cycle.
        """
        if not points.external_url:
            return points
        headers = {"Authorization": f"Bearer {access_token}"}
        asked = httpx.URL(points.external_url)
        found = await self._ask(asked, points, headers, tries or points.retry_count)
        now = self._utc_s()
        if found is None:
            return msgspec.structs.replace(points, expires_at=now + points.retry_cycle_s)
        answer, tag = found
        told = self._with(points, answer)
        lasts_s = _bounded(answer.expires_in, _SHORTEST_CYCLE_S, math.inf)
        return msgspec.structs.replace(
            told, tag=tag, expires_at=now + lasts_s if lasts_s is not None else 0
        )

    async def _ask(
        self, url: httpx.URL, points: EntryPoints, headers: dict[str, str], tries: int
    ) -> tuple[DiscoveryAnswer, str] | None:
        """The answer and its tag. Only a server in trouble is asked again."""
        for again in range(tries):
            if again:
                await self._sleep(points.retry_interval_s)
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    response = await self._http.get(
                        url, headers=headers, timeout=_TIMEOUT, follow_redirects=False
                    )
            except (httpx.ReadTimeout, TimeoutError):
                continue
            except (httpx.HTTPError, httpx.InvalidURL, OSError):
                return None
            if response.status_code >= 500:
                continue
            return _answer(response)
        return None

    def _with(self, points: EntryPoints, answer: DiscoveryAnswer) -> EntryPoints:
        """`points`, with what `answer` names instead.

        The answer came over TLS from a host that is trusted with the tokens already, so it may
        name others; they must be reached by TLS, too.
        """
        auth = answer.auth_api or AuthApi()
        discovery = answer.discovery_api or DiscoveryApi()
        core = answer.core_api or CoreApi()

        def named(*given: Text, otherwise: str) -> str:
            for url in map(text, given):
                if url and is_safe(url, self._app.server_url):
                    return url
                if url:
                    _log.warning("Discovery named an address that no token may be sent to")
            return otherwise

        authorize_url = named(auth.authorization_uri, otherwise=points.authorize_url)
        token_url = named(auth.token_uri, auth.default_token_uri, otherwise=points.token_url)
        api_url = named(core.base_uri, otherwise=points.api_url)
        external_url = named(
            discovery.external_uri, discovery.default_external_uri, otherwise=points.external_url
        )
        urls = (authorize_url, token_url, api_url, external_url)
        hosts = dict.fromkeys((*points.hosts, *filter(None, map(host_of, urls))))
        return msgspec.structs.replace(
            points,
            authorize_url=authorize_url,
            token_url=token_url,
            api_url=base_of(api_url),
            external_url=external_url,
            hosts=tuple(hosts),
            retry_count=int(_bounded(answer.retry_count, 1, _MOST_TRIES) or points.retry_count),
            retry_interval_s=_bounded(answer.retry_interval, 0.1, _LONGEST_INTERVAL_S)
            or points.retry_interval_s,
            retry_cycle_s=_bounded(answer.retry_cycle_delay, _SHORTEST_CYCLE_S, _LONGEST_CYCLE_S)
            or points.retry_cycle_s,
        )


def _answer(response: httpx.Response) -> tuple[DiscoveryAnswer, str] | None:
    """None for 404, a hotel's page, and whatever else is no discovery."""
    if not response.is_success:
        return None
    try:
        answer = decode(response.content, DiscoveryAnswer)
    except Undecodable:
        return None
    tag = response.headers.get("Discovery-Tag", "")
    return answer, tag if tag.isascii() and tag.isprintable() and len(tag) <= _LONGEST_TAG else ""


def _bounded(value: float | None, least: float, most: float) -> float | None:
    return None if value is None or math.isnan(value) else min(max(value, least), most)
