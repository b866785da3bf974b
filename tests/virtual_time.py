"""An event loop whose time passes only while everybody waits: hours of work in seconds.

What threads do takes the time that it takes. Were theirs skipped as well, then up to the next
thing that anybody waits for: a minute, for a page of calls written to a disk.
"""

import asyncio
import selectors
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from selectors import BaseSelector, SelectorKey
from typing import Any

from rcdesk.core.call import Instant
from rcdesk.simulator.clock import Timer

_SETTLE_S = 0.0005
"""How long what was written to a socket may take to become readable at its other end."""

_LOOK_AGAIN_S = 0.01
"""For threads that end what they did without a word; the others wake the loop."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Both ends of every socket have to live on it, or data would come late."""

    def __init__(self) -> None:
        self._skipped_s = 0.0
        self._began = datetime.now(UTC)
        super().__init__(_SkippingSelector(self._skip))
        self._began_s = self.time()

    def time(self) -> float:
        """Seconds, those included that nobody had to wait for."""
        return super().time() + self._skipped_s

    def now(self) -> Instant:
        """Both clocks, as `rcdesk.ringcentral.clock.Clock` gives them."""
        passed_s = self.time() - self._began_s
        return Instant(self._began + timedelta(seconds=passed_s), self.time())

    def _skip(self, seconds: float) -> None:
        self._skipped_s += seconds


class LoopClock:
    """The simulator's clock on such a loop."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        self._loop = loop

    def utc(self) -> datetime:
        return self._loop.now().utc

    def monotonic_s(self) -> float:
        return self._loop.time()

    def call_later(self, delay_s: float, callback: Callable[[], object]) -> Timer:
        return self._loop.call_later(delay_s, callback)


class _SkippingSelector(BaseSelector):
    def __init__(self, skip: Callable[[float], None]) -> None:
        self._selector = selectors.DefaultSelector()
        self._skip = skip

    def select(self, timeout: float | None = None) -> list[tuple[SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return self._selector.select(timeout)
        if _threads_work():
            return self._selector.select(min(timeout, _LOOK_AGAIN_S))
        ready = self._selector.select(_SETTLE_S)
        if not ready:
            self._skip(timeout)
        return ready

    def register(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        return self._selector.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> SelectorKey:
        return self._selector.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> SelectorKey:
        return self._selector.modify(fileobj, events, data)

    def close(self) -> None:
        self._selector.close()

    def get_map(self) -> Mapping[Any, SelectorKey]:
        return self._selector.get_map()


def _threads_work() -> bool:
    """Whether another thread runs, could run, or waits for a disk; only Linux tells.

    None of them waits for the interpreter's lock then: it is free while the kernel answers.
    """
    others = threading.enumerate()
    others.remove(threading.current_thread())
    return any(_state(thread) in ("R", "D") for thread in others)


def _state(thread: threading.Thread) -> str:
    try:
        stat = Path(f"/proc/self/task/{thread.native_id}/stat").read_text(encoding="ascii")
    except OSError:
        return ""
    # The name before it may have spaces and brackets.
    return stat.rpartition(")")[2].split()[0]
