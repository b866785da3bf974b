"""What is asked of the call history, and what it answers."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from rcdesk.core.call import Direction, Outcome
from rcdesk.core.events import LogLeg
from rcdesk.core.history import HistoryEntry

LONGEST_NOTE = 10_000
LONGEST_TAG = 40
MOST_TAGS = 100
"""Of a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls; everything given must hold, and the empty filter lets all through.

    Attributes:
        text: as typed: each word must occur in a name, place or note, or as digits in the
            number. Something that looks like one number is taken for one, in any formatting.
        outcomes: any of these.
        recorded: with a recording.
        unresolved: missed, and nobody has spoken with the caller since.
        line: number of the user's own that was called or called from, as the platform spells it.
        queue: its name.
        type: `Voice` or `Fax`.
        person: a `ListedCall.person`.
        date_from, date_to: aware; from inclusive, to exclusive.
        tag: its name.
    """

    text: str = ""
    outcomes: frozenset[Outcome] = frozenset()
    direction: Direction | None = None
    recorded: bool = False
    unresolved: bool = False
    line: str = ""
    queue: str = ""
    type: str = ""
    person: int | None = None
    date_from: datetime | None = None
    date_to: datetime | None = None
    tag: str = ""


EVERYTHING = CallFilter()


class Position(NamedTuple):
    """Of a call in the list: newest first, and in one order however often it is asked."""

    started_ms: int
    id: int


@dataclass(frozen=True, slots=True)
class ListedCall:
    """A call of the archive as a list shows it.

    Attributes:
        id: the archive's own, stable for as long as the call is kept.
        person: who the other end is, the same for all calls with one number; None for nobody
            in particular (a withheld number).
        tags: in alphabetical order.
    """

    id: int
    entry: HistoryEntry
    person: int | None = None
    has_note: bool = False
    is_unresolved: bool = False
    tags: tuple[str, ...] = ()
    started_ms: int = 0

    @property
    def position(self) -> Position:
        """To go on from."""
        return Position(self.started_ms, self.id)


class CallPage(NamedTuple):
    """Calls, newest first; `next` is where the following page begins, None at the end."""

    calls: tuple[ListedCall, ...]
    next: Position | None = None


class FullCall(NamedTuple):
    """A call with what a list leaves out; `ring_s` is None unless the call was followed live."""

    call: ListedCall
    note: str = ""
    ring_s: float | None = None


class FullPage(NamedTuple):
    """See CallPage."""

    calls: tuple[FullCall, ...]
    next: Position | None = None


@dataclass(frozen=True, slots=True)
class CallDetails:
    """All that is known of one call.

    Attributes:
        ring_s: how long it rang; None unless it was followed live.
        earlier: the latest of the `earlier_count` calls with the same person before it, newest
            first.
    """

    call: ListedCall
    ring_s: float | None = None
    legs: tuple[LogLeg, ...] = ()
    note: str = ""
    earlier: tuple[ListedCall, ...] = ()
    earlier_count: int = 0


class Line(NamedTuple):
    """A number of the user's own, with the name that the platform gave it."""

    number: str
    name: str


class Caller(NamedTuple):
    """Somebody of whom there were several calls."""

    person: int
    name: str
    number: str
    calls: int
    missed: int


@dataclass(frozen=True, slots=True)
class CallStatistics:
    """Calls of a range, by the local time of this computer.

    Attributes:
        missed: inbound ones that nobody answered, also where the caller gave up.
        answered: calls on which somebody talked, of `inbound` and `outbound`.
        average_ring_s: until inbound calls were answered, of those that were followed live; None
            where there is none.
        longest: the call that lasted longest.
        by_hour: 24 counts of (all, missed).
        by_weekday: 7 counts of (all, missed), Monday first.
        by_day: in order; days without calls are left out.
        top_callers: who called most often, those first.
    """

    inbound: int = 0
    outbound: int = 0
    missed: int = 0
    answered: int = 0
    talk_s: float = 0
    average_ring_s: float | None = None
    longest: ListedCall | None = None
    by_hour: tuple[tuple[int, int], ...] = field(default=((0, 0),) * 24)
    by_weekday: tuple[tuple[int, int], ...] = field(default=((0, 0),) * 7)
    by_day: tuple[tuple[date, int, int], ...] = ()
    top_callers: tuple[Caller, ...] = ()


class ArchiveExtent(NamedTuple):
    """How much there is: the number of calls, and when the oldest began (None: no call)."""

    calls: int
    oldest: datetime | None
    size_bytes: int = 0
