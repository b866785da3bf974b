"""Which proxy leads to which server: one answer for HTTP and for live events."""

import importlib.util
import socket
import ssl
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, cast
from urllib.parse import urlsplit

import httpx
from websockets.exceptions import InvalidProxyStatus, ProxyError

from rcdesk.core.proxy_addresses import has_raw_credentials
from rcdesk.ringcentral.registration import is_loopback

DIRECT = "direct"
_AUTHENTICATION_REQUIRED = 407
# What GNOME writes into ALL_PROXY for SOCKS.
_SCHEMES: Mapping[str, str] = {"socks": "socks5h"}
_SOCKS_LIBRARIES = ("socksio", "python_socks")


class ProxyTrouble(ConnectionError):
    """A proxy is in the way; `str()` says which and what to do."""


@dataclass(frozen=True, slots=True)
class Proxies:
    """The proxies to use; this computer itself is always reached without.

    The system's are asked for each time: a laptop moves between networks. On Linux they are
    those of the environment (HTTPS_PROXY, ALL_PROXY, NO_PROXY), on Windows and macOS those of
    the system's settings where the environment names none; a script for automatic
    configuration (PAC) is not run.

    Attributes:
        setting: a proxy's URL for everything, `direct` for none, empty for the system's.
    """

    setting: str = field(default="", repr=False)

    def for_url(self, url: str) -> str | None:
        """The proxy on the way to `url`; None for the direct way.

        Raises:
            ProxyTrouble: it cannot be used.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self.setting == DIRECT or is_loopback(host):
            return None
        proxy = self.setting or _system_proxy(host, parts.port or 443)
        return _checked(proxy) if proxy else None


class ProxiedTransport(httpx.AsyncBaseTransport):
    """Sends each request the way that `proxies` says now."""

    def __init__(self, proxies: Proxies, tls: ssl.SSLContext) -> None:
        self._proxies = proxies
        self._tls = tls
        self._ways: dict[str | None, _Way] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx; raises ProxyTrouble besides."""
        proxy = self._proxies.for_url(str(request.url))
        way = self._ways.get(proxy)
        if way is None:
            tls = self._tls if proxy and proxy.startswith("https:") else None
            way = self._ways[proxy] = _Way(
                httpx.AsyncHTTPTransport(
                    verify=self._tls, proxy=httpx.Proxy(proxy, ssl_context=tls) if proxy else None
                )
            )
        with naming(proxy):
            return await way.handle_async_request(request)

    async def renew(self, *, are_dead: bool) -> None:
        """Use new connections from now on.

        Those that slept, or were made in another network, are dead without a sign of it: a
        request on one of them would wait for the whole of its timeout. With `are_dead` what
        is under way on them fails now; otherwise it may end, for it may have been heard.
        """
        ways, self._ways = self._ways, {}
        for way in ways.values():
            await (way.aclose() if are_dead else way.retire())

    async def aclose(self) -> None:
        """Close the connections of every way."""
        for way in self._ways.values():
            await way.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        await self.aclose()


class _Way(httpx.AsyncBaseTransport):
    """Connections that are closed once nobody uses them any more, if they are to be."""

    def __init__(self, transport: httpx.AsyncHTTPTransport) -> None:
        self._transport = transport
        self._uses = 0
        self._is_retired = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._uses += 1
        try:
            response = await self._transport.handle_async_request(request)
        except BaseException:
            await self._leave()
            raise
        stream = cast("httpx.AsyncByteStream", response.stream)
        response.stream = _Watched(stream, self._leave)
        return response

    async def retire(self) -> None:
        """Close when the last response has been read."""
        self._is_retired = True
        if not self._uses:
            await self.aclose()

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def _leave(self) -> None:
        self._uses -= 1
        if self._is_retired and not self._uses:
            await self.aclose()


