"""Calls that go on, between the service and what shows them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from rcdesk.core.call import CallChange
from rcdesk.services.desk import Desk
from rcdesk.ui.alerts import CallAlerts
from rcdesk.ui.bridge import Bridge
from rcdesk.ui.lag import Lag
from rcdesk.ui.own_presence import OwnPresenceControl
from rcdesk.ui.popups import CallPopups
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.tray import Tray

if TYPE_CHECKING:
    from rcdesk.ui.windows.main import MainWindow


class LiveCallsControl(QObject):
    """Shows a call at once on a card or in a notification, and soon in tray and window.

    Beside it goes the user's presence, which tells of calls, too.
    """

    call_back_requested = Signal(str)
    window_wanted = Signal()

    def __init__(
        self, desk: Desk, bridge: Bridge, theme: Theme, tray: Tray, own: OwnPresenceControl
    ) -> None:
        super().__init__(bridge)
        self._desk = desk
        self._tray = tray
        self._own = own
        self._window: MainWindow | None = None
        self._alerts: CallAlerts | None = None
        self._popups = CallPopups(theme, lambda: desk.region)
        self._popups.call_back_requested.connect(self.call_back_requested)
        self._popups.opened.connect(lambda _call: self.window_wanted.emit())
        self._popups.more_requested.connect(self.window_wanted)
        self._untold: dict[str, CallChange] = {}
        self._lag = Lag(self)
        self._lag.timeout.connect(self._show)
        bridge.call_changed.connect(self._take_in)
        bridge.presence_changed.connect(lambda _presence: self._lag.ask())

    async def open(self) -> None:
        """Wayland lets no window place itself: notifications take the cards' place there."""
        if not QGuiApplication.platformName().startswith("wayland"):
            return
        alerts = CallAlerts(self._desk.tasks, lambda: self._desk.region, self)
        if await alerts.open():
            self._alerts = alerts
            alerts.call_back_requested.connect(self.call_back_requested)
            alerts.opened.connect(self.window_wanted)

    async def close(self) -> None:
        """Take every call off the screen."""
        if self._alerts is not None:
            await self._alerts.close()
        self._popups.close()

    def attach(self, window: "MainWindow") -> None:
        """Serve the main window, too."""
        self._window = window
        window.show_calls(self._desk.calls.calls)

    def show_online(self, online: bool) -> None:  # a state
        """Whether it is told what becomes of calls."""
        self._popups.show_online(online)

    def let_go(self) -> None:
        """Nobody will tell how they go on."""
        self._popups.clear()
        if self._alerts is not None:
            self._alerts.clear()
        self._untold = {}
        self._desk.let_calls_go()
        if self._window is not None:
            self._window.show_calls([])

    def _take_in(self, change: CallChange) -> None:
        (self._alerts or self._popups).show_change(change)
        self._untold[change.call.key] = change
        self._lag.ask()

    def _show(self) -> None:
        presence, changes = self._own.seen(), self._untold
        self._untold = {}
        self._tray.show_presence(presence)
        self._tray.show_active(self._desk.calls.calls)
        if self._window is not None:
            self._window.show_presence(presence)
            for change in changes.values():
                self._window.apply_change(change)
