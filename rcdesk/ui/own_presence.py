"""The user's own presence between the service and the windows that show and change it."""

import logging
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rcdesk.core.errors import RcdeskError
from rcdesk.core.presence import Presence
from rcdesk.ringcentral.presence_settings import PresenceChoice
from rcdesk.services.desk import Desk
from rcdesk.services.own_presence import OwnPresenceService
from rcdesk.ui.bridge import Bridge
from rcdesk.ui.lag import Lag
from rcdesk.ui.tray import Tray

if TYPE_CHECKING:
    from rcdesk.ui.windows.main import MainWindow

_log = logging.getLogger(__name__)
NOT_CHANGED = "Your presence was not changed"


class OwnPresenceControl(QObject):
    """Shows in tray and window what the user has chosen, and passes on what they choose.

    `refused` is called with a sentence when RingCentral did not do it; by then the windows show
    what was before.
    """

    def __init__(
        self, desk: Desk, bridge: Bridge, tray: Tray, memory: Path, refused: Callable[[str], None]
    ) -> None:
        super().__init__(bridge)
        self._desk = desk
        self._tray = tray
        self._refused = refused
        self._window: MainWindow | None = None
        self._service = OwnPresenceService(desk.platform, desk.calls, desk.tasks, memory)
        self._lag = Lag(self)
        self._lag.timeout.connect(self._show)
        self._service.changed.subscribe(lambda _own: self._lag.ask())
        bridge.waiting.connect(tray.show_waiting)
        self._bridge = bridge
        tray.presence_chosen.connect(self._choose)
        tray.queue_calls_chosen.connect(self._take_queue_calls)

    def seen(self) -> Presence:
        """How others see the user, or will as soon as RingCentral has told them."""
        return self._service.seen(self._desk.calls.presence)

    def attach(self, window: "MainWindow") -> None:
        """Serve the main window, too."""
        self._window = window
        self._bridge.waiting.connect(window.header.show_waiting)
        window.header.presence_chosen.connect(self._choose)
        window.header.queue_calls_chosen.connect(self._take_queue_calls)
        self._show()

    def forget(self) -> None:
        """Somebody else may sign in."""
        self._service.forget()

    def _show(self) -> None:
        own, seen = self._service.now, self.seen()
        self._tray.show_own_presence(own)
        self._tray.show_presence(seen)
        if self._window is not None:
            self._window.header.show_own_presence(own)
            self._window.show_presence(seen)

    def _choose(self, choice: str) -> None:
        self._start(self._service.choose(PresenceChoice(choice)))

    def _take_queue_calls(self, takes: bool) -> None:  # a slot
        self._start(self._service.take_queue_calls(takes=takes))

    def _start(self, change: Coroutine[None, None, None]) -> None:
        self._desk.tasks.start(self._run(change), "changing the presence")

    async def _run(self, change: Coroutine[None, None, None]) -> None:
        try:
            await change
        except RcdeskError as error:
            _log.info("%s: %s", NOT_CHANGED, error)
            self._show()
            self._refused(str(error))
