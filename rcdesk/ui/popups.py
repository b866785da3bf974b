"""Incoming calls as a stack of cards at the lower right of the screen under the pointer."""

import math
from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QCursor,
    QGuiApplication,
    QMouseEvent,
    QScreen,
)
from PySide6.QtWidgets import QHBoxLayout

from rcdesk.core.call import CallChange, CallState
from rcdesk.ringcentral.clock import elapsed_s
from rcdesk.ui.popup_card import CARD_WIDTH_PX, CallCard
from rcdesk.ui.popup_queue import PopupQueue
from rcdesk.ui.popup_window import SHADOW_PX, PopupWindow, is_composited
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.labels import PlainLabel
from rcdesk.ui.widgets.ticker import Ticker

MOST_CARDS = 5
_HOVER_EXTRA_S = 5
_SHORTEST_TIMER_MS = 15
_CALM_MS = 50
"""After a card came or went, until the next is made ready: by then it is painted."""


class CallPopups(QObject):
    """Shows each inbound call that rings here on a card, until there is nothing left to say.

    The clock must be the one that `Instant.monotonic_s` is read from.
    """

    call_back_requested = Signal(str)
    opened = Signal(object)
    more_requested = Signal()

    def __init__(
        self,
        theme: Theme,
        region_getter: Callable[[], str],
        *,
        clock: Callable[[], float] = elapsed_s,
        connected_s: float = 4,
        missed_s: float = 60,
    ) -> None:
        super().__init__(theme)
        self._theme, self._region, self._clock = theme, region_getter, clock
        self._queue = PopupQueue(connected_s, missed_s)
        self._cards: dict[str, CallCard] = {}
        self._spare: list[CallCard] = []
        self._more: _MorePill | None = None
        self._screen: QScreen | None = None
        self._has_shadow = True
        self._ticker = Ticker(self, clock)
        self._ticker.ticked.connect(self._tick)
        self._expiry = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._expiry.timeout.connect(self._expire)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.screenRemoved.connect(self._on_screen_removed)
        # No call waits for what the next one needs, nor the first for its card to be built.
        self._calm = QTimer(self, singleShot=True, interval=_CALM_MS)
        self._calm.timeout.connect(self.prepare)
        QTimer.singleShot(0, self, self.prepare)

    @property
    def cards(self) -> list[CallCard]:
        """The cards on the screen, in order of arrival."""
        return list(self._cards.values())

    def show_change(self, change: CallChange) -> None:
        """Follow a call; changes of calls that need no card cost next to nothing."""
        if change.is_late:
            return
        self._queue.apply(change, self._clock())
        if change.call.key in self._cards or self._queue.notices:
            self._refresh(change.call.key)

    def show_online(self, online: bool) -> None:  # a slot
        """Whether it is told what becomes of calls."""
        if online:
            self._queue.trust()
        else:
            self._queue.doubt(self._clock())
        self._wind_timers()

    def clear(self) -> None:
        """Take every card away: the user signed out."""
        for notice in self._queue.notices:
            self._queue.dismiss(notice.call.key)
        self._refresh()

    def close(self) -> None:
        """Take every card away for good; windows without a parent do not go by themselves."""
        self.clear()
        self._calm.stop()
        for window in (*self._spare, self._more):
            if window is not None:
                window.deleteLater()
        self._spare.clear()
        self._more = None

    def prepare(self) -> None:
        """Have a card ready for the next call, and know how the desktop blends its windows."""
        has_shadow = is_composited()
        if has_shadow != self._has_shadow:
            self._has_shadow = has_shadow
            self._place()
        if not self._spare:
            self._spare.append(self._new_card())
        for card in self._spare:
            card.rehearse(self._region())

    def _new_card(self) -> CallCard:
        card = CallCard(self._theme, self._clock)
        card.dismissed.connect(self._on_dismissed)
        card.call_back_requested.connect(self._on_call_back)
        card.copy_requested.connect(_copy)
        card.opened.connect(self.opened)
        return card

    def _refresh(self, changed_key: str | None = None) -> None:
        shown, left_out = self._queue.shown(self._room())
        kept = {notice.call.key for notice in shown}
        for key in [key for key in self._cards if key not in kept]:
            self._put_away(self._cards.pop(key))
        appeared = []
        for notice in shown:
            card = self._cards.get(notice.call.key)
            if card is None:
                card = self._cards[notice.call.key] = self._take_card()
                appeared.append(card)
            elif notice.call.key != changed_key:
                continue
            card.fill(notice, self._region())
        # Dictionaries keep the order of insertion, which may differ from that of arrival.
        self._cards = {notice.call.key: self._cards[notice.call.key] for notice in shown}
        self._show_more(left_out)
        self._place()
        for card in appeared:
            self._appear(card)
        self._wind_timers()

    def _take_card(self) -> CallCard:
        if not self._cards:
            # A stack keeps its screen: cards must not jump while someone aims at them.
            self._settle_on_a_screen()
        self._calm.start()
        if self._spare:
            return self._spare.pop()
        card = self._new_card()
        card.polish()
        return card

    def _put_away(self, card: CallCard) -> None:
        card.hide()
        if self._spare:
            card.deleteLater()
        else:
            self._spare.append(card)
            self._calm.start()

    def _appear(self, card: CallCard) -> None:
        card.disarm()
        card.show()
        card.raise_()
        if QAccessible.isActive() and card.call.state is CallState.RINGING:
            said = QAccessibleAnnouncementEvent(card, card.sentence(self._region()))
            said.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
            QAccessible.updateAccessibility(said)

    def _settle_on_a_screen(self) -> None:
        found: QScreen | None = QGuiApplication.screenAt(QCursor.pos())
        if found not in QGuiApplication.screens():
            # None, or one that is being unplugged: Qt still finds it there.
            found = QGuiApplication.primaryScreen()
        if found is self._screen:
            return
        if self._screen is not None:
            self._screen.availableGeometryChanged.disconnect(self._on_geometry_changed)
        self._screen = found
        if found is not None:
            found.availableGeometryChanged.connect(self._on_geometry_changed)

    def _on_screen_removed(self, removed: QScreen) -> None:
        if removed is self._screen:
            self._screen = None
            self._settle_on_a_screen()
            self._refresh()

    def _on_geometry_changed(self) -> None:
        self._refresh()

    def _available(self) -> QRect:
        if self._screen is None:
            self._settle_on_a_screen()
        return self._screen.availableGeometry() if self._screen else QRect(0, 0, 1024, 768)

    def _room(self) -> int:
        """How many cards fit the screen, the pill for the rest included."""
        tallest = max((card.height() for card in self.cards), default=150) - 2 * SHADOW_PX
        fit = (self._available().height() - SPACE.xxl * 2) // (tallest + SPACE.sm)
        return max(1, min(MOST_CARDS, fit))

    def _place(self) -> None:
        """Stack upwards; what moves under the pointer ignores clicks for a while."""
        area = self._available()
        windows: list[PopupWindow] = [*self._cards.values()]
        if self._more is not None and self._more.is_wanted:
            windows.append(self._more)
        edge = SPACE.lg - SHADOW_PX
        right, bottom = area.right() + 1 - edge, area.bottom() + 1 - edge
        for window in windows:
            window.show_shadow(self._has_shadow)
            spot = QPoint(right - window.width(), bottom - window.height())
            if window.pos() != spot:
                window.move(spot)
                window.disarm()
            bottom -= window.height() - 2 * SHADOW_PX + SPACE.sm

    def _show_more(self, left_out: int) -> None:
        if self._more is None:
            if not left_out:
                return
            self._more = _MorePill(self._theme, self._clock)
            self._more.clicked.connect(self.more_requested)
        self._more.count(left_out)

    def _wind_timers(self) -> None:
        began_s = (card.counts_from_s for card in self._cards.values())
        self._ticker.count("cards", [at_s for at_s in began_s if at_s is not None])
        due_s = self._queue.due_s()
        if due_s is None:
            self._expiry.stop()
        else:
            wait_ms = math.ceil((due_s - self._clock()) * 1000)
            self._expiry.start(max(_SHORTEST_TIMER_MS, wait_ms))

    def _tick(self) -> None:
        for card in self._cards.values():
            card.tick()

    def _expire(self) -> None:
        now_s = self._clock()
        for key, card in self._cards.items():
            if card.underMouse():
                self._queue.keep(key, now_s + _HOVER_EXTRA_S)
        self._queue.expire(now_s)
        self._refresh()

    def _on_dismissed(self, key: str) -> None:
        self._queue.dismiss(key)
        self._refresh()

    def _on_call_back(self, number: str) -> None:
        for key, card in list(self._cards.items()):
            if card is self.sender():
                self._queue.dismiss(key)
        self._refresh()
        self.call_back_requested.emit(number)


def _copy(number: str) -> None:
    QGuiApplication.clipboard().setText(number)


class _MorePill(PopupWindow):
    """How many more there are than a full stack shows."""

    clicked = Signal()

    def __init__(self, theme: Theme, clock: Callable[[], float]) -> None:
        super().__init__(theme, clock)
        self.is_wanted = False
        self._label = PlainLabel(role="muted")
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.lg, SPACE.sm, SPACE.lg, SPACE.sm)
        row.addWidget(self._label)
        self.setFixedWidth(CARD_WIDTH_PX + 2 * SHADOW_PX)
        self.guard_children()

    def count(self, left_out: int) -> None:
        """Zero hides it."""
        self.is_wanted = left_out > 0
        self._label.setText(f"+{left_out} more")
        self.setAccessibleName(f"{left_out} more calls")
        self.adjustSize()
        self.setVisible(self.is_wanted)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ask for the whole list."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit()
