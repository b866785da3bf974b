import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from rcdesk.signin.messages import AnswerKind
from rcdesk.signin.process import run_signin_window
from tests.signin.identity_provider import IdentityProvider, serving

TIMEOUT_S = 40
FILL_IN = """<script>onload = () => {
  document.querySelector('[name=password]').value = '%s';
  document.querySelector('button').click();
}</script>"""


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    server = IdentityProvider()
    with serving(server):
        yield server


@pytest.fixture
def elsewhere() -> Iterator[IdentityProvider]:
    server = IdentityProvider()
    with serving(server):
        yield server


def files_naming_the_server(folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if b"127.0.0.1" in path.read_bytes()]


def windows_of_this_process() -> list[int]:
    found = subprocess.run(
        ["pgrep", "-P", str(os.getpid()), "-f", "rcdesk.signin"],
        capture_output=True,
        text=True,
        check=False,
    )
    return [int(pid) for pid in found.stdout.split()]


async def test_signing_in_ends_at_the_redirect_and_the_code_goes_nowhere(
    provider: IdentityProvider, tmp_path: Path
) -> None:
    provider.page += FILL_IN % "open sesame"
    answer = await run_signin_window(provider.url, provider.redirect_uri, "dark", TIMEOUT_S)
    assert answer.kind is AnswerKind.REDIRECT
    assert answer.query == "code=C%2FO+DE&state=s"
    assert "POST /login" in provider.seen
    assert not [line for line in provider.seen if "oauth2callback" in line]
    assert "code" not in repr(answer)
    assert not files_naming_the_server(tmp_path)


@pytest.mark.parametrize(
    "near_miss", ["/oauth2callbackX", "/oauth2callback/", "/x/oauth2callback", "/OAuth2Callback"]
)
async def test_almost_the_redirect_uri_is_not_taken(
    provider: IdentityProvider, near_miss: str
) -> None:
    provider.page = (
        f"<script>fetch('{near_miss}?code=1').then(() => "
        f"location.href = '/go?to={provider.origin}{near_miss}%3Fcode=1')</script>"
    )
    answer = await run_signin_window(provider.url, provider.redirect_uri, timeout_s=3)
    assert answer.kind is AnswerKind.FAILED
    assert "too long" in answer.sentence
    assert provider.seen.count(f"GET {near_miss}?code=1") == 2


async def test_the_redirect_to_another_port_is_not_taken(
    provider: IdentityProvider, elsewhere: IdentityProvider
) -> None:
    provider.page = f"<script>location.href = '{elsewhere.redirect_uri}?code=1'</script>"
    answer = await run_signin_window(provider.url, provider.redirect_uri, timeout_s=3)
    assert answer.kind is AnswerKind.FAILED
    assert "GET /oauth2callback?code=1" in elsewhere.seen


async def test_a_frame_in_the_page_cannot_end_the_sign_in(provider: IdentityProvider) -> None:
    provider.page = f"<iframe src='{provider.redirect_uri}?code=evil'></iframe>"
    answer = await run_signin_window(provider.url, provider.redirect_uri, timeout_s=3)
    assert answer.kind is AnswerKind.FAILED
    assert not [line for line in provider.seen if "oauth2callback" in line]


@pytest.mark.parametrize(("theme", "dark"), [("dark", "true"), ("light", "false")])
async def test_the_page_sees_the_theme(
    provider: IdentityProvider, theme: Literal["light", "dark"], dark: str
) -> None:
    provider.page = (
        "<script>location.href = '/go?to=' + encodeURIComponent("
        f"'{provider.redirect_uri}?dark=' + matchMedia('(prefers-color-scheme: dark)').matches"
        ")</script>"
    )
    answer = await run_signin_window(provider.url, provider.redirect_uri, theme, TIMEOUT_S)
    assert answer.query == f"dark={dark}"


async def test_cancelling_ends_the_window(provider: IdentityProvider) -> None:
    signing_in = asyncio.create_task(
        run_signin_window(provider.url, provider.redirect_uri, timeout_s=TIMEOUT_S)
    )
    async with asyncio.timeout(TIMEOUT_S):
        while not provider.seen:  # noqa: ASYNC110 - the server runs in another thread
            await asyncio.sleep(0.02)
    signing_in.cancel()
    with pytest.raises(asyncio.CancelledError):
        await signing_in
    assert windows_of_this_process() == []


def start_window(url: str, redirect_uri: str) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-m", "rcdesk.signin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    )
    assert process.stdin
    process.stdin.write(json.dumps({"url": url, "redirect_uri": redirect_uri}) + "\n")
    process.stdin.flush()
    return process


def test_the_window_goes_when_its_parent_dies(provider: IdentityProvider) -> None:
    with start_window(provider.url, provider.redirect_uri) as window:
        assert window.stdin
        assert window.stdout
        window.stdin.close()
        assert window.wait(TIMEOUT_S) == 0
        assert window.stdout.read() == ""


@pytest.mark.skipif(os.name != "posix", reason="kill is for Unix")
async def test_a_window_that_crashes_is_one_sentence(provider: IdentityProvider) -> None:
    signing_in = asyncio.create_task(
        run_signin_window(provider.url, provider.redirect_uri, timeout_s=TIMEOUT_S)
    )
    async with asyncio.timeout(TIMEOUT_S):
        while not provider.seen:  # noqa: ASYNC110 - the server runs in another thread
            await asyncio.sleep(0.02)
    (window,) = windows_of_this_process()
    os.kill(window, signal.SIGKILL)
    answer = await signing_in
    assert answer.kind is AnswerKind.FAILED
    assert "ended unexpectedly" in answer.sentence


@pytest.mark.parametrize("line", ["", "\n", "null\n", "[]\n", '{"url": 5}\n', "x" * 100_000])
def test_an_unreadable_task_is_an_answer(line: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rcdesk.signin"],
        input=line,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        check=True,
        timeout=TIMEOUT_S,
    )
    assert "cannot read" in json.loads(done.stdout)["error"]


def test_without_webengine_the_browser_is_the_answer(tmp_path: Path) -> None:
    hidden = tmp_path / "PySide6"
    hidden.mkdir()
    (hidden / "__init__.py").touch()
    done = subprocess.run(
        [sys.executable, "-m", "rcdesk.signin"],
        input='{"url": "http://127.0.0.1/", "redirect_uri": "http://127.0.0.1/x"}\n',
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])},
        check=True,
        timeout=TIMEOUT_S,
    )
    assert json.loads(done.stdout) == {"use_browser": True}


def test_neither_side_imports_more_than_it_needs() -> None:
    code = "import sys, rcdesk.signin.process as p; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not [name for name in loaded if name.startswith(("PySide6", "shiboken6"))]
    code = "import sys, rcdesk.signin.window; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    ours = {name for name in loaded if name.startswith("rcdesk.")}
    assert all(name.startswith("rcdesk.signin") for name in ours)
