"""Calls as the archive would list them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.history import HistoryEntry
from rcdesk.core.past_calls import CallFilter, CallPage, ListedCall, Position

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
OWN = Endpoint("+16505550100")
ANN = Endpoint("+16505550112", "Ann Ferreira", "Denver, CO")
NASTY_NAMES = [
    "<b>bold</b><img src='http://x/'>",
    "a" * 100_000,
    "\u202eevil\u202c\n\n\0",
    "محمد الأحمد",
    "🎉👩‍👩‍👧‍👦",
    "e" + "\u0301" * 500,
    "Fish & Chips",
]


def entry(number: int, **changes: Any) -> HistoryEntry:
    """An answered call, `number` minutes before noon."""
    direction = changes.get("direction", Direction.INBOUND)
    given: dict[str, Any] = {
        "key": f"s{number}/{direction}",
        "session_id": f"s{number}",
        "direction": direction,
        "other": Endpoint(f"+1650555{number % 10_000:04}", f"Caller {number}"),
        "own": OWN,
        "started_at": NOON - timedelta(minutes=number),
        "outcome": Outcome.ANSWERED,
    }
    return HistoryEntry(**(given | changes))


def listed(number: int, *, person: int | None = None, **changes: Any) -> ListedCall:
    """Somebody else calls each time unless `person` is given."""
    made = entry(number, **changes)
    return ListedCall(
        id=1_000_000 - number,
        entry=made,
        person=number if person is None else person,
        started_ms=int(made.started_at.timestamp() * 1000),
    )


class Shelf:
    """Calls to be asked for by the page."""

    def __init__(self, calls: Sequence[ListedCall], *, per_page: int) -> None:
        self.calls = list(calls)
        self.asked = 0
        self._per_page = per_page

    async def page(self, _wanted: CallFilter, after: Position | None) -> CallPage:
        self.asked += 1
        rest = sorted(self.calls, key=lambda call: call.position, reverse=True)
        if after is not None:
            rest = [call for call in rest if call.position < after]
        shown = tuple(rest[: self._per_page])
        return CallPage(shown, shown[-1].position if len(rest) > len(shown) else None)


def changed(call: ListedCall, **changes: Any) -> ListedCall:
    """The same call, corrected by the log."""
    return replace(call, entry=msgspec.structs.replace(call.entry, **changes))
