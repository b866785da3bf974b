"""A second hand that only moves while someone can see it."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget


class Ticker(QObject):
    """Emits `ticked` once a second while it is wanted and `window` can be seen.

    One timer serves everything in a window, so that the process wakes once a second at most.
    """

    ticked = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._wanted_by: set[str] = set()
        self._timer = QTimer(self, interval=1000, timerType=Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self.ticked)
        window.installEventFilter(self)

    @property
    def is_running(self) -> bool:
        """Whether the process is being woken."""
        return self._timer.isActive()

    def want(self, who: str, wanted: bool) -> None:
        """Say whether `who` shows something that counts seconds."""
        if wanted:
            self._wanted_by.add(who)
        else:
            self._wanted_by.discard(who)
        self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch the window come and go."""
        if event.type() in (
            QEvent.Type.Show,
            QEvent.Type.Hide,
            QEvent.Type.WindowStateChange,
        ):
            self._settle()
        return super().eventFilter(watched, event)

    def _settle(self) -> None:
        runs = bool(self._wanted_by) and self._window.isVisible() and not self._window.isMinimized()
        if runs and not self._timer.isActive():
            self._timer.start()
            self.ticked.emit()
        elif not runs:
            self._timer.stop()
