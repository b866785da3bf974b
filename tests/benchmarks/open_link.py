"""From a click on a `tel:` link, with the app in the tray, to its number in the painted dialer."""

import asyncio
import os
import subprocess
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Mapping
from pathlib import Path

from rcdesk.cli.demo import running
from tests.benchmarks.children import child, told
from tests.benchmarks.harness import Measurement
from tests.benchmarks.tray_host import tray_host

_LINKS = 20
_PAUSE_S = 0.3


async def open_link(calls: int = 400) -> list[Measurement]:
    """The command that the desktop file names, `rcdesk open`, and the shell it talks to.

    The window is in the tray, shown before and closed again: it has to be mapped, laid out and
    painted with its history. Its floor is a Python that starts and does nothing. The two take
    turns, and of both counts the fastest: what a busy machine adds says nothing about either.
    """
    async with running(calls) as demo, tray_host():
        environment = {**os.environ, **demo.environment, "RC_USER_JWT": demo.simulator["jwt"]}
        command = (sys.executable, "-m", "tests.benchmarks.open_link_process")
        async with child(*command, environment=environment) as process:
            await told(process, "ready_s")
            floor_s, painted_s = list[float](), list[float]()
            for link in range(_LINKS):
                floor_s.append(_bare_python_s())
                painted_s.append(await _painted_s(process, environment, link))
    return [Measurement("open_link", min(painted_s) * 1000, "ms", min(floor_s) * 1000, budget=3)]


def _bare_python_s() -> float:
    began_s = time.monotonic()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.monotonic() - began_s


async def _painted_s(process: Process, environment: Mapping[str, str], link: int) -> float:
    """Each link has a number of its own, so that the dialer has something new to show."""
    await asyncio.sleep(_PAUSE_S)
    command = (Path(sys.executable).with_name("rcdesk"), "open", f"tel:+165055501{link:02}")
    began_s = time.monotonic()
    async with child(*command, environment=environment) as opening:
        painted_s = await told(process, "painted_s")
        if await opening.wait():
            raise RuntimeError("the app did not take the link")
    return painted_s - began_s
