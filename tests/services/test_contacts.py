from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from rcdesk.core.call import Instant
from rcdesk.core.errors import (
    BadInput,
    PermissionMissing,
    RateLimited,
    RcdeskError,
    ServerTrouble,
    SignedOut,
    UnexpectedAnswer,
    Unreachable,
)
from rcdesk.ringcentral.clock import instant_now
from rcdesk.ringcentral.contacts import Contact, create_contact
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.contacts import (
    CardNumber,
    ContactService,
    NewContact,
    Origin,
    likely_kind,
)
from rcdesk.services.desk import Desk
from rcdesk.simulator.scopes import SCOPES
from rcdesk.simulator.server import Simulator, running
from tests.services.desks import signed_in

BOOK = "/restapi/v1.0/account/~/extension/~/address-book/contact"
SEARCH = "/restapi/v1.0/account/~/directory/entries/search"
Fault = tuple[int, object, type[RcdeskError], str]
STRANGER = "+14155550123"
ADA = Contact(
    first_name="Ada",
    last_name="Lovelace",
    company="Analytical Engines",
    job_title="Programmer",
    email="ada@engines.example",
    notes=" Calls at noon.\n",
    mobile_phone=STRANGER,
    business_fax="+14155550199",
)
NEW = NewContact("Ada", "Lovelace", "", STRANGER, "mobile_phone")


class Clock:
    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> Instant:
        now = instant_now()
        return Instant(now.utc + self.ahead, now.monotonic_s + self.ahead.total_seconds())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def service(simulator: Simulator, desk: Desk, clock: Clock) -> ContactService:
    await desk.session.sign_in_with_jwt(simulator.jwt)
    return ContactService(desk.platform, desk.session, clock=clock)


async def asked(simulator: Simulator) -> list[tuple[str, str]]:
    entries = simulator.world.journal.entries
    paths = [(it["method"], it["path"]) for it in entries]
    return [(method, path) for method, path in paths if path in (BOOK, SEARCH)]


async def fault(control: httpx.AsyncClient, **fault: Any) -> None:
    (await control.post("/faults", json=fault)).raise_for_status()


async def test_a_number_is_found_in_the_users_contacts(
    simulator: Simulator, desk: Desk, service: ContactService
) -> None:
    await create_contact(desk.platform.http, ADA)
    card = await service.look_up("14155550123")
    assert card is not None
    assert card.origin is Origin.CONTACTS
    assert (card.name, card.company, card.job_title) == (
        *("Ada Lovelace", "Analytical Engines", "Programmer"),
    )
    assert card.numbers == (
        CardNumber(STRANGER, "mobile_phone"),
        CardNumber("+14155550199", "business_fax"),
    )
    assert (card.emails, card.notes) == (("ada@engines.example",), "Calls at noon.")
    assert ("POST", SEARCH) not in await asked(simulator)


async def test_an_extension_is_found_in_the_company_directory(
    simulator: Simulator, service: ContactService
) -> None:
    colleague = simulator.world.company.colleagues[0]
    card = await service.look_up(colleague.extension_number)
    assert card is not None
    assert (card.origin, card.name, card.type) == (Origin.DIRECTORY, colleague.name, "User")
    assert card.numbers == (
        CardNumber(colleague.extension_number, "extension"),
        CardNumber(colleague.direct_number, "DirectNumber"),
    )
    assert await asked(simulator) == [("POST", SEARCH)]


async def test_part_of_an_extension_number_is_nobodys(service: ContactService) -> None:
    assert await service.look_up("10") is None


async def test_a_colleagues_direct_number_is_found(
    simulator: Simulator, service: ContactService
) -> None:
    colleague = simulator.world.company.colleagues[1]
    card = await service.look_up(colleague.direct_number)
    assert card is not None
    assert (card.origin, card.name) == (Origin.DIRECTORY, colleague.name)
    assert await asked(simulator) == [("GET", BOOK), ("POST", SEARCH)]


