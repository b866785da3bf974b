"""Calls to store, and what a file holds of them."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from itertools import permutations
from pathlib import Path

from rcdesk.archive import annotations, writing
from rcdesk.archive.database import Database
from rcdesk.archive.rows import CALL, JOINED, entry_of
from rcdesk.archive.writing import Written
from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.events import LogRecord
from rcdesk.core.history import HistoryEntry, entry_key
from tests.core.reports import START

PAGE = 4096
ANN = Endpoint("+13027430863", "Ann", "Dover, DE")
BOB = Endpoint("+13035550199", "Bob", "Denver, CO")
US = Endpoint("+18885434778", "Us")


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def record(
    session: str = "1",
    other: Endpoint = ANN,
    minutes: float = 0,
    direction: Direction = Direction.INBOUND,
    *,
    outcome: Outcome | None = Outcome.MISSED,
    duration_s: float = 0,
    **more: object,
) -> LogRecord:
    inbound = direction is Direction.INBOUND
    return LogRecord(
        session,
        record_id=str(more.pop("record_id", f"R{session}{direction[0]}")),
        direction=direction,
        caller=other if inbound else US,
        callee=US if inbound else other,
        started_at=at(minutes),
        outcome=outcome,
        duration_s=duration_s,
        **more,  # type: ignore[arg-type]
    )


def live(
    session: str = "1",
    other: Endpoint = ANN,
    minutes: float = 0,
    direction: Direction = Direction.INBOUND,
    *,
    outcome: Outcome | None = Outcome.MISSED,
    duration_s: float = 0,
    **more: object,
) -> HistoryEntry:
    return HistoryEntry(
        entry_key(session, direction),
        session,
        direction,
        other,
        US,
        at(minutes),
        duration_s,
        outcome,
        **more,  # type: ignore[arg-type]
    )


def log(database: Database, *records: LogRecord) -> Written:
    return database.write(lambda db: writing.add_records(db, records))


def follow(database: Database, entry: HistoryEntry, ring_s: float | None = None) -> Written:
    return database.write(lambda db: writing.add_call(db, entry, ring_s=ring_s))


def rows(database: Database, sql: str, *values: object) -> list[tuple[object, ...]]:
    return database.read(lambda db: db.execute(sql, values).fetchall())


def entries(database: Database) -> list[HistoryEntry]:
    """All calls, newest first."""

    found = database.read(lambda db: db.execute(f"SELECT {CALL} FROM {JOINED}").fetchall())
    return sorted(map(entry_of, found), key=lambda e: (e.started_at, e.key), reverse=True)


def sessions(database: Database) -> list[str]:
    return [entry.session_id for entry in entries(database)]


def open_sessions(database: Database) -> set[object]:
    return {session for (session,) in rows(database, "SELECT session_id FROM call WHERE is_open")}


def number_of(database: Database, session: str, column: str = "id") -> int:
    """The id of a call, or whom it was with."""
    sql = f"SELECT {column} FROM call WHERE session_id = ?"
    ((found,),) = database.read(lambda db: db.execute(sql, (session,)).fetchall())
    assert isinstance(found, int)
    return found


def traces(path: Path, *words: str) -> list[tuple[str, str]]:
    """Which of the words the bytes of the file or its log still hold."""
    return [
        (file.name, word)
        for file in path.parent.glob(f"{path.stem}*")
        for word in words
        if word.encode() in file.read_bytes()
    ]


def annotate(database: Database, call: int, note: str, *tags: str) -> None:
    database.write(lambda db: annotations.set_note(db, call, note))
    database.write(lambda db: annotations.set_tags(db, call, tags))


def take(database: Database, step: LogRecord | HistoryEntry) -> None:
    if isinstance(step, LogRecord):
        log(database, step)
    else:
        follow(database, step)


def each_order(path: Path, *steps: LogRecord | HistoryEntry) -> Iterator[Database]:
    """A file for each order in which the steps can come."""
    for number, order in enumerate(permutations(steps)):
        database = Database.open(path.with_name(f"{number}.db"))
        try:
            for step in order:
                take(database, step)
            yield database
        finally:
            database.close()


def damage(path: Path, *pages: int) -> None:
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * PAGE)
            file.write(os.urandom(PAGE))


def pages_of(path: Path, table: str) -> list[int]:
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno"
        return [page for (page,) in db.execute(sql, (table,))]
