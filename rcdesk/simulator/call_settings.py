"""GET and PUT caller-id, caller-blocking and its numbers: what the user may change."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator import account_records
from rcdesk.simulator.account_state import (
    EXTENSION,
    AccountState,
    Links,
    extension_asked,
    own_extension_asked,
)
from rcdesk.simulator.company import Person
from rcdesk.simulator.endpoints import json_object
from rcdesk.simulator.errors import ApiError, invalid_parameter, resource_not_found
from rcdesk.simulator.pages import whole_page
from rcdesk.simulator.query import Query

_Json = dict[str, Any]

_BLOCKING = EXTENSION + "/caller-blocking"
_BLOCKING_WORDS = {
    "mode": ("Specific", "All"),
    "noCallerId": ("BlockCallsAndFaxes", "BlockFaxes", "Allow"),
    "payPhones": ("Block", "Allow"),
}
_CALLER_ID_TYPES = ("PhoneNumber", "Blocked", "CurrentLocation")
_CALLER_ID_FLAGS = ("extensionNameForOutboundCalls", "extensionNumberForInternalCalls")
_LISTS = ("Blocked", "Allowed")
_LONGEST_LABEL = 60


def routes(state: AccountState) -> list[Route]:
    """Return the routes of the settings, which start as a new user's."""
    caller_id, blocking = _CallerId(state), _CallerBlocking(state)
    numbers = _BLOCKING + "/phone-numbers"
    return [
        Route(EXTENSION + "/caller-id", caller_id.read, methods=["GET"]),
        Route(EXTENSION + "/caller-id", caller_id.change, methods=["PUT"]),
        Route(_BLOCKING, blocking.read, methods=["GET"]),
        Route(_BLOCKING, blocking.change, methods=["PUT"]),
        Route(numbers, blocking.numbers, methods=["GET"]),
        Route(numbers, blocking.add_number, methods=["POST"]),
        Route(numbers + "/{number}", blocking.read_number, methods=["GET"]),
        Route(numbers + "/{number}", blocking.change_number, methods=["PUT"]),
        Route(numbers + "/{number}", blocking.remove_number, methods=["DELETE"]),
    ]


class _CallerId:
    def __init__(self, state: AccountState) -> None:
        self._state = state
        self._flags: dict[str, bool] = {}
        self._by_feature: dict[str, _Json] = {}
        self._by_device: dict[str, _Json] = {}

    async def read(self, request: Request) -> Response:
        asked = extension_asked(request, self._state.company)
        if not isinstance(asked, Person):
            message = "The feature is not available for this extension type"
            raise ApiError(403, "CMN-403", message)
        return JSONResponse(self._shown(request, asked))

    async def change(self, request: Request) -> Response:
        user = own_extension_asked(request, self._state.company)
        body = await json_object(request)
        flags = {name: body[name] for name in _CALLER_ID_FLAGS if name in body}
        for name, value in flags.items():
            if not isinstance(value, bool):
                raise invalid_parameter(name)
        features = self._chosen(request, body, "byFeature")
        devices = self._chosen(request, body, "byDevice")
        self._flags |= flags
        self._by_feature |= features
        self._by_device |= devices
        return JSONResponse(self._shown(request, user))

    def _shown(self, request: Request, person: Person) -> _Json:
        links = Links(request, self._state.company)
        shown = account_records.caller_id(person, self._state.company, links)
        if person is self._state.company.user:
            shown |= self._flags
            for each in shown["byFeature"]:
                each["callerId"] = self._by_feature.get(each["feature"], each["callerId"])
            for each in shown["byDevice"]:
                each["callerId"] = self._by_device.get(each["device"]["id"], each["callerId"])
        return shown

    def _chosen(self, request: Request, body: _Json, part: str) -> dict[str, _Json]:
        """Return the caller ID for each device or feature that `part` of `body` lists."""
        company = self._state.company
        numbers = account_records.phone_numbers(company.user, company, Links(request, company))
        own = {n["phoneNumber"]: n for n in numbers if "CallerId" in n["features"]}
        chosen = {}
        try:
            for each in body.get(part, []):
                key = each["feature"] if part == "byFeature" else each["device"]["id"]
                value = {"type": each["callerId"].get("type", "PhoneNumber")}
                if value["type"] == "PhoneNumber":
                    number = own[each["callerId"]["phoneInfo"]["phoneNumber"]]
                    value["phoneInfo"] = {
                        "id": str(number["id"]),
                        "uri": number["uri"],
                        "phoneNumber": number["phoneNumber"],
                    }
                if value["type"] not in _CALLER_ID_TYPES:
                    raise invalid_parameter(part)
                chosen[str(key)] = value
        except (KeyError, TypeError, AttributeError):
            raise invalid_parameter(part) from None
        return chosen


