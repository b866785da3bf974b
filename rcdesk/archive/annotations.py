"""Notes and tags."""

import sqlite3
from collections.abc import Sequence


def set_note(db: sqlite3.Connection, call: int, text: str) -> None:
    """See Archive.set_note."""
    raise NotImplementedError


def set_tags(db: sqlite3.Connection, call: int, names: Sequence[str]) -> None:
    """See Archive.set_tags."""
    raise NotImplementedError


def tags(db: sqlite3.Connection) -> tuple[str, ...]:
    """See Archive.tags."""
    raise NotImplementedError
