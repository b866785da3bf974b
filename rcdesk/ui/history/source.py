"""What the call history asks of whoever has the calls."""

from collections.abc import Coroutine, Iterable
from typing import Protocol

from rcdesk.core.past_calls import CallDetails, CallFilter, CallPage, FullPage, Line, Position


class CallSource(Protocol):
    """See `rcdesk.archive.archive.Archive`, which is one."""

    async def page(
        self, wanted: CallFilter, after: Position | None = None, *, limit: int = 200
    ) -> CallPage:
        """At most `limit` calls that pass the filter, newest first, those after `after`."""
        ...

    async def full_page(
        self, wanted: CallFilter, after: Position | None = None, *, limit: int = 500
    ) -> FullPage:
        """As `page`, with notes and ring times."""
        ...

    async def count(self, wanted: CallFilter) -> int:
        """How many calls pass the filter."""
        ...

    async def details(self, call: int) -> CallDetails | None:
        """All about one call; None if it is gone."""
        ...

    async def lines(self) -> tuple[Line, ...]:
        """The user's own numbers that occur."""
        ...

    async def queues(self) -> tuple[str, ...]:
        """Names of the queues that occur."""
        ...

    async def tags(self) -> tuple[str, ...]:
        """Every tag in use."""
        ...

    def set_note(self, call: int, text: str) -> Coroutine[None, None, None]:
        """Replace the note of a call; empty removes it. What is asked first is done first."""
        ...

    def set_tags(self, call: int, names: Iterable[str]) -> Coroutine[None, None, None]:
        """Replace the tags of a call; names are the same whatever their case."""
        ...
