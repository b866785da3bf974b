"""The real windows on the real services, against the simulator, all on one Qt loop."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from rcdesk.core.connection import ConnectionState
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.services.archiving import Keeping
from rcdesk.services.desk import Desk
from rcdesk.services.stored_session import VaultSessionStore
from rcdesk.simulator.server import Simulator, running
from rcdesk.system.settings import Settings
from tests.memory_vault import MemoryVault
from tests.services.desks import is_synchronised
from tests.until import until

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLineEdit

    from rcdesk.ui.desktop import Desktop
    from rcdesk.ui.loop import QtEventLoop
    from rcdesk.ui.style.theme import Theme


class Office:
    """A person's desk: what is on the screen, and the simulated company that calls them."""

    def __init__(
        self, simulator: Simulator, desk: Desk, desktop: "Desktop", control: httpx.AsyncClient
    ) -> None:
        self.simulator = simulator
        self.desk = desk
        self.desktop = desktop
        self.saved: list[Mapping[str, object]] = []
        self._control = control

    async def ring(self, number: str = "+14155550123", name: str = "Ada Lovelace") -> str:
        call = {"direction": "Inbound", "from": number, "from_name": name}
        answer = await self._control.post("/calls", json=call)
        answer.raise_for_status()
        return str(answer.json()["session_id"])

    async def move(self, session_id: str, action: str) -> None:
        (await self._control.post(f"/calls/{session_id}/{action}")).raise_for_status()

    async def fault(self, **fault: object) -> None:
        (await self._control.post("/faults", json=fault)).raise_for_status()

    async def heal(self) -> None:
        (await self._control.delete("/faults")).raise_for_status()
        self.desk.calls.nudge()

    @property
    def is_online(self) -> bool:
        return self.desk.calls.connection.state is ConnectionState.ONLINE

    @property
    def cards(self) -> list[str]:
        return [card.windowTitle() for card in self.desktop._calls._popups.cards]

    async def until_said(self, words: str) -> None:
        """Wait until some card says `words`."""
        await until(lambda: any(words in card for card in self.cards))

    async def until_active(self, words: str) -> None:
        """Wait until the window says `words` of some call that goes on."""
        await until(lambda: any(words in card for card in self.active))

    @property
    def active(self) -> list[str]:
        from rcdesk.ui.windows.active_calls import CallCard

        cards = self.desktop._window.findChildren(CallCard)
        return [card.accessibleName() for card in cards if card.isVisible()]

    @property
    def listed(self) -> list[str]:
        model = self.desktop._window.history.model
        return [call.entry.session_id for call in model.listed()]

    async def until_all_listed(self) -> None:
        """Wait until every call that RingCentral has is in the list."""
        await until(lambda: is_synchronised(self.desk))
        await until(lambda: len(self.listed) == self.desk.archiving.sync.progress.calls)

    @property
    def number_field(self) -> "QLineEdit":
        from PySide6.QtWidgets import QLineEdit

        field = self.desktop._window._dialer.findChild(QLineEdit)
        assert field is not None
        return field


@pytest.fixture
def in_office(
    qloop: "QtEventLoop", theme: "Theme"
) -> Callable[[Callable[[Office], Coroutine[Any, Any, None]]], None]:
    """Run a coroutine in an office where somebody has signed in."""

    @asynccontextmanager
    async def office(jwt: bool) -> AsyncIterator[Office]:
        from rcdesk.ui.desktop import Desktop
        from rcdesk.ui.tray import Tray

        async with running(calls=80, seed=3, speed=10) as simulator:
            # Everything but the limit on sign-ins is as the platform has it.
            app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
            store = VaultSessionStore(MemoryVault(), print)
            settings = Settings(
                server_url=simulator.url,
                client_id=simulator.client_id,
                jwt=simulator.jwt if jwt else "",
            )
            saved: list[Mapping[str, object]] = []
            async with (
                Desk(app, store, keeping=Keeping()) as desk,
                httpx.AsyncClient(base_url=simulator.control) as control,
            ):
                tray = Tray(theme)
                tray.show()
                desktop = Desktop(desk, store, theme, tray, settings=settings, save=saved.append)
                here = Office(simulator, desk, desktop, control)
                here.saved = saved
                await desktop.start()
                if jwt:
                    await until(lambda: desk.calls.connection.state is ConnectionState.ONLINE)
                    await until(lambda: here.listed)
                try:
                    yield here
                finally:
                    await desktop.close()
                    tray.hide()

    def run(work: Callable[[Office], Coroutine[Any, Any, None]], *, signed_in: bool = True) -> None:
        async def main() -> None:
            async with office(signed_in) as here:
                await work(here)

        qloop.run_until_complete(main())

    return run
