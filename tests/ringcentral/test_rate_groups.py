from collections.abc import Awaitable, Callable

import httpx
import pytest

from rcdesk.ringcentral import (
    account,
    caller_blocking,
    caller_id,
    contacts,
    devices,
    directory,
    extension,
    number_parser,
)
from rcdesk.ringcentral.caller_blocking import CallerBlocking, ListedNumber
from rcdesk.ringcentral.caller_id import CallerIdSettings
from rcdesk.ringcentral.contacts import Contact, ContactQuery
from rcdesk.ringcentral.directory import DirectorySearch
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.rate_limits import RateGroup, RateLimits
from rcdesk.simulator.endpoints import rate_group
from rcdesk.simulator.server import Simulator
from tests.ringcentral.contract import give, needs_specification, operation

Ask = Callable[[PlatformHttp], Awaitable[object]]
NUMBER = ListedNumber("+12125550199", id="5")
JO = Contact(id="5", first_name="Jo")
ASKS: dict[str, Ask] = {
    "account": account.get_account,
    "devices": devices.list_devices,
    "numbers": extension.list_phone_numbers,
    "phones": extension.list_forwarding_numbers,
    "caller ID": caller_id.get_caller_id,
    "set caller ID": lambda http: caller_id.set_caller_id(http, CallerIdSettings()),
    "blocking": caller_blocking.get_caller_blocking,
    "set blocking": lambda http: caller_blocking.set_caller_blocking(http, CallerBlocking()),
    "blocked numbers": caller_blocking.list_numbers,
    "block": lambda http: caller_blocking.add_number(http, NUMBER),
    "change blocked": lambda http: caller_blocking.change_number(http, NUMBER),
    "unblock": lambda http: caller_blocking.remove_number(http, "5"),
    "contacts": lambda http: contacts.list_contacts(http, ContactQuery()),
    "contact": lambda http: contacts.get_contact(http, "5"),
    "create contact": lambda http: contacts.create_contact(http, JO),
    "replace contact": lambda http: contacts.replace_contact(http, JO),
    "change contact": lambda http: contacts.change_contact(http, JO, Contact(id="5")),
    "delete contact": lambda http: contacts.delete_contact(http, "5"),
    "sync contacts": contacts.sync_contacts,
    "directory": directory.list_directory,
    "search directory": lambda http: directory.search_directory(http, DirectorySearch("x")),
    "parse numbers": lambda http: number_parser.parse_numbers(http, ["101"]),
}


class Recorded(RateLimits):
    """Gates that remember who passed."""

    def __init__(self) -> None:
        super().__init__()
        self.passed: list[RateGroup] = []

    async def acquire(
        self, group: RateGroup, *, user: bool = False, max_wait_s: float = 120.0
    ) -> None:
        self.passed.append(group)
        await super().acquire(group, user=user, max_wait_s=max_wait_s)


@needs_specification
@pytest.mark.parametrize("name", ASKS)
async def test_each_request_waits_at_the_gate_the_specification_names(
    name: str, signed_in: Platform, simulator: Simulator
) -> None:
    gates = Recorded()
    simulator.world.journal.clear()
    give(simulator, {})
    async with httpx.AsyncClient() as client:
        await ASKS[name](PlatformHttp(signed_in.session, client, limits=gates))

    (request,) = simulator.world.journal.entries
    asked = operation(request["method"], request["path"])
    specified = asked.details["x-throttling-group"].lower()
    assert gates.passed == [RateGroup(specified)]
    assert rate_group(request["method"], request["path"]) == specified
