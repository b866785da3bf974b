"""What it costs to show a window with nothing of rcdesk in it."""

import asyncio
import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

_POPUP = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.X11BypassWindowManagerHint
    | Qt.WindowType.WindowDoesNotAcceptFocus
)
_REST_S = 0.05


class _Card(QWidget):
    """Of a popup's size, with one line of text in it."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawText(20, 40, "Ada Lovelace")
        painter.end()


class _Painted(QObject):
    """Knows when Qt, having painted a window, is back in its loop."""

    def __init__(self) -> None:
        super().__init__()
        self.is_done = asyncio.Event()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self, self.is_done.set)
        return False


async def turn_and_paint_s(runs: int = 60) -> list[float]:
    """Show a bare window of a popup's kind and size until it is painted; needs the Qt loop.

    Painting again a window that is on the screen already would be no fair floor (0.1 ms): a
    popup comes with a window that the screen has to map first.
    """
    costs: list[float] = []
    for _ in range(runs):
        card, painted = _Card(None, _POPUP), _Painted()
        card.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        card.resize(396, 160)
        card.winId()  # as a card's, its window exists before the call
        card.installEventFilter(painted)
        await asyncio.sleep(_REST_S)
        began_s = time.perf_counter()
        card.show()
        await painted.is_done.wait()
        costs.append(time.perf_counter() - began_s)
        card.close()
    return costs
