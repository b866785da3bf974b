from collections.abc import Iterator
from datetime import date

import pytest

from rcdesk.archive.archive import Archive
from rcdesk.core.history import HistoryEntry
from rcdesk.ui.history.page import HistoryPage
from rcdesk.ui.history.rows import CallRow, GroupRow, Row
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.style.theme import Theme
from tests.ui.history.calls import NOON
from tests.ui.on_loop import OnLoop


class Stage(OnLoop):
    """A page over an archive in memory; `run` and `until` let time pass."""

    def __init__(self, loop: QtEventLoop, theme: Theme) -> None:
        super().__init__(loop)
        self.today = NOON.astimezone().date()
        self.archive = self.run(Archive.open(None))
        self.page = HistoryPage(theme, self._today, self.spawn)
        self.page.resize(480, 700)
        self.page.set_region("US")
        self.page.listing.show_loaded()
        self.page.show()
        self.page.activateWindow()

    def add(self, *entries: HistoryEntry) -> None:
        async def add() -> None:
            for entry in entries:
                await self.archive.add_call(entry)

        self.run(add())

    def show(self, *entries: HistoryEntry) -> None:
        self.add(*entries)
        self.page.set_source(self.archive)
        self.settle()

    def settle(self) -> None:
        self.until(lambda: not self.page.model.is_busy)

    def refresh(self) -> None:
        self.page.refresh()
        self.settle()

    def rows(self) -> list[Row]:
        model = self.page.model
        found = (model.row(model.index(at)) for at in range(model.rowCount()))
        return [row for row in found if row is not None]

    def shown(self) -> list[str]:
        """Sessions of the calls, those of a folded group together."""

        def one(row: CallRow | GroupRow) -> str:
            calls = "+".join(call.entry.session_id for call in row.calls)
            return f"({calls})" if isinstance(row, CallRow) and row.is_member else calls

        return [one(row) for row in self.rows() if not isinstance(row, date)]

    def select(self, session_id: str) -> None:
        for row in self.rows():
            if not isinstance(row, date) and row.call.entry.session_id == session_id:
                self.page.view.choose(row.call.id)
                return
        raise LookupError(session_id)

    @property
    def current(self) -> str:
        row = self.page.view.current_row
        return row.call.entry.session_id if row else ""

    def close(self) -> None:
        self.page.close()
        self.page.set_source(None)
        self.end_tasks()
        self.run(self.archive.aclose())
        self.page.deleteLater()

    def _today(self) -> date:
        return self.today


@pytest.fixture
def stage(qloop: QtEventLoop, theme: Theme) -> Iterator[Stage]:
    made = Stage(qloop, theme)
    yield made
    made.close()
