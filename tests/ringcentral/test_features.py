from collections.abc import AsyncIterator

import httpx
import pytest

from rcdesk.ringcentral.features import list_features
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

FEATURES = "/restapi/v1.0/account/~/extension/~/features"


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


async def test_features_are_listed_with_the_reason_why_not(http: PlatformHttp) -> None:
    features = await list_features(http)
    missing = [feature for feature in features if not feature.is_available]

    assert missing[0].reason == "ServicePlanLimitation"
    assert missing[0].message
    available = [feature for feature in features if feature.is_available]
    assert await list_features(http, available_only=True) == tuple(available)


@needs_specification
async def test_some_features_are_asked_for_by_their_ids(
    http: PlatformHttp, simulator: Simulator
) -> None:
    ids = [feature.id for feature in (await list_features(http))[:2]]
    found = await list_features(http, ids, available_only=True)

    assert {feature.id for feature in found} <= set(ids)
    assert sent_faults(simulator) == []


async def test_details_of_a_feature_are_kept(http: PlatformHttp, simulator: Simulator) -> None:
    params = [{"name": "limit", "value": 5}, {"value": "nameless"}]
    give(simulator, {"records": [{"id": "Fax", "available": True, "params": params}]})
    (feature,) = await list_features(http)
    assert feature.params == {"limit": "5"}


@needs_specification
async def test_any_answer_is_taken(http: PlatformHttp, simulator: Simulator) -> None:
    asked = operation("GET", FEATURES)
    await check_any_answer(simulator, asked, lambda: list_features(http), list_of="records")
    await check_good_records(simulator, asked, lambda: list_features(http))
