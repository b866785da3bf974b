"""A CallFilter as SQL."""

import json
import sqlite3
from typing import NamedTuple

from rcdesk.archive.folding import person_key
from rcdesk.archive.rows import ms_of, plain
from rcdesk.archive.search import Sql, found, terms
from rcdesk.core.call import Direction
from rcdesk.core.past_calls import CallFilter, Position

# From one name to the next by the index, past thousands of calls each time.
_QUEUES = """
WITH RECURSIVE name (queue) AS (
    SELECT min(queue) FROM call WHERE queue <> ''
    UNION ALL
    SELECT (SELECT min(queue) FROM call WHERE queue <> '' AND queue > name.queue) FROM name
    WHERE name.queue IS NOT NULL
)
SELECT queue FROM name WHERE queue IS NOT NULL
"""
_LINE = """
own_id IN (
    SELECT party.id FROM party JOIN person ON person.id = party.person_id WHERE person.key = ?
)
"""
_TAG = "call.id IN (SELECT call_id FROM call_tag JOIN tag ON tag.id = tag_id WHERE name = ?)"


FEW = 3000
"""So many calls are sooner fetched one by one and sorted than met on a walk through all."""


class Calls(NamedTuple):
    """Which calls, and the index along which they are walked; empty where they are looked up.

    Every index here is in the order of time, so that the newest calls come without sorting,
    and `call_by_time` holds all that is asked for, so that no row is read for calls that do
    not pass. SQLite would choose others, which are quicker for few calls and slow for many.
    """

    walk: str
    where: Sql

    @property
    def source(self) -> str:
        """`call` and what follows it in a statement, up to ORDER BY."""
        walk = f"INDEXED BY {self.walk}" if self.walk else "NOT INDEXED"
        return f"call {walk} WHERE {self.where.text}"


def calls_of(
    db: sqlite3.Connection, wanted: CallFilter, after: Position | None = None, *, few: int = FEW
) -> Calls:
    """The calls that pass the filter, those after `after`; up to `few` are looked up by id."""
    index = "call_by_time"
    if wanted.unresolved:
        index = "call_open"
    if wanted.person is not None:
        index = "call_by_person"
    pieces = [*_plain(wanted), *_times(wanted, after)]
    if searched := terms(wanted.text):
        where, ids = found(searched, [name for (name,) in db.execute(_QUEUES)])
        if ids is not None and wanted.person is None:
            rows = db.execute(f"{ids.text} LIMIT ?", (*ids.values, few + 1)).fetchall()
            if len(rows) <= few:
                index = ""
                known = json.dumps([id_ for (id_,) in rows])
                where = Sql("call.id IN (SELECT value FROM json_each(?))", (known,))
        pieces.append(where)
    text = " AND ".join(piece.text for piece in pieces) or "TRUE"
    return Calls(index, Sql(text, tuple(value for piece in pieces for value in piece.values)))


def _plain(wanted: CallFilter) -> list[Sql]:
    outcomes = json.dumps(sorted(wanted.outcomes))
    pieces = [
        (wanted.person is not None, "person_id = ?", wanted.person),
        (wanted.outcomes, "outcome IN (SELECT value FROM json_each(?))", outcomes),
        (wanted.direction, "is_inbound = ?", wanted.direction is Direction.INBOUND),
        (wanted.line, _LINE, person_key(plain(wanted.line), "")),
        (wanted.queue, "queue = ?", plain(wanted.queue)),
        (wanted.type, "type = ?", plain(wanted.type)),
        (wanted.tag, _TAG, plain(wanted.tag)),
    ]
    flags = [(wanted.recorded, "recording_id <> ''"), (wanted.unresolved, "is_open")]
    return [Sql(text, (value,)) for is_asked, text, value in pieces if is_asked] + [
        Sql(text) for is_asked, text in flags if is_asked
    ]


def _times(wanted: CallFilter, after: Position | None) -> list[Sql]:
    pieces = []
    if wanted.date_from is not None:
        pieces.append(Sql("started_ms >= ?", (ms_of(wanted.date_from),)))
    if wanted.date_to is not None:
        pieces.append(Sql("started_ms < ?", (ms_of(wanted.date_to),)))
    if after is not None:
        pieces.append(Sql("(started_ms, call.id) < (?, ?)", (after.started_ms, after.id)))
    return pieces
