"""The platform's call log, taken into the archive: what is new first, what is oldest last."""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from rcdesk.core.errors import PermissionMissing, PlatformError, SignedOut, StorageTrouble
from rcdesk.ringcentral.call_log import CallLogQuery, list_calls
from rcdesk.ringcentral.call_log_sync import synchronise
from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.rate_limits import RateGroup, RateLimits
from rcdesk.services.listeners import Listeners
from rcdesk.system.memory import give_back

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rcdesk.archive.archive import Archive
    from rcdesk.core.events import LogRecord

_log = logging.getLogger(__name__)

PAGE = 250
_OFTEN_S = 3600.0
"""Calls are listed as they end; this is for what was corrected or deleted later."""

_FIRST_RETRY_S = 62.0
_PATIENCE_S = 120.0
"""What takes longer is a penalty: a request is refused for it at once, in words."""

# RingCentral allows 30 days, and its clock is not ours.
_FULL_SYNC_REACHES = timedelta(days=29)
# Longer than any account's retention; the platform cuts it to what it has.
_FURTHEST_BACK = timedelta(days=5 * 365)
# A call may have begun long before a synchronisation and ended after it.
_MARGIN = timedelta(days=1)

# Names of what the archive keeps of the progress.
_TOKEN = "sync_token"  # noqa: S105 - it opens nothing
_AT = "synchronised_at"
_BACK_TO = "listed_back_to"
_UNTIL = "list_until"
_SINCE = "listed_since"


class SyncState(StrEnum):
    """What the synchronisation does."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"
    WAITING = "waiting"
    """Something went wrong; it goes on by itself."""
    OFF = "off"
    """The app registration or the extension does not allow it."""


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far it has come.

    Attributes:
        calls: how many are in the archive.
        back_to: everything since then is there; None once everything that the platform has is.
        sentence: what went wrong, while WAITING or OFF.
    """

    state: SyncState = SyncState.IDLE
    calls: int = 0
    back_to: datetime | None = None
    sentence: str = ""


