"""Notes and tags."""

import sqlite3
from collections.abc import Sequence

from rcdesk.archive.folding import fold
from rcdesk.archive.rows import plain
from rcdesk.core.past_calls import LONGEST_NOTE, LONGEST_TAG, MOST_TAGS

_UNUSED_TAGS = "DELETE FROM tag WHERE NOT EXISTS (SELECT 1 FROM call_tag WHERE tag_id = tag.id)"


def set_note(db: sqlite3.Connection, call: int, text: str) -> None:
    """See Archive.set_note; a call that is gone is passed over."""
    text = plain(text, LONGEST_NOTE)
    if not text.strip():
        db.execute("DELETE FROM note WHERE call_id = ?", (call,))
        return
    db.execute(
        "INSERT INTO note (call_id, text, folded) SELECT id, ?, ? FROM call WHERE id = ? "
        "ON CONFLICT DO UPDATE SET text = excluded.text, folded = excluded.folded",
        (text, fold(text), call),
    )


def set_tags(db: sqlite3.Connection, call: int, names: Sequence[str]) -> None:
    """See Archive.set_tags; a call that is gone is passed over."""
    wanted = {fold(name): name for name in reversed([tag_name(name) for name in names]) if name}
    db.execute("DELETE FROM call_tag WHERE call_id = ?", (call,))
    known = {fold(name): id_ for id_, name in db.execute("SELECT id, name FROM tag")}
    for folded, name in sorted(wanted.items())[:MOST_TAGS]:
        tag = known.get(folded)
        if tag is None:
            tag = db.execute("INSERT INTO tag (name) VALUES (?)", (name,)).lastrowid
        db.execute("INSERT INTO call_tag SELECT id, ? FROM call WHERE id = ?", (tag, call))
    db.execute(_UNUSED_TAGS)


def tag_name(text: str) -> str:
    """A tag as it is stored: one line without spaces around it, at most 40 characters."""
    return plain(" ".join(plain(text, LONGEST_NOTE).split()), LONGEST_TAG).strip()


def tags(db: sqlite3.Connection) -> tuple[str, ...]:
    """See Archive.tags."""
    rows = db.execute(
        "SELECT name FROM tag JOIN call_tag ON tag_id = tag.id "
        "GROUP BY tag.id ORDER BY count(*) DESC, name"
    )
    return tuple(name for (name,) in rows)


def move(db: sqlite3.Connection, gone: int, heir: int) -> None:
    """Give the note and the tags of one call to another that turned out to be the same."""
    notes = [
        text
        for call in (heir, gone)
        for (text,) in db.execute("SELECT text FROM note WHERE call_id = ?", (call,))
    ]
    if notes:
        set_note(db, heir, "\n".join(dict.fromkeys(notes)))
    db.execute(
        "INSERT OR IGNORE INTO call_tag SELECT ?, tag_id FROM call_tag WHERE call_id = ?",
        (heir, gone),
    )
