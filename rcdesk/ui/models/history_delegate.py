"""Draws a row of the call history; only the rows in view are ever asked for."""

from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from rcdesk.core.history import HistoryEntry
from rcdesk.ui.models.history import DayRole, EntryRole, TellsLineRole
from rcdesk.ui.models.history_text import day_text, row_text
from rcdesk.ui.style.icons import pixmap
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, RADIUS, SPACE, TYPE, TextStyle
from rcdesk.ui.widgets.avatar import paint_avatar

Index = QModelIndex | QPersistentModelIndex

DAY_HEIGHT = SPACE.xxl + SPACE.xs
AVATAR = CONTROL.height + SPACE.xs

_DAY = TextStyle(TYPE.caption.size_px, 600)
_NAME = TextStyle(TYPE.body.size_px, 600)
_LINE = TYPE.caption
_DETAIL = TextStyle(TYPE.caption.size_px + 1, TYPE.caption.weight)


class HistoryDelegate(QStyledItemDelegate):
    """Avatar; who over what became of it; time over duration; the line where there are several."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.region = ""
        self.today = date.min

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002  # Qt's signature
        """Fixed heights: nothing is measured."""
        is_day = index.data(DayRole) is not None
        return QSize(CONTROL.row, DAY_HEIGHT if is_day else CONTROL.row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a day's name or a call."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = _Row(painter, option, self._theme)
        entry, day = index.data(EntryRole), index.data(DayRole)
        if isinstance(entry, HistoryEntry):
            row.ground()
            self._paint_call(row, entry, tells_line=bool(index.data(TellsLineRole)))
        elif day is not None:
            row.band(SPACE.md, option.rect.height() - SPACE.md)
            row.text(day_text(day, self.today), _DAY, "text_muted")
        painter.restore()

    def _paint_call(self, row: "_Row", entry: HistoryEntry, *, tells_line: bool) -> None:
        says = row_text(entry, self.region)
        strong = "missed" if says.look.color == "missed" else "text"
        row.avatar(entry.other.name)
        half = CONTROL.row // 2 - SPACE.sm
        row.band(SPACE.sm, half)
        row.end_text(says.clock, _DETAIL, "text_muted")
        if tells_line:
            row.end_text(f"to {says.line}", _LINE, "text_muted")
        row.text(says.title, _NAME, strong)
        row.band(SPACE.sm + half, half)
        row.end_text(says.duration, _DETAIL, "text_muted")
        if entry.has_recording:
            row.end_icon("recording", "text_muted")
        row.icon(says.look.icon, says.look.color)
        row.text(says.subtitle, _DETAIL, "text_muted")


class _Row:
    """A pen that works inwards from both ends of a row, mirrored for right-to-left layouts."""

    def __init__(self, painter: QPainter, option: QStyleOptionViewItem, theme: Theme) -> None:
        self._painter, self._option, self._theme = painter, option, theme
        self._room = option.rect.adjusted(SPACE.lg, 0, -SPACE.lg, 0)
        self._free = QRect(self._room)

    def ground(self) -> None:
        """What shows that the row is selected, focused, or under the pointer."""
        state = self._option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if not selected and not state & QStyle.StateFlag.State_MouseOver:
            return
        has_ring = selected and bool(state & QStyle.StateFlag.State_HasFocus)
        pen = self._theme.color("focus") if has_ring else Qt.PenStyle.NoPen
        self._painter.setPen(pen)
        self._painter.setBrush(self._theme.color("accent_soft" if selected else "hover"))
        shape = QRectF(self._option.rect).adjusted(SPACE.sm - 0.5, 1.5, 0.5 - SPACE.sm, -1.5)
        self._painter.drawRoundedRect(shape, RADIUS.md, RADIUS.md)

    def avatar(self, name: str) -> None:
        """At the beginning, as high as the row allows."""
        top = self._room.top() + (self._room.height() - AVATAR) // 2
        square = QRect(self._room.left(), top, AVATAR, AVATAR)
        paint_avatar(self._painter, QRectF(self._visual(square)), name, self._theme)
        self._room.setLeft(self._room.left() + AVATAR + SPACE.md)

    def band(self, top: int, height: int) -> None:
        """Go on in a strip `top` below the row's upper edge."""
        self._free = QRect(self._room.left(), self._room.top() + top, self._room.width(), height)

    def icon(self, name: str, color: str) -> None:
        """Put an icon at the beginning of what is free."""
        size = CONTROL.icon_small
        self._icon(name, color, self._free.left())
        self._free.setLeft(self._free.left() + size + SPACE.xs + 2)

    def end_icon(self, name: str, color: str) -> None:
        """Put an icon at the end of what is free."""
        size = CONTROL.icon_small
        self._icon(name, color, self._free.right() + 1 - size)
        self._free.setRight(self._free.right() - size - SPACE.sm)

    def text(self, text: str, style: TextStyle, color: str) -> None:
        """Fill what is free, with an ellipsis where that is too little."""
        metrics = self._set(style, color)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self._free.width())
        self._draw(self._free, shown, Qt.AlignmentFlag.AlignLeading)

    def end_text(self, text: str, style: TextStyle, color: str) -> None:
        """Put a short text at the end of what is free."""
        if not text:
            return
        width = self._set(style, color).horizontalAdvance(text)
        self._draw(self._free, text, Qt.AlignmentFlag.AlignTrailing)
        self._free.setRight(self._free.right() - width - SPACE.sm)

    def _icon(self, name: str, color: str, left: int) -> None:
        size = CONTROL.icon_small
        top = self._free.top() + (self._free.height() - size) // 2
        dpr = self._painter.device().devicePixelRatio()
        drawn = pixmap(name, size, self._theme.color(color), dpr)
        self._painter.drawPixmap(self._visual(QRect(left, top, size, size)).topLeft(), drawn)

    def _set(self, style: TextStyle, color: str) -> QFontMetrics:
        font = QFont(self._option.font)
        font.setPixelSize(style.size_px)
        font.setWeight(QFont.Weight(style.weight))
        self._painter.setFont(font)
        self._painter.setPen(self._theme.color(color))
        return QFontMetrics(font)

    def _draw(self, room: QRect, text: str, alignment: Qt.AlignmentFlag) -> None:
        # A name that reads from right to left still begins where the column does.
        side = QStyle.visualAlignment(self._option.direction, alignment)
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        self._painter.drawText(self._visual(room), flags | Qt.TextFlag.TextSingleLine, text)

    def _visual(self, rect: QRect) -> QRect:
        return QStyle.visualRect(self._option.direction, self._option.rect, rect)
