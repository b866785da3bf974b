"""`rcdesk demo --tour`: a scripted day, with a picture of each step.

Everything is done as a person would: by typing into the real windows on the X display, and by
calls that the simulator makes. Needs an X display with a window manager, and xdotool.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from rcdesk.cli.demo import Demo, end, running, start_app
from rcdesk.core.errors import BadInput, RcdeskError

_SHOWN_TIMEOUT_S = 30.0
_LOOK_EVERY_S = 0.1
_SETTLE_S = 0.7
"""Long enough for a page or a window to have painted what was just done."""

WELCOME, SIGNED_OUT, SIGN_IN = "Welcome", "Signed out", "Sign in"
CARD, STATISTICS = "Incoming call", "Statistics"


async def tour(output: Path, calls: int) -> int:
    """Play the day; prints the name of each picture as it is saved.

    Raises:
        BadInput: the display or xdotool is missing.
        RcdeskError: a window did not show.
    """
    if not os.environ.get("DISPLAY") or shutil.which("xdotool") is None:
        raise BadInput("The tour needs an X display and xdotool: run it as `make demo`.")
    async with running(calls) as demo:
        await _Guide(demo, output).play()
    return 0


class _Guide:
    """Drives one demo and takes its pictures."""

    def __init__(self, demo: Demo, output: Path) -> None:
        self._demo = demo
        self._output = output
        self._step = 0
        self._control = httpx.AsyncClient(base_url=demo.simulator["control"])

    async def play(self) -> None:
        async with self._control:
            await self._first_start()
            app = await start_app(self._demo.environment)
            try:
                await self._sign_in()
                await self._calls()
                await self._history()
                await self._dial()
            finally:
                await end(app)

    async def _first_start(self) -> None:
        unregistered = {**self._demo.environment, "RC_APP_CLIENT_ID": ""}
        app = await start_app(unregistered)
        try:
            await self._shown(WELCOME)
            await self._picture("welcome")
        finally:
            await end(app)

    async def _sign_in(self) -> None:
        await self._shown(SIGNED_OUT)
        await self._picture("signed-out")
        await self._keys("Return")
        await self._shown(SIGN_IN)
        await asyncio.sleep(3 * _SETTLE_S)
        await self._picture("sign-in-page")
        for text in ("username", "extension", "password"):
            await self._type(self._demo.simulator[text])
            await self._keys("Tab")
        await self._picture("sign-in-filled")
        await self._keys("Return")
        await asyncio.sleep(3 * _SETTLE_S)
        await self._picture("consent")
        await self._keys("Return")
        await self._gone(SIGN_IN)
        await asyncio.sleep(3 * _SETTLE_S)
        await self._picture("signed-in")

    async def _calls(self) -> None:
        ada = await self._call("+14155550123", "Ada Lovelace")
        await self._shown(CARD)
        await self._picture("incoming-call")
        await self._move(ada, "answer")
        await self._picture("connected")
        await self._move(ada, "hold")
        await self._picture("on-hold")
        missed = [
            await self._call("+442079460958", "Sir Bartholomew Featherstonehaugh-Cholmondeley"),
            await self._call("+12125550147", "", queue="Customer Support"),
            await self._call("+972501234567", "דנה לוי"),
        ]
        await self._picture("three-at-once")
        await self._move(missed[0], "hangup")
        await self._move(missed[1], "answer-elsewhere")
        await self._move(missed[2], "voicemail")
        await self._move(ada, "hangup")
        await asyncio.sleep(_SETTLE_S)
        await self._picture("missed")

    async def _history(self) -> None:
        await self._keys("ctrl+f")
        await self._type("lovelace")
        await self._picture("search")
        await self._keys("Down")
        await self._picture("details")
        await self._keys("ctrl+f")
        await self._keys("Escape")
        await self._keys("ctrl+shift+s")
        await self._shown(STATISTICS)
        await self._picture("statistics")
        await self._keys("Escape")
        await self._gone(STATISTICS)

    async def _dial(self) -> None:
        await self._rcdesk("open", "tel:+1-650-555-0177")
        await self._picture("number-understood")
        await self._keys("Return")
        await self._picture("ringout-first-leg")
        await self._picked_up()
        await self._picture("ringout-second-leg")
        await asyncio.sleep(5)
        await self._picture("ringout-connected")

    async def _call(self, number: str, name: str, queue: str | None = None) -> str:
        call: dict[str, Any] = {"direction": "Inbound", "from": number, "from_name": name}
        if queue:
            call["queue"] = queue
        answer = await self._control.post("calls", json=call)
        answer.raise_for_status()
        return str(answer.json()["session_id"])

    async def _move(self, session_id: str, action: str) -> None:
        (await self._control.post(f"calls/{session_id}/{action}")).raise_for_status()

    async def _picked_up(self) -> None:
        """Wait for the first leg's answer: theirs follows in a few seconds, too few to guess at."""
        for _ in range(int(_SHOWN_TIMEOUT_S / _LOOK_EVERY_S)):
            calls = (await self._control.get("calls")).json()["calls"]
            if any(call["telephony_status"] == "CallConnected" for call in calls):
                return
            await asyncio.sleep(_LOOK_EVERY_S)
        raise RcdeskError("The phone that RingOut rings first did not answer in time.")

    async def _picture(self, name: str) -> None:
        await asyncio.sleep(_SETTLE_S)
        self._step += 1
        file = self._output / f"{self._step:02}-{name}.png"
        await _run([sys.executable, "-m", "rcdesk.ui.grab", str(file)])
        print(file, flush=True)

    async def _rcdesk(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "rcdesk", *arguments]
        await _run(command, self._demo.environment)

    async def _shown(self, title: str) -> None:
        await self._until(title, shown=True)

    async def _gone(self, title: str) -> None:
        await self._until(title, shown=False)

    async def _until(self, title: str, *, shown: bool) -> None:
        search = ["xdotool", "search", "--onlyvisible", "--name", f"^{title}"]
        for _ in range(int(_SHOWN_TIMEOUT_S / _LOOK_EVERY_S)):
            if (await _run(search, check=False) == 0) is shown:
                return
            await asyncio.sleep(_LOOK_EVERY_S)
        raise RcdeskError(f"The window “{title}” did not {'show' if shown else 'close'} in time.")

    async def _type(self, text: str) -> None:
        await _run(["xdotool", "type", "--delay", "15", text])

    async def _keys(self, *names: str) -> None:
        await _run(["xdotool", "key", *names])


async def _run(
    command: list[str], environment: Mapping[str, str] | None = None, *, check: bool = True
) -> int:
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, **(environment or {})},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    code = await process.wait()
    if check and code:
        raise RcdeskError(f"{' '.join(command[:3])} … failed ({code}).")
    return code
