"""Where callers are from, looked up in a process of its own (see rcdesk.core.places)."""

import asyncio
import contextlib
import logging
import re

from rcdesk.services.listeners import Listeners
from rcdesk.services.tasks import Tasks
from rcdesk.system.children import child_environment, module_command

_log = logging.getLogger(__name__)
_ANSWER_TIMEOUT_S = 15.0
_IDLE_S = 20.0
_MOST_KEPT = 4096
_PUBLIC_NUMBER = re.compile(r"\+?[0-9]{7,}")


class Places:
    """Remembers places; asks for those it does not know and tells when it does."""

    def __init__(self, tasks: Tasks) -> None:
        self.found: Listeners[str] = Listeners()
        self._tasks = tasks
        self._known: dict[str, str] = {}
        self._asked: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self._worker: asyncio.Task[None] | None = None

    def of(self, number: str, region: str) -> str:
        """The place if it is known already; otherwise `found` will tell its number."""
        place = self._known.get(number)
        if place is None and _PUBLIC_NUMBER.fullmatch(number):
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[number] = ""
            self._asked.put_nowait((number, region))
            if self._worker is None or self._worker.done():
                self._worker = self._tasks.start(self._work(), "place lookup")
        return place or ""

    async def _work(self) -> None:
        try:
            process = await asyncio.create_subprocess_exec(
                *module_command("rcdesk.core.places"),
                env=child_environment(),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            _log.warning("Places cannot be looked up: %s", error)
            return
        try:
            with contextlib.suppress(TimeoutError, ConnectionError):
                while True:
                    async with asyncio.timeout(_IDLE_S):
                        number, region = await self._asked.get()
                    async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                        place = await _ask(process, number, region)
                    if place:
                        self._known[number] = place
                        self.found.tell(number)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _ask(process: asyncio.subprocess.Process, number: str, region: str) -> str:
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("started without pipes")
    process.stdin.write(f"{number}\t{region}\n".encode())
    await process.stdin.drain()
    return (await process.stdout.readline()).decode().strip()
