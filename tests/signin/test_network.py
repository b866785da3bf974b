"""The window on a network where RingCentral is behind a proxy, or vouched for by a company."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rcdesk.ringcentral.platform import Network
from rcdesk.signin.messages import AnswerKind, SignInAnswer, SignInTask
from rcdesk.signin.process import run_signin_window
from tests.ringcentral.authority import Authority
from tests.ringcentral.connect_proxy import ConnectProxy
from tests.signin.identity_provider import IdentityProvider, serving
from tests.signin.test_window import drive

# Behind the proxy only: no name server knows it.
HOST = "platform.rcdesk.test"
TIMEOUT_S = 40
LOGIN = "ann:s3cret"
SIGNED_IN = "code=C%2FO+DE&state=s"
FILL_IN = """<script>onload = () => {
  document.querySelector('[name=password]').value = 'open sesame';
  document.querySelector('button').click();
}</script>"""


class AskingProxy(ConnectProxy):
    """Says how it wants to be told the password, as browsers demand."""

    def _refusal(self, method: str, fields: list[str]) -> str:
        refusal = super()._refusal(method, fields)
        challenge = '\r\nProxy-Authenticate: Basic realm="work"'
        return refusal + challenge if refusal.startswith("407") else refusal


@contextmanager
def proxy_in_a_thread(proxy: ConnectProxy) -> Iterator[ConnectProxy]:
    """Serve while the test waits for a window."""
    loop = asyncio.new_event_loop()
    stop, started = asyncio.Event(), threading.Event()

    async def serve() -> None:
        async with proxy.listening():
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert started.wait(TIMEOUT_S)
    try:
        yield proxy
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(TIMEOUT_S)
        loop.close()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def provider(authority: Authority) -> Iterator[IdentityProvider]:
    server = IdentityProvider()
    server.page += FILL_IN
    with serving(server, authority.issue(HOST)):
        yield server


@pytest.fixture
def proxy(provider: IdentityProvider) -> Iterator[ConnectProxy]:
    port = provider.server_address[1]
    with proxy_in_a_thread(AskingProxy(("127.0.0.1", port))) as proxy:
        yield proxy


async def signed_in(provider: IdentityProvider, network: Network) -> SignInAnswer:
    url = f"https://{HOST}/authorize?client_id=x"
    return await run_signin_window(url, provider.redirect_uri, timeout_s=TIMEOUT_S, network=network)


@pytest.mark.parametrize("login", ["", LOGIN])
@pytest.mark.parametrize("given", ["setting", "HTTPS_PROXY"])
async def test_the_window_goes_through_the_proxy(
    *,
    provider: IdentityProvider,
    proxy: ConnectProxy,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    given: str,
    login: str,
) -> None:
    proxy.credentials = login
    url = f"http://{login}@127.0.0.1:{proxy.port}" if login else proxy.url
    if given != "setting":
        monkeypatch.setenv(given, url)
    setting = url if given == "setting" else ""
    answer = await signed_in(provider, Network(setting, str(authority.ca_file)))
    assert (answer.kind, answer.query) == (AnswerKind.REDIRECT, SIGNED_IN)
    assert f"{HOST}:443" in proxy.tunnels


async def test_a_name_with_odd_letters_reaches_the_proxy_whole(
    provider: IdentityProvider, proxy: ConnectProxy, authority: Authority
) -> None:
    proxy.credentials = "a@n:p%2f:w"
    setting = f"http://a%40n:p%252f%3Aw@127.0.0.1:{proxy.port}"
    answer = await signed_in(provider, Network(setting, str(authority.ca_file)))
    assert answer.query == SIGNED_IN


async def test_this_computer_is_reached_without_the_proxy() -> None:
    server = IdentityProvider()
    server.page += FILL_IN
    with serving(server):
        answer = await run_signin_window(
            server.url,
            server.redirect_uri,
            timeout_s=TIMEOUT_S,
            network=Network("http://127.0.0.1:1"),
        )
    assert answer.query == SIGNED_IN


async def test_direct_passes_the_proxy_of_the_environment_by(
    monkeypatch: pytest.MonkeyPatch, provider: IdentityProvider, proxy: ConnectProxy
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    url = f"https://{HOST}/authorize"
    report = drive("report", SignInTask(url, provider.redirect_uri, proxy="direct"))
    assert any(f"{HOST} could not be reached" in text for text in report["texts"])
    assert proxy.asked == []


@pytest.mark.parametrize(
    ("login", "credentials", "refuses", "said", "asked"),
    [
        ("", LOGIN, "", "The proxy 127.0.0.1 wants a user name and password: give them in", 1),
        ("ann:x@", LOGIN, "", "The proxy 127.0.0.1 does not take the name and password", 2),
        ("", "", "403 Forbidden", f"The proxy refused the connection to {HOST}", 1),
    ],
)
def test_a_proxy_that_refuses_is_one_sentence_and_not_asked_again(
    *,
    provider: IdentityProvider,
    proxy: ConnectProxy,
    login: str,
    credentials: str,
    refuses: str,
    said: str,
    asked: int,
) -> None:
    proxy.credentials, proxy.refuses = credentials, refuses
    setting = f"http://{login}127.0.0.1:{proxy.port}"
    url = f"https://{HOST}/authorize"
    report = drive("report", SignInTask(url, provider.redirect_uri, proxy=setting))
    assert [text for text in report["texts"] if text.startswith(said)]
    assert "Sign in with my browser" in report["buttons"]
    assert len(proxy.asked) == asked
    assert provider.seen == []


def test_a_proxy_that_is_down_is_told_rather_than_the_server(
    provider: IdentityProvider, unused_tcp_port: int
) -> None:
    setting = f"http://127.0.0.1:{unused_tcp_port}"
    url = f"https://{HOST}/authorize"
    report = drive("report", SignInTask(url, provider.redirect_uri, proxy=setting))
    said = f"The proxy on the way to {HOST} cannot be reached"
    assert any(text.startswith(said) for text in report["texts"])


@pytest.mark.parametrize(
    "setting", ["https://127.0.0.1:1", "socks5://ann:s3cret@127.0.0.1:1", "socks5h://ann@p:1"]
)
async def test_a_proxy_that_the_window_cannot_use_leads_to_the_browser(setting: str) -> None:
    answer = await run_signin_window(
        "http://127.0.0.1:9/", "http://127.0.0.1:9/x", network=Network(setting)
    )
    assert answer == SignInAnswer(AnswerKind.USE_BROWSER)


async def test_a_proxy_that_is_no_address_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "ftp://nowhere")
    answer = await run_signin_window(f"https://{HOST}/", "http://127.0.0.1:9/x")
    assert answer.kind is AnswerKind.FAILED
    assert "is not an address" in answer.sentence


@pytest.mark.parametrize("whose", ["", "other"])
def test_a_certificate_that_nobody_vouches_for_is_one_sentence_and_a_way_out(
    tmp_path: Path, whose: str
) -> None:
    (tmp_path / "other").mkdir()
    other = Authority(tmp_path / "other")
    server = IdentityProvider()
    with serving(server, Authority(tmp_path).issue("127.0.0.1")):
        ca_file = str(other.ca_file) if whose else ""
        task = SignInTask(server.url, server.redirect_uri, ca_file=ca_file)
        report = drive("report", task)
        (said,) = (text for text in report["texts"] if "could not prove" in text)
        assert ("the setting ca_file" in said) is bool(whose)
        assert said.endswith("or sign in with your own browser instead.")
        report = drive("Sign in with my browser", task)
    assert report["answer"] == {"use_browser": True}
    assert server.seen == []


def test_a_proxys_password_is_not_shown() -> None:
    task = SignInTask("u", "r", proxy=f"http://{LOGIN}@p", system_proxy=f"http://{LOGIN}@q")
    assert "s3cret" not in repr(task)
    assert SignInTask.from_line(task.to_line()) == task
