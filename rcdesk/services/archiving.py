"""Every call of who is signed in, kept in a file of their own on this computer."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rcdesk.core.call import Call, CallChange, Direction
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.errors import StorageTrouble
from rcdesk.core.events import LogRecord
from rcdesk.core.history import HistoryEntry
from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.services.account import account_mark, digest
from rcdesk.services.calls import CallService
from rcdesk.services.history import HistoryService
from rcdesk.services.listeners import Listeners
from rcdesk.services.log_sync import LogSync, SyncProgress, SyncState
from rcdesk.services.session import SessionService, SessionState, SessionStatus
from rcdesk.services.tasks import Tasks

if TYPE_CHECKING:
    from rcdesk.archive.archive import Archive

_log = logging.getLogger(__name__)

REGION = "region"
"""Under this name `Archive.progress` keeps the account's home country."""

_RECALLED = 200
_LONGEST_RING_S = 600.0
_TRY_AGAIN_S = 60.0

_Work = Callable[["Archive"], Awaitable[object]]


def archive_file(folder: Path, server_url: str, owner_id: str) -> Path:
    """The file of one extension at one server, there or not yet."""
    return folder / f"calls-{account_mark(server_url, owner_id)}.db"


def archive_files(folder: Path, server_url: str) -> list[Path]:
    """The files of everybody who was ever signed in at the server."""
    names = sorted(folder.glob(f"calls-{digest(server_url)}-*.db"))
    return [path for path in names if ".damaged-" not in path.name]


class Keeping(NamedTuple):
    """Where calls are kept, how long (None: for ever), and whether signing out deletes them.

    Without a folder they are kept in memory, as long as rcdesk runs.
    """

    folder: Path | None = None
    longest: timedelta | None = None
    wipes: bool = False


class _End(Enum):
    """The last that comes to a file."""

    CLOSE = auto()
    WIPE = auto()
    GIVE_WAY = auto()
    """It is a list in memory, and the file can be used now."""


async def wipe(folder: Path, server_url: str, owner_id: str) -> None:
    """Delete what is kept of one account; raises StorageTrouble."""
    from rcdesk.archive.archive import Archive  # noqa: PLC0415 - hardly any command needs it

    path = archive_file(folder, server_url, owner_id)
    if owner_id and path.exists():
        async with await Archive.open(path) as archive:
            await archive.wipe()


_Works = asyncio.Queue[_Work | _End]


