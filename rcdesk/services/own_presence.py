"""The presence that the user has chosen, as the windows offer it: shown at once, then asked for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, TypeVar

from rcdesk.core.abilities import Ability
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.errors import PlatformError, Refused, SignedOut
from rcdesk.core.presence import DndStatus, Presence
from rcdesk.core.presence import PresenceStatus as _Status
from rcdesk.ringcentral.call_queues import get_queue_presence
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.presence_settings import PresenceChoice, PresenceSettings
from rcdesk.services.calls import CallService
from rcdesk.services.listeners import Listeners
from rcdesk.services.presence import PresenceSwitch
from rcdesk.services.tasks import Debounce, Tasks

_log = logging.getLogger(__name__)
T = TypeVar("T")

_NO_CALLS = DndStatus.DO_NOT_ACCEPT_ANY_CALLS
_QUEUES_REFUSED = (DndStatus.DO_NOT_ACCEPT_DEPARTMENT_CALLS, _NO_CALLS)
_CHOICES = {
    _Status.AVAILABLE: PresenceChoice.AVAILABLE,
    _Status.BUSY: PresenceChoice.BUSY,
    _Status.OFFLINE: PresenceChoice.INVISIBLE,
}
_STATUSES = {choice: status for status, choice in _CHOICES.items()}


@dataclass(frozen=True, slots=True)
class OwnPresence:
    """What the user shows of themselves, what they asked for included.

    Attributes:
        choice: None while it is not known.
        takes_queue_calls: None where the user is in no queue.
        message: the status message, text from outside.
        may_change: the app was granted the permission.
        is_changing: RingCentral has not said yes yet.
    """

    choice: PresenceChoice | None = None
    takes_queue_calls: bool | None = None
    message: str = ""
    may_change: bool = False
    is_changing: bool = False


@dataclass(slots=True)
class _Wish(Generic[T]):
    """What the user asked for and RingCentral has not confirmed; None for nothing."""

    value: T | None = None


class OwnPresenceService:
    """Follows the user's own presence, and changes it.

    Attributes:
        changed: tells with every change, asked for or heard of.
    """

    def __init__(self, platform: Platform, calls: CallService, tasks: Tasks, memory: Path) -> None:
        self.changed: Listeners[OwnPresence] = Listeners()
        self._platform = platform
        self._tasks = tasks
        self._switch = PresenceSwitch(platform.http, memory)
        self._known = self._heard = Presence()
        self._settings: PresenceSettings | None = None
        self._has_queues: bool | None = None
        self._choice: _Wish[PresenceChoice] = _Wish()
        self._queue_calls: _Wish[bool] = _Wish()
        self._turn = asyncio.Lock()
        self._again = Debounce(tasks, self._read, delay_s=2, longest_s=10, name="own presence")
        calls.presence_changed.subscribe(self._hear)
        calls.connection_changed.subscribe(self._connected)

    @property
    def now(self) -> OwnPresence:
        """What the user has chosen, as far as is known."""
        seen = self.seen(self._known)
        is_dnd = seen.dnd is _NO_CALLS
        return OwnPresence(
            choice=PresenceChoice.DND if is_dnd else _CHOICES.get(seen.user),
            takes_queue_calls=self._takes_queue_calls(seen),
            message=self._settings.message if self._settings else "",
            may_change=self._platform.http.abilities.has(Ability.EDIT_PRESENCE),
            is_changing=self._is_changing,
        )

    def seen(self, presence: Presence) -> Presence:
        """`presence`, as last heard, with what RingCentral has not told everybody yet."""
        user = presence.user if self._known.user is _Status.UNKNOWN else self._known.user
        dnd = presence.dnd if self._known.dnd is DndStatus.UNKNOWN else self._known.dnd
        if self._choice.value is PresenceChoice.DND:
            dnd = _NO_CALLS
        elif self._choice.value is not None:
            user = _STATUSES[self._choice.value]
            dnd = DndStatus.TAKE_ALL_CALLS if dnd is _NO_CALLS else dnd
        if (user, dnd) == (presence.user, presence.dnd):
            return presence
        # What the platform made of the choice before says nothing of this one.
        return replace(presence, presence=user, user=user, dnd=dnd)

    async def choose(self, choice: PresenceChoice) -> None:
        """Set the presence; of several asked for at once the last one counts.

        Raises:
            PlatformError, SignedOut: it is as it was.
        """
        await self._change(self._choice, choice, lambda: self._switch.choose(choice))

    async def take_queue_calls(self, *, takes: bool) -> None:
        """Take the calls of the user's queues, or no longer; raises as `choose`."""
        await self._change(
            self._queue_calls, takes, lambda: self._switch.take_queue_calls(takes=takes)
        )

    def forget(self) -> None:
        """Another user may sign in."""
        self._again.cancel()
        self._known = self._heard = Presence()
        self._settings = self._has_queues = None
        self._tell()

    @property
    def _is_changing(self) -> bool:
        return self._choice.value is not None or self._queue_calls.value is not None

    def _takes_queue_calls(self, seen: Presence) -> bool | None:
        if self._settings is None or not self._has_queues:
            return None
        if self._queue_calls.value is not None:
            return self._queue_calls.value
        if self._settings.has_new_call_handling:
            return self._settings.takes_queue_calls is not False
        return seen.dnd not in _QUEUES_REFUSED

    async def _change(
        self, wish: _Wish[T], value: T, act: Callable[[], Awaitable[PresenceSettings]]
    ) -> None:
        wish.value = value
        self._tell()
        try:
            async with self._turn:
                # Meanwhile the user may have asked for something else, or have got this already.
                if wish.value is value:
                    self._take(await act())
        finally:
            if wish.value is value:
                wish.value = None
            self._tell()

    def _take(self, settings: PresenceSettings) -> None:
        self._settings = settings
        self._known = settings.presence

    def _hear(self, presence: Presence) -> None:
        news = (presence.user, presence.dnd)
        if news != (self._heard.user, self._heard.dnd) and _Status.UNKNOWN is not presence.user:
            self._heard = presence
            if news != (self._known.user, self._known.dnd):
                self._known = presence
                if not self._is_changing:
                    # Chosen elsewhere, perhaps together with a message, which no event brings.
                    self._again.ask()
                self._tell()

    def _connected(self, connection: Connection) -> None:
        if connection.state is ConnectionState.ONLINE:
            self._tasks.start(self._read(), "own presence")

    async def _read(self) -> None:
        try:
            settings = await self._switch.read(user=False)
            if self._has_queues is None and self.now.may_change:
                self._has_queues = await self._is_in_queues()
        except (PlatformError, SignedOut) as error:
            _log.info("The own presence is not known: %s", error)
            return
        if not self._is_changing:
            self._take(settings)
            self._tell()

    async def _is_in_queues(self) -> bool:
        try:
            return bool(await get_queue_presence(self._platform.http))
        except Refused as refusal:
            _log.info("Whether the user is in queues is not known: %s", refusal)
            return False

    def _tell(self) -> None:
        self.changed.tell(self.now)
