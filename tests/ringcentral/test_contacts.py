from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from rcdesk.core.errors import BadInput, NotFound, Refused, UnexpectedAnswer
from rcdesk.ringcentral import contacts
from rcdesk.ringcentral.contacts import Address, Contact, ContactOrder, ContactQuery
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

EXTENSION = "/restapi/v1.0/account/~/extension/~"
CONTACTS = f"{EXTENSION}/address-book/contact"
SYNC = f"{EXTENSION}/address-book-sync"
EVERYBODY = ContactQuery(per_page=1000)

JO = Contact(
    first_name="Jo",
    last_name="Okafor",
    company="Northwind Traders",
    email="jo@northwind.example",
    birthday="1990-02-03T00:00:00.000Z",
    notes="<b>Bold</b> & 日本",
    mobile_phone="+12125550199",
    business_phone="+16505550123",
    business_fax="+12125550199",
    home_address=Address(street="1 Oak Lane", city="Reno", zip_code="89501"),
)


@pytest.fixture
async def http(signed_in: Platform, simulator: Simulator) -> AsyncIterator[PlatformHttp]:
    simulator.world.rate_limits.limits["heavy"] = 1000
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


async def everybody(http: PlatformHttp) -> tuple[Contact, ...]:
    return (await contacts.list_contacts(http, EVERYBODY)).contacts


async def test_contacts_are_those_who_call_often(http: PlatformHttp, simulator: Simulator) -> None:
    outside = {each.number: each.full_name for each in simulator.world.company.contacts}
    found = await everybody(http)
    assert len(found) > 50
    for contact in found:
        ((_, number),) = contact.phone_numbers
        assert outside[number] == contact.name


async def test_pages_together_are_all_contacts(http: PlatformHttp) -> None:
    paged: list[Contact] = []
    has_next, number = True, 0
    while has_next:
        number += 1
        page = await contacts.list_contacts(http, ContactQuery(per_page=20), number)
        paged += page.contacts
        has_next = page.has_next
    assert tuple(paged) == await everybody(http)
    assert number > 1


@pytest.mark.parametrize("start", ["a", "MA", "é"])
async def test_contacts_are_found_by_how_their_names_begin(start: str, http: PlatformHttp) -> None:
    found = (await contacts.list_contacts(http, ContactQuery(starts_with=start))).contacts
    names = [(c.first_name.casefold(), c.last_name.casefold()) for c in found]
    assert all(any(name.startswith(start.casefold()) for name in pair) for pair in names)


async def test_contacts_are_found_by_number(http: PlatformHttp) -> None:
    some = (await everybody(http))[3:5]
    numbers = tuple(number for contact in some for _, number in contact.phone_numbers)
    query = ContactQuery(phone_numbers=numbers)
    assert (await contacts.list_contacts(http, query)).contacts == some


async def test_contacts_are_sorted_by_last_name(http: PlatformHttp) -> None:
    query = ContactQuery(sort_by=ContactOrder.LAST_NAME, per_page=1000)
    names = [c.last_name.casefold() for c in (await contacts.list_contacts(http, query)).contacts]
    assert names == sorted(names)


async def test_a_contact_comes_back_as_it_was_created(http: PlatformHttp) -> None:
    created = await contacts.create_contact(http, JO)
    assert created == replace(JO, id=created.id)
    assert created.id
    assert await contacts.get_contact(http, created.id) == created


def test_a_contact_is_called_by_what_is_known_of_it() -> None:
    assert JO.name == "Jo Okafor"
    assert Contact(nick_name="Jojo", company="Northwind").name == "Jojo"
    assert Contact(company="Northwind").name == "Northwind"
    assert Contact().name == ""


def test_a_number_that_is_fax_and_phone_is_a_phone() -> None:
    assert JO.phone_numbers == (
        ("mobile_phone", "+12125550199"),
        ("business_phone", "+16505550123"),
    )


async def test_replacing_a_contact_clears_what_is_not_given(http: PlatformHttp) -> None:
    created = await contacts.create_contact(http, JO)
    bare = Contact(id=created.id, first_name="Joseph")
    assert await contacts.replace_contact(http, bare) == bare
    assert await contacts.get_contact(http, created.id) == bare


async def test_a_change_leaves_alone_what_somebody_else_changed(http: PlatformHttp) -> None:
    before = await contacts.create_contact(http, JO)
    elsewhere = replace(before, job_title="Buyer")
    await contacts.change_contact(http, before, elsewhere)

    after = replace(before, notes="", home_address=Address(city="Austin"))
    changed = await contacts.change_contact(http, before, after)

    assert changed == replace(after, job_title="Buyer")


async def test_no_change_asks_nothing(http: PlatformHttp, control: Any) -> None:
    contact = (await everybody(http))[0]
    assert await contacts.change_contact(http, contact, contact) is contact
    assert await control.requests(f"{CONTACTS}/{contact.id}") == []


async def test_a_deleted_contact_is_gone_and_may_be_deleted_again(http: PlatformHttp) -> None:
    first, *others = await everybody(http)
    await contacts.delete_contact(http, first.id)
    await contacts.delete_contact(http, first.id)
    assert await everybody(http) == tuple(others)
    with pytest.raises(NotFound):
        await contacts.get_contact(http, first.id)


