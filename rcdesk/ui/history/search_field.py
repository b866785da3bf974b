"""Where the call history is searched."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE
from rcdesk.ui.widgets.icons import IconView, icon_button
from rcdesk.ui.widgets.keys import is_for_window

_LONGEST_SEARCH = 200


class SearchField(QLineEdit):
    """Escape empties it; Down and Enter go on to what was found."""

    left = Signal()
    """The keyboard goes on to the list."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Search calls")
        self.setMaxLength(_LONGEST_SEARCH)
        self.show_total(0)
        self._clear = icon_button(theme, "close", "Clear the search", small=True)
        # Escape does the same: one stop less on the way with Tab.
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        self._clear.clicked.connect(self.clear)
        self._clear.hide()
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE.sm, 0, SPACE.xs, 0)
        row.addWidget(IconView(theme, "search", size_px=CONTROL.icon_small))
        row.addStretch(1)
        row.addWidget(self._clear)
        before, after = CONTROL.icon_small + SPACE.xs, CONTROL.height_small
        # Qt mirrors the layout by itself, the margins it does not.
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            before, after = after, before
        self.setTextMargins(before, 0, after, 0)

    def show_total(self, calls: int) -> None:
        """How many there are to be searched; 0 where that is not known."""
        self.setPlaceholderText(f"Search {calls:,} calls" if calls else "Search calls")

    def event(self, event: QEvent) -> bool:
        """See QLineEdit."""
        return False if is_for_window(event) else super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
        else:
            super().keyPressEvent(event)
