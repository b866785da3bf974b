import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rcdesk.simulator import call_log
from rcdesk.simulator.company import Company
from rcdesk.simulator.errors import ApiError
from rcdesk.simulator.history import CallLog

NOW = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
COMPANY = Company.seeded(3)
USER = COMPANY.user
OWN_NUMBER = USER.direct_number.removeprefix("+")

MONTH = {"dateFrom": "2026-10-25", "perPage": "1000"}


class State:
    def __init__(self, count: int = 600) -> None:
        self.company = COMPANY
        self.call_log = CallLog.seeded(COMPANY, count, 3, NOW)
        self.moment = NOW
        self.active: list[dict[str, Any]] = []

    def now(self) -> datetime:
        return self.moment

    def active_records(self) -> list[dict[str, Any]]:
        return self.active


class Client:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = await self._http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def records(self, path: str = "extension/~/call-log", **query: Any) -> list[Any]:
        return list((await self.get(path, **query))["records"])

    async def refusal(
        self, path: str = "extension/~/call-log", **query: Any
    ) -> tuple[int, str, str | None]:
        answer = await self._http.get(path, params=query)
        error = answer.json()["errors"][0]
        return answer.status_code, error["errorCode"], error.get("parameterName")

    async def delete(self, **query: Any) -> int:
        return (await self._http.delete("extension/~/call-log", params=query)).status_code


def anything(_record: dict[str, Any]) -> bool:
    return True


def refuse(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return JSONResponse(error.body(), status_code=error.status)


@pytest.fixture
def state() -> State:
    return State()


@pytest.fixture
async def client(state: State) -> AsyncIterator[Client]:
    app = Starlette(routes=call_log.routes(state), exception_handlers={ApiError: refuse})
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://sim.test/restapi/v1.0/account/~"
    ) as http:
        yield Client(http)


def call(record_id: str, start: datetime, **fields: Any) -> dict[str, Any]:
    return {
        "id": record_id,
        "sessionId": f"{record_id}1",
        "telephonySessionId": f"s-{record_id}",
        "startTime": start.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "duration": 5,
        "type": "Voice",
        "direction": "Inbound",
        "action": "Phone Call",
        "result": "Accepted",
        "from": {"phoneNumber": "+12125550199"},
        "to": {"phoneNumber": USER.direct_number},
        **fields,
    }


async def test_the_default_range_is_the_last_24_hours(client: Client, state: State) -> None:
    found = await client.records(perPage="max")
    expected = [
        r["id"]
        for r in state.call_log.records
        if datetime.fromisoformat(r["startTime"]) >= NOW - timedelta(hours=24)
    ]
    assert [r["id"] for r in found] == expected != []


@pytest.mark.parametrize(
    ("date_from", "date_to", "included"),
    [
        ("2026-11-20", "2026-11-21", ["c", "b", "a"]),
        ("2026-11-20T12:00:00Z", "2026-11-20T18:00:00Z", ["b"]),
        ("2026-11-20T12:00:00.000Z", "2026-11-20T12:00:00.000Z", ["b"]),
        ("2026-11-20T04:00:00-08:00", "2026-11-20T04:00:00-0800", ["b"]),
        ("2026-11-20T13:00:00+01:00", "2026-11-20T13:30:00+0130", ["b"]),
        (None, "2026-11-20T23:59:59Z", ["c", "b", "a"]),
        ("2026-11-20T12:00:01Z", None, ["c"]),
        ("2026-11-20T12:00", "2026-11-20T12:00:00,5Z", ["b"]),
    ],
)
async def test_date_range(
    date_from: str | None, date_to: str | None, included: list[str], client: Client, state: State
) -> None:
    state.call_log = CallLog()
    for record_id, hour in (("a", 0), ("b", 12), ("c", 23)):
        state.call_log.add(call(record_id, datetime(2026, 11, 20, hour, tzinfo=UTC)))
    query = {"dateFrom": date_from, "dateTo": date_to}

    found = await client.records(**{k: v for k, v in query.items() if v is not None})

    assert [r["id"] for r in found] == included


