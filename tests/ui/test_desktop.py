from pathlib import Path

import httpx

from rcdesk.core.connection import ConnectionState
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.services.archiving import Keeping
from rcdesk.services.desk import Desk
from rcdesk.services.stored_session import VaultSessionStore
from rcdesk.simulator.server import running
from rcdesk.system.settings import Settings
from rcdesk.ui.desktop import Desktop
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.tray import Tray
from rcdesk.ui.windows.active_calls import CallCard
from rcdesk.ui.windows.main import MainWindow
from tests.memory_vault import MemoryVault
from tests.ui.on_screen import lines
from tests.until import until

NOTICE = "The keyring is locked: your sign-in ends with rcdesk."


def listed(window: MainWindow) -> int:
    return len(window.history.model.listed())


def test_a_window_opened_late_shows_what_happened_before(qloop: QtEventLoop, theme: Theme) -> None:
    async def late() -> None:
        async with running(calls=30, seed=3, speed=10) as simulator:
            store = VaultSessionStore(MemoryVault(), print)
            app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
            async with Desk(app, store, keeping=Keeping()) as desk:
                settings = Settings(dial_via="tel")
                desktop = Desktop(
                    desk, store, theme, Tray(theme), settings=settings, save=lambda _changes: None
                )
                await desk.session.sign_in_with_jwt(simulator.jwt)
                await until(lambda: desk.calls.connection.state is ConnectionState.ONLINE)
                await until(lambda: desk.history.is_loaded and desk.session.account)
                async with httpx.AsyncClient(base_url=simulator.control) as control:
                    await control.post("/calls", json={"from": "+14155550123"})
                await until(lambda: desk.calls.calls)
                desktop.show_notice(NOTICE)
                assert desktop._built_window is None

                desktop.raise_window()

                window = desktop._window
                cards = [card for card in window.findChildren(CallCard) if card.isVisible()]
                assert ["(415) 555-0123" in card.accessibleName() for card in cards] == [True]
                await until(lambda: listed(window) == len(desk.history.entries))
                assert window.windowTitle() == "rcdesk"
                said = lines(window)
                account = desk.session.account
                assert account is not None
                assert {NOTICE, account.name} <= set(said)
                await desktop.close()

    qloop.run_until_complete(late())


def test_kept_calls_show_where_ringcentral_does_not_answer(
    qloop: QtEventLoop, theme: Theme, tmp_path: Path
) -> None:
    async def early() -> None:
        async with running(calls=30, seed=3, speed=10) as simulator:
            store = VaultSessionStore(MemoryVault(), print)
            app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
            keeping = Keeping(tmp_path)
            async with Desk(app, store, keeping=keeping) as desk:
                await desk.session.sign_in_with_jwt(simulator.jwt)
                await until(lambda: desk.archiving.sync.progress.calls)
        async with Desk(app, store, keeping=keeping) as desk:
            desktop = Desktop(
                desk, store, theme, Tray(theme), settings=Settings(), save=lambda _changes: None
            )
            await desktop.start()
            desktop.raise_window()
            await until(lambda: desk.history.entries)
            await until(lambda: listed(desktop._window) == len(desk.history.entries))
            assert not desk.history.is_loaded
            await desktop.close()

    qloop.run_until_complete(early())


def test_the_window_says_why_calls_are_not_kept_and_shows_them(
    qloop: QtEventLoop, theme: Theme, tmp_path: Path
) -> None:
    (folder := tmp_path / "data").write_text("no folder")

    async def unkept() -> None:
        async with running(calls=30, seed=3, speed=10) as simulator:
            store = VaultSessionStore(MemoryVault(), print)
            app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
            async with Desk(app, store, keeping=Keeping(folder)) as desk:
                desktop = Desktop(
                    desk, store, theme, Tray(theme), settings=Settings(), save=lambda _changes: None
                )
                desktop.raise_window()
                window = desktop._window
                await desk.session.sign_in_with_jwt(simulator.jwt)
                await until(lambda: listed(window) > 1)
                said = lines(window)
                assert [text for text in said if text.startswith("Calls are not kept")] != []
                await desktop.close()

    qloop.run_until_complete(unkept())
