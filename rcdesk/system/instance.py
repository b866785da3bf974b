"""One running app per user, to which every later start hands its command over."""

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import sys
from collections.abc import Callable

from rcdesk.core.errors import StorageTrouble
from rcdesk.system.filelock import FileLock
from rcdesk.system.handover import (
    ACCEPTED,
    MAX_LINE,
    REFUSED,
    NotUnderstood,
    Request,
    at_short_path,
    decode,
)
from rcdesk.system.paths import Paths, make_private

log = logging.getLogger(__name__)

_READ_TIMEOUT_S = 2.0


class SingleInstance:
    """The right to be the app of `paths`, and the ear for those who did not get it.

    Args:
        loopback: listen on loopback TCP behind a secret instead of on a Unix socket. Windows
            has no choice: Python offers no other local socket with permissions there.
    """

    def __init__(self, paths: Paths, *, loopback: bool = sys.platform == "win32") -> None:
        self._paths = paths
        self._loopback = loopback
        self._lock = FileLock(paths.lock_file)
        self._server: asyncio.Server | None = None
        self._secret = ""

    def acquire(self) -> bool:
        """Become the one; False when another process is it already.

        Raises:
            StorageTrouble: the runtime directory cannot be used.
        """
        return self._lock.try_acquire()

    async def serve(self, handler: Callable[[Request], None]) -> None:
        """Start to listen, after `acquire`, and return; `handler` runs on this event loop.

        Raises:
            StorageTrouble: no socket can be opened there.
        """
        make_private(self._paths.runtime_dir)
        # We hold the lock: a socket found here belongs to a process that has died.
        self._paths.socket_file.unlink(missing_ok=True)

        async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.closing(writer):
                taken = await self._take_one(reader, handler)
                writer.write(ACCEPTED if taken else REFUSED)

        try:
            listener = self._listen_on_loopback() if self._loopback else self._listen_on_unix()
        except OSError as error:
            raise StorageTrouble(
                f"rcdesk cannot listen at {self._paths.socket_file} ({error.strerror or error}); "
                "set RCDESK_HOME to a folder with a shorter name on a local disk."
            ) from error
        start = asyncio.start_server if self._loopback else asyncio.start_unix_server
        self._server = await start(serve_one, sock=listener, limit=MAX_LINE)

    async def close(self) -> None:
        """Stop listening and let the next start become the one."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._paths.socket_file.unlink(missing_ok=True)
        self._lock.release()

    async def _take_one(
        self, reader: asyncio.StreamReader, handler: Callable[[Request], None]
    ) -> bool:
        try:
            async with asyncio.timeout(_READ_TIMEOUT_S):
                request = decode(await reader.readline(), self._secret)
        except (TimeoutError, OSError, ValueError) as error:
            reason = error if isinstance(error, NotUnderstood) else "nothing readable came"
            log.warning("Refused a command from another process: %s", reason)
            return False
        try:
            handler(request)
        except Exception:
            log.exception("The command %s of another process failed", request.verb)
            return False
        return True

    def _listen_on_unix(self) -> socket.socket:
        listener = socket.socket(socket.AF_UNIX)
        try:
            at_short_path(str(self._paths.socket_file), listener.bind)
            self._paths.socket_file.chmod(0o600)
        except BaseException:
            listener.close()
            raise
        return listener

    def _listen_on_loopback(self) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", 0))
        self._secret = secrets.token_urlsafe(32)
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            with os.fdopen(os.open(self._paths.socket_file, flags, 0o600), "wb") as file:
                file.write(f"{listener.getsockname()[1]} {self._secret}".encode())
        except BaseException:
            listener.close()
            raise
        return listener
