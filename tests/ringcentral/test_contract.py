"""What was there before: the extension's resources, the call log and RingOut."""

import itertools
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from rcdesk.ringcentral import call_log, extension, presence, ring_out
from rcdesk.ringcentral.call_log import CallLogQuery
from rcdesk.ringcentral.clock import instant_now
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.platform import Platform
from rcdesk.simulator.server import Simulator
from tests.ringcentral.contract import (
    check_any_answer,
    check_good_records,
    needs_specification,
    operation,
    request_faults,
    sent_faults,
    unpaced,
)

ACCOUNT = "/restapi/v1.0/account/~"
EXTENSION = ACCOUNT + "/extension/~"

pytestmark = needs_specification


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


def a_request(**different: Any) -> dict[str, Any]:
    path = f"{EXTENSION}/call-log"
    return {"method": "GET", "path": path, "query": {}, "headers": {}, "body": None, **different}


RING_OUT = {
    "method": "POST",
    "path": f"{EXTENSION}/ring-out",
    "headers": {"content-type": "application/json"},
}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"query": {"dateForm": ["2026-01-01"]}}, "must not have dateForm"),
        ({"query": {"perPage": ["many"]}}, "perPage"),
        ({"query": {"direction": ["Inbound", "Sideways"]}}, "direction"),
        ({"query": {"view": ["Simple", "Simple"]}}, "2 times"),
        ({"query": {"dateFrom": [""]}}, "empty dateFrom"),
        ({"path": f"{ACCOUNT}/call-queues", "body": {}}, "instead of none"),
        ({**RING_OUT, "body": None}, "body is missing"),
        ({**RING_OUT, "body": {"to": {"phoneNumber": "+12125550199"}}}, "from"),
        ({**RING_OUT, "body": {"from": {"number": "1"}, "to": {"phoneNumber": "1"}}}, "number"),
        ({**RING_OUT, "body": "a=b", "headers": {"content-type": "text/plain"}}, "text/plain"),
    ],
)
def test_a_request_that_the_specification_does_not_know_is_told(
    wrong: dict[str, Any], said: str
) -> None:
    assert said in " ".join(request_faults(a_request(**wrong)))


async def test_the_requests_are_valid(http: PlatformHttp, simulator: Simulator) -> None:
    await extension.get_extension(http)
    await extension.list_phone_numbers(http)
    await extension.list_forwarding_numbers(http)
    await presence.get_presence(http, asked_at=instant_now())
    await call_log.list_active_calls(http)
    await call_log.list_calls(http, CallLogQuery(type=("Voice",), phone_number="+12125550199"))
    placed = await ring_out.place(http, "+14155550177", "+12125550199", "+14155550100")
    await ring_out.poll(http, placed)
    await ring_out.cancel(http, placed)

    assert sent_faults(simulator) == []


async def test_any_answer_is_taken(http: PlatformHttp, simulator: Simulator) -> None:
    await check_any_answer(
        simulator,
        operation("GET", EXTENSION),
        lambda: extension.get_extension(http),
        list_of="serviceFeatures",
    )


async def test_no_bad_record_costs_a_good_one(http: PlatformHttp, simulator: Simulator) -> None:
    await check_good_records(
        simulator,
        operation("GET", f"{EXTENSION}/phone-number"),
        lambda: extension.list_phone_numbers(http),
    )


async def test_a_decoder_that_trips_over_a_value_is_told(
    http: PlatformHttp, simulator: Simulator
) -> None:
    async def trip() -> None:
        assert (await extension.get_extension(http)).id

    asked = operation("GET", EXTENSION)
    with pytest.raises(AssertionError, match=r"\['id'\] missing"):
        await check_any_answer(simulator, asked, trip, list_of="serviceFeatures")


async def test_a_decoder_that_gives_up_at_a_bad_record_is_told(
    http: PlatformHttp, simulator: Simulator
) -> None:
    async def until_one_is_odd() -> list[extension.PhoneNumber]:
        numbers = await extension.list_phone_numbers(http)
        return list(itertools.takewhile(lambda number: number.label, numbers))

    asked = operation("GET", f"{EXTENSION}/phone-number")
    with pytest.raises(AssertionError, match="beside bad ones"):
        await check_good_records(simulator, asked, until_one_is_odd)
