"""Recent calls, merged from what was followed live and what the platform has listed."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from rcdesk.core.call import CallChange, ChangeKind
from rcdesk.core.errors import PermissionMissing, PlatformError, RcdeskError, SignedOut
from rcdesk.core.events import LogRecord, LogReport
from rcdesk.core.history import History, HistoryEntry
from rcdesk.ringcentral.call_log import CallLogQuery, list_active_calls, list_calls
from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.ringcentral.platform import Platform
from rcdesk.services.calls import CallService
from rcdesk.services.listeners import Listeners
from rcdesk.services.tasks import Debounce, Tasks

_log = logging.getLogger(__name__)

FURTHEST_BACK = timedelta(days=90)
"""What RingCentral keeps for most accounts."""

PAGE = 50
_MOST_PAGES = 40


class HistoryService:
    """The list of recent calls.

    Attributes:
        failure: a sentence while the last attempt to list calls failed, else empty.
        is_loaded: the platform has been asked successfully at least once.
        missed: missed calls that the user has not looked at yet.
        listed: records that the platform has just listed.
    """

    def __init__(
        self,
        platform: Platform,
        calls: CallService,
        tasks: Tasks,
        *,
        log_delay_s: float = 30.0,
        clock: Clock = instant_now,
    ) -> None:
        self.changed: Listeners[None] = Listeners()
        self.listed: Listeners[Sequence[LogRecord]] = Listeners()
        self.failure = ""
        self.is_loaded = False
        self._platform = platform
        self._calls = calls
        self._clock = clock
        self._history = History()
        self._tasks = tasks
        self._loading = asyncio.Lock()
        self._missed: set[str] = set()
        # Ended calls show in active-calls within 10 s, in the log within a minute.
        self._soon = Debounce(
            tasks, self._list_active, delay_s=4, longest_s=12, name="recently ended calls"
        )
        self._later = Debounce(
            tasks,
            self._list_newest,
            delay_s=log_delay_s,
            longest_s=2 * log_delay_s,
            name="newest of the call log",
        )
        calls.changed.subscribe(self._call_changed)
        calls.log_seen.subscribe(self._add)

    @property
    def entries(self) -> list[HistoryEntry]:
        """Ended calls, newest first."""
        return self._history.entries

    @property
    def missed(self) -> int:
        """How many missed calls the user has not looked at."""
        return len(self._missed)

    def see_missed(self) -> None:
        """The user has looked."""
        if self._missed:
            self._missed.clear()
            self.changed.tell(None)

    def forget(self) -> None:
        """Start from nothing: another user may sign in."""
        self._history = History()
        self._missed.clear()
        self.is_loaded = False
        self.failure = ""
        self._soon.cancel()
        self._later.cancel()
        self.changed.tell(None)

    async def refresh(self) -> None:
        """List the newest calls, as the user asked; never raises."""
        await self._list(user=True)

    async def list_since(self, since: datetime) -> bool:
        """List everything that began after `since`, at background pace; never raises.

        Returns False where that did not work out and may do so later.
        """
        query = CallLogQuery(date_from=since, is_detailed=True, per_page=PAGE)
        for number in range(1, _MOST_PAGES + 1):
            async with self._loading:
                try:
                    page = await list_calls(self._platform.http, query, number)
                except RcdeskError as error:
                    _log.warning("Calls since %s could not be listed: %s", since, error)
                    return isinstance(error, PermissionMissing)
                self._take(LogReport(page.records))
            if not page.has_next:
                break
        return True

    def look_again(self) -> None:
        """Calls may have ended that nothing told of: list them once the platform has them."""
        self._soon.ask()
        self._later.ask()

    def recall(self, entries: Iterable[HistoryEntry]) -> None:
        """Calls that were kept on this computer: they show before the platform has answered."""
        if self._history.add_entries(entries):
            self.changed.tell(None)

    def fill(self, records: Iterable[LogRecord]) -> None:
        """Take in those that belong between calls already known, if any do."""
        entries = self._history.entries
        if entries:
            oldest = entries[-1].started_at
            between = [it for it in records if it.started_at and it.started_at >= oldest]
            if self._history.add_records(between):
                self.changed.tell(None)

    def count_missed(self, entries: Iterable[HistoryEntry]) -> None:
        """Count missed calls that were never followed live."""
        self._missed.update(entry.key for entry in entries)
        self.changed.tell(None)

    async def _list_newest(self) -> None:
        await self._list(user=False)

    async def _list(self, *, user: bool) -> None:
        async with self._loading:
            query = CallLogQuery(
                date_from=self._clock().utc - FURTHEST_BACK, is_detailed=True, per_page=PAGE
            )
            try:
                page = await list_calls(self._platform.http, query, user=user)
            except (PlatformError, SignedOut) as error:
                self.failure = str(error)
                self.changed.tell(None)
                return
            self.failure, self.is_loaded = "", True
            self._take(LogReport(page.records))

    def _take(self, report: LogReport) -> None:
        self._calls.correct(report)
        self._history.add_records(report.records)
        self.listed.tell(report.records)
        self.changed.tell(None)

    async def _list_active(self) -> None:
        try:
            report = await list_active_calls(self._platform.http)
        except (PlatformError, SignedOut) as error:
            _log.warning("Recently ended calls could not be listed: %s", error)
            return
        self._calls.correct(report)
        self._add(report)

    def _add(self, report: LogReport) -> None:
        self.listed.tell(report.records)
        if self._history.add_records(report.records):
            self.changed.tell(None)

    def _call_changed(self, change: CallChange) -> None:
        if change.call.is_live:
            return
        self._count_missed(change)
        if change.kind is ChangeKind.ENDED:
            self.look_again()
        if self._history.add_call(change.call):
            self.changed.tell(None)

    def _count_missed(self, change: CallChange) -> None:
        """Missed until the log corrects it; a correction counts nothing twice."""
        entry = HistoryEntry.of_call(change.call)
        if entry is None:
            return
        if change.kind is ChangeKind.ENDED and entry.is_missed:
            self._missed.add(entry.key)
        elif not entry.is_missed:
            self._missed.discard(entry.key)