class _CallerBlocking:
    def __init__(self, state: AccountState) -> None:
        self._state = state
        self._settings: _Json = {"mode": "Specific", "noCallerId": "Allow", "payPhones": "Allow"}
        self._next_id = 1_000_008
        self._numbers: dict[str, _Json] = {}
        for contact in state.company.contacts[-3:]:
            self._keep({"phoneNumber": contact.number, "label": "Sales pitches"})

    async def read(self, request: Request) -> Response:
        own_extension_asked(request, self._state.company)
        return JSONResponse(self._settings)

    async def change(self, request: Request) -> Response:
        own_extension_asked(request, self._state.company)
        body = await json_object(request)
        given = {name: body[name] for name in _BLOCKING_WORDS if name in body}
        for name, value in given.items():
            if value not in _BLOCKING_WORDS[name]:
                raise invalid_parameter(name)
        self._settings |= given
        return JSONResponse(self._settings)

    async def numbers(self, request: Request) -> Response:
        user = own_extension_asked(request, self._state.company)
        lists = Query(request.query_params).choices("status", _LISTS)
        found = [self._shown(request, n) for n in self._numbers.values() if n["status"] in lists]
        path = f"/extension/{user.extension_id}/caller-blocking/phone-numbers"
        links = Links(request, self._state.company)
        return JSONResponse(whole_page(request, links, path, found))

    async def add_number(self, request: Request) -> Response:
        own_extension_asked(request, self._state.company)
        body = await json_object(request)
        if "phoneNumber" not in body:
            raise invalid_parameter("phoneNumber")
        return JSONResponse(self._shown(request, self._keep(_number_fields(body))))

    async def read_number(self, request: Request) -> Response:
        return JSONResponse(self._shown(request, self._asked(request)))

    async def change_number(self, request: Request) -> Response:
        number = self._asked(request)
        number |= _number_fields(await json_object(request))
        return JSONResponse(self._shown(request, number))

    async def remove_number(self, request: Request) -> Response:
        del self._numbers[self._asked(request)["id"]]
        return Response(status_code=204)

    def _asked(self, request: Request) -> _Json:
        own_extension_asked(request, self._state.company)
        number = self._numbers.get(request.path_params["number"])
        if number is None:
            raise resource_not_found("blockedNumberId")
        return number

    def _keep(self, fields: _Json) -> _Json:
        number_id = str(self._next_id)
        self._next_id += 1000
        self._numbers[number_id] = {"id": number_id, "label": "", "status": "Blocked", **fields}
        return self._numbers[number_id]

    def _shown(self, request: Request, number: _Json) -> _Json:
        extension = Links(request, self._state.company).extension(
            self._state.company.user.extension_id
        )
        return {"uri": f"{extension}/caller-blocking/phone-numbers/{number['id']}", **number}


def _number_fields(body: _Json) -> _Json:
    """Return what of `body` belongs to a listed number.

    Raises:
        ApiError: 400 CMN-101.
    """
    fields: _Json = {
        name: body[name] for name in ("phoneNumber", "label", "status") if name in body
    }
    for name, value in fields.items():
        if not isinstance(value, str) or (name == "label" and len(value) > _LONGEST_LABEL):
            raise invalid_parameter(name)
    if fields.get("status", "Blocked") not in _LISTS or fields.get("phoneNumber") == "":
        raise invalid_parameter("status" if fields.get("phoneNumber") else "phoneNumber")
    return fields
