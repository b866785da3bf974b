"""A card about no single call: calls missed while offline, a sign-in that has ended."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout

from rcdesk.core.history import HistoryEntry
from rcdesk.ringcentral.clock import elapsed_s
from rcdesk.ui import words
from rcdesk.ui.popup_card import CARD_WIDTH_PX
from rcdesk.ui.popup_window import SHADOW_PX, PopupWindow, is_composited
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.icons import IconView, icon_button
from rcdesk.ui.widgets.labels import ElidedLabel, PlainLabel

_ICON_PX = 22
_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Notice:
    """What a card says; `color` and `icon` are names of a token and of an icon."""

    title: str
    lines: Sequence[str]
    button: str
    icon: str
    color: str


def missed_meanwhile(missed: Sequence[HistoryEntry], region: str) -> Notice:
    """Calls (newest first, at least one) that were missed without a connection."""
    many = len(missed) > 1
    shown = missed[: _MOST_LINES if len(missed) <= _MOST_LINES else _MOST_LINES - 1]
    lines = [_line(entry, region) for entry in shown]
    if len(missed) > len(shown):
        lines.append(f"and {len(missed) - len(shown)} more")
    title = f"{len(missed)} missed calls" if many else "1 missed call"
    return Notice(f"{title} while not connected", lines, "Show", "phone-missed", "missed")


def _line(entry: HistoryEntry, region: str) -> str:
    who = words.isolate(words.who(entry.other, region).title)
    return f"{entry.started_at.astimezone():%H:%M}  {who}"


def session_over(sentence: str) -> Notice:
    """The platform has ended the session, or will soon."""
    return Notice("Sign in again", (sentence,), "Sign in", "sign-out", "warning")


class NoticeCard(PopupWindow):
    """Stays until it is answered or taken away; never takes the focus."""

    acted = Signal()
    dismissed = Signal()

    def __init__(self, theme: Theme, notice: Notice, clock: Callable[[], float]) -> None:
        super().__init__(theme, clock)
        close = icon_button(theme, "close", "Stop showing", small=True)
        act = QPushButton(notice.button)
        act.setProperty("kind", "primary")
        act.setProperty("small", True)
        act.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        for button in (close, act):
            # A popup that could take the focus would take keystrokes meant for elsewhere.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = QHBoxLayout()
        head.setSpacing(SPACE.sm)
        head.addWidget(IconView(theme, notice.icon, notice.color, _ICON_PX))
        head.addWidget(PlainLabel(notice.title, role="title"), 1)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setSpacing(SPACE.xs)
        inset = SHADOW_PX + SPACE.md
        column.setContentsMargins(inset, inset, inset, inset)
        self.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        for line in notice.lines:
            column.addWidget(
                PlainLabel(line, role="muted", wraps=True)
                if len(notice.lines) == 1
                else ElidedLabel(line, role="muted")
            )
        column.addSpacing(SPACE.sm)
        column.addWidget(act, 0, Qt.AlignmentFlag.AlignRight)
        self.setFixedWidth(CARD_WIDTH_PX + 2 * SHADOW_PX)
        sentence = f"{notice.title}: {', '.join(notice.lines)}"
        self.setAccessibleName(sentence)
        self.setWindowTitle(sentence)
        close.clicked.connect(self.dismissed)
        act.clicked.connect(self.acted)
        self.guard_children()

    def sizeHint(self) -> QSize:
        """As high as its lines need at the card's width."""
        layout = self.layout()
        if layout is None:
            return super().sizeHint()
        return QSize(self.width(), layout.totalHeightForWidth(self.width()))


class Notices(QObject):
    """One card for each subject, in the corner across from the calls."""

    def __init__(self, theme: Theme, clock: Callable[[], float] = elapsed_s) -> None:
        super().__init__(theme)
        self._theme = theme
        self._clock = clock
        self._cards: dict[str, NoticeCard] = {}

    @property
    def cards(self) -> list[NoticeCard]:
        """The cards on the screen, oldest first."""
        return list(self._cards.values())

    def show_notice(self, subject: str, notice: Notice, act: Callable[[], None]) -> None:
        """Show `notice` in place of what was shown of `subject`."""
        self.take_away(subject)
        card = NoticeCard(self._theme, notice, self._clock)

        def answer() -> None:
            self.take_away(subject)
            act()

        card.acted.connect(answer)
        card.dismissed.connect(lambda: self.take_away(subject))
        card.show_shadow(is_composited())
        self._cards[subject] = card
        card.resize(card.sizeHint())
        self._place()
        card.disarm()
        card.show()

    def take_away(self, subject: str) -> None:
        """Show nothing of `subject` any more."""
        card = self._cards.pop(subject, None)
        if card is not None:
            card.hide()
            card.deleteLater()
            self._place()

    def close(self) -> None:
        """Take every card away."""
        for subject in list(self._cards):
            self.take_away(subject)

    def _place(self) -> None:
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        top = room.top() + SPACE.sm
        for card in self._cards.values():
            card.move(QPoint(room.right() - card.width() - SPACE.sm, top))
            top += card.height() - 2 * SHADOW_PX + SPACE.sm
