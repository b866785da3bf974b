"""What is asked of the archive."""

import sqlite3

from rcdesk.core.past_calls import (
    ArchiveExtent,
    CallDetails,
    CallFilter,
    CallPage,
    Line,
    ListedCall,
    Position,
)


def page(
    db: sqlite3.Connection, wanted: CallFilter, after: Position | None, *, limit: int
) -> CallPage:
    """See Archive.page."""
    raise NotImplementedError


def count(db: sqlite3.Connection, wanted: CallFilter) -> int:
    """See Archive.count."""
    raise NotImplementedError


def find(db: sqlite3.Connection, session_id: str) -> tuple[ListedCall, ...]:
    """See Archive.find."""
    raise NotImplementedError


def details(db: sqlite3.Connection, call: int) -> CallDetails | None:
    """See Archive.details."""
    raise NotImplementedError


def lines(db: sqlite3.Connection) -> tuple[Line, ...]:
    """See Archive.lines."""
    raise NotImplementedError


def queues(db: sqlite3.Connection) -> tuple[str, ...]:
    """See Archive.queues."""
    raise NotImplementedError


def extent(db: sqlite3.Connection) -> ArchiveExtent:
    """See Archive.extent."""
    raise NotImplementedError


def progress(db: sqlite3.Connection, name: str) -> str:
    """See Archive.progress."""
    raise NotImplementedError
