import asyncio
import re
from collections.abc import AsyncIterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.errors import Unreachable
from rcdesk.ringcentral import extension
from rcdesk.ringcentral.platform import Network, Platform
from rcdesk.ringcentral.proxies import Proxies, ProxyTrouble
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.simulator.server import Simulator, running
from tests.ringcentral.authority import Authority
from tests.ringcentral.connect_proxy import ConnectProxy

# Behind the proxy only: no name server knows it.
HOST = "platform.rcdesk.test"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
async def simulator(authority: Authority) -> AsyncIterator[Simulator]:
    async with running(certificate=authority.issue(HOST)) as simulator:
        yield simulator


@pytest.fixture
async def proxy(simulator: Simulator) -> AsyncIterator[ConnectProxy]:
    port = int(simulator.url.rpartition(":")[2])
    async with ConnectProxy(("127.0.0.1", port)).listening() as proxy:
        yield proxy


@pytest.fixture
def app(simulator: Simulator) -> AppRegistration:
    return AppRegistration(f"https://{HOST}", simulator.client_id, simulator.client_secret)


async def first_state(platform: Platform, wanted: ConnectionState) -> Connection:
    """Run a gateway until it is in the state `wanted`."""
    reached: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()

    def changed(connection: Connection) -> None:
        if connection.state is wanted and not reached.done():
            reached.set_result(connection)

    async def sync(_recovered: bool) -> None:
        pass

    gateway = platform.gateway(
        ["/restapi/v1.0/account/~/extension/~/presence"],
        sync=sync,
        deliver=lambda _notification: None,
        state_changed=changed,
    )
    running_gateway = asyncio.create_task(gateway.run())
    try:
        async with asyncio.timeout(10):
            return await reached
    finally:
        running_gateway.cancel()
        await asyncio.gather(running_gateway, return_exceptions=True)


async def reach_everything(app: AppRegistration, simulator: Simulator, network: Network) -> None:
    """Sign in, ask the REST API, and open the gateway."""
    async with Platform(app, MemorySessionStore(), network=network) as platform:
        await platform.session.sign_in_with_jwt(simulator.jwt)
        assert (await extension.get_extension(platform.http)).extension_number == "101"
        await first_state(platform, ConnectionState.ONLINE)


