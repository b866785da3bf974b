"""Calls of the archive written to a file of the user's."""

import asyncio
import errno
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol, TextIO, TypeVar

from rcdesk.core.call_record import of_kept
from rcdesk.core.call_texts import CallText, CsvText, JsonText
from rcdesk.core.errors import StorageTrouble
from rcdesk.core.past_calls import CallFilter, FullCall, FullPage, Position
from rcdesk.system.paths import make_private
from rcdesk.system.workthread import WorkThread

T = TypeVar("T")

_log = logging.getLogger(__name__)

# Who types into the search meanwhile waits for one page: with 500 of them, 38 ms.
_PER_PAGE = 100
_FULL = "the disk is full: make room, or choose another folder."
_NO_ENTRY = "the folder {folder} cannot be written to: choose another one."
_REASONS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "this disk holds no file so large: choose another folder.",
    errno.EACCES: _NO_ENTRY,
    errno.EPERM: _NO_ENTRY,
    errno.EROFS: "the folder {folder} is read only: choose another one.",
    errno.ENOENT: "the folder {folder} is not there: choose another one.",
    errno.ENOTDIR: "{folder} is no folder: choose another one.",
    errno.EISDIR: "{name} is a folder: choose another name.",
    errno.ENAMETOOLONG: "the name {name} is too long: choose a shorter one.",
    errno.EINVAL: "no file can be called {name} there: choose another name.",
}
_IN_USE = (
    "No calls were exported: {name} cannot be replaced. If another program has it open, close it "
    "there, or choose another name."
)
_OTHERWISE = "the file cannot be written ({error}): choose another folder."


class ExportSource(Protocol):
    """See `rcdesk.archive.archive.Archive`, which is one."""

    async def count(self, wanted: CallFilter) -> int:
        """How many calls pass the filter."""
        ...

    async def full_page(
        self, wanted: CallFilter, after: Position | None = None, *, limit: int = 500
    ) -> FullPage:
        """At most `limit` calls that pass the filter, newest first, those after `after`."""
        ...


class ExportFormat(StrEnum):
    """What kind of file; its value is how the name ends."""

    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Export:
    """Which calls go where.

    Attributes:
        path: of the file, which is replaced if it is there.
        without: ids of calls that pass the filter and are left out all the same.
    """

    wanted: CallFilter
    path: Path
    format: ExportFormat = ExportFormat.CSV
    without: frozenset[int] = frozenset()


class ExportProgress(NamedTuple):
    """So many calls have been written; `total` is what was counted at the beginning."""

    done: int
    total: int


class Exporter:
    """Writes files in a thread of its own: a disk that hangs keeps nothing else waiting.

    Args:
        memory: where the folder of the last export is kept.
        patience_s: how long cleaning up is waited for.
    """

    def __init__(self, memory: Path, *, patience_s: float = 2.0) -> None:
        self._memory = memory
        self._patience_s = patience_s
        self._thread = WorkThread("export")

    async def export(
        self, source: ExportSource, wanted: Export, tell: Callable[[ExportProgress], None]
    ) -> int:
        """Write the file and return how many calls are in it.

        It grows beside its place as `NAME.part`, and takes its place when it is whole: whoever
        cancels, or is killed, leaves what was there. Each call is in it once, and those that
        come meanwhile, newer than where it began, are not.

        Raises:
            StorageTrouble: the file cannot be written, or the calls cannot be read.
        """
        file = _GrowingFile(wanted)
        try:
            total = await source.count(wanted.wanted)
            await self._run(file.begin)
            tell(ExportProgress(0, total))
            done = await self._write_pages(source, wanted, file, tell, total)
            # Who cancels at the last of `tell` does not want the file any more.
            await asyncio.sleep(0)
            await self._run(file.finish)
        except (Exception, asyncio.CancelledError):
            file.give_up()
            await self._clean_up(file)
            raise
        await self._run(lambda: self._remember(wanted.path.parent))
        return done

    async def exists(self, path: Path) -> bool:
        """Whether there is something of that name."""
        return await self._run(lambda: os.path.lexists(path))

    async def folder(self, *usual: Path) -> Path:
        """Where the last file was written to, else the first of `usual`, whichever is there."""
        return await self._run(
            lambda: self._recall() or next(filter(Path.is_dir, usual), usual[-1])
        )

    async def _clean_up(self, file: "_GrowingFile") -> None:
        """Wait until the thread has done what it is at, and removed the file.

        Not for ever, since who quits may have a disk that hangs; and a second cancellation
        does not stop it.
        """
        removed = asyncio.wrap_future(self._thread.submit(file.discard))
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience_s):
                await asyncio.shield(removed)

    async def _write_pages(
        self,
        source: ExportSource,
        wanted: Export,
        file: "_GrowingFile",
        tell: Callable[[ExportProgress], None],
        total: int,
    ) -> int:
        done, after = 0, None
        passed_over = wanted.without
        while True:
            page = await source.full_page(wanted.wanted, after, limit=_PER_PAGE)
            calls = [full for full in page.calls if full.call.id not in passed_over]
            await self._run(lambda calls=calls: file.add(calls))  # type: ignore[misc]  # of this turn
            done += len(calls)
            tell(ExportProgress(done, max(total, done)))
            if page.next is None:
                return done
            # The log may have corrected meanwhile when a call began, to just after this page.
            passed_over = wanted.without | {full.call.id for full in page.calls}
            after = page.next

    def _remember(self, folder: Path) -> None:
        # The next export asks again; nothing else comes of it.
        with suppress(OSError, StorageTrouble):
            make_private(self._memory.parent)
            self._memory.write_text(str(folder), encoding="utf-8", errors="surrogateescape")

    def _recall(self) -> Path | None:
        with suppress(OSError, ValueError):
            folder = Path(self._memory.read_text(encoding="utf-8", errors="surrogateescape"))
            if folder.is_absolute() and folder.is_dir():
                return folder
        return None

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._thread.submit(work))


