"""Keys that mean the same wherever in the window the focus is."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence

EXPORT = QKeySequence("Ctrl+E")


def is_for_window(event: QEvent) -> bool:
    """Whether a field leaves this key to the window's shortcut.

    On X11 Qt gives Ctrl+E to every line of text, as a second End.
    """
    if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if QKeySequence(event.keyCombination()) != EXPORT:
        return False
    event.ignore()
    return True
