"""Calls as the text of a file or a stream, piece by piece."""

import json
from collections.abc import Iterable
from typing import Protocol

from rcdesk.core.call_lines import flat
from rcdesk.core.call_record import COLUMNS, CallRecord
from rcdesk.core.spreadsheet import csv_text


class CallText(Protocol):
    """`head`, any number of `rows`, `tail`: together they are one text."""

    def head(self) -> str:
        """What comes before the calls."""
        ...

    def rows(self, records: Iterable[CallRecord]) -> str:
        """Some calls, which follow those before."""
        ...

    def tail(self) -> str:
        """What comes after the calls."""
        ...


class CsvText:
    """A header and a row for each call."""

    def head(self) -> str:
        """See CallText."""
        return csv_text([COLUMNS])

    def rows(self, records: Iterable[CallRecord]) -> str:
        """See CallText."""
        return csv_text(flat(record.line()) for record in records)

    def tail(self) -> str:
        """See CallText."""
        return ""


class JsonText:
    """One array: with a line for each call, or all in one line of ASCII (see `print_json`)."""

    def __init__(self, *, in_one_line: bool) -> None:
        self._is_ascii = in_one_line
        self._head, self._between, self._tail = (
            ("[", ", ", "]\n") if in_one_line else ("[\n", ",\n", "\n]\n")
        )
        self._has_rows = False

    def head(self) -> str:
        """See CallText."""
        return self._head

    def rows(self, records: Iterable[CallRecord]) -> str:
        """See CallText."""
        lines = [json.dumps(record.line(), ensure_ascii=self._is_ascii) for record in records]
        if not lines:
            return ""
        before = self._between if self._has_rows else ""
        self._has_rows = True
        return before + self._between.join(lines)

    def tail(self) -> str:
        """See CallText."""
        return self._tail if self._has_rows else self._tail.lstrip("\n")
