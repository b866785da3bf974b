from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rcdesk.simulator import account
from rcdesk.simulator.company import Company
from rcdesk.simulator.errors import ApiError
from rcdesk.simulator.history import CallLog

COMPANY = Company.seeded(3)
USER, COLLEAGUE, QUEUE = COMPANY.user, COMPANY.colleagues[0], COMPANY.queues[0]
EVERYBODY = len(COMPANY.people) + len(COMPANY.queues)


class State:
    company = COMPANY
    call_log = CallLog()

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC)

    def active_records(self) -> list[dict[str, Any]]:
        return []


def refuse(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return JSONResponse(error.body(), status_code=error.status)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=account.routes(State()), exception_handlers={ApiError: refuse})
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://sim.test/restapi/v1.0/"
    ) as client:
        yield client


async def get(http: httpx.AsyncClient, path: str, **query: Any) -> dict[str, Any]:
    answer = await http.get(path, params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_the_account_knows_its_number_and_country(http: httpx.AsyncClient) -> None:
    info = await get(http, "account/~")
    assert info["id"] == int(COMPANY.account_id)
    assert info["mainNumber"] == COMPANY.main_number
    assert info["regionalSettings"]["homeCountry"]["isoCode"] == "US"
    assert await get(http, f"account/{COMPANY.account_id}") == info


@pytest.mark.parametrize("asked", ["~", USER.extension_id])
async def test_the_users_extension(asked: str, http: httpx.AsyncClient) -> None:
    info = await get(http, f"account/~/extension/{asked}")
    assert info["id"] == int(USER.extension_id)
    assert info["type"] == "User"
    assert info["status"] == "Enabled"
    assert info["contact"]["email"] == USER.email
    assert info["permissions"]["admin"]["enabled"] is True
    assert info["regionalSettings"]["homeCountry"]["isoCode"] == "US"
    assert info["regionalSettings"]["timeFormat"] == "12h"
    features = {f["featureName"]: f["enabled"] for f in info["serviceFeatures"]}
    assert features["RingOut"]
    assert not features["Conferencing"]


@pytest.mark.parametrize(
    ("extension_id", "name", "kind"),
    [
        (COLLEAGUE.extension_id, COLLEAGUE.name, "User"),
        (QUEUE.extension_id, QUEUE.name, "Department"),
    ],
)
async def test_others_of_the_account(
    extension_id: str, name: str, kind: str, http: httpx.AsyncClient
) -> None:
    info = await get(http, f"account/~/extension/{extension_id}")
    assert (info["name"], info["type"]) == (name, kind)
    assert info["permissions"]["admin"]["enabled"] is False


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("account/1", "accountId"),
        ("account/1/extension/~", "accountId"),
        ("account/~/extension/1", "extensionId"),
        ("account/~/extension/me", "extensionId"),
        ("account/~/extension/1/phone-number", "extensionId"),
        ("account/~/extension/1/forwarding-number", "extensionId"),
        ("account/~/extension/1/device", "extensionId"),
        ("account/~/extension/1/caller-id", "extensionId"),
        ("account/~/extension/1/features", "extensionId"),
        ("account/1/extension", "accountId"),
        ("account/1/call-queues", "accountId"),
        ("account/1/directory/entries", "accountId"),
    ],
)
async def test_unknown_ids_are_not_found(
    path: str, parameter: str, http: httpx.AsyncClient
) -> None:
    answer = await http.get(path)
    error = answer.json()["errors"][0]
    assert answer.status_code == 404
    assert (error["errorCode"], error["parameterName"]) == ("CMN-102", parameter)


async def test_phone_numbers_say_what_they_are_good_for(http: httpx.AsyncClient) -> None:
    records = (await get(http, "account/~/extension/~/phone-number"))["records"]
    features = {record["phoneNumber"]: set(record["features"]) for record in records}
    assert features[USER.direct_number] == {"CallerId", "SmsSender", "MmsSender"}
    assert features[COMPANY.main_number] == {"CallerId"}
    assert [r["phoneNumber"] for r in records if r["primary"]] == [COMPANY.main_number]


@pytest.mark.parametrize(
    ("query", "usage_types"),
    [
        ({"usageType": "DirectNumber"}, ["DirectNumber"]),
        (
            {"usageType": ["MainCompanyNumber", "DirectNumber"]},
            ["MainCompanyNumber", "DirectNumber"],
        ),
        ({"status": "Normal"}, ["MainCompanyNumber", "CompanyNumber", "DirectNumber"]),
        ({"status": "Pending"}, []),
        ({"usageType": "ELIN"}, []),
        ({"perPage": "1", "page": "2"}, ["CompanyNumber"]),
    ],
)
async def test_phone_number_filters(
    query: dict[str, Any], usage_types: list[str], http: httpx.AsyncClient
) -> None:
    answer = await get(http, "account/~/extension/~/phone-number", **query)
    assert [record["usageType"] for record in answer["records"]] == usage_types


async def test_ringout_can_start_at_the_desk_the_mobile_or_home(http: httpx.AsyncClient) -> None:
    records = (await get(http, "account/~/extension/~/forwarding-number"))["records"]
    assert [(r["type"], r["flipNumber"]) for r in records] == [
        ("PhoneLine", "1"),
        ("Mobile", "2"),
        ("Home", "3"),
    ]
    assert records[0]["phoneNumber"] == USER.direct_number
    assert records[0]["device"]["id"] == USER.device_id
    assert records[1]["phoneNumber"] == COMPANY.mobile_number
    assert "CallForwarding" in records[1]["features"]
    assert len({record["id"] for record in records}) == 3


