"""Signing in, as the user asks for it in tray, window or cards."""

import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rcdesk.core.errors import RcdeskError
from rcdesk.services.desk import Desk, network
from rcdesk.services.stored_session import VaultSessionStore
from rcdesk.signin.messages import SignInAnswer
from rcdesk.signin.process import run_signin_window
from rcdesk.system.settings import Settings

if TYPE_CHECKING:
    import asyncio

_log = logging.getLogger(__name__)


class SignInControl(QObject):
    """One sign-in at a time; its outcome shows in the session's status.

    `raise_window` brings the main window to the front, which says how it goes.
    """

    def __init__(
        self,
        desk: Desk,
        store: VaultSessionStore,
        settings: Settings,
        raise_window: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._store = store
        self._settings = settings
        self._raise_window = raise_window
        self._work: asyncio.Task[None] | None = None

    def with_window(self) -> None:
        """Sign in in the embedded window."""
        self._start(self._desk.session.sign_in_with_window(self._show_window))

    def with_browser(self) -> None:
        """Sign in in the user's own browser."""
        self._start(self._desk.session.sign_in_with_browser())

    def with_jwt(self, jwt: str) -> None:
        """Sign in as whoever made the JWT credential."""
        self._start(self._desk.session.sign_in_with_jwt(jwt))

    def cancel(self) -> None:
        """The user does not want to sign in after all."""
        if self._work is not None:
            self._work.cancel()

    def _start(self, signing_in: Coroutine[None, None, None]) -> None:
        if self._work is not None and not self._work.done():
            signing_in.close()
            return
        self._raise_window()
        self._work = self._desk.tasks.start(self._run(signing_in), "sign-in")

    async def _run(self, signing_in: Coroutine[None, None, None]) -> None:
        await self._store.check()
        try:
            await signing_in
        except RcdeskError as error:
            _log.info("Signing in did not work out: %s", error)

    async def _show_window(self, url: str, redirect_uri: str) -> SignInAnswer:
        way = network(self._settings)
        return await run_signin_window(url, redirect_uri, self._settings.theme, network=way)
