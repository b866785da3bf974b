"""The card that shows one call: who, where to, for how long, and what can be done about it."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rcdesk.core.call import Call, CallState, Direction, Endpoint, Instant
from rcdesk.ringcentral.clock import elapsed_s
from rcdesk.ui import words
from rcdesk.ui.popup_queue import Notice
from rcdesk.ui.popup_window import SHADOW_PX, PopupWindow
from rcdesk.ui.style.icons import pixmap
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.avatar import paint_avatar
from rcdesk.ui.widgets.icons import IconView, icon_button, keep_icon
from rcdesk.ui.widgets.labels import ElidedLabel, PlainLabel

CARD_WIDTH_PX = 372
_AVATAR_PX = 48
_BADGE_PX = 21
_GLYPH_PX = 13
_OVERHANG_PX = 6
_EXAMPLE = Call(
    key="",
    session_id="",
    direction=Direction.INBOUND,
    state=CallState.RINGING,
    caller=Endpoint("+16505550100", "Ada Lovelace"),
    callee=Endpoint("+16505550101"),
    heard_at=Instant(datetime.min.replace(tzinfo=UTC), 0),
)


class CallPortrait(QWidget):
    """The caller's avatar with a badge that says what the call does."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._name = ""
        self._look = words.Look("", "phone-incoming", "ringing")
        self.setFixedSize(QSize(_AVATAR_PX + _OVERHANG_PX, _AVATAR_PX + _OVERHANG_PX))

    def show_call(self, name: str, look: words.Look) -> None:
        """`name` is empty for somebody unknown."""
        if (name, look) != (self._name, self._look):
            self._name, self._look = name, look
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        """Draw the avatar and, cut out of its lower right, the badge."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_avatar(painter, QRectF(0, 0, _AVATAR_PX, _AVATAR_PX), self._name, self._theme)
        badge = QRectF(0, 0, _BADGE_PX, _BADGE_PX)
        badge.moveBottomRight(QPointF(self.width(), self.height()))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("surface_raised"))
        painter.drawEllipse(badge.adjusted(-2, -2, 2, 2))
        painter.setBrush(self._theme.color(self._look.color))
        painter.drawEllipse(badge)
        color = QColor(self._theme.palette.surface_raised)
        glyph = pixmap(self._look.icon, _GLYPH_PX, color, self.devicePixelRatioF())
        inset = (_BADGE_PX - _GLYPH_PX) / 2
        painter.drawPixmap(badge.topLeft() + QPointF(inset, inset), glyph)


class CallCard(PopupWindow):
    """One call in a window of its own; reused for the next call once it is done with."""

    dismissed = Signal(str)
    call_back_requested = Signal(str)
    copy_requested = Signal(str)
    opened = Signal(object)

    def __init__(self, theme: Theme, clock: Callable[[], float] = elapsed_s) -> None:
        super().__init__(theme, clock)
        self._notice: Notice | None = None
        self._pressed = False
        self._state_color = ""
        self._portrait = CallPortrait(theme)
        self._state = PlainLabel(role="state")
        self._time = PlainLabel(role="caption")
        self._copy = icon_button(theme, "copy", "Copy number", small=True)
        self._close = icon_button(theme, "close", "Stop showing", small=True)
        self._title = ElidedLabel(role="title")
        self._subtitle = ElidedLabel(role="muted")
        self._queue = _Chip(theme)
        self._line = ElidedLabel(role="caption")
        self._call_back = QPushButton("Call back")
        self._call_back.setProperty("kind", "primary")
        self._call_back.setProperty("small", True)
        self._call_back.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        keep_icon(theme, self._call_back, "phone", "accent_text")
        for button in (self._copy, self._close, self._call_back):
            # A popup that could take the focus would take keystrokes meant for elsewhere.
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._lay_out()
        self._copy.clicked.connect(lambda: self.copy_requested.emit(self._number()))
        self._close.clicked.connect(lambda: self.dismissed.emit(self.call.key))
        self._call_back.clicked.connect(lambda: self.call_back_requested.emit(self._number()))
        theme.changed.connect(self._color)
        self.guard_children()

    @property
    def call(self) -> Call:
        """The call it shows."""
        if self._notice is None:
            raise LookupError("the card shows no call")
        return self._notice.call

    @property
    def counts_from_s(self) -> float | None:
        """Since when `tick` changes something every second; None while it does not."""
        if self._notice is None or self._notice.is_over:
            return None
        since = self._notice.call.counts_from
        return None if since is None else since.monotonic_s

    def rehearse(self, region: str) -> None:
        """Show a call as most are and forget it: what it takes to show the next is then known.

        Styles, icons, the fonts' letters, the layout and the window take longer than the words.
        """
        is_new = self.windowHandle() is None
        if is_new:
            self.polish()
        self.fill(Notice(_EXAMPLE, self._clock()), region)
        if is_new:
            self.grab()
        self._notice = None
        self.setAccessibleName("")
        self.setWindowTitle("")

    def polish(self) -> None:
        """Have styles and a window, without which the first layout would be of another size."""
        for widget in (self, *self.findChildren(QWidget)):
            widget.ensurePolished()
        self.winId()

    def fill(self, notice: Notice, region: str) -> None:
        """Show `notice`; cheap if little has changed."""
        self._notice = notice
        call = notice.call
        look, who = words.state(call), words.caller(call, region)
        self._state.setText(look.text)
        self._title.setText(who.title)
        self._subtitle.setText(who.subtitle)
        self._subtitle.setVisible(bool(who.subtitle))
        named = bool(words.plain(call.other.name)) and call.other.name != call.other.number
        self._portrait.show_call(who.title if named else "", look)
        self._queue.show_queue(words.queue(call))
        line = words.called(call, region)
        self._line.setText(f"to {words.isolate(line)}" if line else "")
        # The queue's name says enough where a button takes the room.
        self._line.setVisible(bool(line) and not (notice.is_over and call.queue))
        self._copy.setVisible(bool(call.other.number))
        self._call_back.setVisible(notice.is_over and bool(call.other.number))
        self._color()
        self.tick()
        sentence = self.sentence(region)
        self.setAccessibleName(sentence)
        # For what lists windows: assistive tools, and scripts on X11.
        self.setWindowTitle(sentence)
        self._fit()

    def sentence(self, region: str) -> str:
        """The card in one sentence, for a screen reader."""
        call = self.call
        who = words.caller(call, region)
        said = f"{words.state(call).text}: {words.isolate(who.title)}"
        if who.subtitle:
            said += f", {who.subtitle}"
        queue, line = words.queue(call), words.called(call, region)
        if queue:
            said += f", queue {words.isolate(queue)}"
        return f"{said}, to {words.isolate(line)}" if line else said

    def tick(self) -> None:
        """Show how long it has been ringing or going on, or when it was missed."""
        if self._notice is None:
            return
        call = self._notice.call
        if self._notice.is_over:
            ended = call.ended_at.utc if call.ended_at else datetime.now(UTC)
            local = datetime.now().astimezone()
            text = f"{ended.astimezone(local.tzinfo):%H:%M}"
        else:
            text = words.so_far(call, self._clock())
        if text != self._time.text():
            self._time.setText(text)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the call; buttons keep their clicks to themselves."""
        if (
            event.button() is Qt.MouseButton.LeftButton
            and self._pressed
            and self._notice is not None
            and self.surface().contains(event.position())
        ):
            self.opened.emit(self._notice.call)
        self._pressed = False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember that the press was not one of the ignored ones."""
        self._pressed = event.button() is Qt.MouseButton.LeftButton

    def _number(self) -> str:
        return self.call.other.number

    def _color(self) -> None:
        if self._notice is None:
            return
        color = self.theme.color(words.state(self._notice.call).color).name()
        if color != self._state_color:
            self._state_color = color
            self._state.set_color(color)
        rings = self._notice.call.state is CallState.RINGING
        self.outline = "ringing" if rings else "border"
        self.update()

    def _fit(self) -> None:
        # While the card is hidden nothing else tells the inner rows that one of them went.
        self._row.activate()
        height = self._row.totalSizeHint().height()
        if height != self.height():
            self.resize(self.width(), height)

    def _lay_out(self) -> None:
        self.setFixedWidth(CARD_WIDTH_PX + 2 * SHADOW_PX)
        head = QHBoxLayout()
        head.setSpacing(SPACE.sm)
        head.addWidget(self._state)
        head.addWidget(self._time)
        head.addStretch(1)
        head.addWidget(self._copy)
        head.addSpacing(-SPACE.xs)
        head.addWidget(self._close)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE.sm)
        foot.addWidget(self._queue)
        foot.addWidget(self._line, 1)
        foot.addStretch()
        foot.addWidget(self._call_back)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addLayout(head)
        lines.addWidget(self._title)
        lines.addWidget(self._subtitle)
        lines.addSpacing(SPACE.sm)
        lines.addLayout(foot)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(SPACE.lg, SPACE.sm, SPACE.sm, SPACE.md)
        self._row.setSpacing(SPACE.md)
        self._row.addWidget(self._portrait, 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addLayout(lines, 1)


class _Chip(QFrame):
    """The call queue's name on a soft ground."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._name = ElidedLabel(role="caption")
        self.setProperty("chip", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.sm, 2, SPACE.sm, 2)
        row.setSpacing(SPACE.xs)
        row.addWidget(IconView(theme, "queue", "accent", 14))
        row.addWidget(self._name)

    def show_queue(self, name: str) -> None:
        """Empty hides it."""
        self._name.setText(name)
        self.setVisible(bool(name))
