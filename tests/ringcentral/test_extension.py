from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest

from rcdesk.core.errors import PermissionMissing, Refused
from rcdesk.ringcentral.extension import ForwardingNumber, list_forwarding_numbers
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

FORWARDING = "/restapi/v1.0/account/~/extension/~/forwarding-number"
FLIP = "/restapi/v2/accounts/~/extensions/~/call-flip-numbers"
NEW_CALL_HANDLING = {"errors": [{"errorCode": "CMN-468", "message": "Not available"}]}


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


async def refuse(control: Any, path: str, status: int) -> None:
    await control.post("faults", path=path, status=status, body=NEW_CALL_HANDLING, times=None)


async def test_the_users_phones(http: PlatformHttp, simulator: Simulator, control: Any) -> None:
    company = simulator.world.company
    desk, mobile, home = await list_forwarding_numbers(http)
    assert (desk.number, desk.type) == (company.user.direct_number, "PhoneLine")
    assert (mobile.number, mobile.flip_number) == (company.mobile_number, "2")
    assert home.features == {"CallForwarding", "CallFlip"}
    assert await control.requests(FLIP) == []


async def test_the_users_phones_with_the_new_call_handling(
    http: PlatformHttp, simulator: Simulator, control: Any
) -> None:
    known = await list_forwarding_numbers(http)
    await refuse(control, FORWARDING, 403)
    found = await list_forwarding_numbers(http)
    assert [phone.number for phone in found] == [phone.number for phone in known]
    assert found[1] == ForwardingNumber(
        id=known[1].id,
        number=simulator.world.company.mobile_number,
        label="My Mobile",
        type="External",
        features=frozenset({"CallFlip"}),
        flip_number="2",
    )


@pytest.mark.parametrize("status", [403, 404])
async def test_phones_that_nothing_lets_us_see_are_none(
    status: int, http: PlatformHttp, control: Any
) -> None:
    await refuse(control, FORWARDING, 403)
    await refuse(control, FLIP, status)
    assert await list_forwarding_numbers(http) == ()


@pytest.mark.parametrize(("first", "second"), [(400, 200), (403, 400)])
async def test_other_refusals_are_told(
    first: int, second: int, http: PlatformHttp, control: Any
) -> None:
    await refuse(control, FORWARDING, first)
    await refuse(control, FLIP, second)
    with pytest.raises(Refused) as refused:
        await list_forwarding_numbers(http)
    assert not isinstance(refused.value, PermissionMissing)


@needs_specification
async def test_call_flip_numbers_keep_the_contract(
    http: PlatformHttp, simulator: Simulator, control: Any
) -> None:
    await refuse(control, FORWARDING, 403)
    await list_forwarding_numbers(http)
    assert sent_faults(simulator) == []


@needs_specification
async def test_any_answer_is_taken(http: PlatformHttp, simulator: Simulator) -> None:
    async def ask() -> Sequence[ForwardingNumber]:
        return await list_forwarding_numbers(http)

    asked = operation("GET", FORWARDING)
    await check_any_answer(simulator, asked, ask, list_of="records")
    await check_good_records(simulator, asked, ask)
