from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import httpx
import pytest
from PySide6.QtWidgets import QComboBox

from rcdesk.core.abilities import NEEDS, Ability
from rcdesk.core.connection import ConnectionState
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.services.desk import Desk
from rcdesk.services.stored_session import VaultSessionStore
from rcdesk.simulator.scopes import SCOPES
from rcdesk.simulator.server import Simulator, running
from rcdesk.system.paths import Paths
from rcdesk.system.settings import Settings
from rcdesk.ui.desktop import Desktop
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.notice_card import NoticeCard
from rcdesk.ui.offers import features_missing
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.tray import Tray
from tests.memory_vault import MemoryVault
from tests.ui.on_screen import buttons, lines
from tests.until import until

RING_OUT = "/restapi/v1.0/account/~/extension/~/ring-out"
WITHOUT = ("ReadCallLog", "RingOut", "EditPresence")
ROUTES = ["RingOut", "RingCentral app", "Default phone app"]


class Screen:
    """What a signed-in user has before them."""

    def __init__(self, simulator: Simulator, desk: Desk, desktop: Desktop, tray: Tray) -> None:
        self.simulator, self.desk, self.desktop, self.tray = simulator, desk, desktop, tray

    @property
    def cards(self) -> list[NoticeCard]:
        return self.desktop._notices.cards

    def routes(self) -> list[str]:
        boxes = self.desktop._window.findChildren(QComboBox)
        box = next(box for box in boxes if box.accessibleName() == "How to place the call")
        return [box.itemText(at) for at in range(box.count())]

    def said(self) -> list[str]:
        return lines(self.desktop._window)

    async def sign_in(self) -> None:
        await self.desk.session.sign_in_with_jwt(self.simulator.jwt)
        await until(lambda: self.desk.calls.connection.state is ConnectionState.ONLINE)


@pytest.fixture
def on_screen(qloop: QtEventLoop, theme: Theme, profile: Paths) -> Callable[..., None]:
    """Run a coroutine with the screen of an app registration without some scopes."""

    async def run(work: Callable[[Screen], Coroutine[Any, Any, None]], without: set[str]) -> None:
        granted = tuple(scope for scope in SCOPES if scope not in without)
        async with running(calls=20, seed=3, speed=10, scopes=granted) as simulator:
            app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
            store, tray = VaultSessionStore(MemoryVault(), print), Tray(theme)
            async with Desk(app, store, with_places=False) as desk:
                desktop = Desktop(
                    desk, store, theme, tray, settings=Settings(), save=lambda _changes: None
                )
                await work(Screen(simulator, desk, desktop, tray))
                await desktop.close()

    assert not profile.state_dir.exists()
    return lambda work, *without: qloop.run_until_complete(run(work, set(without)))


def test_what_is_missing_is_off_and_told_once(on_screen: Callable[..., None]) -> None:
    async def look(screen: Screen) -> None:
        await screen.sign_in()
        await until(lambda: screen.cards)
        await until(lambda: screen.desk.session.account and screen.desk.history.failure)
        (card,) = screen.cards
        assert all(scope in card.accessibleName() for scope in WITHOUT)
        assert "CallControl" not in card.accessibleName()
        screen.desktop.raise_window()
        assert screen.routes() == ROUTES[1:]
        assert screen.tray._presence_menu.menuAction() not in screen.tray.menu.actions()
        assert "ReadCallLog" in screen.desk.history.failure
        assert screen.desk.history.failure in screen.said()
        assert "Try again" not in buttons(screen.desktop._window)

        card.dismissed.emit()
        await screen.desk.session.sign_out()
        await screen.sign_in()
        await until(lambda: screen.cards)

    on_screen(look, *WITHOUT)


def test_what_was_told_is_not_told_again_after_a_restart(
    on_screen: Callable[..., None], theme: Theme, profile: Paths
) -> None:
    async def restart(screen: Screen) -> None:
        memory: Path = profile.state_dir / "scopes-told"
        await screen.sign_in()
        await until(memory.exists)
        await until(memory.read_text)
        stored = screen.desktop._store
        desk = Desk(screen.desk.platform.session.app, stored, with_places=False)
        async with desk:
            again = Desktop(
                desk, stored, theme, Tray(theme), settings=Settings(), save=lambda _changes: None
            )
            await desk.session.resume()
            await until(lambda: desk.calls.connection.state is ConnectionState.ONLINE)
            assert again._notices.cards == []
            await again.close()

    on_screen(restart, "RingOut")


def test_with_all_scopes_nothing_is_said(on_screen: Callable[..., None]) -> None:
    async def look(screen: Screen) -> None:
        await screen.sign_in()
        await until(lambda: screen.desk.history.is_loaded)
        screen.desktop.raise_window()
        assert screen.routes() == ROUTES
        assert screen.cards == []

    on_screen(look)


def test_a_refused_ringout_is_offered_again_after_the_next_sign_in(
    on_screen: Callable[..., None],
) -> None:
    async def be_refused(screen: Screen) -> None:
        await screen.sign_in()
        await until(lambda: screen.desk.dialing.from_numbers)
        screen.desktop.raise_window()
        body = {"errors": [{"errorCode": "CMN-408", "permissionName": "OutboundCalls"}]}
        fault = {"method": "POST", "path": RING_OUT, "status": 403, "body": body}
        async with httpx.AsyncClient(base_url=screen.simulator.control) as control:
            await control.post("/faults", json=fault)
        screen.desktop._window.dial_requested.emit("+14155550199", "ringout")
        await until(lambda: screen.routes() == ROUTES[1:])
        await screen.desk.session.sign_out()
        await screen.sign_in()
        await until(lambda: screen.routes() == ROUTES)

    on_screen(be_refused)


@pytest.mark.parametrize("ability", [each for each in Ability if NEEDS[each].is_shown])
def test_the_card_names_feature_and_scope(ability: Ability) -> None:
    notice = features_missing((ability,))
    need = NEEDS[ability]
    assert need.feature in notice.lines[0]
    assert f"Add {need.scopes[0]} to your app" in notice.lines[0]
