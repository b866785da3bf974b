"""The session in the OS keyring, or in memory where there is no usable one."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext

import msgspec

from rcdesk.core.errors import StorageTrouble
from rcdesk.ringcentral.tokens import StoredSession
from rcdesk.system.secrets import Vault

_log = logging.getLogger(__name__)


class VaultSessionStore:
    """A SessionStore that falls back to memory and says so, once, through `notice`.

    Losing the keyring must not lose the sign-in that is going on: whatever fails, the
    session stays usable until the process ends. A keyring that failed is not asked again
    before the next `check`: each time could mean a prompt and a minute's wait for it.

    Attributes:
        trouble: the sentence that `notice` was given; empty while the keyring does.
    """

    def __init__(self, vault: Vault, notice: Callable[[str], None]) -> None:
        self._vault = vault
        self._notice = notice
        self._in_memory: StoredSession | None = None
        self.trouble = ""

    @property
    def is_in_memory(self) -> bool:
        """There is a session that ends with this process."""
        return self._in_memory is not None

    async def load(self) -> StoredSession | None:
        """See SessionStore; content that is not ours reads as None."""
        if self.trouble:
            return self._in_memory
        try:
            text = await self._vault.read()
        except StorageTrouble as trouble:
            self._fall_back(trouble)
            return self._in_memory
        if text is None:
            return self._in_memory
        try:
            return msgspec.json.decode(text, type=StoredSession)
        except (msgspec.DecodeError, UnicodeError):
            _log.warning("The stored session cannot be read; a new sign-in will replace it")
            return None

    async def save(self, session: StoredSession, /) -> None:
        """See SessionStore."""
        if self.trouble:
            self._in_memory = session
            return
        try:
            await self._vault.write(msgspec.json.encode(session).decode())
        except StorageTrouble as trouble:
            self._in_memory = session
            self._fall_back(trouble)
        else:
            self._in_memory = None

    async def clear(self) -> None:
        """See SessionStore."""
        self._in_memory = None
        try:
            await self._vault.delete()
        except StorageTrouble as trouble:
            _log.warning("The stored session could not be deleted: %s", trouble)

    def lock(self) -> AbstractAsyncContextManager[None]:
        """See SessionStore; a session in memory is nobody else's."""
        return nullcontext() if self.trouble else self._vault.lock()

    async def check(self) -> str:
        """Find out before signing in whether the sign-in will be kept, and say if not.

        Returns the sentence, empty where it will be kept.
        """
        try:
            await self._vault.self_test()
        except StorageTrouble as trouble:
            self._fall_back(trouble)
            return str(trouble)
        self.trouble = ""
        return ""

    def _fall_back(self, trouble: StorageTrouble) -> None:
        if not self.trouble:
            self.trouble = str(trouble)
            _log.warning("%s", trouble)
            asyncio.get_running_loop().call_soon(self._notice, str(trouble))