@pytest.mark.parametrize(
    ("query", "test"),
    [
        ({"direction": "Inbound"}, lambda r: r["direction"] == "Inbound"),
        ({"direction": ["Inbound", "Outbound"]}, anything),
        ({"type": "Fax"}, lambda r: r["type"] == "Fax"),
        ({"type": ["Voice", "Fax"]}, anything),
        ({"transport": "PSTN"}, lambda r: r["transport"] == "PSTN"),
        (
            {"phoneNumber": OWN_NUMBER},
            lambda r: any(
                r[e].get("phoneNumber", "").removeprefix("+") == OWN_NUMBER for e in ("from", "to")
            ),
        ),
        (
            {"extensionNumber": "102"},
            lambda r: any(r[e].get("extensionNumber") == "102" for e in ("from", "to")),
        ),
        ({"recordingType": "All"}, lambda r: "recording" in r),
        (
            {"recordingType": "OnDemand"},
            lambda r: r.get("recording", {}).get("type") == "OnDemand",
        ),
        (
            {"recordingType": "Automatic", "withRecording": "false"},
            lambda r: r.get("recording", {}).get("type") == "Automatic",
        ),
        ({"withRecording": "true"}, lambda r: "recording" in r),
        ({"showBlocked": "false"}, lambda r: r["result"] != "Blocked"),
        ({"showBlocked": "true"}, anything),
        (
            {"direction": "Outbound", "type": "Voice", "transport": "VoIP"},
            lambda r: (
                r["direction"] == "Outbound" and r["type"] == "Voice" and r["transport"] == "VoIP"
            ),
        ),
    ],
)
async def test_filters(query: dict[str, Any], test: Any, client: Client, state: State) -> None:
    found = await client.records(**MONTH, **query)
    expected = [
        r["id"] for r in state.call_log.records if r["startTime"] >= MONTH["dateFrom"] and test(r)
    ]
    assert [r["id"] for r in found] == expected != []


@pytest.mark.parametrize("name", ["sessionId", "telephonySessionId"])
async def test_a_session_is_found_whenever_it_was(name: str, client: Client, state: State) -> None:
    oldest = state.call_log.records[-1]
    found = await client.records(**{name: oldest[name]})
    assert [r["id"] for r in found] == [oldest["id"]]


@pytest.mark.parametrize("name", ["dateFrom", "direction", "phoneNumber", "recordingType"])
async def test_a_session_goes_with_no_other_filter(name: str, client: Client) -> None:
    assert await client.refusal(sessionId="1", **{name: "x"}) == (400, "CLG-110", name)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"view": "simple"}, "view"),
        ({"direction": "In"}, "direction"),
        ({"direction": ["Inbound", "Sideways"]}, "direction"),
        ({"type": "SMS"}, "type"),
        ({"transport": "Pigeon"}, "transport"),
        ({"phoneNumber": "+16505550142"}, "phoneNumber"),
        ({"phoneNumber": "650-555"}, "phoneNumber"),
        ({"phoneNumber": "١٦٥"}, "phoneNumber"),
        ({"phoneNumber": "16505550142", "extensionNumber": "101"}, "extensionNumber"),
        ({"recordingType": "Some"}, "recordingType"),
        ({"withRecording": "yes"}, "withRecording"),
        ({"showBlocked": "0"}, "showBlocked"),
        ({"showDeleted": ""}, "showDeleted"),
        ({"perPage": "0"}, "perPage"),
        ({"perPage": "1001"}, "perPage"),
        ({"perPage": "many"}, "perPage"),
        ({"page": "0"}, "page"),
        ({"page": "-1"}, "page"),
        ({"page": "99999999999999999999"}, "page"),
        ({"dateFrom": "yesterday"}, "dateFrom"),
        ({"dateFrom": "2026-13-01"}, "dateFrom"),
        ({"dateFrom": "2026-W47-1"}, "dateFrom"),
        ({"dateTo": "0001-01-01"}, "dateTo"),
        ({"dateTo": "2026-11-20T12:00:00 01:00"}, "dateTo"),
        ({"dateFrom": "2026-11-21", "dateTo": "2026-11-20"}, "dateFrom"),
    ],
)
async def test_wrong_values_are_refused_by_name(
    query: dict[str, Any], parameter: str, client: Client
) -> None:
    assert await client.refusal(**query) == (400, "CMN-101", parameter)


