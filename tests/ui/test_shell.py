import asyncio
import tomllib
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from rcdesk.system.handover import Request, Verb
from rcdesk.system.paths import Paths
from rcdesk.system.settings import Settings, load_settings
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.shell import Shell
from tests.ui.on_screen import lines, said
from tests.until import until

REDIRECT = "http://localhost:47623/oauth2callback"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def in_shell(qapp: QApplication, qloop: QtEventLoop, profile: Paths) -> Callable[..., None]:
    """Run a coroutine beside a shell that has started."""
    qapp.setQuitOnLastWindowClosed(False)

    def run(
        work: Callable[[Shell, asyncio.Event], Coroutine[Any, Any, None]],
        settings: Settings | None = None,
        problem: str = "",
    ) -> None:
        async def main() -> None:
            stop = asyncio.Event()
            shell = Shell(qapp, profile, settings or Settings(), problem)
            await shell.start(stop)
            try:
                async with asyncio.timeout(30):
                    await work(shell, stop)
            finally:
                await shell.close()

        qloop.run_until_complete(main())

    return run


def test_a_first_start_asks_for_the_app_registration_and_goes_on(
    in_shell: Callable[..., None], profile: Paths
) -> None:
    async def first_start(shell: Shell, _stop: asyncio.Event) -> None:
        welcome = shell._welcome
        assert welcome is not None
        assert welcome.isVisible()
        welcome.continue_requested.emit("my-client", NOWHERE, "", REDIRECT)
        await until(lambda: shell._welcome is None)
        assert shell._desktop is not None
        assert shell._desktop._window.isVisible()
        kept = tomllib.loads(profile.settings_file.read_text())
        assert (kept["client_id"], kept["server_url"]) == ("my-client", NOWHERE)

    in_shell(first_start)


def test_a_registration_that_cannot_be_used_is_one_sentence(in_shell: Callable[..., None]) -> None:
    async def first_start(shell: Shell, _stop: asyncio.Event) -> None:
        welcome = shell._welcome
        assert welcome is not None
        welcome.continue_requested.emit("my-client", "ftp://example.com", "", REDIRECT)
        await until(lambda: "must be a web address" in said(welcome))
        assert shell._desktop is None

    in_shell(first_start)


def test_closing_the_welcome_window_ends_the_app(in_shell: Callable[..., None]) -> None:
    async def first_start(shell: Shell, stop: asyncio.Event) -> None:
        assert shell._welcome is not None
        shell._welcome.close()
        await stop.wait()

    in_shell(first_start)


BROKEN_PEM = "-----BEGIN CERTIFICATE-----\nno\n"
CONNECTED = f'client_id = "my-client"\nserver_url = "{NOWHERE}"\n'


def write_settings(profile: Paths, content: str) -> None:
    profile.config_dir.mkdir(parents=True, exist_ok=True)
    profile.settings_file.write_text(content)


@pytest.fixture
def broken_certificates(profile: Paths, tmp_path: Path) -> Settings:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text(BROKEN_PEM)
    write_settings(profile, f'{CONNECTED}ca_file = "{ca_file}"\n')
    return load_settings(profile)


def test_certificates_that_do_not_load_are_one_sentence_until_they_are_mended(
    in_shell: Callable[..., None], profile: Paths, broken_certificates: Settings
) -> None:
    async def mend(shell: Shell, stop: asyncio.Event) -> None:
        trouble = shell._trouble
        assert trouble is not None
        assert trouble.isVisible()
        assert f"The certificates in {broken_certificates.ca_file} cannot be read" in (
            said(trouble)
        )
        write_settings(profile, "client_id = [")
        trouble.retry_requested.emit()
        await until(lambda: "does not parse" in said(trouble))
        assert trouble.isVisible()
        write_settings(profile, CONNECTED)
        trouble.retry_requested.emit()
        await until(lambda: shell._trouble is None)
        assert shell._desktop is not None
        assert shell._desktop._window.isVisible()
        assert not trouble.isVisible()
        assert not stop.is_set()

    in_shell(mend, broken_certificates)


def test_certificates_that_do_not_load_after_the_welcome_are_one_sentence(
    in_shell: Callable[..., None], broken_certificates: Settings
) -> None:
    async def first_start(shell: Shell, stop: asyncio.Event) -> None:
        assert shell._welcome is not None
        shell._welcome.continue_requested.emit("my-client", NOWHERE, "", REDIRECT)
        await until(lambda: shell._welcome is None)
        assert shell._trouble is not None
        assert shell._trouble.isVisible()
        assert not stop.is_set()

    assert broken_certificates.ca_file
    in_shell(first_start)


def test_settings_that_cannot_be_read_lead_to_the_welcome_once_they_are_gone(
    in_shell: Callable[..., None],
) -> None:
    async def start_over(shell: Shell, stop: asyncio.Event) -> None:
        trouble = shell._trouble
        assert trouble is not None
        assert "Line 3 is odd." in lines(trouble)
        shell.raise_window()
        trouble.retry_requested.emit()
        await until(lambda: shell._trouble is None)
        assert shell._welcome is not None
        assert shell._welcome.isVisible()
        assert not stop.is_set()

    in_shell(start_over, problem="Line 3 is odd.")


def test_closing_the_trouble_ends_the_app(in_shell: Callable[..., None]) -> None:
    async def give_up(shell: Shell, stop: asyncio.Event) -> None:
        assert shell._trouble is not None
        shell._trouble.close()
        await stop.wait()

    in_shell(give_up, problem="Line 3 is odd.")


def test_settings_that_were_passed_over_are_told_on_a_card(
    in_shell: Callable[..., None], profile: Paths
) -> None:
    write_settings(profile, f'{CONNECTED}proxy = "ftp://proxy"\ntheme = "blue"\n')

    async def look(shell: Shell, _stop: asyncio.Event) -> None:
        assert shell._desktop is not None
        (card,) = shell._desktop._notices.cards
        assert "The setting proxy in" in card.accessibleName()
        assert "The setting theme in" in card.accessibleName()
        assert str(profile.settings_file) in said(card)

    in_shell(look, load_settings(profile))


@pytest.mark.parametrize(
    ("uri", "number"),
    [
        ("tel:+1-650-555-0100", "+16505550100"),
        ("callto:101", "101"),
        ("javascript:alert(1)", ""),
    ],
)
def test_a_link_fills_the_dialer_and_dials_nothing(
    in_shell: Callable[..., None], uri: str, number: str
) -> None:
    async def open_link(shell: Shell, _stop: asyncio.Event) -> None:
        shell.take_request(Request(Verb.OPEN_URI, uri))
        assert shell._desktop is not None
        field = shell._desktop._window._dialer.findChild(QLineEdit)
        assert field is not None
        assert field.text() == number

    in_shell(open_link, Settings(client_id="my-client", server_url=NOWHERE))
