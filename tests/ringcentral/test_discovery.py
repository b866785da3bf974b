from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import msgspec
import pytest

from rcdesk.core.errors import SignInFailed, Unreachable
from rcdesk.ringcentral import extension
from rcdesk.ringcentral.discovery import Discovery
from rcdesk.ringcentral.entry_points import EntryPoints, fixed, is_vouched_for
from rcdesk.ringcentral.oauth import SignInRequest
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.simulator.server import Simulator, running
from tests.until import until

INITIAL = "/.well-known/entry-points/initial"
EXTERNAL = "/.well-known/entry-points/external"
EXTENSION = "/restapi/v1.0/account/~/extension/~"
TOKEN = "/restapi/oauth/token"
SERVER = "https://platform.ringcentral.com"


async def signed_in_by_page(
    platform: Platform, simulator: Simulator, **changes: str
) -> SignInRequest:
    """Finish a sign-in as the simulator's page does, its redirect changed."""
    request = await platform.session.start_sign_in()
    query = parse_qs(urlsplit(request.url).query)
    code = simulator.world.tokens.issue_code(
        request.redirect_uri, query["code_challenge"][0], "S256"
    )
    redirect = {"code": code, "state": request.state, **changes}
    await platform.session.sign_in_with_redirect(request, urlencode(redirect))
    return request


@pytest.fixture
async def other() -> AsyncIterator[Simulator]:
    """Another server, which knows nobody."""
    async with running() as simulator:
        yield simulator


async def test_the_server_is_asked_before_and_after_signing_in(
    app: AppRegistration, simulator: Simulator, control: Any
) -> None:
    async with Platform(replace(app, brand_id="3420"), MemorySessionStore()) as platform:
        request = await signed_in_by_page(platform, simulator)
        await extension.get_extension(platform.http)
    query = parse_qs(urlsplit(request.url).query)
    assert (query["discovery"], query["brand_id"]) == (["true"], ["3420"])
    [initial] = await control.requests(INITIAL)
    assert initial["query"] == {"clientId": [app.client_id], "brandId": ["3420"]}
    assert "authorization" not in initial["headers"]
    [external] = await control.requests(EXTERNAL)
    assert external["headers"]["authorization"].startswith("Bearer ")
    [asked] = await control.requests(EXTENSION)
    assert asked["headers"]["discovery-tag"] == "simulator-1"


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404},
        {"status": 403, "body": {"errorCode": "AGW-404"}},
        {"status": 200, "body": "<html>Welcome to this hotel</html>"},
        {"status": 302, "headers": {"Location": "https://hotel.example/"}},
        {"status": 200, "body": {}},
        {"status": 200, "body": {"authApi": 5, "coreApi": {"baseUri": [1]}, "retryCount": "x"}},
        {"status": 200, "body": {"coreApi": {"baseUri": "http://platform.example"}}},
        {"status": 200, "body": {"coreApi": {"baseUri": "https://ann@platform.example"}}},
    ],
)
async def test_without_discovery_the_fixed_addresses_do(
    platform: Platform, control: Any, simulator: Simulator, answer: dict[str, Any]
) -> None:
    await control.post("faults", path=INITIAL, times=1, **answer)
    request = await platform.session.start_sign_in()
    assert request.url.startswith(f"{simulator.url}/restapi/oauth/authorize?")
    assert "discovery=true" not in request.url
    await control.post("faults", path=INITIAL, times=1, **answer)
    await platform.session.sign_in_with_jwt(simulator.jwt)
    assert (await extension.get_extension(platform.http)).extension_number == "101"
    assert platform.session.api_url == simulator.url


async def test_with_the_setting_off_nobody_is_asked(
    app: AppRegistration, simulator: Simulator, control: Any
) -> None:
    async with Platform(replace(app, uses_discovery=False), MemorySessionStore()) as platform:
        await signed_in_by_page(platform, simulator)
        await extension.get_extension(platform.http)
    assert not await control.requests(INITIAL)
    assert not await control.requests(EXTERNAL)


