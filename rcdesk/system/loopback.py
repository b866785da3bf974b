"""Signing in with the user's own browser: RFC 8252 section 7.3, the loopback redirect."""

import asyncio
import contextlib
import errno
import http
import logging
import webbrowser
from pathlib import PurePath
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

from rcdesk.core.errors import BadInput, RcdeskError, SignInAbandoned, StorageTrouble
from rcdesk.system.workthread import WorkThread

log = logging.getLogger(__name__)

_ADDRESSES = {
    "127.0.0.1": ("127.0.0.1",),
    "::1": ("::1",),
    # Browsers try either first.
    "localhost": ("127.0.0.1", "::1"),
}
_MAX_HEAD = 16 * 1024
_READ_TIMEOUT_S = 10.0
_START_TIMEOUT_S = 5.0
_TEXT_BROWSERS = frozenset({"www-browser", "links", "elinks", "lynx", "w3m"})

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body {{ font: 17px/1.5 system-ui, sans-serif; display: grid; place-items: center; height: 90vh }}
main {{ text-align: center; max-width: 26em; padding: 2em }} h1 {{ font-size: 1.4em }}
</style>
<main><h1>{title}</h1><p>{text}</p></main></html>
"""


class NoBrowser(RcdeskError):
    """No browser could be started."""


class LoopbackRedirect:
    """Waits at the redirect URI for the browser to come back; use with `async with`.

    Args:
        redirect_uri: `http` on localhost, 127.0.0.1 or ::1, with the port to listen on.
        state: what the redirect must carry; any other visit is turned away, so that a web
            page which guesses the address cannot end the wait. Empty accepts every visit.

    Raises:
        BadInput: the redirect URI is not a loopback address.
        StorageTrouble: on entry, when the port cannot be listened on.
    """

    def __init__(self, redirect_uri: str, *, state: str = "") -> None:
        try:
            parts = urlsplit(redirect_uri)
            port = parts.port or 80
        except ValueError:
            parts, port = urlsplit(""), 0
        if parts.scheme != "http" or parts.hostname not in _ADDRESSES or "@" in parts.netloc:
            raise BadInput(
                f"The redirect URI {redirect_uri} is not on this computer; to sign in with your "
                "browser it must begin with http://localhost: or http://127.0.0.1:."
            )
        self._addresses = _ADDRESSES[parts.hostname]
        self._port = port
        self._path = parts.path or "/"
        self._state = state
        self._servers: list[asyncio.Server] = []
        self._query: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def __aenter__(self) -> "LoopbackRedirect":
        """Listen."""
        for address in self._addresses:
            try:
                server = await asyncio.start_server(
                    self._serve, address, self._port, limit=_MAX_HEAD
                )
            except OSError as error:
                # Many machines have no IPv6; localhost needs one of the two.
                if error.errno == errno.EADDRNOTAVAIL and len(self._addresses) > 1:
                    continue
                self._close()
                raise StorageTrouble(self._sentence(error)) from error
            self._servers.append(server)
        if not self._servers:
            raise StorageTrouble("This computer has no loopback network; use the sign-in window.")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the port back."""
        self._close()

    async def wait(self, timeout_s: float) -> str:
        """The query of the redirect, percent-encoded, once the browser has its answer page.

        Raises:
            SignInAbandoned: the browser did not come back in time.
        """
        try:
            async with asyncio.timeout(timeout_s):
                return await asyncio.shield(self._query)
        except TimeoutError:
            raise SignInAbandoned(
                "The browser did not come back from signing in; try again."
            ) from None

    def _close(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()

    def _sentence(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            return (
                f"Port {self._port}, where the browser comes back to, is in use by another "
                "program; end that program, or sign in with the sign-in window."
            )
        return (
            f"rcdesk cannot listen on port {self._port}, where the browser comes back to "
            f"({error.strerror or error}); sign in with the sign-in window."
        )

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        query: str | None = None
        with contextlib.closing(writer), contextlib.suppress(OSError):
            try:
                async with asyncio.timeout(_READ_TIMEOUT_S):
                    head = await reader.readuntil(b"\r\n\r\n")
            except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                writer.write(_response(http.HTTPStatus.BAD_REQUEST, "Bad request", ""))
                return
            query = self._match(head)
            if query is None:
                writer.write(_response(http.HTTPStatus.NOT_FOUND, "Nothing here", ""))
            elif "error" in parse_qs(query):
                writer.write(_response(http.HTTPStatus.OK, "Sign-in did not finish", _RETURN))
            else:
                writer.write(_response(http.HTTPStatus.OK, "You can close this tab", _DONE))
            await writer.drain()
        # Only now: whoever waits may end the process.
        if query is not None and not self._query.done():
            self._query.set_result(query)

    def _match(self, head: bytes) -> str | None:
        """The query where `head` asks for the redirect URI, else None."""
        request_line, *fields = head.decode("latin-1").split("\r\n")
        method, _, rest = request_line.partition(" ")
        target, _, version = rest.partition(" ")
        path, _, query = target.partition("?")
        if method != "GET" or not version.startswith("HTTP/1.") or path != self._path:
            return None
        # Another name that points here (DNS rebinding) is a web page's doing, not a redirect.
        hosts = [value.strip() for name, _, value in _split_fields(fields) if name == "host"]
        if len(hosts) != 1 or _host_of(hosts[0]) not in _ADDRESSES:
            return None
        if self._state and parse_qs(query).get("state") != [self._state]:
            log.warning("Turned a visit to the redirect address away: wrong state")
            return None
        return query


async def open_browser(url: str) -> None:
    """Show `url` in the user's browser; returns as soon as that is under way.

    Raises:
        NoBrowser: none could be started.
    """
    started = WorkThread("browser").submit(lambda: _open_browser(url))
    try:
        async with asyncio.timeout(_START_TIMEOUT_S):
            opened = await asyncio.wrap_future(started)
    except TimeoutError:
        # A command in $BROWSER that stays until the browser is closed.
        return
    if not opened:
        raise NoBrowser(
            "No web browser could be started; set the BROWSER variable, or use the sign-in window."
        )


def _open_browser(url: str) -> bool:
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return False
    # They would take over the terminal, and RingCentral's page needs scripts.
    if PurePath(str(getattr(browser, "name", ""))).name in _TEXT_BROWSERS:
        return False
    return browser.open(url)


_RETURN = "Close this tab and return to rcdesk to see what happened."
_DONE = "rcdesk has what it needs from your browser."


def _response(status: http.HTTPStatus, title: str, text: str) -> bytes:
    body = _PAGE.format(title=title, text=text).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n"
        "Cache-Control: no-store\r\n"
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n"
        "Referrer-Policy: no-referrer\r\n"
        "X-Content-Type-Options: nosniff\r\n\r\n"
    )
    return head.encode() + body


def _split_fields(lines: list[str]) -> list[tuple[str, str, str]]:
    parts = (line.partition(":") for line in lines)
    return [(name.lower(), colon, value) for name, colon, value in parts]


def _host_of(authority: str) -> str | None:
    try:
        return urlsplit(f"//{authority}").hostname
    except ValueError:
        return None
