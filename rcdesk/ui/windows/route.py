"""Which way a call is placed, and from which of the user's phones."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from rcdesk.core.numbers import Interpretation
from rcdesk.ui import words
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.icons import keep_icon
from rcdesk.ui.widgets.labels import plain_tool_tip


class Route(StrEnum):
    """How a number is handed on."""

    RINGOUT = "ringout"
    APP = "app"
    TEL = "tel"


class FromNumber(Protocol):
    """A phone that RingOut may call first: E.164 or extension, and its name ("Mobile")."""

    @property
    def number(self) -> str: ...  # noqa: D102  # see above

    @property
    def label(self) -> str: ...  # noqa: D102


_MIDDLE = Qt.TextElideMode.ElideMiddle
_ROUTES = (
    (Route.RINGOUT, "RingOut"),
    (Route.APP, "RingCentral app"),
    (Route.TEL, "Default phone app"),
)


class RouteChooser(QWidget):
    """The route, and for RingOut the phone that rings first (picked or typed).

    Folded away behind `summary`, a button that says in short what is chosen and stands
    wherever the dialer puts it.
    """

    changed = Signal(str, str)
    """Route and first phone's number, as the user left them."""
    edited = Signal()
    """Something is being chosen or typed; `problem` may have changed."""

    def __init__(self, theme: Theme, interpret: Callable[[str], Interpretation]) -> None:
        super().__init__()
        self._interpret = interpret
        self._told = (Route.RINGOUT.value, "")
        self._wished = Route.RINGOUT.value
        self.summary = push_button()
        self.summary.setCheckable(True)
        self.summary.setProperty("kind", "quiet")
        self.summary.setProperty("small", True)
        self.summary.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.summary.setIconSize(QSize(CONTROL.icon_small, CONTROL.icon_small))
        keep_icon(theme, self.summary, "chevron-down", "text_muted")
        self._route = QComboBox()
        self._route.setAccessibleName("How to place the call")
        for route, says in _ROUTES:
            self._route.addItem(says, route.value)
        self._phones = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
        self._phones.setAccessibleName("Your phone, which RingOut calls first")
        for box in (self._route, self._phones):
            box.view().setAccessibleName(box.accessibleName())
        self._phones.setToolTip("RingOut calls this phone first, then the other side")
        self._phones.setMinimumContentsLength(8)
        self._phones.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._entry.setPlaceholderText("Your phone")
        self._entry.setAccessibleName("Your phone, which RingOut calls first")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.sm)
        row.addWidget(self._route)
        row.addWidget(self._phones, 1)
        row.addStretch(0)
        self._route.currentIndexChanged.connect(self._on_route)
        self._phones.activated.connect(self.commit)
        self._entry.editingFinished.connect(self.commit)
        self._entry.textEdited.connect(self.edited)
        self.summary.toggled.connect(self.setVisible)
        self.hide()
        self._sum_up()

    @property
    def via(self) -> str:
        """The route chosen."""
        return str(self._route.currentData())

    @property
    def from_number(self) -> str:
        """The first phone; empty for the account's own choice, or where it is no number."""
        return self._read().e164

    @property
    def problem(self) -> str:
        """Why RingOut cannot start, as a sentence; empty where it can."""
        return self._read().problem if self.via == Route.RINGOUT else ""

    def set_from_numbers(self, numbers: Sequence[FromNumber]) -> None:
        """Offer `numbers`; what was chosen stays chosen."""
        chosen = self.from_number
        blocker = QSignalBlocker(self._phones)
        self._phones.clear()
        for phone in numbers:
            shown = self._interpret(phone.number).display or phone.number
            self._phones.addItem(words.joined(words.plain(phone.label), shown), phone.number)
        self._choose(chosen or (numbers[0].number if numbers else ""))
        blocker.unblock()
        self._told = (self.via, self.from_number)
        self._sum_up()

    def set_route(self, via: str, from_number: str) -> None:
        """Bring back what was remembered; an unknown route means RingOut."""
        self._wished = via
        self._bring_back()
        if from_number:
            self._choose(from_number)
        self._told = (self.via, self.from_number)
        self._sum_up()

    def offer_ringout(self, *, offered: bool) -> None:
        """Have RingOut among the routes or not; where it was chosen, it is again when back."""
        at = self._route.findData(Route.RINGOUT.value)
        if offered == (at >= 0):
            return
        with QSignalBlocker(self._route):
            if offered:
                self._route.insertItem(0, _ROUTES[0][1], _ROUTES[0][0].value)
            else:
                self._route.removeItem(at)
        self._bring_back()
        # Nothing that the user chose, so nothing to keep.
        self._told = (self.via, self.from_number)
        self._sum_up()
        self.edited.emit()

    def commit(self) -> None:
        """Tell what is chosen now, if that is news and usable."""
        now = (self.via, self.from_number)
        if now != self._told and not self.problem:
            self._told = now
            self.changed.emit(*now)
        self._sum_up()
        self.edited.emit()

    def _sum_up(self) -> None:
        says = self._route.currentText()
        if self.via == Route.RINGOUT and self.from_number:
            phone = self._entry.text().partition(" · ")[0]
            self.summary.ensurePolished()
            fitting = self.summary.fontMetrics().elidedText(phone, _MIDDLE, SPACE.xxl * 5)
            shown = f"From {fitting}"
            says = f"{says} from {phone}"
        else:
            shown = says
        self.summary.setText(shown.replace("&", "&&"))
        self.summary.setToolTip(plain_tool_tip(f"How to place the call: {says}"))
        self.summary.setAccessibleName(f"How to place the call: {says}")

    @property
    def _entry(self) -> QLineEdit:
        entry = self._phones.lineEdit()
        assert entry is not None, "the box is editable"  # noqa: S101  # for the type checker
        return entry

    def _read(self) -> Interpretation:
        text = self._entry.text().strip()
        at = self._phones.findText(text, Qt.MatchFlag.MatchExactly)
        if text and at >= 0:
            return Interpretation(e164=str(self._phones.itemData(at)), display=text)
        return self._interpret(text)

    def _choose(self, number: str) -> None:
        at = self._phones.findData(number)
        self._phones.setCurrentIndex(at)
        if at < 0:
            self._entry.setText(self._interpret(number).display or number)
        self._entry.setCursorPosition(0)

    def _bring_back(self) -> None:
        with QSignalBlocker(self._route):
            self._route.setCurrentIndex(max(self._route.findData(self._wished), 0))
        self._phones.setVisible(self.via == Route.RINGOUT)

    def _on_route(self) -> None:
        self._wished = self.via
        self._phones.setVisible(self.via == Route.RINGOUT)
        self.commit()
