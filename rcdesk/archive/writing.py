"""What changes the archive; each function runs inside a transaction."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from rcdesk.archive import parties, unresolved
from rcdesk.archive.connection import roomy
from rcdesk.archive.intake import Intake, Said
from rcdesk.archive.rows import ms_of, plain, plain_entry, plain_legs, seconds
from rcdesk.core.call import Direction
from rcdesk.core.events import LogRecord
from rcdesk.core.history import HistoryEntry, entry_of_record

_MANY = 100
_IS_ANNOTATED = """
    (id IN (SELECT call_id FROM note) OR id IN (SELECT call_id FROM call_tag))
"""
_THESE = "id IN (SELECT value FROM json_each(?))"
# By either id, since what lists the call again may know only one of them.
_REMEMBER = f"""
INSERT OR IGNORE INTO removed
    SELECT session_id, is_inbound FROM call WHERE {_THESE}
    UNION ALL
    SELECT telephony_session_id, is_inbound FROM call
    WHERE telephony_session_id <> '' AND {_THESE}
"""  # noqa: S608 - own words
_NOT_A_LEG = """
UPDATE leg SET {end} = (SELECT id FROM party WHERE number = '' AND name = '' AND location = '')
WHERE {end} IN (SELECT id FROM party WHERE person_id = ?)
"""
_TABLES = (
    "call_tag", "tag", "note", "leg", "call", "party", "person", "removed", "progress",
)  # fmt: skip


class Written(NamedTuple):
    """What a write has done.

    Attributes:
        added: calls that were not there before.
        changed: calls that are there, and say something else now.
    """

    added: tuple[HistoryEntry, ...] = ()
    changed: tuple[HistoryEntry, ...] = ()


def add_call(db: sqlite3.Connection, entry: HistoryEntry, *, ring_s: float | None) -> Written:
    """See Archive.add_call; one that has not ended is passed over."""
    if entry.outcome is None:
        return Written()
    ring_ms = None if ring_s is None else round(seconds(ring_s) * 1000)
    return _take(db, [Said(plain_entry(entry), ring_ms=ring_ms)])


def add_records(db: sqlite3.Connection, records: Sequence[LogRecord]) -> Written:
    """See Archive.add_records."""
    said = [one for record in records if (one := _said(record)) is not None]
    # Outbound calls first, so that a RingOut's other leg is known for what it is.
    said.sort(key=lambda one: one.entry.direction is Direction.INBOUND)
    if len(said) < _MANY:
        return _take(db, said)
    with roomy(db):
        return _take(db, said)


def _said(record: LogRecord) -> Said | None:
    entry = entry_of_record(record)
    if entry is None or entry.outcome is None:
        return None
    return Said(plain_entry(entry), plain_legs(record.legs))


def _take(db: sqlite3.Connection, said: Sequence[Said]) -> Written:
    added, changed = Intake(db).take(said)
    return Written(tuple(added), tuple(changed))


def drop_records(db: sqlite3.Connection, record_ids: Sequence[str]) -> int:
    """See Archive.drop_records; calls with a note or a tag are kept."""
    known = "record_id <> '' AND record_id IN (SELECT value FROM json_each(?))"
    ids = json.dumps([plain(id_) for id_ in record_ids])
    return _delete(db, _ids(db, f"{known} AND NOT {_IS_ANNOTATED}", ids))


def remove(db: sqlite3.Connection, ids: Sequence[int]) -> int:
    """See Archive.remove."""
    wanted = json.dumps(ids)
    db.execute(_REMEMBER, (wanted, wanted))
    return _delete(db, _ids(db, _THESE, wanted))


def forget_person(db: sqlite3.Connection, person: int) -> int:
    """See Archive.forget_person.

    In calls with others, as somebody they were transferred to, they become nobody.
    """
    calls = _ids(db, "person_id = ?", person)
    db.execute(_REMEMBER, (json.dumps(calls),) * 2)
    db.execute(
        "INSERT OR IGNORE INTO party (number, name, location, folded) VALUES ('', '', '', '')"
    )
    for end in ("caller_id", "callee_id"):
        db.execute(_NOT_A_LEG.format(end=end), (person,))
    return _delete(db, calls)


def purge(db: sqlite3.Connection, before: datetime) -> int:
    """See Archive.purge."""
    return _delete(db, _ids(db, f"started_ms < ? AND NOT {_IS_ANNOTATED}", ms_of(before)))


def wipe(db: sqlite3.Connection) -> None:
    """See Archive.wipe."""
    for table in _TABLES:
        db.execute(f"DELETE FROM {table}")  # noqa: S608 - own words


def resolve(db: sqlite3.Connection, ids: Sequence[int]) -> None:
    """See Archive.resolve."""
    db.execute(
        f"UPDATE call SET is_open = 0, is_resolved = 1 WHERE {_THESE} "  # noqa: S608 - own words
        "AND is_inbound AND outcome = 'missed'",
        (json.dumps(ids),),
    )


def set_progress(db: sqlite3.Connection, values: Mapping[str, str]) -> None:
    """See Archive.set_progress."""
    db.executemany("INSERT OR REPLACE INTO progress VALUES (?, ?)", values.items())


def _ids(db: sqlite3.Connection, condition: str, value: str | int) -> list[int]:
    rows = db.execute(f"SELECT id FROM call WHERE {condition}", (value,))  # noqa: S608 - own words
    return [id_ for (id_,) in rows]


def _delete(db: sqlite3.Connection, ids: Iterable[int]) -> int:
    calls = list(ids)
    if calls:
        unresolved.settle(db, calls)
        db.execute(f"DELETE FROM call WHERE {_THESE}", (json.dumps(calls),))  # noqa: S608
        parties.sweep(db)
    return len(calls)
