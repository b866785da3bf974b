from collections.abc import AsyncIterator, Sequence

import httpx
import pytest

from rcdesk.ringcentral import devices
from rcdesk.ringcentral.devices import Device
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

PATH = "/restapi/v1.0/account/~/extension/~/device"


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


async def test_the_user_has_a_desk_phone_and_the_app(
    http: PlatformHttp, simulator: Simulator
) -> None:
    user = simulator.world.company.user
    desk_phone, app = await devices.list_devices(http)
    assert desk_phone == Device(
        id=user.device_id,
        name=f"{user.name} Desk Phone",
        type="HardPhone",
        is_online=True,
        numbers=(user.direct_number,),
    )
    assert (app.type, app.numbers) == ("SoftPhone", ())


@pytest.mark.parametrize(
    ("type", "is_online", "can"),
    [
        ("HardPhone", True, True),
        ("SoftPhone", True, True),
        ("SoftPhone", False, False),
        ("OtherPhone", True, False),
        ("WebRTC", True, False),
        ("WebPhone", True, False),
        ("Teleporter", True, False),
    ],
)
def test_only_a_phone_or_app_that_is_online_takes_calls(
    type: str,  # noqa: A002 - the platform's own word
    is_online: bool,
    can: bool,
) -> None:
    assert Device("1", type=type, is_online=is_online).can_take_calls is can


@needs_specification
async def test_devices_keep_the_contract(http: PlatformHttp, simulator: Simulator) -> None:
    await devices.list_devices(http)
    assert sent_faults(simulator) == []


@needs_specification
async def test_any_answer_is_taken(http: PlatformHttp, simulator: Simulator) -> None:
    async def ask() -> Sequence[Device]:
        return await devices.list_devices(http)

    asked = operation("GET", PATH)
    await check_any_answer(simulator, asked, ask, list_of="records")
    await check_good_records(simulator, asked, ask)
