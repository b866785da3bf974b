"""The numbers that are told in large letters."""

from datetime import date

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QStyle, QVBoxLayout, QWidget

from rcdesk.core.past_calls import CallStatistics, ListedCall
from rcdesk.ui import words
from rcdesk.ui.history.texts import moment_text
from rcdesk.ui.statistics.reflow import Reflow
from rcdesk.ui.statistics.texts import number_text, share_text
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.buttons import FilledButton
from rcdesk.ui.widgets.labels import ElidedLabel, PlainLabel

_NARROWEST_PX = 150
_NOTHING = "—"


class Figures(Reflow):
    """Calls, answered and missed ones, how long people talked, how fast they picked up."""

    longest_picked = Signal(int)
    """The longest call's id."""

    def __init__(self, theme: Theme, locale: QLocale) -> None:
        super().__init__(columns=(2, 3, 6), narrowest_px=_NARROWEST_PX)
        self._theme, self._locale = theme, locale
        self._longest: ListedCall | None = None
        self._calls = _Figure("Calls")
        self._answered = _Figure("Answered")
        self._missed = _Figure("Missed")
        self._talk = _Figure("Talk time")
        self._ring = _Figure("Picked up after")
        self._longest_call = _Figure("Longest call")
        self._button = _card_button(self._longest_call)
        self._button.clicked.connect(self._pick_longest)
        for figure in (self._calls, self._answered, self._missed, self._talk, self._ring):
            self.add(_card(figure))
        self.add(self._button)
        self._has_missed = False
        theme.changed.connect(self._color)

    def show_counted(self, counted: CallStatistics, region: str, today: date) -> None:
        """Tell them."""
        calls = counted.inbound + counted.outbound
        inbound, outbound = self._number(counted.inbound), self._number(counted.outbound)
        self._calls.say(self._number(calls), f"{inbound} in, {outbound} out")
        answered = share_text(counted.answered, calls, self._locale)
        self._answered.say(self._number(counted.answered), f"{answered} of all calls")
        missed = share_text(counted.missed, counted.inbound, self._locale)
        self._missed.say(
            self._number(counted.missed),
            f"{missed} of incoming calls" if missed else "No incoming calls",
        )
        if self._has_missed != bool(counted.missed):
            self._has_missed = not self._has_missed
            self._color()
        average = counted.talk_s / counted.answered if counted.answered else 0
        self._talk.say(
            words.duration(counted.talk_s) if counted.answered else _NOTHING,
            f"{words.duration(average)} a call" if counted.answered else "Nobody talked",
        )
        self._say_ring(counted.average_ring_s, any_answered=bool(counted.answered))
        self._say_longest(counted.longest, region, today)

    def texts(self) -> list[str]:
        """All of them as they are read out."""
        return [
            figure.spoken
            for figure in (
                *(self._calls, self._answered, self._missed),
                *(self._talk, self._ring, self._longest_call),
            )
        ]

    def _number(self, number: int) -> str:
        return number_text(number, self._locale)

    def _say_ring(self, average_s: float | None, *, any_answered: bool) -> None:
        if average_s is None:
            unknown = "Not known: rcdesk was not there when they rang"
            self._ring.say(_NOTHING, unknown if any_answered else "Nobody talked")
        else:
            self._ring.say(words.duration(round(average_s)), "on average")

    def _say_longest(self, longest: ListedCall | None, region: str, today: date) -> None:
        self._longest = longest
        self._button.setEnabled(longest is not None)
        if longest is None:
            self._longest_call.say(_NOTHING, "Nobody talked")
        else:
            who = words.who(longest.entry.other, region).title
            when = moment_text(longest.entry.started_at, today)
            self._longest_call.say(
                words.duration(longest.entry.duration_s), words.joined(who, when)
            )
        self._button.setAccessibleName(self._longest_call.spoken)

    def _pick_longest(self) -> None:
        if self._longest is not None:
            self.longest_picked.emit(self._longest.id)

    def _color(self) -> None:
        self._missed.set_color(self._theme.palette.missed if self._has_missed else "")


class _Lines(PlainLabel):
    """Begins where the layout does, as ElidedLabel; QLabel goes by the letters."""

    def changeEvent(self, event: QEvent) -> None:
        """Follow the layout's direction."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            side = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeading)
            self.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignTop)


class _Figure(QWidget):
    """What it is, how much, and what more there is to say."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._value = ElidedLabel(role="headline")
        self._more = _Lines(role="caption", wraps=True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.lg, SPACE.md, SPACE.lg, SPACE.md)
        column.setSpacing(2)
        column.addWidget(ElidedLabel(name, "muted"))
        column.addWidget(self._value)
        column.addWidget(self._more)
        column.addStretch(1)

    @property
    def spoken(self) -> str:
        """All of it in one line."""
        return f"{self._name}: {self._value.text()}, {self._more.text()}"

    def say(self, value: str, more: str) -> None:
        """Tell another value."""
        self._value.setText(value)
        self._more.setText(more)
        self.setAccessibleName(self.spoken)

    def set_color(self, color: str) -> None:
        """Colour of the value."""
        self._value.set_color(color)


def _card(figure: _Figure) -> QFrame:
    card = QFrame()
    card.setProperty("card", True)
    _fill(card, figure)
    return card


def _card_button(figure: _Figure) -> QPushButton:
    button = _CardButton()
    button.setProperty("kind", "card")
    button.setAccessibleDescription("Show this call in the history")
    button.setToolTip("Show this call in the history")
    button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    _fill(button, figure, border_px=1)
    return button


class _CardButton(FilledButton):
    """As high as what is in it."""

    def hasHeightForWidth(self) -> bool:
        """Of text that wraps."""
        return True

    def heightForWidth(self, width: int) -> int:
        """See QWidget."""
        layout = self.layout()
        return layout.heightForWidth(width) if layout else super().heightForWidth(width)


def _fill(card: QWidget, figure: _Figure, *, border_px: int = 0) -> None:
    column = QVBoxLayout(card)
    # A frame keeps its border free, a button does not.
    column.setContentsMargins(border_px, border_px, border_px, border_px)
    column.addWidget(figure)
