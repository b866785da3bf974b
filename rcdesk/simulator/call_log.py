"""GET call-log, active-calls and call-log-sync; DELETE call-log."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator.account_state import (
    ACCOUNT,
    EXTENSION,
    AccountState,
    Links,
    check_account,
    extension_asked,
    own_extension_asked,
)
from rcdesk.simulator.call_log_sync import synchronized
from rcdesk.simulator.call_records import SIMPLE, VIEWS, rendered
from rcdesk.simulator.errors import invalid_parameter, resource_not_found
from rcdesk.simulator.history import CallLog
from rcdesk.simulator.pages import open_page
from rcdesk.simulator.query import Query

_Record = dict[str, Any]
_Test = Callable[[_Record], bool]

_DEFAULT_RANGE = timedelta(hours=24)
_FILTERS = (
    *("direction", "type", "transport", "phoneNumber", "extensionNumber", "dateFrom", "dateTo"),
    *("recordingType", "withRecording", "showBlocked", "showDeleted"),
)
_SESSION_IDS = ("sessionId", "telephonySessionId")


def routes(state: AccountState) -> list[Route]:
    """Return the routes of the call history over `state`."""
    log = _CallLogEndpoints(state)
    return [
        Route(EXTENSION + "/call-log", log.of_extension, methods=["GET"]),
        Route(EXTENSION + "/call-log", log.delete, methods=["DELETE"]),
        Route(EXTENSION + "/call-log/{record}", log.one, methods=["GET"]),
        Route(EXTENSION + "/call-log-sync", log.sync, methods=["GET"]),
        Route(EXTENSION + "/active-calls", log.active_of_extension, methods=["GET"]),
        Route(ACCOUNT + "/call-log", log.of_account, methods=["GET"]),
        Route(ACCOUNT + "/active-calls", log.active_of_account, methods=["GET"]),
    ]


class _CallLogEndpoints:
    def __init__(self, state: AccountState) -> None:
        self._state = state

    async def of_extension(self, request: Request) -> Response:
        owner = int(extension_asked(request, self._state.company).extension_id)
        own, colleagues = self._state.call_log, self._state.call_log.colleagues
        if owner == int(self._state.company.user.extension_id):
            found = self._found(request, [own])
        else:
            of_all = self._found(request, [colleagues] if colleagues else [])
            found = (record for record in of_all if self._owner(record) == owner)
        return self._page(request, f"/extension/{owner}/call-log", found)

    async def of_account(self, request: Request) -> Response:
        check_account(request, self._state.company)
        own, colleagues = self._state.call_log, self._state.call_log.colleagues
        found = self._found(request, [own, colleagues] if colleagues else [own])
        return self._page(request, "/call-log", found)

    async def active_of_extension(self, request: Request) -> Response:
        owner = int(extension_asked(request, self._state.company).extension_id)
        found = [r for r in self._active(request) if self._owner(r) == owner]
        return self._page(request, f"/extension/{owner}/active-calls", found)

    async def active_of_account(self, request: Request) -> Response:
        check_account(request, self._state.company)
        return self._page(request, "/active-calls", self._active(request))

    async def one(self, request: Request) -> Response:
        owner = int(extension_asked(request, self._state.company).extension_id)
        view = Query(request.query_params).choice("view", VIEWS, SIMPLE)
        log = self._state.call_log
        record = log.get(request.path_params["record"])
        if record is None and log.colleagues is not None:
            record = log.colleagues.get(request.path_params["record"])
        if record is None or self._owner(record) != owner or record.get("deleted"):
            raise resource_not_found("callRecordId")
        return JSONResponse(self._rendered(request, record, view))

    async def sync(self, request: Request) -> Response:
        owner = own_extension_asked(request, self._state.company).extension_id
        links = Links(request, self._state.company)
        query = Query(request.query_params)
        records, view, sync_info = synchronized(query, self._state.call_log, self._state.now())
        uri = f"{links.extension(owner)}/call-log-sync?{request.url.query}"
        rendered_records = [self._rendered(request, record, view) for record in records]
        return JSONResponse({"uri": uri, "records": rendered_records, "syncInfo": sync_info})

    async def delete(self, request: Request) -> Response:
        own_extension_asked(request, self._state.company)
        until = Query(request.query_params).moment("dateTo") or self._state.now()
        self._state.call_log.delete_until(until)
        return Response(status_code=204)

    def _owner(self, record: _Record) -> int:
        own = int(self._state.company.user.extension_id)
        owner: int = record.get("extension", {}).get("id", own)
        return owner

    def _page(self, request: Request, path: str, found: Iterable[_Record]) -> Response:
        links = Links(request, self._state.company)
        view = Query(request.query_params).choice("view", VIEWS, SIMPLE)
        records, answer = open_page(request, links, path, found)
        answer["records"] = [self._rendered(request, record, view) for record in records]
        return JSONResponse(answer)

    def _rendered(self, request: Request, record: _Record, view: str) -> _Record:
        company = self._state.company
        return rendered(record, Links(request, company), company.user.extension_id, view)

    def _active(self, request: Request) -> list[_Record]:
        query = Query(request.query_params)
        query.choices("conferenceType", ("AudioConferencing", "Meetings"))
        tests = _kind_tests(query)
        found = [r for r in self._state.active_records() if all(test(r) for test in tests)]
        return sorted(found, key=lambda record: str(record["startTime"]), reverse=True)

    def _found(self, request: Request, logs: Sequence[CallLog]) -> Iterator[_Record]:
        query = Query(request.query_params)
        for name in _SESSION_IDS:
            query.refuse_together(name, _FILTERS)
            wanted = query.text(name)
            if wanted is not None:
                return (r for log in logs for r in log.records if r.get(name) == wanted)
        since, until = _time_range(query, self._state.now())
        tests = [*_kind_tests(query), *_party_tests(query), *_state_tests(query)]
        shows_deleted = query.flag("showDeleted", default=False)
        if not shows_deleted and any(log.has_deleted for log in logs):
            tests.append(lambda r: not r.get("deleted"))
        found = _by_time([log.between(since, until) for log in logs])
        # Page 400 skips a hundred thousand records: none may cost more than it must.
        for test in tests:
            found = filter(test, found)
        return found


def _by_time(logs: Sequence[Iterator[_Record]]) -> Iterator[_Record]:
    if len(logs) == 1:
        return logs[0]
    return heapq.merge(*logs, key=lambda record: str(record["startTime"]), reverse=True)


def _time_range(query: Query, now: datetime) -> tuple[datetime, datetime]:
    until = query.moment("dateTo") or now
    try:
        since = query.moment("dateFrom") or until - _DEFAULT_RANGE
    except OverflowError:
        raise invalid_parameter("dateTo") from None
    if since > until:
        raise invalid_parameter("dateFrom")
    return since, until


def _kind_tests(query: Query) -> list[_Test]:
    tests: list[_Test] = []
    for name, allowed in (
        ("direction", {"Inbound", "Outbound"}),
        ("type", {"Voice", "Fax"}),
        ("transport", {"PSTN", "VoIP"}),
    ):
        wanted = query.choices(name, allowed)
        if wanted != allowed:
            tests.append(_one_of(name, wanted))
    return tests


def _one_of(name: str, wanted: set[str]) -> _Test:
    return lambda record: record.get(name) in wanted


def _party_tests(query: Query) -> list[_Test]:
    number = query.digits("phoneNumber")
    extension_number = query.digits("extensionNumber")
    if number is not None and extension_number is not None:
        raise invalid_parameter("extensionNumber")
    if number is not None:
        spellings = {number, f"+{number}"}
        return [lambda r: any(r[e].get("phoneNumber") in spellings for e in ("from", "to"))]
    if extension_number is not None:
        return [
            lambda r: any(r[e].get("extensionNumber") == extension_number for e in ("from", "to"))
        ]
    return []


def _state_tests(query: Query) -> list[_Test]:
    tests: list[_Test] = []
    with_recording = query.flag("withRecording", default=False)
    recording_type = query.choice("recordingType", ("Automatic", "OnDemand", "All", ""), "")
    if recording_type in ("Automatic", "OnDemand"):
        tests.append(lambda r: r.get("recording", {}).get("type") == recording_type)
    elif recording_type or with_recording:
        tests.append(lambda r: "recording" in r)
    if not query.flag("showBlocked", default=True):
        tests.append(lambda r: r.get("result") != "Blocked")
    return tests
