import asyncio
import contextlib
from collections.abc import AsyncIterator


class MemoryVault:
    """A keyring that is never locked, and forgets with the process."""

    def __init__(self) -> None:
        self._secret: str | None = None
        self._lock = asyncio.Lock()

    async def is_open(self) -> bool:
        return True

    async def read(self) -> str | None:
        return self._secret

    async def write(self, secret: str) -> None:
        self._secret = secret

    async def delete(self) -> None:
        self._secret = None

    async def self_test(self) -> None:
        """Memory always works."""

    @contextlib.asynccontextmanager
    async def lock(self) -> AsyncIterator[None]:
        # There is no other process to keep away, but other tasks.
        async with self._lock:
            yield