class _GrowingFile:
    """A file that is not in its place until it is whole; used in one thread."""

    def __init__(self, export: Export) -> None:
        self._path = export.path
        self._part = export.path.with_name(f"{export.path.name}.part")
        self._text: CallText = JsonText(in_one_line=False)
        self._encoding = "utf-8"
        if export.format is ExportFormat.CSV:
            self._text = CsvText()
            # Without the mark Excel takes it for the computer's old code page, and every other
            # spreadsheet passes over it. JSON must have none (RFC 8259 section 8.1).
            self._encoding = "utf-8-sig"
        self._file: TextIO | None = None
        self._is_given_up = False

    def give_up(self) -> None:
        """From any thread: let `finish`, which may be under way, leave the place alone."""
        self._is_given_up = True

    def begin(self) -> None:
        """Make the file beside its place; raises StorageTrouble."""
        with self._told():
            if self._path.is_dir():
                raise IsADirectoryError(errno.EISDIR, "")
            # What another try has left, and no link that somebody laid there.
            self._part.unlink(missing_ok=True)
            self._file = open(  # noqa: SIM115 - kept open; pathlib knows no opener
                self._part,
                "x",
                encoding=self._encoding,
                errors="replace",
                newline="",
                opener=_open_private,
            )
            self._file.write(self._text.head())

    def add(self, calls: Sequence[FullCall]) -> None:
        """Write some more calls; raises StorageTrouble."""
        with self._told():
            self._opened.write(self._text.rows(map(of_kept, calls)))

    def finish(self) -> None:
        """Put the file into its place; raises StorageTrouble."""
        with self._told():
            file = self._opened
            file.write(self._text.tail())
            file.flush()
            # Else a power failure might leave an empty file under the name.
            os.fsync(file.fileno())
            if self._is_given_up:
                return
            file.close()
            try:
                self._part.replace(self._path)
            except PermissionError:
                raise StorageTrouble(_IN_USE.format(name=self._path.name)) from None
            self._file = None

    def discard(self) -> None:
        """Leave nothing of what is not in its place."""
        file, self._file = self._file, None
        if file is None:
            return
        with suppress(OSError):
            file.close()
        try:
            self._part.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("An unfinished export could not be removed: %s", error)

    @property
    def _opened(self) -> TextIO:
        if self._file is None:
            raise RuntimeError("not begun, or ended")
        return self._file

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Raise StorageTrouble for what is wrong with the disk."""
        try:
            yield
        except OSError as error:
            sentence = _REASONS.get(error.errno or 0, _OTHERWISE).format(
                folder=self._path.parent, name=self._path.name, error=error.strerror or error
            )
            raise StorageTrouble(f"No calls were exported: {sentence}") from error


def _open_private(path: str, flags: int) -> int:
    """Whom somebody called is for them alone, until they give the file away."""
    return os.open(path, flags, 0o600)
