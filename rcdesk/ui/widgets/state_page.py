"""What stands where a list would be: nothing there, still loading, or it failed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.icons import IconView
from rcdesk.ui.widgets.labels import PlainLabel


class StatePage(QWidget):
    """An icon, a headline, a sentence, and perhaps a button."""

    acted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._icon = IconView(theme, "clock", "text_disabled", SPACE.xxl + SPACE.sm)
        self._headline = PlainLabel(role="title")
        self._text = PlainLabel(role="muted", wraps=True)
        self._action = push_button()
        self._action.hide()
        self._action.clicked.connect(self.acted)
        for label in (self._headline, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.xl)
        column.setSpacing(SPACE.sm)
        column.addStretch(1)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(SPACE.xs)
        column.addWidget(self._headline)
        column.addWidget(self._text)
        column.addSpacing(SPACE.sm)
        column.addWidget(self._action, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def say(self, icon: str, headline: str, text: str, action: str = "") -> None:
        """Fill the page; without `action` there is no button."""
        self._icon.show_icon(icon, "text_disabled")
        self._headline.setText(headline)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._action.setText(action)
        self._action.setVisible(bool(action))
