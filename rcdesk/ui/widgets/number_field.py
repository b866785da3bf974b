"""A large field for a phone number that cleans what is pasted into it."""

import re

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit

from rcdesk.core.numbers import LONGEST_INPUT
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.icons import icon_button
from rcdesk.ui.widgets.keys import is_for_window

_SCHEME = re.compile(r"^\s*(?:tel|callto|sms):", re.IGNORECASE)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\xa0\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u2069\ufeff]+")


def cleaned(text: str) -> str:
    """What was pasted without line ends, invisible characters and a link's scheme."""
    if _SCHEME.match(text):
        # What follows a semicolon are the link's parameters (RFC 3966 section 3).
        text = _SCHEME.sub("", text).partition(";")[0]
    return _UNSEEN.sub(" ", text).lstrip()


class NumberField(QLineEdit):
    """A line edit with a button that empties it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "number")
        self.setMaxLength(LONGEST_INPUT)
        self._clear = icon_button(theme, "close", "Clear the number", small=True)
        self._clear.setParent(self)
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        # Escape does the same: one stop less on the way with Tab.
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.clicked.connect(self.clear)
        self._clear.hide()
        self.textChanged.connect(self._on_text)

    def event(self, event: QEvent) -> bool:
        """See QLineEdit."""
        return False if is_for_window(event) else super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button at the end."""
        super().resizeEvent(event)
        self._place_button()

    def _on_text(self, text: str) -> None:
        if (clean := cleaned(text)) != text:
            self.setText(clean)
            return
        self._clear.setVisible(bool(text))
        self._place_button()

    def _place_button(self) -> None:
        size = self._clear.sizeHint()
        rtl = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = SPACE.sm if rtl else self.width() - size.width() - SPACE.sm
        self._clear.setGeometry(left, (self.height() - size.height()) // 2, *size.toTuple())
        inset = size.width() + SPACE.xs if self.text() else 0
        self.setTextMargins(inset if rtl else 0, 0, 0 if rtl else inset, 0)
