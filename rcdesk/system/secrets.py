"""One secret in the operating system's keyring."""

import asyncio
import contextlib
import hashlib
import logging
import re
import secrets
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Protocol, TypeVar

from rcdesk.core.errors import StorageTrouble
from rcdesk.system.filelock import FileLock
from rcdesk.system.paths import Paths
from rcdesk.system.workthread import WorkThread

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

log = logging.getLogger(__name__)
T = TypeVar("T")

# Windows holds 2,560 bytes of UTF-16 per credential.
CHUNK_CHARS = 1000
_MAX_CHUNKS = 64
_HEADER = re.compile(r"rcdesk:v1:([ab]):([0-9]{1,2}):([0-9a-f]{64})")

# Long enough to type a password into the desktop's unlock prompt.
PROMPT_TIMEOUT_S = 60.0
# Longer than a refresh takes that the platform does not answer: three tries of 20 s, 10 s apart.
LOCK_TIMEOUT_S = 90.0

NO_KEYRING = (
    "This computer has no keyring to keep the sign-in in; install one "
    "(GNOME Keyring, KWallet or KeePassXC), or sign in again at each start."
)
LOCKED = "The keyring is locked; unlock it, or sign in again at each start."
PLAINTEXT = (
    "The only keyring here writes secrets to a plain file ({name}), which rcdesk does not use; "
    "install GNOME Keyring, KWallet or KeePassXC."
)
NO_ANSWER = (
    "The keyring did not answer in {seconds:.0f} s; look for its unlock prompt and try again."
)
BROKEN = "The keyring failed ({reason}); sign-in lasts until rcdesk ends."


class NoKeyring(StorageTrouble):
    """There is no keyring on this computer that rcdesk could have kept anything in."""


