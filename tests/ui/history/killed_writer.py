"""Types a note into a call's details until it is killed: `FILE CALL`.

Each line of its output, `LETTERS TIME_S`, is said once so many letters have been typed.
"""

import asyncio
import itertools
import os
import sys
import time
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from rcdesk.archive.archive import Archive
from rcdesk.ui.history.call_detail import CallDetail
from rcdesk.ui.history.details_pane import DetailsPane
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.style.theme import Theme
from tests.ui.history.calls import NOON

PAUSE_S = 0.02


async def write(loop: QtEventLoop, theme: Theme, path: Path, call: int) -> None:
    pane = DetailsPane(theme, NOON.date, lambda work, name: loop.create_task(work, name=name))
    pane.set_source(await Archive.open(path))
    pane.show()
    pane.edit_note(call)
    while not pane.is_filled:  # noqa: ASYNC110 - any turn of the loop may bring it
        await asyncio.sleep(PAUSE_S)
    (detail,) = pane.findChildren(CallDetail)
    assert isinstance(detail, CallDetail)
    for letters in itertools.count(1):
        QTest.keyClicks(detail.note.editor, str(letters % 10))
        os.write(sys.stdout.fileno(), f"{letters} {time.monotonic()}\n".encode())
        await asyncio.sleep(PAUSE_S)


def main() -> None:
    app = QApplication([])
    loop = QtEventLoop(app)
    loop.run_until_complete(write(loop, Theme(app, "light"), Path(sys.argv[1]), int(sys.argv[2])))


if __name__ == "__main__":
    main()
