"""What the user does with a call of the list by its menu."""

from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from rcdesk.ui.history.choices import Person
from rcdesk.ui.history.offered import Offered
from rcdesk.ui.history.rows import CallRow, GroupRow
from rcdesk.ui.style.theme import Theme


class CallActions(QObject):
    """Opens the menu over `page`, asks back where nothing can be taken back, and tells.

    Attributes:
        offered: what the session may do.
    """

    call_back_requested = Signal(str)
    message_requested = Signal(str, str)
    """Number, and the name of whose it is; empty where that is not known."""
    contact_requested = Signal(object)
    """A HistoryEntry; who is at its other end is wanted."""
    copy_requested = Signal()
    person_requested = Signal(object)
    """A Person whose calls are wanted."""
    note_requested = Signal(object)
    """The ListedCall."""
    resolve_requested = Signal(object)
    """Ids of calls, a tuple."""
    remove_requested = Signal(object)
    """Ids of calls, a tuple."""
    block_requested = Signal(str, str)
    """Number, and whose it is; the user has confirmed it."""
    forget_requested = Signal(object)
    """The Person of whom nothing is to be left; the user has confirmed it."""

    def __init__(self, page: QWidget, theme: Theme) -> None:
        super().__init__(page)
        self._page = page
        self._theme = theme
        self.offered = Offered()

    def offer(self, **changes: bool) -> None:
        """Change some of `offered`."""
        self.offered = replace(self.offered, **changes)

    def open_menu(self, row: CallRow | GroupRow, region: str, at: QPoint) -> None:
        """Open the menu of a row at a place on the screen."""
        from rcdesk.ui.history.call_menu import CallMenu  # noqa: PLC0415 - not to open the window

        menu = CallMenu(self._page, self._theme, row, region, self.offered)
        menu.call_back_requested.connect(self.call_back_requested)
        menu.message_requested.connect(self.message_requested)
        menu.contact_requested.connect(self.contact_requested)
        menu.copy_requested.connect(self.copy_requested)
        menu.person_requested.connect(self.person_requested)
        menu.note_requested.connect(self.note_requested)
        menu.resolve_requested.connect(self.resolve_requested)
        menu.remove_requested.connect(self.remove_requested)
        menu.block_requested.connect(lambda number, name: self.ask_block(number, name, region))
        menu.forget_requested.connect(self.ask_forget)
        menu.popup(at)

    def remove_row(self, row: CallRow | GroupRow) -> None:
        """Delete all calls of a row."""
        self.remove_requested.emit(tuple(call.id for call in row.calls))

    def ask_block(self, number: str, name: str, region: str) -> None:
        """Ask whether a number is to be blocked."""
        from rcdesk.ui.history.questions import Question  # noqa: PLC0415 - as CallMenu

        question = Question.block(self._page, number, name, region)
        question.confirmed.connect(lambda: self.block_requested.emit(number, name))
        question.open()

    def ask_forget(self, person: Person) -> None:
        """Ask whether everything about somebody is to be deleted here."""
        from rcdesk.ui.history.questions import Question  # noqa: PLC0415 - as CallMenu

        question = Question.forget(self._page, person.name)
        question.confirmed.connect(lambda: self.forget_requested.emit(person))
        question.open()
