"""Messages and recordings, held against the platform's specification."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

import httpx
import pytest

from rcdesk.core.call import Direction
from rcdesk.ringcentral import messages, recordings, sending
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.message_records import Message
from rcdesk.ringcentral.messages import MessageQuery
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.sending import MmsFile
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
EXTENSION = ACCOUNT + "/extension/~"
OWN, OTHER = "+16505550142", "+12125550199"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)

pytestmark = needs_specification


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


async def test_the_requests_are_valid(http: PlatformHttp, simulator: Simulator) -> None:
    query = MessageQuery(
        date_from=BEGINNING,
        date_to=datetime.now(UTC),
        type=("SMS", "Pager"),
        direction=Direction.INBOUND,
        is_read=False,
        availability=("Alive", "Deleted"),
        conversation_id="12",
        phone_number=OTHER,
        distinct_conversations=True,
    )
    await messages.list_messages(http, query)
    page = await messages.list_messages(http, MessageQuery(date_from=BEGINNING, per_page=3))
    ids = [each.id for each in page.records]
    await messages.get_messages(http, ids)
    await messages.mark_read(http, ids[0], is_read=False)
    synchronized = await messages.sync_messages(http, date_from=BEGINNING, types=("SMS", "Fax"))
    await messages.sync_messages(http, synchronized.token)
    await messages.delete_message(http, ids[0])
    await messages.restore(http, ids[0])
    await messages.delete_message(http, ids[0], purge=True)
    await sending.list_senders(http, "1")
    await sending.send_sms(http, OWN, [OTHER], "Hello")
    await sending.send_mms(http, OWN, [OTHER], [MmsFile("a.png", b"PNG")], "Hello")
    paged = await sending.send_pager(http, ["102"], "Hello")
    await sending.send_pager(http, [], "Hello", reply_on=paged.id)
    recording_id = next(
        each["recording"]["id"] for each in simulator.world.call_log.records if "recording" in each
    )
    await recordings.get_recording(http, recording_id)
    assert sent_faults(simulator) == []


async def test_any_list_is_read(http: PlatformHttp, simulator: Simulator) -> None:
    async def ask() -> Sequence[Message]:
        return (await messages.list_messages(http, MessageQuery())).records

    asked = operation("GET", f"{EXTENSION}/message-store")
    await check_any_answer(simulator, asked, ask, list_of="records")
    await check_good_records(simulator, asked, ask)


async def test_any_message_is_read(http: PlatformHttp, simulator: Simulator) -> None:
    asked = operation("GET", f"{EXTENSION}/message-store/1")
    await check_any_answer(simulator, asked, lambda: messages.get_message(http, "1"), list_of="")


async def test_any_synchronization_is_read(http: PlatformHttp, simulator: Simulator) -> None:
    async def ask() -> Sequence[Message]:
        return (await messages.sync_messages(http, "token")).records

    asked = operation("GET", f"{EXTENSION}/message-sync")
    await check_any_answer(simulator, asked, ask, list_of="records")
    await check_good_records(simulator, asked, ask)


@pytest.mark.parametrize("kind", ["sms", "mms", "company-pager"])
async def test_any_answer_to_a_message_is_read(
    http: PlatformHttp, simulator: Simulator, kind: str
) -> None:
    async def ask() -> Message:
        if kind == "sms":
            return await sending.send_sms(http, OWN, [OTHER], "Hello")
        if kind == "mms":
            return await sending.send_mms(http, OWN, [OTHER], [MmsFile("a.png", b"PNG")])
        return await sending.send_pager(http, ["102"], "Hello")

    await check_any_answer(simulator, operation("POST", f"{EXTENSION}/{kind}"), ask, list_of="")


async def test_any_update_is_read(http: PlatformHttp, simulator: Simulator) -> None:
    asked = operation("PUT", f"{EXTENSION}/message-store/1")
    await check_any_answer(simulator, asked, lambda: messages.mark_read(http, "1"), list_of="")


async def test_any_recording_is_read(http: PlatformHttp, simulator: Simulator) -> None:
    asked = operation("GET", f"{ACCOUNT}/recording/1")
    await check_any_answer(
        simulator, asked, lambda: recordings.get_recording(http, "1"), list_of=""
    )
