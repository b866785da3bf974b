"""The app that takes links for `open_link`: the real shell, in the tray, signed in.

Takes its settings from the environment and prints, as JSON lines, `ready_s` and `painted_s`,
moments on the monotonic clock.
"""

import asyncio
import json
import os
import sys
import time

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from rcdesk.system.instance import SingleInstance
from rcdesk.system.paths import Paths
from rcdesk.system.settings import load_settings
from rcdesk.ui.loop import run
from rcdesk.ui.shell import Shell
from rcdesk.ui.widgets.number_field import NumberField

_SETTLE_S = 3
_POLL_S = 0.05


class Witness(QObject):
    """Sees the number field being painted with another number, and closes the window again."""

    def __init__(self, field: NumberField) -> None:
        super().__init__(field)
        self._field = field
        self._seen = field.text()
        field.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The field is about to be painted: once Qt comes back to its loop, it is."""
        if event.type() == QEvent.Type.Paint and self._field.text() != self._seen:
            self._seen = self._field.text()
            QTimer.singleShot(0, self, self._painted)
        return False

    def _painted(self) -> None:
        _tell(painted_s=time.monotonic())
        self._field.window().close()


async def _serve(stop: asyncio.Event) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    paths = Paths.from_environment()
    instance = SingleInstance(paths)
    if not instance.acquire():
        raise RuntimeError("another app runs in this profile")
    shell = Shell(application, paths, load_settings(paths))
    await instance.serve(shell.take_request)
    await shell.start(stop)
    field = await _number_field()
    await asyncio.sleep(_SETTLE_S)
    Witness(field)
    field.window().close()
    _tell(ready_s=time.monotonic())
    await stop.wait()
    await instance.close()
    await shell.close()


async def _number_field() -> NumberField:
    """The dialer's field, once somebody is signed in."""
    while True:
        for field in QApplication.allWidgets():
            if isinstance(field, NumberField) and field.isVisible():
                return field
        await asyncio.sleep(_POLL_S)


def _tell(**values: float) -> None:
    print(json.dumps({**values, "pid": os.getpid()}), flush=True)


if __name__ == "__main__":
    sys.exit(run(_serve, QApplication(sys.argv)))
