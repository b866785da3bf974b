"""The ends of calls and whom they belong to, each stored once."""

import sqlite3
from typing import NamedTuple

from rcdesk.archive.folding import person_key, searched
from rcdesk.core.call import Endpoint

_UNUSED = """
DELETE FROM party WHERE id NOT IN (
    SELECT other_id FROM call UNION SELECT own_id FROM call
    UNION SELECT caller_id FROM leg UNION SELECT callee_id FROM leg
)
"""
_NO_PARTIES = """
DELETE FROM person WHERE NOT EXISTS (SELECT 1 FROM party WHERE person_id = person.id)
    AND NOT EXISTS (SELECT 1 FROM call WHERE person_id = person.id)
"""


class Party(NamedTuple):
    """Ids of an end and of whom it belongs to, if to anybody."""

    id: int
    person: int | None


class Parties:
    """Finds or stores ends, within one transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._found: dict[Endpoint, Party] = {}

    def of(self, end: Endpoint) -> Party:
        """The row of an end (see `rows.plain_end`)."""
        party = self._found.get(end)
        if party is None:
            party = self._found[end] = self._stored(end) or self._added(end)
        return party

    def _stored(self, end: Endpoint) -> Party | None:
        row = self._db.execute(
            "SELECT id, person_id FROM party WHERE number = ? AND name = ? AND location = ?",
            (end.number, end.name, end.location),
        ).fetchone()
        return None if row is None else Party(*row)

    def _added(self, end: Endpoint) -> Party:
        person = self._person(person_key(end.number, end.name))
        folded = searched(end.number, end.name, end.location)
        (id_,) = self._db.execute(
            "INSERT INTO party (person_id, number, name, location, folded) "
            "VALUES (?, ?, ?, ?, ?) RETURNING id",
            (person, end.number, end.name, end.location, folded),
        ).fetchone()
        return Party(id_, person)

    def _person(self, key: str) -> int | None:
        if not key:
            return None
        row = self._db.execute("SELECT id FROM person WHERE key = ?", (key,)).fetchone()
        if row is not None:
            return int(row[0])
        return self._db.execute("INSERT INTO person (key) VALUES (?)", (key,)).lastrowid


def sweep(db: sqlite3.Connection) -> None:
    """Delete ends and people that occur in no call."""
    db.execute(_UNUSED)
    db.execute(_NO_PARTIES)
