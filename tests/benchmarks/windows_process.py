"""The windows that are measured, given URL, client id, client secret, JWT and number of calls.

Prints what happens to them as JSON lines: `ready_s`, `painted_s` and `ended_s` (moments on the
monotonic clock), `gap_s`.
"""

import asyncio
import json
import sys
import time

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from rcdesk.core.call import CallChange, ChangeKind
from rcdesk.core.connection import ConnectionState
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.services.desk import Desk
from rcdesk.services.stored_session import VaultSessionStore
from rcdesk.system.settings import Settings
from rcdesk.ui.desktop import Desktop
from rcdesk.ui.loop import run
from rcdesk.ui.popup_card import CallCard
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.tray import Tray
from tests.memory_vault import MemoryVault

_SETTLE_S = 2
_POLL_S = 0.05
_QUIET_S = 3
_TICK_MS = 5


class Witness(QObject):
    """Sees the cards being painted, calls ending and how long the windows stand still.

    `CALLS` calls come one by one, then the burst.
    """

    def __init__(self, calls: int) -> None:
        super().__init__()
        self._calls = calls
        self._ended = 0
        self._is_next_awaited = False
        self.is_quiet = asyncio.Event()
        self._gap_s = 0.0
        self._ticked_s = time.monotonic()
        self._ticks = QTimer(self, interval=_TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._ticks.timeout.connect(self._tick)

    def watch_next_card(self) -> None:
        """Look at the card that was built ahead of its call."""
        for window in QApplication.topLevelWidgets():
            if isinstance(window, CallCard):
                window.installEventFilter(self)
        self._is_next_awaited = self._ended < self._calls

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """A card is about to be painted: once Qt comes back to its loop, it is."""
        if event.type() == QEvent.Type.Paint and self._is_next_awaited:
            self._is_next_awaited = False
            QTimer.singleShot(0, self, lambda: _tell(painted_s=time.monotonic()))
        return False

    def count(self, change: CallChange) -> None:
        """Tell of the end of each of the first calls."""
        if change.kind is not ChangeKind.ENDED:
            return
        self._ended += 1
        if self._ended <= self._calls:
            _tell(ended_s=time.monotonic())
            QTimer.singleShot(50, self, self.watch_next_card)
        if self._ended == self._calls:
            self.is_quiet.set()

    async def until_over(self) -> None:
        """Wait for the burst's last change; frames of it may be lost with a connection."""
        seen = -1
        while seen != self._ended or seen == self._calls:
            seen = self._ended
            await asyncio.sleep(_QUIET_S)

    def start_ticking(self) -> None:
        """Begin a new longest gap."""
        self._gap_s, self._ticked_s = 0.0, time.monotonic()
        self._ticks.start()

    def tell_gap(self) -> None:
        """Tell the longest gap so far."""
        self._tick()
        _tell(gap_s=self._gap_s)

    def _tick(self) -> None:
        now_s = time.monotonic()
        self._gap_s, self._ticked_s = max(self._gap_s, now_s - self._ticked_s), now_s


async def _show(stop: asyncio.Event) -> None:
    url, client_id, client_secret, jwt, calls = sys.argv[1:]
    store = VaultSessionStore(MemoryVault(), print)
    settings = Settings(server_url=url, client_id=client_id, jwt=jwt)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme = Theme(application, "light")
    async with Desk(AppRegistration(url, client_id, client_secret), store) as desk:
        tray = Tray(theme)
        tray.show()
        desktop = Desktop(desk, store, theme, tray, settings=settings, save=lambda _: None)
        await desktop.start()
        while not (  # noqa: ASYNC110 - either may come last
            desk.calls.connection.state is ConnectionState.ONLINE and desk.history.is_loaded
        ):
            await asyncio.sleep(_POLL_S)
        await asyncio.sleep(_SETTLE_S)
        await _measure(desk, Witness(int(calls)))
        await stop.wait()
        await desktop.close()


async def _measure(desk: Desk, witness: Witness) -> None:
    desk.calls.changed.subscribe(witness.count)
    witness.watch_next_card()
    _tell(ready_s=time.monotonic())
    await witness.is_quiet.wait()
    await asyncio.sleep(_SETTLE_S)
    witness.start_ticking()
    await asyncio.sleep(_SETTLE_S)
    witness.tell_gap()
    witness.start_ticking()
    await witness.until_over()
    witness.tell_gap()


def _tell(**values: float) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    sys.exit(run(_show, QApplication(sys.argv)))
