"""The user's own presence, to be chosen from a menu."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from rcdesk.core import waits
from rcdesk.ringcentral.clock import elapsed_s
from rcdesk.ui import words
from rcdesk.ui.style.icons import icon
from rcdesk.ui.style.theme import Theme

if TYPE_CHECKING:
    from rcdesk.services.own_presence import OwnPresence

_LONGEST_MESSAGE = 48
# Values of PresenceChoice, whose module would take its time to import before the tray's icon.
_DND = "dnd"
_CHOICES = {
    "available": ("Available", "available"),
    "busy": ("Busy", "busy"),
    _DND: ("Do not disturb", "dnd"),
    "invisible": ("Invisible", "offline"),
}
"""Words and colour of each; its icon is `presence-` and the value."""


class PresenceMenu(QMenu):
    """Offers what can be chosen, with what is chosen checked.

    Signals:
        chosen: the value of a PresenceChoice.
        queue_calls_chosen: whether to take calls of the user's queues.
    """

    chosen = Signal(str)
    queue_calls_chosen = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Presence", parent)
        self._own: OwnPresence | None = None
        self._wait_over_s = 0.0
        self._theme = theme
        self._message = self._note()
        self._wait = self._note()
        self._group = QActionGroup(self)
        self._choices: dict[str, QAction] = {}
        for value, (says, _color) in _CHOICES.items():
            # Without icons: Qt would draw them in the place of the mark that says what is chosen.
            action = QAction(says, self._group, checkable=True)
            action.triggered.connect(partial(self.chosen.emit, value))
            self.addAction(action)
            self._choices[value] = action
        self._line = self.addSeparator()
        self._queue_calls = QAction("Accept queue calls", self, checkable=True)
        self._queue_calls.triggered.connect(self.queue_calls_chosen)
        self.addAction(self._queue_calls)
        self.aboutToShow.connect(self._refresh)
        theme.changed.connect(self._refresh)
        self._refresh()

    @property
    def is_offered(self) -> bool:
        """Whether there is anything that the user may choose."""
        return self._own is not None and self._own.may_change

    def show_own(self, own: "OwnPresence | None") -> None:
        """What is chosen; None while nobody is signed in."""
        self._own = own
        self._refresh()

    def show_waiting(self, seconds: float) -> None:
        """RingCentral asks us to wait before it hears of the choice; 0 when that is over."""
        self._wait_over_s = elapsed_s() + seconds
        self._refresh()

    def _note(self) -> QAction:
        action = self.addAction("")
        action.setEnabled(False)
        return action

    def _refresh(self) -> None:
        own = self._own
        choice = (own and own.choice) or "invisible"
        color = self._theme.color(_CHOICES[choice][1])
        self.menuAction().setIcon(icon(f"presence-{choice}", color))
        message = words.plain(own.message, _LONGEST_MESSAGE) if own else ""
        self._message.setText(message.replace("&", "&&"))
        self._message.setVisible(bool(message))
        wait_s = self._wait_over_s - elapsed_s()
        self._wait.setText(f"RingCentral asks us to wait {waits.asked(wait_s)}")
        self._wait.setVisible(bool(own and own.is_changing and wait_s > 0))
        self._group.setExclusive(False)
        for value, action in self._choices.items():
            action.setChecked(own is not None and own.choice == value)
        self._group.setExclusive(True)
        takes = own.takes_queue_calls if own else None
        self._line.setVisible(takes is not None)
        self._queue_calls.setVisible(takes is not None)
        self._queue_calls.setChecked(bool(takes))
        self._queue_calls.setEnabled(own is not None and own.choice != _DND)
