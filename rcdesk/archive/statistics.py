"""Calls, counted."""

import sqlite3

from rcdesk.core.past_calls import CallFilter, CallStatistics


def of_calls(db: sqlite3.Connection, wanted: CallFilter) -> CallStatistics:
    """See Archive.statistics."""
    raise NotImplementedError
