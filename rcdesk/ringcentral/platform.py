"""Everything of one session with the platform, put together."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx

from rcdesk.core.connection import Connection
from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.ringcentral.events import Notification
from rcdesk.ringcentral.gateway import Gateway
from rcdesk.ringcentral.gateway_socket import Connector
from rcdesk.ringcentral.http import TIMEOUT, USER_AGENT, PlatformHttp
from rcdesk.ringcentral.media_hosts import origin
from rcdesk.ringcentral.proxies import ProxiedTransport, Proxies
from rcdesk.ringcentral.rate_limits import Penalties, RateLimits
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.session import OAuthSession
from rcdesk.ringcentral.tls import client_context
from rcdesk.ringcentral.tokens import SessionStore

_TAG = "Discovery-Tag"


@dataclass(frozen=True, slots=True)
class Network:
    """What lies between this computer and the platform.

    Attributes:
        proxy: see `Proxies.setting`.
        ca_file: certificates to trust besides the system's (PEM); empty for none.
    """

    proxy: str = field(default="", repr=False)
    ca_file: str = ""


class Platform:
    """The platform for one app registration.

    Attributes:
        session: signing in and out.
        http: what the resource modules ask.
        limits: tells of waits through `limits.waiting`.
    """

    def __init__(
        self,
        app: AppRegistration,
        store: SessionStore,
        *,
        network: Network | None = None,
        connector: Connector | None = None,
        penalties: Penalties | None = None,
        clock: Clock = instant_now,
    ) -> None:
        network = network or Network()
        tls = client_context(network.ca_file)
        proxies = Proxies(network.proxy)
        self._connector = connector or Connector(tls, proxies)
        self._monotonic_s = lambda: clock().monotonic_s

        self._transport = ProxiedTransport(proxies, tls)
        self._client = httpx.AsyncClient(
            transport=self._transport,
            trust_env=False,
            timeout=TIMEOUT,
            headers={"User-Agent": USER_AGENT, "X-User-Agent": USER_AGENT},
            event_hooks={"request": [self._tag], "response": [self._heed]},
        )
        self.limits = RateLimits(clock=self._monotonic_s, penalties=penalties)
        self.session = OAuthSession(
            app,
            self._client,
            store,
            limits=self.limits,
            clock=clock,
        )
        self.http = PlatformHttp(self.session, self._client, limits=self.limits)

    def gateway(
        self,
        filters: Sequence[str],
        *,
        sync: Callable[[bool], Awaitable[None]],
        deliver: Callable[[Notification], None],
        state_changed: Callable[[Connection], None],
    ) -> Gateway:
        """A gateway for `filters`; see Gateway. Run it in a task of the caller's."""
        return Gateway(
            self.http,
            filters,
            sync=sync,
            deliver=deliver,
            state_changed=state_changed,
            connector=self._connector,
            renew=self._transport.renew,
            clock=self._monotonic_s,
        )

    async def _tag(self, request: httpx.Request) -> None:
        """Send the platform, and nobody else, the tag that discovery gave."""
        request.headers.pop(_TAG, None)
        tag = self.session.discovery_tag
        if tag and origin(request.url) in self.session.origins:
            request.headers[_TAG] = tag

    async def _heed(self, response: httpx.Response) -> None:
        if "Discovery-Required" in response.headers and (
            origin(response.request.url) in self.session.origins
        ):
            self.session.rediscover()

    async def aclose(self) -> None:
        """Close all connections; the session stays stored."""
        await self.session.aclose()
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()
