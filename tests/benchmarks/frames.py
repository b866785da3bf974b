"""When a window has been painted."""

import asyncio
import time
from collections.abc import Awaitable
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

FRAME_MS = 16
STRIP_PX = 50


class Frames(QObject):
    """Notes when a window, having been painted, has let Qt come back to its loop.

    Attributes:
        painted_s: moments on the performance counter's clock.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.painted_s: list[float] = []
        self._awaited: asyncio.Future[None] | None = None
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Qt is about to paint what has changed of the window."""
        if event.type() == QEvent.Type.UpdateRequest:
            QTimer.singleShot(0, self, self._note)
        return False

    async def after(self, moment_s: float) -> float:
        """The moment of the first one after another."""
        while not self.painted_s or self.painted_s[-1] <= moment_s:
            self._awaited = asyncio.get_running_loop().create_future()
            await self._awaited
        return next(painted_s for painted_s in self.painted_s if painted_s > moment_s)

    async def next(self) -> None:
        """Wait for one."""
        await self.after(time.perf_counter())

    async def longest_s(self, widget: QWidget, work: Awaitable[object]) -> float:
        """The longest time between two while `work` is done and a strip of `widget` changes."""
        ticks = QTimer(widget, interval=FRAME_MS, timerType=Qt.TimerType.PreciseTimer)
        ticks.timeout.connect(lambda: widget.update(0, 0, widget.width(), STRIP_PX))
        ticks.start()
        await self.next()
        self.painted_s.clear()
        await work
        await self.next()
        ticks.stop()
        return self.longest_so_far_s()

    def longest_so_far_s(self) -> float:
        """The longest time between two of those noted, which are forgotten."""
        longest_s = max((later - earlier for earlier, later in pairwise(self.painted_s)), default=0)
        self.painted_s.clear()
        return longest_s

    def _note(self) -> None:
        self.painted_s.append(time.perf_counter())
        awaited, self._awaited = self._awaited, None
        if awaited is not None and not awaited.done():
            awaited.set_result(None)
