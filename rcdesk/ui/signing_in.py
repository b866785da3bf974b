"""Signing in, as the user asks for it in tray, window or cards."""

import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from rcdesk.core.errors import RcdeskError, StorageTrouble
from rcdesk.services.desk import Desk, network
from rcdesk.services.session import SessionState
from rcdesk.services.stored_session import VaultSessionStore
from rcdesk.signin.messages import SignInAnswer
from rcdesk.signin.process import run_signin_window
from rcdesk.system.settings import Settings

if TYPE_CHECKING:
    import asyncio

_log = logging.getLogger(__name__)


class SignInControl(QObject):
    """One sign-in at a time; its outcome shows in the session's status.

    A keyring that could not be read is tried first, and its sign-in taken up where that works;
    also when it works again while nobody asks.

    `raise_window` brings the main window to the front, which says how it goes.
    """

    keyring_tried = Signal()
    """The stored sign-in is being read, or could not be taken up."""
    keyring_mended = Signal(str)
    """The sentence that the store's `trouble` was."""

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
        self.is_trying_keyring = False
        store.mended = self._go_on

    async def resume(self) -> bool:
        """Take up the stored sign-in without asking the user; False if there is none to be read."""
        try:
            return await self._desk.session.resume()
        except StorageTrouble as trouble:
            _log.info("The stored sign-in cannot be taken up: %s", trouble)
            return False

    def by_keyring(self) -> None:
        """Take up the stored sign-in, which may ask for the keyring's password."""
        self._start(None)

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

    @property
    def _is_busy(self) -> bool:
        return self._work is not None and not self._work.done()

    def _start(self, signing_in: Coroutine[None, None, None] | None) -> None:
        if self._is_busy:
            if signing_in is not None:
                signing_in.close()
            return
        self._raise_window()
        self._work = self._desk.tasks.start(self._run(signing_in), "sign-in")

    async def _run(self, signing_in: Coroutine[None, None, None] | None) -> None:
        try:
            if await self._is_taken_up() or signing_in is None:
                return
            await signing_in
        except RcdeskError as error:
            _log.info("Signing in did not work out: %s", error)
        finally:
            if signing_in is not None:
                signing_in.close()

    async def _is_taken_up(self) -> bool:
        """Find out whether a sign-in will be kept, and whether it takes one at all."""
        if not self._store.is_unread:
            await self._store.check()
            return False
        self.is_trying_keyring = True
        self.keyring_tried.emit()
        try:
            return not await self._store.check() and await self.resume()
        finally:
            self.is_trying_keyring = False
            self.keyring_tried.emit()

    def _go_on(self, trouble: str) -> None:
        self.keyring_mended.emit(trouble)
        if self._desk.session.status.state is SessionState.SIGNED_OUT and not self._is_busy:
            self._work = self._desk.tasks.start(self._take_up(), "taking up the sign-in")

    async def _take_up(self) -> None:
        if not await self.resume():
            self.keyring_tried.emit()

    async def _show_window(self, url: str, redirect_uri: str) -> SignInAnswer:
        way = network(self._settings)
        return await run_signin_window(url, redirect_uri, self._settings.theme, network=way)