class LogSync:
    """Keeps an archive in step with the call log, at the pace that rate limits leave.

    Nothing is taken in that began longer ago than `longest`, which may change at any time (None:
    everything that the platform has).

    New, changed and deleted calls come by the sync token. A full synchronisation brings 250 calls
    at most: what lies between the oldest of them and what had been listed before, or the
    beginning, is listed page by page, and goes on there after a restart.

    Attributes:
        listed: records that have just been written.
    """

    def __init__(
        self,
        http: PlatformHttp,
        *,
        longest: timedelta | None = None,
        clock: Clock = instant_now,
    ) -> None:
        self.progress = SyncProgress()
        self.changed: Listeners[SyncProgress] = Listeners()
        self.listed: Listeners[Sequence[LogRecord]] = Listeners()
        self._http = http
        self._clock = clock
        self.longest = longest
        self._asked = asyncio.Event()
        self._is_paused = False

    @property
    def _furthest(self) -> datetime:
        return self._clock().utc - (self.longest or _FURTHEST_BACK)

    def ask(self) -> None:
        """Look for what is new now, rather than within the hour."""
        self._asked.set()

    def pause(self) -> None:
        """Go back no further for now, but for a page that was asked for; new calls still come."""
        self._is_paused = True
        if self.progress.back_to is not None:
            self._say(replace(self.progress, state=SyncState.PAUSED, sentence=""))

    def resume(self) -> None:
        """Go on with what `pause` stopped."""
        self._is_paused = False
        if self.progress.state is SyncState.PAUSED:
            self._say(replace(self.progress, state=SyncState.RUNNING))
        self.ask()

    async def purge(self, archive: "Archive") -> int:
        """Delete what began longer ago than `longest`; returns how many calls.

        They are listed again should `longest` grow.
        """
        if self.longest is None:
            return 0
        furthest = self._furthest
        since = _moment(await archive.progress(_SINCE))
        if since is not None and since < furthest:
            await archive.set_progress(**{_SINCE: furthest.isoformat()})
        return await archive.purge(furthest)

    async def run(self, archive: "Archive") -> None:
        """Never returns but where the call log may not be read; cancel it."""
        retry_s = _FIRST_RETRY_S
        while True:
            self._asked.clear()
            wait_s = _OFTEN_S
            try:
                await self._tell(archive, SyncState.RUNNING)
                await self._catch_up(archive)
                is_done = await self._go_back(archive)
                await self._tell(archive, SyncState.IDLE if is_done else SyncState.PAUSED)
                give_back()
                retry_s = _FIRST_RETRY_S
            except PermissionMissing as missing:
                self._say(SyncProgress(SyncState.OFF, sentence=str(missing)))
                return
            except (PlatformError, SignedOut, StorageTrouble) as error:
                _log.info("The call log is not in step: %s", error)
                self._say(replace(self.progress, state=SyncState.WAITING, sentence=str(error)))
                wait_s, retry_s = retry_s, min(2 * retry_s, _OFTEN_S)
            try:
                async with asyncio.timeout(wait_s):
                    await self._asked.wait()
            except TimeoutError:
                continue

    async def _catch_up(self, archive: "Archive") -> None:
        now = self._clock().utc
        token = await archive.progress(_TOKEN)
        since = max(now - _FULL_SYNC_REACHES, self._furthest)
        sync = await synchronise(self._http, token, date_from=since, is_detailed=True)
        await archive.add_records(sync.records)
        await archive.drop_records(sync.deleted_ids)
        values = {_TOKEN: sync.token, _AT: now.isoformat()}
        if sync.is_full:
            began = [record.started_at for record in sync.records if record.started_at]
            values[_BACK_TO] = min(began, default=now).isoformat()
            if not await archive.progress(_BACK_TO):
                values[_UNTIL] = await archive.progress(_AT)
        elif await self._wants_older(archive):
            values[_BACK_TO] = await archive.progress(_SINCE)
        # Only now: what fails before is asked for again.
        await archive.set_progress(**values)
        if sync.records or sync.deleted_ids:
            self.listed.tell(sync.records)

    async def _wants_older(self, archive: "Archive") -> bool:
        """Calls are to be kept longer than when the last of them were listed."""
        since = _moment(await archive.progress(_SINCE))
        is_done = not await archive.progress(_BACK_TO)
        return is_done and since is not None and self._furthest < since - _MARGIN

    async def _go_back(self, archive: "Archive") -> bool:
        """List page by page, by time, so that new calls do not shift what is older.

        False if it was paused before the end.
        """
        number = 1
        pace = _Pace(self._http.limits)
        while (before := _moment(await archive.progress(_BACK_TO))) is not None:
            if not self._is_paused:
                await self._tell(archive, SyncState.RUNNING)
                await pace.wait()
            if self._is_paused:
                return False
            furthest = self._furthest
            until = _moment(await archive.progress(_UNTIL))
            date_from = furthest if until is None else max(furthest, until - _MARGIN)
            if before <= date_from:
                await self._end_listing(archive, until, furthest)
                return True
            query = CallLogQuery(
                date_from=date_from,
                # The platform may cut to seconds; what comes twice is the same call.
                date_to=before + timedelta(seconds=1),
                is_detailed=True,
                per_page=PAGE,
            )
            page = await list_calls(self._http, query, number)
            await archive.add_records(page.records)
            oldest = min(
                (record.started_at for record in page.records if record.started_at), default=before
            )
            if not page.has_next or not page.records:
                await self._end_listing(archive, until, furthest)
            elif oldest < before:
                number = 1
                await archive.set_progress(**{_BACK_TO: oldest.isoformat()})
            else:
                # More calls than a page holds began in one second.
                number += 1
            self.listed.tell(page.records)
        return True

    async def _end_listing(
        self, archive: "Archive", until: datetime | None, furthest: datetime
    ) -> None:
        values = {_BACK_TO: "", _UNTIL: ""}
        if until is None:
            values[_SINCE] = furthest.isoformat()
        await archive.set_progress(**values)

    async def _tell(self, archive: "Archive", state: SyncState) -> None:
        extent = await archive.extent()
        back_to = _moment(await archive.progress(_BACK_TO))
        self._say(SyncProgress(state, extent.calls, back_to))

    def _say(self, progress: SyncProgress) -> None:
        if progress != self.progress:
            self.progress = progress
            self.changed.tell(progress)


class _Pace:
    """Of pages: as they come until the rate limit is reached, evenly from then on.

    Sent together they would all count until a minute later, and what is asked after a call
    that has just ended would wait for that long.
    """

    def __init__(self, limits: RateLimits) -> None:
        self._limits = limits
        self._is_even = False
        self._next_s = 0.0

    async def wait(self) -> None:
        """Return when the next page may be asked for, or would be refused at once."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._next_s - loop.time())
        # Not in the rate limit's queue, where what is asked meanwhile would stand behind it.
        while 0 < (delay_s := self._limits.delay_s(RateGroup.HEAVY)) <= _PATIENCE_S:
            self._is_even = True
            await asyncio.sleep(delay_s)
        if self._is_even:
            self._next_s = loop.time() + self._limits.pace_s(RateGroup.HEAVY)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
