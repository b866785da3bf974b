"""`rcdesk demo`: the simulator and the app, already pointed at each other."""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rcdesk.cli.options import count
from rcdesk.core.errors import RcdeskError, StorageTrouble

_START_TIMEOUT_S = 30.0
_END_TIMEOUT_S = 10.0
_KILLED = 9


@dataclass(frozen=True, slots=True)
class Demo:
    """A running simulator, and the environment that points rcdesk at it."""

    simulator: Mapping[str, str]
    environment: Mapping[str, str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--tour", action="store_true", help="play a scripted day, save a picture of each step"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=Path("build/tour"),
        metavar="DIR",
        help="where the tour's pictures go (default: %(default)s)",
    )
    parser.add_argument(
        "--calls", type=count, default=400, metavar="N", help="calls in the made-up history"
    )


def run(args: argparse.Namespace) -> int:
    """Run until the app is quit; returns the app's exit code.

    Raises:
        StorageTrouble: there is no place for the pictures.
    """
    if args.tour:
        from rcdesk.cli.tour import tour

        try:
            args.output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageTrouble(
                f"The pictures cannot be kept in {args.output} ({error.strerror or error}): "
                "give another folder after --output."
            ) from error
        return asyncio.run(tour(args.output, args.calls))
    return asyncio.run(_demo(args.calls))


async def _demo(calls: int) -> int:
    async with running(calls) as demo:
        _print_how_to(demo.simulator)
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(name, stop.set)
        while True:
            app = await start_app(demo.environment)
            stopped = asyncio.create_task(stop.wait())
            ended = asyncio.create_task(app.wait())
            await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
            stopped.cancel()
            await end(app)
            if stop.is_set() or app.returncode != -_KILLED:
                return max(0, await ended)
            # Part of what there is to try: whoever kills it finds the call again.
            print("rcdesk was killed: starting it again.", flush=True)


@asynccontextmanager
async def running(calls: int) -> AsyncIterator[Demo]:
    """The simulator with a throw-away profile beside it; both are gone afterwards.

    Raises:
        RcdeskError: the simulator does not start.
    """
    with tempfile.TemporaryDirectory(prefix="rcdesk-demo-", ignore_cleanup_errors=True) as home:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "rcdesk", "simulate", "--calls", str(calls),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            simulator = await _read_ready(process)
            demo = Demo(simulator, _environment(simulator, home))
            yield demo
            await _forget(demo.environment)
        finally:
            await end(process)


async def start_app(environment: Mapping[str, str]) -> asyncio.subprocess.Process:
    """Start the tray app; the caller ends it."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "rcdesk", env={**os.environ, **environment}
    )


async def _forget(environment: Mapping[str, str]) -> None:
    """Leave nothing of the throw-away profile in the user's keyring."""
    logout = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "rcdesk", "logout",
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(_END_TIMEOUT_S):
            await logout.wait()
    except TimeoutError:
        logout.kill()
        await logout.wait()


async def end(process: asyncio.subprocess.Process) -> None:
    """End a child, gently first."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_END_TIMEOUT_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


async def _read_ready(process: asyncio.subprocess.Process) -> Mapping[str, str]:
    if process.stdout is None:
        raise RuntimeError("started without a pipe")
    try:
        async with asyncio.timeout(_START_TIMEOUT_S):
            line = await process.stdout.readline()
        ready: dict[str, Any] = json.loads(line)
    except (TimeoutError, ValueError):
        raise RcdeskError(
            "The simulator did not start; run `rcdesk simulate` to see why."
        ) from None
    return {name: str(value) for name, value in ready.items()}


def _environment(simulator: Mapping[str, str], home: str) -> dict[str, str]:
    environment = {
        "RCDESK_HOME": home,
        "RC_SERVER_URL": simulator["server"],
        "RC_APP_CLIENT_ID": simulator["client_id"],
        "RC_APP_CLIENT_SECRET": simulator["client_secret"],
    }
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium refuses to run sandboxed as root; the only page it sees is the simulator's.
        environment["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    return environment


def _print_how_to(simulator: Mapping[str, str]) -> None:
    call = '{"direction": "Inbound", "from": "+14155550123", "from_name": "Ada Lovelace"}'
    print(
        f"""A RingCentral of your own runs at {simulator["server"]}.

Sign in with
  phone number  {simulator["username"]}
  extension     {simulator["extension"]}
  password      {simulator["password"]}

Let somebody call you:
  curl -X POST {simulator["control"]}/calls -d '{call}'

Quit rcdesk, or press Ctrl+C here, to end the demo.""",
        flush=True,
    )
