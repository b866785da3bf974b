"""A small authorize server of real HTTP, which writes down all that reaches it."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

FORM = """<!doctype html><title>Sign in</title>
<meta name="color-scheme" content="light dark">
<style>body{font:16px sans-serif;margin:3em}input,button{display:block;margin:1em 0;padding:.6em}
</style><h1>RingCentral</h1><form method="post" action="/login">
<input name="user" value="alice"><input name="password" type="password"><button>Sign in</button>
</form>"""


class IdentityProvider(ThreadingHTTPServer):
    """Signs in whoever posts the password `open sesame`, by redirect to `redirect_uri`."""

    daemon_threads = True

    def __init__(self, page: str = FORM, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.page, self.status = page, status
        self.scheme = "http"
        self.redirect_uri = f"{self.origin}/oauth2callback"
        self.seen: list[str] = []
        self.challenge = ""
        self.headers_seen: list[dict[str, str]] = []

    @property
    def origin(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.origin}/authorize?client_id=x&state=s"


class _Handler(BaseHTTPRequestHandler):
    server: IdentityProvider

    def do_GET(self) -> None:
        self._note()
        path = urlsplit(self.path).path
        if path == "/authorize":
            self._answer(self.server.status, self.server.page)
        elif path == "/go":
            to = parse_qs(urlsplit(self.path).query)["to"][0]
            self._redirect(to)
        elif path == "/popup":
            self._answer(200, "<title>popup</title>popup page")
        else:
            self._answer(404, "<h1>nothing here</h1>")

    def do_POST(self) -> None:
        self._note()
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if parse_qs(body).get("password") == ["open sesame"]:
            self._redirect(f"{self.server.redirect_uri}?code=C%2FO+DE&state=s")
        else:
            self._answer(401, FORM + "<p>Wrong password</p>")

    def _note(self) -> None:
        self.server.seen.append(f"{self.command} {self.path}")
        self.server.headers_seen.append(dict(self.headers))

    def _redirect(self, to: str) -> None:
        self.send_response(302)
        self.send_header("Location", to)
        self.end_headers()

    def _answer(self, status: int, page: str) -> None:
        body = page.encode()
        self.send_response(status)
        if self.server.challenge:
            self.send_header("WWW-Authenticate", self.server.challenge)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(server: IdentityProvider, certificate: Path | None = None) -> Iterator[None]:
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        server.scheme = "https"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
