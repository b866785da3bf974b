"""Colours and style of the sign-in window's own parts, light and dark."""

import os
from typing import Literal, NamedTuple

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer


class Look(NamedTuple):
    """Colours, as `#rrggbb`: those of the other windows (tests/ui/test_style.py compares)."""

    surface: str
    bar: str
    line: str
    text: str
    faint: str
    accent: str
    on_accent: str
    secure: str
    warning: str


LIGHT = Look(
    surface="#ffffff",
    bar="#f4f5f8",
    line="#e2e5ec",
    text="#171a21",
    faint="#565d6d",
    accent="#4a55c9",
    on_accent="#ffffff",
    secure="#17703b",
    warning="#875100",
)
DARK = Look(
    surface="#1b1e24",
    bar="#131519",
    line="#313641",
    text="#eceef3",
    faint="#a7aebd",
    accent="#98a4ff",
    on_accent="#12152e",
    secure="#63d291",
    warning="#f3b95c",
)

_STYLE = """
QMainWindow, QStackedWidget, #failure {{ background: {surface}; }}
#bar {{ background: {bar}; border-bottom: 1px solid {line}; }}
#origin {{ color: {text}; font-weight: 600; }}
#note {{ color: {faint}; }}
#heading {{ color: {text}; font-size: 15pt; font-weight: 600; }}
#sentence {{ color: {faint}; }}
QPushButton {{
  color: {text}; background: {surface}; border: 1px solid {line}; border-radius: 8px;
  padding: 6px 12px; font-weight: 500;
}}
QPushButton:hover {{ border-color: {accent}; }}
QPushButton:focus {{ border-color: {accent}; }}
QPushButton#primary {{ color: {on_accent}; background: {accent}; border-color: {accent}; }}
QProgressBar {{ border: none; background: {bar}; max-height: 2px; }}
QProgressBar::chunk {{ background: {accent}; }}
"""

_LOCK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="{colour}" '
    'stroke-width="1.5" stroke-linecap="round"><rect x="3" y="7" width="10" height="7" rx="1.6"/>'
    '<path d="{shackle}"/></svg>'
)
_CLOSED = "M5.2 7V4.8a2.8 2.8 0 0 1 5.6 0V7"
_OPEN = "M5.2 7V4.3a2.8 2.8 0 0 1 5.5-.8"
_ICON_SIZE = 16


def choose_look(theme: Literal["system", "light", "dark"]) -> Look:
    """Apply `theme` to the application and its pages, and return its colours.

    To be called after the application and before the first profile is made.
    """
    hints = QGuiApplication.styleHints()
    if theme != "system":
        hints.setColorScheme(Qt.ColorScheme.Dark if theme == "dark" else Qt.ColorScheme.Light)
    is_dark = theme == "dark" or (theme == "system" and hints.colorScheme() is Qt.ColorScheme.Dark)
    # WORKAROUND: without a desktop's platform theme Qt 6.11 passes neither scheme on to pages
    # (prefers-color-scheme). Blink's own names: 0 is dark, 1 is light.
    flags = os.environ.get("QTWEBENGINE_CHROMIUM_FLAGS", "")
    scheme = f"--blink-settings=preferredColorScheme={0 if is_dark else 1}"
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = f"{flags} {scheme}".strip()
    return DARK if is_dark else LIGHT


def style_sheet(look: Look) -> str:
    """The window's style sheet."""
    return _STYLE.format(**look._asdict())


def lock_icon(colour: str, *, closed: bool, ratio: float) -> QPixmap:
    """A padlock of 16 logical pixels; `ratio` is the screen's device pixel ratio."""
    svg = _LOCK.format(colour=QColor(colour).name(), shackle=_CLOSED if closed else _OPEN)
    side = round(_ICON_SIZE * ratio)
    image = QImage(QSize(side, side), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg.encode())).render(painter)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return QPixmap.fromImage(image)


def window_icon(colour: str) -> QIcon:
    """The padlock, for the window list."""
    return QIcon(lock_icon(colour, closed=True, ratio=4))
