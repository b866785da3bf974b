from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale

from rcdesk.archive.archive import Archive
from rcdesk.core.history import HistoryEntry
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.statistics.window import StatisticsWindow
from rcdesk.ui.style.theme import Theme
from tests.ui.history.calls import NOON
from tests.ui.on_loop import OnLoop


class Stage(OnLoop):
    """A window over an archive in memory; `run` and `until` let time pass."""

    def __init__(self, loop: QtEventLoop, theme: Theme) -> None:
        super().__init__(loop)
        self.today = NOON.astimezone().date()
        self.archive = self.run(Archive.open(None))
        self.window = StatisticsWindow(
            theme, self.spawn, lambda: self.today, locale=QLocale("en_US")
        )
        self.window.set_region("US")

    def add(self, *entries: HistoryEntry, ring_s: float | None = None) -> None:
        async def add() -> None:
            for entry in entries:
                await self.archive.add_call(entry, ring_s=ring_s)

        self.run(add())

    def show(self, *entries: HistoryEntry) -> None:
        self.add(*entries)
        self.window.show()
        self.window.activateWindow()
        self.window.set_source(self.archive)
        self.settle()

    def settle(self) -> None:
        self.until(lambda: not self.window.is_busy)

    def close(self) -> None:
        self.window.close()
        self.end_tasks()
        self.run(self.archive.aclose())
        self.window.deleteLater()


@pytest.fixture
def stage(qloop: QtEventLoop, theme: Theme) -> Iterator[Stage]:
    made = Stage(qloop, theme)
    yield made
    made.close()
