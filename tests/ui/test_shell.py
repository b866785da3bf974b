import asyncio
import tomllib
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit

from rcdesk.system.handover import Request, Verb
from rcdesk.system.paths import Paths
from rcdesk.system.settings import Settings
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.shell import Shell

REDIRECT = "http://localhost:47623/oauth2callback"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def in_shell(qapp: QApplication, qloop: QtEventLoop, profile: Paths) -> Callable[..., None]:
    """Run a coroutine beside a shell that has started."""
    qapp.setQuitOnLastWindowClosed(False)

    def run(
        work: Callable[[Shell, asyncio.Event], Coroutine[Any, Any, None]],
        settings: Settings | None = None,
    ) -> None:
        async def main() -> None:
            stop = asyncio.Event()
            shell = Shell(qapp, profile, settings or Settings())
            await shell.start(stop)
            try:
                async with asyncio.timeout(30):
                    await work(shell, stop)
            finally:
                await shell.close()

        qloop.run_until_complete(main())

    return run


async def until(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110 - any turn of the loop may bring it
        await asyncio.sleep(0.005)


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
        await until(lambda: "must be a web address" in " ".join(_visible_text(welcome)))
        assert shell._desktop is None

    in_shell(first_start)


def test_closing_the_welcome_window_ends_the_app(in_shell: Callable[..., None]) -> None:
    async def first_start(shell: Shell, stop: asyncio.Event) -> None:
        assert shell._welcome is not None
        shell._welcome.close()
        await stop.wait()

    in_shell(first_start)


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


def _visible_text(window: object) -> list[str]:
    from PySide6.QtWidgets import QLabel, QWidget

    assert isinstance(window, QWidget)
    return [label.text() for label in window.findChildren(QLabel) if label.isVisible()]
