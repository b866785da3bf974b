"""How `rcdesk calls` prints calls: each as soon as it is known, or in a table."""

import sys
from collections.abc import Sequence
from typing import Protocol

from rcdesk.cli.call_records import cells
from rcdesk.cli.output import print_table
from rcdesk.core.call_record import CallRecord
from rcdesk.core.call_texts import CallText, CsvText, JsonText

_HEADS = ("WHEN", "", "WHO", "NUMBER", "RESULT", "TIME")


class Listing(Protocol):
    """Takes calls, newest first."""

    def add(self, records: Sequence[CallRecord]) -> None:
        """Some calls, which follow those before."""
        ...

    def end(self) -> None:
        """There are no others."""
        ...


class StreamedListing:
    """Nothing is printed before there is something to print: what fails at once fails alone."""

    def __init__(self, text: CallText) -> None:
        self._text = text
        self._has_begun = False

    def add(self, records: Sequence[CallRecord]) -> None:
        """See Listing."""
        if records:
            self._print(self._text.rows(records))

    def end(self) -> None:
        """See Listing."""
        self._print(self._text.tail())

    def _print(self, text: str) -> None:
        head = "" if self._has_begun else self._text.head()
        self._has_begun = True
        print(head + text, end="", flush=True)


class TableListing:
    """Keeps its rows to the end: columns are as wide as their widest cell."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._rows: list[Sequence[str]] = []

    def add(self, records: Sequence[CallRecord]) -> None:
        """See Listing."""
        self._rows += [cells(record, self._region) for record in records]

    def end(self) -> None:
        """See Listing."""
        if self._rows:
            print_table([_HEADS, *self._rows], right=frozenset({5}))
        else:
            print("No calls.")


def listing_of(region: str, *, as_csv: bool, as_json: bool) -> Listing:
    """The form that was asked for; `region` says how a table shows numbers."""
    if as_json:
        return StreamedListing(JsonText(in_one_line=True))
    if as_csv:
        # Its lines end as they are, everywhere.
        sys.stdout.reconfigure(newline="")  # type: ignore[union-attr]  # a TextIOWrapper outside tests
        return StreamedListing(CsvText())
    return TableListing(region)
