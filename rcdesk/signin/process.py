"""Runs the sign-in window as a child process; no Qt."""

import asyncio
import contextlib
import logging
from typing import Literal
from urllib.parse import urlsplit

from rcdesk.ringcentral.platform import Network
from rcdesk.ringcentral.proxies import Proxies, ProxyTrouble
from rcdesk.signin.messages import (
    ENDED_EARLY,
    MAX_LINE,
    AnswerKind,
    SignInAnswer,
    SignInTask,
)
from rcdesk.system.children import child_environment, module_command

log = logging.getLogger(__name__)

DEFAULT_TIMEOUT_S = 600.0
_EXIT_TIMEOUT_S = 5.0


async def run_signin_window(
    url: str,
    redirect_uri: str,
    theme: Literal["system", "light", "dark"] = "system",
    timeout_s: float = DEFAULT_TIMEOUT_S,
    *,
    network: Network | None = None,
) -> SignInAnswer:
    """Show `url` until it leads to `redirect_uri`, the user gives up or `timeout_s` passed.

    `network` is the way to RingCentral, which the window takes too; where it cannot, the
    answer is the browser. Never raises for what goes wrong with the window: that is an answer.
    The window is gone when this returns or is cancelled, and it goes by itself when this
    process dies.
    """
    network = network or Network()
    try:
        known_proxy = Proxies(network.proxy).for_url(url) or ""
    except ProxyTrouble as trouble:
        return SignInAnswer(AnswerKind.FAILED, sentence=str(trouble))
    if not _can_use(network.proxy):
        log.info("The sign-in window cannot use the proxy of the settings: the browser is used")
        return SignInAnswer(AnswerKind.USE_BROWSER)
    task = SignInTask(url, redirect_uri, theme, network.proxy, known_proxy, network.ca_file)
    try:
        window = await asyncio.create_subprocess_exec(
            *module_command("rcdesk.signin"),
            env=child_environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # Chromium writes the addresses that it visits there, codes included.
            stderr=asyncio.subprocess.DEVNULL,
            limit=MAX_LINE,
        )
    except OSError as error:
        sentence = f"The sign-in window cannot be started ({error.strerror or error})."
        return SignInAnswer(AnswerKind.FAILED, sentence=sentence)
    try:
        async with asyncio.timeout(timeout_s):
            answer = await _converse(window, task)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_EXIT_TIMEOUT_S):
                    await window.wait()
            return answer
    except TimeoutError:
        sentence = "Nobody signed in for too long, so the sign-in window was closed; try again."
        return SignInAnswer(AnswerKind.FAILED, sentence=sentence)
    finally:
        if window.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                window.kill()
            await window.wait()


def _can_use(proxy: str) -> bool:
    """WebEngine knows no proxies behind TLS by this way, and no passwords of SOCKS proxies."""
    parts = urlsplit(proxy)
    is_socks = parts.scheme.startswith("socks")
    return parts.scheme != "https" and not (is_socks and parts.username is not None)


async def _converse(window: asyncio.subprocess.Process, task: SignInTask) -> SignInAnswer:
    if window.stdin is None or window.stdout is None:
        raise RuntimeError("the window was started without pipes")
    # The pipe stays open: its end tells the window that this process has died.
    with contextlib.suppress(ConnectionError):
        window.stdin.write(task.to_line())
        await window.stdin.drain()
    try:
        line = await window.stdout.readline()
    except ValueError:
        line = b""
    window.stdin.close()
    if line:
        return SignInAnswer.from_line(line)
    log.warning("The sign-in window ended without an answer (code %s)", await window.wait())
    return SignInAnswer(AnswerKind.FAILED, sentence=ENDED_EARLY)
