"""Lists, a page at a time, as the platform cuts them."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from starlette.requests import Request

from rcdesk.simulator.account_state import Links
from rcdesk.simulator.query import Query

_Json = dict[str, Any]


def open_page(
    request: Request, links: Links, path: str, found: Iterable[_Json]
) -> tuple[list[_Json], _Json]:
    """Cut the page that was asked for out of `found`, which is read no further than needed.

    Returns its records, and the answer without them: `uri`, `paging` without totals, and
    `navigation` whose `nextPage` is missing on the last page. `path` is below the account,
    with ids in place of `~`.
    """
    page, per_page = Query(request.query_params).page()
    start = (page - 1) * per_page
    records = list(islice(found, start, start + per_page + 1))
    has_next = len(records) > per_page
    del records[per_page:]

    def uri(number: int) -> _Json:
        url = request.url.include_query_params(page=number, perPage=per_page)
        return {"uri": f"{links.account}{path}?{url.query}"}

    navigation = {"firstPage": uri(1)}
    if page > 1:
        navigation["previousPage"] = uri(page - 1)
    if has_next:
        navigation["nextPage"] = uri(page + 1)
    paging = {"page": page, "perPage": per_page}
    if records:
        paging |= {"pageStart": start, "pageEnd": start + len(records) - 1}
    return records, {**uri(page), "paging": paging, "navigation": navigation}


def whole_page(request: Request, links: Links, path: str, found: Sequence[_Json]) -> _Json:
    """Return the answer of a short list: with totals and `lastPage`."""
    records, answer = open_page(request, links, path, found)
    paging = answer["paging"]
    pages = -(-len(found) // paging["perPage"]) or 1
    paging |= {"totalPages": pages, "totalElements": len(found)}
    last = request.url.include_query_params(page=pages, perPage=paging["perPage"])
    answer["navigation"]["lastPage"] = {"uri": f"{links.account}{path}?{last.query}"}
    return answer | {"records": records}
