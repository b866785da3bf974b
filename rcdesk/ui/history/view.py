"""The list of calls: everything by keyboard or mouse, and it stays where it is looked at."""

from datetime import date
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QStyle, QTableView

from rcdesk.ui.history.delegate import CALL_HEIGHT, CallListDelegate, chevron_room, row_height
from rcdesk.ui.history.delegate import MEMBER_HEIGHT as LOWEST_ROW
from rcdesk.ui.history.model import CallListModel
from rcdesk.ui.history.rows import CallRow, GroupRow
from rcdesk.ui.style.theme import Theme

_TYPED_INTO_DIALER = frozenset("0123456789+*#")
_NO_ITEM_GROUND = """
QTableView { selection-background-color: transparent; }
QTableView::item, QTableView::item:hover, QTableView::item:selected { background: transparent; }
"""
_BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_UPWARDS = frozenset(
    {
        QAbstractItemView.CursorAction.MoveUp,
        QAbstractItemView.CursorAction.MovePageUp,
        QAbstractItemView.CursorAction.MovePrevious,
        QAbstractItemView.CursorAction.MoveEnd,
    }
)
# Further than a wheel turns before a page has been read.
_READ_AHEAD_PX = 100 * CALL_HEIGHT

Shown = CallRow | GroupRow


class _Anchor(NamedTuple):
    """A call that is in view, and how far below the view's upper edge its row begins."""

    call_id: int
    y: int


