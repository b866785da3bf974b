from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from rcdesk.core.call import Direction
from rcdesk.core.errors import NotFound
from rcdesk.core.events import LogRecord
from rcdesk.ringcentral.call_log import CallLogQuery, list_calls
from rcdesk.ringcentral.call_log_records import delete_calls, get_call, list_account_calls
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

ACCOUNT = "/restapi/v1.0/account/~"
LONG_AGO = datetime.now(UTC) - timedelta(days=365)


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


async def test_one_call_is_found_by_its_record_id(http: PlatformHttp) -> None:
    newest = (await list_calls(http, CallLogQuery(date_from=LONG_AGO, per_page=5))).records[0]
    assert await get_call(http, newest.record_id) == newest
    with pytest.raises(NotFound):
        await get_call(http, "../no/such call")


async def test_calls_are_deleted_up_to_a_moment(http: PlatformHttp) -> None:
    query = CallLogQuery(date_from=LONG_AGO, per_page=1000)
    before = (await list_calls(http, query)).records
    until = before[10].started_at
    assert until is not None
    await delete_calls(http, until=until)

    left = (await list_calls(http, query)).records
    assert 0 < len(left) < len(before)
    assert all(record.started_at and record.started_at >= until for record in left)


async def test_the_companys_log_has_the_calls_of_others_too(http: PlatformHttp) -> None:
    query = CallLogQuery(date_from=LONG_AGO, per_page=1000)
    own, all_calls = await list_calls(http, query), await list_account_calls(http, query)
    assert len(all_calls.records) > len(own.records)


@needs_specification
async def test_the_requests_are_valid(http: PlatformHttp, simulator: Simulator) -> None:
    query = CallLogQuery(
        date_from=LONG_AGO,
        date_to=datetime.now(UTC),
        direction=Direction.INBOUND,
        type=("Voice", "Fax"),
        transport=("PSTN",),
        extension_number="102",
        recording_type="All",
        show_blocked=False,
        show_deleted=True,
        is_detailed=True,
    )
    await list_account_calls(http, query, 2)
    await list_account_calls(http, CallLogQuery(session_id="1"))
    await delete_calls(http, until=LONG_AGO)
    with pytest.raises(NotFound):
        await get_call(http, "nothing")
    assert sent_faults(simulator) == []


@needs_specification
async def test_any_answer_is_taken(http: PlatformHttp, simulator: Simulator) -> None:
    async def records() -> tuple[LogRecord, ...]:
        return (await list_account_calls(http, CallLogQuery())).records

    asked = operation("GET", f"{ACCOUNT}/call-log")
    await check_any_answer(simulator, asked, records, list_of="records")
    await check_good_records(simulator, asked, records)
    one = operation("GET", f"{ACCOUNT}/extension/~/call-log/1")
    await check_any_answer(simulator, one, lambda: get_call(http, "1"), list_of="legs")
