import asyncio
from contextlib import AbstractAsyncContextManager

from rcdesk.core.errors import StorageTrouble
from rcdesk.ringcentral.tokens import StoredSession
from rcdesk.services.stored_session import VaultSessionStore
from rcdesk.system.secrets import MemoryVault

SESSION = StoredSession(
    access_token="A", access_expires_at=1.5, refresh_token="R", scope="ReadPresence"
)


class LockedVault:
    """A keyring that stays locked."""

    async def read(self) -> str | None:
        raise StorageTrouble("The keyring is locked.")

    async def write(self, secret: str) -> None:
        raise StorageTrouble("The keyring is locked.")

    async def delete(self) -> None:
        raise StorageTrouble("The keyring is locked.")

    async def self_test(self) -> None:
        raise StorageTrouble("The keyring is locked.")

    def lock(self) -> AbstractAsyncContextManager[None]:
        raise StorageTrouble("The folder of the lock is read-only.")


async def test_a_session_is_kept_and_forgotten() -> None:
    notices: list[str] = []
    vault = MemoryVault()
    store = VaultSessionStore(vault, notices.append)
    assert await store.load() is None
    await store.save(SESSION)
    assert await VaultSessionStore(vault, notices.append).load() == SESSION
    await store.clear()
    assert await store.load() is None
    assert notices == []


async def test_without_a_keyring_the_session_lives_in_memory_and_the_user_is_told_once() -> None:
    notices: list[str] = []
    store = VaultSessionStore(LockedVault(), notices.append)
    await store.check()
    await store.save(SESSION)
    assert await store.load() == SESSION
    async with store.lock():
        await store.clear()
    assert await store.load() is None
    await asyncio.sleep(0)
    assert notices == ["The keyring is locked."]


async def test_foreign_content_reads_as_none() -> None:
    vault = MemoryVault()
    for content in ("", "{}", "[1]", '{"access_token": 1}', "\ud800", "not json"):
        await vault.write(content)
        assert await VaultSessionStore(vault, print).load() is None
