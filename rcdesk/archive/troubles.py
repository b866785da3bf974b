"""What SQLite and the disk complain of, in a sentence for a person."""

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rcdesk.core.errors import StorageTrouble

_FULL = (
    "The call history cannot be written because the disk is full: nothing was lost; "
    "make room and it goes on."
)
_READ_ONLY = (
    "The call history in {folder} cannot be written, because the disk or the folder is read only: "
    "nothing was lost; make it writable and it goes on."
)
_LOCKED = (
    "Another program holds the call history {path}: nothing was lost; close it and it goes on."
)
_UNREADABLE = (
    "The call history {path} cannot be opened: see that the folder is there and belongs to you."
)
_BROKEN_DISK = (
    "The disk fails to read or write the call history {path}: look after the disk and its cables; "
    "what was written before is kept."
)
_SENTENCES = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PROTOCOL: _LOCKED,
    sqlite3.SQLITE_CANTOPEN: _UNREADABLE,
    sqlite3.SQLITE_PERM: _UNREADABLE,
    sqlite3.SQLITE_AUTH: _UNREADABLE,
    sqlite3.SQLITE_IOERR: _BROKEN_DISK,
    sqlite3.SQLITE_NOLFS: _BROKEN_DISK,
    sqlite3.SQLITE_CORRUPT: _BROKEN_DISK,
    sqlite3.SQLITE_NOTADB: _BROKEN_DISK,
}
_OS_SENTENCES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EIO: _BROKEN_DISK,
}

_ROOM = 1 << 20


class Interrupted(Exception):
    """A newer question made this one pointless."""


class Damaged(sqlite3.DatabaseError):
    """A check has found what SQLite itself calls malformed."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def code_of(error: sqlite3.Error) -> int:
    """SQLite's primary result code; 0 for what Python itself complains of."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """The file is no database, or one whose pages contradict each other."""
    return code_of(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def told(path: Path | None) -> Iterator[None]:
    """Raise StorageTrouble for what is wrong with the disk, Interrupted for an interruption.

    Other errors of SQLite are mistakes of rcdesk's own and pass.
    """
    try:
        yield
    except sqlite3.Error as error:
        if code_of(error) == sqlite3.SQLITE_INTERRUPT:
            raise Interrupted from error
        if sentence := _SENTENCES.get(_likely_code(error, path)):
            raise StorageTrouble(_filled(sentence, path)) from error
        raise
    except OSError as error:
        sentence = _OS_SENTENCES.get(error.errno or 0, _UNREADABLE)
        raise StorageTrouble(_filled(sentence, path)) from error


def _likely_code(error: sqlite3.Error, path: Path | None) -> int:
    """SQLite calls it a broken disk when there is no room for the index of its log."""
    code = code_of(error)
    if path is None or code not in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return code
    with suppress(OSError):
        if shutil.disk_usage(path.parent).free < _ROOM:
            return sqlite3.SQLITE_FULL
    if path.parent.is_dir() and not os.access(path.parent, os.W_OK):
        return sqlite3.SQLITE_READONLY
    return code


def _filled(sentence: str, path: Path | None) -> str:
    path = path or Path("memory")
    return sentence.format(path=path, folder=path.parent)
