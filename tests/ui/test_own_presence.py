from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.presence import DndStatus, Presence, PresenceStatus
from rcdesk.ringcentral.presence_settings import PresenceChoice
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.services.desk import Desk
from rcdesk.services.own_presence import OwnPresence
from rcdesk.services.stored_session import VaultSessionStore
from rcdesk.simulator.presence import PresenceSettings
from rcdesk.simulator.server import Simulator, running
from rcdesk.system.settings import Settings
from rcdesk.ui.desktop import Desktop
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.tray import Tray
from rcdesk.ui.tray_icon import TrayState
from rcdesk.ui.widgets.presence_menu import PresenceMenu
from rcdesk.ui.widgets.status_button import StatusButton
from rcdesk.ui.windows.header import Header
from tests.memory_vault import MemoryVault
from tests.ui.on_screen import lines
from tests.until import until

PATH = "/restapi/v1.0/account/~/extension/~/presence"
AVAILABLE = Presence(PresenceStatus.AVAILABLE, PresenceStatus.AVAILABLE, DndStatus.TAKE_ALL_CALLS)
ONLINE = Connection(ConnectionState.ONLINE)


class Screen:
    """What a signed-in user has before them."""

    def __init__(
        self, simulator: Simulator, desktop: Desktop, tray: Tray, control: httpx.AsyncClient
    ) -> None:
        self.simulator, self.desktop, self.tray = simulator, desktop, tray
        self._control = control

    @property
    def settings(self) -> PresenceSettings:
        world = self.simulator.world
        return world.presence.settings[world.company.user.extension_id]

    @property
    def in_tray(self) -> PresenceMenu:
        return self.tray._presence_menu

    @property
    def header(self) -> Header:
        return self.desktop._window.header

    @property
    def status(self) -> StatusButton:
        return self.header._status

    def said(self) -> list[str]:
        return lines(self.desktop._window)

    async def fault(self, **what: object) -> None:
        (await self._control.post("/faults", json=what)).raise_for_status()


@pytest.fixture
def on_screen(qloop: QtEventLoop, theme: Theme) -> Callable[..., None]:
    """Run a coroutine with a screen whose user is connected and known."""

    async def run(work: Callable[[Screen], Coroutine[Any, Any, None]]) -> None:
        async with running(seed=3) as simulator:
            app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
            store, tray = VaultSessionStore(MemoryVault(), print), Tray(theme)
            async with (
                Desk(app, store) as desk,
                httpx.AsyncClient(base_url=simulator.control) as control,
            ):
                desktop = Desktop(
                    desk, store, theme, tray, settings=Settings(), save=lambda _changes: None
                )
                screen = Screen(simulator, desktop, tray, control)
                await desk.session.sign_in_with_jwt(simulator.jwt)
                await until(lambda: tray.look.state is TrayState.AVAILABLE)
                await until(lambda: item(screen.in_tray, "Accept queue calls").isVisible())
                await work(screen)
                await desktop.close()

    return lambda work: qloop.run_until_complete(run(work))


def item(menu: PresenceMenu, says: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == says)


def checked(menu: PresenceMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.isChecked()]


def shown(menu: PresenceMenu) -> list[str]:
    return [each.text() for each in menu.actions() if each.isVisible() and not each.isSeparator()]


@pytest.mark.parametrize(
    ("says", "user", "dnd", "look"),
    [
        ("Busy", "Busy", "TakeAllCalls", TrayState.BUSY),
        ("Do not disturb", "Available", "DoNotAcceptAnyCalls", TrayState.DND),
        ("Invisible", "Offline", "TakeAllCalls", TrayState.INVISIBLE),
    ],
)
def test_the_presence_is_chosen_in_the_trays_menu(
    on_screen: Callable[..., None], says: str, user: str, dnd: str, look: TrayState
) -> None:
    async def choose(screen: Screen) -> None:
        assert checked(screen.in_tray) == ["Available", "Accept queue calls"]
        await screen.fault(method="PUT", path=PATH, delay_s=0.3)
        item(screen.in_tray, says).trigger()
        await until(lambda: screen.tray.look.state is look)
        assert f"{says}…" in screen.tray.tool_tip
        assert screen.settings.user_status == "Available"
        await until(lambda: f"{says}…" not in screen.tray.tool_tip)
        assert (screen.settings.user_status, screen.settings.dnd_status) == (user, dnd)
        assert checked(screen.in_tray)[0] == says
        assert screen.tray.look.state is look

    on_screen(choose)


def test_the_presence_is_chosen_in_the_header_by_keyboard(on_screen: Callable[..., None]) -> None:
    async def choose(screen: Screen) -> None:
        screen.desktop.raise_window()
        status = screen.status
        assert status.accessibleName().startswith("Available · Ext. 101")
        assert status.accessibleDescription() == "Choose your presence"
        status.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(status, Qt.Key.Key_Return)
        menu = screen.header._presence_menu
        await until(menu.isVisible)
        menu.setActiveAction(item(menu, "Available"))
        QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)
        await until(lambda: screen.settings.user_status == "Busy")
        await until(lambda: "Busy · Ext. 101" in screen.said())
        assert checked(screen.in_tray)[0] == checked(menu)[0] == "Busy"

    on_screen(choose)


