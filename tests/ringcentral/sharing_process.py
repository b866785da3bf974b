"""One of several processes that share a session in a file, behind the real lock.

Arguments: server, client id, secret, folder, and what to do: `refresh` (says ready, then waits
for a line), or `crash` (dies between the platform's answer and the save).
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import msgspec

from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import StoredSession
from rcdesk.system.filelock import FileLock
from rcdesk.system.secrets import LOCK_TIMEOUT_S


class FileSessionStore:
    """A SessionStore in a plain file, which only a test may have."""

    def __init__(
        self, folder: Path, *, dies: bool = False, patience_s: float = LOCK_TIMEOUT_S
    ) -> None:
        self._file = folder / "session.json"
        self._lock_file = folder / "session.lock"
        self._dies = dies
        self._patience_s = patience_s

    async def load(self) -> StoredSession | None:
        if not self._file.exists():
            return None
        return msgspec.json.decode(self._file.read_bytes(), type=StoredSession)

    async def save(self, session: StoredSession, /) -> None:
        if self._dies:
            os._exit(9)
        self._file.write_bytes(msgspec.json.encode(session))

    async def clear(self) -> None:
        self._file.unlink(missing_ok=True)

    def lock(self) -> AbstractAsyncContextManager[None]:
        return self._locked()

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        lock = FileLock(self._lock_file)
        await lock.acquire(self._patience_s)
        try:
            yield
        finally:
            lock.release()


async def main(server: str, client_id: str, secret: str, folder: str, order: str) -> None:
    store = FileSessionStore(Path(folder), dies=order == "crash")
    async with Platform(AppRegistration(server, client_id, secret), store) as platform:
        assert await platform.session.resume()
        before = await platform.session.access_token()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        await platform.session.refresh(rejected=before)
        print(await platform.session.access_token(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
