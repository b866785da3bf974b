"""Asks before something is done that cannot be taken back here."""

from typing import Self

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from rcdesk.core.call import Endpoint
from rcdesk.ui import words


class Question(QMessageBox):
    """Opened without waiting by `open()`; whoever does not confirm has changed nothing."""

    confirmed = Signal()

    def __init__(self, parent: QWidget, title: str, text: str, explains: str, does: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.NoIcon)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWindowTitle(title)
        self.setText(text)
        self.setInformativeText(explains)
        button = self.addButton(does, QMessageBox.ButtonRole.DestructiveRole)
        button.setProperty("kind", "danger")
        button.clicked.connect(self.confirmed)
        self.setDefaultButton(self.addButton(QMessageBox.StandardButton.Cancel))

    @classmethod
    def block(cls, parent: QWidget, number: str, name: str, region: str) -> Self:
        """Whether RingCentral is to turn away a number."""
        shown = words.number(Endpoint(number), region)
        whose = "" if name == shown else f" ({words.isolate(name)})"
        return cls(
            parent,
            "Block this number",
            f"Block {shown}{whose}?",
            "RingCentral will turn away calls from this number on all of your phones. You can "
            "take it off the list of blocked numbers in RingCentral's settings.",
            "Block",
        )

    @classmethod
    def forget(cls, parent: QWidget, name: str) -> Self:
        """Whether everything about somebody is to be deleted on this computer."""
        return cls(
            parent,
            "Forget this person",
            f"Forget {words.isolate(name)}?",
            "All calls with them, their names and numbers, notes and tags are deleted on this "
            "computer and overwritten. This cannot be undone. RingCentral keeps its own list.",
            "Forget",
        )
