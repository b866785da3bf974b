"""Buttons that act as people expect."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QPushButton


def push_button(text: str = "") -> QPushButton:
    """A button that Enter presses too, not only Space; Qt does that in dialogs alone."""
    button = QPushButton(text)
    button.setAutoDefault(True)
    return button


class FilledButton(QPushButton):
    """A button as large as the layout in it, where Qt measures its text alone."""

    def __init__(self) -> None:
        super().__init__()
        self.setAutoDefault(True)

    def sizeHint(self) -> QSize:
        """See QWidget."""
        layout = self.layout()
        return layout.sizeHint() if layout else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        """See QWidget."""
        layout = self.layout()
        return layout.minimumSize() if layout else super().minimumSizeHint()
