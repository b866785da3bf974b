"""What was missed while there was no connection."""

from datetime import datetime, timedelta
from typing import NamedTuple

from rcdesk.core.call import CallChange, ChangeKind
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.history import HistoryEntry, entry_key
from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.services.calls import CallService
from rcdesk.services.history import HistoryService
from rcdesk.services.listeners import Listeners
from rcdesk.services.tasks import Tasks

_MARGIN = timedelta(minutes=5)
"""A call can have begun before the newest call that was known, and ended after it."""


class Digest(NamedTuple):
    """Missed calls that nobody saw ringing, newest first; never empty."""

    missed: tuple[HistoryEntry, ...]


class AbsenceService:
    """Tells, once after each gap, of the calls that came and went in it.

    Replay brings at most a hundred events, and none after a failed recovery, so the call log
    is asked as well. Its times are compared with those of the platform only: this computer's
    clock may have jumped.
    """

    def __init__(
        self,
        calls: CallService,
        history: HistoryService,
        tasks: Tasks,
        *,
        clock: Clock = instant_now,
    ) -> None:
        self.ended: Listeners[Digest] = Listeners()
        self._calls = calls
        self._history = history
        self._tasks = tasks
        self._clock = clock
        self._was_online = False
        self._since: datetime | None = None
        self._known: set[str] = set()
        calls.connection_changed.subscribe(self._connection_changed)
        calls.changed.subscribe(self._call_changed)

    def forget(self) -> None:
        """Another user may sign in."""
        self._was_online = False
        self._since = None

    def _connection_changed(self, connection: Connection) -> None:
        if connection.state is ConnectionState.SIGNED_OUT:
            self.forget()
        elif connection.state is ConnectionState.ONLINE:
            self._was_online = True
            if self._since is not None:
                self._tasks.start(self._tell(self._since), "missed meanwhile")
        elif self._was_online and self._since is None:
            self._leave()

    def _leave(self) -> None:
        entries = self._history.entries
        self._since = (entries[0].started_at if entries else self._clock().utc) - _MARGIN
        self._known = {entry.key for entry in entries}
        self._known.update(entry_key(call.session_id, call.direction) for call in self._calls.calls)

    def _call_changed(self, change: CallChange) -> None:
        if change.kind is ChangeKind.RINGING and not change.is_late and self._since is not None:
            self._known.add(entry_key(change.call.session_id, change.call.direction))

    async def _tell(self, since: datetime) -> None:
        await self._history.list_since(since)
        if self._since is not since or self._calls.connection.state is not ConnectionState.ONLINE:
            return
        self._since = None
        missed = tuple(
            entry
            for entry in self._history.entries
            if entry.is_missed and entry.started_at >= since and entry.key not in self._known
        )
        if missed:
            self._history.count_missed(missed)
            self.ended.tell(Digest(missed))
