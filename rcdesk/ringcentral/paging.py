"""Listings that the platform answers page by page."""

from collections.abc import AsyncIterator, Mapping
from typing import Protocol, TypeVar

from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import Navigation, text

# A listing that never ends would keep its rate group busy for good.
MAX_PAGES = 20


class Page(Protocol):
    """An answer that knows its neighbours."""

    navigation: Navigation | None


P = TypeVar("P", bound=Page)


def next_page_uri(page: Page) -> str:
    """Address of the page after `page`; empty on the last."""
    following = page.navigation.next_page if page.navigation else None
    return text(following.uri) if following else ""


async def all_pages(
    http: PlatformHttp,
    path: str,
    *,
    into: type[P],
    group: RateGroup,
    user: bool,
    filters: Mapping[str, str] | None = None,
) -> AsyncIterator[P]:
    """Every page of a listing, asked for one after the other."""
    params = {"perPage": "1000", **(filters or {})}
    for _ in range(MAX_PAGES):
        page = await http.request("GET", path, into=into, group=group, user=user, params=params)
        yield page
        path, params = next_page_uri(page), {}
        if not path:
            return