async def test_unknown_parameters_are_ignored(client: Client) -> None:
    assert await client.records(brandNew="1") == await client.records()


async def test_pages_join_to_the_whole_without_totals(client: Client, state: State) -> None:
    query: dict[str, Any] = {"dateFrom": "2026-11-16", "type": ["Voice", "Fax"], "perPage": "40"}
    seen: list[str] = []
    page = await client.get("extension/~/call-log", **query)
    assert "previousPage" not in page["navigation"]
    while True:
        assert page["paging"]["pageStart"] == len(seen)
        seen += [r["id"] for r in page["records"]]
        assert page["paging"]["pageEnd"] == len(seen) - 1
        assert not {"totalPages", "totalElements"} & set(page["paging"])
        assert "lastPage" not in page["navigation"]
        if "nextPage" not in page["navigation"]:
            break
        uri = urlsplit(page["navigation"]["nextPage"]["uri"])
        assert f"/account/{COMPANY.account_id}/extension/{USER.extension_id}/" in uri.path
        page = await client.get(uri.geturl(), **parse_qs(uri.query))

    assert page["navigation"]["previousPage"]["uri"].endswith(
        f"page={page['paging']['page'] - 1}&perPage=40"
    )
    assert seen == [r["id"] for r in await client.records(**query | {"perPage": "max"})]


async def test_a_page_beyond_the_end_is_empty(client: Client) -> None:
    page = await client.get("extension/~/call-log", page="1000")
    assert page["records"] == []
    assert page["paging"] == {"page": 1000, "perPage": 100}
    assert "nextPage" not in page["navigation"]


async def test_simple_view_has_no_legs_and_detailed_always_does(client: Client) -> None:
    simple = await client.records(**MONTH)
    detailed = await client.records(**MONTH, view="Detailed")

    assert not any({"legs", "legType", "lastModifiedTime"} & set(r) for r in simple)
    assert all(r["legs"][0]["master"] and "legType" not in r for r in detailed)
    assert {leg["legType"] for r in detailed for leg in r["legs"]} > {"Accept", "TransferCall"}
    assert [r["id"] for r in simple] == [r["id"] for r in detailed]


async def test_addresses_lead_back_to_the_server_that_was_asked(client: Client) -> None:
    account = f"http://sim.test/restapi/v1.0/account/{COMPANY.account_id}"
    extension = f"{account}/extension/{USER.extension_id}"
    found = await client.records(**MONTH)

    recorded = next(r for r in found if "recording" in r)
    assert recorded["uri"] == f"{extension}/call-log/{recorded['id']}?view=Simple"
    recording = recorded["recording"]
    assert recording["contentUri"] == f"{account}/recording/{recording['id']}/content"
    message = next(r["message"] for r in found if "message" in r)
    assert message["uri"] == f"{extension}/message-store/{message['id']}"


async def test_serving_leaves_the_stored_records_alone(client: Client, state: State) -> None:
    before = json.dumps(state.call_log.records)
    await client.records(**MONTH, view="Detailed")
    assert json.dumps(state.call_log.records) == before


async def test_one_record_by_id(client: Client, state: State) -> None:
    wanted = state.call_log.records[0]["id"]
    listed = (await client.records(view="Detailed"))[0]
    assert await client.get(f"extension/~/call-log/{wanted}", view="Detailed") == listed


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("extension/~/call-log/nothing", "callRecordId"),
        ("extension/1/call-log", "extensionId"),
        ("extension/1/active-calls", "extensionId"),
        ("extension/1/call-log-sync", "extensionId"),
        ("http://sim.test/restapi/v1.0/account/1/call-log", "accountId"),
        ("http://sim.test/restapi/v1.0/account/1/extension/~/call-log", "accountId"),
    ],
)
async def test_what_is_not_there_is_not_found(path: str, parameter: str, client: Client) -> None:
    assert await client.refusal(path) == (404, "CMN-102", parameter)


