"""What can be done with a call of the list."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from rcdesk.core.numbers import can_be_dialed, can_be_looked_up, is_extension, is_public
from rcdesk.ui import words
from rcdesk.ui.history.choices import Person
from rcdesk.ui.history.offered import Offered
from rcdesk.ui.history.rows import CallRow, GroupRow
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.widgets.icons import keep_icon


class CallMenu(QMenu):
    """Of one row; what is done to a group is done to all of its calls."""

    call_back_requested = Signal(str)
    message_requested = Signal(str, str)
    """Number, and the name of whose it is; empty where that is not known."""
    contact_requested = Signal(object)
    """The HistoryEntry; who is at its other end is wanted."""
    copy_requested = Signal()
    person_requested = Signal(object)
    """A Person whose calls are wanted."""
    block_requested = Signal(str, str)
    """Number, and whose it is."""
    note_requested = Signal(object)
    """The ListedCall."""
    resolve_requested = Signal(object)
    """Ids of the calls."""
    remove_requested = Signal(object)
    """Ids of the calls."""
    forget_requested = Signal(object)
    """The Person of whom nothing is to be left."""

    def __init__(
        self,
        parent: QWidget,
        theme: Theme,
        row: CallRow | GroupRow,
        region: str,
        offered: Offered,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._theme = theme
        call, number = row.call, row.call.entry.other.number
        name = call.entry.other.name
        title = words.who(call.entry.other, region).title
        self._add("Call back", "phone", can_be_dialed(number)).triggered.connect(
            lambda: self.call_back_requested.emit(number)
        )
        self.actions()[-1].setShortcut(QKeySequence("Ctrl+Return"))
        if offered.messages:
            self._add("Send a message", "message", is_public(number)).triggered.connect(
                lambda: self.message_requested.emit(number, name)
            )
        copy = self._add("Copy number", "copy", bool(number))
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.triggered.connect(self.copy_requested)
        # Extensions are looked up in the company directory, which needs no further scope.
        if offered.contacts or is_extension(number):
            self._add("Open contact", "contact", can_be_looked_up(number)).triggered.connect(
                lambda: self.contact_requested.emit(call.entry)
            )
        self.addSeparator()
        self._add("Add a note", "note").triggered.connect(lambda: self.note_requested.emit(call))
        if call.has_note:
            self.actions()[-1].setText("Edit the note")
        person = None if call.person is None else Person(call.person, title)
        if person is not None:
            label = words.plain(title, 32).replace("&", "&&")
            self._add(f"Calls with {label}", "user").triggered.connect(
                lambda: self.person_requested.emit(person)
            )
        self._add_resolve(row)
        self.addSeparator()
        if offered.blocking:
            block = self._add("Block this number…", "block", is_public(number))
            block.triggered.connect(lambda: self.block_requested.emit(number, title))
        self._add_remove(row)
        if person is not None:
            self._add("Forget this person…", "eye-off").triggered.connect(
                lambda: self.forget_requested.emit(person)
            )

    def _add_resolve(self, row: CallRow | GroupRow) -> None:
        unresolved = tuple(call.id for call in row.calls if call.is_unresolved)
        if unresolved:
            self._add("Mark as resolved", "check").triggered.connect(
                lambda: self.resolve_requested.emit(unresolved)
            )

    def _add_remove(self, row: CallRow | GroupRow) -> None:
        ids = tuple(call.id for call in row.calls)
        says = "Delete on this computer"
        remove = self._add(says if len(ids) == 1 else f"Delete {len(ids)} calls here", "trash")
        remove.setShortcut(QKeySequence(QKeySequence.StandardKey.Delete))
        remove.triggered.connect(lambda: self.remove_requested.emit(ids))

    def _add(self, says: str, icon: str, enabled: bool = True) -> QAction:
        action = QAction(says, self)
        action.setEnabled(enabled)
        keep_icon(self._theme, action, icon, "text_muted")
        self.addAction(action)
        return action
