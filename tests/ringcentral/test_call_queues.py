from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import httpx
import pytest

from rcdesk.core.errors import NotFound, PermissionMissing
from rcdesk.ringcentral import call_queues
from rcdesk.ringcentral.call_queues import CallQueue
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.platform import Platform
from rcdesk.simulator.server import Simulator
from tests.ringcentral.contract import (
    check_any_answer,
    check_good_records,
    needs_specification,
    operation,
    sent_faults,
    unpaced,
)

QUEUES = "/restapi/v1.0/account/~/call-queues"
PRESENCE = "/restapi/v1.0/account/~/extension/~/call-queue-presence"
Ask = Callable[[PlatformHttp], Awaitable[Sequence[object]]]


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


async def test_the_companys_queues_are_listed(http: PlatformHttp, simulator: Simulator) -> None:
    company = simulator.world.company
    first = company.queues[0]
    own = await call_queues.list_call_queues(http, member_extension_id=company.user.extension_id)

    assert own == await call_queues.list_call_queues(http)
    assert own[0] == CallQueue(first.extension_id, first.extension_number, first.name, "Enabled")
    assert await call_queues.list_call_queues(http, member_extension_id="1") == ()


async def test_the_members_of_a_queue_are_listed(http: PlatformHttp, simulator: Simulator) -> None:
    company = simulator.world.company
    members = await call_queues.list_queue_members(http, company.queues[0].extension_id)

    numbers = {person.extension_number for person in company.people}
    assert {member.extension_number for member in members} == numbers
    with pytest.raises(NotFound):
        await call_queues.list_queue_members(http, "1")


async def test_the_user_leaves_a_queue_and_comes_back(http: PlatformHttp) -> None:
    first = (await call_queues.get_queue_presence(http))[0]
    (left,) = await call_queues.set_queue_presence(http, {first.queue.id: False})
    now = (await call_queues.get_queue_presence(http))[0]
    (back,) = await call_queues.set_queue_presence(http, {first.queue.id: True})

    assert [each.takes_calls for each in (first, left, now, back)] == [True, False, False, True]


async def test_a_queue_may_not_let_its_members_choose(http: PlatformHttp) -> None:
    strict = [each for each in await call_queues.get_queue_presence(http) if not each.may_change]
    with pytest.raises(PermissionMissing):
        await call_queues.set_queue_presence(http, {strict[0].queue.id: False})


@needs_specification
async def test_the_requests_are_valid(http: PlatformHttp, simulator: Simulator) -> None:
    company = simulator.world.company
    queue_id = company.queues[0].extension_id
    await call_queues.list_call_queues(http, member_extension_id=company.user.extension_id)
    await call_queues.list_queue_members(http, queue_id)
    await call_queues.get_queue_presence(http)
    await call_queues.set_queue_presence(http, {queue_id: True})
    assert sent_faults(simulator) == []


@needs_specification
@pytest.mark.parametrize(
    ("method", "path", "ask"),
    [
        ("GET", QUEUES, call_queues.list_call_queues),
        ("GET", f"{QUEUES}/1/members", lambda http: call_queues.list_queue_members(http, "1")),
        ("GET", PRESENCE, call_queues.get_queue_presence),
        ("PUT", PRESENCE, lambda http: call_queues.set_queue_presence(http, {"1": True})),
    ],
)
async def test_any_answer_is_taken(
    http: PlatformHttp, simulator: Simulator, method: str, path: str, ask: Ask
) -> None:
    asked = operation(method, path)
    await check_any_answer(simulator, asked, lambda: ask(http), list_of="records")
    await check_good_records(simulator, asked, lambda: ask(http))