async def test_the_account_has_everybodys_calls(client: Client) -> None:
    found = await client.records("call-log", **MONTH)
    owners = {r["extension"]["id"] for r in found}
    starts = [r["startTime"] for r in found]

    assert owners > {int(USER.extension_id), int(COMPANY.colleagues[0].extension_id)}
    assert starts == sorted(starts, reverse=True)


async def test_a_colleagues_log_holds_only_theirs(client: Client) -> None:
    colleague = COMPANY.colleagues[0].extension_id
    found = await client.records(f"extension/{colleague}/call-log", **MONTH)
    assert {r["extension"]["id"] for r in found} == {int(colleague)}


async def test_active_calls_come_newest_first_and_filtered(client: Client, state: State) -> None:
    state.active = [
        call("old", NOW - timedelta(minutes=9), transport="PSTN", result="In Progress"),
        call("new", NOW - timedelta(minutes=1), direction="Outbound", transport="VoIP"),
    ]
    path = "extension/~/active-calls"
    assert [r["id"] for r in await client.records(path)] == ["new", "old"]
    assert [r["id"] for r in await client.records(path, direction="Inbound")] == ["old"]
    assert [r["id"] for r in await client.records(path, transport="VoIP")] == ["new"]
    assert [r["id"] for r in await client.records(path, type="Fax")] == []
    assert [r["id"] for r in await client.records(path, perPage="1", page="2")] == ["old"]
    assert (await client.records(path, view="Detailed"))[0]["legs"][0]["legType"] == "Accept"
    assert [r["id"] for r in await client.records("active-calls")] == ["new", "old"]
    refused = await client.refusal(path, conferenceType="Tea")
    assert refused == (400, "CMN-101", "conferenceType")


async def test_deleting_hides_everything_up_to_the_date(client: Client, state: State) -> None:
    middle = state.call_log.records[100]["startTime"]
    assert await client.delete(dateTo=middle) == 204

    kept = await client.records(**MONTH)
    assert len(kept) == 100
    deleted = await client.records(**MONTH, showDeleted="true")
    assert [r.get("deleted", False) for r in deleted[98:102]] == [False, False, True, True]
    path = f"extension/~/call-log/{deleted[101]['id']}"
    assert await client.refusal(path) == (404, "CMN-102", "callRecordId")


async def test_deleting_without_a_date_empties_the_log(client: Client) -> None:
    assert await client.delete() == 204
    assert await client.records(**MONTH) == []


async def test_deleting_a_colleagues_log_is_refused(client: Client) -> None:
    path = f"extension/{COMPANY.colleagues[0].extension_id}/call-log-sync"
    assert await client.refusal(path) == (403, "CMN-404", None)


SYNC = "extension/~/call-log-sync"


async def test_sync_brings_everything_once_and_then_what_changed(
    client: Client, state: State
) -> None:
    full = await client.get(SYNC, syncType="FSync", recordCount="50")
    assert [r["id"] for r in full["records"]] == [r["id"] for r in state.call_log.records[:50]]
    assert full["syncInfo"]["syncType"] == "FSync"
    assert full["syncInfo"]["syncTime"] == "2026-11-23T22:00:00.000Z"

    token = full["syncInfo"]["syncToken"]
    idle = await client.get(SYNC, syncType="ISync", syncToken=token)
    assert idle["records"] == []

    state.call_log.add(call("new", NOW - timedelta(seconds=40)))
    after = await client.get(SYNC, syncType="ISync", syncToken=idle["syncInfo"]["syncToken"])
    assert [r["id"] for r in after["records"]] == ["new"]
    again = await client.get(SYNC, syncType="ISync", syncToken=after["syncInfo"]["syncToken"])
    assert again["records"] == []


