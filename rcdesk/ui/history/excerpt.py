"""The part of the call list that is in memory: some pages in a row, however long the list is."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from rcdesk.core.past_calls import CallFilter, CallPage, Position
from rcdesk.ui.history.rows import Dated, dated

Pages = Callable[[CallFilter, Position | None], Awaitable[CallPage]]

MOST_PAGES = 5


class _Page(NamedTuple):
    """Calls after `after`; the list goes on after `end`, None where it does not."""

    after: Position | None
    end: Position | None
    items: tuple[Dated, ...]


class Excerpt:
    """Grows at one end and lets go at the other; what it lets go is asked for again.

    One of its coroutines runs at a time. A cancelled one has changed nothing.
    """

    def __init__(self, pages: Pages, wanted: CallFilter, *, most_pages: int = MOST_PAGES) -> None:
        self.wanted = wanted
        self._ask = pages
        self._most_pages = most_pages
        self._pages: list[_Page] = []
        # Where each of the pages began that were let go above the first.
        self._above: list[Position | None] = []

    @property
    def items(self) -> list[Dated]:
        """The calls, newest first."""
        return [item for page in self._pages for item in page.items]

    @property
    def is_read(self) -> bool:
        """`begin` has been successful."""
        return bool(self._pages)

    @property
    def has_newer(self) -> bool:
        """Newer calls were let go."""
        return bool(self._above)

    @property
    def has_older(self) -> bool:
        """The list goes on below."""
        return bool(self._pages) and self._pages[-1].end is not None

    async def begin(self) -> None:
        """Read the newest calls."""
        page = await self._read(None)
        self._pages, self._above = [page], []

    async def grow_older(self) -> None:
        """Go on below."""
        if not self.has_older:
            return
        page = await self._read(self._pages[-1].end)
        self._pages.append(page)
        surplus = len(self._pages) - self._most_pages
        if surplus > 0:
            self._above += [gone.after for gone in self._pages[:surplus]]
            del self._pages[:surplus]

    async def grow_newer(self) -> None:
        """Bring back what was let go above."""
        if not self.has_newer:
            return
        after, until = self._above[-1], self._pages[0].after
        items: list[Dated] = []
        at = after
        while True:
            # Calls may have come in between since: then one page is not all of it.
            page = await self._read(at)
            items += (item for item in page.items if until is None or item.call.position >= until)
            if page.end is None or until is None or page.end <= until:
                break
            at = page.end
        self._above.pop()
        self._pages.insert(0, _Page(after, until, tuple(items)))
        del self._pages[self._most_pages :]

    async def refresh(self) -> None:
        """Read again what is there; where the list was at its beginning it still is."""
        if not self._pages:
            await self.begin()
            return
        after, until = self._pages[0].after, self._pages[-1].end
        wanted_pages = len(self._pages)
        pages = [await self._read(after)]
        while (end := pages[-1].end) is not None:
            is_reached = until is not None and end <= until
            if is_reached or (until is None and len(pages) >= wanted_pages):
                break
            if len(pages) > self._most_pages:
                break
            pages.append(await self._read(end))
        self._pages = pages

    def let_go(self) -> bool:
        """Keep the first page only, if the list's beginning is there; False if nothing went."""
        if self.has_newer or len(self._pages) <= 1:
            return False
        del self._pages[1:]
        return True

    async def _read(self, after: Position | None) -> _Page:
        calls, end = await self._ask(self.wanted, after)
        return _Page(after, end, tuple(dated(call) for call in calls))
