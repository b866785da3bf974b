"""Placing calls, between the service and the window that asks for them."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rcdesk.core.ringout import RingOut
from rcdesk.services.desk import Desk
from rcdesk.services.dialing import DialVia
from rcdesk.system.settings import Settings
from rcdesk.ui.bridge import Bridge

if TYPE_CHECKING:
    from rcdesk.ui.windows.main import MainWindow


class DialingControl(QObject):
    """Dials by the way that the user chose, which it keeps, and shows how a RingOut goes on.

    Attributes:
        ringout: the latest, as long as it is told how it goes on.
    """

    def __init__(
        self,
        desk: Desk,
        bridge: Bridge,
        settings: Settings,
        save: Callable[[Mapping[str, object]], None],
    ) -> None:
        super().__init__(bridge)
        self._desk = desk
        self._bridge = bridge
        self._settings = settings
        self._save = save
        self._window: MainWindow | None = None
        self.ringout: RingOut | None = None
        bridge.ringout_changed.connect(self._show)

    def attach(self, window: "MainWindow") -> None:
        """Serve the main window."""
        self._window = window
        window.set_route(self._settings.dial_via, self._settings.ringout_from)
        if self._desk.dialing.from_numbers:
            window.set_from_numbers(self._desk.dialing.from_numbers)
        window.show_ringout(self.ringout)
        window.dial_requested.connect(
            lambda number, via: self._bridge.spawn(
                self._place(window, number, DialVia(via)), "dialing"
            )
        )
        window.route_changed.connect(self._keep_route)
        window.ringout_cancel_requested.connect(self._ask_to_cancel)

    async def load_from_numbers(self) -> None:
        """Ask once which phones RingOut may call first; raises as the service does."""
        if not self._desk.dialing.from_numbers:
            numbers = await self._desk.dialing.load_from_numbers()
            if self._window is not None:
                self._window.set_from_numbers(numbers)

    def let_go(self) -> None:
        """Nobody will tell how the RingOut goes on."""
        self._show(None)

    def _show(self, ringout: RingOut | None) -> None:
        self.ringout = ringout
        if self._window is not None:
            self._window.show_ringout(ringout)

    async def _place(self, window: "MainWindow", number: str, via: DialVia) -> None:
        dialing, region = self._desk.dialing, self._desk.region
        try:
            if via is DialVia.RINGOUT:
                await dialing.ring_out(
                    number,
                    region,
                    from_text=window.from_number,
                    caller_id=self._settings.caller_id,
                    prompt=self._settings.ringout_prompt,
                )
            else:
                await dialing.hand_over(number, region, via)
        finally:
            window.end_placing()

    def _ask_to_cancel(self, ring_out_id: str) -> None:
        if self.ringout is not None and self.ringout.id == ring_out_id:
            self._bridge.spawn(self._cancel(self.ringout), "cancelling the RingOut")

    async def _cancel(self, ringout: RingOut) -> None:
        await self._desk.dialing.cancel(ringout)

    def _keep_route(self, via: str, from_number: str) -> None:
        self._save({"dial_via": via, "ringout_from": from_number})
