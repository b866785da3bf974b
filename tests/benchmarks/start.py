"""From the start of the process to its icon in the tray, and its memory once it rests."""

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from rcdesk.cli.demo import end, running
from tests.benchmarks.floors import BARE_TRAY, python_start_s
from tests.benchmarks.harness import Measurement
from tests.benchmarks.tray_host import TrayHost, tray_host

_PATIENCE_S = 60
_RUNS = 5
_REST_S = 4
_APP = (sys.executable, "-m", "rcdesk")
_BARE = (sys.executable, "-c", BARE_TRAY)


async def start_and_memory(calls: int = 10_000) -> list[Measurement]:
    """The app signed in to a simulator with a long history, beside a bare tray script."""
    async with running(calls) as demo:
        await _sign_in(demo.environment, demo.simulator)
        # A session rotates its refresh token at each start, as in life; one start warms the
        # file cache for all that follow.
        await _start_s(_APP, demo.environment)
        bare = [await _start_s(_BARE, {}) for _ in range(_RUNS)]
        app = [await _start_s(_APP, demo.environment) for _ in range(_RUNS)]
        app_pss, bare_pss = await _memory_mib(demo.environment)
        async with tray_host() as host, _started(host, _APP, demo.environment):
            open_s = min([await _open_link_s(demo.environment) for _ in range(_RUNS)])
    return [
        Measurement("start_to_tray_icon", min(app) * 1000, "ms", min(bare) * 1000, budget=2.5),
        Measurement("memory_at_rest", app_pss, "MiB", bare_pss, budget=1.7),
        # Until the running app has taken the link; it paints the dialer a frame later.
        Measurement("open_link", open_s * 1000, "ms", python_start_s() * 1000, budget=3),
    ]


async def _sign_in(environment: Mapping[str, str], simulator: Mapping[str, str]) -> None:
    login = await asyncio.create_subprocess_exec(
        *_APP, "login", "--password",
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    answers = (simulator[name] for name in ("username", "extension", "password"))
    await login.communicate("".join(f"{answer}\n" for answer in answers).encode())
    if login.returncode:
        raise RuntimeError("the benchmark could not sign in")


async def _open_link_s(environment: Mapping[str, str]) -> float:
    began_s = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *_APP, "open", "tel:+16505550123", env={**os.environ, **environment}
    )
    if await process.wait():
        raise RuntimeError("the app did not take the link")
    return time.perf_counter() - began_s


async def _start_s(command: Sequence[str], environment: Mapping[str, str]) -> float:
    async with tray_host() as host, _started(host, command, environment) as (_, took_s):
        return took_s


async def _memory_mib(environment: Mapping[str, str]) -> tuple[float, float]:
    """Proportional set size of the app and of the bare script, after they had time to settle.

    Both run at once and are read at the same moment: what Qt processes share is divided among
    all that happen to run, so that two readings at different times do not compare.
    """
    async with (
        tray_host() as host,
        _started(host, _BARE, {}) as (bare, _),
        _started(host, _APP, environment) as (app, _),
    ):
        await asyncio.sleep(_REST_S)
        return _pss_now_mib(app.pid), _pss_now_mib(bare.pid)


def _pss_now_mib(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
    if found is None:
        raise RuntimeError("this kernel does not tell a process's memory")
    return int(found[1]) / 1024


@asynccontextmanager
async def _started(
    host: TrayHost, command: Sequence[str], environment: Mapping[str, str]
) -> AsyncIterator[tuple[asyncio.subprocess.Process, float]]:
    """The process once its icon has come, and how long that took in seconds."""
    host.icon_came.clear()
    began_s = time.perf_counter()
    process = await asyncio.create_subprocess_exec(*command, env={**os.environ, **environment})
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await host.icon_came.wait()
        yield process, time.perf_counter() - began_s
    finally:
        await end(process)
