"""Beside the list of calls or in its place: all about one of them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from rcdesk.core.errors import RcdeskError
from rcdesk.core.past_calls import CallDetails
from rcdesk.ui import words
from rcdesk.ui.history.model import Spawn
from rcdesk.ui.history.source import CallSource
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.icons import icon_button
from rcdesk.ui.widgets.labels import PlainLabel
from rcdesk.ui.widgets.state_page import StatePage

if TYPE_CHECKING:
    import asyncio


class CallDetail(QWidget):
    """Who the call is with."""

    call_picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._title = PlainLabel(role="headline")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.lg, SPACE.xl, SPACE.lg)
        column.addWidget(self._title, 0, Qt.AlignmentFlag.AlignTop)

    def show_call(self, details: CallDetails) -> None:
        """Fill it."""
        self._title.setText(words.who(details.call.entry.other, "").title)

    def clear(self) -> None:
        """Empty it."""
        self._title.clear()

    def edit_note(self) -> None:
        """Let the user write the note."""


class DetailsPane(QWidget):
    """A CallDetail, made when the first call is shown; a way back where it hides the list."""

    left = Signal()
    """The user wants to see the list again, or the call is gone."""
    failed = Signal(str)
    """A sentence: the call's details could not be read."""
    call_picked = Signal(int)

    def __init__(self, theme: Theme, spawn: Spawn) -> None:
        super().__init__()
        self._theme, self._spawn = theme, spawn
        self._source: CallSource | None = None
        self._call_id: int | None = None
        self._work: asyncio.Task[None] | None = None
        self._detail: CallDetail | None = None
        self._edits_note = False
        self._nothing = StatePage(theme)
        self._nothing.say("phone", "No call selected", "Select a call to see all about it.")
        self._back = icon_button(theme, "chevron-left", "Back to the calls")
        self._back.clicked.connect(self.left)
        self._lay_out()

    @property
    def call_id(self) -> int | None:
        """Which call is shown, or soon will be."""
        return self._call_id

    @property
    def is_filled(self) -> bool:
        """A call is shown."""
        return self._pages.currentWidget() is self._detail

    def set_source(self, source: CallSource | None) -> None:
        """Whose calls they are."""
        self.show_call(None)
        self._source = source

    def set_beside(self, beside: bool) -> None:  # a slot
        """The list is to be seen too: nothing leads back to it."""
        self._back_row.setVisible(not beside)

    def show_call(self, call_id: int | None) -> None:
        """Ask for a call and show it once it came; None for none."""
        if self._work is not None:
            self._work.cancel()
            self._work = None
        self._call_id = call_id
        if call_id is None or self._source is None:
            self._clear()
        else:
            self._work = self._spawn(self._fill(self._source, call_id), "call details")

    def refresh(self) -> None:
        """The calls have changed."""
        if self._call_id is not None:
            self.show_call(self._call_id)

    def edit_note(self, call_id: int) -> None:
        """Show a call and let the user write its note."""
        self._edits_note = True
        self.show_call(call_id)

    def take_focus(self) -> None:
        """Let the keyboard come here."""
        if self._back_row.isHidden():
            self.focusNextChild()
        else:
            self._back.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leads back."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    async def _fill(self, source: CallSource, call_id: int) -> None:
        try:
            details = await source.details(call_id)
        except RcdeskError as error:
            self.failed.emit(str(error))
            return
        if details is None:
            self._call_id = None
            self._clear()
            if not self._back_row.isHidden():
                self.left.emit()
            return
        detail = self._detail or self._make_detail()
        detail.show_call(details)
        self._pages.setCurrentWidget(detail)
        if self._edits_note:
            self._edits_note = False
            detail.edit_note()

    def _make_detail(self) -> CallDetail:
        """Seldom needed, and slow to make: the window opens without it."""
        detail = self._detail = CallDetail()
        detail.call_picked.connect(self.call_picked)
        self._pages.addWidget(detail)
        return detail

    def _clear(self) -> None:
        self._edits_note = False
        self._pages.setCurrentWidget(self._nothing)
        if self._detail is not None:
            self._detail.clear()

    def _lay_out(self) -> None:
        self._back_row = QWidget()
        row = QHBoxLayout(self._back_row)
        row.setContentsMargins(SPACE.sm, SPACE.xs, SPACE.lg, SPACE.xs)
        row.addWidget(self._back)
        row.addWidget(PlainLabel("Calls", "muted"), 1)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self._nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._back_row)
        column.addWidget(pages, 1)
