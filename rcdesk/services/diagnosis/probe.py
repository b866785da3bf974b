"""One request to the server, with the time that each step took."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import httpx

from rcdesk.core.errors import BadInput
from rcdesk.ringcentral.http import USER_AGENT
from rcdesk.ringcentral.proxies import ProxiedTransport, Proxies
from rcdesk.ringcentral.tls import client_context

if TYPE_CHECKING:
    import ssl

PATH = "/restapi"
"""RingCentral's list of its API versions, which needs no sign-in."""
_TIMEOUT = httpx.Timeout(4.0)


class Step(StrEnum):
    """What a request goes through, by httpcore's names of it."""

    TCP = "connect_tcp"
    TLS = "start_tls"
    ANSWER = "receive_response_headers"


@dataclass
class Probe:
    """How one request went.

    Attributes:
        url: what was asked for.
        proxy: the proxy on the way, None for the direct way.
        took_ms: of each step that was completed.
        fault: what ended it; None where there is a response.
        certificate: the server's, as `SSLSocket.getpeercert` gives it; empty without TLS.
        tls_version: such as TLSv1.3; empty without TLS.
        asked_at, answered_at: by this computer's time of day.
    """

    url: str
    proxy: str | None
    took_ms: dict[Step, int] = field(default_factory=dict)
    fault: Exception | None = None
    response: httpx.Response | None = None
    certificate: Mapping[str, Any] = field(default_factory=dict)
    tls_version: str = ""
    asked_at: datetime | None = None
    answered_at: datetime | None = None

    @property
    def host(self) -> str:
        """The server's name."""
        return httpx.URL(self.url).host

    @property
    def uses_tls(self) -> bool:
        """Only a server on this computer does without."""
        return self.url.startswith("https:")


async def ask_server(
    server_url: str, proxies: Proxies, ca_file: str, utc_now: Callable[[], datetime]
) -> Probe:
    """Ask the way that everything goes, proxy and certificates included; never raises a fault."""
    url = f"{server_url}{PATH}"
    probe = Probe(url, proxies.for_url(url))
    started: dict[str, float] = {}

    async def trace(event: str, _info: Mapping[str, Any]) -> None:
        _prefix, step, state = event.rsplit(".", 2)
        if state == "started":
            started[step] = time.monotonic()
            if step == Step.ANSWER:
                probe.asked_at = utc_now()
        elif state == "complete" and step in tuple(Step):
            probe.took_ms[Step(step)] = round(1000 * (time.monotonic() - started[step]))

    try:
        transport = ProxiedTransport(proxies, client_context(ca_file))
        async with httpx.AsyncClient(
            transport=transport, trust_env=False, timeout=_TIMEOUT
        ) as client:
            response = await client.get(
                url,
                headers={"User-Agent": USER_AGENT, "Accept": "application/json"},
                extensions={"trace": trace},
            )
            _take_certificate(probe, response)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, BadInput) as fault:
        probe.fault = fault
        return probe
    probe.answered_at = utc_now()
    probe.response = response
    return probe


def _take_certificate(probe: Probe, response: httpx.Response) -> None:
    stream = response.extensions.get("network_stream")
    tls: ssl.SSLObject | None = stream.get_extra_info("ssl_object") if stream else None
    if tls is not None:
        probe.certificate = tls.getpeercert() or {}
        probe.tls_version = tls.version() or ""
