"""A bar chart that can be read with the eyes, the pointer, the keyboard and a screen reader."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QLocale, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QStyle, QToolTip, QWidget

from rcdesk.ui.statistics.bars import Bar, scale
from rcdesk.ui.statistics.plot import Plot
from rcdesk.ui.statistics.texts import calls_text, number_text
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import RADIUS, SPACE, TYPE
from rcdesk.ui.widgets.labels import plain_tool_tip

INSET_PX = 6
"""Between the ring of the focus and what is drawn."""

_HEIGHT_PX = 176
_ROUND_PX = 3
_GAP_PX = 1
_FONT_PX = TYPE.caption.size_px - 1


class BarChart(QWidget):
    """Calls as bars, the missed ones on top of the others.

    The arrow keys go from bar to bar, and so does the pointer.
    """

    looked_at = Signal(str)
    """What the bar says that is pointed at or reached by the keyboard; empty for none."""
    picked = Signal(object)
    """The Days of a bar that was pressed."""

    def __init__(self, theme: Theme, name: str, locale: QLocale) -> None:
        super().__init__()
        self._theme, self._locale = theme, locale
        self._bars: tuple[Bar, ...] = ()
        self._current: int | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)
        theme.changed.connect(self.update)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """What is drawn."""
        return self._bars

    @property
    def current(self) -> int | None:
        """Which bar is pointed at or reached by the keyboard."""
        return self._current

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Draw other bars; the current one stays where they are of the same times."""
        times = [bar.name for bar in bars]
        if self._current is not None and times != [bar.name for bar in self._bars]:
            self._look_at(None)
        self._bars = tuple(bars)
        told = [self.says(at) for at, bar in enumerate(bars) if bar.calls]
        self.setAccessibleDescription("; ".join(told) or "No calls")
        if self._current is not None:
            self.looked_at.emit(self.says(self._current))
        self.update()

    def says(self, at: int) -> str:
        """A bar in words."""
        bar = self._bars[at]
        return f"{bar.name}: {calls_text(bar.calls, bar.missed, self._locale)}"

    def plot(self) -> Plot:
        """Where the bars are now."""
        top = scale(max((bar.calls for bar in self._bars), default=0))[-1]
        metrics = QFontMetricsF(self._font())
        scale_px = metrics.horizontalAdvance(number_text(top, self._locale)) + SPACE.sm
        room = QRectF(self.rect()).adjusted(INSET_PX, INSET_PX, -INSET_PX, -INSET_PX)
        room.adjust(0, metrics.height() / 2, 0, -metrics.height() - SPACE.xs / 2)
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        room.adjust(0 if is_mirrored else scale_px, 0, -scale_px if is_mirrored else 0, 0)
        return Plot(room, len(self._bars), top, is_mirrored, self.devicePixelRatioF())

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(SPACE.xxl * 12, _HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        """Of bars that still can be told apart."""
        return QSize(SPACE.xxl * 6, _HEIGHT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        """Draw it."""
        plot = self.plot()
        painter = QPainter(self)
        painter.setFont(self._font())
        self._paint_current(painter, plot)
        self._paint_scale(painter, plot)
        self._paint_labels(painter, plot)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for at, bar in enumerate(self._bars):
            self._paint_bar(painter, plot, at, bar)

    def event(self, event: QEvent) -> bool:
        """Tell the bar under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self.plot().at(event.pos().x())
            if at is None:
                QToolTip.hideText()
            else:
                slot = self.plot().slot(at).toAlignedRect()
                QToolTip.showText(event.globalPos(), plain_tool_tip(self.says(at)), self, slot)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look at the bar under the pointer."""
        at = self.plot().at(event.position().x())
        self._look_at(at)
        can_pick = at is not None and self._bars[at].days is not None
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if can_pick else Qt.CursorShape.ArrowCursor
        )

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at any more."""
        super().leaveEvent(event)
        self._look_at(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pick the days of a bar."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pick(self.plot().at(event.position().x()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Look at nothing."""
        super().focusOutEvent(event)
        self._look_at(None)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from bar to bar; Enter picks one's days."""
        last = len(self._bars) - 1
        at, key = self._current, event.key()
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(key), 0)
        step = -step if is_mirrored else step
        if last < 0:
            super().keyPressEvent(event)
        elif step:
            first = 0 if step > 0 else last
            self._go_to(first if at is None else min(max(at + step, 0), last))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go_to(0 if key == Qt.Key.Key_Home else last)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._pick(at)
        else:
            super().keyPressEvent(event)

    def _go_to(self, at: int) -> None:
        self._look_at(at)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.says(at)))

    def _look_at(self, at: int | None) -> None:
        if at != self._current:
            self._current = at
            self.looked_at.emit("" if at is None else self.says(at))
            self.update()

    def _pick(self, at: int | None) -> None:
        if at is not None and (days := self._bars[at].days) is not None:
            self.picked.emit(days)

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(_FONT_PX)
        return font

    def _paint_current(self, painter: QPainter, plot: Plot) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._current is not None and self._current < len(self._bars):
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(plot.slot(self._current), _ROUND_PX, _ROUND_PX)
        if self.hasFocus():
            painter.setPen(self._theme.color("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            ring = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(ring, RADIUS.sm, RADIUS.sm)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _paint_scale(self, painter: QPainter, plot: Plot) -> None:
        side = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeading)
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        height = QFontMetricsF(self._font()).height()
        for number in scale(plot.highest):
            level = plot.level(number)
            line = QRectF(plot.room.left(), level, plot.room.width(), 1 / plot.dpr)
            painter.fillRect(line, self._theme.color("border" if number else "border_strong"))
            room = QRectF(0, level - height / 2, self.width(), height)
            room.adjust(INSET_PX, 0, -INSET_PX, 0)
            painter.setPen(self._theme.color("text_muted"))
            painter.drawText(room, flags, number_text(number, self._locale))

    def _paint_labels(self, painter: QPainter, plot: Plot) -> None:
        metrics = QFontMetricsF(self._font())
        widest = max((metrics.horizontalAdvance(bar.label) for bar in self._bars), default=0)
        painter.setPen(self._theme.color("text_muted"))
        top = plot.room.bottom() + SPACE.xs / 2
        for at in plot.labelled(widest + SPACE.sm):
            width = metrics.horizontalAdvance(self._bars[at].label) + 1
            middle = plot.slot(at).center().x()
            # The first and the last may be wider than their bars.
            left = min(max(middle - width / 2, INSET_PX), self.width() - INSET_PX - width)
            room = QRectF(left, top, width, metrics.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._bars[at].label)

    def _paint_bar(self, painter: QPainter, plot: Plot, at: int, bar: Bar) -> None:
        others = bar.calls - bar.missed
        if others:
            self._paint_piece(painter, plot.piece(at, 0, others), "accent", ends=not bar.missed)
        if bar.missed:
            piece = plot.piece(at, others, bar.calls)
            if others and piece.height() > _GAP_PX + 1:
                piece.setBottom(piece.bottom() - _GAP_PX)
            self._paint_piece(painter, piece, "missed", ends=True)

    def _paint_piece(self, painter: QPainter, piece: QRectF, color: str, *, ends: bool) -> None:
        """Round at the upper corners where the bar ends there."""
        painter.setBrush(self._theme.color(color))
        radius = min(_ROUND_PX, piece.width() / 2, piece.height()) if ends else 0
        path = QPainterPath(QPointF(piece.bottomLeft()))
        path.lineTo(piece.left(), piece.top() + radius)
        path.quadTo(piece.topLeft(), QPointF(piece.left() + radius, piece.top()))
        path.lineTo(piece.right() - radius, piece.top())
        path.quadTo(piece.topRight(), QPointF(piece.right(), piece.top() + radius))
        path.lineTo(piece.bottomRight())
        painter.drawPath(path)