async def test_a_short_number_may_be_a_contacts(desk: Desk, service: ContactService) -> None:
    await create_contact(desk.platform.http, replace(ADA, mobile_phone="22000"))
    card = await service.look_up("22000")
    assert card is not None
    assert card.origin is Origin.CONTACTS


@pytest.mark.parametrize("number", ["+1415555XXXX", "", "*67", "anonymous"])
async def test_what_is_no_whole_number_is_not_asked_for(
    simulator: Simulator, service: ContactService, number: str
) -> None:
    with pytest.raises(BadInput, match="hidden"):
        await service.look_up(number)
    assert await asked(simulator) == []


async def test_who_was_found_is_not_asked_for_again_for_a_while(
    simulator: Simulator, desk: Desk, service: ContactService, clock: Clock
) -> None:
    await create_contact(desk.platform.http, ADA)
    first = await service.look_up(STRANGER)
    assert await service.look_up("14155550123") == first
    gets = [entry for entry in await asked(simulator) if entry == ("GET", BOOK)]
    assert len(gets) == 1
    clock.ahead = timedelta(minutes=11)
    assert await service.look_up(STRANGER) == first
    assert (await asked(simulator)).count(("GET", BOOK)) == 2


async def test_who_was_not_found_is_asked_for_again(desk: Desk, service: ContactService) -> None:
    assert await service.look_up(STRANGER) is None
    await create_contact(desk.platform.http, ADA)
    assert await service.look_up(STRANGER) is not None


async def test_no_more_than_some_are_kept(simulator: Simulator, desk: Desk) -> None:
    await desk.session.sign_in_with_jwt(simulator.jwt)
    service = ContactService(desk.platform, desk.session, most_kept=2)
    people = simulator.world.company.colleagues[:3]
    for person in people:
        await service.look_up(person.extension_number)
    assert list(service._kept.cards) == [person.extension_number for person in people[1:]]


async def test_the_next_user_learns_nothing_of_it(
    simulator: Simulator, desk: Desk, service: ContactService
) -> None:
    await create_contact(desk.platform.http, ADA)
    await service.look_up(STRANGER)
    await desk.session.sign_out()
    with pytest.raises(SignedOut):
        await service.look_up(STRANGER)
    await desk.session.sign_in_with_jwt(simulator.jwt)
    before = len(await asked(simulator))
    await service.look_up(STRANGER)
    assert len(await asked(simulator)) == before + 1


PORTAL: Fault = (200, "<html>Welcome to our network</html>", UnexpectedAnswer, "sign-in page")
NO_PERMISSION: Fault = (
    403,
    {"errors": [{"errorCode": "CMN-408", "permissionName": "ReadPersonalContacts"}]},
    PermissionMissing,
    "lacks the ReadPersonalContacts permission",
)


@pytest.mark.parametrize("told", [(503, None, ServerTrouble, "in trouble"), PORTAL, NO_PERMISSION])
async def test_what_goes_wrong_is_said(
    control: httpx.AsyncClient, service: ContactService, told: Fault
) -> None:
    status, body, kind, sentence = told
    await fault(control, method="GET", path=BOOK, status=status, body=body, times=9)
    with pytest.raises(kind, match=sentence):
        await service.look_up(STRANGER)
    await control.delete("/faults")
    if kind is not PermissionMissing:
        assert await service.look_up(STRANGER) is None


async def test_a_long_wait_is_said_and_nothing_is_sent_meanwhile(
    simulator: Simulator, control: httpx.AsyncClient, service: ContactService
) -> None:
    headers = {"Retry-After": "900", "X-Rate-Limit-Group": "heavy"}
    await fault(control, method="GET", path=BOOK, status=429, headers=headers, times=None)
    for _ in range(2):
        with pytest.raises(RateLimited, match="RingCentral asks us to wait"):
            await service.look_up(STRANGER)
    assert await asked(simulator) == [("GET", BOOK)]
    assert 890 < service.wait_s <= 900