async def test_an_unreachable_server_is_told_by_the_sign_in(unused_tcp_port: int) -> None:
    app = AppRegistration(f"http://127.0.0.1:{unused_tcp_port}", "id")
    async with Platform(app, MemorySessionStore()) as platform:
        assert (await platform.session.start_sign_in()).url.startswith(app.server_url)
        with pytest.raises(Unreachable):
            await platform.session.sign_in_with_jwt("a.b.c")


async def test_a_server_in_trouble_is_asked_again_as_often_as_it_says(
    app: AppRegistration, control: Any
) -> None:
    slept: list[float] = []

    async def sleep(delay_s: float) -> None:
        slept.append(delay_s)

    async with httpx.AsyncClient() as client:
        discovery = Discovery(app, client, utc_s=lambda: 1000.0, sleep=sleep)
        await control.post("faults", path=INITIAL, status=503, times=2)
        points = await discovery.initial()
        assert (points.external_url, slept) == (f"{app.server_url}{EXTERNAL}", [3.0, 3.0])
        slept.clear()
        patient = msgspec.structs.replace(points, retry_count=2, retry_interval_s=5.0)
        await control.post("faults", path=EXTERNAL, status=500, times=None)
        later = await discovery.external(patient, "token")
        assert slept == [5.0]
        assert later == msgspec.structs.replace(patient, expires_at=1824.0)


async def test_absurd_times_are_bounded(app: AppRegistration, control: Any) -> None:
    body = {"retryCount": 1e300, "retryInterval": -5, "retryCycleDelay": 1e300, "expiresIn": 0}
    await control.post("faults", path=INITIAL, status=200, body=body)
    async with httpx.AsyncClient() as client:
        points = await Discovery(app, client, utc_s=lambda: 0.0).initial()
    assert (points.retry_count, points.retry_interval_s, points.retry_cycle_s) == (5, 0.1, 86_400)


async def test_the_api_may_be_elsewhere_and_the_tokens_follow(
    app: AppRegistration, simulator: Simulator, other: Simulator, control: Any
) -> None:
    body = {"coreApi": {"baseUri": f"{other.url}/"}, "expiresIn": 86400}
    headers = {"Discovery-Tag": "eu"}
    await control.post("faults", path=EXTERNAL, status=200, body=body, headers=headers)
    store = MemorySessionStore()
    async with Platform(app, store) as platform:
        await platform.session.sign_in_with_jwt(simulator.jwt)
        assert platform.session.api_url == other.url
    async with Platform(app, store) as later:
        assert await later.session.resume()
        # The other server does not know the token; what counts is who was asked.
        with pytest.raises(Exception, match="sign in again"):
            await extension.get_extension(later.http)
    [asked, _again] = [e for e in other.world.journal.entries if e["path"] == EXTENSION]
    assert asked["headers"]["discovery-tag"] == "eu"
    assert not await control.requests(EXTENSION)
    assert len(await control.requests(TOKEN)) == 2


async def test_the_redirects_token_uri_is_used(
    platform: Platform, simulator: Simulator, control: Any
) -> None:
    here = simulator.url.replace("127.0.0.1", "localhost")
    await signed_in_by_page(
        platform, simulator, token_uri=f"{here}{TOKEN}", discovery_uri=f"{here}{EXTERNAL}"
    )
    [exchange] = await control.requests(TOKEN)
    assert exchange["headers"]["host"] == urlsplit(here).netloc
    [external] = await control.requests(EXTERNAL)
    assert external["headers"]["host"] == urlsplit(here).netloc


