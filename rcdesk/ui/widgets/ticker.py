"""A second hand that only moves while someone can see it."""

import math
from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

_SHORTEST_MS = 1


class Ticker(QObject):
    """Emits `ticked` whenever a whole second has passed since, or is left until, some moment.

    So whatever counts from the same moment changes at once, in whichever window it is. One
    timer serves everything in a window; it rests while nothing counts or nobody sees it.
    """

    ticked = Signal()

    def __init__(
        self, parent: QObject, clock: Callable[[], float], window: QWidget | None = None
    ) -> None:
        """`clock` is monotonic, in seconds; without a `window` what counts is always seen."""
        super().__init__(parent)
        self._clock = clock
        self._window = window
        self._moments_s: dict[str, tuple[float, ...]] = {}
        # A coarse timer may be early or late by a twentieth of a second, each window's its own.
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        if window is not None:
            window.installEventFilter(self)

    @property
    def is_running(self) -> bool:
        """Whether the process is being woken."""
        return self._timer.isActive()

    def count(self, who: str, moments_s: Iterable[float]) -> None:
        """Say by the clock from or until when `who` counts; nothing where it does not."""
        self._moments_s[who] = tuple(moments_s)
        self._wind()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch the window come and go."""
        if event.type() in (
            QEvent.Type.Show,
            QEvent.Type.Hide,
            QEvent.Type.WindowStateChange,
        ):
            was_running = self.is_running
            self._wind()
            if self.is_running and not was_running:
                self.ticked.emit()
        return super().eventFilter(watched, event)

    def _tick(self) -> None:
        self.ticked.emit()
        self._wind()

    def _wind(self) -> None:
        now_s = self._clock()
        waits_s = [
            # To the next whole second, not to this one.
            (moment_s - now_s) % 1 or 1.0
            for moments_s in self._moments_s.values()
            for moment_s in moments_s
        ]
        if waits_s and self._is_seen():
            self._timer.start(max(_SHORTEST_MS, math.ceil(min(waits_s) * 1000)))
        else:
            self._timer.stop()

    def _is_seen(self) -> bool:
        window = self._window
        return window is None or (window.isVisible() and not window.isMinimized())