async def test_without_a_network_it_is_said() -> None:
    async with running(calls=1) as gone:
        app = AppRegistration(gone.url, gone.client_id, gone.client_secret)
        desk = Desk(app, MemorySessionStore(), with_places=False)
        await desk.session.sign_in_with_jwt(gone.jwt)
        await desk.session.load_account()
    desk.platform.http._delays_s = ()
    async with desk:
        with pytest.raises(Unreachable, match="refused the connection"):
            await ContactService(desk.platform, desk.session).look_up(STRANGER)


@pytest.fixture
def missing() -> set[str]:
    return {"ReadContacts", "Contacts"}


@pytest.fixture
async def poor(missing: set[str]) -> AsyncIterator[tuple[Simulator, ContactService]]:
    granted = tuple(scope for scope in SCOPES if scope not in missing)
    async with running(calls=20, seed=7, scopes=granted) as simulator:
        app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
        async with signed_in(Desk(app, MemorySessionStore(), with_places=False), simulator) as desk:
            yield simulator, ContactService(desk.platform, desk.session)


async def test_without_their_scope_contacts_are_not_asked_for(
    poor: tuple[Simulator, ContactService],
) -> None:
    simulator, service = poor
    colleague = simulator.world.company.colleagues[0]
    assert await service.look_up(colleague.extension_number) is not None
    assert await service.look_up(colleague.direct_number) is not None
    with pytest.raises(PermissionMissing, match="ReadContacts"):
        await service.look_up(STRANGER)
    assert ("GET", BOOK) not in await asked(simulator)


@pytest.mark.parametrize("missing", [{"Contacts"}])
async def test_without_its_scope_nobody_is_added(
    poor: tuple[Simulator, ContactService],
) -> None:
    simulator, service = poor
    assert await service.look_up(STRANGER) is None
    with pytest.raises(PermissionMissing, match="the Contacts scope"):
        await service.add(NEW)
    assert ("POST", BOOK) not in await asked(simulator)


async def test_who_is_added_is_found(simulator: Simulator, service: ContactService) -> None:
    added = await service.add(NEW)
    assert (added.name, added.numbers) == ("Ada Lovelace", (CardNumber(STRANGER, "mobile_phone"),))
    assert await service.look_up(STRANGER) == added
    assert ("GET", BOOK) not in await asked(simulator)


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (NEW._replace(first_name=" ", last_name=""), "name or a company"),
        (NEW._replace(number="+1415555XXXX"), "hidden"),
        (NEW._replace(number="101"), "hidden"),
    ],
)
async def test_what_is_no_contact_is_not_sent(
    simulator: Simulator, service: ContactService, new: NewContact, sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        await service.add(new)
    assert await asked(simulator) == []


async def test_nobody_is_added_twice_after_a_lost_answer(
    desk: Desk, control: httpx.AsyncClient, simulator: Simulator, service: ContactService
) -> None:
    await fault(control, method="POST", path=BOOK, status=502)
    with pytest.raises(ServerTrouble):
        await service.add(NEW)
    # RingCentral had it; only the answer was lost.
    await create_contact(desk.platform.http, ADA)
    added = await service.add(NEW)
    assert added.company == "Analytical Engines"
    assert (await asked(simulator)).count(("POST", BOOK)) == 2


@pytest.mark.parametrize(
    ("number", "is_fax", "is_company", "kind"),
    [
        ("+447400123456", False, False, "mobile_phone"),
        ("+442079460958", False, False, "business_phone"),
        ("+14155550123", False, False, "mobile_phone"),
        ("+14155550123", False, True, "business_phone"),
        ("+447400123456", True, False, "business_fax"),
        ("+18005550100", False, False, "business_phone"),
    ],
)
def test_a_number_is_put_where_it_most_likely_belongs(
    number: str, *, is_fax: bool, is_company: bool, kind: str
) -> None:
    assert likely_kind(number, "US", is_fax=is_fax, is_company=is_company) == kind
