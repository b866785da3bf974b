"""How a RingOut stands: both legs, and how it ended."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from rcdesk.core.numbers import national
from rcdesk.core.ringout import LegStatus, RingOut, RingOutState
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.icons import IconView, icon_button
from rcdesk.ui.widgets.labels import ElidedLabel, PlainLabel

_LEG_WORDS = {
    LegStatus.IN_PROGRESS: "ringing",
    LegStatus.SUCCESS: "answered",
    LegStatus.FINISHED: "hung up",
    LegStatus.BUSY: "busy",
    LegStatus.NO_ANSWER: "no answer",
    LegStatus.REJECTED: "declined",
    LegStatus.CANNOT_REACH: "cannot be reached",
    LegStatus.INVALID: "not a number in service",
    LegStatus.INTERNATIONAL_DISABLED: "international calls are off",
    LegStatus.DESTINATION_BLOCKED: "blocked",
    LegStatus.NOT_ENOUGH_FUNDS: "not enough credit",
    LegStatus.NO_SUCH_USER: "unknown user",
    LegStatus.FAILED: "failed",
    LegStatus.UNKNOWN: "unknown",
}
_GOOD = (LegStatus.SUCCESS, LegStatus.FINISHED)
_FAILURES = {
    LegStatus.BUSY: "{who} busy.",
    LegStatus.NO_ANSWER: "{who} did not answer.",
    LegStatus.REJECTED: "{who} declined the call.",
    LegStatus.CANNOT_REACH: "{who} could not be reached.",
    LegStatus.INVALID: "RingCentral does not know this number.",
    LegStatus.INTERNATIONAL_DISABLED: "International calls are switched off for your account.",
    LegStatus.DESTINATION_BLOCKED: "Calls to this number are blocked for your account.",
    LegStatus.NOT_ENOUGH_FUNDS: "Your RingCentral account lacks the credit for this call.",
    LegStatus.NO_SUCH_USER: "RingCentral does not know this number.",
}


def verdict(ringout: RingOut) -> str:
    """What happens now, or how it ended, in one sentence."""
    sentences = {
        RingOutState.RINGING_CALLER: "Pick up your phone; then they are called.",
        RingOutState.RINGING_CALLEE: "You are on; ringing them now.",
        RingOutState.CONNECTED: "You are connected: talk on your phone.",
        RingOutState.CANCELLED: "You cancelled this call.",
        RingOutState.GONE: "RingCentral closed this call without saying how it ended.",
    }
    return sentences.get(ringout.state) or _failure(ringout)


def _failure(ringout: RingOut) -> str:
    for status, who in ((ringout.caller, "Your phone"), (ringout.callee, "They")):
        if status in _FAILURES:
            is_busy = {"Your phone": "Your phone is", "They": "They are"}[who]
            return _FAILURES[status].format(who=is_busy if status is LegStatus.BUSY else who)
    return _FAILURES.get(ringout.call, "The call did not go through.").format(who="They")


class _Leg:
    """One line of the panel: an icon, whose phone, how it stands."""

    def __init__(self, theme: Theme, grid: QGridLayout, row: int, who: str) -> None:
        self._who = who
        self._icon = IconView(theme, "phone", size_px=CONTROL.icon_small)
        self._name = PlainLabel(who)
        self._number = ElidedLabel(role="muted")
        self._status = PlainLabel()
        grid.addWidget(self._icon, row, 0)
        grid.addWidget(self._name, row, 1)
        grid.addWidget(self._number, row, 2)
        grid.addWidget(self._status, row, 3, Qt.AlignmentFlag.AlignRight)
        self._theme = theme

    def show_leg(self, number: str, word: str, icon: str, color: str) -> None:
        self._icon.show_icon(icon, color)
        self._number.setText(number)
        self._status.setText(word)
        self._status.set_color(getattr(self._theme.palette, color))
        self._status.setAccessibleName(f"{self._who}: {word}")


class RingOutPanel(QFrame):
    """A card while rcdesk places a call; hidden otherwise."""

    cancel_requested = Signal(str)
    dismissed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("card", True)
        self._ringout: RingOut | None = None
        self._region = ""
        self._title = ElidedLabel(role="title")
        self._close = icon_button(theme, "close", "Dismiss", small=True)
        self._close.clicked.connect(self._on_dismiss)
        self._verdict = PlainLabel(role="muted", wraps=True)
        self._cancel = push_button("Cancel call")
        self._cancel.setProperty("small", True)
        self._cancel.clicked.connect(self._on_cancel)
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE.sm)
        grid.setVerticalSpacing(SPACE.xs)
        grid.setColumnStretch(2, 1)
        self._own_leg = _Leg(theme, grid, 0, "Your phone")
        self._their_leg = _Leg(theme, grid, 1, "Them")
        self._lay_out(grid)
        theme.changed.connect(self._refresh)
        self.hide()

    def set_region(self, region: str) -> None:
        """Country whose way of writing numbers is used."""
        self._region = region
        self._refresh()

    def show_ringout(self, ringout: RingOut | None) -> None:
        """Follow `ringout`; None hides the panel."""
        self._ringout = ringout
        self._refresh()
        self.setVisible(ringout is not None)

    def _lay_out(self, grid: QGridLayout) -> None:
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._close)
        bottom = QHBoxLayout()
        bottom.setSpacing(SPACE.sm)
        bottom.addWidget(self._verdict, 1)
        bottom.addWidget(self._cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.lg, SPACE.md, SPACE.md, SPACE.md)
        column.setSpacing(SPACE.sm)
        column.addLayout(top)
        column.addLayout(grid)
        column.addLayout(bottom)
        QWidget.setTabOrder(self._cancel, self._close)

    def _refresh(self) -> None:
        ringout = self._ringout
        if ringout is None:
            return
        number = national(ringout.to_number, self._region)
        going = ringout.is_in_progress
        self._title.setText(f"Calling {number}" if going else number)
        self._own_leg.show_leg(
            national(ringout.from_number, self._region), *self._look(ringout.caller)
        )
        waits = ringout.caller is LegStatus.IN_PROGRESS and going
        them = ("not called yet", "clock", "text_muted") if waits else self._look(ringout.callee)
        self._their_leg.show_leg(number, *them)
        self._verdict.setText(verdict(ringout))
        self._cancel.setVisible(going)
        self._close.setVisible(not going)

    def _look(self, status: LegStatus) -> tuple[str, str, str]:
        """Word, icon and colour token of a leg."""
        if status in _GOOD:
            return _LEG_WORDS[status], "check", "success"
        if status is not LegStatus.IN_PROGRESS:
            return _LEG_WORDS[status], "phone-off", "danger"
        if self._ringout is not None and self._ringout.is_in_progress:
            return _LEG_WORDS[status], "phone", "ringing"
        return "not answered", "phone-off", "text_muted"

    def _on_cancel(self) -> None:
        if self._ringout is not None:
            self.cancel_requested.emit(self._ringout.id)

    def _on_dismiss(self) -> None:
        self.show_ringout(None)
        self.dismissed.emit()
