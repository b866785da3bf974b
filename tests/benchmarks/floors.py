"""What the same thing costs with nothing of rcdesk in it.

No Qt in here: the process that imports this would share Qt's pages with those it measures.
"""

import json
import time
from collections.abc import Sequence

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

# What the design fixes: the loop, HTTP, WebSocket, decoding, and a plain window.
# qasync comes last: it brings PySide6, which keeps the source of all that is imported after it.
BARE_STACK = (
    "import httpx, msgspec, websockets.asyncio.client\nimport qasync\n"
    + BARE_TRAY.replace(
        "icon.show()",
        """icon.show()
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QVBoxLayout, QWidget
window = QWidget()
column = QVBoxLayout(window)
for widget in (QLabel("Recent calls"), QLineEdit(), QListView()):
    column.addWidget(widget)
window.show()""",
    )
)


def json_decode_s(frames: Sequence[bytes]) -> float:
    """Decode all frames by the standard library, and do nothing with them."""
    began_s = time.perf_counter()
    for frame in frames:
        json.loads(frame)
    return time.perf_counter() - began_s
