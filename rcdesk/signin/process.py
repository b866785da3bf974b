"""Runs the sign-in window as a child process; no Qt."""

import asyncio
import contextlib
import logging
from typing import Literal

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
) -> SignInAnswer:
    """Show `url` until it leads to `redirect_uri`, the user gives up or `timeout_s` passed.

    Never raises for what goes wrong with the window: that is an answer. The window is gone
    when this returns or is cancelled, and it goes by itself when this process dies.
    """
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
            answer = await _converse(window, SignInTask(url, redirect_uri, theme))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(window.wait(), _EXIT_TIMEOUT_S)
            return answer
    except TimeoutError:
        sentence = "Nobody signed in for too long, so the sign-in window was closed; try again."
        return SignInAnswer(AnswerKind.FAILED, sentence=sentence)
    finally:
        if window.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                window.kill()
            await window.wait()


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
