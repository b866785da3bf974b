"""One connection to a file, and the steps that make an older file a newer one."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rcdesk.archive.troubles import Damaged
from rcdesk.core.errors import StorageTrouble

_USER_VERSION_AT = 60
# SQLite's usual 2 MB make nothing quicker here: what it reads again, the system has in memory.
_CACHE_KIB = 512


def beside(path: Path, suffix: str) -> Path:
    """A file that belongs to `path`: its name and `suffix`."""
    return path.with_name(path.name + suffix)


def connect(path: Path | None, *, patience_s: float, mode: str = "rw") -> sqlite3.Connection:
    """A connection without implicit transactions, for any thread; None for one in memory.

    The file must be there. Whoever else holds it is waited for `patience_s`.
    """
    place = ":memory:" if path is None else f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(
        place, uri=True, timeout=patience_s, isolation_level=None, check_same_thread=False
    )


def make_file(path: Path) -> None:
    """See that `path` is there and only its owner may read it; SQLite gives `-wal` the same."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(0o600)


def configure(db: sqlite3.Connection) -> None:
    """Settings of a connection that writes.

    NORMAL: a commit outlives the process at once, and a power failure once the log has been
    copied into the file. Deleted text is overwritten, since people delete to be forgotten.
    """
    db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA secure_delete = ON")
    db.execute("PRAGMA journal_size_limit = 4194304")


def configure_reader(db: sqlite3.Connection) -> None:
    """Settings of a connection that only reads."""
    db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    db.execute("PRAGMA query_only = ON")


def let_pages_go(db: sqlite3.Connection) -> None:
    """Keep nothing in memory until the next question, which may come tomorrow."""
    db.execute("PRAGMA shrink_memory")


@contextmanager
def roomy(db: sqlite3.Connection) -> Iterator[None]:
    """Keep all that a long transaction changes in memory, up to 32 MB; its end gives it back.

    The usual cache would write most pages of the indexes out and read them back many times.
    """
    ((usual,),) = db.execute("PRAGMA cache_size").fetchall()
    db.execute("PRAGMA cache_size = -32000")
    try:
        yield
    finally:
        db.execute(f"PRAGMA cache_size = {usual}")


def refuse_future(path: Path, version: int) -> None:
    """Raise StorageTrouble if a newer rcdesk wrote the file, which is only looked at.

    Not by SQLite, which would copy a log that is left over into the file: an update of rcdesk
    migrates when it starts, and what is left in the log then is read in `migrate`.
    """
    with path.open("rb") as file:
        header = file.read(_USER_VERSION_AT + 4)
    if header.startswith(b"SQLite format 3\0") and header[21:24] == b"\x40\x20\x20":
        _refuse(path, int.from_bytes(header[_USER_VERSION_AT:], "big"), version)


def check(db: sqlite3.Connection) -> None:
    """Read all pages; raises Damaged (or another sqlite3.DatabaseError)."""
    problems = [problem for (problem,) in db.execute("PRAGMA quick_check(3)")]
    if problems != ["ok"]:
        raise Damaged("; ".join(problems))


def overwrite(db: sqlite3.Connection) -> None:
    """Leave nothing in the file or its log of what was deleted.

    SQLite zeroes deleted rows, but balanced pages keep copies of rows in their gaps, and the
    index keeps words until its segments are merged.
    """
    for table in ("party_search", "note_search"):
        db.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608 - own words
    db.execute("VACUUM")
    busy, _, _ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        error = sqlite3.OperationalError("another process reads the log")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error


def migrate(db: sqlite3.Connection, migrations: Sequence[str], path: Path | None = None) -> None:
    """Run what the file has not been through yet, each step in one transaction."""
    while (found := user_version(db)) != len(migrations):
        _refuse(path, found, len(migrations))
        if found < 0:
            raise Damaged(f"user_version {found}")
        db.execute("BEGIN IMMEDIATE")
        try:
            if user_version(db) == found:  # another process may have been quicker
                for statement in statements(migrations[found]):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {found + 1}")
            db.execute("COMMIT")
        except BaseException:
            roll_back(db)
            raise


def user_version(db: sqlite3.Connection) -> int:
    """How many migrations the file has been through."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def statements(script: str) -> Iterator[str]:
    """The statements of a script whose lines end no statement in their middle."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def roll_back(db: sqlite3.Connection) -> None:
    """End the transaction, unless SQLite has done so itself."""
    if db.in_transaction:
        db.execute("ROLLBACK")


def _refuse(path: Path | None, found: int, known: int) -> None:
    if found > known:
        raise StorageTrouble(
            f"The call history {path} was written by a newer rcdesk; it is left as it is: "
            "install that version again."
        )
