"""A small window above all others that never takes the focus."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPainterPath, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QWidget

from rcdesk.ringcentral.clock import elapsed_s
from rcdesk.ui import x11
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import RADIUS

SHADOW_PX = 12
CLICK_GUARD_S = 0.5

_CLICKS = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
_SHADOW_DROP_PX = 3


class PopupWindow(QWidget):
    """A rounded surface with a shadow; margins of `SHADOW_PX` around it belong to the shadow.

    For half a second after it appeared or moved it ignores clicks: who was about to click
    something else must not answer to a card that slid under the pointer.
    """

    def __init__(self, theme: Theme, clock: Callable[[], float] = elapsed_s) -> None:
        super().__init__(None, _flags())
        self.theme = theme
        self._clock = clock
        self._armed_s = 0.0
        self._has_shadow = True
        self.outline = "border"
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, on=False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setContentsMargins(SHADOW_PX, SHADOW_PX, SHADOW_PX, SHADOW_PX)
        self.installEventFilter(self)

    def guard_children(self) -> None:
        """Ignore early clicks on everything inside too; call it once all is built."""
        for child in self.findChildren(QWidget):
            child.installEventFilter(self)

    def disarm(self) -> None:
        """Ignore clicks for the next half second."""
        self._armed_s = self._clock() + CLICK_GUARD_S

    def show_shadow(self, has_shadow: bool) -> None:
        """Without a compositor the corners are cut out instead of blended."""
        if has_shadow != self._has_shadow:
            self._has_shadow = has_shadow
            self._cut_corners()
            self.update()

    def surface(self) -> QRectF:
        """The visible card within the window."""
        margin = SHADOW_PX
        return QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Swallow the clicks that come too early."""
        if event.type() in _CLICKS and self._clock() < self._armed_s:
            return True
        if watched is self and event.type() == QEvent.Type.Resize:
            self._cut_corners()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        """Draw the shadow and the surface."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        surface = self.surface()
        if self._has_shadow:
            self._paint_shadow(painter, surface)
        else:
            # The cut corners keep whole pixels of what blending would leave half transparent.
            painter.fillRect(self.rect(), self.theme.color("border"))
        painter.setBrush(self.theme.color("surface_raised"))
        painter.setPen(QPen(self.theme.color(self.outline), 1))
        inner = surface.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(inner, RADIUS.lg, RADIUS.lg)

    def _paint_shadow(self, painter: QPainter, surface: QRectF) -> None:
        color = self.theme.color("shadow")
        # Layers of almost nothing add up to a soft edge, far cheaper than a blur.
        color.setAlphaF(0.045 if self.theme.palette.is_dark else 0.016)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for spread in range(SHADOW_PX - _SHADOW_DROP_PX, 0, -1):
            layer = surface.adjusted(-spread, -spread, spread, spread)
            radius = RADIUS.lg + spread
            painter.drawRoundedRect(layer.translated(0, _SHADOW_DROP_PX), radius, radius)

    def _cut_corners(self) -> None:
        if self._has_shadow:
            self.clearMask()
            return
        path = QPainterPath()
        path.addRoundedRect(self.surface(), RADIUS.lg, RADIUS.lg)
        self.setMask(QRegion(path.toFillPolygon().toPolygon()))


def _flags() -> Qt.WindowType:
    flags = (
        Qt.WindowType.Tool
        | Qt.WindowType.FramelessWindowHint
        | Qt.WindowType.WindowStaysOnTopHint
        | Qt.WindowType.WindowDoesNotAcceptFocus
        | Qt.WindowType.NoDropShadowWindowHint
    )
    if QGuiApplication.platformName() == "xcb":
        # Without the window manager it is on every desktop, and above full-screen windows.
        flags |= Qt.WindowType.X11BypassWindowManagerHint
    return flags


def is_composited() -> bool:
    """Whether the desktop blends translucent windows; on X11 only a running compositor does."""
    if QGuiApplication.platformName() != "xcb":
        return True
    return x11.selection_is_owned(x11.COMPOSITOR)
