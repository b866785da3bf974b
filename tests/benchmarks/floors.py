"""What the same thing costs with nothing of rcdesk in it."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

BARE_TRAY = """
import sys
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

app = QApplication(sys.argv)
pixmap = QPixmap(32, 32)
pixmap.fill(QColor("blue"))
menu = QMenu()
menu.addAction("Quit", app.quit)
icon = QSystemTrayIcon(QIcon(pixmap))
icon.setContextMenu(menu)
icon.show()
sys.exit(app.exec())
"""

RUNS = 20


class _Card(QWidget):
    """Of a popup's size, with one line of text in it."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawText(20, 40, "Ada Lovelace")
        painter.end()


async def turn_and_repaint_s(runs: int = 200) -> list[float]:
    """One turn of the event loop and one repaint, each time; needs the Qt loop."""
    card = _Card()
    card.resize(360, 160)
    card.show()
    costs: list[float] = []
    for _ in range(runs):
        began_s = time.perf_counter()
        await asyncio.sleep(0)
        card.repaint()
        costs.append(time.perf_counter() - began_s)
    card.close()
    return costs


def json_decode_s(frames: Sequence[bytes]) -> float:
    """Decode all frames by the standard library, and do nothing with them."""
    began_s = time.perf_counter()
    for frame in frames:
        json.loads(frame)
    return time.perf_counter() - began_s


def python_start_s() -> float:
    """`python -c pass`, the fastest of some."""
    costs: list[float] = []
    for _ in range(RUNS):
        began_s = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        costs.append(time.perf_counter() - began_s)
    return min(costs)