@pytest.mark.parametrize("no_id", ["", " ", "~", "1,2", "..", "5/6", "٣", "-1", "*"])
async def test_nothing_is_sent_for_a_contact_without_an_id(
    no_id: str, http: PlatformHttp, simulator: Simulator
) -> None:
    nobody = replace(JO, id=no_id)
    simulator.world.journal.clear()
    with pytest.raises(BadInput, match="no id yet"):
        await contacts.delete_contact(http, no_id)
    with pytest.raises(BadInput):
        await contacts.get_contact(http, no_id)
    with pytest.raises(BadInput):
        await contacts.replace_contact(http, nobody)
    with pytest.raises(BadInput):
        await contacts.change_contact(http, nobody, replace(nobody, notes="x"))
    assert simulator.world.journal.entries == []


async def test_an_incremental_synchronization_brings_what_changed(http: PlatformHttp) -> None:
    full = await contacts.sync_contacts(http)
    assert full.is_full
    assert full.contacts == await everybody(http)
    first, second, *_ = full.contacts

    created = await contacts.create_contact(http, JO)
    changed = await contacts.change_contact(http, first, replace(first, notes="New"))
    await contacts.delete_contact(http, second.id)
    news = await contacts.sync_contacts(http, full.token)

    assert not news.is_full
    assert {*news.contacts} == {created, changed}
    assert news.removed_ids == {second.id}
    quiet = await contacts.sync_contacts(http, news.token)
    assert (quiet.contacts, quiet.removed_ids, quiet.token) == ((), frozenset(), news.token)


async def test_more_contacts_than_a_page_holds_are_synchronized(http: PlatformHttp) -> None:
    token = (await contacts.sync_contacts(http)).token
    for number in range(260):
        await contacts.create_contact(http, Contact(first_name=f"Robot {number}"))

    news = await contacts.sync_contacts(http, token)
    assert len(news.contacts) == 260
    full = await contacts.sync_contacts(http)
    assert full.contacts == await everybody(http)
    assert full.token == news.token


async def test_a_token_that_is_refused_leads_to_a_full_synchronization(
    http: PlatformHttp,
) -> None:
    news = await contacts.sync_contacts(http, "from another life")
    assert news.is_full
    assert news.contacts == await everybody(http)


@pytest.mark.parametrize("code", ["CMN-101", "MSG-333", "CLG-102", ""])
async def test_any_400_leads_to_a_full_synchronization(
    code: str, http: PlatformHttp, control: Any
) -> None:
    token = (await contacts.sync_contacts(http)).token
    body = {"errors": [{"errorCode": code, "message": "No"}]}
    await control.post("faults", method="GET", path=SYNC, status=400, body=body, times=1)
    assert (await contacts.sync_contacts(http, token)).is_full


async def test_other_refusals_do_not(http: PlatformHttp, control: Any) -> None:
    body = {"errors": [{"errorCode": "CMN-408", "permissionName": "ReadPersonalContacts"}]}
    await control.post("faults", method="GET", path=SYNC, status=403, body=body, times=1)
    with pytest.raises(Refused, match="ReadPersonalContacts"):
        await contacts.sync_contacts(http, "token")
    assert len(await control.requests(SYNC)) == 1


async def test_contacts_that_do_not_end_are_not_taken_for_all(
    http: PlatformHttp, simulator: Simulator
) -> None:
    give(simulator, {"records": [{"id": 1}], "nextPageId": 1})
    with pytest.raises(UnexpectedAnswer, match="does not end"):
        await contacts.sync_contacts(http)


@needs_specification
async def test_the_requests_are_valid(http: PlatformHttp, simulator: Simulator) -> None:
    query = ContactQuery("a", ("+12125550199", "+12125550198"), ContactOrder.COMPANY, 7)
    await contacts.list_contacts(http, query, 2)
    created = await contacts.create_contact(http, JO)
    await contacts.replace_contact(http, replace(created, notes=""))
    await contacts.change_contact(http, created, replace(created, notes="x"))
    await contacts.delete_contact(http, created.id)
    await contacts.sync_contacts(http, (await contacts.sync_contacts(http)).token)
    assert sent_faults(simulator) == []


@needs_specification
@pytest.mark.parametrize("path", [CONTACTS, f"{CONTACTS}/5", SYNC])
async def test_any_answer_is_taken(path: str, http: PlatformHttp, simulator: Simulator) -> None:
    asks = {
        CONTACTS: lambda: contacts.list_contacts(http, EVERYBODY),
        f"{CONTACTS}/5": lambda: contacts.get_contact(http, "5"),
        SYNC: lambda: contacts.sync_contacts(http, "token"),
    }
    listed = "" if path.endswith("5") else "records"
    await check_any_answer(simulator, operation("GET", path), asks[path], list_of=listed)


@needs_specification
async def test_no_bad_record_costs_a_good_one(http: PlatformHttp, simulator: Simulator) -> None:
    await check_good_records(simulator, operation("GET", CONTACTS), lambda: everybody(http))
