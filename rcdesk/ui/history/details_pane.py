"""Beside the list of calls or in its place: all about one of them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from rcdesk.core.past_calls import CallDetails
from rcdesk.ui import words
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.icons import icon_button
from rcdesk.ui.widgets.labels import PlainLabel
from rcdesk.ui.widgets.state_page import StatePage


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
    """A CallDetail, or a word while there is none; a way back where it hides the list."""

    left = Signal()
    """The user wants to see the list again."""

    def __init__(self, theme: Theme, detail: CallDetail) -> None:
        super().__init__()
        self._detail = detail
        self._nothing = StatePage(theme)
        self._nothing.say("phone", "No call selected", "Select a call to see all about it.")
        self._back_row = QWidget()
        self._back = back = icon_button(theme, "chevron-left", "Back to the calls")
        back.clicked.connect(self.left)
        row = QHBoxLayout(self._back_row)
        row.setContentsMargins(SPACE.sm, SPACE.xs, SPACE.lg, SPACE.xs)
        row.addWidget(back)
        row.addWidget(PlainLabel("Calls", "muted"), 1)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(detail)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._back_row)
        column.addWidget(pages, 1)

    @property
    def is_filled(self) -> bool:
        """A call is shown."""
        return self._pages.currentWidget() is self._detail

    def set_beside(self, beside: bool) -> None:
        """The list is to be seen too: nothing leads back to it."""
        self._back_row.setVisible(not beside)

    def take_focus(self) -> None:
        """Let the keyboard come here."""
        if self._back_row.isHidden():
            self._detail.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self._back.setFocus()

    def show_call(self, details: CallDetails) -> None:
        """Fill it."""
        self._detail.show_call(details)
        self._pages.setCurrentWidget(self._detail)

    def clear(self) -> None:
        """No call is selected, or it is gone."""
        self._pages.setCurrentWidget(self._nothing)
        self._detail.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leads back."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
