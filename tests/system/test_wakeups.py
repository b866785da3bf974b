# mypy: disable-error-code="no-untyped-call"
# jeepney has no types.
import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from jeepney import DBusAddress, new_signal
from jeepney.io.asyncio import open_dbus_connection

from rcdesk.system.wakeups import watch_clocks, watch_wakeups
from tests.message_bus import message_bus, needs_dbus_daemon

LOGIND = DBusAddress(
    "/org/freedesktop/login1", "org.freedesktop.login1", "org.freedesktop.login1.Manager"
)


class Woken:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.signs: list[str] = []

    def __call__(self, sign: str) -> None:
        self.signs.append(sign)

    async def provoke(self, happen: Callable[[], Awaitable[object]]) -> set[str]:
        """Let it happen until the watch, which takes a moment to begin, has seen it."""
        async with asyncio.timeout(10):
            while not self.signs:
                await happen()
                await asyncio.sleep(0.01)
        return set(self.signs)


@asynccontextmanager
async def watching() -> AsyncIterator[Woken]:
    woken = Woken()
    watch = asyncio.create_task(watch_wakeups(woken))
    try:
        yield woken
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)


@pytest.fixture
async def system_bus(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    async with message_bus() as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield address


@needs_dbus_daemon
async def test_logind_says_that_the_computer_woke_up(system_bus: str) -> None:
    async with watching() as woken:
        bus = await open_dbus_connection(system_bus)

        async def sleep_and_wake() -> None:
            for is_falling_asleep in (True, False):
                await bus.send(new_signal(LOGIND, "PrepareForSleep", "b", (is_falling_asleep,)))

        assert await woken.provoke(sleep_and_wake) == {"the computer woke up"}
        await bus.close()


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("ip") is None,
    reason="changing the network takes root and iproute2",
)
async def test_the_kernel_says_that_the_network_changed() -> None:
    async def change(verb: str) -> int:
        command = ("ip", "address", verb, "127.9.9.9/32", "dev", "lo")
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
        return await process.wait()

    async def come_and_go() -> None:
        if await change("add"):
            pytest.skip("the network cannot be changed in here")
        await change("del")

    async with watching() as woken:
        assert await woken.provoke(come_and_go) == {"the network changed"}


@pytest.mark.parametrize(
    ("wall_s", "monotonic_s", "is_told"),
    [
        ((0.0, 5.0), (0.0, 5.0), False),
        ((0.0, 9.0), (0.0, 9.0), False),
        ((0.0, 3600.0), (0.0, 5.0), True),
        ((0.0, 3600.0), (0.0, 3600.0), True),
        # Somebody sets the clock back: nothing was slept through.
        ((0.0, -3600.0), (0.0, 5.0), False),
    ],
    ids=["in time", "busy", "asleep", "asleep on Windows", "clock set back"],
)
async def test_clocks_tell_of_time_that_went_by(
    wall_s: tuple[float, ...], monotonic_s: tuple[float, ...], *, is_told: bool
) -> None:
    woken = Woken()
    walls, monotonics = iter(wall_s), iter(monotonic_s)
    ticks = 0

    async def sleep(_delay_s: float) -> None:
        nonlocal ticks
        ticks += 1
        if ticks > 1:
            raise asyncio.CancelledError

    with pytest.raises((asyncio.CancelledError, StopIteration, RuntimeError)):
        await watch_clocks(
            woken, wall_s=lambda: next(walls), monotonic_s=lambda: next(monotonics), sleep=sleep
        )
    assert bool(woken.signs) is is_told
