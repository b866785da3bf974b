"""What the user shows of themselves, with the way back from do-not-disturb."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rcdesk.core.errors import StorageTrouble
from rcdesk.core.presence import DndStatus
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.presence_settings import (
    PresenceChange,
    PresenceChoice,
    PresenceSettings,
    change_presence,
    choose_presence,
    get_presence_settings,
)
from rcdesk.system.paths import make_private
from rcdesk.system.workthread import WorkThread

_log = logging.getLogger(__name__)
T = TypeVar("T")


class PresenceSwitch:
    """Reads and sets the user's presence.

    What do-not-disturb took the place of is kept in `memory`, a file that the tray app and the
    command line share; without it all calls are taken again afterwards. Every method raises
    PlatformError or SignedOut.
    """

    def __init__(self, http: PlatformHttp, memory: Path) -> None:
        self._http = http
        self._memory = memory
        self._disk = WorkThread("presence")

    async def read(self, *, user: bool = True) -> PresenceSettings:
        """The presence as RingCentral has it now; `user`: somebody waits for it."""
        return await get_presence_settings(self._http, user=user)

    async def choose(self, choice: PresenceChoice) -> PresenceSettings:
        """Set the presence; returns what came of it."""
        now = await self.read()
        before = now.presence.dnd
        if choice is PresenceChoice.DND and before is not DndStatus.DO_NOT_ACCEPT_ANY_CALLS:
            await self._on_disk(lambda: self._remember(before))
        remembered = await self._on_disk(self._remembered)
        return await choose_presence(self._http, choice, now, before_dnd=remembered)

    async def take_queue_calls(self, *, takes: bool) -> PresenceSettings:
        """Take the calls of the user's queues, or no longer; returns what came of it.

        During do-not-disturb it counts from its end on.
        """
        now = await self.read()
        if now.has_new_call_handling:
            change = PresenceChange(takes_queue_calls=takes)
            return await change_presence(self._http, change, new_call_handling=True)
        dnd = DndStatus.TAKE_ALL_CALLS if takes else DndStatus.DO_NOT_ACCEPT_DEPARTMENT_CALLS
        if now.presence.dnd is DndStatus.DO_NOT_ACCEPT_ANY_CALLS:
            await self._on_disk(lambda: self._remember(dnd))
            return now
        return await change_presence(self._http, PresenceChange(dnd=dnd))

    async def _on_disk(self, work: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._disk.submit(work))

    def _remember(self, dnd: DndStatus) -> None:
        try:
            make_private(self._memory.parent)
            self._memory.write_text(dnd.value, encoding="ascii")
        except (OSError, StorageTrouble) as error:
            _log.warning("What do-not-disturb replaces cannot be kept: %s", error)

    def _remembered(self) -> DndStatus | None:
        try:
            return DndStatus(self._memory.read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            return None
