"""What is asked of the archive."""

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rcdesk.archive.conditions import calls_of
from rcdesk.archive.folding import fold
from rcdesk.archive.rows import CALL, JOINED, entry_of, legs_of, plain, time_of
from rcdesk.archive.search import Sql
from rcdesk.core.past_calls import (
    EVERYTHING,
    ArchiveExtent,
    CallDetails,
    CallFilter,
    CallPage,
    FullCall,
    FullPage,
    Line,
    ListedCall,
    Position,
)

MOST_EARLIER = 50
"""So many earlier calls come with a call's details."""

_LISTED = f"""
SELECT {CALL}, call.id, call.person_id, call.is_open,
    EXISTS (SELECT 1 FROM note WHERE note.call_id = call.id),
    (SELECT group_concat(name, char(10)) FROM call_tag JOIN tag ON tag.id = tag_id
        WHERE call_tag.call_id = call.id)
FROM ({{ids}}) AS wanted CROSS JOIN {JOINED} WHERE call.id = wanted.id
ORDER BY call.started_ms DESC, call.id DESC
"""  # noqa: S608 - own words
_STARTED_MS = 2
_SIZE = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
_REMARKS = """
SELECT call.id, coalesce(note.text, ''), ring_ms FROM call LEFT JOIN note ON note.call_id = call.id
WHERE call.id IN (SELECT value FROM json_each(?)) AND (note.text <> '' OR ring_ms IS NOT NULL)
"""
_NO_REMARKS: tuple[str, float | None] = ("", None)
_LINES = """
SELECT person_id, number, name, calls
FROM (SELECT own_id, count(*) AS calls FROM call INDEXED BY call_by_time GROUP BY own_id)
JOIN party ON party.id = own_id WHERE number <> '' AND person_id IS NOT NULL
ORDER BY calls DESC, number, name
"""


def page(
    db: sqlite3.Connection, wanted: CallFilter, after: Position | None, *, limit: int
) -> CallPage:
    """See Archive.page."""
    # One more, to see whether there is one.
    sql = page_sql(db, wanted, after, limit=limit + 1)
    calls = tuple(map(_call, db.execute(*sql).fetchall()))
    if len(calls) <= limit:
        return CallPage(calls)
    return CallPage(calls[:limit], calls[limit - 1].position)


def full_page(
    db: sqlite3.Connection, wanted: CallFilter, after: Position | None, *, limit: int
) -> FullPage:
    """See Archive.full_page."""
    found = page(db, wanted, after, limit=limit)
    remarks = _remarks(db, [call.id for call in found.calls])
    full = tuple(FullCall(call, *remarks.get(call.id, _NO_REMARKS)) for call in found.calls)
    return FullPage(full, found.next)


def _remarks(db: sqlite3.Connection, ids: list[int]) -> dict[int, tuple[str, float | None]]:
    """Note and ring time of each of these calls that has either."""
    return {
        id_: (note, None if ring_ms is None else ring_ms / 1000)
        for id_, note, ring_ms in db.execute(_REMARKS, (json.dumps(ids),))
    }


def page_sql(
    db: sqlite3.Connection, wanted: CallFilter, after: Position | None, *, limit: int
) -> Sql:
    """What finds a page, with all that is told of its calls."""
    found = calls_of(db, wanted, after)
    ids = f"SELECT id FROM {found.source} ORDER BY started_ms DESC, id DESC LIMIT ?"  # noqa: S608 - own words
    return Sql(_LISTED.format(ids=ids), (*found.where.values, limit))


def count(db: sqlite3.Connection, wanted: CallFilter) -> int:
    """See Archive.count."""
    if wanted == EVERYTHING:
        return extent(db).calls
    calls = calls_of(db, wanted)
    (found,) = db.execute(f"SELECT count(*) FROM {calls.source}", calls.where.values).fetchone()  # noqa: S608 - own words
    return int(found)


def find(db: sqlite3.Connection, session_id: str) -> tuple[ListedCall, ...]:
    """See Archive.find."""
    return listed(db, "SELECT id FROM call WHERE session_id = ?", (plain(session_id),))


def details(db: sqlite3.Connection, call: int) -> CallDetails | None:
    """See Archive.details."""
    found = listed(db, "SELECT ? AS id", (call,))
    if not found:
        return None
    (subject,) = found
    note, ring_s = _remarks(db, [call]).get(call, _NO_REMARKS)
    earlier, earlier_count = _earlier(db, subject)
    return CallDetails(
        subject,
        ring_s=ring_s,
        legs=legs_of(db, [call]).get(call, ()),
        note=note,
        earlier=earlier,
        earlier_count=earlier_count,
    )


def _earlier(db: sqlite3.Connection, call: ListedCall) -> tuple[tuple[ListedCall, ...], int]:
    if call.person is None:
        return (), 0
    with_them = CallFilter(person=call.person)
    calls = calls_of(db, with_them, call.position)
    (number,) = db.execute(f"SELECT count(*) FROM {calls.source}", calls.where.values).fetchone()  # noqa: S608 - own words
    return page(db, with_them, call.position, limit=MOST_EARLIER).calls, int(number)


def lines(db: sqlite3.Connection) -> tuple[Line, ...]:
    """See Archive.lines; a number that is spelled in several ways is one line."""
    calls = Counter[int]()
    numbers, names = dict[int, str](), dict[int, str]()
    for person, number, name, of_party in db.execute(_LINES):
        calls[person] += of_party
        numbers.setdefault(person, number)
        if name:
            names.setdefault(person, name)
    return tuple(Line(numbers[person], names.get(person, "")) for person, _ in calls.most_common())


def queues(db: sqlite3.Connection) -> tuple[str, ...]:
    """See Archive.queues."""
    rows = db.execute(
        "SELECT queue FROM call INDEXED BY call_by_queue WHERE queue <> '' "
        "GROUP BY queue ORDER BY count(*) DESC, queue"
    )
    return tuple(name for (name,) in rows)


def extent(db: sqlite3.Connection) -> ArchiveExtent:
    """See Archive.extent."""
    (calls,) = db.execute("SELECT count(*) FROM call").fetchone()
    (oldest,) = db.execute("SELECT min(started_ms) FROM call").fetchone()
    (size,) = db.execute(_SIZE).fetchone()
    return ArchiveExtent(int(calls), None if oldest is None else time_of(oldest), int(size))


def progress(db: sqlite3.Connection, name: str) -> str:
    """See Archive.progress."""
    row = db.execute("SELECT value FROM progress WHERE name = ?", (name,)).fetchone()
    return "" if row is None else str(row[0])


def listed(db: sqlite3.Connection, ids: str, values: Sequence[object]) -> tuple[ListedCall, ...]:
    """The calls whose ids the statement `ids` finds, newest first."""
    return tuple(map(_call, db.execute(_LISTED.format(ids=ids), values).fetchall()))


def _call(row: tuple[Any, ...]) -> ListedCall:
    *_, id_, person, is_open, has_note, tags = row
    return ListedCall(
        id_,
        entry_of(row),
        person,
        has_note=bool(has_note),
        is_unresolved=bool(is_open),
        tags=tuple(sorted(tags.split("\n"), key=lambda tag: (fold(tag), tag))) if tags else (),
        started_ms=row[_STARTED_MS],
    )
