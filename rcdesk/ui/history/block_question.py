"""Asks before a number is blocked."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from rcdesk.core.call import Endpoint
from rcdesk.ui import words


class BlockQuestion(QMessageBox):
    """Opened without waiting; tells by `confirmed`."""

    confirmed = Signal(str, str)
    """Number, and whose it is."""

    def __init__(self, parent: QWidget, number: str, name: str, region: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.NoIcon)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWindowTitle("Block this number")
        shown = words.number(Endpoint(number), region)
        whose = "" if name == shown else f" ({words.isolate(name)})"
        self.setText(f"Block {shown}{whose}?")
        self.setInformativeText(
            "RingCentral will turn away calls from this number on all of your phones. You can "
            "take it off the list of blocked numbers in RingCentral's settings."
        )
        block = self.addButton("Block", QMessageBox.ButtonRole.DestructiveRole)
        block.setProperty("kind", "danger")
        block.clicked.connect(lambda: self.confirmed.emit(number, name))
        self.setDefaultButton(self.addButton(QMessageBox.StandardButton.Cancel))
