"""Icons that follow the theme."""

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QToolButton, QWidget

from rcdesk.ui.style.icons import icon, pixmap
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL


class IconView(QWidget):
    """An icon on its own, `color` naming a token; decoration, so it has no focus."""

    def __init__(
        self, theme: Theme, name: str, color: str = "text_muted", size_px: int = CONTROL.icon
    ) -> None:
        super().__init__()
        self._theme = theme
        self._name, self._color, self._size_px = name, color, size_px
        self.setFixedSize(size_px, size_px)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_icon(self, name: str, color: str) -> None:
        """Show another icon, or the same in another colour."""
        self._name, self._color = name, color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        """Draw for the screen the window is on now."""
        color = self._theme.color(self._color)
        drawn = pixmap(self._name, self._size_px, color, self.devicePixelRatioF())
        QPainter(self).drawPixmap(0, 0, drawn)


class _IconKeeper(QObject):
    """Sets an icon again when the theme changes; lives as long as what it dresses."""

    def __init__(
        self, theme: Theme, dressed: QAbstractButton | QAction, name: str, color: str
    ) -> None:
        super().__init__(dressed)
        self._theme, self._dressed, self._name, self._color = theme, dressed, name, color
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        # Icons on filled buttons would vanish if only their own colour were faded.
        disabled = self._theme.color("text_disabled")
        drawn = icon(self._name, self._theme.color(self._color), disabled=disabled)
        self._dressed.setIcon(drawn)


def keep_icon(
    theme: Theme, dressed: QAbstractButton | QAction, name: str, color: str = "text"
) -> None:
    """Give a button or action an icon in a token's colour, now and after each theme change."""
    _IconKeeper(theme, dressed, name, color)


def icon_button(theme: Theme, name: str, says: str, *, small: bool = False) -> QToolButton:
    """A quiet button that shows only an icon; `says` is its accessible name and tool tip."""
    button = QToolButton()
    button.setProperty("kind", "quiet")
    button.setProperty("small", small)
    button.setAccessibleName(says)
    button.setToolTip(says)
    size_px = CONTROL.icon_small if small else CONTROL.icon
    button.setIconSize(QSize(size_px, size_px))
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    keep_icon(theme, button, name, "text_muted")
    return button
