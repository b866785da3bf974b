"""Calls as rows of a list: days above their calls, repeated calls folded into one row."""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from rcdesk.core.past_calls import CallFilter, ListedCall
from rcdesk.ui import words

Identity = tuple[object, bool]

_SHARED = attrgetter("shared")


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call; `is_member` where it stands below the row that it was folded into."""

    call: ListedCall
    is_member: bool = False

    @property
    def calls(self) -> tuple[ListedCall, ...]:
        """As a group has them."""
        return (self.call,)


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Two or more calls in a row with the same person that ended alike, newest first."""

    calls: tuple[ListedCall, ...]
    is_open: bool

    @property
    def call(self) -> ListedCall:
        """The newest."""
        return self.calls[0]


class Dated(NamedTuple):
    """A call with what rows are made by, so that making them anew costs little.

    Attributes:
        shared: its local day, and what the calls of one row have in common.
        row: its own, where it is not folded.
    """

    call: ListedCall
    day: date
    shared: tuple[date, object]
    row: CallRow


Row = date | CallRow | GroupRow


def local_day(at: datetime) -> date:
    """The date on this computer's calendar."""
    return at.astimezone().date()


def dated(call: ListedCall) -> Dated:
    """A call with its day and fold."""
    entry = call.entry
    fold = None
    if call.person is not None:
        ended = words.outcome(entry.direction, entry.outcome).text
        fold = (call.person, ended, entry.type)
    day = local_day(entry.started_at)
    return Dated(call, day, (day, fold or call.id), CallRow(call))


def is_flat(wanted: CallFilter) -> bool:
    """What was searched for is listed as it is: no day stands between, nothing is folded away."""
    return bool(wanted.text or wanted.tag) or wanted.person is not None


def rows_of(items: Sequence[Dated], *, opened: Container[int], flat: bool) -> list[Row]:
    """`opened` are ids of calls whose group is unfolded: any one of a group's suffices."""
    if flat:
        return [item.row for item in items]
    rows: list[Row] = []
    shown_day: date | None = None
    for (day, _), run in groupby(items, key=_SHARED):
        if day != shown_day:
            rows.append(day)
            shown_day = day
        first, *others = run
        rows += _folded((first, *others), opened) if others else (first.row,)
    return rows


def _folded(run: Sequence[Dated], opened: Container[int]) -> Iterable[Row]:
    calls = tuple(item.call for item in run)
    is_open = any(call.id in opened for call in calls)
    yield GroupRow(calls, is_open)
    if is_open:
        for call in calls:
            yield CallRow(call, is_member=True)


def identity(row: Row) -> Identity:
    """What names a row however often it is made anew."""
    if isinstance(row, date):
        return row, False
    return row.call.id, isinstance(row, CallRow) and row.is_member


class Splice(NamedTuple):
    """Rows `first` to `last` (exclusive) give way to `added` others; the rest are the same."""

    first: int
    last: int
    added: int


def splice(before: Sequence[Row], after: Sequence[Row]) -> Splice:
    """The one stretch in which two lists of rows differ, by identity."""
    shortest = min(len(before), len(after))
    first = 0
    while first < shortest and identity(before[first]) == identity(after[first]):
        first += 1
    same_at_end = 0
    while same_at_end < shortest - first and identity(before[-1 - same_at_end]) == identity(
        after[-1 - same_at_end]
    ):
        same_at_end += 1
    return Splice(first, len(before) - same_at_end, len(after) - same_at_end - first)
