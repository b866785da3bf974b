"""The real windows under load: from a call's frame to its painted popup, and 10,000 frames.

The simulator runs in this process and the windows in another (tests.benchmarks.windows_process),
so that nobody's work is counted as the other's. `time.monotonic` is the same clock in both.
"""

import asyncio
import sys
import time
from asyncio.subprocess import Process
from contextlib import AbstractAsyncContextManager
from statistics import median

from rcdesk.simulator.server import Simulator, running
from tests.benchmarks.burst import BURST, LIFE, presence_event
from tests.benchmarks.children import child, told
from tests.benchmarks.harness import Measurement, p99

_CALLS = 100
_FRAMES_A_TURN = 100
_PAUSE_S = 0.15
# Another than the app's: each of the two gets its frames while the other one rests.
_FLOOR_FILTER = "/restapi/v1.0/account/~/extension/~/favorite/presence"


async def popups_and_burst() -> list[Measurement]:
    """Both on the same windows, signed in, everything loaded, the main window open.

    A popup is timed from before the simulator makes the frame until Qt, having painted the
    card, is back in its loop. Its floor is the same way with nothing of rcdesk on it
    (tests.benchmarks.window_floor): the same simulator sends as long a frame over a socket of
    the same kind, and a program that does nothing else puts two strings of it into a bare
    window and shows that. Decoding, the account, the tracker, the place, the card's layout and
    its look are what rcdesk adds. Floor and popup take turns, for what else the machine does
    must weigh on both. On a busy machine the p99 of either says most about its scheduler, so
    that a slow card could hide behind a slow floor: the medians have to keep the ratio too.

    The burst goes out as fast as the socket takes it. The gap is the longest time for which a
    timer of the windows' process, due every 5 ms, was not served; its floor is the same at rest.
    """
    async with (
        running(calls=80) as simulator,
        _started(simulator, "tests.benchmarks.windows_process", str(_CALLS)) as windows,
    ):
        async with _started(simulator, "tests.benchmarks.window_floor", _FLOOR_FILTER) as bare:
            floor_s, painted_s = await _popups_s(simulator, bare, windows)
        rest_s = await told(windows, "gap_s")
        await _burst(simulator, first=_CALLS * len(LIFE))
        gap_s = await told(windows, "gap_s")
    return [
        _popup("popup_painted_p99", p99(painted_s), p99(floor_s)),
        _popup("popup_painted_median", median(painted_s), median(floor_s)),
        Measurement("frame_gap_in_burst", gap_s * 1000, "ms", rest_s * 1000, limit=100),
    ]


def _popup(bench: str, value_s: float, floor_s: float) -> Measurement:
    return Measurement(bench, value_s * 1000, "ms", floor_s * 1000, budget=3, limit=50)


def _started(
    simulator: Simulator, module: str, *arguments: str
) -> AbstractAsyncContextManager[Process]:
    account = (simulator.url, simulator.client_id, simulator.client_secret, simulator.jwt)
    return child(sys.executable, "-m", module, *account, *arguments)


async def _popups_s(
    simulator: Simulator, bare: Process, windows: Process
) -> tuple[list[float], list[float]]:
    """How long each bare window and each card took."""
    floor_s, painted_s = list[float](), list[float]()
    await told(bare, "ready_s")
    await told(windows, "ready_s")
    for call in range(_CALLS):
        floor_s.append(await _floor_s(simulator, bare, call))
        painted_s.append(await _popup_s(simulator, windows, call))
    return floor_s, painted_s


async def _floor_s(simulator: Simulator, process: Process, call: int) -> float:
    """Let the bare window hear of the same call."""
    began_s = time.monotonic()
    _send(simulator, call * len(LIFE), _FLOOR_FILTER)
    painted_s = await told(process, "painted_s")
    await asyncio.sleep(_PAUSE_S)
    return painted_s - began_s


async def _popup_s(simulator: Simulator, process: Process, call: int) -> float:
    """Let a call ring until it is painted, then let it be answered and end."""
    first = call * len(LIFE)
    began_s = time.monotonic()
    _send(simulator, first)
    painted_s = await told(process, "painted_s")
    for number in range(first + 1, first + len(LIFE)):
        _send(simulator, number)
    await told(process, "ended_s")
    await asyncio.sleep(_PAUSE_S)  # the next card is built ahead of its call
    return painted_s - began_s


async def _burst(simulator: Simulator, first: int) -> None:
    for number in range(first, first + BURST):
        _send(simulator, number)
        if number % _FRAMES_A_TURN == 0:
            await asyncio.sleep(0)


def _send(simulator: Simulator, number: int, path: str = "") -> None:
    event = presence_event(number)
    del event["subscriptionId"]  # the simulator puts in the one that is active
    simulator.world.subscriptions.replay(event, path or event["event"])
