"""The file: opening, migrating, setting a damaged one aside."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Self, TypeVar

T = TypeVar("T")


class Database:
    """Two connections to one file: one that writes, one that only reads."""

    notice: str

    @classmethod
    def open(cls, path: Path | None) -> Self:
        """See Archive.open."""
        raise NotImplementedError

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a transaction."""
        raise NotImplementedError

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on the reading connection."""
        raise NotImplementedError

    def close_reader(self) -> None:
        """Close the reading connection."""

    def close_writer(self) -> None:
        """Close the writing connection."""
