"""A damaged file: setting it aside, with what can still be read copied into a new one."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from rcdesk.archive.connection import (
    beside,
    connect,
    make_file,
    migrate,
    statements,
    user_version,
)

_BLOCK = 1024
_MOST_IDS = 1 << 20
# In a row: more than the rows below one damaged page come to, and half a second of trying.
_MOST_FAILURES = 20_000
# Each with what its rows are found by; where the sync stands is left out: it begins anew.
_TABLES = {
    "person": "id", "party": "id", "call": "id", "leg": "call_id", "note": "call_id",
    "tag": "id", "call_tag": "call_id",
}  # fmt: skip
_LOOSE_ENDS = """
INSERT OR IGNORE INTO party (number, name, location, folded) VALUES ('', '', '', '');
UPDATE party SET person_id = NULL WHERE person_id NOT IN (SELECT id FROM person);
UPDATE call SET person_id = NULL WHERE person_id NOT IN (SELECT id FROM person);
UPDATE call SET other_id = (SELECT id FROM party WHERE number = '' AND name = '' AND location = '')
    WHERE other_id NOT IN (SELECT id FROM party);
UPDATE call SET own_id = (SELECT id FROM party WHERE number = '' AND name = '' AND location = '')
    WHERE own_id NOT IN (SELECT id FROM party);
DELETE FROM leg WHERE call_id NOT IN (SELECT id FROM call)
    OR caller_id NOT IN (SELECT id FROM party) OR callee_id NOT IN (SELECT id FROM party);
DELETE FROM note WHERE call_id NOT IN (SELECT id FROM call);
DELETE FROM call_tag WHERE call_id NOT IN (SELECT id FROM call)
    OR tag_id NOT IN (SELECT id FROM tag);
"""


class Rescued(NamedTuple):
    """What became of a damaged file."""

    aside: Path
    calls: int
    notes: int

    @property
    def notice(self) -> str:
        """A sentence for the user."""
        if not self.calls:
            saved = "Nothing in it could be read"
        else:
            saved = f"{self.calls:,} calls and {self.notes:,} notes in it could be read"
        return (
            f"The call history was damaged. {saved}; the rest is fetched from RingCentral again. "
            f"The damaged file is kept as {self.aside}."
        )


def finish(path: Path) -> None:
    """Take up a rescue that rcdesk did not live to end."""
    fresh = beside(path, ".rescued")
    if not path.exists() and fresh.exists():
        # The damaged file went aside only after this one had been completed.
        fresh.replace(path)
    for leftover in (fresh, beside(path, ".rescued-journal")):
        leftover.unlink(missing_ok=True)


def rescue(path: Path, migrations: Sequence[str]) -> Rescued:
    """Put a new file in the place of a damaged one, which is kept; nobody may have it open.

    Raises sqlite3.Error or OSError if there is no room for it; the file is as it was, then.
    """
    finish(path)
    fresh = beside(path, ".rescued")
    make_file(fresh)
    try:
        with closing(connect(fresh, patience_s=0)) as target:
            calls, notes = _copied(path, target, migrations)
    except BaseException:
        fresh.unlink()
        raise
    aside = _unused(path)
    # The log first: next to the new file it would be played into that.
    for suffix in ("-wal", ""):
        with suppress(FileNotFoundError):
            beside(path, suffix).rename(beside(aside, suffix))
    beside(path, "-shm").unlink(missing_ok=True)
    fresh.replace(path)
    return Rescued(aside, calls, notes)


def set_aside(path: Path) -> list[Path]:
    """The damaged files that were kept, and their logs."""
    return sorted(path.parent.glob(f"{path.stem}.damaged-*"))


def _unused(path: Path) -> Path:
    stem = f"{path.stem}.damaged-{datetime.now(UTC):%Y-%m-%d}"
    aside, number = path.with_name(stem + path.suffix), 1
    while aside.exists() or beside(aside, "-wal").exists():
        number += 1
        aside = path.with_name(f"{stem}-{number}{path.suffix}")
    return aside


def _copied(path: Path, target: sqlite3.Connection, migrations: Sequence[str]) -> tuple[int, int]:
    """How many calls and notes went into `target`."""
    with closing(connect(path, patience_s=0)) as source:
        source.text_factory = lambda text: text.decode("utf-8", "replace")
        try:
            version = user_version(source)
        except sqlite3.DatabaseError:
            version = 0
        # In the damaged file's own shape: opening it takes it further.
        migrate(target, migrations[: version if 0 < version <= len(migrations) else None])
        target.execute("BEGIN")
        if _read(source, "SELECT * FROM sqlite_schema", ()) is not None:
            for table, key in _TABLES.items():
                _copy(source, target, table, key)
            _insert(target, "removed", _read(source, "SELECT * FROM removed", ()) or [])
    for statement in statements(_LOOSE_ENDS):
        target.execute(statement)
    target.execute("COMMIT")
    (calls,) = target.execute("SELECT count(*) FROM call").fetchone()
    (notes,) = target.execute("SELECT count(*) FROM note").fetchone()
    return int(calls), int(notes)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, table: str, key: str) -> None:
    """Copy a table by ranges of its key, halving those in which something cannot be read."""
    highest = _read(source, f"SELECT max({key}) FROM {table}", ())  # noqa: S608 - own words
    last = _MOST_IDS if highest is None else min(highest[0][0] or 0, 16 * _MOST_IDS)
    sql = f"SELECT * FROM {table} WHERE {key} BETWEEN ? AND ?"  # noqa: S608 - own words
    # Upwards: beyond a damaged end there is nothing but failure.
    ranges = [(low, min(low + _BLOCK - 1, last)) for low in range(1, last + 1, _BLOCK)][::-1]
    failures = 0
    while ranges and failures < _MOST_FAILURES:
        low, high = ranges.pop()
        rows = _read(source, sql, (low, high))
        if rows is not None:
            _insert(target, table, rows)
            failures = 0 if rows else failures
            continue
        failures += 1
        if low < high:
            middle = (low + high) // 2
            ranges += [(middle + 1, high), (low, middle)]


def _read(
    source: sqlite3.Connection, sql: str, values: tuple[int, ...]
) -> list[tuple[Any, ...]] | None:
    try:
        return source.execute(sql, values).fetchall()
    except sqlite3.DatabaseError:
        return None


def _insert(target: sqlite3.Connection, table: str, rows: list[tuple[Any, ...]]) -> None:
    for row in rows:
        places = ", ".join("?" * len(row))
        # What was read wrongly may contradict the rest.
        with suppress(sqlite3.IntegrityError):
            target.execute(f"INSERT OR IGNORE INTO {table} VALUES ({places})", row)  # noqa: S608
