"""Opens the statistics, which hardly anybody looks at all day."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from rcdesk.ui.history.model import Spawn
from rcdesk.ui.style.theme import Theme

if TYPE_CHECKING:
    from rcdesk.ui.statistics.source import StatisticsSource
    from rcdesk.ui.statistics.window import StatisticsWindow


class StatisticsOpener(QObject):
    """Keeps what the window has to know until it is first wanted, and makes it then."""

    person_picked = Signal(object)
    """A Person whose calls the user wants to see."""
    call_picked = Signal(int)

    def __init__(
        self, theme: Theme, spawn: Spawn, today: Callable[[], date], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._theme, self._spawn, self._today = theme, spawn, today
        self._source: StatisticsSource | None = None
        self._region = ""
        self._window: StatisticsWindow | None = None

    @property
    def window(self) -> "StatisticsWindow | None":
        """None until it was wanted."""
        return self._window

    def open(self) -> None:
        """Show the window, or raise it where it is open already."""
        window = self._window or self._make_window()
        window.bring_to_front()

    def set_source(self, source: "StatisticsSource | None") -> None:
        """Whose calls are counted."""
        self._source = source
        if self._window is not None:
            self._window.set_source(source)

    def set_region(self, region: str) -> None:
        """Country (ISO 3166 alpha-2) whose way of writing numbers is used."""
        self._region = region
        if self._window is not None:
            self._window.set_region(region)

    def refresh(self) -> None:
        """The calls have changed."""
        if self._window is not None:
            self._window.refresh()

    def close(self) -> None:
        """Close the window."""
        if self._window is not None:
            self._window.close()

    def _make_window(self) -> "StatisticsWindow":
        from rcdesk.ui.statistics.window import StatisticsWindow  # noqa: PLC0415 - as said

        window = self._window = StatisticsWindow(self._theme, self._spawn, self._today)
        window.set_region(self._region)
        window.set_source(self._source)
        window.person_picked.connect(self.person_picked)
        window.call_picked.connect(self.call_picked)
        if isinstance(over := self.parent(), QWidget):
            window.move(over.geometry().center() - window.rect().center())
        return window
