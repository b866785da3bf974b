"""Showing once what changes often."""

from PySide6.QtCore import QObject, QTimer

LAG_MS = 40


class Lag(QTimer):
    """Fires a moment after it was first asked, so that a steady stream cannot put it off.

    What comes in bursts is shown once, and after the popup that has to be quick.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent, singleShot=True, interval=LAG_MS)

    def ask(self) -> None:
        """Fire soon, once."""
        if not self.isActive():
            self.start()