class _Watched(httpx.AsyncByteStream):
    def __init__(
        self, stream: httpx.AsyncByteStream, closed: Callable[[], Awaitable[None]]
    ) -> None:
        self._stream = stream
        self._closed = closed

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._stream.__aiter__()

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            await self._closed()


@contextmanager
def naming(proxy: str | None) -> Iterator[None]:
    """Make ProxyTrouble of what fails on the way to `proxy`, or there.

    What fails behind it, such as the server's certificate, is not the proxy's doing.
    """
    try:
        yield
    except (httpx.ProxyError, ProxyError) as fault:
        raise ProxyTrouble(_refusal(fault, proxy)) from fault
    except (httpx.ConnectError, OSError) as fault:
        if proxy is None or isinstance(fault, TimeoutError) or _has_met(fault, ssl.SSLError):
            raise
        how = "cannot be found" if _has_met(fault, socket.gaierror) else "cannot be reached"
        raise ProxyTrouble(
            f"The proxy {_name(proxy)} {how}: check the proxy settings and the network connection."
        ) from fault


def _refusal(fault: Exception, proxy: str | None) -> str:
    status = _status(fault)
    if status == _AUTHENTICATION_REQUIRED:
        return (
            f"The proxy {_name(proxy)} wants a user name and password: give them in the setting "
            "proxy, as http://name:password@host:port."
        )
    said = f" (HTTP {status})" if status else ""
    return (
        f"The proxy {_name(proxy)} refused the connection{said}: ask your administrator to let "
        "it through to RingCentral."
    )


def _status(fault: Exception) -> int:
    """0 where the proxy did not answer in HTTP."""
    if isinstance(fault, InvalidProxyStatus):
        return fault.response.status_code
    number = str(fault).partition(" ")[0]
    return int(number) if isinstance(fault, httpx.ProxyError) and number.isdecimal() else 0


def _system_proxy(host: str, port: int) -> str:
    if urllib.request.proxy_bypass(f"{host}:{port}") or urllib.request.proxy_bypass(host):
        return ""
    proxies = urllib.request.getproxies()
    # Both schemes that lead beyond this computer are TLS; `socks` is the systems' spelling.
    for kind in ("https", "all"):
        if proxies.get(kind):
            return proxies[kind]
    return proxies.get("socks", "").replace("http://", "socks5h://")


def _checked(given: str) -> str:
    """`given` as both libraries take it."""
    proxy = given if "://" in given else f"http://{given}"
    scheme, _, rest = proxy.partition("://")
    scheme = _SCHEMES.get(scheme.lower(), scheme.lower())
    if has_raw_credentials(proxy):
        raise ProxyTrouble(
            "The proxy's user name or password in the settings or in HTTPS_PROXY has a /, ? or #: "
            "write %2F, %3F and %23 for them."
        )
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        is_usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_usable = False
    if not is_usable or scheme not in ("http", "https", "socks5", "socks5h"):
        raise ProxyTrouble(
            "The proxy in the settings or in HTTPS_PROXY is not an address: "
            "write it as http://host:port."
        )
    # httpx takes no path, websockets no user without a password.
    user, at, _ = parts.netloc.rpartition("@")
    netloc = parts.netloc if not at or ":" in user else f"{user}:@{parts.netloc[len(user) + 1 :]}"
    if scheme.startswith("socks") and not all(map(importlib.util.find_spec, _SOCKS_LIBRARIES)):
        raise ProxyTrouble(
            f"The proxy {_name(proxy)} is a SOCKS proxy, which needs the Python packages socksio "
            "and python-socks: install them, or set an HTTP proxy."
        )
    return f"{scheme}://{netloc}"


def _name(proxy: str | None) -> str:
    """Host and port, never the password."""
    return urlsplit(proxy or "").netloc.rpartition("@")[2]


def _has_met(fault: BaseException | None, kind: type[BaseException]) -> bool:
    while fault is not None:
        if isinstance(fault, kind):
            return True
        fault = fault.__cause__ or fault.__context__
    return False
