"""What the user shows of themselves, with the way back from do-not-disturb."""

import logging
from pathlib import Path

from rcdesk.core.errors import StorageTrouble
from rcdesk.core.presence import DndStatus
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.presence_settings import (
    PresenceChoice,
    PresenceSettings,
    choose_presence,
    get_presence_settings,
)
from rcdesk.system.paths import make_private

_log = logging.getLogger(__name__)


class PresenceSwitch:
    """Reads and sets the user's presence.

    What do-not-disturb took the place of is kept in `memory`, a file that the tray app and the
    command line share; without it all calls are taken again afterwards. Every method raises
    PlatformError or SignedOut.
    """

    def __init__(self, http: PlatformHttp, memory: Path) -> None:
        self._http = http
        self._memory = memory

    async def read(self) -> PresenceSettings:
        """The presence as RingCentral has it now."""
        return await get_presence_settings(self._http, user=True)

    async def choose(self, choice: PresenceChoice) -> PresenceSettings:
        """Set the presence; returns what came of it."""
        now = await self.read()
        before = now.presence.dnd
        if choice is PresenceChoice.DND and before is not DndStatus.DO_NOT_ACCEPT_ANY_CALLS:
            self._remember(before)
        return await choose_presence(self._http, choice, now, before_dnd=self._remembered())

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
