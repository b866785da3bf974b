"""The calls that go on now, a card each, newest first."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from rcdesk.core.call import Call, CallState, Direction, Instant
from rcdesk.ui import words
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE
from rcdesk.ui.widgets.avatar import Avatar
from rcdesk.ui.widgets.icons import IconView
from rcdesk.ui.widgets.labels import ElidedLabel, PlainLabel
from rcdesk.ui.widgets.ticker import Ticker

_MOST_UNSCROLLED = 3


class CallCard(QFrame):
    """One call: who, which number and line, its state, how long."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("card", True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        self._theme = theme
        self._call: Call | None = None
        self._avatar = Avatar(theme)
        self._title = ElidedLabel(role="title")
        self._subtitle = ElidedLabel(role="muted")
        self._line = ElidedLabel(role="caption")
        self._icon = IconView(theme, "phone", size_px=CONTROL.icon_small)
        self._state = PlainLabel()
        self._duration = PlainLabel(role="muted")
        self._lay_out()

    def show_call(self, call: Call, region: str) -> None:
        """Show how the call stands."""
        self._call = call
        who = words.caller(call, region)
        self._avatar.show_name(call.other.name)
        self._title.setText(who.title)
        self._subtitle.setText(who.subtitle)
        self._subtitle.setVisible(bool(who.subtitle))
        line = line_text(call, region)
        self._line.setText(f"· {line}" if line else "")
        look = words.state(call)
        self._icon.show_icon(look.icon, look.color)
        self._state.setText(look.text)
        self._state.set_color(getattr(self._theme.palette, look.color))
        spoken = (look.text, who.title, who.subtitle, line)
        self.setAccessibleName(", ".join(part for part in spoken if part))

    def show_time(self, now_s: float) -> None:
        """Let the call's clock stand at `now_s` (monotonic)."""
        self._duration.setText(words.so_far(self._call, now_s) if self._call else "")

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(SPACE.sm)
        first.addWidget(self._title, 1)
        first.addWidget(self._duration)
        third = QHBoxLayout()
        third.setSpacing(SPACE.xs + 2)
        third.addWidget(self._icon)
        third.addWidget(self._state)
        third.addWidget(self._line, 1)
        lines = QVBoxLayout()
        lines.setSpacing(SPACE.xs // 2)
        lines.addLayout(first)
        lines.addWidget(self._subtitle)
        lines.addLayout(third)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.md, SPACE.sm, SPACE.lg, SPACE.sm + 2)
        row.setSpacing(SPACE.md)
        row.addWidget(self._avatar)
        row.addLayout(lines, 1)

    def _open_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction("Copy number", self.copy_number)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.setEnabled(bool(self._call and self._call.other.number))
        menu.popup(self.mapToGlobal(at))

    def copy_number(self) -> None:
        """Put the other side's number on the clipboard."""
        if self._call and self._call.other.number:
            QApplication.clipboard().setText(self._call.other.number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copying works on the call that has the focus."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_number()
            return
        super().keyPressEvent(event)


class ActiveCalls(QScrollArea):
    """Cards of the live calls; as tall as they are, up to three and a bit.

    It reaches to the window's edge: the margin there is its own.
    """

    def __init__(self, theme: Theme, clock: Callable[[], Instant], ticker: Ticker) -> None:
        super().__init__()
        self._theme = theme
        self._clock = clock
        self._ticker = ticker
        self._region = ""
        self._calls: dict[str, Call] = {}
        self._cards: dict[str, CallCard] = {}
        self._room = self._content_height = 0
        self._content = QWidget()
        self._column = QVBoxLayout(self._content)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE.sm)
        self._content.installEventFilter(self)
        self.setWidget(self._content)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Calls going on")
        theme.changed.connect(self._refresh)
        ticker.ticked.connect(self._tick)
        self.hide()

    def set_region(self, region: str) -> None:
        """Country whose way of writing numbers is used."""
        self._region = region
        self._refresh()

    def sizeHint(self) -> QSize:
        """Room for three cards, which is the most it takes."""
        return QSize(super().sizeHint().width(), self._room)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See `_place_bar`."""
        super().resizeEvent(event)
        self._place_bar()

    def show_calls(self, calls: Iterable[Call]) -> None:
        """Show exactly the live ones of `calls`."""
        wanted = {call.key: call for call in calls if call.is_live}
        for key in set(self._calls) - set(wanted):
            self._remove(key)
        for call in wanted.values():
            self._put(call)
        self._settle()

    def apply(self, call: Call) -> None:
        """Bring one call's card up to date, add it, or take it away."""
        if call.is_live:
            self._put(call)
        else:
            self._remove(call.key)
        self._settle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Grow and shrink with the cards."""
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _tick(self) -> None:
        now_s = self._clock().monotonic_s
        for card in self._cards.values():
            card.show_time(now_s)

    def _put(self, call: Call) -> None:
        card = self._cards.get(call.key)
        if card is None:
            card = self._cards[call.key] = CallCard(self._theme)
            self._column.addWidget(card)
        self._calls[call.key] = call
        card.show_call(call, self._region)
        card.show_time(self._clock().monotonic_s)

    def _remove(self, key: str) -> None:
        self._calls.pop(key, None)
        card = self._cards.pop(key, None)
        if card is not None:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()

    def _settle(self) -> None:
        keys = sorted(self._calls, key=lambda key: _rank(self._calls[key]))
        for at, key in enumerate(keys):
            card = self._cards[key]
            if self._column.indexOf(card) != at:
                self._column.insertWidget(at, card)
        for before, after in pairwise(keys):
            QWidget.setTabOrder(self._cards[before], self._cards[after])
        self.setVisible(bool(self._calls))
        self._fit()
        began = (call.counts_from for call in self._calls.values())
        self._ticker.count("calls", [at.monotonic_s for at in began if at is not None])

    def _fit(self) -> None:
        heights = [
            item.sizeHint().height()
            for at in range(self._column.count())
            if (item := self._column.itemAt(at)) is not None
        ]
        self._content_height = sum(heights) + SPACE.sm * max(len(heights) - 1, 0)
        self._room = _room(heights, _MOST_UNSCROLLED)
        self.setMaximumHeight(self._room)
        # In a low window the list below keeps its place, too.
        self.setMinimumHeight(_room(heights, 1))
        self.updateGeometry()
        self._place_bar()

    def _place_bar(self) -> None:
        """The scroll bar lies in the margin: cards keep their width when it comes and goes."""
        has_bar = self.height() < self._content_height
        bar = self.verticalScrollBar().sizeHint().width() if has_bar else 0
        self.setViewportMargins(0, 0, SPACE.lg - bar, 0)

    def _refresh(self) -> None:
        for key, call in self._calls.items():
            self._cards[key].show_call(call, self._region)


def _room(heights: Sequence[int], cards: int) -> int:
    """What so many cards take; half a card more says that there are more."""
    shown = heights[:cards]
    room = sum(shown) + SPACE.sm * max(len(shown) - 1, 0)
    return room + SPACE.sm + heights[cards] // 2 if len(heights) > cards else room


def _rank(call: Call) -> tuple[bool, float]:
    """What asks to be answered comes first, and then the newest."""
    began_s = call.started_at.timestamp() if call.started_at else 0
    rings = call.state is CallState.RINGING and call.direction is Direction.INBOUND
    return (not rings, -began_s)


def line_text(call: Call, region: str) -> str:
    """Which queue or line the call came through or goes out from."""
    if queue := words.queue(call):
        return f"Queue: {queue}"
    line = words.called(call, region)
    if not line:
        return ""
    return f"To {line}" if call.direction is Direction.INBOUND else f"From {line}"
