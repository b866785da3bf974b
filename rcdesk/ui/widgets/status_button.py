"""How the user stands, as a dot and words, which open a menu."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE
from rcdesk.ui.widgets.buttons import FilledButton
from rcdesk.ui.widgets.icons import IconView
from rcdesk.ui.widgets.labels import ElidedLabel

_BORDER_PX = 2
_DOT_PX = 14


class StatusButton(FilledButton):
    """A line of text that can be pressed where there is something to choose."""

    pressed_for_menu = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._color = "text_muted"
        self._dot = IconView(theme, "presence-invisible", "text_muted", _DOT_PX)
        self._label = ElidedLabel(role="caption")
        self._chevron = IconView(theme, "chevron-down", "text_muted", CONTROL.icon_small)
        self.setProperty("kind", "quiet")
        self.setProperty("small", True)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row = QHBoxLayout(self)
        row.setContentsMargins(_BORDER_PX, 0, _BORDER_PX, 0)
        row.setSpacing(SPACE.xs)
        for widget in (self._dot, self._label, self._chevron):
            row.addWidget(widget)
        self.clicked.connect(self.pressed_for_menu)
        theme.changed.connect(self._paint_label)
        self.offer(False)

    def say(self, text: str, color: str, dot: str = "") -> None:
        """Show `text` in a token's colour, behind the icon `dot` if there is one."""
        self._color = color
        self._label.setText(text)
        self._dot.setVisible(bool(dot))
        if dot:
            self._dot.show_icon(dot, color)
        self.setAccessibleName(text)
        self._paint_label()
        self.updateGeometry()

    def offer(self, offered: bool) -> None:  # a state
        """Whether it can be pressed; otherwise it is a line of text."""
        self._chevron.setVisible(offered)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if offered else Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not offered)
        if not offered:
            self.clearFocus()
        self.setAccessibleDescription("Choose your presence" if offered else "")
        self.updateGeometry()

    def _paint_label(self) -> None:
        self._label.set_color(getattr(self._theme.palette, self._color))
