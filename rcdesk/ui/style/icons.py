"""The project's own icons: SVGs in one family, tinted and drawn at the size they are shown.

Each is drawn on a 24 px grid in `currentColor` with a 1.75 px round stroke; `rcdesk` is the
application's logo and keeps its colours.
"""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap

from rcdesk.resources import resource_path

_ICON_SIZES_PX = (16, 20, 24, 32, 40, 48, 64)
_DISABLED_OPACITY = 0.4

Color = str | QColor | None


def icon(name: str, color: Color = None) -> QIcon:
    """The icon in `color`, or in the palette's text colour as it is now.

    A QIcon does not change with the theme: set it again on `Theme.changed`.

    Raises:
        KeyError: there is no such icon.
    """
    return _icon(name, _hex(color))


def pixmap(name: str, size_px: float, color: Color = None, dpr: float = 1.0) -> QPixmap:
    """The icon drawn at `size_px` logical pixels for a screen of `dpr`; see `icon`."""
    return _pixmap(name, round(size_px * dpr), _hex(color), dpr)


def _hex(color: Color) -> str:
    if color is None:
        color = QGuiApplication.palette().color(QPalette.ColorRole.WindowText)
    return color if isinstance(color, str) else color.name()


@lru_cache(maxsize=64)
def _source(name: str) -> bytes:
    if "/" in name:
        raise KeyError(name)
    path = resource_path(f"icons/{name}.svg")
    try:
        return path.read_bytes()
    except OSError:
        raise KeyError(name) from None


@lru_cache(maxsize=256)
def _icon(name: str, color: str) -> QIcon:
    drawn = QIcon()
    for size_px in _ICON_SIZES_PX:
        normal = _pixmap(name, size_px, color, 1.0)
        drawn.addPixmap(normal)
        drawn.addPixmap(_faded(normal), QIcon.Mode.Disabled)
    return drawn


@lru_cache(maxsize=512)
def _pixmap(name: str, device_px: int, color: str, dpr: float) -> QPixmap:
    # Loaded at first use: a process that shows no icon yet need not map QtSvg.
    from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415

    tinted = _source(name).replace(b"currentColor", color.encode())
    drawn = QPixmap(device_px, device_px)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(tinted)).render(painter, QRectF(0, 0, device_px, device_px))
    painter.end()
    drawn.setDevicePixelRatio(dpr)
    return drawn


def _faded(source: QPixmap) -> QPixmap:
    faded = QPixmap(source.size())
    faded.fill(Qt.GlobalColor.transparent)
    painter = QPainter(faded)
    painter.setOpacity(_DISABLED_OPACITY)
    painter.drawPixmap(0, 0, source)
    painter.end()
    return faded