@pytest.mark.parametrize("name", ["token_uri", "discovery_uri"])
@pytest.mark.parametrize("url", ["https://evil.example/restapi/oauth/token", "nonsense"])
async def test_a_redirect_cannot_send_the_code_elsewhere(
    platform: Platform, simulator: Simulator, control: Any, name: str, url: str
) -> None:
    with pytest.raises(SignInFailed, match="does not vouch for"):
        await signed_in_by_page(platform, simulator, **{name: url})
    assert not await control.requests(TOKEN)


@pytest.mark.parametrize(
    ("url", "server_url", "is_trusted"),
    [
        (f"{SERVER}{TOKEN}", SERVER, True),
        ("https://PLATFORM.ringcentral.com/x", SERVER, True),
        ("https://login.ringcentral.com/x", SERVER, True),
        ("https://platform.ringcentral.biz/x", SERVER, False),
        ("https://platform.ringcentral.biz/x", "https://platform.ringcentral.biz", True),
        ("https://named.example/x", SERVER, True),
        ("https://a.named.example/x", SERVER, False),
        ("https://ringcentral.com.evil.example/x", SERVER, False),
        ("https://evilringcentral.com/x", SERVER, False),
        ("https://platform.ringcentral.com@evil.example/x", SERVER, False),
        ("https://ann@platform.ringcentral.com/x", SERVER, False),
        ("http://platform.ringcentral.com/x", SERVER, False),
        ("http://localhost:1/x", SERVER, False),
        ("https://localhost:1/x", SERVER, False),
        ("http://localhost:1/x", "http://127.0.0.1:2", True),
        ("https://login.ringcentral.com/x", "http://127.0.0.1:2", False),
        ("https://[::1", SERVER, False),
        ("https://platform.ringcentral.com:port/x", SERVER, False),
        ("javascript:alert(1)", SERVER, False),
        ("//platform.ringcentral.com/x", SERVER, False),
        ("https://platform.ringcentral.com\\@evil.example/x", SERVER, False),
        ("https://evil.example\\.ringcentral.com/x", SERVER, False),
        ("https://evil.example%2f.ringcentral.com/x", SERVER, False),
        ("https://evil。ringcentral.com/x", SERVER, False),
        ("", SERVER, False),
    ],
)
def test_whom_a_redirect_may_name(url: str, server_url: str, *, is_trusted: bool) -> None:
    points = fixed(server_url)
    if server_url == SERVER:
        points = msgspec.structs.replace(points, hosts=(*points.hosts, "named.example"))
    assert is_vouched_for(url, points, server_url) is is_trusted


async def test_discovery_required_has_it_asked_again_once(
    signed_in: Platform, control: Any
) -> None:
    tagged = {"Discovery-Tag": "new"}
    body = {"expiresIn": 86400}
    await control.post("faults", path=EXTERNAL, status=200, body=body, headers=tagged)
    required = {"Discovery-Required": "true"}
    await control.post(
        "faults", path=EXTENSION, status=200, body={"id": 1}, headers=required, times=3
    )
    for _ in range(3):
        await extension.get_extension(signed_in.http)
    await until(lambda: signed_in.session.discovery_tag == "new")
    assert len(await control.requests(EXTERNAL)) == 2


async def test_what_has_expired_is_asked_again(
    app: AppRegistration, simulator: Simulator, control: Any
) -> None:
    store = MemorySessionStore()
    async with Platform(app, store) as platform:
        await platform.session.sign_in_with_jwt(simulator.jwt)
    stored = await store.load()
    assert stored is not None
    assert isinstance(stored.entry_points, EntryPoints)
    old = msgspec.structs.replace(stored.entry_points, expires_at=1, tag="old")
    await store.save(msgspec.structs.replace(stored, entry_points=old))
    async with Platform(app, store) as later:
        assert await later.session.resume()
        await extension.get_extension(later.http)
        await until(lambda: later.session.discovery_tag == "simulator-1")
    kept = await store.load()
    assert kept is not None
    assert kept.access_token == stored.access_token
    assert kept.entry_points is not None
    assert kept.entry_points.tag == "simulator-1"
