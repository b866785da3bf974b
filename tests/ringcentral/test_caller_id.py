from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from rcdesk.core.errors import Refused
from rcdesk.ringcentral import caller_id
from rcdesk.ringcentral.caller_id import CallerId, CallerIdSettings, FeatureCallerId
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.platform import Platform
from rcdesk.simulator.server import Simulator
from tests.ringcentral.contract import (
    check_any_answer,
    give,
    needs_specification,
    operation,
    sent_faults,
    unpaced,
)

PATH = "/restapi/v1.0/account/~/extension/~/caller-id"
MAIN_NUMBER = "+16505550100"


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


async def test_everything_shows_the_direct_number(http: PlatformHttp, simulator: Simulator) -> None:
    settings = await caller_id.get_caller_id(http)
    user = simulator.world.company.user
    assert {each.shows.number for each in settings.by_device} == {user.direct_number}
    assert {each.shows.number for each in settings.by_feature} == {user.direct_number}
    assert settings.by_device[0].device_id == user.device_id
    assert settings.of_feature("Teleportation") is None
    assert (settings.shows_name, settings.shows_extension) == (True, False)


@pytest.mark.parametrize("shows", [CallerId("PhoneNumber", MAIN_NUMBER), CallerId("Blocked")])
async def test_one_feature_is_changed_alone(shows: CallerId, http: PlatformHttp) -> None:
    before = await caller_id.get_caller_id(http)
    wanted = CallerIdSettings(by_feature=(FeatureCallerId("RingOut", shows),))
    after = await caller_id.set_caller_id(http, wanted)

    changed = after.of_feature("RingOut")
    assert changed is not None
    assert replace(changed, number_id="") == shows
    assert after == await caller_id.get_caller_id(http)
    assert after.of_feature("CallFlip") == before.of_feature("CallFlip")
    assert after.by_device == before.by_device


async def test_all_settings_can_be_written_back(http: PlatformHttp) -> None:
    before = await caller_id.get_caller_id(http)
    assert await caller_id.set_caller_id(http, before) == before
    other = replace(before, shows_name=False, shows_extension=True)
    assert await caller_id.set_caller_id(http, other) == other


async def test_a_number_of_somebody_else_is_refused(http: PlatformHttp) -> None:
    shows = CallerId("PhoneNumber", "+12125550199")
    with pytest.raises(Refused, match="byFeature"):
        await caller_id.set_caller_id(
            http, CallerIdSettings(by_feature=(FeatureCallerId("RingOut", shows),))
        )


async def test_what_the_platform_left_unsaid_is_not_written_back(
    http: PlatformHttp, simulator: Simulator
) -> None:
    give(
        simulator,
        {
            "byDevice": [{"device": {"id": "1"}}, {"callerId": {"type": "Blocked"}}, {}],
            "byFeature": [{"feature": "NewOne", "callerId": {"type": "NewType"}}, {"feature": "X"}],
        },
    )
    settings = await caller_id.get_caller_id(http)
    simulator.world.journal.clear()
    await caller_id.set_caller_id(http, settings)
    (request,) = simulator.world.journal.entries
    assert request["body"] == {
        "byDevice": [],
        "byFeature": [{"feature": "NewOne", "callerId": {"type": "NewType"}}],
    }


@needs_specification
async def test_the_requests_are_valid(http: PlatformHttp, simulator: Simulator) -> None:
    await caller_id.set_caller_id(http, await caller_id.get_caller_id(http))
    assert sent_faults(simulator) == []


@needs_specification
@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_any_answer_is_taken(method: str, http: PlatformHttp, simulator: Simulator) -> None:
    asks = {
        "GET": lambda: caller_id.get_caller_id(http),
        "PUT": lambda: caller_id.set_caller_id(http, CallerIdSettings(shows_name=True)),
    }
    await check_any_answer(simulator, operation(method, PATH), asks[method], list_of="")
