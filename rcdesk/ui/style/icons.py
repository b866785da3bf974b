"""The project's own icons: SVGs in one family, tinted and drawn at the size they are shown.

Each is drawn on a 24 px grid in `currentColor` with a 1.75 px round stroke; `rcdesk` is the
application's logo and keeps its colours.
"""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPalette,
    QPixmap,
)

from rcdesk.resources import resource_path

_ICON_SIZES_PX = (16, 20, 24, 32, 40, 48, 64)
_DISABLED_OPACITY = 0.4

Color = str | QColor | None


def icon(name: str, color: Color = None, *, disabled: Color = None) -> QIcon:
    """The icon in `color`, or in the palette's text colour as it is now.

    While disabled it is faded, or in a colour of its own. A QIcon does not change with the
    theme: set it again on `Theme.changed`.

    Raises:
        KeyError: there is no such icon.
    """
    _source(name)
    return _icon(name, _hex(color), None if disabled is None else _hex(disabled))


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
def _icon(name: str, color: str, disabled: str | None) -> QIcon:
    return QIcon(_Engine(name, color, disabled))


_clones: list[QIconEngine] = []


class _Engine(QIconEngine):
    """Draws at the size that is asked for; all sizes ahead would be 80 KB for each icon."""

    def __init__(self, name: str, color: str, disabled: str | None) -> None:
        super().__init__()
        self._looks = name, color, disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Fill `rect`, which QIcon has made square, as sharply as the device can."""
        dpr = painter.device().devicePixelRatioF()
        painter.drawPixmap(rect, self.pixmap(rect.size() * dpr, mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:  # noqa: ARG002  # Qt's signature
        """The icon as large as fits into `size` device pixels."""
        name, color, disabled = self._looks
        side_px = min(size.width(), size.height())
        if mode is not QIcon.Mode.Disabled:
            return _pixmap(name, side_px, color, 1.0)
        if disabled is not None:
            return _pixmap(name, side_px, disabled, 1.0)
        return _faded(_pixmap(name, side_px, color, 1.0))

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:  # noqa: ARG002  # Qt's signature
        """Icons are square."""
        side_px = min(size.width(), size.height())
        return QSize(side_px, side_px)

    def availableSizes(
        self,
        mode: QIcon.Mode = QIcon.Mode.Normal,  # noqa: ARG002  # Qt's signature
        state: QIcon.State = QIcon.State.Off,  # noqa: ARG002  # Qt's signature
    ) -> list[QSize]:
        """What window managers and panels are given."""
        return [QSize(size_px, size_px) for size_px in _ICON_SIZES_PX]

    def clone(self) -> QIconEngine:
        """One for a QIcon that is about to differ from its copies; nothing of rcdesk's does."""
        made = _Engine(*self._looks)
        # PySide6 (6.11) deletes what Python lets go of, though Qt has been given it.
        _clones.append(made)
        return made


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
