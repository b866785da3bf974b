"""The list of calls, or what there is to say in its place."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from rcdesk.ui.history.choices import EVERYTHING, Choices
from rcdesk.ui.history.emptiness import LOADING, NO_CALLS, not_listed, nothing_found
from rcdesk.ui.history.model import CallListModel
from rcdesk.ui.history.view import CallListView
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.widgets.banner import Banner
from rcdesk.ui.widgets.state_page import StatePage


class Listing(QWidget):
    """Knows what the platform has told, and why nothing is listed where nothing is.

    Attributes:
        unread: what could not be read of calls that are listed; who makes this places it.
    """

    retry_requested = Signal()
    all_requested = Signal()
    """No call passes the filters, and the user wants to see those that do not."""

    def __init__(self, theme: Theme, model: CallListModel, view: CallListView) -> None:
        super().__init__()
        self._model, self._view = model, view
        self._choices = EVERYTHING
        self._is_loaded = False
        self._failure, self._can_retry = "", True
        self._state = StatePage(theme)
        self.unread = Banner(theme)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._state)
        self._stack.addWidget(view)
        self._state.acted.connect(self._act)
        self.unread.acted.connect(self._retry)
        model.failed.connect(self.say_unread)

    def show_loading(self) -> None:
        """The platform has not been asked yet."""
        self._is_loaded, self._failure = False, ""
        self.settle()

    def show_loaded(self) -> None:
        """The platform has told its newest calls."""
        self._is_loaded, self._failure = True, ""
        self.settle()

    def show_failure(self, sentence: str, *, can_retry: bool = True) -> None:
        """The platform could not tell its calls; those that are known stay."""
        self._failure, self._can_retry = sentence, can_retry
        self.settle()

    def say_unread(self, sentence: str) -> None:
        """The calls kept on this computer could not be read."""
        self.unread.say("warning", "warning", sentence, "Try again")

    def heed_choices(self, choices: Choices) -> None:
        """Which calls are wanted has changed."""
        self._choices = choices
        self.settle()

    def settle(self) -> None:
        """Show the list, or say why there is none."""
        is_empty = self._model.is_empty()
        if is_empty:
            self._say_why_empty()
        if self._failure and not is_empty:
            again, icon = ("Try again", "cloud-off") if self._can_retry else ("", "info")
            self.unread.say("warning", icon, self._failure, again)
        elif not self._failure and not self._model.has_failed:
            self.unread.hide()
        self._stack.setCurrentWidget(self._state if is_empty else self._view)

    def _say_why_empty(self) -> None:
        if self._model.is_busy:
            why = LOADING
        elif self._choices != EVERYTHING:
            why = nothing_found(self._choices)
        elif self._failure:
            why = not_listed(self._failure, can_retry=self._can_retry)
        else:
            why = NO_CALLS if self._is_loaded else LOADING
        self._state.say(*why)

    def _act(self) -> None:
        if self._choices != EVERYTHING:
            self.all_requested.emit()
        else:
            self._retry()

    def _retry(self) -> None:
        self.unread.hide()
        self._failure = ""
        self.settle()
        self.retry_requested.emit()