async def test_sync_keeps_the_view_and_status_group_of_the_full_one(
    client: Client, state: State
) -> None:
    full = await client.get(
        SYNC, syncType="FSync", recordCount="20", view="Detailed", statusGroup="Missed"
    )
    assert len(full["records"]) == 20
    assert not any(r["result"] == "Accepted" for r in full["records"])
    assert all("legs" in r for r in full["records"])

    state.call_log.add(call("answered", NOW - timedelta(seconds=50)))
    state.call_log.add(call("missed", NOW - timedelta(seconds=40), result="Missed"))
    token = full["syncInfo"]["syncToken"]
    after = await client.get(SYNC, syncType="ISync", syncToken=token, view="Simple")
    assert [r["id"] for r in after["records"]] == ["missed"]
    assert "legs" in after["records"][0]


async def test_sync_reports_deletions_only_when_asked(client: Client, state: State) -> None:
    full = await client.get(SYNC, syncType="FSync", recordCount="5")
    token = full["syncInfo"]["syncToken"]
    state.call_log.delete_until(
        datetime.fromisoformat(state.call_log.records[-1]["startTime"])
    )  # older than the frame
    recent = state.call_log.records[0]
    state.call_log.add({**recent, "deleted": True})

    silent = await client.get(SYNC, syncType="ISync", syncToken=token)
    assert silent["records"] == []
    shown = await client.get(SYNC, syncType="ISync", syncToken=token, showDeleted="true")
    assert [(r["id"], r["deleted"]) for r in shown["records"]] == [(recent["id"], True)]


async def test_sync_extends_into_the_past(client: Client, state: State) -> None:
    full = await client.get(SYNC, syncType="FSync", recordCount="5")
    token = full["syncInfo"]["syncToken"]
    more = await client.get(SYNC, syncType="ISync", syncToken=token, recordCount="7")
    assert [r["id"] for r in more["records"]] == [r["id"] for r in state.call_log.records[5:12]]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"syncType": "FSync"}, "recordCount"),
        ({}, "recordCount"),
        ({"syncType": "FSync", "recordCount": "251"}, "recordCount"),
        ({"syncType": "FSync", "recordCount": "9", "dateFrom": "2026-10-01"}, "dateFrom"),
        ({"syncType": "FSync", "recordCount": "9", "statusGroup": "Some"}, "statusGroup"),
        ({"syncType": "Sync"}, "syncType"),
        ({"syncType": "ISync"}, "syncToken"),
    ],
)
async def test_wrong_sync_parameters_are_refused_by_name(
    query: dict[str, str], parameter: str, client: Client
) -> None:
    assert await client.refusal(SYNC, **query) == (400, "CMN-101", parameter)


@pytest.mark.parametrize("token", ["x", "é", "AAAA", "A" * 3000, "FAsDAwAAAT8KmvmABAAAAT8KnB54C"])
async def test_a_foreign_sync_token_is_refused(token: str, client: Client) -> None:
    refused = await client.refusal(SYNC, syncType="ISync", syncToken=token)
    assert refused == (400, "CLG-101", "syncToken")


async def test_a_token_of_another_log_is_refused(client: Client, state: State) -> None:
    full = await client.get(SYNC, syncType="FSync", recordCount="5")
    state.call_log = CallLog.seeded(COMPANY, 600, 4, NOW)
    token = full["syncInfo"]["syncToken"]
    refused = await client.refusal(SYNC, syncType="ISync", syncToken=token)
    assert refused == (400, "CLG-104", "syncToken")


async def test_more_than_250_changes_need_a_full_sync(client: Client, state: State) -> None:
    full = await client.get(SYNC, syncType="FSync", recordCount="5")
    for index in range(251):
        state.call_log.add(call(f"n{index}", NOW - timedelta(seconds=index)))
    token = full["syncInfo"]["syncToken"]
    refused = await client.refusal(SYNC, syncType="ISync", syncToken=token)
    assert refused == (400, "CLG-102", "syncToken")
