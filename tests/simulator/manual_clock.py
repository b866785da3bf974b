import heapq
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from rcdesk.simulator.clock import Timer


class ManualClock:
    """Time that passes only in `advance`, so that a test never waits."""

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start or datetime.now(UTC)
        self._passed_s = 0.0
        self._due: list[tuple[float, int, _ManualTimer]] = []
        self._order = itertools.count()

    def utc(self) -> datetime:
        """Return the time of day, aware."""
        return self._start + timedelta(seconds=self._passed_s)

    def monotonic_s(self) -> float:
        """Return seconds since the clock was made."""
        return self._passed_s

    def call_later(self, delay_s: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` inside the `advance` that reaches its moment."""
        timer = _ManualTimer(callback)
        heapq.heappush(self._due, (self._passed_s + delay_s, next(self._order), timer))
        return timer

    @property
    def has_timers(self) -> bool:
        """Something waits for time to pass."""
        return any(timer.is_waiting for _, _, timer in self._due)

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass, calling what falls due on the way, in order."""
        until = self._passed_s + seconds
        while self._due and self._due[0][0] <= until:
            self._passed_s, _, timer = heapq.heappop(self._due)
            timer.fire()
        self._passed_s = until


class _ManualTimer:
    def __init__(self, callback: Callable[[], object]) -> None:
        self._callback: Callable[[], object] | None = callback

    @property
    def is_waiting(self) -> bool:
        return self._callback is not None

    def cancel(self) -> None:
        self._callback = None

    def fire(self) -> None:
        if self._callback is not None:
            self._callback()
