"""The calls of the archive as a Qt list that holds only the part of them that is looked at."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import date
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from rcdesk.core.errors import RcdeskError
from rcdesk.core.past_calls import EVERYTHING, CallFilter, CallPage, ListedCall, Position
from rcdesk.ui.history.excerpt import Excerpt
from rcdesk.ui.history.rows import Dated, GroupRow, Row, is_flat, rows_of, splice
from rcdesk.ui.history.source import CallSource
from rcdesk.ui.history.texts import spoken_text
from rcdesk.ui.widgets.labels import plain_tool_tip

_log = logging.getLogger(__name__)

Index = QModelIndex | QPersistentModelIndex
Spawn = Callable[[Coroutine[None, None, None], str], asyncio.Task[None]]

RowRole = Qt.ItemDataRole.UserRole + 1
"""A date, a CallRow or a GroupRow."""

_SPOKEN_ROLES = frozenset(
    {
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.ToolTipRole,
    }
)
_NO_PARENT = QModelIndex()


class CallListModel(QAbstractListModel):
    """Rows of what passes the filter, read from a source page by page; nothing here waits.

    Rows that are still there keep their index when others come and go around them.
    """

    settled = Signal()
    """What was asked for has been read, or could not be."""
    counted = Signal(int)
    """How many calls pass the filter."""
    failed = Signal(str)
    """A sentence: what was asked for could not be read, and what is there stays."""
    about_to_change = Signal(bool)
    """Rows will come or go, and `rows_changed` follows; true where it is another list then."""
    rows_changed = Signal()

    def __init__(self, spawn: Spawn, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spawn = spawn
        self._source: CallSource | None = None
        self._shown = Excerpt(self._page, EVERYTHING)
        # Becomes `_shown` once its beginning has been read.
        self._coming: Excerpt | None = None
        self._rows: list[Row] = []
        self._opened: set[int] = set()
        self._hidden: frozenset[int] = frozenset()
        self._work: asyncio.Task[None] | None = None
        self._counting: asyncio.Task[None] | None = None
        self._is_stale = self._has_failed = False
        self._region = ""
        self._today = date.min

    @property
    def wanted(self) -> CallFilter:
        """What the rows are, or will soon be, those of."""
        return (self._coming or self._shown).wanted

    @property
    def is_flat(self) -> bool:
        """No days, nothing folded: each row tells its day itself."""
        return is_flat(self._shown.wanted)

    @property
    def is_busy(self) -> bool:
        """Something is being read."""
        return self._work is not None

    @property
    def has_failed(self) -> bool:
        """The last reading was in vain; `refresh` tries again."""
        return self._has_failed

    @property
    def has_newer(self) -> bool:
        """Rows above the first were let go."""
        return self._shown.has_newer

    @property
    def has_older(self) -> bool:
        """The list goes on below the last row."""
        return self._shown.has_older

    @property
    def region(self) -> str:
        """Country (ISO 3166 alpha-2) whose way of writing numbers is used."""
        return self._region

    @property
    def today(self) -> date:
        """The local date that is called today."""
        return self._today

    def is_empty(self) -> bool:
        """No call is listed."""
        return not self._rows

    def row(self, index: Index) -> Row | None:
        """What stands there."""
        return self._rows[index.row()] if index.isValid() else None

    def rows(self, first: int, last: int) -> list[Row]:
        """What stands there, `last` included."""
        return self._rows[first : last + 1]

    def set_region(self, region: str) -> None:
        """See `region`."""
        self._region = region
        self._repaint(0, len(self._rows) - 1)

    def set_today(self, today: date) -> None:
        """See `today`."""
        if today != self._today:
            self._today = today
            self._repaint(0, len(self._rows) - 1)

    def set_source(self, source: CallSource | None) -> None:
        """List the calls of another account, or of nobody."""
        if source is self._source:
            return
        self._source = source
        self._opened.clear()
        self._shown = Excerpt(self._page, self.wanted)
        self._take_rows()
        self._begin_anew(self.wanted)

    def set_filter(self, wanted: CallFilter) -> None:
        """List what passes; until that is read, what was listed before stays."""
        if wanted != self.wanted:
            self._begin_anew(wanted)

    def refresh(self) -> None:
        """The calls have changed: read again what is listed."""
        if self._source is None:
            return
        if self._work is not None:
            self._is_stale = True
        else:
            self._start(self._read_again)

    def hide_calls(self, ids: Iterable[int]) -> None:
        """Leave out these calls, which may soon be gone."""
        hidden = frozenset(ids)
        if hidden != self._hidden:
            self._hidden = hidden
            self._take_rows()

    def set_open(self, row: GroupRow, is_open: bool) -> None:  # as QTreeView.setExpanded
        """Unfold a group, or fold it."""
        self._opened.difference_update(call.id for call in row.calls)
        if is_open:
            self._opened.add(row.call.id)
        self._take_rows()

    def fetch_newer(self) -> None:
        """Bring back rows that were let go above the first."""
        if self._can_go_on and self._shown.has_newer:
            self._start(lambda: self._step(self._shown.grow_newer()))

    def let_go(self) -> None:
        """Nobody looks at anything but the beginning."""
        if self._work is None and self._shown.let_go():
            self._opened.intersection_update(call.id for call in self.listed())
            self._take_rows()

    def return_to_top(self) -> None:
        """List the newest calls, where rows above the first were let go."""
        if self._shown.has_newer:
            self._begin_anew(self.wanted)

    def find(self, call_id: int) -> int:
        """The row that shows a call, by itself or within its group; -1 for none."""
        within_group = -1
        for at, row in enumerate(self._rows):
            if isinstance(row, date):
                continue
            if isinstance(row, GroupRow):
                if any(call.id == call_id for call in row.calls):
                    within_group = at
            elif row.call.id == call_id:
                return at
        return within_group

    def listed(self) -> list[ListedCall]:
        """The calls in memory, newest first."""
        return [item.call for item in self._shown.items]

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Days, calls and groups that are in memory."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A day's row can be neither selected nor reached with the arrow keys."""
        if index.isValid() and not isinstance(self._rows[index.row()], date):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts for reading and for assistive technology; the row itself for the delegate."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == RowRole:
            return row
        if role not in _SPOKEN_ROLES:
            return None
        if role != Qt.ItemDataRole.ToolTipRole:
            return spoken_text(row, self._region, self._today)
        if isinstance(row, date):
            return None
        return plain_tool_tip(spoken_text(row, self._region, self._today))

    def canFetchMore(self, parent: Index = _NO_PARENT) -> bool:
        """Older calls exist, and nothing is on its way."""
        return self._can_go_on and self._shown.has_older and not parent.isValid()

    def fetchMore(self, parent: Index = _NO_PARENT) -> None:
        """Ask for older calls."""
        if self.canFetchMore(parent):
            self._start(lambda: self._step(self._shown.grow_older()))

    @property
    def _can_go_on(self) -> bool:
        return self._work is None and self._coming is None and not self._has_failed

    async def _page(self, wanted: CallFilter, after: Position | None) -> CallPage:
        return await self._source.page(wanted, after) if self._source else CallPage(())

    def _begin_anew(self, wanted: CallFilter) -> None:
        for task in (self._work, self._counting):
            if task is not None:
                task.cancel()
        self._work = self._counting = None
        self._is_stale = False
        self._coming = Excerpt(self._page, wanted)
        if self._source is not None:
            self._start(self._read_again)

    def _start(self, work: Callable[[], Awaitable[None]]) -> None:
        self._has_failed = False
        self._work = self._spawn(self._guarded(work), "call list")

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        this = asyncio.current_task()
        failure = ""
        try:
            await work()
        except RcdeskError as error:
            failure = str(error)
        except asyncio.CancelledError:
            if this is None or this.cancelling():
                raise
            # Somebody else's first page went before: ours is asked for again.
            self._is_stale = True
        if this is self._work:
            self._finish(failure)

    def _finish(self, failure: str) -> None:
        self._work = None
        self._has_failed = bool(failure)
        if failure:
            self.failed.emit(failure)
        elif self._is_stale:
            self._is_stale = False
            self._start(self._read_again)
            return
        self.settled.emit()

    async def _read_again(self) -> None:
        coming = self._coming
        if coming is not None:
            await coming.begin()
            self._shown, self._coming = coming, None
        else:
            await self._shown.refresh()
        self._take_rows(another=coming is not None)
        if self._source is not None:
            self._counting = self._spawn(self._count(self._source), "counting calls")

    async def _step(self, step: Awaitable[None]) -> None:
        before = self._shown.items
        await step
        after = self._shown.items
        # First what has come, then without what was let go: in one go nothing would be seen to
        # be the same at either end, and all rows would be made anew.
        newest, oldest = before[0].call.position, before[-1].call.position
        newer = [item for item in after if item.call.position > newest]
        older = [item for item in after if item.call.position < oldest]
        self._take_rows([*newer, *before, *older])
        self._take_rows()

    async def _count(self, source: CallSource) -> None:
        try:
            self.counted.emit(await source.count(self.wanted))
        except RcdeskError as error:
            _log.warning("Calls could not be counted: %s", error)

    def _take_rows(self, items: list[Dated] | None = None, *, another: bool = False) -> None:
        items = self._shown.items if items is None else items
        if self._hidden:
            items = [item for item in items if item.call.id not in self._hidden]
        self._put(rows_of(items, opened=self._opened, flat=self.is_flat), another)

    def _put(self, rows: list[Row], another: bool) -> None:
        """Exchange what differs; rows before and after it keep their place."""
        before = self._rows
        first, last, added = splice(before, rows)
        if first < last or added:
            self.about_to_change.emit(another)
        if first < last:
            self.beginRemoveRows(_NO_PARENT, first, last - 1)
            self._rows = before[:first] + before[last:]
            self.endRemoveRows()
        if added:
            self.beginInsertRows(_NO_PARENT, first, first + added - 1)
            self._rows = rows
            self.endInsertRows()
        self._rows = rows
        self._repaint_changed(before, first, last, added)
        if first < last or added:
            self.rows_changed.emit()

    def _repaint_changed(self, before: list[Row], first: int, last: int, added: int) -> None:
        moved = first + added - last
        kept = [*range(first), *range(first + added, len(self._rows))]
        pairs = ((at, self._rows[at], before[at if at < first else at - moved]) for at in kept)
        changed = [at for at, row, was in pairs if row is not was and row != was]
        if changed:
            self._repaint(changed[0], changed[-1])

    def _repaint(self, first: int, last: int) -> None:
        if 0 <= first <= last:
            self.dataChanged.emit(self.index(first), self.index(last))
