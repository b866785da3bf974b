"""A lock between processes, given back by the system however its holder ends."""

import asyncio
import os
import sys
from pathlib import Path

from rcdesk.core.errors import StorageTrouble
from rcdesk.system.paths import make_private

_FIRST_DELAY_S = 0.01
_LONGEST_DELAY_S = 0.25


class FileLock:
    """Exclusive lock on `path`; the file stays, only the lock comes and goes.

    Two objects exclude each other within one process too.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def try_acquire(self) -> bool:
        """Take the lock unless somebody holds it; never waits.

        Raises:
            StorageTrouble: the file cannot be opened.
        """
        if self._fd is not None:
            return False
        make_private(self._path.parent)
        try:
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StorageTrouble(
                f"The lock {self._path} cannot be opened ({error.strerror}); "
                "correct its permissions or delete it."
            ) from error
        if not _lock(fd):
            os.close(fd)
            return False
        self._fd = fd
        return True

    async def acquire(self, timeout_s: float) -> None:
        """Wait for the lock.

        Tries again and again: a thread blocked in the system's own wait could not be
        cancelled, and would take the lock for a caller who has gone.

        Raises:
            StorageTrouble: somebody still holds it after `timeout_s`.
        """
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + timeout_s
        delay_s = _FIRST_DELAY_S
        while not self.try_acquire():
            if loop.time() >= deadline_s:
                raise StorageTrouble(
                    f"Another rcdesk has been busy with the session for {timeout_s:.0f} s; "
                    "try again, and end it if that does not help."
                )
            await asyncio.sleep(delay_s)
            delay_s = min(2 * delay_s, _LONGEST_DELAY_S)

    def release(self) -> None:
        """Give the lock back; nothing happens where it is not held."""
        if self._fd is not None:
            # Closing gives it back; the file must stay, or a third process could lock a new
            # file of the same name beside one that a second has already opened.
            os.close(self._fd)
            self._fd = None


if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int) -> bool:
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(fd: int) -> bool:
        # flock, not lockf: lockf's lock is lost when any other file object of this process
        # for the same file is closed.
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
