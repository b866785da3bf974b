"""What was missed while there was no connection."""

import asyncio
from dataclasses import dataclass
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

_LOG_IS_COMPLETE_AFTER_S = 120.0
"""Twice what RingCentral names for a call to be in its log."""

_PAUSES_S = (30.0, 60.0, 120.0, 240.0)
"""Between attempts to read the log; the last one for as long as it takes."""


class Digest(NamedTuple):
    """Missed calls that nobody saw ringing, newest first; never empty."""

    missed: tuple[HistoryEntry, ...]


@dataclass
class _Gap:
    """Time without a connection, until the call log has all of it.

    Attributes:
        known: keys of the calls that are no news.
        is_listed: the connection is back and the call log has been read.
    """

    since: datetime
    known: set[str]
    is_listed: bool = False


class AbsenceService:
    """Tells, once after each gap, of the calls that came and went in it.

    Replay brings at most a hundred events, and none after a failed recovery, so the call log
    is asked as well. It has calls up to a minute after their end: what ended just before the
    gap did is told as soon as the history has it. A gap is not over before the log could be read
    after that time; one that follows sooner is the same gap. Times are compared with those of the
    platform only: this computer's clock may have jumped.
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
        self._gap: _Gap | None = None
        self._settling: asyncio.Task[None] | None = None
        calls.connection_changed.subscribe(self._connection_changed)
        calls.changed.subscribe(self._call_changed)
        history.changed.subscribe(self._history_changed)

    def forget(self) -> None:
        """Another user may sign in."""
        self._stop_settling()
        self._was_online = False
        self._gap = None

    def _connection_changed(self, connection: Connection) -> None:
        if connection.state is ConnectionState.SIGNED_OUT:
            self.forget()
        elif connection.state is ConnectionState.ONLINE:
            self._was_online = True
            if self._gap is not None:
                self._stop_settling()
                self._settling = self._tasks.start(self._settle(self._gap), "missed meanwhile")
        elif self._was_online:
            self._leave()

    def _leave(self) -> None:
        self._stop_settling()
        if self._gap is not None:
            # Lost again before the log was read, or had everything: still the same gap.
            self._gap.is_listed = False
            return
        entries = self._history.entries
        newest = entries[0].started_at if entries else self._clock().utc
        known = {entry.key for entry in entries}
        known.update(entry_key(call.session_id, call.direction) for call in self._calls.calls)
        self._gap = _Gap(newest - _MARGIN, known)

    def _call_changed(self, change: CallChange) -> None:
        if change.kind is ChangeKind.RINGING and not change.is_late and self._gap is not None:
            self._gap.known.add(entry_key(change.call.session_id, change.call.direction))

    async def _settle(self, gap: _Gap) -> None:
        await self._list(gap)
        gap.is_listed = True
        self._tell(gap)
        self._history.look_again()
        await asyncio.sleep(_LOG_IS_COMPLETE_AFTER_S)
        await self._list(gap)
        self._gap = None

    def _stop_settling(self) -> None:
        if self._settling is not None:
            self._settling.cancel()
            self._settling = None

    async def _list(self, gap: _Gap) -> None:
        """Read the log, as often as it takes."""
        pauses = iter(_PAUSES_S)
        pause_s = 0.0
        while not await self._history.list_since(gap.since):
            pause_s = next(pauses, pause_s)
            await asyncio.sleep(pause_s)

    def _history_changed(self, _nothing: None) -> None:
        if self._gap is not None and self._gap.is_listed:
            self._tell(self._gap)

    def _tell(self, gap: _Gap) -> None:
        missed = tuple(
            entry
            for entry in self._history.entries
            if entry.is_missed and entry.started_at >= gap.since and entry.key not in gap.known
        )
        if missed:
            gap.known.update(entry.key for entry in missed)
            self._history.count_missed(missed)
            self.ended.tell(Digest(missed))