def test_a_refusal_goes_back_and_is_one_sentence_in_the_window(
    on_screen: Callable[..., None],
) -> None:
    async def be_refused(screen: Screen) -> None:
        screen.desktop.raise_window()
        await screen.fault(method="PUT", path=PATH, status=403, body={"errorCode": "CMN-408"})
        item(screen.header._presence_menu, "Busy").trigger()
        await until(lambda: any(text.startswith("Your presence was not") for text in screen.said()))
        assert checked(screen.header._presence_menu)[0] == "Available"
        assert "Available · Ext. 101" in screen.said()
        assert screen.desktop._notices.cards == []

    on_screen(be_refused)


def test_a_refusal_of_what_the_tray_asked_for_is_told_on_a_card(
    on_screen: Callable[..., None],
) -> None:
    async def be_refused(screen: Screen) -> None:
        await screen.fault(method="PUT", path=PATH, status=403, body={"errorCode": "CMN-408"})
        item(screen.in_tray, "Busy").trigger()
        await until(lambda: screen.desktop._notices.cards)
        (card,) = screen.desktop._notices.cards
        assert card.accessibleName().startswith("Your presence was not changed: ")
        assert checked(screen.in_tray)[0] == "Available"
        assert screen.tray.look.state is TrayState.AVAILABLE

    on_screen(be_refused)


def test_a_refusal_that_names_the_permission_takes_the_choice_away(
    on_screen: Callable[..., None],
) -> None:
    async def be_refused(screen: Screen) -> None:
        errors = [{"errorCode": "CMN-408", "permissionName": "EditPresenceStatus"}]
        await screen.fault(method="PUT", path=PATH, status=403, body={"errors": errors})
        item(screen.in_tray, "Busy").trigger()
        await until(lambda: screen.desktop._notices.cards)
        (card,) = screen.desktop._notices.cards
        assert "lacks the EditPresenceStatus permission" in card.accessibleName()
        await until(lambda: screen.in_tray.menuAction() not in screen.tray.menu.actions())

    on_screen(be_refused)


def test_a_wait_that_ringcentral_asks_for_is_told(on_screen: Callable[..., None]) -> None:
    async def wait(screen: Screen) -> None:
        screen.desktop.raise_window()
        await screen.fault(method="PUT", path=PATH, status=429, headers={"Retry-After": "30"})
        item(screen.in_tray, "Busy").trigger()
        asks = "RingCentral asks us to wait 30 s"
        await until(lambda: asks in shown(screen.in_tray))
        await until(lambda: f"{asks}." in screen.said())
        assert checked(screen.in_tray)[0] == "Busy"

    on_screen(wait)


def test_queue_calls_are_refused_in_the_menu(on_screen: Callable[..., None]) -> None:
    async def refuse(screen: Screen) -> None:
        item(screen.in_tray, "Accept queue calls").trigger()
        await until(lambda: screen.settings.dnd_status == "DoNotAcceptDepartmentCalls")
        await until(lambda: checked(screen.in_tray) == ["Available"])
        item(screen.in_tray, "Do not disturb").trigger()
        await until(lambda: not item(screen.in_tray, "Accept queue calls").isEnabled())

    on_screen(refuse)


def test_signing_out_takes_the_choice_away(on_screen: Callable[..., None]) -> None:
    async def sign_out(screen: Screen) -> None:
        screen.desktop.raise_window()
        await until(lambda: screen.in_tray.menuAction() in screen.tray.menu.actions())
        screen.tray.sign_out_requested.emit()
        await until(lambda: screen.in_tray.menuAction() not in screen.tray.menu.actions())
        assert not screen.status.isVisible()

    on_screen(sign_out)


@pytest.fixture
def header(qtbot: QtBot, theme: Theme) -> Header:
    header = Header(theme)
    qtbot.addWidget(header)
    header.show_account("Dana Whitfield", "101")
    header.show_connection(ONLINE)
    header.show_presence(AVAILABLE)
    header.show()
    return header


def test_a_message_is_shown_as_it_is(header: Header, theme: Theme) -> None:
    own = OwnPresence(PresenceChoice.AVAILABLE, None, "Back <b>at</b> 3 & later", True)
    header.show_own_presence(own)
    assert header._status.accessibleName() == "Available · Ext. 101 · Back <b>at</b> 3 & later"
    label = header._status.findChild(QLabel)
    assert label is not None
    assert label.textFormat() is Qt.TextFormat.PlainText
    menu = PresenceMenu(theme)
    menu.show_own(own)
    assert shown(menu)[0] == "Back <b>at</b> 3 && later"
    assert "Accept queue calls" not in shown(menu)


def test_without_the_permission_there_is_nothing_to_choose(header: Header, theme: Theme) -> None:
    own = OwnPresence(PresenceChoice.AVAILABLE, None, "Back at 3", may_change=False)
    header.show_own_presence(own)
    assert "Back at 3" in header._status.accessibleName()
    assert header._status.focusPolicy() is Qt.FocusPolicy.NoFocus
    tray = Tray(theme)
    tray.show_connection(ONLINE)
    tray.show_own_presence(own)
    tray._refresh()
    assert "Presence" not in [action.text() for action in tray.menu.actions()]


@pytest.mark.parametrize("state", [s for s in ConnectionState if s is not ConnectionState.ONLINE])
def test_without_a_connection_there_is_nothing_to_choose(
    header: Header, state: ConnectionState
) -> None:
    header.show_own_presence(OwnPresence(PresenceChoice.AVAILABLE, True, "", True))
    assert header._status.focusPolicy() is Qt.FocusPolicy.StrongFocus
    header.show_connection(Connection(state))
    assert header._status.focusPolicy() is Qt.FocusPolicy.NoFocus
