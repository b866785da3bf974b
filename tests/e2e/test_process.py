"""The app as a process on a desktop of its own, with a real keyring."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from rcdesk.simulator.server import Simulator, running

TIMEOUT_S = 40
Desktop = Mapping[str, str]


async def shell(desktop: Desktop, *command: str) -> int:
    process = await asyncio.create_subprocess_exec(
        *command,
        env=desktop,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await process.wait()


async def shown(desktop: Desktop, title: str, *, gone: bool = False) -> None:
    """Wait until a window whose title begins with `title` is on the screen, or no longer."""
    async with asyncio.timeout(TIMEOUT_S):
        search = ("xdotool", "search", "--onlyvisible", "--name", f"^{title}")
        while (await shell(desktop, *search) == 0) is gone:  # noqa: ASYNC110 - X tells nobody
            await asyncio.sleep(0.05)


async def focused(desktop: Desktop, title: str) -> None:
    """Wait until what is typed goes to a window whose title begins with `title`."""
    command = ("xdotool", "getactivewindow", "getwindowname")
    said = ""
    async with asyncio.timeout(TIMEOUT_S):
        while not said.startswith(title):
            process = await asyncio.create_subprocess_exec(
                *command,
                env=desktop,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
            said = (await process.communicate())[0].decode()
            await asyncio.sleep(0.05)


async def keys(desktop: Desktop, *names: str) -> None:
    assert await shell(desktop, "xdotool", "key", *names) == 0


async def write(desktop: Desktop, text: str) -> None:
    assert await shell(desktop, "xdotool", "type", "--delay", "10", text) == 0


@pytest.fixture
async def platform() -> AsyncIterator[Simulator]:
    async with running(calls=40, seed=5, speed=5) as simulator:
        simulator.world.rate_limits.limits["auth"] = 1000
        yield simulator


@pytest.fixture
def screen(desktop: Desktop, platform: Simulator, tmp_path: Path) -> Desktop:
    return {
        **desktop,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "RCDESK_HOME": str(tmp_path / "profile"),
        "RC_SERVER_URL": platform.url,
        "RC_APP_CLIENT_ID": platform.client_id,
        "RC_APP_CLIENT_SECRET": platform.client_secret,
    }


@asynccontextmanager
async def app(screen: Desktop, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "rcdesk", *options, env=screen, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ring(platform: Simulator) -> str:
    call = {"direction": "Inbound", "from": "+14155550123", "from_name": "Ada Lovelace"}
    async with httpx.AsyncClient(base_url=platform.control) as control:
        return str((await control.post("/calls", json=call)).json()["session_id"])


async def sign_in_by_typing(screen: Desktop, platform: Simulator) -> None:
    await focused(screen, "Signed out")
    await keys(screen, "Return")
    await focused(screen, "Sign in: ")
    for text in (platform.username, platform.extension, platform.password):
        await write(screen, text)
        await keys(screen, "Tab")
    await keys(screen, "Return")
    await asked(platform, "POST", "/restapi/oauth/authorize")
    await focused(screen, "Sign in: ")
    await keys(screen, "Return")
    await shown(screen, "Sign in: ", gone=True)
    await asked(platform, "POST", "/restapi/oauth/wstoken")


async def asked(platform: Simulator, method: str, path: str, times: int = 1) -> None:
    def seen() -> int:
        entries = platform.world.journal.entries
        return sum((one["method"], one["path"]) == (method, path) for one in entries)

    async with asyncio.timeout(TIMEOUT_S):
        while seen() < times:  # noqa: ASYNC110 - the simulator tells nobody
            await asyncio.sleep(0.05)


async def test_a_person_signs_in_is_killed_in_a_call_and_finds_it_again(
    screen: Desktop, platform: Simulator
) -> None:
    # The log tells more, and still nothing that is private.
    async with app(screen, "--verbose") as first:
        await sign_in_by_typing(screen, platform)
        await ring(platform)
        await shown(screen, "Incoming call: .*Ada Lovelace")
        first.send_signal(signal.SIGKILL)
        await first.wait()
        await shown(screen, "Incoming call: ", gone=True)
    async with app(screen, "--verbose") as second:
        await shown(screen, "Incoming call: .*Ada Lovelace")
        second.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(second.wait(), TIMEOUT_S) == 0
    pages = [one for one in platform.world.journal.entries if "authorize" in one["path"]]
    assert len([one for one in pages if one["method"] == "GET"]) == 1
    assert_log_is_clean(Path(screen["RCDESK_HOME"]), platform)


async def test_a_second_start_raises_the_first_and_a_link_fills_the_dialer(
    screen: Desktop, platform: Simulator
) -> None:
    async with app({**screen, "RC_USER_JWT": platform.jwt}) as first:
        await shown(screen, "rcdesk$")
        await asked(platform, "POST", "/restapi/oauth/wstoken")
        for arguments in ((), ("open", "tel:+1-650-555-0177")):
            await shell(
                screen, "sh", "-c",
                "xdotool search --onlyvisible --name ^rcdesk$ windowminimize",
            )  # fmt: skip
            await shown(screen, "rcdesk$", gone=True)
            assert await shell(screen, sys.executable, "-m", "rcdesk", *arguments) == 0
            await shown(screen, "rcdesk$")
        assert first.returncode is None
    dialed = [one for one in platform.world.journal.entries if "ring-out" in one["path"]]
    assert dialed == []


def assert_log_is_clean(home: Path, platform: Simulator) -> None:
    logs = [file.read_text() for file in (home / "state").glob("*.log*")]
    assert logs
    assert "".join(logs)
    secrets = {platform.password, platform.client_secret, platform.jwt}
    for entry in platform.world.journal.entries:
        said = f"{entry['query']} {entry['body']} {entry['headers']}"
        names = r"(?:code|code_verifier|refresh_token|access_token|token|password)"
        secrets |= set(re.findall(rf"'{names}': \[?'([^']{{8,}})'", said))
        secrets |= set(re.findall(r"Bearer ([^'\"]+)", said))
    assert len(secrets) > 5
    secrets |= phone_numbers(platform)
    for secret in secrets:
        assert all(secret not in log for log in logs)


def phone_numbers(platform: Simulator) -> set[str]:
    """Whoever called or was called, and the company's own, without their country's code."""
    world = platform.world
    called = (world.call_log.records, [{"from": {"phoneNumber": "+14155550123"}}])
    ends = [call.get(end, {}) for calls in called for call in calls for end in ("from", "to")]
    numbers = {str(end.get("phoneNumber", "")) for end in ends}
    long = {number.removeprefix("+1") for number in numbers if len(number) > 9}
    assert len(long) > 10
    return long