class Vault(Protocol):
    """Keeps one secret."""

    async def is_open(self) -> bool | None:
        """Whether the secret can be reached without a prompt; None where only trying tells.

        Opens no prompt itself.
        """

    async def read(self) -> str | None:
        """The secret; None where there is none, or where it was only half written."""

    async def write(self, secret: str) -> None:
        """Replace the secret; on any failure the old one is still there."""

    async def delete(self) -> None:
        """Forget the secret."""

    async def self_test(self) -> None:
        """Prove that a secret can be kept here."""

    def lock(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Keep every other process away from the secret meanwhile."""


class KeyringVault:
    """A secret in the OS keyring, in parts that every keyring can hold.

    The parts of a new secret are written beside the old one's, then the header that names
    them, then the old ones are deleted: whatever dies in between, either the old or the new
    secret is whole. A digest in the header finds parts that somebody else has changed.

    Every method but `lock` raises StorageTrouble when there is no usable keyring, it stays
    locked, or it does not answer in `timeout_s`. A call that timed out may still take effect
    when the user answers the prompt, but before any later call.

    Args:
        backend: finds the keyring; called in the vault's own thread, as is all of its work.
    """

    def __init__(
        self,
        service: str,
        account: str,
        paths: Paths,
        *,
        backend: "Callable[[], KeyringBackend] | None" = None,
        timeout_s: float = PROMPT_TIMEOUT_S,
    ) -> None:
        self._service = service
        self._account = account
        self._find_backend = backend or _system_backend
        self._timeout_s = timeout_s
        self._thread = WorkThread(f"keyring-{service}")
        name = hashlib.sha256(f"{service}\0{account}".encode()).hexdigest()[:16]
        self._lock_file = paths.state_dir / f"session-{name}.lock"

    async def is_open(self) -> bool | None:
        """See Vault."""
        return await self._run(_is_open)

    async def read(self) -> str | None:
        """See Vault."""
        return await self._run(self._read)

    async def write(self, secret: str) -> None:
        """See Vault.

        Raises:
            ValueError: longer than a session can be.
        """
        if len(secret) > CHUNK_CHARS * _MAX_CHUNKS:
            raise ValueError("too long for the keyring")
        await self._run(lambda keyring: self._write(keyring, secret))

    async def delete(self) -> None:
        """See Vault."""
        await self._run(self._delete)

    async def self_test(self) -> None:
        """See Vault; writes, reads and deletes an entry of its own, not the secret."""
        await self._run(self._self_test)

    @contextlib.asynccontextmanager
    async def lock(self) -> AsyncIterator[None]:
        """See Vault; ends with the process that holds it.

        Raises:
            StorageTrouble: another process has not given it back in `LOCK_TIMEOUT_S`.
        """
        lock = FileLock(self._lock_file)
        await lock.acquire(LOCK_TIMEOUT_S)
        try:
            yield
        finally:
            lock.release()

    async def _run(self, work: "Callable[[KeyringBackend], T]") -> T:
        future = self._thread.submit(lambda: work(self._find_backend()))
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.wrap_future(future)
        except TimeoutError:
            raise StorageTrouble(NO_ANSWER.format(seconds=self._timeout_s)) from None
        except StorageTrouble:
            raise
        except Exception as error:
            # Each backend raises its own library's kinds.
            raise _trouble(error) from error

    def _read(self, keyring: "KeyringBackend") -> str | None:
        header = _HEADER.fullmatch(keyring.get_password(self._service, self._account) or "")
        if header is None:
            return None
        generation, count, digest = header.groups()
        parts = [self._get_part(keyring, generation, index) for index in range(int(count))]
        secret = "".join(part or "" for part in parts)
        if None in parts or _digest(secret) != digest:
            log.warning("The keyring's entry is damaged; it counts as none")
            return None
        return secret

    def _write(self, keyring: "KeyringBackend", secret: str) -> None:
        header = _HEADER.fullmatch(keyring.get_password(self._service, self._account) or "")
        old = header[1] if header else "b"
        new = "b" if old == "a" else "a"
        parts = [secret[at : at + CHUNK_CHARS] for at in range(0, len(secret), CHUNK_CHARS)]
        for index, part in enumerate(parts):
            keyring.set_password(self._part_name(new, index), self._account, part)
        value = f"rcdesk:v1:{new}:{len(parts)}:{_digest(secret)}"
        keyring.set_password(self._service, self._account, value)
        self._delete_parts(keyring, old, 0)
        # Left over where an earlier write of more parts died before its header.
        self._delete_parts(keyring, new, len(parts))

    def _delete(self, keyring: "KeyringBackend") -> None:
        # The header goes first: without it the parts are nothing.
        if keyring.get_password(self._service, self._account) is not None:
            keyring.delete_password(self._service, self._account)
        for generation in "ab":
            self._delete_parts(keyring, generation, 0)

    def _delete_parts(self, keyring: "KeyringBackend", generation: str, start: int) -> None:
        for index in range(start, _MAX_CHUNKS):
            if self._get_part(keyring, generation, index) is None:
                return
            keyring.delete_password(self._part_name(generation, index), self._account)

    def _self_test(self, keyring: "KeyringBackend") -> None:
        name, token = f"{self._service} self-test", secrets.token_hex(16)
        keyring.set_password(name, self._account, token)
        found = keyring.get_password(name, self._account)
        keyring.delete_password(name, self._account)
        if found != token:
            raise StorageTrouble(BROKEN.format(reason="it forgot a test entry"))

    def _get_part(self, keyring: "KeyringBackend", generation: str, index: int) -> str | None:
        return keyring.get_password(self._part_name(generation, index), self._account)

    def _part_name(self, generation: str, index: int) -> str:
        # A service name of its own for each part: Windows keeps one user name per service, and
        # the backend would move entries about to make room for a second.
        return f"{self._service} {generation}{index}"


def _system_backend() -> "KeyringBackend":
    """The keyring that the system offers, unless it is one that keeps no secrets.

    Raises:
        NoKeyring: there is none, or only ones that write plain files.
    """
    # Importing keyring loads every backend's libraries: a tenth of a second, and in a thread.
    import keyring  # noqa: PLC0415
    from keyring.backends import chainer  # noqa: PLC0415

    found = keyring.get_keyring()
    candidates = found.backends if isinstance(found, chainer.ChainerBackend) else [found]
    plain: list[str] = []
    for candidate in candidates:
        module = type(candidate).__module__
        if module.startswith(("keyring.backends.fail", "keyring.backends.null")):
            continue
        # The encrypted file of keyrings.alt asks for its password on the terminal, which a
        # tray app does not have.
        if module.startswith("keyrings.alt"):
            plain.append(type(candidate).__name__)
            continue
        return candidate
    raise NoKeyring(PLAINTEXT.format(name=", ".join(plain)) if plain else NO_KEYRING)


def _is_open(keyring: "KeyringBackend") -> bool | None:
    if not type(keyring).__module__.startswith("keyring.backends.SecretService"):
        return None
    from rcdesk.system.secret_service import is_default_open  # noqa: PLC0415 - Linux only

    return is_default_open()


def _trouble(error: Exception) -> StorageTrouble:
    from keyring import errors  # noqa: PLC0415 - see _system_backend

    if isinstance(error, errors.NoKeyringError):
        return NoKeyring(NO_KEYRING)
    # SecretService says InitError where the user, or a machine without a screen, dismissed
    # the prompt.
    if isinstance(error, errors.KeyringLocked | errors.InitError):
        return StorageTrouble(LOCKED)
    return StorageTrouble(BROKEN.format(reason=type(error).__name__))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