async def test_devices(http: httpx.AsyncClient) -> None:
    records = (await get(http, "account/~/extension/~/device"))["records"]
    assert [(r["type"], r["status"]) for r in records] == [
        ("HardPhone", "Online"),
        ("SoftPhone", "Online"),
    ]
    line = records[0]["phoneLines"][0]["phoneInfo"]
    assert line["phoneNumber"] == USER.direct_number
    soft = await get(http, "account/~/extension/~/device", type="SoftPhone")
    assert [r["type"] for r in soft["records"]] == ["SoftPhone"]


async def test_a_queue_has_neither_devices_nor_forwarding_nor_caller_id(
    http: httpx.AsyncClient,
) -> None:
    base = f"account/~/extension/{QUEUE.extension_id}"
    assert (await get(http, f"{base}/device"))["records"] == []
    assert (await get(http, f"{base}/forwarding-number"))["records"] == []
    refused = await http.get(f"{base}/caller-id")
    assert (refused.status_code, refused.json()["errorCode"]) == (403, "CMN-403")


async def test_caller_id_is_the_direct_number_everywhere(http: httpx.AsyncClient) -> None:
    settings = await get(http, "account/~/extension/~/caller-id")
    shown = [entry["callerId"] for entry in (*settings["byDevice"], *settings["byFeature"])]
    assert {s["phoneInfo"]["phoneNumber"] for s in shown} == {USER.direct_number}
    assert "RingOut" in {entry["feature"] for entry in settings["byFeature"]}


async def test_features_can_be_asked_for_by_name(http: httpx.AsyncClient) -> None:
    path = "account/~/extension/~/features"
    asked = await get(http, path, featureId=["RingOut", "NewCallHandlingAndForwarding"])
    assert {r["id"]: r["available"] for r in asked["records"]} == {
        "RingOut": True,
        "NewCallHandlingAndForwarding": False,
    }
    available = (await get(http, path, availableOnly="true"))["records"]
    assert available
    assert all(record["available"] for record in available)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, EVERYBODY),
        ({"type": "Department"}, len(COMPANY.queues)),
        ({"type": ["Department", "User"]}, EVERYBODY),
        ({"status": "Enabled"}, EVERYBODY),
        ({"status": "Disabled"}, 0),
        ({"extensionNumber": COLLEAGUE.extension_number}, 1),
        ({"email": COLLEAGUE.email}, 1),
        ({"email": [COLLEAGUE.email, USER.email]}, 2),
    ],
)
async def test_extension_list(query: dict[str, Any], count: int, http: httpx.AsyncClient) -> None:
    answer = await get(http, "account/~/extension", **query)
    assert answer["paging"]["totalElements"] == len(answer["records"]) == count
    assert "lastPage" in answer["navigation"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, EVERYBODY),
        ({"type": "Department"}, len(COMPANY.queues)),
        ({"typeGroup": "User"}, len(COMPANY.people)),
        ({"typeGroup": "NonUser"}, len(COMPANY.queues)),
        ({"perPage": "all"}, EVERYBODY),
        ({"perPage": "2000"}, EVERYBODY),
        ({"perPage": "10", "page": "2"}, EVERYBODY - 10),
        ({"page": "9"}, 0),
    ],
)
async def test_directory(query: dict[str, Any], count: int, http: httpx.AsyncClient) -> None:
    answer = await get(http, "account/~/directory/entries", **query)
    assert len(answer["records"]) == count
    assert all(isinstance(record["id"], str) for record in answer["records"])


async def test_call_queues(http: httpx.AsyncClient) -> None:
    everything = await get(http, "account/~/call-queues")
    assert [record["name"] for record in everything["records"]] == [
        queue.name for queue in COMPANY.queues
    ]
    mine = await get(http, "account/~/call-queues", memberExtensionId=USER.extension_id)
    assert mine["records"] == everything["records"]
    nobodys = await get(http, "account/~/call-queues", memberExtensionId="1")
    assert nobodys["records"] == []


@pytest.mark.parametrize(
    ("path", "parameter", "value"),
    [
        ("account/~/extension/~/phone-number", "usageType", "Phone"),
        ("account/~/extension/~/phone-number", "status", "Gone"),
        ("account/~/extension/~/phone-number", "perPage", "x"),
        ("account/~/extension/~/device", "type", "Fridge"),
        ("account/~/extension/~/features", "availableOnly", "1"),
        ("account/~/extension", "type", "Robot"),
        ("account/~/extension", "extensionNumber", "abc"),
        ("account/~/directory/entries", "perPage", "2001"),
        ("account/~/directory/entries", "typeGroup", "All"),
        ("account/~/call-queues", "page", "0"),
    ],
)
async def test_wrong_values_are_refused_by_name(
    path: str, parameter: str, value: str, http: httpx.AsyncClient
) -> None:
    answer = await http.get(path, params={parameter: value})
    error = answer.json()["errors"][0]
    assert answer.status_code == 400
    assert (error["errorCode"], error["parameterName"]) == ("CMN-101", parameter)
