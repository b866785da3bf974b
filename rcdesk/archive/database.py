"""The file, whatever happens to it."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, TypeVar

from rcdesk.archive import rescue
from rcdesk.archive.connection import (
    check,
    configure,
    configure_reader,
    connect,
    let_pages_go,
    make_file,
    migrate,
    overwrite,
    refuse_future,
    roll_back,
)
from rcdesk.archive.schema import MIGRATIONS
from rcdesk.archive.troubles import code_of, is_damage, told
from rcdesk.core.errors import StorageTrouble
from rcdesk.system.paths import make_private

T = TypeVar("T")

_log = logging.getLogger(__name__)

PATIENCE_S = 5.0
"""How long another program that writes is waited for."""

_CLOSED = "The call history is closed."
_ERASURE = "erasure"
# After any of these SQLite's own view of the file may be stale: it is opened anew.
_STALE = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN})


class Database:
    """Two connections to one file: one that writes, one that only reads.

    Attributes:
        notice: a sentence where a damaged file was set aside and a new one begun, or where
            deleted text could not be overwritten yet; else empty.
    """

    def __init__(self, path: Path | None, migrations: Sequence[str], patience_s: float) -> None:
        self.notice = ""
        self.path = path
        self._migrations = migrations
        self._patience_s = patience_s
        # Whoever needs both takes the first one first.
        self._writing = threading.RLock()
        self._reading = self._writing if path is None else threading.RLock()
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        self._inode = 0
        self._replacements = 0
        # The writer outlives the reader: what was begun before is still to be written.
        self._is_closed = self._is_reader_closed = False

    @classmethod
    def open(
        cls,
        path: Path | None,
        *,
        migrations: Sequence[str] = MIGRATIONS,
        patience_s: float = PATIENCE_S,
    ) -> Self:
        """See Archive.open."""
        database = cls(path, migrations, patience_s)
        try:
            database._safely(database._open_writer)
            database._safely(database._finish_erasure)
        except BaseException:
            database.close()
            raise
        return database

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a transaction.

        It may run twice, on another file the second time. Raises StorageTrouble.
        """
        return self._safely(lambda: self._write(work))

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on the reading connection, which sees one state of the file.

        Raises StorageTrouble, and Interrupted after `interrupt`.
        """
        return self._safely(lambda: self._read(work))

    def erase(
        self, work: Callable[[sqlite3.Connection], T], *, before: datetime | None = None
    ) -> T:
        """Run `work` in a transaction, and leave no trace of what it deleted, unless it returns 0.

        Damaged files that were set aside go as well, or those written to before `before` (aware).
        Where the traces cannot be overwritten, `notice` says so and the next opening tries again.
        """

        def marked(db: sqlite3.Connection) -> T:
            result = work(db)
            if result != 0:
                db.execute("INSERT OR REPLACE INTO progress VALUES (?, 'due')", (_ERASURE,))
            return result

        result = self.write(marked)
        self._delete_copies(before)
        self._safely(self._finish_erasure)
        return result

    def interrupt(self) -> None:
        """Let what `read` is doing in another thread raise Interrupted."""
        reader = self._reader
        if reader is not None and reader is not self._writer:
            reader.interrupt()

    def close_reader(self) -> None:
        """Close the reading connection."""
        with self._reading:
            self._is_reader_closed = True
            self._drop_reader()

    def close_writer(self) -> None:
        """Close the writing connection; the log is copied into the file."""
        with self._writing:
            self._is_closed = True
            self._drop_writer()

    def close(self) -> None:
        """Close both."""
        self.close_reader()
        self.close_writer()

    def _write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with self._writing:
            db = self._open_writer()
            db.execute("BEGIN IMMEDIATE")
            try:
                result = work(db)
                db.execute("COMMIT")
            except BaseException:
                roll_back(db)
                raise
            let_pages_go(db)
            return result

    def _read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._reader is None:
            self._open_reader()
        with self._reading:
            if self._reader is None:
                raise StorageTrouble(_CLOSED)
            self._reader.execute("BEGIN")
            try:
                return work(self._reader)
            finally:
                roll_back(self._reader)
                let_pages_go(self._reader)

    def _safely(self, run: Callable[[], T]) -> T:
        replacements = self._replacements
        with told(self.path):
            try:
                return run()
            except sqlite3.Error as error:
                if self.path is None or not is_damage(error):
                    if code_of(error) in _STALE:
                        self._drop()
                    raise
                self._replace(self.path, replacements)
            return run()

    def _open_writer(self) -> sqlite3.Connection:
        with self._writing:
            if self._is_closed:
                raise StorageTrouble(_CLOSED)
            if self._writer is not None and self._is_moved():
                self._drop()
            if self._writer is None:
                self._writer = self._opened()
            return self._writer

    def _open_reader(self) -> None:
        with self._writing:
            writer = self._open_writer()
            with self._reading:
                if self._is_reader_closed:
                    raise StorageTrouble(_CLOSED)
                if self.path is None:
                    self._reader = writer
                elif self._reader is None:
                    self._reader = connect(self.path, patience_s=self._patience_s)
                    configure_reader(self._reader)

    def _opened(self) -> sqlite3.Connection:
        path = self.path
        if path is not None:
            make_private(path.parent)
            rescue.finish(path)
            make_file(path)
            refuse_future(path, len(self._migrations))
            self._inode = path.stat().st_ino
        db = connect(path, patience_s=self._patience_s)
        try:
            configure(db)
            # A tenth of a second for 100,000 calls, and nobody waits for it.
            check(db)
            migrate(db, self._migrations, path)
            let_pages_go(db)
        except BaseException:
            db.close()
            raise
        return db

    def _is_moved(self) -> bool:
        """Somebody has deleted the file, or put another in its place: what is open is lost."""
        try:
            return self.path is not None and self.path.stat().st_ino != self._inode
        except FileNotFoundError:
            return True

    def _replace(self, path: Path, replacements: int) -> None:
        with self._writing, self._reading:
            if replacements != self._replacements:
                return  # the other thread has met the same damage
            self._drop()
            rescued = rescue.rescue(path, self._migrations)
            self._replacements += 1
            self.notice = rescued.notice
            _log.error("%s", rescued.notice)

    def _drop(self) -> None:
        with self._writing, self._reading:
            self._drop_reader()
            self._drop_writer()

    def _drop_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None and reader is not self._writer:
            reader.close()

    def _drop_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _delete_copies(self, before: datetime | None) -> None:
        with told(self.path):
            for copy in [] if self.path is None else rescue.set_aside(self.path):
                if before is None or datetime.fromtimestamp(copy.stat().st_mtime, UTC) < before:
                    copy.unlink()

    def _finish_erasure(self) -> None:
        with self._writing:
            db = self._open_writer()
            due = "SELECT 1 FROM progress WHERE name = ?"
            if self.path is None or not db.execute(due, (_ERASURE,)).fetchone():
                return
            with self._reading:
                self._drop_reader()
                try:
                    with told(self.path):
                        overwrite(db)
                        db.execute("DELETE FROM progress WHERE name = ?", (_ERASURE,))
                except StorageTrouble as trouble:
                    self.notice = (
                        "What was deleted is gone from the call history, but could not be "
                        f"overwritten on the disk yet; rcdesk tries again when it starts. {trouble}"
                    )
