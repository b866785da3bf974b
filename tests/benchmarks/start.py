"""From the start of the process to its icon in the tray, and its memory once it rests."""

import asyncio
import os
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from types import MappingProxyType

from rcdesk.cli.demo import end, running
from rcdesk.simulator import server as simulator
from tests.benchmarks.floors import BARE_STACK, BARE_TRAY
from tests.benchmarks.harness import Measurement
from tests.benchmarks.installed import Installation, installed
from tests.benchmarks.tray_host import TrayHost, tray_host

_PATIENCE_S = 60
_RUNS = 5
# The app tidies up once it has run for 5 s.
_REST_S = 7
_LOOK_S = 0.5
_FEW_CALLS = 200
_PLENTY = 10_000
_MAPPING = re.compile(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \S+ *(?P<file>.*)")
_APP = ("-m", "rcdesk")
_BARE = ("-c", BARE_TRAY)
_STACK = ("-c", BARE_STACK)


async def start_and_memory(calls: int = 10_000) -> list[Measurement]:
    """The app signed in to a simulator with a long history, beside a bare tray script.

    Memory is the proportional set size of a process that runs alone, which is how users run
    one. Side by side, the two would share Qt's pages: half of them would be taken off both,
    and most of the bare script consists of them. `memory_over_stack` says what of it is ours:
    its floor is a plain window with the libraries that the design fixes.

    `memory_by_archive` is the app that has just taken the whole log in, its floor the same with
    a log of a few days: neither the size of the archive nor the way there may be felt.
    """
    with installed() as installation:
        async with running(calls) as demo:
            await _sign_in(demo.environment, demo.simulator)
            # A session rotates its refresh token at each start, as in life; one start of each
            # compiles what it imports and warms the file cache for all that follow.
            for command in (_BARE, _STACK, _APP):
                await _start_s(installation, command, demo.environment)
            bare = [await _start_s(installation, _BARE) for _ in range(_RUNS)]
            app = [await _start_s(installation, _APP, demo.environment) for _ in range(_RUNS)]
        _, few_mib = await _app_mib(installation, _FEW_CALLS)
        app_mib, many_mib = await _app_mib(installation, calls)
        bare_mib = await _memory_mib(installation, _BARE)
        stack_mib = await _memory_mib(installation, _STACK)
    return [
        Measurement("start_to_tray_icon", min(app) * 1000, "ms", min(bare) * 1000, budget=2.5),
        Measurement("memory_at_rest", app_mib, "MiB", bare_mib, budget=2.0),
        Measurement("memory_over_stack", app_mib, "MiB", stack_mib, budget=1.4),
        Measurement("memory_by_archive", many_mib, "MiB", few_mib, budget=1.05),
    ]


async def _app_mib(installation: Installation, calls: int) -> tuple[float, float]:
    """What the app takes at rest, and what it took when it had just kept all calls."""
    async with _account(calls) as environment:
        async with (
            tray_host() as host,
            _started(host, installation, _APP, environment) as (process, _),
        ):
            await _kept(Path(environment["RCDESK_HOME"]))
            await asyncio.sleep(_REST_S)
            kept_mib = _pss_now_mib(process.pid)
        return await _memory_mib(installation, _APP, environment), kept_mib


@asynccontextmanager
async def _account(calls: int) -> AsyncIterator[Mapping[str, str]]:
    """An environment that is signed in, at a simulator that lists all its calls in seconds."""
    with tempfile.TemporaryDirectory(prefix="rcdesk-bench-") as home:
        async with simulator.running(calls=calls) as platform:
            platform.world.rate_limits.limits["heavy"] = _PLENTY
            environment = {
                "RCDESK_HOME": home,
                "RC_SERVER_URL": platform.url,
                "RC_APP_CLIENT_ID": platform.client_id,
                "RC_APP_CLIENT_SECRET": platform.client_secret,
            }
            await _sign_in(environment, platform.announcement())
            yield environment


async def _kept(home: Path) -> None:
    """Until the archive is in step with the whole log."""
    async with asyncio.timeout(_PATIENCE_S):
        while not any(map(_is_complete, (home / "data").glob("calls-*.db"))):  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(_LOOK_S)


def _is_complete(archive: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"{archive.as_uri()}?mode=ro", uri=True)) as db:
            progress = dict(db.execute("SELECT name, value FROM progress"))
    except sqlite3.OperationalError:
        return False  # it is only being made
    return progress.get("listed_back_to") == ""


async def _sign_in(environment: Mapping[str, str], simulator: Mapping[str, str]) -> None:
    login = await asyncio.create_subprocess_exec(
        sys.executable, *_APP, "login", "--password",
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    answers = (simulator[name] for name in ("username", "extension", "password"))
    await login.communicate("".join(f"{answer}\n" for answer in answers).encode())
    if login.returncode:
        raise RuntimeError("the benchmark could not sign in")


async def _start_s(
    installation: Installation,
    command: Sequence[str],
    environment: Mapping[str, str] = MappingProxyType({}),
) -> float:
    async with (
        tray_host() as host,
        _started(host, installation, command, environment) as (_, took_s),
    ):
        return took_s


async def _memory_mib(
    installation: Installation,
    command: Sequence[str],
    environment: Mapping[str, str] = MappingProxyType({}),
) -> float:
    """What the process takes after it had time to settle."""
    async with (
        tray_host() as host,
        _started(host, installation, command, environment) as (process, _),
    ):
        await asyncio.sleep(_REST_S)
        return _pss_now_mib(process.pid)


def _pss_now_mib(pid: int) -> float:
    """As if no other process used Qt: its libraries and PySide6's count whole."""
    total_kib, counted = 0, ""
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if mapping := _MAPPING.match(line):
            counted = "Rss" if "PySide6" in mapping["file"] else "Pss"
        elif line.startswith(f"{counted}:"):
            total_kib += int(line.split()[1])
    return total_kib / 1024


@asynccontextmanager
async def _started(
    host: TrayHost,
    installation: Installation,
    command: Sequence[str],
    environment: Mapping[str, str],
) -> AsyncIterator[tuple[asyncio.subprocess.Process, float]]:
    """The process once its icon has come, and how long that took in seconds."""
    host.icon_came.clear()
    began_s = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        installation.python, *command, env={**installation.environment, **environment}
    )
    try:
        async with asyncio.timeout(_PATIENCE_S):
            await host.icon_came.wait()
        yield process, time.perf_counter() - began_s
    finally:
        await end(process)
