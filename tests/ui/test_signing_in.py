from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from rcdesk.core.connection import ConnectionState
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.services.desk import Desk
from rcdesk.services.stored_session import VaultSessionStore
from rcdesk.simulator.server import Simulator, running
from rcdesk.system.secrets import LOCKED
from rcdesk.system.settings import Settings
from rcdesk.ui.desktop import Desktop
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.tray import Tray
from tests.file_keyring import FileKeyring, LookableVault
from tests.ui.on_screen import buttons, click, lines
from tests.until import until

UNREAD = "The keyring is locked; unlock it, and rcdesk goes on with your sign-in."


@dataclass
class Monday:
    """rcdesk, started while the keyring was locked that has the user's sign-in."""

    simulator: Simulator
    keyring: FileKeyring
    store: VaultSessionStore
    desk: Desk
    desktop: Desktop
    tray: Tray

    def is_online(self) -> bool:
        return self.desk.calls.connection.state is ConnectionState.ONLINE

    def grants(self) -> list[str]:
        entries = self.simulator.world.journal.entries
        return [it["body"]["grant_type"] for it in entries if it["path"].endswith("/oauth/token")]


Start = Callable[[], AbstractAsyncContextManager[Monday]]


@pytest.fixture
def monday(theme: Theme, tmp_path: Path) -> Start:
    @asynccontextmanager
    async def start() -> AsyncIterator[Monday]:
        keyring = FileKeyring(tmp_path / "keyring.json")
        vault = LookableVault(keyring, tmp_path)
        async with running(seed=3, speed=10) as simulator:
            app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
            async with Desk(app, VaultSessionStore(vault, print)) as friday:
                await friday.session.sign_in_with_jwt(simulator.jwt)
            keyring.is_locked = True

            def tell(sentence: str) -> None:
                desktop.show_keyring_trouble(sentence)

            store = VaultSessionStore(vault, tell)
            async with Desk(app, store) as desk:
                tray = Tray(theme)
                desktop = Desktop(
                    desk, store, theme, tray, settings=Settings(), save=lambda _changes: None
                )
                await desktop.start()
                yield Monday(simulator, keyring, store, desk, desktop, tray)
                await desktop.close()

    return start


def test_a_locked_keyring_is_named_and_may_be_tried_again(
    qloop: QtEventLoop, monday: Start
) -> None:
    async def morning() -> None:
        async with monday() as it:
            window = it.desktop._window
            assert UNREAD in lines(window)
            assert LOCKED not in lines(window)
            assert "Waiting for the keyring" in it.tray.tool_tip
            click(window, "Try again")
            await until(lambda: it.keyring.prompts == 2 and "Try again" in buttons(window))
            it.keyring.is_locked = False
            click(window, "Try again")
            await until(it.is_online)
            assert "Waiting for the keyring" not in it.tray.tool_tip
            assert len(it.grants()) == 1

    qloop.run_until_complete(morning())


def test_what_can_be_read_again_is_taken_up_by_itself(qloop: QtEventLoop, monday: Start) -> None:
    async def morning() -> None:
        async with monday() as it:
            it.keyring.is_locked = False
            await it.store.check()
            await until(it.is_online)
            assert len(it.grants()) == 1

    qloop.run_until_complete(morning())


def test_a_keyring_without_a_sign_in_leads_to_the_way_to_sign_in(
    qloop: QtEventLoop, monday: Start
) -> None:
    async def morning() -> None:
        async with monday() as it:
            it.keyring.is_locked = False
            await it.store._vault.delete()
            click(it.desktop._window, "Try again")
            window = it.desktop._window
            await until(lambda: "Sign in" in buttons(window) and UNREAD not in lines(window))
            assert "Signed out" in it.tray.tool_tip

    qloop.run_until_complete(morning())


def test_signing_in_tries_the_keyring_first(qloop: QtEventLoop, monday: Start) -> None:
    async def morning() -> None:
        async with monday() as it:
            it.keyring.is_locked = False
            it.tray.sign_in_requested.emit()
            await until(it.is_online)
            assert len(it.grants()) == 1

    qloop.run_until_complete(morning())


def test_a_session_that_the_keyring_does_not_take_is_told_until_it_does(
    qloop: QtEventLoop, monday: Start
) -> None:
    async def morning() -> None:
        async with monday() as it:
            await it.desk.session.sign_in_with_jwt(it.simulator.jwt)
            await until(it.is_online)
            assert LOCKED in lines(it.desktop._window)
            it.keyring.is_locked = False
            await it.store.check()
            await until(lambda: LOCKED not in lines(it.desktop._window))
            assert not it.store.is_in_memory

    qloop.run_until_complete(morning())
