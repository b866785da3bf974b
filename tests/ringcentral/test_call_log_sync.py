from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from rcdesk.core.errors import Refused, UnexpectedAnswer
from rcdesk.core.events import LogRecord
from rcdesk.ringcentral.call_log_records import delete_calls
from rcdesk.ringcentral.call_log_sync import (
    SyncTokenInvalid,
    full_sync,
    incremental_sync,
    synchronise,
)
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.platform import Platform
from rcdesk.simulator.server import Simulator, running
from tests.ringcentral.contract import (
    check_any_answer,
    check_good_records,
    give,
    needs_specification,
    operation,
    sent_faults,
    unpaced,
)

SYNC = "/restapi/v1.0/account/~/extension/~/call-log-sync"
CALLS = 60


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with running(calls=CALLS) as simulator:
        yield simulator


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


def call_again(simulator: Simulator) -> None:
    """Hang up a call that the log has at once."""
    world = simulator.world
    call = world.calls.start(
        "Inbound", world.call_end("+12125550199"), world.call_end(simulator.username)
    )
    world.calls.act(call, "hangup")
    world.call_logged(call)


async def test_after_everything_comes_only_what_is_new(
    http: PlatformHttp, simulator: Simulator
) -> None:
    everything = await synchronise(http)
    nothing = await synchronise(http, everything.token)
    call_again(simulator)
    new = await synchronise(http, nothing.token)

    assert everything.is_full
    assert len(everything.records) == CALLS
    assert (nothing.is_full, nothing.records) == (False, ())
    (record,) = new.records
    assert record.caller.number == "+12125550199"


async def test_deleted_calls_are_told_by_their_record_id(
    http: PlatformHttp, simulator: Simulator
) -> None:
    everything = await full_sync(http)
    until = everything.records[20].started_at
    assert until is not None
    await delete_calls(http, until=until)
    after = await incremental_sync(http, everything.token)

    assert after.records == ()
    assert everything.records[-1].record_id in after.deleted_ids
    assert everything.records[0].record_id not in after.deleted_ids


@pytest.mark.parametrize("code", ["CLG-101", "CLG-102", "CLG-103", "CLG-104", "CLG-105"])
async def test_a_token_that_no_longer_does_leads_to_a_full_synchronisation(
    http: PlatformHttp, control: Any, code: str
) -> None:
    everything = await full_sync(http)
    refusal = {"errors": [{"errorCode": code, "message": "Sync token expired"}]}
    await control.post("faults", method="GET", path=SYNC, status=400, body=refusal)
    assert (await synchronise(http, everything.token)).is_full


async def test_a_damaged_token_is_told_apart_from_other_refusals(
    http: PlatformHttp, control: Any
) -> None:
    with pytest.raises(SyncTokenInvalid):
        await incremental_sync(http, "damaged")
    refusal = {"errors": [{"errorCode": "CMN-101", "parameterName": "view"}]}
    await control.post("faults", method="GET", path=SYNC, status=400, body=refusal)
    with pytest.raises(Refused) as refused:
        await synchronise(http, "damaged")
    assert not isinstance(refused.value, SyncTokenInvalid)


@pytest.mark.parametrize(
    "answer",
    [
        {"records": [], "syncInfo": {"syncType": "FSync"}},
        # Gone on from, its token would leave calls out for ever.
        {"records": 5, "syncInfo": {"syncType": "FSync", "syncToken": "next"}},
    ],
)
async def test_what_cannot_be_gone_on_from_is_no_answer(
    http: PlatformHttp, simulator: Simulator, answer: dict[str, Any]
) -> None:
    give(simulator, answer)
    with pytest.raises(UnexpectedAnswer):
        await full_sync(http)


@needs_specification
async def test_the_requests_are_valid(http: PlatformHttp, simulator: Simulator) -> None:
    since = datetime.now(UTC) - timedelta(days=7)
    first = await full_sync(
        http, date_from=since, record_count=10, only_missed=True, is_detailed=True
    )
    await incremental_sync(http, first.token)
    assert sent_faults(simulator) == []


@needs_specification
async def test_any_answer_is_taken(http: PlatformHttp, simulator: Simulator) -> None:
    asked = operation("GET", SYNC)

    async def records() -> tuple[LogRecord | str, ...]:
        brought = await full_sync(http)
        return (*brought.records, *brought.deleted_ids)

    await check_any_answer(simulator, asked, records, list_of="records")
    await check_good_records(simulator, asked, records)
