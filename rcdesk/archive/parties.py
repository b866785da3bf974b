"""The ends of calls and whom they belong to, each stored once."""

import json
import sqlite3
from collections.abc import Iterable
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
_STORED = """
SELECT party.id, person_id, number, name, location FROM json_each(?) AS wanted CROSS JOIN party
ON number = json_extract(wanted.value, '$[0]') AND name = json_extract(wanted.value, '$[1]')
    AND location = json_extract(wanted.value, '$[2]')
"""
_ADD_PEOPLE = "INSERT OR IGNORE INTO person (key) SELECT value FROM json_each(?)"
_PEOPLE = "SELECT key, id FROM person WHERE key IN (SELECT value FROM json_each(?))"
_ADD = "INSERT INTO party (person_id, number, name, location, folded) VALUES (?, ?, ?, ?, ?)"


class Party(NamedTuple):
    """Ids of an end and of whom it belongs to, if to anybody."""

    id: int
    person: int | None


class Parties:
    """Finds or stores ends (see `rows.plain_end`), within one transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._found: dict[Endpoint, Party] = {}

    def load(self, ends: Iterable[Endpoint]) -> None:
        """Find or store many at once: one by one takes several times as long."""
        missing = self._missing(dict.fromkeys(ends))
        if missing:
            self._add(missing)
            self._missing(missing)

    def of(self, end: Endpoint) -> Party:
        """The row of an end that was loaded."""
        return self._found[end]

    def _missing(self, ends: Iterable[Endpoint]) -> list[Endpoint]:
        """Those that have no row; the others are found from now on."""
        wanted = [end for end in ends if end not in self._found]
        triples = json.dumps([(end.number, end.name, end.location) for end in wanted])
        for id_, person, *texts in self._db.execute(_STORED, (triples,)):
            self._found[Endpoint(*texts)] = Party(id_, person)
        return [end for end in wanted if end not in self._found]

    def _add(self, ends: Iterable[Endpoint]) -> None:
        keys = {end: person_key(end.number, end.name) for end in ends}
        named = json.dumps([key for key in keys.values() if key])
        self._db.execute(_ADD_PEOPLE, (named,))
        people: dict[str, int] = dict(self._db.execute(_PEOPLE, (named,)).fetchall())
        rows = [
            (
                people.get(key),
                end.number,
                end.name,
                end.location,
                searched(end.number, end.name, end.location),
            )
            for end, key in keys.items()
        ]
        self._db.executemany(_ADD, rows)


def sweep(db: sqlite3.Connection) -> None:
    """Delete ends and people that occur in no call."""
    db.execute(_UNUSED)
    db.execute(_NO_PARTIES)
