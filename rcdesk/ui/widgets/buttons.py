"""Buttons that act as people expect."""

from PySide6.QtWidgets import QPushButton


def push_button(text: str = "") -> QPushButton:
    """A button that Enter presses too, not only Space; Qt does that in dialogs alone."""
    button = QPushButton(text)
    button.setAutoDefault(True)
    return button