@pytest.mark.parametrize("given", ["setting", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
async def test_rest_and_gateway_go_through_the_proxy(
    *,
    app: AppRegistration,
    simulator: Simulator,
    proxy: ConnectProxy,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    given: str,
) -> None:
    if given != "setting":
        monkeypatch.setenv(given, proxy.url)
    network = Network(proxy=proxy.url if given == "setting" else "", ca_file=str(authority.ca_file))
    await reach_everything(app, simulator, network)
    # One connection for all of REST, one for the gateway.
    assert proxy.tunnels == [f"{HOST}:443"] * 2


async def test_a_proxy_that_asks_for_a_password_gets_it(
    app: AppRegistration, simulator: Simulator, proxy: ConnectProxy, authority: Authority
) -> None:
    proxy.credentials = "ann:s3cret"
    url = f"http://{proxy.credentials}@127.0.0.1:{proxy.port}"
    await reach_everything(app, simulator, Network(url, str(authority.ca_file)))
    assert len(proxy.tunnels) == 2


@pytest.mark.parametrize(
    ("credentials", "refuses", "sentence"),
    [
        ("ann:s3cret", "", "wants a user name and password: give them in the setting proxy"),
        ("", "403 Forbidden", r"refused the connection \(HTTP 403\): ask your administrator"),
    ],
)
async def test_a_proxy_that_refuses_is_named(
    *,
    app: AppRegistration,
    simulator: Simulator,
    proxy: ConnectProxy,
    authority: Authority,
    credentials: str,
    refuses: str,
    sentence: str,
) -> None:
    proxy.credentials, proxy.refuses = credentials, refuses
    network = Network(proxy.url, str(authority.ca_file))
    async with Platform(app, MemorySessionStore(), network=network) as platform:
        with pytest.raises(Unreachable, match=f"127.0.0.1:{proxy.port} {sentence}"):
            await platform.session.sign_in_with_jwt(simulator.jwt)
        # Only the gateway's own connection meets the refusal.
        proxy.credentials = proxy.refuses = ""
        await platform.session.sign_in_with_jwt(simulator.jwt)
        proxy.credentials, proxy.refuses = credentials, refuses
        waiting = await first_state(platform, ConnectionState.WAITING)
        assert re.search(f"127.0.0.1:{proxy.port} {sentence}", waiting.reason)


async def test_a_proxy_that_is_down_is_named_rather_than_the_server(
    app: AppRegistration, simulator: Simulator, authority: Authority, unused_tcp_port: int
) -> None:
    network = Network(f"http://127.0.0.1:{unused_tcp_port}", str(authority.ca_file))
    async with Platform(app, MemorySessionStore(), network=network) as platform:
        with pytest.raises(Unreachable, match=f"127.0.0.1:{unused_tcp_port} cannot be reached"):
            await platform.session.sign_in_with_jwt(simulator.jwt)


async def test_a_certificate_behind_the_proxy_is_not_the_proxys_fault(
    app: AppRegistration, simulator: Simulator, proxy: ConnectProxy
) -> None:
    async with Platform(app, MemorySessionStore(), network=Network(proxy.url)) as platform:
        with pytest.raises(Unreachable, match=f"certificate of {HOST} comes from an issuer"):
            await platform.session.sign_in_with_jwt(simulator.jwt)


async def test_this_computer_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    async with running() as simulator:
        app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
        await reach_everything(app, simulator, Network("http://127.0.0.1:1"))


@pytest.mark.parametrize(
    ("setting", "variables", "proxy"),
    [
        ("", {}, None),
        ("", {"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ("", {"https_proxy": "p:1"}, "http://p:1"),
        ("", {"HTTP_PROXY": "http://p:1"}, None),
        ("", {"ALL_PROXY": "http://p:1"}, "http://p:1"),
        ("", {"ALL_PROXY": "http://p:1", "HTTPS_PROXY": "http://q:2"}, "http://q:2"),
        ("", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "ringcentral.com"}, None),
        ("", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".ringcentral.com"}, None),
        ("", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "platform.ringcentral.com:443"}, None),
        ("", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, None),
        ("", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "central.com"}, "http://p:1"),
        ("http://s:3", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, "http://s:3"),
        ("direct", {"HTTPS_PROXY": "http://p:1"}, None),
        ("http://ann@s:3", {}, "http://ann:@s:3"),
        ("http://ann:a%40b@s:3/", {}, "http://ann:a%40b@s:3"),
        ("http://ann:a%23b@s:3", {}, "http://ann:a%23b@s:3"),
        ("http://ann:a@b@s:3", {}, "http://ann:a@b@s:3"),
    ],
)
def test_which_proxy(
    monkeypatch: pytest.MonkeyPatch, setting: str, variables: dict[str, str], proxy: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    for url in ("https://platform.ringcentral.com/restapi", "wss://platform.ringcentral.com/ws"):
        assert Proxies(setting).for_url(url) == proxy


@pytest.mark.parametrize("given", ["http://", "ftp://p:1", "http://p:port", "http://[::1"])
def test_a_proxy_that_is_no_address_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", given)
    with pytest.raises(ProxyTrouble, match="is not an address"):
        Proxies().for_url("https://platform.ringcentral.com")


@pytest.mark.parametrize("character", ["/", "?", "#"])
@pytest.mark.parametrize("given", ["http://ann:s3{}cret@p:1", "http://s3{}cret@p:1", "ann:1{}@p:1"])
def test_credentials_that_would_end_the_address_are_told_as_such(
    monkeypatch: pytest.MonkeyPatch, given: str, character: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", given.format(character))
    with pytest.raises(ProxyTrouble, match="write %2F, %3F and %23 for them") as trouble:
        Proxies().for_url("https://platform.ringcentral.com")
    assert "cret" not in str(trouble.value)


def test_a_socks_proxy_without_its_library_is_told_as_such(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks://ann:pw@p:1080/")
    if find_spec("socksio") and find_spec("python_socks"):
        assert Proxies().for_url("https://platform.ringcentral.com") == "socks5h://ann:pw@p:1080"
        return
    with pytest.raises(ProxyTrouble, match="p:1080 is a SOCKS proxy") as trouble:
        Proxies().for_url("https://platform.ringcentral.com")
    assert "pw" not in str(trouble.value)


def test_a_proxys_password_shows_nowhere() -> None:
    assert "s3cret" not in repr(Proxies("http://ann:s3cret@p:1"))
    assert "s3cret" not in repr(Network("http://ann:s3cret@p:1"))
