"""The archive as the event loop sees it: nothing here waits on the disk in the caller's thread."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar

from rcdesk.archive import annotations, reading, writing
from rcdesk.archive.database import Database
from rcdesk.archive.troubles import Interrupted
from rcdesk.archive.writing import Written
from rcdesk.core.events import LogRecord
from rcdesk.core.history import HistoryEntry
from rcdesk.core.past_calls import (
    EVERYTHING,
    ArchiveExtent,
    CallDetails,
    CallFilter,
    CallPage,
    CallStatistics,
    FullPage,
    Line,
    ListedCall,
    Position,
)
from rcdesk.system.workthread import WorkThread

T = TypeVar("T")

_WRITER = "archive writer"


class Archive:
    """One account's calls; an async context manager that closes the file.

    Every method but those that only read raises StorageTrouble when the disk is full, read only
    or held by another program; nothing that was committed is lost by that. A method that is
    cancelled may have done its work all the same.
    """

    def __init__(self, database: Database, writer: WorkThread | None = None) -> None:
        """`writer` is the thread that has opened it, if one has."""
        self._database = database
        self._writer = writer or WorkThread(_WRITER)
        self._reader = WorkThread("archive reader")
        self._newest = _Question(database)

    @classmethod
    async def open(cls, path: Path | None) -> Self:
        """The archive in the file `path`, made if it is not there; None for one in memory.

        Cancelled, it waits for nothing; what its thread still opens is closed there.

        Raises:
            StorageTrouble: it cannot be used, and stays as it is: a newer rcdesk's, no
                permission, locked, a disk that is full.
        """
        writer = WorkThread(_WRITER)
        opening = writer.submit(lambda: Database.open(path))
        try:
            database = await asyncio.wrap_future(opening)
        except BaseException:
            writer.submit(lambda: _close_unless_failed(opening))
            writer.end()
            raise
        return cls(database, writer)

    @property
    def is_in_memory(self) -> bool:
        """Its calls are gone when it is closed."""
        return self._database.path is None

    @property
    def notice(self) -> str:
        """A sentence where a damaged file was set aside and a new one begun; else empty.

        It may come at any time; what `progress` kept is gone then.
        """
        return self._database.notice

    async def add_call(self, entry: HistoryEntry, *, ring_s: float | None = None) -> Written:
        """Take in a call that was followed and has ended."""
        return await self._write(lambda db: writing.add_call(db, entry, ring_s=ring_s))

    async def add_records(self, records: Sequence[LogRecord]) -> Written:
        """Take in what the call log or active-calls say; calls still going on are passed over."""
        return await self._write(lambda db: writing.add_records(db, records))

    async def drop_records(self, record_ids: Iterable[str]) -> int:
        """Delete what the platform's log no longer has; returns how many calls went."""
        ids = tuple(record_ids)
        return await self._write(lambda db: writing.drop_records(db, ids))

    async def remove(self, ids: Iterable[int]) -> int:
        """Delete calls here for good, whatever the platform lists later."""
        calls = tuple(ids)
        return await self._write(lambda db: writing.remove(db, calls))

    async def forget_person(self, person: int) -> int:
        """Delete every call with them, their names and numbers; returns the number of calls."""
        return await self._erase(lambda db: writing.forget_person(db, person))

    async def purge(self, before: datetime) -> int:
        """Delete calls that began before `before`, but for those with a note or a tag."""
        return await self._erase(lambda db: writing.purge(db, before), before)

    async def wipe(self) -> None:
        """Delete everything, overwriting what was there."""
        await self._erase(writing.wipe)

    async def resolve(self, ids: Iterable[int]) -> None:
        """The user has dealt with these missed calls."""
        calls = tuple(ids)
        await self._write(lambda db: writing.resolve(db, calls))

    def set_note(self, call: int, text: str) -> Coroutine[None, None, None]:
        """Replace the note of a call; empty removes it.

        Begun when it is called, hence done before a later `aclose` and whatever becomes of who
        awaits it.
        """
        return self._begin(lambda db: annotations.set_note(db, call, text))

    def set_tags(self, call: int, names: Iterable[str]) -> Coroutine[None, None, None]:
        """Replace the tags of a call; names are the same whatever their case.

        Begun when it is called, as `set_note`.
        """
        wanted = tuple(names)
        return self._begin(lambda db: annotations.set_tags(db, call, wanted))

    async def tags(self) -> tuple[str, ...]:
        """Every tag in use, the most used first."""
        return await self._read(annotations.tags)

    async def page(
        self, wanted: CallFilter, after: Position | None = None, *, limit: int = 200
    ) -> CallPage:
        """At most `limit` calls that pass the filter, newest first, those after `after`.

        A newer request interrupts an older one for a first page: that raises CancelledError.
        """

        def work(db: sqlite3.Connection) -> CallPage:
            return reading.page(db, wanted, after, limit=limit)

        if after is not None:
            return await self._read(work)
        self._newest.drop()
        question = self._newest = _Question(self._database)
        return await self._ask(question, work)

    async def recent(self, limit: int) -> tuple[ListedCall, ...]:
        """The newest calls; unlike `page`, nothing is interrupted by it, nor interrupts it."""
        return await self._read(lambda db: reading.page(db, EVERYTHING, None, limit=limit).calls)

    async def full_page(
        self, wanted: CallFilter, after: Position | None = None, *, limit: int = 500
    ) -> FullPage:
        """As `page`, with notes and ring times; never interrupted."""
        return await self._read(lambda db: reading.full_page(db, wanted, after, limit=limit))

    async def count(self, wanted: CallFilter) -> int:
        """How many calls pass the filter."""
        return await self._read(lambda db: reading.count(db, wanted))

    async def find(self, session_id: str) -> tuple[ListedCall, ...]:
        """The calls of a session: none, one, or two for a call to oneself."""
        return await self._read(lambda db: reading.find(db, session_id))

    async def details(self, call: int) -> CallDetails | None:
        """All about one call; None if it is gone."""
        return await self._read(lambda db: reading.details(db, call))

    async def lines(self) -> tuple[Line, ...]:
        """The user's own numbers that occur, the most used first."""
        return await self._read(reading.lines)

    async def queues(self) -> tuple[str, ...]:
        """Names of the queues that occur, the most used first."""
        return await self._read(reading.queues)

    async def extent(self) -> ArchiveExtent:
        """How much there is."""
        return await self._read(reading.extent)

    async def statistics(self, wanted: CallFilter) -> CallStatistics:
        """The calls that pass the filter, counted.

        What else is asked meanwhile is answered in between; calls that come or go meanwhile may
        be counted or not.
        """
        from rcdesk.archive.statistics import Counting  # noqa: PLC0415 - few ask, the app starts often

        counting = Counting(wanted)
        while await self._read(counting.go_on):
            pass
        return counting.result or CallStatistics()

    async def progress(self, name: str) -> str:
        """What was kept under `name`; empty if nothing was."""
        return await self._read(lambda db: reading.progress(db, name))

    async def set_progress(self, **values: str) -> None:
        """Keep where the synchronisation stands."""
        await self._write(lambda db: writing.set_progress(db, values))

    async def aclose(self) -> None:
        """Finish what was begun and close the file."""
        await asyncio.wrap_future(self._reader.submit(self._database.close_reader))
        await asyncio.wrap_future(self._writer.submit(self._database.close_writer))
        self._reader.end()
        self._writer.end()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.aclose()

    def _begin(self, work: Callable[[sqlite3.Connection], None]) -> Coroutine[None, None, None]:
        begun = self._writer.submit(lambda: self._database.write(work))

        async def end() -> None:
            await asyncio.shield(asyncio.wrap_future(begun))

        return end()

    async def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.wrap_future(self._writer.submit(lambda: self._database.write(work)))

    async def _erase(
        self, work: Callable[[sqlite3.Connection], T], before: datetime | None = None
    ) -> T:
        return await asyncio.wrap_future(
            self._writer.submit(lambda: self._database.erase(work, before=before))
        )

    async def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await self._ask(_Question(self._database), work)

    async def _ask(self, question: "_Question", work: Callable[[sqlite3.Connection], T]) -> T:
        """Whoever is cancelled holds up no other: a search counts what the last key has found."""
        try:
            answer = await asyncio.wrap_future(self._reader.submit(lambda: question.ask(work)))
        except asyncio.CancelledError:
            question.drop()
            raise
        if answer is None or question.is_dropped:
            raise asyncio.CancelledError
        return answer[0]


def _close_unless_failed(opening: Future[Database]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


class _Question:
    """A question that may be dropped from another thread, even while it is being answered.

    Attributes:
        is_dropped: nobody waits for the answer any more.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        # Nothing but the question itself may be interrupted: not what is read after it.
        self._lock = threading.Lock()
        self.is_dropped = False
        self._is_running = False

    def ask(self, work: Callable[[sqlite3.Connection], T]) -> tuple[T] | None:
        """What `work` returns, by itself; None if the question was dropped."""
        with self._lock:
            if self.is_dropped:
                return None
            self._is_running = True
        try:
            return (self._database.read(work),)
        except Interrupted:
            return None
        finally:
            with self._lock:
                self._is_running = False

    def drop(self) -> None:
        """Let nobody wait for the answer any more."""
        with self._lock:
            self.is_dropped = True
            if self._is_running:
                # The writer may be closing the file for a moment, to clean or to replace it.
                with suppress(sqlite3.ProgrammingError):
                    self._database.interrupt()
