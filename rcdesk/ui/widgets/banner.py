"""A strip that says what is going on and offers one thing to do about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout

from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.icons import IconView, icon_button
from rcdesk.ui.widgets.labels import PlainLabel

_COLORS = {"info": "accent", "warning": "warning", "danger": "danger"}


class Banner(QFrame):
    """Hidden until it has something to say."""

    acted = Signal()
    dismissed = Signal()

    def __init__(self, theme: Theme, *, can_be_dismissed: bool = False) -> None:
        super().__init__()
        self._icon = IconView(theme, "info")
        self._text = PlainLabel(wraps=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._action = push_button()
        self._action.hide()
        self._action.setProperty("small", True)
        self._action.clicked.connect(self.acted)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.md, SPACE.sm, SPACE.sm, SPACE.sm)
        row.setSpacing(SPACE.sm)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        self._column = QVBoxLayout()
        self._column.setSpacing(SPACE.sm)
        self._column.addWidget(self._text)
        row.addLayout(self._column, 1)
        row.addWidget(self._action)
        self._close: QToolButton | None = None
        if can_be_dismissed:
            self._close = icon_button(theme, "close", "Dismiss", small=True)
            self._close.clicked.connect(self.dismiss)
            row.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def say(self, kind: str, icon: str, text: str, action: str = "") -> None:
        """Show `text`; `kind` is info, warning or danger, `action` the button's label."""
        if self.property("banner") != kind:
            self.setProperty("banner", kind)
            for widget in (self, self._text, self._action):
                widget.style().unpolish(widget)
                widget.style().polish(widget)
        self._icon.show_icon(icon, _COLORS[kind])
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self._action.setText(action)
        self._action.setVisible(bool(action))
        self.show()

    def dismiss(self) -> None:
        """Go away, and say so."""
        self.hide()
        self.dismissed.emit()
