"""The number field that is always there, and how a call is placed from it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rcdesk.core.numbers import Interpretation
from rcdesk.core.ringout import RingOut
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.icons import keep_icon
from rcdesk.ui.widgets.labels import PlainLabel
from rcdesk.ui.widgets.number_field import NumberField
from rcdesk.ui.windows.ringout_panel import RingOutPanel
from rcdesk.ui.windows.route import FromNumber, Route, RouteChooser

Interpret = Callable[[str], Interpretation]


class Dialer(QWidget):
    """Type, paste or pick a number; see what was understood; call it."""

    dial_requested = Signal(str, str)
    """The number to call (E.164, extension or service code) and the route."""
    route_changed = Signal(str, str)
    ringout_cancel_requested = Signal(str)
    ringout_dismissed = Signal()

    def __init__(self, theme: Theme, interpret: Interpret) -> None:
        super().__init__()
        self._theme = theme
        self._interpret = interpret
        self._understood = Interpretation()
        self._is_placing = False
        self._ringing = ""
        self.number = NumberField(theme)
        self.number.setPlaceholderText("Enter a number")
        self.number.setAccessibleName("Number to call")
        self._call = push_button("Call")
        self._call.setProperty("kind", "primary")
        self._call.setProperty("tall", True)
        self._call.setAccessibleName("Call")
        self._call.setIconSize(QSize(CONTROL.icon, CONTROL.icon))
        self._hint = PlainLabel(role="caption", wraps=True)
        self._route = RouteChooser(theme, interpret)
        self._ringout = RingOutPanel(theme)
        self._lay_out()
        keep_icon(theme, self._call, "phone", "accent_text")
        self.number.textChanged.connect(self._on_text)
        self.number.returnPressed.connect(self.dial)
        self._call.clicked.connect(self.dial)
        self._route.changed.connect(self.route_changed)
        self._route.edited.connect(self._settle)
        self._ringout.cancel_requested.connect(self.ringout_cancel_requested)
        self._ringout.dismissed.connect(self.ringout_dismissed)
        theme.changed.connect(self._settle)
        self._settle()

    @property
    def from_number(self) -> str:
        """The phone that RingOut should call first; empty for the account's own choice."""
        return self._route.from_number

    def set_number(self, text: str) -> None:
        """Fill the field, as picking a number or opening a link does; never dials."""
        self.number.setText(text)
        self.number.setFocus(Qt.FocusReason.OtherFocusReason)
        self.number.end(False)  # Qt's own: without marking

    def focus_number(self) -> None:
        """Let the next key go into the field; what it holds is replaced by typing."""
        self.number.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.number.selectAll()

    def type_digit(self, digit: str) -> None:
        """Take up a digit that was typed elsewhere in the window."""
        self.set_number(self.number.text() + digit)

    def set_region(self, region: str) -> None:
        """The user's country changed: read what is there anew."""
        self._ringout.set_region(region)
        self._on_text(self.number.text())

    def set_from_numbers(self, numbers: Sequence[FromNumber]) -> None:
        """Phones that RingOut may call first."""
        self._route.set_from_numbers(numbers)
        self._settle()

    def set_route(self, via: str, from_number: str) -> None:
        """Bring back the route of last time."""
        self._route.set_route(via, from_number)
        self._settle()

    def offer_ringout(self, *, offered: bool) -> None:
        """Without RingOut a number is handed to another program."""
        self._route.offer_ringout(offered=offered)

    def show_ringout(self, ringout: RingOut | None) -> None:
        """Follow a RingOut; None when there is none (any more)."""
        self._is_placing = False
        self._ringing = ringout.to_number if ringout and ringout.is_in_progress else ""
        self._ringout.show_ringout(ringout)
        self._settle()

    def end_placing(self) -> None:
        """What was asked for did not come about: let the user try again."""
        self._is_placing = False
        self._settle()

    def call_back(self, number: str) -> None:
        """Dial a number that the user picked for calling; a problem is shown in its place."""
        self.set_number(number)
        self.dial()

    def dial(self) -> None:
        """Call what the field holds, if it can be called."""
        self._route.commit()
        if self._call.isEnabled():
            self._is_placing = self._route.via == Route.RINGOUT
            self._settle()
            self.dial_requested.emit(self._understood.e164, self._route.via)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape empties the field."""
        if event.key() == Qt.Key.Key_Escape and self.number.text():
            self.number.clear()
            self.number.setFocus()
            return
        super().keyPressEvent(event)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE.sm)
        row.addWidget(self.number, 1)
        row.addWidget(self._call)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.sm)
        column.addLayout(row)
        below = QHBoxLayout()
        below.setSpacing(SPACE.sm)
        below.addWidget(self._hint, 1)
        below.addWidget(self._route.summary)
        column.addLayout(below)
        column.addWidget(self._route)
        column.addWidget(self._ringout)

    def _on_text(self, text: str) -> None:
        self._is_placing = False
        self._understood = self._interpret(text)
        self._settle()

    def _settle(self) -> None:
        understood = self._understood
        typed = bool(self.number.text().strip())
        problem = understood.problem if typed else ""
        if typed and understood.is_emergency and not problem:
            problem = "rcdesk cannot place emergency calls: use a phone."
        blocked = problem or (self._route.problem if typed else "")
        if self._is_placing:
            self._say("Asking RingCentral to call your phone…", "")
        elif blocked:
            self._say(blocked, self._theme.palette.danger)
        else:
            self._say(f"Calls {understood.display}" if typed else "", "")
        # A second press while the first call is being placed would place another.
        going = self._is_placing or (self._ringing and understood.e164 == self._ringing)
        callable_now = bool(understood.e164) and typed and not understood.is_emergency
        self._call.setEnabled(callable_now and not blocked and not going)

    def _say(self, sentence: str, color: str) -> None:
        self._hint.setText(sentence)
        self._hint.set_color(color)
