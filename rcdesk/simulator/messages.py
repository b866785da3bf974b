"""The message store: list, read, mark, delete, synchronize, one or many at a time."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator.account_state import EXTENSION, Links, own_extension_asked
from rcdesk.simulator.endpoints import json_object
from rcdesk.simulator.errors import ApiError, invalid_parameter, resource_not_found
from rcdesk.simulator.message_store import ALIVE, DELETED, PURGED, StoredMessage
from rcdesk.simulator.message_sync import DEFAULT_RANGE, DIRECTIONS, TYPES, synchronized
from rcdesk.simulator.pages import whole_page
from rcdesk.simulator.query import Query

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from rcdesk.simulator.world import World

_Json = dict[str, Any]

_STORE = EXTENSION + "/message-store"
_BULK_JSON = "application/vnd.ringcentral.multipart+json"
_MOST_AT_ONCE = 50
_READ_STATUSES = ("Read", "Unread")
_AVAILABILITIES = (ALIVE, DELETED, PURGED)
_DELETE_TYPES = ("Fax", "SMS", "VoiceMail", "Pager", "Text", "All")


def routes(world: World) -> list[Route]:
    """Return the routes of the message store."""
    messages = _Messages(world)
    one = _STORE + "/{message}"
    return [
        Route(_STORE, messages.listed, methods=["GET"]),
        Route(_STORE, messages.delete_all, methods=["DELETE"]),
        Route(one, messages.read, methods=["GET"]),
        Route(one, messages.update, methods=["PUT", "PATCH"]),
        Route(one, messages.delete, methods=["DELETE"]),
        Route(EXTENSION + "/message-sync", messages.sync, methods=["GET"]),
    ]


class _Messages:
    def __init__(self, world: World) -> None:
        self._world = world

    async def listed(self, request: Request) -> Response:
        owner = own_extension_asked(request, self._world.company)
        query = Query(request.query_params)
        tests = _tests(query)
        until = query.moment("dateTo") or self._world.now()
        since = query.moment("dateFrom") or until - DEFAULT_RANGE
        found = [
            message
            for message in self._world.mailbox.store
            if since <= message.created_at <= until and all(test(message) for test in tests)
        ]
        if query.flag("distinctConversations", default=False):
            found = list({m.conversation_id or m.id: m for m in reversed(found)}.values())[::-1]
        links = Links(request, self._world.company)
        uri = links.extension(owner.extension_id)
        path = f"/extension/{owner.extension_id}/message-store"
        return JSONResponse(whole_page(request, links, path, [m.wire(uri) for m in found]))

    async def read(self, request: Request) -> Response:
        ids, owner_uri = self._asked(request)
        if len(ids) == 1:
            answer = self._find(ids[0]).wire(owner_uri)
            recipients = answer.get("to") or [{"name": self._world.company.user.name}]
            return JSONResponse(answer | {"vmSideRecipients": recipients})
        return self._many(request, ids, lambda message: message.wire(owner_uri))

    async def update(self, request: Request) -> Response:
        ids, owner_uri = self._asked(request)
        if len(ids) > 1:
            raise ApiError(415, "CMN-104", "Unsupported media type for bulk requests")
        message = self._find(ids[0])
        fields = _update(await json_object(request), may_restore=request.method == "PATCH")
        if "availability" in fields and message.availability == PURGED:
            raise invalid_parameter("availability")
        self._world.mailbox.change(message, **fields)
        return JSONResponse(message.wire(owner_uri))

    async def delete(self, request: Request) -> Response:
        ids, _ = self._asked(request)
        query = Query(request.query_params)
        purge = query.flag("purge", default=False)
        for message in [self._find(each) for each in ids]:
            self._world.mailbox.delete(message, purge=purge)
        return Response(status_code=204)

    async def delete_all(self, request: Request) -> Response:
        """Delete conversations; without an id of one, everything, as the platform does."""
        own_extension_asked(request, self._world.company)
        query = Query(request.query_params)
        conversations = set(query.texts("conversationId"))
        kind = query.choice("type", _DELETE_TYPES, "All")
        until = query.moment("dateTo") or self._world.now() + timedelta(seconds=1)
        purge = query.flag("purge", default=False)
        for message in list(self._world.mailbox.store):
            if (
                (not conversations or str(message.conversation_id) in conversations)
                and kind in ("All", message.type)
                and message.created_at <= until
                and message.availability != PURGED
            ):
                self._world.mailbox.delete(message, purge=purge)
        return Response(status_code=204)

    async def sync(self, request: Request) -> Response:
        owner = own_extension_asked(request, self._world.company)
        uri = Links(request, self._world.company).extension(owner.extension_id)
        found, info = synchronized(
            Query(request.query_params), self._world.mailbox.store, self._world.now()
        )
        return JSONResponse(
            {
                "uri": f"{uri}/message-sync?{request.url.query}",
                "records": [
                    each.wire(uri) if each.availability == ALIVE else each.remains(uri)
                    for each in found
                ],
                "syncInfo": info,
            }
        )

    def _asked(self, request: Request) -> tuple[list[str], str]:
        owner = own_extension_asked(request, self._world.company)
        ids = [each for each in request.path_params["message"].split(",") if each]
        if not ids or len(ids) > _MOST_AT_ONCE:
            raise invalid_parameter("messageId")
        return ids, Links(request, self._world.company).extension(owner.extension_id)

    def _find(self, message_id: str) -> StoredMessage:
        message = self._world.mailbox.store.get(message_id)
        if message is None:
            raise resource_not_found("messageId")
        return message

    def _many(
        self, request: Request, ids: list[str], render: Callable[[StoredMessage], _Json]
    ) -> Response:
        parts: list[_Json] = []
        for each in ids:
            try:
                body, status = render(self._find(each)), 200
            except ApiError as error:
                body, status = error.body(), error.status
            parts.append({"resourceId": each, "status": status, "body": body})
        if _BULK_JSON in request.headers.get("Accept", ""):
            return JSONResponse(parts, status_code=207, media_type=_BULK_JSON)
        return _multipart(request, parts)


def _multipart(request: Request, parts: list[_Json]) -> Response:
    boundary = f"Boundary_{uuid.uuid4().hex}"
    here = str(request.url).rpartition("/")[0]
    head = {
        "response": [
            {"href": f"{here}/{part['resourceId']}", "status": part["status"]} for part in parts
        ]
    }
    bodies = [head, *(part["body"] for part in parts)]
    text = "".join(
        f"--{boundary}\r\nContent-Type: application/json\r\n\r\n{json.dumps(body)}\r\n"
        for body in bodies
    )
    return Response(
        f"{text}--{boundary}--\r\n",
        status_code=207,
        headers={"Content-Type": f"multipart/mixed; boundary={boundary}"},
    )


def _update(body: _Json, *, may_restore: bool) -> _Json:
    fields = {}
    if "readStatus" in body or not may_restore:
        if body.get("readStatus") not in _READ_STATUSES:
            raise invalid_parameter("readStatus")
        fields["readStatus"] = body["readStatus"]
    if may_restore and "availability" in body:
        if body["availability"] not in _AVAILABILITIES:
            raise invalid_parameter("availability")
        fields["availability"] = body["availability"]
    return fields


def _tests(query: Query) -> list[Callable[[StoredMessage], bool]]:
    types = query.choices("messageType", TYPES)
    directions = query.choices("direction", DIRECTIONS)
    read_statuses = query.choices("readStatus", _READ_STATUSES)
    asked = "availability" in query
    available = query.choices("availability", _AVAILABILITIES) if asked else {ALIVE}
    conversation = query.text("conversationId")
    number = (query.text("phoneNumber") or "").removeprefix("+")
    tests: list[Callable[[StoredMessage], bool]] = [
        lambda m: m.type in types,
        lambda m: m.record["direction"] in directions,
        lambda m: m.record["readStatus"] in read_statuses,
        lambda m: m.availability in available,
    ]
    if conversation is not None:
        tests.append(lambda m: str(m.conversation_id) == conversation)
    if number:
        tests.append(lambda m: number in _numbers(m.record))
    return tests


def _numbers(record: _Json) -> set[str]:
    ends = (record["from"], *record.get("to", ()))
    return {end.get("phoneNumber", "").removeprefix("+") for end in ends}
