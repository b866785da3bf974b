"""The session in the OS keyring, or in memory where there is no usable one."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from typing import NoReturn

import msgspec

from rcdesk.core.errors import StorageTrouble
from rcdesk.ringcentral.tokens import StoredSession
from rcdesk.system.secrets import NoKeyring, Vault

_log = logging.getLogger(__name__)

LOOK_EVERY_S = 60.0
PROMPT_PAUSE_S = 600.0


class VaultSessionStore:
    """A SessionStore that falls back to memory and says so, once, through `notice`.

    Losing the keyring must not lose the sign-in that is going on: whatever fails, the
    session stays usable until the process ends. Nor must a keyring that was locked for an hour
    lose it for the next start, or one that was locked at the start for the whole day: `mend`
    asks it again.

    But to ask a keyring that failed can mean a prompt and a minute's wait for it. So it is only
    looked at, which costs neither, and asked once it has been seen to open, which is the user's
    doing. Where a look tells nothing (other kinds of keyring, or one that fails although it is
    open), ten minutes pass between one failure and the next question. Saving does not ask: it
    comes once an hour, and `mend` comes first.

    Attributes:
        mended: called with the sentence that `trouble` was, when the keyring does again.
        trouble: the sentence that `notice` was given; empty while the keyring does.
    """

    def __init__(self, vault: Vault, notice: Callable[[str], None]) -> None:
        self.mended: Callable[[str], None] = lambda _trouble: None
        self.trouble = ""
        self._vault = vault
        self._notice = notice
        self._in_memory: StoredSession | None = None
        # What the keyring holds was to be deleted, and may still be there.
        self._is_cleared = False
        self._is_missing = False
        self._has_failed = asyncio.Event()
        self._was_shut = False
        self._failed_s = 0.0
        self._asking = asyncio.Lock()

    @property
    def is_in_memory(self) -> bool:
        """There is a session that ends with this process."""
        return self._in_memory is not None

    @property
    def is_unread(self) -> bool:
        """Whether somebody is signed in is not known: there is a keyring that cannot be read."""
        is_empty = self._is_missing or self._is_cleared or self.is_in_memory
        return bool(self.trouble) and not is_empty

    async def load(self) -> StoredSession | None:
        """See SessionStore; content that is not ours reads as None."""
        if self.trouble:
            return self._in_memory
        try:
            text = await self._vault.read()
        except StorageTrouble as trouble:
            self._fall_back(trouble)
            return self._in_memory
        return self._in_memory if text is None else _session(text)

    async def save(self, session: StoredSession, /) -> None:
        """See SessionStore."""
        self._is_cleared = False
        if self.trouble:
            self._in_memory = session
            return
        try:
            await self._vault.write(_text(session))
        except StorageTrouble as trouble:
            self._in_memory = session
            self._fall_back(trouble)
        else:
            self._in_memory = None

    async def clear(self) -> None:
        """See SessionStore; what could not be deleted is by `mend`."""
        self._in_memory = None
        self._is_cleared = True
        try:
            await self._vault.delete()
        except StorageTrouble as trouble:
            _log.warning("The stored session could not be deleted: %s", trouble)
            self._fall_back(trouble)
        else:
            # While there is trouble, a session may just be on its way into the keyring.
            self._is_cleared = bool(self.trouble)

    def lock(self) -> AbstractAsyncContextManager[None]:
        """See SessionStore; a session in memory is nobody else's."""
        return nullcontext() if self.trouble else self._vault.lock()

    async def check(self) -> str:
        """Find out before signing in whether the sign-in will be kept, and say if not.

        Returns the sentence, empty where it will be kept.
        """
        async with self._asking:
            try:
                await self._vault.self_test()
                if self.trouble:
                    await self._catch_up()
            except StorageTrouble as trouble:
                self._fall_back(trouble)
                return str(trouble)
        return ""

    async def mend(self) -> NoReturn:
        """Have the keyring catch up whenever it works again; runs until it is cancelled."""
        while True:
            if not self.trouble:
                await self._has_failed.wait()
            # At once after a failure, while what was shut still is.
            self._has_failed.clear()
            async with self._asking:
                if self.trouble and await self._is_worth_asking():
                    try:
                        await self._catch_up()
                    except StorageTrouble as trouble:
                        self._fall_back(trouble)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._has_failed.wait()

    async def _is_worth_asking(self) -> bool:
        try:
            is_open = await self._vault.is_open()
        except StorageTrouble:
            is_open = False
        if is_open is False:
            self._was_shut = True
            return False
        if is_open and self._was_shut:
            return True
        return asyncio.get_running_loop().time() - self._failed_s >= PROMPT_PAUSE_S

    async def _catch_up(self) -> None:
        """Bring the keyring to where this process is; raises StorageTrouble.

        Of one user's sessions the one that was refreshed last is kept: another process may have
        used the keyring meanwhile.
        """
        async with self._vault.lock():
            text = await self._vault.read()
            kept = None if text is None else _session(text)
            # Until nothing has changed meanwhile.
            while True:
                session = self._in_memory
                if session is not None and not _is_settled(kept, session):
                    await self._vault.write(_text(session))
                    kept = session
                elif self._is_cleared:
                    await self._vault.delete()
                    self._is_cleared, kept = False, None
                else:
                    break
        trouble, self.trouble = self.trouble, ""
        self._in_memory = None
        _log.info("The keyring works again")
        asyncio.get_running_loop().call_soon(self.mended, trouble)

    def _fall_back(self, trouble: StorageTrouble) -> None:
        loop = asyncio.get_running_loop()
        self._failed_s, self._was_shut = loop.time(), False
        self._is_missing = isinstance(trouble, NoKeyring)
        self._has_failed.set()
        if not self.trouble:
            self.trouble = str(trouble)
            _log.warning("%s", trouble)
            loop.call_soon(self._notice, str(trouble))


def _is_settled(kept: StoredSession | None, session: StoredSession) -> bool:
    if kept is None or kept.owner_id != session.owner_id:
        return False
    return kept == session or kept.access_expires_at > session.access_expires_at


def _text(session: StoredSession) -> str:
    return msgspec.json.encode(session).decode()


def _session(text: str) -> StoredSession | None:
    try:
        return msgspec.json.decode(text, type=StoredSession)
    except (msgspec.DecodeError, UnicodeError):
        _log.warning("The stored session cannot be read; a new sign-in will replace it")
        return None
