"""The simulated platform's time, which is the machine's unless another is given."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Timer(Protocol):
    """What `Clock.call_later` returns."""

    def cancel(self) -> None:
        """Prevent the call; harmless when it is over."""


class Clock(Protocol):
    """Both clocks and timers; delays are seconds of this clock."""

    def utc(self) -> datetime:
        """Return the time of day, aware."""

    def monotonic_s(self) -> float:
        """Return seconds since some fixed moment."""

    def call_later(self, delay_s: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` once, from the event loop."""


class SystemClock:
    """The machine's own time; timers need a running event loop."""

    def utc(self) -> datetime:
        """Return the time of day, aware."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Return seconds since some fixed moment."""
        return time.monotonic()

    def call_later(self, delay_s: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` once, from the event loop."""
        return asyncio.get_running_loop().call_later(delay_s, callback)


async def passed(clock: Clock, delay_s: float) -> None:
    """Return when `delay_s` seconds of `clock` have passed."""
    reached = asyncio.Event()
    timer = clock.call_later(delay_s, reached.set)
    try:
        await reached.wait()
    finally:
        timer.cancel()


def timestamp(moment: datetime) -> str:
    """Write `moment` as the platform does: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
