"""Addresses that somebody else chose: links, redirects, and those the platform names."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from websockets.uri import parse_uri

from rcdesk.core.errors import BadInput, RcdeskError, SignInFailed, UnexpectedAnswer
from rcdesk.ringcentral.discovery import Discovery
from rcdesk.ringcentral.entry_points import fixed, is_vouched_for
from rcdesk.ringcentral.gateway_socket import socket_uri
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.media_hosts import origin, trusted_origins
from rcdesk.ringcentral.oauth import SignInRequest
from rcdesk.ringcentral.rate_limits import RateGroup, RateLimits
from rcdesk.ringcentral.registration import AppRegistration, is_address, is_loopback
from rcdesk.ringcentral.session import OAuthSession
from rcdesk.ringcentral.tokens import MemorySessionStore, StoredSession
from rcdesk.ringcentral.wire_account import ExtensionAnswer
from rcdesk.ringcentral.wire_gateway import WsToken
from rcdesk.system.loopback import LoopbackRedirect
from rcdesk.system.uris import LinkTarget, parse_link, rcmobile_uri, tel_uri

SERVER = "https://platform.ringcentral.com"
APP = AppRegistration(SERVER, "client")
PIECES = (
    *("https://", "http://", "HTTPS:", "wss://", "ws://", "tel:", "callto:", "sms:", "rcdesk:"),
    *("//", "/", "\\", ":", "::", "@", "?", "#", "&", "=", ";", ",", ".", "%", "[", "]", "+", "-"),
    *("platform.ringcentral.com", "media.ringcentral.com", "evil.example", "ringcentral.com"),
    *("localhost", "127.0.0.1", "[::1]", "[fe80::1%25eth0]", "xn--", "。", "\u2100", "a" * 70),
    *("443", "0", "99999", "-1", "call?number=", "number=", "%2B", "%40", "%2f", "%00", "%0d%0a"),
    *("16505550100", "+1650", "(650)", "*", "\u0661", "\r\n", "\x00", "\t", " ", "\ud83d", "ann"),
    *("code=", "state=", "error=", "token_uri=", "discovery_uri=", "access_token=", "wsc="),
)
ADDRESSES = st.lists(st.sampled_from(PIECES), max_size=9).map("".join) | st.text(max_size=40)
# Most of what is made of pieces is no address at all.
TRUSTED_LOOKING = ADDRESSES.map(lambda rest: f"https://platform.ringcentral.com{rest}")


@given(ADDRESSES)
def test_a_link_fills_the_dialer_with_a_number_or_is_refused(uri: str) -> None:
    with suppress(BadInput):
        target = parse_link(uri)
        assert re.fullmatch(r"\+?[0-9*#]{1,32}", target.number, re.ASCII)
        for handed_on in (tel_uri(target.number), rcmobile_uri(target.number)):
            assert re.fullmatch(r"[\w:/?=+*%]+", handed_on, re.ASCII)
        assert parse_link(tel_uri(target.number)) == LinkTarget(parse_link("tel:1").verb, target[1])


@given(ADDRESSES | TRUSTED_LOOKING)
@example("https://platform.ringcentral.com\\@evil.example")
def test_whom_everybody_reads_alike_is_vouched_for(url: str) -> None:
    if is_vouched_for(url, fixed(SERVER), SERVER):
        host = httpx.URL(url).host
        assert host == urlsplit(url).hostname
        assert f".{host}".endswith(".ringcentral.com")
        assert url.lower().startswith("https://")


@given(ADDRESSES | TRUSTED_LOOKING)
def test_what_is_an_address_can_be_asked(url: str) -> None:
    if is_address(url):
        assert httpx.Request("GET", httpx.URL(url)).url.raw_host.isascii()


@given(ADDRESSES)
def test_a_server_is_this_computer_or_encrypted(url: str) -> None:
    with suppress(BadInput):
        app = AppRegistration(url, "client")
        parts = urlsplit(app.server_url)
        assert parts.scheme == "https" or is_loopback(parts.hostname or "")
        assert trusted_origins(app.server_url)


@given(ADDRESSES, ADDRESSES)
def test_a_redirect_is_the_answer_to_this_request_or_refused(text: str, name: str) -> None:
    request = SignInRequest.create(APP)
    with suppress(SignInFailed):
        request.code_from_redirect(text)
        raise AssertionError("nobody can know the state")
    mine = urlencode({"code": "c", "state": request.state})
    with suppress(SignInFailed):
        assert request.code_from_redirect(f"{text.replace('#', '')}?{mine}") == "c"
    with suppress(SignInFailed):
        points = request.points_from_redirect(f"?{mine}&token_uri={name}")
        assert f".{httpx.URL(points.token_url).host}".endswith(".ringcentral.com")


@given(ADDRESSES)
def test_a_redirect_address_is_on_this_computer_or_refused(uri: str) -> None:
    async def make() -> None:
        LoopbackRedirect(uri)

    with suppress(BadInput):
        asyncio.run(make())
        assert is_loopback(urlsplit(uri).hostname or "")


@given(ADDRESSES, ADDRESSES)
def test_live_events_come_encrypted_or_from_this_computer(uri: str, wsc: str) -> None:
    with suppress(UnexpectedAnswer):
        target = parse_uri(socket_uri(WsToken(uri=uri, ws_access_token="t"), wsc))
        assert target.secure or is_loopback(target.host)


class Network:
    """Answers everything, and keeps what it was asked; on a loop of its own."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.body: object = {}
        self.runner = asyncio.Runner()
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(200, content=json.dumps(self.body))


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    network = Network()
    with network.runner as runner:
        yield network
        runner.run(network.client.aclose())


