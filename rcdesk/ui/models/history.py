"""The call history as a Qt list: newest first, a row per call, a row above each day's calls."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from rcdesk.core.call import Direction
from rcdesk.core.history import HistoryEntry
from rcdesk.core.numbers import is_extension
from rcdesk.ui.models.history_text import day_text, spoken_text
from rcdesk.ui.widgets.labels import plain_tool_tip

Index = QModelIndex | QPersistentModelIndex
Identity = tuple[str, Direction]

EntryRole = Qt.ItemDataRole.UserRole + 1
"""The row's HistoryEntry; None on a day's row."""
DayRole = Qt.ItemDataRole.UserRole + 2
"""The row's local date; None on a call's row."""
TellsLineRole = Qt.ItemDataRole.UserRole + 3
"""Whether a call's row has to say which line was called: direct calls came to several."""

_TEXT_ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
_SPOKEN_ROLES = (*_TEXT_ROLES, Qt.ItemDataRole.ToolTipRole)
_NO_PARENT = QModelIndex()


def identity(record: HistoryEntry) -> Identity:
    """What names an entry however often it is listed."""
    return (record.session_id or record.key, record.direction)


class HistoryModel(QAbstractListModel):
    """Entries as they were given; asks for more by `more_requested` and never fetches itself."""

    more_requested = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[HistoryEntry | date] = []
        self._known: set[Identity] = set()
        self._lines: set[str] = set()
        self._has_more = False
        self._is_waiting = False
        self._region = ""
        self._today = date.min

    @property
    def is_waiting(self) -> bool:
        """More was asked for and has not come."""
        return self._is_waiting

    @property
    def entries(self) -> list[HistoryEntry]:
        """What is loaded, newest first."""
        return [row for row in self._rows if isinstance(row, HistoryEntry)]

    @property
    def day_rows(self) -> list[int]:
        """Rows that name a day."""
        return [at for at, row in enumerate(self._rows) if not isinstance(row, HistoryEntry)]

    def is_empty(self) -> bool:
        """No call is loaded."""
        return not self._known

    def set_region(self, region: str) -> None:
        """Country (ISO 3166 alpha-2) whose way of writing numbers is used."""
        self._region = region
        self._repaint(0, len(self._rows) - 1)

    def set_today(self, today: date) -> None:
        """The local date that is called today."""
        if today != self._today:
            self._today = today
            self._repaint(0, len(self._rows) - 1)

    def replace(self, entries: Iterable[HistoryEntry], *, has_more: bool) -> bool:
        """Show exactly `entries`; False where the rows stayed and only their content changed."""
        unique = {identity(entry): entry for entry in entries}
        rows = _with_days(unique.values())
        self._has_more, self._is_waiting = has_more, False
        if [_row_identity(row) for row in rows] == [_row_identity(row) for row in self._rows]:
            changed = [at for at, row in enumerate(rows) if row != self._rows[at]]
            self._rows = rows
            if changed:
                self._repaint(changed[0], changed[-1])
            return False
        self.beginResetModel()
        self._rows, self._known = rows, set(unique)
        self._lines = set(filter(None, map(_line, unique.values())))
        self.endResetModel()
        return True

    def append(self, entries: Iterable[HistoryEntry], *, has_more: bool) -> None:
        """Add older entries; those that are there already stay as they are."""
        self._has_more, self._is_waiting = has_more, False
        fresh = [entry for entry in entries if identity(entry) not in self._known]
        self._known.update(map(identity, fresh))
        self._lines.update(filter(None, map(_line, fresh)))
        last_day = _day(self._rows[-1]) if self._rows else None
        rows = _with_days(fresh, after=last_day)
        if rows:
            self.beginInsertRows(_NO_PARENT, len(self._rows), len(self._rows) + len(rows) - 1)
            self._rows.extend(rows)
            self.endInsertRows()

    def give_up_waiting(self) -> None:
        """More was asked for and will not come; not asked for again until the next page came."""
        self._is_waiting, self._has_more = False, False

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """Calls and day rows."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A day's row can be neither selected nor reached with the arrow keys."""
        if index.isValid() and isinstance(self._rows[index.row()], HistoryEntry):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts for reading and for assistive technology; the records for the delegate."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if isinstance(row, HistoryEntry):
            return self._entry_data(row, role)
        if role == DayRole:
            return row
        return day_text(row, self._today) if role in _TEXT_ROLES else None

    def canFetchMore(self, parent: Index) -> bool:
        """Older calls exist and are not already on their way."""
        return self._has_more and not self._is_waiting and not parent.isValid()

    def fetchMore(self, parent: Index) -> None:
        """Ask for older calls; they arrive by `append`."""
        if self.canFetchMore(parent):
            self._is_waiting = True
            self.more_requested.emit()

    def row_of(self, wanted: Identity) -> int:
        """Row of a call, -1 where it is not loaded."""
        if wanted not in self._known:
            return -1
        return next(at for at, row in enumerate(self._rows) if _row_identity(row) == wanted)

    def _entry_data(self, entry: HistoryEntry, role: int) -> Any:
        if role == EntryRole:
            return entry
        if role == TellsLineRole:
            return len(self._lines) > 1 and bool(_line(entry))
        text = spoken_text(entry, self._region, self._today) if role in _SPOKEN_ROLES else None
        return plain_tool_tip(text) if text and role == Qt.ItemDataRole.ToolTipRole else text

    def _repaint(self, first: int, last: int) -> None:
        if 0 <= first <= last:
            self.dataChanged.emit(self.index(first), self.index(last))


def local_day(at: datetime) -> date:
    """The date on this computer's calendar."""
    return at.astimezone().date()


def _line(entry: HistoryEntry) -> str:
    """The user's number that was called; empty for extensions, queues and outgoing calls."""
    is_direct = entry.direction is Direction.INBOUND and entry.queue is None
    return entry.own.number if is_direct and not is_extension(entry.own.number) else ""


def _day(row: HistoryEntry | date) -> date:
    return local_day(row.started_at) if isinstance(row, HistoryEntry) else row


def _row_identity(row: HistoryEntry | date) -> Identity | date:
    return identity(row) if isinstance(row, HistoryEntry) else row


def _with_days(
    entries: Iterable[HistoryEntry], *, after: date | None = None
) -> list[HistoryEntry | date]:
    rows: list[HistoryEntry | date] = []
    for entry in entries:
        day = local_day(entry.started_at)
        if day != after:
            rows.append(day)
            after = day
        rows.append(entry)
    return rows
