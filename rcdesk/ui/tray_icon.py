"""The tray icon, drawn: presence as colour and dot, missed calls as a number.

A panel may be light or dark, so that the icon brings its own ground; its colours do not
follow the theme.
"""

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPen, QPixmap

from rcdesk.ui.style.icons import pixmap

SIZES_PX = (16, 22, 24, 32, 48, 64)


class TrayState(StrEnum):
    """What the icon says; the most pressing of everything that is true."""

    SIGNED_OUT = "signed_out"
    OFFLINE = "offline"
    CONNECTING = "connecting"
    AVAILABLE = "available"
    BUSY = "busy"
    DND = "dnd"
    INVISIBLE = "invisible"
    ON_CALL = "on_call"
    RINGING = "ringing"


class TrayLook(NamedTuple):
    """Everything the icon depends on."""

    state: TrayState
    missed: int = 0


class _Paint(NamedTuple):
    ground: str
    dot: str
    glyph: str = "phone-solid"
    glyph_color: str = "#ffffff"


_PAINTS = {
    TrayState.SIGNED_OUT: _Paint("#7a8191", ""),
    TrayState.OFFLINE: _Paint("#7a8191", "#ffb020"),
    TrayState.CONNECTING: _Paint("#7a8191", "#ffb020"),
    TrayState.AVAILABLE: _Paint("#4a55c9", "#3ddc84"),
    TrayState.BUSY: _Paint("#4a55c9", "#ff5d6c"),
    TrayState.DND: _Paint("#4a55c9", "#ff5d6c"),
    TrayState.INVISIBLE: _Paint("#4a55c9", "#b8bfcc"),
    TrayState.ON_CALL: _Paint("#15803d", ""),
    TrayState.RINGING: _Paint("#ffb020", "", "phone-ringing", "#1a1205"),
}


def tray_icon(look: TrayLook) -> QIcon:
    """The icon in every size that panels ask for."""
    drawn = QIcon()
    for size_px in SIZES_PX:
        drawn.addPixmap(draw(look, size_px))
    return drawn


@lru_cache(maxsize=128)
def draw(look: TrayLook, size_px: int) -> QPixmap:
    """One size of the icon; the cutouts around dot and badge let the panel show through."""
    drawn = QPixmap(size_px, size_px)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint = _PAINTS[look.state]
    _draw_ground(painter, paint, size_px, makes_room=look.missed > 0)
    if look.missed > 0:
        _draw_badge(painter, look.missed, size_px)
    if paint.dot:
        _draw_dot(painter, look.state, paint.dot, size_px)
    painter.end()
    return drawn


def _draw_ground(painter: QPainter, paint: _Paint, size_px: int, *, makes_room: bool) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(paint.ground))
    radius = size_px * 0.27
    painter.drawRoundedRect(QRectF(0, 0, size_px, size_px), radius, radius)
    glyph_px = round(size_px * (0.64 if makes_room else 0.72))
    middle = (size_px - glyph_px) / 2
    # The badge takes the upper right corner: the glyph moves away from it.
    left, top = (0.0, size_px - glyph_px - 0.5) if makes_room else (middle, middle)
    painter.drawPixmap(QPointF(left, top), pixmap(paint.glyph, glyph_px, paint.glyph_color))


def _cut(painter: QPainter, room: QRectF, gap: float) -> None:
    painter.save()
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.setBrush(Qt.GlobalColor.black)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(room.adjusted(-gap, -gap, gap, gap), 999, 999)
    painter.restore()


def _draw_dot(painter: QPainter, state: TrayState, color: str, size_px: int) -> None:
    diameter = round(size_px * 0.38)
    room = QRectF(size_px - diameter, size_px - diameter, diameter, diameter)
    _cut(painter, room, max(1.0, size_px / 20))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawEllipse(room)
    middle, arm = room.center(), diameter * 0.24
    pen = QPen(QColor("#ffffff"), max(1.2, diameter * 0.2))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    if state is TrayState.DND:
        painter.setPen(pen)
        painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
    elif state in (TrayState.INVISIBLE, TrayState.OFFLINE):
        _cut(painter, room.adjusted(*_ring(diameter)), 0)


def _ring(diameter: float) -> tuple[float, float, float, float]:
    width = max(1.5, diameter * 0.26)
    return width, width, -width, -width


def _draw_badge(painter: QPainter, missed: int, size_px: int) -> None:
    text = str(missed) if missed < 10 else "9+"
    height = round(size_px * 0.56)
    width = height if len(text) == 1 else round(height * 1.28)
    room = QRectF(size_px - width, 0, width, height)
    _cut(painter, room, max(1.0, size_px / 20))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#d92d3f"))
    painter.drawRoundedRect(room, height / 2, height / 2)
    font = QFont(painter.font())
    font.setPixelSize(max(8, round(height * 0.78)))
    font.setWeight(QFont.Weight.Bold)
    painter.setFont(font)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