@pytest.fixture(scope="module")
def http(network: Network) -> PlatformHttp:
    async def signed_in() -> PlatformHttp:
        store = MemorySessionStore()
        lasting = StoredSession(
            access_token="secret", access_expires_at=2.0**40, server_url=SERVER, client_id="client"
        )
        await store.save(lasting)
        session = OAuthSession(APP, network.client, store)
        assert await session.resume()
        return PlatformHttp(session, network.client, delays_s=())

    return network.runner.run(signed_in())


@given(ADDRESSES | TRUSTED_LOOKING)
def test_only_ringcentral_is_asked_with_the_token(
    network: Network, http: PlatformHttp, url: str
) -> None:
    for request in asked(network, http, url):
        assert origin(request.url) == origin(httpx.URL(SERVER))
        assert "secret" not in str(request.url)


def test_ringcentral_is_asked(network: Network, http: PlatformHttp) -> None:
    (request,) = asked(network, http, f"{SERVER}/restapi/v1.0/account/~")
    assert request.headers["authorization"] == "Bearer secret"


def asked(network: Network, http: PlatformHttp, url: str) -> list[httpx.Request]:
    """What is sent where a page of a listing, say, names `url`."""

    async def ask() -> None:
        with suppress(RcdeskError):
            await http.request("GET", url, into=ExtensionAnswer, group=RateGroup.LIGHT)

    http.limits = RateLimits()
    network.asked.clear()
    network.runner.run(ask())
    return network.asked


@given(ADDRESSES, ADDRESSES)
def test_discovery_leads_nowhere_unsafe(network: Network, base: str, token: str) -> None:
    network.body = {
        "coreApi": {"baseUri": base},
        "authApi": {"authorizationUri": base, "defaultTokenUri": token},
        "discoveryApi": {"defaultExternalUri": token},
    }
    discovery = Discovery(APP, network.client, utc_s=lambda: 0.0)
    points = network.runner.run(discovery.initial())
    for url in (points.token_url, points.external_url, points.authorize_url, points.api_url):
        assert not url or (url.lower().startswith("https://") and is_address(url))
