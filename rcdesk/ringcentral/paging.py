"""Listings that the platform answers page by page."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol, TypeVar

from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import Navigation, text

# A listing that never ends would keep its rate group busy for good.
MAX_PAGES = 20

E = TypeVar("E")


class Page(Protocol):
    """An answer that knows its neighbours."""

    navigation: Navigation | None


class ListingPage(Page, Protocol[E]):
    """One that lists entries."""

    records: list[E] | None


def next_page_uri(page: Page) -> str:
    """Address of the page after `page`; empty on the last."""
    following = page.navigation.next_page if page.navigation else None
    return text(following.uri) if following else ""


async def all_records(
    http: PlatformHttp,
    path: str,
    *,
    into: type[ListingPage[E]],
    group: RateGroup,
    user: bool,
    filters: Mapping[str, str] | None = None,
) -> AsyncIterator[E]:
    """What is listed; `into` is a page of it, each asked for when the one before is through."""
    params = {"perPage": "1000", **(filters or {})}
    for _ in range(MAX_PAGES):
        page = await http.request("GET", path, into=into, group=group, user=user, params=params)
        for entry in page.records or ():
            yield entry
        path, params = next_page_uri(page), {}
        if not path:
            return
