"""A pen for rows of the call list."""

from functools import lru_cache

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from rcdesk.ui.style.icons import pixmap
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, RADIUS, SPACE, TYPE, TextStyle
from rcdesk.ui.widgets.avatar import paint_avatar

AVATAR = CONTROL.height + SPACE.xs
_CHIP = TextStyle(TYPE.caption.size_px - 1, 500)
_CHIP_HEIGHT = SPACE.lg + 2
_NARROWEST_CHIP = SPACE.xl
_DOT = SPACE.sm - 2


class Fonts:
    """Fonts of the text styles with their metrics, made once."""

    def __init__(self) -> None:
        self._base = QFont()
        self._fonts: dict[TextStyle, tuple[QFont, QFontMetrics]] = {}

    def of(self, base: QFont, style: TextStyle) -> tuple[QFont, QFontMetrics]:
        """The font `base` in a style."""
        if base != self._base:
            self._base = QFont(base)
            self._fonts.clear()
        if style not in self._fonts:
            font = QFont(base)
            font.setPixelSize(style.size_px)
            font.setWeight(QFont.Weight(style.weight))
            self._fonts[style] = font, QFontMetrics(font)
        return self._fonts[style]


class Pen:
    """Works inwards from both ends of a row, mirrored for right-to-left layouts."""

    def __init__(
        self, painter: QPainter, option: QStyleOptionViewItem, theme: Theme, fonts: Fonts
    ) -> None:
        self._painter, self._option, self._theme, self._fonts = painter, option, theme, fonts
        # Each text reads in the direction of its own letters.
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self._is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        self._soft = "surface" if self._is_selected else "accent_soft"
        self._room = option.rect.adjusted(SPACE.lg, 0, -SPACE.lg, 0)
        self._free = QRect(self._room)

    def ground(self) -> None:
        """What shows that the row is selected, focused, or under the pointer."""
        state, selected = self._option.state, self._is_selected
        if not selected and not state & QStyle.StateFlag.State_MouseOver:
            return
        has_ring = selected and bool(state & QStyle.StateFlag.State_HasFocus)
        pen = self._theme.color("focus") if has_ring else Qt.PenStyle.NoPen
        self._painter.setPen(pen)
        self._painter.setBrush(self._theme.color("accent_soft" if selected else "hover"))
        shape = QRectF(self._option.rect).adjusted(SPACE.xs - 0.5, 1.5, 0.5 - SPACE.xs, -1.5)
        self._painter.drawRoundedRect(shape, RADIUS.md, RADIUS.md)

    def dot(self, color: str) -> None:
        """In the margin before everything else."""
        left = self._room.left() - SPACE.xs // 2 - _DOT
        top = self._room.top() + (self._room.height() - _DOT) // 2
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._theme.color(color))
        self._painter.drawEllipse(self._visual(QRect(left, top, _DOT, _DOT)))

    def avatar(self, name: str) -> None:
        """At the beginning, as high as the row allows."""
        top = self._room.top() + (self._room.height() - AVATAR) // 2
        square = QRect(self._room.left(), top, AVATAR, AVATAR)
        paint_avatar(
            self._painter, QRectF(self._visual(square)), name, self._theme, ground=self._soft
        )
        self.indent()

    def indent(self) -> None:
        """Leave an avatar's room free."""
        self._room.setLeft(self._room.left() + AVATAR + SPACE.md)

    def band(self, top: int, height: int) -> None:
        """Go on in a strip `top` below the row's upper edge."""
        self._free = QRect(self._room.left(), self._room.top() + top, self._room.width(), height)

    def icon(self, name: str, color: str) -> None:
        """Put an icon at the beginning of what is free."""
        size = CONTROL.icon_small
        self._icon(name, color, self._free.left())
        self._free.setLeft(self._free.left() + size + SPACE.xs + 2)

    @property
    def forward(self) -> str:
        """Name of the icon that points to where a line ends."""
        is_mirrored = self._option.direction is Qt.LayoutDirection.RightToLeft
        return "chevron-left" if is_mirrored else "chevron-right"

    def end_icon(self, name: str, color: str) -> None:
        """Put an icon at the end of what is free."""
        size = CONTROL.icon_small
        self._icon(name, color, self._free.right() + 1 - size)
        self._free.setRight(self._free.right() - size - SPACE.sm)

    def end_chips(self, texts: tuple[str, ...]) -> None:
        """Put texts at the end of what is free, as many as fit into half of it, and `+2`."""
        font, metrics = self._fonts.of(self._option.font, _CHIP)
        budget = self._free.width() // 2
        shown: list[tuple[str, int]] = []
        for at, text in enumerate(texts):
            rest = len(texts) - at - 1
            kept = metrics.horizontalAdvance(f"+{rest}") + SPACE.lg if rest else 0
            room = budget - sum(width + SPACE.xs for _, width in shown) - kept
            if room < _NARROWEST_CHIP + SPACE.md:
                break
            cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room - SPACE.md)
            shown.append((cut, metrics.horizontalAdvance(cut) + SPACE.md))
        if len(shown) < len(texts):
            more = f"+{len(texts) - len(shown)}"
            shown.append((more, metrics.horizontalAdvance(more) + SPACE.md))
        self._painter.setFont(font)
        for text, width in reversed(shown):
            self._end_chip(text, width)

    def text(self, style: TextStyle, color: str, *choices: str) -> None:
        """Fill what is free with the first choice that fits, or with the last one cut short."""
        metrics = self._set(style, color)
        width = self._free.width()
        chosen = next((text for text in choices if metrics.horizontalAdvance(text) <= width), "")
        if not chosen and choices:
            chosen = metrics.elidedText(choices[-1], Qt.TextElideMode.ElideRight, width)
        self._draw(self._free, chosen, Qt.AlignmentFlag.AlignLeading)

    def end_text(self, text: str, style: TextStyle, color: str) -> None:
        """Put a short text at the end of what is free."""
        if not text:
            return
        width = self._set(style, color).horizontalAdvance(text)
        self._draw(self._free, text, Qt.AlignmentFlag.AlignTrailing)
        self._free.setRight(self._free.right() - width - SPACE.sm)

    def _end_chip(self, text: str, width: int) -> None:
        top = self._free.top() + (self._free.height() - _CHIP_HEIGHT) // 2
        left = self._free.right() + 1 - width
        chip = self._visual(QRect(left, top, width, _CHIP_HEIGHT))
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._theme.color(self._soft))
        self._painter.drawRoundedRect(QRectF(chip), RADIUS.sm, RADIUS.sm)
        self._painter.setPen(self._theme.color("accent"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine
        self._painter.drawText(chip, flags, text)
        self._free.setRight(left - 1 - SPACE.xs)

    def _icon(self, name: str, color: str, left: int) -> None:
        size = CONTROL.icon_small
        top = self._free.top() + (self._free.height() - size) // 2
        dpr = self._painter.device().devicePixelRatio()
        drawn = pixmap(name, size, self._theme.color(color), dpr)
        corner: QPoint = self._visual(QRect(left, top, size, size)).topLeft()
        self._painter.drawPixmap(corner, drawn)

    def _set(self, style: TextStyle, color: str) -> QFontMetrics:
        font, metrics = self._fonts.of(self._option.font, style)
        self._painter.setFont(font)
        self._painter.setPen(self._theme.color(color))
        return metrics

    def _draw(self, room: QRect, text: str, alignment: Qt.AlignmentFlag) -> None:
        # A name that reads from right to left still begins where the column does.
        flags = _on_a_line(self._option.direction, alignment)
        self._painter.drawText(self._visual(room), flags, text)

    def _visual(self, rect: QRect) -> QRect:
        return QStyle.visualRect(self._option.direction, self._option.rect, rect)


@lru_cache
def _on_a_line(direction: Qt.LayoutDirection, alignment: Qt.AlignmentFlag) -> int:
    """Flags for drawing text; each `|` of Qt's takes as long as a short text."""
    side = QStyle.visualAlignment(direction, alignment)
    flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
    return flags | Qt.TextFlag.TextSingleLine