class CallListView(QTableView):
    """Rows of a CallListModel."""

    chosen = Signal(object)
    """The ListedCall that is the current one, None if none is."""
    opened = Signal(object, bool)
    """A ListedCall whose details are wanted, and whether by keyboard."""
    menu_requested = Signal(object, QPoint)
    """A CallRow or GroupRow, and where on the screen."""
    call_back_requested = Signal(str)
    remove_requested = Signal(object)
    """The CallRow or GroupRow that is to be deleted."""
    typed = Signal(str)
    """A digit, which belongs into the dialer."""

    def __init__(self, theme: Theme, model: CallListModel) -> None:
        super().__init__()
        self._calls = model
        self._anchor: _Anchor | None = None
        self._chosen_id: int | None = None
        self._is_changing = self._is_another = False
        self.delegate = CallListDelegate(theme, model, self)
        self.setModel(model)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName("Calls")
        self.setMouseTracking(True)
        # The delegate draws what is selected or hovered; the theme's own would lie under it.
        self.setStyleSheet(_NO_ITEM_GROUND)
        self._set_up_table()
        model.rowsInserted.connect(self._size_rows)
        model.about_to_change.connect(self._remember)
        model.rows_changed.connect(self._restore)
        model.settled.connect(self._read_on)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().rangeChanged.connect(self._read_on)
        self.selectionModel().currentChanged.connect(self._tell_chosen)
        self.clicked.connect(self._open)
        self.doubleClicked.connect(self._toggle)

    @property
    def current_row(self) -> Shown | None:
        """The row that the keyboard is on."""
        return self._shown(self.currentIndex())

    def take_focus(self) -> None:
        """Come here from the search: the first call becomes the current one."""
        self.setFocus(Qt.FocusReason.TabFocusReason)

    def choose(self, call_id: int) -> None:
        """Make a call the current one, if it is listed."""
        if (at := self._calls.find(call_id)) >= 0:
            self.setCurrentIndex(self._calls.index(at))

    def go_to_top(self) -> None:
        """Show the newest calls."""
        self._calls.return_to_top()
        self.scrollToTop()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is: without a current row nothing would."""
        super().focusInEvent(event)
        if event.reason() in _BY_KEYBOARD and not self.currentIndex().isValid():
            self._go_to_end(last=False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep less of the list while nobody looks at it."""
        super().hideEvent(event)
        if not self.verticalScrollBar().value():
            self._calls.let_go()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, with Ctrl it calls back; Right and Left unfold and fold."""
        row = self.current_row
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_number()
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go_to_end(last=event.key() == Qt.Key.Key_End)
        elif row is None or not self._act(event, row):
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Digits are the beginning of a number to dial; names are what the search is for."""
        if search in _TYPED_INTO_DIALER:
            self.typed.emit(search)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pressing a group's chevron unfolds it, and nothing else."""
        index = self.indexAt(event.position().toPoint())
        row = self._calls.row(index)
        if isinstance(row, GroupRow) and event.button() is Qt.MouseButton.LeftButton:
            room = self.visualRect(index)
            chevron = QStyle.visualRect(self.layoutDirection(), room, chevron_room(room))
            if chevron.contains(event.position().toPoint()):
                self._calls.set_open(row, not row.is_open)
                return
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Under the pointer, or at the current row for the menu key."""
        index, at = self.indexAt(event.pos()), event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            self.scrollTo(index)
            at = self.viewport().mapToGlobal(self.visualRect(index).center())
        row = self._shown(index)
        if row is not None:
            self.setCurrentIndex(index)
            self.menu_requested.emit(row, at)

    def copy_number(self) -> None:
        """Put the current call's number on the clipboard."""
        if (row := self.current_row) and row.call.entry.other.number:
            QApplication.clipboard().setText(row.call.entry.other.number)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Where a page ends on a day's row, go on to the next call."""
        index = super().moveCursor(action, modifiers)
        step = -1 if action in _UPWARDS else 1
        at = index.row()
        while 0 <= at < self._calls.rowCount() and self._shown(self._calls.index(at)) is None:
            at += step
        return self._calls.index(at) if 0 <= at < self._calls.rowCount() else self.currentIndex()

    def _act(self, event: QKeyEvent, row: Shown) -> bool:
        """Do what the key is for on a row; False if it is for nothing."""
        key = Qt.Key(event.key())
        forward, back = Qt.Key.Key_Right, Qt.Key.Key_Left
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            forward, back = back, forward
        if key in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if number := row.call.entry.other.number:
                self.call_back_requested.emit(number)
        elif key in _ENTER:
            self.opened.emit(row.call, True)
        elif key == Qt.Key.Key_Delete:
            self.remove_requested.emit(row)
        elif isinstance(row, GroupRow) and key in (forward, back, Qt.Key.Key_Space):
            self._calls.set_open(
                row, key == forward or (key == Qt.Key.Key_Space and not row.is_open)
            )
        elif key == back and isinstance(row, CallRow) and row.is_member:
            self._go_to_group()
        else:
            return False
        return True

    def _go_to_group(self) -> None:
        at = self.currentIndex().row()
        while at > 0 and not isinstance(self._calls.row(self._calls.index(at)), GroupRow):
            at -= 1
        self.setCurrentIndex(self._calls.index(at))

    def _go_to_end(self, *, last: bool) -> None:
        if not last and self._calls.has_newer:
            self._chosen_id = None
            self.go_to_top()
            return
        rows = range(self._calls.rowCount())
        for at in reversed(rows) if last else rows:
            if self._shown(self._calls.index(at)) is not None:
                self.setCurrentIndex(self._calls.index(at))
                if not last:
                    # The day above the first call belongs to it.
                    self.scrollToTop()
                return

    def _shown(self, index: QModelIndex | QPersistentModelIndex) -> Shown | None:
        row = self._calls.row(index)
        return None if isinstance(row, date) else row

    def _open(self, index: QModelIndex) -> None:
        if (row := self._shown(index)) is not None:
            self.opened.emit(row.call, False)

    def _toggle(self, index: QModelIndex) -> None:
        row = self._shown(index)
        if isinstance(row, GroupRow):
            self._calls.set_open(row, not row.is_open)

    def _tell_chosen(self, index: QModelIndex) -> None:
        if self._is_changing:
            return
        row = self._shown(index)
        call = row.call if row else None
        chosen_id = call.id if call else None
        if chosen_id != self._chosen_id:
            self._chosen_id = chosen_id
            self.chosen.emit(call)

    def _remember(self, is_another: bool) -> None:  # a slot
        """What is in view is to be there still when rows have come or gone."""
        self._is_changing, self._is_another = True, is_another
        is_at_top = not self.verticalScrollBar().value() and not self._calls.has_newer
        self._anchor = None if is_another or is_at_top else self._first_in_view()

    def _restore(self) -> None:
        self._is_changing = False
        at = -1 if self._chosen_id is None else self._calls.find(self._chosen_id)
        if at >= 0:
            flags = self.selectionModel().SelectionFlag
            index = self._calls.index(at)
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        elif self._is_another or self._chosen_id is None:
            self.setCurrentIndex(QModelIndex())
        self._tell_chosen(self.currentIndex())
        self.executeDelayedItemsLayout()
        anchor = self._anchor
        if self._is_another:
            self.scrollToTop()
        elif anchor is not None and (at := self._calls.find(anchor.call_id)) >= 0:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.rowViewportPosition(at) - anchor.y)

    def _first_in_view(self) -> _Anchor | None:
        first = max(self.rowAt(0), 0)
        for at in range(first, min(first + 2, self._calls.rowCount())):
            if row := self._shown(self._calls.index(at)):
                return _Anchor(row.call.id, self.rowViewportPosition(at))
        return None

    def _size_rows(self, _parent: QModelIndex, first: int, last: int) -> None:
        header = self.verticalHeader()
        for at, row in enumerate(self._calls.rows(first, last), first):
            if (height := row_height(row)) != CALL_HEIGHT:
                header.resizeSection(at, height)

    def _scrolled(self, value: int) -> None:
        if not value and not self._is_changing:
            self._calls.let_go()
        self._read_on()

    def _read_on(self) -> None:
        """Read what will soon be in view."""
        bar = self.verticalScrollBar()
        if bar.value() < _READ_AHEAD_PX and self._calls.has_newer:
            self._calls.fetch_newer()
        elif bar.value() > bar.maximum() - _READ_AHEAD_PX:
            self._calls.fetchMore()

    def _set_up_table(self) -> None:
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(CALL_HEIGHT // 3)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(LOWEST_ROW)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(CALL_HEIGHT)
