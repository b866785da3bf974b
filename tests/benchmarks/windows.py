"""The real windows under load: from a call's frame to its painted popup, and 10,000 frames.

The simulator runs in this process and the windows in another (tests.benchmarks.windows_process),
so that nobody's work is counted as the other's. `time.monotonic` is the same clock in both.
"""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process

from rcdesk.cli.demo import end
from rcdesk.simulator.server import Simulator, running
from tests.benchmarks.burst import BURST, LIFE, presence_event
from tests.benchmarks.harness import Measurement, p99

_CALLS = 60
_FRAMES_A_TURN = 100
_PATIENCE_S = 90
_PAUSE_S = 0.15


async def popups_and_burst() -> list[Measurement]:
    """Both on the same windows, signed in, everything loaded.

    A popup is timed from before the simulator makes the frame until Qt, having painted the
    card, is back in its loop. Its floor, taken in the windows' process, is a bare window of
    the same kind and size shown and painted in the same way (p99 as well).

    The burst goes out as fast as the socket takes it. The gap is the longest time for which a
    timer of the windows' process, due every 5 ms, was not served; its floor is the same at rest.
    """
    async with running(calls=80) as simulator:
        command = (sys.executable, "-m", "tests.benchmarks.windows_process")
        process = await asyncio.create_subprocess_exec(
            *command, simulator.url, simulator.client_id, simulator.client_secret, simulator.jwt,
            str(_CALLS), stdout=PIPE,
        )  # fmt: skip
        try:
            floor_s = await _told(process, "floor_s")
            painted_s = [await _popup_s(simulator, process, call) for call in range(_CALLS)]
            rest_s = await _told(process, "gap_s")
            await _burst(simulator, first=_CALLS * len(LIFE))
            gap_s = await _told(process, "gap_s")
        finally:
            await end(process)
    return [
        Measurement(
            "popup_painted_p99", p99(painted_s) * 1000, "ms", floor_s * 1000, budget=3, limit=50
        ),
        Measurement("frame_gap_in_burst", gap_s * 1000, "ms", rest_s * 1000, limit=100),
    ]


async def _popup_s(simulator: Simulator, process: Process, call: int) -> float:
    """Let a call ring until it is painted, then let it be answered and end."""
    first = call * len(LIFE)
    began_s = time.monotonic()
    _send(simulator, first)
    painted_s = await _told(process, "painted_s")
    for number in range(first + 1, first + len(LIFE)):
        _send(simulator, number)
    await _told(process, "ended_s")
    await asyncio.sleep(_PAUSE_S)  # the next card is built ahead of its call
    return painted_s - began_s


async def _burst(simulator: Simulator, first: int) -> None:
    for number in range(first, first + BURST):
        _send(simulator, number)
        if number % _FRAMES_A_TURN == 0:
            await asyncio.sleep(0)


def _send(simulator: Simulator, number: int) -> None:
    event = presence_event(number)
    del event["subscriptionId"]  # the simulator puts in the one that is active
    simulator.world.subscriptions.replay(event, event["event"])


async def _told(process: Process, name: str) -> float:
    """The next value of that name that the windows' process prints."""
    if process.stdout is None:
        raise RuntimeError("started without a pipe")
    async with asyncio.timeout(_PATIENCE_S):
        while line := await process.stdout.readline():
            told: dict[str, float] = json.loads(line)
            if name in told:
                return told[name]
    raise RuntimeError("the windows' process has ended")
