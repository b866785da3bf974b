"""What changes the archive; each function runs inside a transaction."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from rcdesk.core.events import LogRecord
from rcdesk.core.history import HistoryEntry


class Written(NamedTuple):
    """What a write has done.

    Attributes:
        added: calls that were not there before.
        changed: calls that are there, and say something else now.
    """

    added: tuple[HistoryEntry, ...] = ()
    changed: tuple[HistoryEntry, ...] = ()


def add_call(db: sqlite3.Connection, entry: HistoryEntry, *, ring_s: float | None) -> Written:
    """See Archive.add_call."""
    raise NotImplementedError


def add_records(db: sqlite3.Connection, records: Sequence[LogRecord]) -> Written:
    """See Archive.add_records."""
    raise NotImplementedError


def drop_records(db: sqlite3.Connection, record_ids: Sequence[str]) -> int:
    """See Archive.drop_records."""
    raise NotImplementedError


def remove(db: sqlite3.Connection, ids: Sequence[int]) -> int:
    """See Archive.remove."""
    raise NotImplementedError


def forget_person(db: sqlite3.Connection, person: int) -> int:
    """See Archive.forget_person."""
    raise NotImplementedError


def purge(db: sqlite3.Connection, before: datetime) -> int:
    """See Archive.purge."""
    raise NotImplementedError


def wipe(db: sqlite3.Connection) -> None:
    """See Archive.wipe."""
    raise NotImplementedError


def resolve(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """See Archive.resolve."""
    raise NotImplementedError


def set_progress(db: sqlite3.Connection, values: Mapping[str, str]) -> None:
    """See Archive.set_progress."""
    raise NotImplementedError
