"""The list of recent calls, or what there is to say where there is none."""

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QMenu,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from rcdesk.core.history import HistoryEntry
from rcdesk.ui.models.history import EntryRole, HistoryModel, Identity, identity
from rcdesk.ui.models.history_delegate import DAY_HEIGHT, HistoryDelegate
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE
from rcdesk.ui.widgets.banner import Banner
from rcdesk.ui.widgets.labels import PlainLabel
from rcdesk.ui.widgets.state_page import StatePage

_TYPED_INTO_DIALER = frozenset("0123456789+*#")
_NO_ITEM_GROUND = """
QTableView { selection-background-color: transparent; }
QTableView::item, QTableView::item:hover, QTableView::item:selected { background: transparent; }
"""
_BY_KEYBOARD = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class RecentCallsView(QTableView):
    """Rows of a HistoryModel, all by keyboard or mouse."""

    picked = Signal(str)
    """A number to put into the dialer."""
    call_back_requested = Signal(str)
    typed = Signal(str)
    """A digit, which belongs into the dialer."""

    def __init__(self, theme: Theme, model: HistoryModel) -> None:
        super().__init__()
        self._history = model
        self._day_rows: list[int] = []
        self.delegate = HistoryDelegate(theme, self)
        self.setModel(model)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName("Recent calls")
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        # The delegate draws what is selected or hovered; the theme's own would lie under it.
        self.setStyleSheet(_NO_ITEM_GROUND)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(CONTROL.row // 3)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(DAY_HEIGHT)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(CONTROL.row)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self.doubleClicked.connect(self._pick)
        model.modelReset.connect(self._size_days)
        model.rowsInserted.connect(lambda _parent, first, _last: self._size_days(first))
        self.verticalScrollBar().valueChanged.connect(self._read_ahead)
        self.verticalScrollBar().rangeChanged.connect(self._read_ahead)

    def replace(self, entries: Sequence[HistoryEntry], *, has_more: bool) -> None:
        """Show `entries`; what the user looks at stays under their eyes."""
        bar = self.verticalScrollBar()
        top = self._first_entry_in_view() if bar.value() > 0 else None
        offset = self.rowViewportPosition(top[1]) if top else 0
        chosen = self.currentIndex().data(EntryRole)
        if not self._history.replace(entries, has_more=has_more):
            return
        if chosen is not None and (at := self._history.row_of(identity(chosen))) >= 0:
            self.setCurrentIndex(self._history.index(at))
        self.executeDelayedItemsLayout()
        if top is None:
            bar.setValue(0)
        elif (at := self._history.row_of(top[0])) >= 0:
            bar.setValue(bar.value() + self.rowViewportPosition(at) - offset)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is: without a current row nothing would."""
        super().focusInEvent(event)
        if event.reason() in _BY_KEYBOARD and not self.currentIndex().isValid():
            self._go_to_end(last=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter puts the number into the dialer; copying copies it; Home and End go to the ends."""
        if Qt.Key(event.key()) in _ENTER:
            self._pick(self.currentIndex())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go_to_end(last=event.key() == Qt.Key.Key_End)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Digits are the beginning of a number to dial, anything else finds a name."""
        if search in _TYPED_INTO_DIALER:
            self.typed.emit(search)
        else:
            super().keyboardSearch(search)

    def _number(self, index: QModelIndex) -> str:
        entry = index.data(EntryRole)
        return entry.other.number if isinstance(entry, HistoryEntry) else ""

    def _pick(self, index: QModelIndex) -> None:
        if number := self._number(index):
            self.picked.emit(number)

    def _copy(self) -> None:
        if number := self._number(self.currentIndex()):
            QApplication.clipboard().setText(number)

    def _go_to_end(self, *, last: bool) -> None:
        rows = range(self._history.rowCount())
        for row in reversed(rows) if last else rows:
            if self._history.index(row).data(EntryRole) is not None:
                self.setCurrentIndex(self._history.index(row))
                if not last:
                    # The day above the first call belongs to it.
                    self.scrollToTop()
                return

    def _open_menu(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if index.data(EntryRole) is None:
            return
        number = self._number(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        call_back = menu.addAction("Call back", lambda: self.call_back_requested.emit(number))
        copy = menu.addAction("Copy number", self._copy)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        for action in (call_back, copy):
            action.setEnabled(bool(number))
        menu.popup(self.viewport().mapToGlobal(at))

    def _first_entry_in_view(self) -> tuple[Identity, int] | None:
        first = max(self.rowAt(0), 0)
        for row in range(first, min(first + 2, self._history.rowCount())):
            entry = self._history.index(row).data(EntryRole)
            if isinstance(entry, HistoryEntry):
                return identity(entry), row
        return None

    def _size_days(self, first: int = 0) -> None:
        header = self.verticalHeader()
        if first == 0:
            # A reset keeps the sizes that rows of the same number had.
            for row in self._day_rows:
                if row < header.count():
                    header.resizeSection(row, CONTROL.row)
            self._day_rows.clear()
        for row in self._history.day_rows:
            if row >= first:
                header.resizeSection(row, DAY_HEIGHT)
                self._day_rows.append(row)

    def _read_ahead(self) -> None:
        bar = self.verticalScrollBar()
        if bar.value() > bar.maximum() - 2 * self.viewport().height():
            self._history.fetchMore(QModelIndex())


class RecentCalls(QWidget):
    """The list with its states: loading, empty, failed, filled."""

    more_requested = Signal()
    retry_requested = Signal()
    picked = Signal(str)
    call_back_requested = Signal(str)
    typed = Signal(str)

    def __init__(self, theme: Theme, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self.model = HistoryModel(self)
        self.view = RecentCallsView(theme, self.model)
        self._state = StatePage(theme)
        self._state.acted.connect(self._on_retry)
        self._failure = Banner(theme)
        self._failure.acted.connect(self._on_retry)
        self._waiting = PlainLabel("Loading earlier calls…", "caption")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._waiting.setContentsMargins(0, SPACE.xs, 0, SPACE.xs)
        self._waiting.hide()
        self._lay_out()
        self.model.more_requested.connect(self._on_more)
        self.view.picked.connect(self.picked)
        self.view.call_back_requested.connect(self.call_back_requested)
        self.view.typed.connect(self.typed)
        self.show_loading()

    def set_region(self, region: str) -> None:
        """Country whose way of writing numbers is used."""
        self.view.delegate.region = region
        self.model.set_region(region)

    def refresh_day(self) -> None:
        """It may be another day than when the list was last looked at."""
        today = self._today()
        self.view.delegate.today = today
        self.model.set_today(today)

    def show_loading(self) -> None:
        """Nothing is known yet."""
        self._state.say("clock", "Loading your calls…", "")
        self._settle()

    def show_history(self, entries: Sequence[HistoryEntry], *, has_more: bool) -> None:
        """Show exactly `entries`, newest first."""
        self.refresh_day()
        self.view.replace(entries, has_more=has_more)
        self._failure.hide()
        self._state.say("phone", "No calls yet", "Calls show here as soon as they come in.")
        self._settle()

    def append_history(self, entries: Sequence[HistoryEntry], *, has_more: bool) -> None:
        """Add older entries below."""
        self.model.append(entries, has_more=has_more)
        self._failure.hide()
        self._settle()

    def show_failure(self, sentence: str, *, can_retry: bool = True) -> None:
        """Listing calls failed; what is there stays, and calls that follow are added."""
        self.model.give_up_waiting()
        if can_retry:
            self._state.say("cloud-off", "Your calls could not be loaded", sentence, "Try again")
        else:
            self._state.say("phone", "Earlier calls cannot be listed", sentence)
        if not self.model.is_empty():
            again = "Try again" if can_retry else ""
            self._failure.say("warning", "cloud-off" if can_retry else "info", sentence, again)
        self._settle()

    def _settle(self) -> None:
        self._waiting.setVisible(self.model.is_waiting and not self.model.is_empty())
        self._stack.setCurrentWidget(self._state if self.model.is_empty() else self.view)

    def _on_more(self) -> None:
        self._settle()
        self.more_requested.emit()

    def _on_retry(self) -> None:
        self._failure.hide()
        if self.model.is_empty():
            self.show_loading()
        self.retry_requested.emit()

    def _lay_out(self) -> None:
        lists = QWidget()
        self._stack = QStackedLayout(lists)
        self._stack.addWidget(self._state)
        self._stack.addWidget(self.view)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(lists, 1)
        column.addWidget(self._waiting)
        column.addWidget(self._failure)
