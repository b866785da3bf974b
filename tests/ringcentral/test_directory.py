from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from rcdesk.ringcentral import directory
from rcdesk.ringcentral.directory import DirectoryEntry, DirectoryNumber, DirectorySearch
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.platform import Platform
from rcdesk.simulator.server import Simulator
from tests.ringcentral.contract import (
    check_any_answer,
    check_good_records,
    give,
    needs_specification,
    operation,
    sent_faults,
    unpaced,
)

ENTRIES = "/restapi/v1.0/account/~/directory/entries"
SEARCH = f"{ENTRIES}/search"


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


async def everybody(http: PlatformHttp) -> tuple[DirectoryEntry, ...]:
    return (await directory.list_directory(http)).entries


def entry_record(number: int, **different: Any) -> dict[str, Any]:
    return {"id": str(number), "type": "User", "firstName": "A", "lastName": "B"} | different


async def test_the_directory_is_the_company(http: PlatformHttp, simulator: Simulator) -> None:
    company = simulator.world.company
    found = {entry.extension_number: entry for entry in await everybody(http)}
    user, queue = company.user, company.queues[0]

    assert len(found) == len(company.people) + len(company.queues)
    assert found[user.extension_number] == DirectoryEntry(
        id=user.extension_id,
        type="User",
        status="Enabled",
        name=user.name,
        extension_number=user.extension_number,
        email=user.email,
        company=company.name,
        numbers=(DirectoryNumber(user.direct_number, "", "DirectNumber"),),
    )
    assert found[queue.extension_number].name == queue.name
    assert found[queue.extension_number].type == "Department"


async def test_one_type_is_listed_alone(http: PlatformHttp, simulator: Simulator) -> None:
    queues = (await directory.list_directory(http, type="Department")).entries
    assert [queue.name for queue in queues] == [q.name for q in simulator.world.company.queues]


@pytest.mark.parametrize(
    ("paging", "pages"),
    [
        ({"perPage": 2, "totalPages": 3}, 3),
        ({"perPage": 2}, 20),
        ({"perPage": 3}, 1),
        ({}, 1),
        (None, 1),
    ],
)
async def test_pages_are_asked_for_until_the_last(
    paging: Any, pages: int, http: PlatformHttp, simulator: Simulator, control: Any
) -> None:
    give(simulator, {"paging": paging, "records": [entry_record(1), entry_record(2)]})
    assert len(await everybody(http)) == 2
    asked = [each["query"]["page"] for each in await control.requests(ENTRIES)]
    assert asked == [[str(page)] for page in range(1, pages + 1)]


async def test_what_is_hidden_is_told_apart(http: PlatformHttp, simulator: Simulator) -> None:
    numbers = [
        {"phoneNumber": "+16505550001", "hidden": True},
        {"e164": "+16505550002", "phoneNumber": "6505550002", "label": "Lab"},
        {"phoneNumber": ""},
    ]
    records = [entry_record(1, phoneNumbers=numbers, hidden=True), entry_record(2)]
    give(simulator, {"paging": {"perPage": 100}, "records": records})
    hidden, shown = await everybody(http)
    assert (hidden.is_hidden, shown.is_hidden) == (True, False)
    assert hidden.numbers == (DirectoryNumber("+16505550002", "Lab"),)


async def test_a_directory_that_did_not_change_is_not_read_again(
    http: PlatformHttp, simulator: Simulator, control: Any
) -> None:
    known = await directory.list_directory(http)
    assert known.etag
    assert await directory.list_directory(http, known) is known
    assert "if-none-match" in (await control.requests(ENTRIES))[-1]["headers"]

    queue = simulator.world.company.add_queue("Field Service")
    news = await directory.list_directory(http, known)
    assert news.etag != known.etag
    assert news.entries[-1].name == queue.name


async def test_the_tag_of_one_page_is_not_that_of_all(
    http: PlatformHttp, simulator: Simulator, control: Any
) -> None:
    body = {"paging": {"perPage": 1, "totalPages": 2}, "records": [entry_record(1)]}
    fault = {"method": "GET", "path": ENTRIES, "status": 200, "headers": {"ETag": '"1"'}}
    await control.post("faults", **fault, body=body, times=2)
    assert (await directory.list_directory(http)).etag == ""


@pytest.mark.parametrize(
    ("search", "names"),
    [
        (DirectorySearch("kelle"), ["Siobhán Kelleher"]),
        (DirectorySearch("103"), ["Marcus Oyelaran"]),
        (DirectorySearch("BILLING"), ["Billing & Returns"]),
        (DirectorySearch("103", fields=("lastName",)), []),
        (DirectorySearch("", types=("Department",), order_by="extensionNumber"), None),
        (
            DirectorySearch("mar", fields=("firstName",), order_by="lastName", is_descending=True),
            ["Marcus Oyelaran"],
        ),
    ],
)
async def test_the_directory_is_searched(
    search: DirectorySearch, names: list[str] | None, http: PlatformHttp, simulator: Simulator
) -> None:
    page = await directory.search_directory(http, search)
    if names is None:
        names = [queue.name for queue in simulator.world.company.queues]
    assert [entry.name for entry in page.entries] == names
    assert not page.has_next


async def test_a_search_has_pages(http: PlatformHttp) -> None:
    search = DirectorySearch(types=("User",), order_by="lastName", per_page=5)
    pages = [await directory.search_directory(http, search, number) for number in (1, 2, 3)]
    assert [page.has_next for page in pages] == [True, True, False]
    found = [entry.id for page in pages for entry in page.entries]
    assert len(found) == len(set(found)) == 13


@needs_specification
async def test_the_requests_are_valid(http: PlatformHttp, simulator: Simulator) -> None:
    await directory.list_directory(http, await directory.list_directory(http))
    await directory.list_directory(
        http, type="User", site_id="7", show_federated=False, accessible_sites_only=False
    )
    await directory.search_directory(http, DirectorySearch("x"))
    await directory.search_directory(
        http,
        DirectorySearch("x", ("email",), ("User",), ("7",), "email", True, False, 10),
        2,
    )
    assert sent_faults(simulator) == []


@needs_specification
async def test_any_answer_is_taken(http: PlatformHttp, simulator: Simulator) -> None:
    await check_any_answer(
        simulator,
        operation("GET", ENTRIES),
        lambda: directory.list_directory(http),
        list_of="records",
    )
    await check_any_answer(
        simulator,
        operation("POST", SEARCH),
        lambda: directory.search_directory(http, DirectorySearch("x")),
        list_of="records",
    )


@needs_specification
async def test_no_bad_record_costs_a_good_one(http: PlatformHttp, simulator: Simulator) -> None:
    await check_good_records(simulator, operation("GET", ENTRIES), lambda: everybody(http))
