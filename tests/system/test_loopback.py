import asyncio
import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from rcdesk.core.errors import BadInput, SignInFailed, StorageTrouble
from rcdesk.system.loopback import LoopbackRedirect

PATH = "/oauth2callback"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.fixture
def port() -> int:
    return free_port()


async def visit(url: str, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as browser:
        return await browser.get(url, headers=headers)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_the_query_comes_back_and_the_browser_gets_a_page(host: str, port: int) -> None:
    async with LoopbackRedirect(f"http://{host}:{port}{PATH}") as redirect:
        waiting = asyncio.create_task(redirect.wait(10))
        page = await visit(f"http://{host}:{port}{PATH}?code=a%2Fb&state=s")
        assert await waiting == "code=a%2Fb&state=s"
    assert page.status_code == 200
    assert "You can close this tab" in page.text
    assert "a%2Fb" not in page.text
    assert page.headers["Cache-Control"] == "no-store"


async def test_a_denied_consent_is_a_redirect_too(port: int) -> None:
    async with LoopbackRedirect(f"http://127.0.0.1:{port}{PATH}") as redirect:
        page = await visit(f"http://127.0.0.1:{port}{PATH}?error=access_denied&state=s")
        assert await redirect.wait(10) == "error=access_denied&state=s"
    assert "did not finish" in page.text


@pytest.mark.parametrize("path", ["/", "/favicon.ico", f"{PATH}/", f"{PATH}x", "/OAUTH2CALLBACK"])
async def test_any_other_path_is_404(port: int, path: str) -> None:
    async with LoopbackRedirect(f"http://127.0.0.1:{port}{PATH}") as redirect:
        assert (await visit(f"http://127.0.0.1:{port}{path}?code=x")).status_code == 404
        with pytest.raises(SignInFailed, match="did not come back"):
            await redirect.wait(0.01)


async def test_only_the_first_visit_counts(port: int) -> None:
    url = f"http://127.0.0.1:{port}{PATH}"
    async with LoopbackRedirect(url) as redirect:
        await visit(f"{url}?code=first")
        assert (await visit(f"{url}?code=second")).status_code == 200
        assert await redirect.wait(10) == "code=first"


async def test_a_guessing_web_page_cannot_end_the_wait(port: int) -> None:
    url = f"http://127.0.0.1:{port}{PATH}"
    async with LoopbackRedirect(url, state="right") as redirect:
        assert (await visit(f"{url}?code=evil&state=wrong")).status_code == 404
        assert (await visit(f"{url}?code=evil")).status_code == 404
        await visit(f"{url}?code=good&state=right")
        assert await redirect.wait(10) == "code=good&state=right"


async def test_another_name_for_this_computer_is_turned_away(port: int) -> None:
    url = f"http://127.0.0.1:{port}{PATH}"
    async with LoopbackRedirect(url):
        assert (await visit(f"{url}?code=x", Host="evil.example")).status_code == 404
        assert (await visit(f"{url}?code=x", Host="[::broken")).status_code == 404


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"POST /oauth2callback?code=x HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /oauth2callback?code=x HTTP/1.1\r\n\r\n",
        b"GET /oauth2callback?code=x\r\n\r\n",
        b"GET http://localhost/oauth2callback?code=x HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /oauth2callback?code=" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /oauth2callback?code=x HTTP/1.1\r\nHost: localhost",
    ],
)
async def test_what_is_no_redirect_is_refused(port: int, request_bytes: bytes) -> None:
    async with LoopbackRedirect(f"http://127.0.0.1:{port}{PATH}") as redirect:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with contextlib.suppress(ConnectionError):
            writer.write(request_bytes)
            writer.write_eof()
            assert b" 200 " not in await asyncio.wait_for(reader.read(), 10)
        writer.close()
        with pytest.raises(SignInFailed):
            await redirect.wait(0.01)


async def test_a_port_in_use_is_named(port: int) -> None:
    redirect = LoopbackRedirect(f"http://localhost:{port}{PATH}")
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(StorageTrouble, match=f"Port {port}.* in use"),
    ):
        await redirect.__aenter__()


async def test_the_port_is_free_afterwards(port: int) -> None:
    for _ in range(2):
        async with LoopbackRedirect(f"http://localhost:{port}{PATH}"):
            pass


@pytest.mark.parametrize(
    "uri",
    [
        "https://localhost:1/x",
        "http://192.168.1.5:8080/x",
        "http://localhost.example.com:1/x",
        "http://localhost@example.com:1/x",
        "http://user@localhost:1/x",
        "http://0.0.0.0:1/x",
        "rcdesk://callback",
        "http://[broken",
        "http://localhost:99999/x",
        "",
    ],
)
async def test_only_this_computer_is_listened_on(uri: str) -> None:
    with pytest.raises(BadInput, match="not on this computer"):
        LoopbackRedirect(uri)


OPEN = """
import asyncio, sys
from rcdesk.system.loopback import open_browser
asyncio.run(open_browser("https://example.com/authorize?a=1&b=2"))
"""


def run_browser(
    tmp_path: Path, script: str, name: str = "browser"
) -> subprocess.CompletedProcess[str]:
    program = tmp_path / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    # An empty search path: no browser of this machine is found.
    environ = {"BROWSER": str(program), "PATH": str(tmp_path), "HOME": str(tmp_path)}
    return subprocess.run(
        [sys.executable, "-c", OPEN],
        env=environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.skipif(os.name != "posix", reason="the browser here is a shell script")
def test_the_browser_gets_the_address_as_it_is(tmp_path: Path) -> None:
    done = run_browser(tmp_path, f'echo "$1" > {tmp_path}/address')
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "address").read_text() == "https://example.com/authorize?a=1&b=2\n"


@pytest.mark.skipif(os.name != "posix", reason="the browser here is a shell script")
@pytest.mark.parametrize(("script", "name"), [("exit 1", "browser"), ("exit 0", "w3m")])
def test_no_usable_browser_is_one_sentence(tmp_path: Path, script: str, name: str) -> None:
    done = run_browser(tmp_path, script, name)
    assert "No web browser could be started" in done.stderr