class ArchiveService:
    """Writes down calls that ended and calls that were listed, and goes back for the older ones.

    Attributes:
        archive: None until it is known whose calls they are.
        sync: how far the call log has been taken in.
        changed: other calls are in the archive now, or another archive, or none.
        notice: a sentence when calls cannot be kept, or a damaged file was mended.
    """

    def __init__(
        self,
        session: SessionService,
        calls: CallService,
        history: HistoryService,
        tasks: Tasks,
        *,
        keeping: Keeping | None,
        clock: Clock = instant_now,
    ) -> None:
        """Nothing is kept without `keeping`."""
        self.archive: Archive | None = None
        self.changed: Listeners[None] = Listeners()
        self.notice: Listeners[str] = Listeners()
        longest = None if keeping is None else keeping.longest
        self.sync = LogSync(session.platform.http, longest=longest, clock=clock)
        self._keeps = keeping
        self._session = session
        self._history = history
        self._tasks = tasks
        self._owner_id = ""
        self._region = ""
        self._told = ""
        self._works: _Works = asyncio.Queue()
        self._keeping: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()
        self.sync.listed.subscribe(self._synchronised)
        self.sync.changed.subscribe(self._sync_changed)
        if keeping is not None:
            session.changed.subscribe(self._session_changed)
            calls.changed.subscribe(self._call_changed)
            calls.connection_changed.subscribe(self._connection_changed)
            history.listed.subscribe(self._listed)

    @property
    def keeping(self) -> Keeping | None:
        """How calls are kept."""
        return self._keeps

    def keep(self, keeping: Keeping) -> None:
        """Keep calls longer or shorter from now on; the folder stays as it is."""
        if self._keeps is None:
            return
        self._keeps = keeping._replace(folder=self._keeps.folder)
        self.sync.longest = keeping.longest
        self._write(self._purge)
        self.sync.ask()

    def _close(self, end: _End = _End.CLOSE) -> None:
        """Let the file go once all that was to be written is."""
        self._owner_id = self._region = ""
        if self._keeping is not None:
            self._works.put_nowait(end)
            self._ending.add(self._keeping)
            self._keeping.add_done_callback(self._ending.discard)
            self._keeping = None
            self._works = asyncio.Queue()

    async def aclose(self) -> None:
        """Write what was begun and close the files."""
        self._close()
        if self._ending:
            await asyncio.wait(self._ending)

    def _session_changed(self, status: SessionStatus) -> None:
        stored = self._session.platform.session
        owner_id = stored.owner_id
        if self._keeps is None:
            return
        if status.state is SessionState.SIGNED_OUT and not status.was_ended:
            self._close(_End.WIPE if self._keeps.wipes else _End.CLOSE)
        if status.state is not SessionState.SIGNED_IN or not owner_id:
            return
        if owner_id != self._owner_id:
            self._close()
            self._owner_id = owner_id
            folder = self._keeps.folder
            path = archive_file(folder, stored.app.server_url, owner_id) if folder else None
            self._keeping = self._tasks.start(self._keep(path, self._works), "keeping calls")
        region = status.account.region if status.account else ""
        if region and region != self._region:
            self._region = region
            self._write(lambda archive: archive.set_progress(**{REGION: region}))

    async def _open(self, path: Path | None) -> "Archive":
        """The account's file or, where it cannot be used, a list until it can."""
        from rcdesk.archive.archive import Archive  # noqa: PLC0415 - commands keep nothing

        try:
            return await Archive.open(path)
        except StorageTrouble as trouble:
            self._tell(f"Calls are not kept on this computer. {trouble}")
            return await Archive.open(None)

    async def _reopen(self, path: Path, works: _Works) -> "Archive":
        """The file, once it can be used: a disk is mended, a program that held it is closed."""
        from rcdesk.archive.archive import Archive  # noqa: PLC0415 - as above

        while True:
            await asyncio.sleep(_TRY_AGAIN_S)
            try:
                archive = await Archive.open(path)
            except StorageTrouble as trouble:
                _log.debug("Calls are still not kept: %s", trouble)
            else:
                works.put_nowait(_End.GIVE_WAY)
                return archive

    async def _keep(self, path: Path | None, works: _Works) -> None:
        """Do what `works` brings, one after the other, to its end."""
        archive = await self._open(path)
        while archive.is_in_memory and path is not None:
            reopening = asyncio.create_task(self._reopen(path, works))
            work = _End.CLOSE
            try:
                work = await self._serve(archive, works, reopening)
            finally:
                reopening.cancel()
                await asyncio.wait([reopening])
                if work is not _End.GIVE_WAY and not reopening.cancelled():
                    await self._end(reopening.result(), wipes=work is _End.WIPE)
            if work is _End.WIPE and reopening.cancelled():
                await self._wipe(path)
            if work is not _End.GIVE_WAY:
                return
            archive = reopening.result()
            self._tell("Calls are kept on this computer again.")
        await self._serve(archive, works)

    async def _wipe(self, path: Path) -> None:
        """Delete what was kept before the file could not be used any more."""
        from rcdesk.archive.archive import Archive  # noqa: PLC0415 - as above

        try:
            archive = await Archive.open(path)
        except StorageTrouble as trouble:
            self._tell_undeleted(trouble)
        else:
            await self._end(archive, wipes=True)

    async def _serve(
        self,
        archive: "Archive",
        works: _Works,
        reopening: "asyncio.Task[Archive] | None" = None,
    ) -> _End:
        """Work on one archive until it is to be closed; returns why."""
        syncing: asyncio.Task[None] | None = None
        work: _Work | _End = _End.CLOSE
        try:
            # Else the user has signed out meanwhile; what was asked for is still written.
            if self._works is works:
                self.archive = archive
                self._tell(archive.notice)
                self.changed.tell(None)
                works.put_nowait(self._recall)
                works.put_nowait(self._purge)
                syncing = self._tasks.start(self.sync.run(archive), "call log")
            while not isinstance(work := await works.get(), _End):
                try:
                    await work(archive)
                except StorageTrouble as trouble:
                    self._tell(f"A call could not be kept on this computer. {trouble}")
        finally:
            if syncing is not None:
                syncing.cancel()
                await asyncio.wait([syncing])
            if self.archive is archive:
                self.archive = None
                self.changed.tell(None)
            if work is _End.GIVE_WAY and reopening is not None:
                await self._carry_over(archive, reopening.result())
            await self._end(archive, wipes=work is _End.WIPE)
        return work

    async def _carry_over(self, makeshift: "Archive", archive: "Archive") -> None:
        from rcdesk.archive.makeshift import carry_over  # noqa: PLC0415 - seldom needed

        try:
            await carry_over(makeshift, archive)
        except StorageTrouble as trouble:
            self._tell(f"A note could not be kept on this computer. {trouble}")

    async def _end(self, archive: "Archive", *, wipes: bool) -> None:
        try:
            if wipes:
                await archive.wipe()
                self._tell(archive.notice)
        except StorageTrouble as trouble:
            self._tell_undeleted(trouble)
        finally:
            await archive.aclose()

    def _tell_undeleted(self, trouble: StorageTrouble) -> None:
        self._tell(f"The calls kept on this computer could not be deleted. {trouble}")

    async def _purge(self, archive: "Archive") -> None:
        if await self.sync.purge(archive):
            self.changed.tell(None)

    def _sync_changed(self, progress: SyncProgress) -> None:
        if progress.state is SyncState.IDLE:
            self._write(self._purge)

    async def _recall(self, archive: "Archive") -> None:
        calls = await archive.recent(_RECALLED)
        if self.archive is archive:
            self._history.recall([call.entry for call in calls])

    def _write(self, work: _Work) -> None:
        if self._keeping is not None and not self._keeping.done():
            self._works.put_nowait(work)

    def _call_changed(self, change: CallChange) -> None:
        entry = HistoryEntry.of_call(change.call)
        if entry is None:
            return
        ring_s = None if change.is_late else ring_time_s(change.call)

        async def add(archive: "Archive") -> None:
            self._tell_written(await archive.add_call(entry, ring_s=ring_s))

        self._write(add)

    def _listed(self, records: Sequence[LogRecord]) -> None:
        async def add(archive: "Archive") -> None:
            self._tell_written(await archive.add_records(records))

        self._write(add)

    def _synchronised(self, records: Sequence[LogRecord]) -> None:
        self._history.fill(records)
        self.changed.tell(None)

    def _connection_changed(self, connection: Connection) -> None:
        if connection.state is ConnectionState.ONLINE:
            self.sync.ask()

    def _tell_written(self, written: tuple[Sequence[HistoryEntry], Sequence[HistoryEntry]]) -> None:
        if any(written):
            self.changed.tell(None)

    def _tell(self, sentence: str) -> None:
        """Each sentence once: a full disk refuses every call of the day."""
        if sentence and sentence != self._told:
            self._told = sentence
            _log.warning("%s", sentence)
            self.notice.tell(sentence)


def ring_time_s(call: Call) -> float | None:
    """How long an inbound call rang; None where nobody knows.

    Its beginning is by the platform's clock and its end by this computer's: what is too long
    for a call to ring comes of clocks that disagree. A call that was found connected counts as
    connected since it began: that says nothing about its ringing.
    """
    over = call.connected_at or call.ended_at
    if call.direction is not Direction.INBOUND or call.started_at is None or over is None:
        return None
    if call.connected_at is not None and call.connected_at.utc == call.started_at:
        return None
    ring_s = (over.utc - call.started_at).total_seconds()
    return ring_s if 0 <= ring_s <= _LONGEST_RING_S else None
