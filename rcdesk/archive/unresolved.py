"""Missed calls that nobody has answered for yet (`call.is_open`)."""

import json
import sqlite3
from collections.abc import Iterable

# The conditions are those of the indexes `call_spoken` and `call_missed`, to the letter.
_LAST_SPOKEN = """
WITH spoken (person_id, last_ms) AS MATERIALIZED (
    SELECT value, (
        SELECT max(started_ms) FROM call
        WHERE person_id = value AND outcome IN ('answered', 'answered_elsewhere')
            AND duration_ms > 0 AND type <> 'Fax'
    ) FROM json_each(?)
)
"""
_CLOSE = f"""
{_LAST_SPOKEN}
UPDATE call SET is_open = 0 WHERE id IN (
    SELECT call.id FROM spoken CROSS JOIN call ON call.person_id = spoken.person_id
    WHERE is_inbound AND outcome = 'missed' AND is_open AND started_ms < last_ms
)
"""  # noqa: S608 - own words
_OPEN = f"""
{_LAST_SPOKEN}
UPDATE call SET is_open = 1 WHERE id IN (
    SELECT call.id FROM spoken CROSS JOIN call ON call.person_id = spoken.person_id
    WHERE is_inbound AND outcome = 'missed' AND NOT is_open AND NOT is_resolved
        AND started_ms >= ifnull(last_ms, -9e18)
)
"""  # noqa: S608 - own words
_SETTLE = """
UPDATE call SET is_resolved = 1
WHERE is_inbound AND outcome = 'missed' AND NOT is_open AND NOT is_resolved
    AND person_id IN (SELECT person_id FROM call WHERE id IN (SELECT value FROM json_each(?)))
"""


def settle(db: sqlite3.Connection, leaving: Iterable[int]) -> None:
    """Keep closed what the calls that are about to be deleted have closed."""
    db.execute(_SETTLE, (json.dumps(list(leaving)),))


def reconsider(db: sqlite3.Connection, people: Iterable[int]) -> None:
    """Close and open missed calls of these people, of whom calls were added or changed."""
    ids = json.dumps(sorted(people))
    db.execute(_CLOSE, (ids,))
    db.execute(_OPEN, (ids,))
