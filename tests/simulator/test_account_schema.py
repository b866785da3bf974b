from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.simulator.test_schema import (
    ACCOUNT,
    ERROR,
    EXTENSION,
    SPECIFICATION,
    Case,
    Ids,
    ask,
    faults,
    furnished,
    misfits,
    specification,
)

pytestmark = pytest.mark.skipif(
    not SPECIFICATION.exists(), reason=f"the platform's specification is not at {SPECIFICATION}"
)

CONTACTS = EXTENSION + "/address-book/contact"
CONTACT = CONTACTS + "/{contactId}"
SYNC = EXTENSION + "/address-book-sync"
DIRECTORY = ACCOUNT + "/directory/entries"
BLOCKING = EXTENSION + "/caller-blocking"
LISTED = BLOCKING + "/phone-numbers/{blockedNumberId}"
FLIP = "/restapi/v2/accounts/{accountId}/extensions/{extensionId}/call-flip-numbers"
PARSER = "/restapi/v2/number-parser/parse"
# In all examples of the specification, missing from its schema.
PARSER_SEEN_BESIDE = ("originalString", "category")

JO = {
    "firstName": "Jo",
    "lastName": "Okafor",
    "mobilePhone": "+12125550199",
    "birthday": "1990-02-03T00:00:00.000Z",
    "webPage": "https://jo.example/",
    "homeAddress": {"street": "1 Oak Lane", "city": "Reno", "state": "NV", "zip": "89501"},
}
BY_NUMBER = {"type": "PhoneNumber", "phoneInfo": {"phoneNumber": "+16505550100"}}
READS = [
    Case("GET", CONTACTS),
    Case("GET", CONTACTS, {"perPage": "7", "page": "2", "sortBy": "LastName"}),
    Case("GET", CONTACTS, {"startsWith": "no one at all"}),
    Case("GET", CONTACT),
    Case("GET", SYNC, {"syncType": "FSync"}),
    Case("GET", SYNC, {"syncType": "FSync", "perPage": "9", "pageId": "9"}),
    Case("GET", DIRECTORY, {"perPage": "max"}),
    Case("GET", DIRECTORY, {"showFederated": "false", "type": "Department"}),
    Case("GET", DIRECTORY + "/{entryId}"),
    Case("POST", DIRECTORY + "/search", body={}),
    Case(
        "POST",
        DIRECTORY + "/search",
        body={"searchString": "ma", "orderBy": [{"fieldName": "email", "direction": "Desc"}]},
    ),
    Case("GET", BLOCKING),
    Case("GET", BLOCKING + "/phone-numbers", {"status": "Blocked"}),
    Case("GET", LISTED),
    Case("GET", FLIP),
]
WRITES = [
    Case("POST", CONTACTS, body=JO),
    Case("PUT", CONTACT, body=JO),
    Case("PATCH", CONTACT, body={"notes": "Prefers mail", "company": None}),
    Case("DELETE", CONTACT, status=204),
    Case(
        "PUT",
        EXTENSION + "/caller-id",
        body={"byFeature": [{"feature": "RingOut", "callerId": BY_NUMBER}]},
    ),
    Case("PUT", BLOCKING, body={"mode": "All"}),
    Case("POST", BLOCKING + "/phone-numbers", body={"phoneNumber": "+12125550199"}),
    Case("PUT", LISTED, body={"status": "Allowed", "label": "Mum"}),
    Case("DELETE", LISTED, status=204),
]
REFUSALS = [
    Case("GET", CONTACTS, {"sortBy": "Age"}, status=400),
    Case("GET", CONTACTS + "/5", status=404),
    Case("POST", CONTACTS, body={"firstName": 5}, status=400),
    Case("POST", CONTACTS, body={"homeAddress": "Reno"}, status=400),
    Case("DELETE", CONTACTS, status=405),
    Case("DELETE", CONTACTS + "/5", status=404),
    Case("GET", SYNC, {"syncType": "ISync"}, status=400),
    Case("GET", SYNC, {"syncType": "ISync", "syncToken": "never given"}, status=400),
    Case("GET", DIRECTORY, {"type": "Nobody"}, status=400),
    Case("GET", DIRECTORY + "/5", status=404),
    Case("POST", DIRECTORY + "/search", body={"searchFields": ["shoeSize"]}, status=400),
    Case("POST", DIRECTORY + "/search", body={"orderBy": [{}]}, status=400),
    Case("PUT", EXTENSION + "/caller-id", body={"byFeature": [{"feature": "RingOut"}]}, status=400),
    Case("PUT", BLOCKING, body={"mode": "Some"}, status=400),
    Case("POST", BLOCKING + "/phone-numbers", body={}, status=400),
    Case("PUT", LISTED, body={"label": "x" * 61}, status=400),
    Case("DELETE", BLOCKING + "/phone-numbers/5", status=404),
    Case("POST", PARSER, body={"originalStrings": []}, status=400),
]


async def with_ids(client: httpx.AsyncClient, ids: Ids) -> Ids:
    async def first(path: str) -> str:
        return str((await client.get(path.format_map(ids))).json()["records"][0]["id"])

    return {
        **ids,
        "contactId": await first(CONTACTS),
        "entryId": await first(DIRECTORY),
        "blockedNumberId": await first(BLOCKING + "/phone-numbers"),
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared() -> AsyncIterator[tuple[httpx.AsyncClient, Ids]]:
    async with furnished() as (client, ids):
        yield client, await with_ids(client, ids)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", READS, ids=str)
async def test_what_is_read_fits_the_specification(
    case: Case, shared: tuple[httpx.AsyncClient, Ids]
) -> None:
    assert misfits(case, await ask(*shared, case)) == []


@pytest.mark.parametrize("case", WRITES, ids=str)
async def test_what_changes_something_answers_as_specified(case: Case) -> None:
    async with furnished() as (client, ids):
        assert misfits(case, await ask(client, await with_ids(client, ids), case)) == []


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", REFUSALS, ids=str)
async def test_refusals_fit_the_specification(
    case: Case, shared: tuple[httpx.AsyncClient, Ids]
) -> None:
    body = (await ask(*shared, case)).json()
    assert faults(body, ERROR, others_allowed=True) == []
    assert body["message"]


@pytest.mark.asyncio(loop_scope="module")
async def test_parsed_numbers_fit_the_specification(
    shared: tuple[httpx.AsyncClient, Ids],
) -> None:
    texts = ["(650) 555-0142", "101", "hello", "8005550100", "+442079460018"]
    case = Case("POST", PARSER, body={"originalStrings": texts})
    body = (await ask(*shared, case)).json()
    for result in body["results"]:
        for name in PARSER_SEEN_BESIDE:
            assert result.pop(name)
    content = specification()["paths"][PARSER]["post"]["responses"]["200"]["content"]
    assert faults(body, content["application/json"]["schema"]) == []


@pytest.mark.asyncio(loop_scope="module")
async def test_a_directory_that_did_not_change_is_not_sent_again(
    shared: tuple[httpx.AsyncClient, Ids],
) -> None:
    client, ids = shared
    path = DIRECTORY.format_map(ids)
    etag = (await client.get(path)).headers["ETag"]
    again = await client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.get(path, headers={"If-None-Match": '"other"'})).status_code == 200
