from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from rcdesk.core.errors import BadInput, NotFound, PermissionMissing
from rcdesk.ringcentral import caller_blocking
from rcdesk.ringcentral.caller_blocking import CallerBlocking, ListedAs, ListedNumber
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

SETTINGS = "/restapi/v1.0/account/~/extension/~/caller-blocking"
NUMBERS = f"{SETTINGS}/phone-numbers"
PITCH = ListedNumber("+12125550199", "Sales pitch")


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


async def test_settings_are_changed_one_by_one(http: PlatformHttp) -> None:
    before = await caller_blocking.get_caller_blocking(http)
    assert before == CallerBlocking("Specific", "Allow", "Allow")
    after = await caller_blocking.set_caller_blocking(
        http, CallerBlocking(no_caller_id="BlockCallsAndFaxes")
    )
    assert after == replace(before, no_caller_id="BlockCallsAndFaxes")
    assert await caller_blocking.get_caller_blocking(http) == after


async def test_a_number_moves_from_one_list_to_the_other_and_off(http: PlatformHttp) -> None:
    before = await caller_blocking.list_numbers(http)
    added = await caller_blocking.add_number(http, PITCH)
    assert replace(added, id="") == PITCH
    assert await caller_blocking.list_numbers(http, ListedAs.BLOCKED) == (*before, added)

    friend = replace(added, label="Friend", listed_as=ListedAs.ALLOWED)
    assert await caller_blocking.change_number(http, friend) == friend
    assert await caller_blocking.list_numbers(http, ListedAs.ALLOWED) == (friend,)
    assert await caller_blocking.list_numbers(http) == (*before, friend)

    await caller_blocking.remove_number(http, friend.id)
    await caller_blocking.remove_number(http, friend.id)
    assert await caller_blocking.list_numbers(http) == before
    with pytest.raises(NotFound):
        await caller_blocking.change_number(http, friend)


async def test_a_label_too_long_for_the_platform_is_cut(http: PlatformHttp) -> None:
    added = await caller_blocking.add_number(http, replace(PITCH, label="x" * 100))
    assert added.label == "x" * 60


@pytest.mark.parametrize("no_id", ["", " ", "~", "1,2", "..", "5/6", "*"])
async def test_nothing_is_sent_for_a_number_without_an_id(
    no_id: str, http: PlatformHttp, simulator: Simulator
) -> None:
    simulator.world.journal.clear()
    with pytest.raises(BadInput, match="not on a list yet"):
        await caller_blocking.remove_number(http, no_id)
    with pytest.raises(BadInput):
        await caller_blocking.change_number(http, replace(PITCH, id=no_id))
    assert simulator.world.journal.entries == []


async def test_a_list_nobody_has_heard_of_is_neither(
    http: PlatformHttp, simulator: Simulator
) -> None:
    statuses = ["Blocked", "Allowed", "Challenged", None]
    records = [{"id": s, "phoneNumber": "+1212555019", "status": s} for s in statuses]
    give(simulator, {"records": records})
    lists = [number.listed_as for number in await caller_blocking.list_numbers(http)]
    assert lists == [ListedAs.BLOCKED, ListedAs.ALLOWED, ListedAs.BLOCKED]


async def test_a_missing_permission_is_named(http: PlatformHttp, control: Any) -> None:
    body = {"errors": [{"errorCode": "CMN-408", "permissionName": "EditBlockedNumbers"}]}
    await control.post("faults", method="POST", path=NUMBERS, status=403, body=body)
    with pytest.raises(PermissionMissing, match="EditBlockedNumbers permission"):
        await caller_blocking.add_number(http, PITCH)


@needs_specification
async def test_the_requests_are_valid(http: PlatformHttp, simulator: Simulator) -> None:
    settings = await caller_blocking.get_caller_blocking(http)
    await caller_blocking.set_caller_blocking(http, settings)
    added = await caller_blocking.add_number(http, PITCH)
    await caller_blocking.list_numbers(http, ListedAs.ALLOWED)
    await caller_blocking.change_number(http, added)
    await caller_blocking.remove_number(http, added.id)
    assert sent_faults(simulator) == []


@needs_specification
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", SETTINGS),
        ("PUT", SETTINGS),
        ("POST", NUMBERS),
        ("PUT", f"{NUMBERS}/5"),
    ],
)
async def test_any_answer_is_taken(
    method: str, path: str, http: PlatformHttp, simulator: Simulator
) -> None:
    asks: dict[tuple[str, str], Any] = {
        ("GET", SETTINGS): lambda: caller_blocking.get_caller_blocking(http),
        ("PUT", SETTINGS): lambda: caller_blocking.set_caller_blocking(http, CallerBlocking()),
        ("POST", NUMBERS): lambda: caller_blocking.add_number(http, PITCH),
        ("PUT", f"{NUMBERS}/5"): lambda: caller_blocking.change_number(
            http, replace(PITCH, id="5")
        ),
    }
    await check_any_answer(simulator, operation(method, path), asks[method, path], list_of="")


@needs_specification
async def test_no_bad_record_costs_a_good_one(http: PlatformHttp, simulator: Simulator) -> None:
    await check_good_records(
        simulator, operation("GET", NUMBERS), lambda: caller_blocking.list_numbers(http)
    )
