import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import StoredSession
from rcdesk.services.desk import Desk
from rcdesk.services.stored_session import LOOK_EVERY_S, PROMPT_PAUSE_S, VaultSessionStore
from rcdesk.simulator.server import running
from rcdesk.system.paths import Paths
from rcdesk.system.secrets import LOCKED, KeyringVault
from tests.e2e.office_hours import in_virtual_time
from tests.file_keyring import FileKeyring, LookableVault
from tests.memory_vault import MemoryVault
from tests.virtual_time import LoopClock, VirtualTimeLoop

SESSION = StoredSession(
    access_token="A", access_expires_at=1.5, refresh_token="R", scope="ReadPresence"
)
REFRESHED = msgspec.structs.replace(SESSION, access_token="B", access_expires_at=3600)
HOUR_S = 3600.0


@pytest.fixture
def keyring(tmp_path: Path) -> FileKeyring:
    return FileKeyring(tmp_path / "keyring.json")


@pytest.fixture
def vault(keyring: FileKeyring, tmp_path: Path) -> KeyringVault:
    return KeyringVault("rcdesk", "me", Paths.below(tmp_path), backend=lambda: keyring)


@pytest.fixture
def lookable(keyring: FileKeyring, tmp_path: Path) -> KeyringVault:
    return LookableVault(keyring, tmp_path)


@contextmanager
def mending(store: VaultSessionStore) -> Iterator[None]:
    task = asyncio.ensure_future(store.mend())
    yield
    task.cancel()


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


async def test_without_a_keyring_the_session_lives_in_memory_and_the_user_is_told_once(
    keyring: FileKeyring, vault: KeyringVault
) -> None:
    notices: list[str] = []
    keyring.is_locked = True
    store = VaultSessionStore(vault, notices.append)
    await store.check()
    await store.save(SESSION)
    assert await store.load() == SESSION
    async with store.lock():
        await store.clear()
    assert await store.load() is None
    await asyncio.sleep(0)
    assert notices == [LOCKED]


def test_a_keyring_locked_at_a_refresh_has_the_session_again_once_it_is_open(
    keyring: FileKeyring, lookable: KeyringVault
) -> None:
    async def lunch() -> None:
        mended: list[str] = []
        store = VaultSessionStore(lookable, print)
        store.mended = mended.append
        with mending(store):
            await store.save(SESSION)
            keyring.is_locked = True
            await store.save(REFRESHED)
            await asyncio.sleep(HOUR_S)
            assert (store.is_in_memory, keyring.prompts) == (True, 1)
            keyring.is_locked = False
            await asyncio.sleep(PROMPT_PAUSE_S)
            assert (store.is_in_memory, store.trouble) == (False, "")
        assert mended == [LOCKED]
        assert await VaultSessionStore(lookable, print).load() == REFRESHED

    in_virtual_time(lunch())


def test_a_keyring_locked_over_lunch_costs_no_sign_in_the_next_morning(
    keyring: FileKeyring, lookable: KeyringVault
) -> None:
    async def next_morning() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        async with running(clock=LoopClock(loop)) as simulator:
            app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
            store = VaultSessionStore(lookable, print)
            async with Desk(app, store, with_places=False, clock=loop.now) as desk:
                with mending(store):
                    await desk.session.sign_in_with_jwt(simulator.jwt)
                    keyring.is_locked = True
                    await desk.platform.session.refresh()
                    # With the new token's first use the keyring's is worth nothing.
                    await desk.session.load_account()
                    assert store.is_in_memory
                    keyring.is_locked = False
                    await asyncio.sleep(2 * LOOK_EVERY_S)
            store = VaultSessionStore(lookable, print)
            async with Desk(app, store, with_places=False, clock=loop.now) as desk:
                assert await desk.session.resume()
                await desk.platform.session.refresh()
                assert (await desk.session.load_account()).name

    in_virtual_time(next_morning())


def test_what_only_a_question_finds_out_is_asked_no_oftener_than_every_ten_minutes(
    keyring: FileKeyring, vault: KeyringVault
) -> None:
    async def lunch() -> None:
        store = VaultSessionStore(vault, print)
        with mending(store):
            keyring.is_locked = True
            await store.save(SESSION)
            await asyncio.sleep(HOUR_S)
            assert keyring.prompts <= 1 + HOUR_S / PROMPT_PAUSE_S
            keyring.is_locked = False
            await asyncio.sleep(2 * PROMPT_PAUSE_S)
        assert await VaultSessionStore(vault, print).load() == SESSION

    in_virtual_time(lunch())


def test_a_keyring_locked_at_the_start_is_read_once_it_is_open(
    keyring: FileKeyring, lookable: KeyringVault
) -> None:
    async def monday() -> None:
        await VaultSessionStore(lookable, print).save(SESSION)
        keyring.is_locked = True
        store = VaultSessionStore(lookable, print)
        with mending(store):
            assert await store.load() is None
            assert store.is_unread
            await asyncio.sleep(HOUR_S)
            assert keyring.prompts == 1
            keyring.is_locked = False
            await asyncio.sleep(PROMPT_PAUSE_S)
            assert await store.load() == SESSION

    in_virtual_time(monday())


def test_who_signed_out_of_a_locked_keyring_stays_signed_out(
    keyring: FileKeyring, lookable: KeyringVault
) -> None:
    async def sign_out() -> None:
        store = VaultSessionStore(lookable, print)
        with mending(store):
            await store.save(SESSION)
            keyring.is_locked = True
            await store.clear()
            assert not store.is_unread
            keyring.is_locked = False
            await asyncio.sleep(2 * PROMPT_PAUSE_S)
        assert await lookable.read() is None

    in_virtual_time(sign_out())


async def test_a_session_that_another_process_has_refreshed_later_stays(
    keyring: FileKeyring, vault: KeyringVault
) -> None:
    store = VaultSessionStore(vault, print)
    keyring.is_locked = True
    await store.save(SESSION)
    keyring.is_locked = False
    await VaultSessionStore(vault, print).save(REFRESHED)
    assert await store.check() == ""
    assert await store.load() == REFRESHED


async def test_a_sign_in_that_is_abandoned_costs_no_session_in_memory(
    keyring: FileKeyring, vault: KeyringVault
) -> None:
    store = VaultSessionStore(vault, print)
    await store.save(SESSION)
    keyring.is_locked = True
    await store.save(REFRESHED)
    keyring.is_locked = False
    assert await store.check() == ""
    assert await store.load() == REFRESHED


async def test_foreign_content_reads_as_none() -> None:
    vault = MemoryVault()
    for content in ("", "{}", "[1]", '{"access_token": 1}', "\ud800", "not json"):
        await vault.write(content)
        assert await VaultSessionStore(vault, print).load() is None
