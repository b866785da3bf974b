"""GET, POST, PUT, PATCH, DELETE address-book/contact, and address-book-sync."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator import sync_tokens
from rcdesk.simulator.account_state import (
    EXTENSION,
    AccountState,
    Links,
    own_extension_asked,
)
from rcdesk.simulator.address_book import ADDRESS_PARTS, ADDRESSES, PHONES, TEXTS, AddressBook
from rcdesk.simulator.clock import timestamp
from rcdesk.simulator.endpoints import json_object
from rcdesk.simulator.errors import invalid_parameter, resource_not_found
from rcdesk.simulator.pages import whole_page
from rcdesk.simulator.query import Query

_Json = dict[str, Any]

_SYNC_PAGE = 250
_SORTED_BY = {"FirstName": "firstName", "LastName": "lastName", "Company": "company"}
_ID = re.compile(r"[0-9]{1,18}")


def routes(state: AccountState) -> list[Route]:
    """Return the routes of the user's address book, seeded from `state`."""
    contacts = _ContactEndpoints(state)
    book = EXTENSION + "/address-book"
    return [
        Route(book + "/contact", contacts.list, methods=["GET"]),
        Route(book + "/contact", contacts.create, methods=["POST"]),
        Route(book + "/contact/{contact}", contacts.read, methods=["GET"]),
        Route(book + "/contact/{contact}", contacts.replace, methods=["PUT"]),
        Route(book + "/contact/{contact}", contacts.change, methods=["PATCH"]),
        Route(book + "/contact/{contact}", contacts.delete, methods=["DELETE"]),
        Route(book + "-sync", contacts.sync, methods=["GET"]),
    ]


class _ContactEndpoints:
    def __init__(self, state: AccountState) -> None:
        self._state = state
        self._book = AddressBook.seeded(state.company)

    def _base(self, request: Request) -> str:
        links = Links(request, self._state.company)
        return f"{links.extension(self._state.company.user.extension_id)}/address-book"

    def _shown(self, request: Request, contact: _Json) -> _Json:
        return {"uri": f"{self._base(request)}/contact/{contact['id']}", **contact}

    def _answer(self, request: Request, contact: _Json) -> Response:
        return JSONResponse(self._shown(request, contact))

    def _asked(self, request: Request) -> _Json:
        own_extension_asked(request, self._state.company)
        asked = request.path_params["contact"]
        contact = self._book.get(int(asked)) if _ID.fullmatch(asked) else None
        if contact is None:
            raise resource_not_found("contactId")
        return contact

    async def list(self, request: Request) -> Response:
        user = own_extension_asked(request, self._state.company)
        query = Query(request.query_params)
        start, numbers = (
            (query.text("startsWith") or "").casefold(),
            set(query.texts("phoneNumber")),
        )
        query.choices("sortBy", _SORTED_BY)
        found = [
            self._shown(request, contact)
            for contact in self._book.contacts
            if _begins(contact, start)
            and (not numbers or numbers & {contact.get(kind) for kind in PHONES})
        ]
        for order in reversed(query.texts("sortBy")):
            found.sort(key=lambda contact: contact.get(_SORTED_BY[order], "").casefold())
        path = f"/extension/{user.extension_id}/address-book/contact"
        page = whole_page(request, Links(request, self._state.company), path, found)
        return JSONResponse(page | {"groups": {"uri": f"{self._base(request)}/group"}})

    async def create(self, request: Request) -> Response:
        own_extension_asked(request, self._state.company)
        return self._answer(request, self._book.add(_fields(await json_object(request))))

    async def read(self, request: Request) -> Response:
        return self._answer(request, self._asked(request))

    async def replace(self, request: Request) -> Response:
        contact_id = self._asked(request)["id"]
        return self._answer(
            request, self._book.put(contact_id, _fields(await json_object(request)))
        )

    async def change(self, request: Request) -> Response:
        contact = self._asked(request)
        body = await json_object(request)
        kept = {name: contact[name] for name in (*TEXTS, *ADDRESSES) if name in contact}
        fields = kept | _fields({name: value for name, value in body.items() if value is not None})
        for name in body:
            if body[name] is None:
                fields.pop(name, None)
        return self._answer(request, self._book.put(contact["id"], fields))

    async def delete(self, request: Request) -> Response:
        own_extension_asked(request, self._state.company)
        asked = request.path_params["contact"].split(",")
        ids = [int(each) for each in asked if _ID.fullmatch(each) and self._book.get(int(each))]
        if len(ids) < len(asked):
            raise resource_not_found("contactId")
        for contact_id in ids:
            self._book.delete(contact_id)
        return Response(status_code=204)

    async def sync(self, request: Request) -> Response:
        own_extension_asked(request, self._state.company)
        query = Query(request.query_params)
        sync_type = query.choice("syncType", ("FSync", "ISync"), "FSync")
        per_page = query.integer("perPage", _SYNC_PAGE, 1, _SYNC_PAGE)
        answer: _Json = {"uri": str(request.url)}
        if sync_type == "FSync":
            start, revision = query.integer("pageId", 0, 0), self._book.revision
            contacts = self._book.contacts
            records = contacts[start : start + per_page]
            if start + per_page < len(contacts):
                following = request.url.include_query_params(pageId=start + per_page)
                answer |= {"nextPageId": start + per_page, "nextPageUri": str(following)}
        else:
            since = _revision(query.text("syncToken"), self._book)
            records, revision = self._book.changed_since(since, per_page)
        info = {
            "syncType": sync_type,
            "syncToken": _token(self._book, revision),
            "syncTime": timestamp(self._state.now()),
        }
        shown = [self._shown(request, contact) for contact in records]
        return JSONResponse(answer | {"records": shown, "syncInfo": info})


def _begins(contact: _Json, start: str) -> bool:
    names = (contact.get("firstName", ""), contact.get("lastName", ""))
    return not start or any(name.casefold().startswith(start) for name in names)


def _fields(body: _Json) -> _Json:
    """Return what of `body` belongs to a contact.

    Raises:
        ApiError: 400 CMN-101 for a value of another type.
    """
    fields = {name: body[name] for name in (*TEXTS, *ADDRESSES) if name in body}
    for name, value in fields.items():
        if name in ADDRESSES:
            if not isinstance(value, dict) or not _are_texts(value):
                raise invalid_parameter(name)
            fields[name] = {part: value[part] for part in ADDRESS_PARTS if part in value}
        elif not isinstance(value, str):
            raise invalid_parameter(name)
    return fields


def _are_texts(address: _Json) -> bool:
    return all(isinstance(value, str) for value in address.values())


def _token(book: AddressBook, revision: int) -> str:
    return sync_tokens.encode([book.epoch, revision])


def _revision(token: str | None, book: AddressBook) -> int:
    """Return where the client with `token` stands; ApiError 400 for what `_token` never made."""
    try:
        epoch, revision = map(int, sync_tokens.decode(token or ""))
    except ValueError:
        raise invalid_parameter("syncToken") from None
    if epoch != book.epoch or not 0 <= revision <= book.revision:
        raise invalid_parameter("syncToken")
    return revision
