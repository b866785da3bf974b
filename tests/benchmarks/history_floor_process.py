"""A window with nothing but a plain list of as many rows, opened and scrolled to its end.

Tells `open_s` and `scroll_frame_s`, as JSON.
"""

import asyncio
import json
import sys
import time

from PySide6.QtCore import QStringListModel
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView

from rcdesk.ui.loop import run
from tests.benchmarks.frames import Frames

_ROWS = 100_000
_FRAMES = 500
_SIZE = (480, 700)


async def _measure(_stop: asyncio.Event) -> None:
    began_s = time.perf_counter()
    view = QListView(uniformItemSizes=True)
    view.setModel(QStringListModel([f"Call {row}" for row in range(_ROWS)], view))
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.resize(*_SIZE)
    frames = Frames(view)
    view.show()
    _tell(open_s=await frames.after(began_s) - began_s)
    bar = view.verticalScrollBar()
    frames.longest_so_far_s()
    for frame in range(_FRAMES):
        bar.setValue(bar.maximum() * frame // _FRAMES)
        view.viewport().update()
        await frames.next()
    _tell(scroll_frame_s=frames.longest_so_far_s())


def _tell(**values: float) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    sys.exit(run(_measure, QApplication(sys.argv)))
