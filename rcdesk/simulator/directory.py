"""GET directory/entries and the search in them."""

import zlib
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator import account_records
from rcdesk.simulator.account_state import ACCOUNT, AccountState, check_account
from rcdesk.simulator.endpoints import json_object
from rcdesk.simulator.errors import invalid_parameter, resource_not_found
from rcdesk.simulator.query import Query

_Json = dict[str, Any]

_PAGE_MAX = 2000
_SEARCH_PAGE = 100
_TYPES = (
    *("User", "Department", "Announcement", "Voicemail", "SharedLinesGroup", "PagingOnly"),
    *("IvrMenu", "ParkLocation", "Limited", "External", "DelegatedLinesGroup", "TieLine"),
)
_FIELDS = (
    *("firstName", "lastName", "extensionNumber", "phoneNumber", "email", "jobTitle"),
    *("department", "customFieldValue"),
)


def routes(state: AccountState) -> list[Route]:
    """Return the routes of the company directory."""
    directory = _DirectoryEndpoints(state)
    path = ACCOUNT + "/directory/entries"
    return [
        Route(path, directory.list, methods=["GET"]),
        Route(path + "/search", directory.search, methods=["POST"]),
        Route(path + "/{entry}", directory.read, methods=["GET"]),
    ]


class _DirectoryEndpoints:
    def __init__(self, state: AccountState) -> None:
        self._state = state

    def _entries(self, request: Request) -> list[_Json]:
        company = self._state.company
        check_account(request, company)
        return [
            *(account_records.directory_entry(person, company) for person in company.people),
            *(account_records.directory_entry(queue, company) for queue in company.queues),
        ]

    async def list(self, request: Request) -> Response:
        entries = self._entries(request)
        query = Query(request.query_params)
        wanted = query.choices("type", _TYPES)
        group = query.choice("typeGroup", ("User", "NonUser", ""), "")
        page, per_page = query.page(default=1000, most=_PAGE_MAX, words=("max", "all"))
        if not query.flag("showFederated", default=True):
            entries = [{k: v for k, v in entry.items() if k != "account"} for entry in entries]
        found = [
            entry
            for entry in entries
            if entry["type"] in wanted
            and group in ("", "User" if entry["type"] == "User" else "NonUser")
            and query.text("siteId") in (None, "main-site")
        ]
        answer = JSONResponse(_page(found, page, per_page))
        etag = f'"{zlib.crc32(bytes(answer.body)):08x}"'
        answer.headers["ETag"] = etag
        if request.headers.get("If-None-Match") == etag:
            return Response(status_code=304, headers={"ETag": etag})
        return answer

    async def read(self, request: Request) -> Response:
        for entry in self._entries(request):
            if entry["id"] == request.path_params["entry"]:
                return JSONResponse(entry)
        raise resource_not_found("entryId")

    async def search(self, request: Request) -> Response:
        entries = self._entries(request)
        body = await json_object(request)
        page = _positive(body, "page", 1)
        per_page = _positive(body, "perPage", _SEARCH_PAGE)
        text = body.get("searchString", "")
        if not isinstance(text, str):
            raise invalid_parameter("searchString")
        fields = _words(body, "searchFields", _FIELDS)
        types = _words(body, "extensionTypes", account_records.EXTENSION_TYPES)
        found = [entry for entry in entries if entry["type"] in types and _has(entry, text, fields)]
        return JSONResponse(_page(_ordered(found, body), page, per_page))


def _page(found: list[_Json], page: int, per_page: int) -> _Json:
    start = (page - 1) * per_page
    records = found[start : start + per_page]
    paging = {
        "page": page,
        "perPage": min(per_page, 1000),
        "totalPages": -(-len(found) // per_page),
        "totalElements": len(found),
    }
    if records:
        paging |= {"pageStart": start, "pageEnd": start + len(records) - 1}
    return {"paging": paging, "records": records}


def _values(entry: _Json, field: str) -> list[str]:
    if field == "phoneNumber":
        return [number["phoneNumber"] for number in entry["phoneNumbers"]]
    # Somebody without a first name is found by the only name there is.
    return [entry.get(field) or (entry["name"] if field == "firstName" else "")]


def _has(entry: _Json, text: str, fields: list[str]) -> bool:
    wanted = text.casefold()
    return any(wanted in value.casefold() for field in fields for value in _values(entry, field))


def _ordered(found: list[_Json], body: _Json) -> list[_Json]:
    orders = body.get("orderBy", [])
    if not isinstance(orders, list) or not all(isinstance(each, dict) for each in orders):
        raise invalid_parameter("orderBy")
    for order in sorted(orders, key=lambda each: each.get("index", 1), reverse=True):
        field, direction = order.get("fieldName"), order.get("direction", "Asc")
        if field not in _FIELDS or direction not in ("Asc", "Desc"):
            raise invalid_parameter("orderBy")
        found = sorted(
            found,
            key=lambda entry, field=field: _values(entry, field)[0].casefold(),  # type: ignore[misc]
            reverse=direction == "Desc",
        )
    return found


def _words(body: _Json, name: str, allowed: tuple[str, ...]) -> list[str]:
    words = body.get(name) or list(allowed)
    if not isinstance(words, list) or not set(map(str, words)) <= set(allowed):
        raise invalid_parameter(name)
    return words


def _positive(body: _Json, name: str, default: int) -> int:
    value = body.get(name, default)
    if type(value) is not int or not 1 <= value <= _PAGE_MAX:
        raise invalid_parameter(name)
    return value
