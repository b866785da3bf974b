import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from rcdesk.core.call import Direction
from rcdesk.core.errors import BadInput, NotFound, Refused, UnexpectedAnswer
from rcdesk.ringcentral import messages, sending
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.mending import decode
from rcdesk.ringcentral.message_records import Message, message, status_words
from rcdesk.ringcentral.messages import MessageQuery
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.sending import MmsFile, NotSent
from rcdesk.ringcentral.wire_messages import MessageEntry
from rcdesk.simulator.server import Simulator

E = "/restapi/v1.0/account/~/extension/~"
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
OTHER = "+12125550199"


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield PlatformHttp(signed_in.session, client, delays_s=())


async def everything(http: PlatformHttp, **different: Any) -> tuple[Message, ...]:
    query = MessageQuery(date_from=BEGINNING, per_page=1000, **different)
    return (await messages.list_messages(http, query)).records


async def test_pages_follow_each_other(http: PlatformHttp) -> None:
    query = MessageQuery(date_from=BEGINNING, per_page=5)
    first = await messages.list_messages(http, query)
    second = await messages.list_messages(http, query, 2)
    assert first.has_next
    assert len({each.id for each in (*first.records, *second.records)}) == 10
    times = [each.created_at for each in (*first.records, *second.records) if each.created_at]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("kind", ["SMS", "Pager", "VoiceMail", "Fax"])
async def test_there_is_a_past_of_each_kind(http: PlatformHttp, kind: str) -> None:
    found = await everything(http, type=(kind,))
    assert found
    assert {each.type for each in found} == {kind}
    assert all(each.attachments for each in found)


async def test_filters_reach_the_platform(http: PlatformHttp) -> None:
    unread = await everything(http, is_read=False, direction=Direction.INBOUND)
    assert unread
    assert not any(each.is_read for each in unread)
    (latest, *_) = await everything(http, type=("SMS",))
    conversation = await everything(http, conversation_id=latest.conversation_id)
    assert latest.id in {each.id for each in conversation}
    assert {each.conversation_id for each in conversation} == {latest.conversation_id}
    distinct = await everything(http, type=("SMS",), distinct_conversations=True)
    ids = [each.conversation_id for each in distinct]
    assert len(ids) == len(set(ids)) > 5


@pytest.mark.parametrize("as_multipart", [False, True])
async def test_several_messages_come_at_once_without_those_that_are_gone(
    http: PlatformHttp, control: Any, simulator: Simulator, *, as_multipart: bool
) -> None:
    ids = [each.id for each in await everything(http)][:3]
    path = f"{E}/message-store/{ids[0]},1,{ids[1]},{ids[2]}"
    if as_multipart:
        token = await http.session.access_token()
        async with httpx.AsyncClient() as client:
            answer = await client.get(
                simulator.url + path, headers={"Authorization": f"Bearer {token}"}
            )
        assert answer.status_code == 207
        await control.post(
            "faults",
            path=path,
            status=207,
            headers={"Content-Type": answer.headers["Content-Type"]},
            body=answer.text,
        )
    found = await messages.get_messages(http, [ids[0], "1", *ids[1:], ids[0]])
    assert [each.id for each in found] == ids


async def test_one_of_one_and_none_of_none(http: PlatformHttp) -> None:
    assert await messages.get_messages(http, []) == ()
    assert await messages.get_messages(http, ["1"]) == ()
    with pytest.raises(NotFound):
        await messages.get_message(http, "1")


@pytest.mark.parametrize("body", ["{", "<html>", '"x"'])
async def test_a_broken_bulk_answer_is_told(http: PlatformHttp, control: Any, body: str) -> None:
    await control.post("faults", path=f"{E}/message-store/1,2", status=207, body=body)
    with pytest.raises(UnexpectedAnswer, match="in RingCentral's place"):
        await messages.get_messages(http, ["1", "2"])


@pytest.mark.parametrize("body", ["[1]", '[{"status": 200}]', '[{"status": 404, "body": {}}]'])
async def test_a_broken_part_costs_no_more_than_itself(
    http: PlatformHttp, control: Any, body: str
) -> None:
    await control.post("faults", path=f"{E}/message-store/1,2", status=207, body=body)
    assert await messages.get_messages(http, ["1", "2"]) == ()


async def test_only_what_changed_is_synchronized(http: PlatformHttp, control: Any) -> None:
    full = await messages.sync_messages(http, count=5, date_from=BEGINNING)
    assert (full.is_full, full.has_older, len(full.records)) == (True, True, 5)
    new_id = (await control.post("messages", type="SMS", **{"from": OTHER}, text="Hi"))["id"]
    await messages.delete_message(http, full.records[0].id)
    changes = await messages.sync_messages(http, full.token)
    by_id = {each.id: each for each in changes.records}
    assert not changes.is_full
    assert by_id[new_id].text == "Hi"
    assert by_id[full.records[0].id].is_gone
    assert changes.token not in ("", full.token)


@pytest.mark.parametrize("code", ["MSG-333", "CMN-101"])
async def test_a_token_that_is_no_good_any_more_means_everything(
    http: PlatformHttp, control: Any, code: str
) -> None:
    refusal = {"errors": [{"errorCode": code, "message": "No", "parameterName": "syncToken"}]}
    await control.post("faults", path=f"{E}/message-sync", status=400, body=refusal)
    assert (await messages.sync_messages(http, "old", date_from=BEGINNING)).is_full


async def test_a_foreign_token_means_everything(http: PlatformHttp) -> None:
    assert (await messages.sync_messages(http, "nonsense", date_from=BEGINNING)).records


async def test_other_refusals_of_a_synchronization_are_told(
    http: PlatformHttp, control: Any
) -> None:
    refusal = {"errors": [{"errorCode": "CMN-999", "message": "No"}]}
    await control.post("faults", path=f"{E}/message-sync", status=400, body=refusal)
    with pytest.raises(Refused):
        await messages.sync_messages(http, "old")


async def test_read_and_unread(http: PlatformHttp) -> None:
    (latest, *_) = await everything(http)
    assert not (await messages.mark_read(http, latest.id, is_read=False)).is_read
    assert (await messages.mark_read(http, latest.id)).is_read
    assert (await messages.get_message(http, latest.id)).is_read


async def test_a_deleted_message_can_be_had_back_until_it_is_purged(http: PlatformHttp) -> None:
    (latest, *rest) = await everything(http)
    await messages.delete_message(http, latest.id)
    assert latest.id not in {each.id for each in await everything(http)}
    assert (await messages.restore(http, latest.id)).availability == "Alive"
    await messages.delete_message(http, latest.id, purge=True)
    with pytest.raises(Refused):
        await messages.restore(http, latest.id)
    assert len(await everything(http)) == len(rest)
    await messages.delete_message(http, "1")


NO_IDS = [
    *("", " ", "~", "*", ".", "..", "1,2", ",", "/", "1/", "a/../b", "?purge=true", "#", "%2e"),
    *("1 ", "\n", "²", "-", "__"),
]


@pytest.mark.parametrize("message_id", NO_IDS)
async def test_a_deletion_without_the_id_of_one_message_is_never_sent(
    http: PlatformHttp, simulator: Simulator, message_id: str
) -> None:
    with pytest.raises(BadInput, match="not the id of one message"):
        await messages.delete_message(http, message_id)
    assert "DELETE" not in {each["method"] for each in simulator.world.journal.entries}


async def test_a_text_is_sent_and_on_its_way(http: PlatformHttp) -> None:
    (sender,) = await sending.list_senders(http, http.session.owner_id)
    sent = await sending.send_sms(http, sender.number, [OTHER, OTHER], "Ünï 👍")
    assert (sent.text, sent.status, sent.type) == ("Ünï 👍", "Queued", "SMS")
    assert [end.number for end in sent.recipients] == [OTHER]


async def test_numbers_of_others_and_without_the_feature_do_not_send(
    http: PlatformHttp, control: Any
) -> None:
    def number(last: int, *features: str, **more: Any) -> dict[str, Any]:
        return {"phoneNumber": f"+1650555010{last}", "features": features, **more}

    records = [
        number(1, "SmsSender", usageType="MainCompanyNumber"),
        number(2, "CallerId", usageType="DirectNumber"),
        number(3, "SmsSender", extension={"id": 8}),
        number(4, "A2PSmsSender"),
        number(5, "SmsSender", "MmsSender", usageType="DirectNumber", extension={"id": 7}),
    ]
    await control.post("faults", path=f"{E}/phone-number", status=200, body={"records": records})
    senders = await sending.list_senders(http, "7")
    assert [sender.number[-1] for sender in senders] == ["5", "1"]
    assert senders[0].can_send_mms


@pytest.mark.parametrize(
    ("from_number", "to_number", "sentence"),
    [
        ("+16505550100", OTHER, "cannot send text messages"),
        ("+14155550177", OTHER, "not yours"),
        ("+16505550142", "101", "send a pager message instead"),
    ],
)
async def test_refusals_of_a_text_say_what_to_do(
    http: PlatformHttp, from_number: str, to_number: str, sentence: str
) -> None:
    with pytest.raises(NotSent, match=sentence) as refused:
        await sending.send_sms(http, from_number, [to_number], "Hello")
    assert refused.value.codes


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("MSG-240", "does not send text messages abroad: ask your admin"),
        *((code, "cannot send text messages: choose another") for code in ("MSG-241", "MSG-242")),
        ("MSG-243", "blocks text messages to this number"),
        *((code, "not yours to send from: choose one") for code in ("MSG-245", "MSG-304")),
        ("MSG-246", "do not go to or from extensions: send a pager message"),
        ("MSG-247", "do not go to short numbers: give the whole number"),
        # RingCentral publishes the code without its meaning.
        ("MSG-310", "RingCentral refused this: Said by the platform"),
    ],
)
async def test_what_each_refusal_of_a_text_says(
    http: PlatformHttp, control: Any, code: str, sentence: str
) -> None:
    body = {"errors": [{"errorCode": code, "message": "Said by the platform"}]}
    await control.post("faults", path=f"{E}/sms", status=403, body=body)
    with pytest.raises(Refused, match=sentence) as refused:
        await sending.send_sms(http, "+16505550142", [OTHER], "Hello")
    assert refused.value.codes == (code,)


async def test_an_mms_carries_its_files(http: PlatformHttp, simulator: Simulator) -> None:
    sent = await sending.send_mms(
        http,
        "+16505550142",
        [OTHER],
        [MmsFile("/home/me/secret/cat.png", b"\x89PNG\0"), MmsFile("", b"?")],
        "Look",
    )
    kinds = [(each.type, each.content_type, each.size) for each in sent.attachments]
    assert kinds == [
        ("Text", "text/plain", 4),
        ("MmsAttachment", "image/png", 5),
        ("MmsAttachment", "application/octet-stream", 1),
    ]
    assert "secret" not in str(simulator.world.journal.entries[-1]["body"])


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([], "needs a file"),
        ([MmsFile("a", b"")] * 11, "at most 10 files; these are 11"),
        ([MmsFile("a", bytes(750_001))] * 2, "1,500,002 bytes"),
    ],
)
async def test_an_mms_that_is_too_much_is_not_sent(
    http: PlatformHttp, files: list[MmsFile], sentence: str
) -> None:
    with pytest.raises(BadInput, match=sentence):
        await sending.send_mms(http, "+16505550142", [OTHER], files)


@pytest.mark.parametrize(
    ("longest", "text", "sentence"),
    [
        (1000, "", "empty"),
        (1000, "👍" * 500 + "x", "1,001 of at most 1,000"),
        (1000, "\udcff", "not text"),
    ],
)
def test_texts_that_cannot_be_sent(longest: int, text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        sending.checked_text(text, longest)


def test_what_fits_exactly_is_sent() -> None:
    assert sending.checked_text("👍" * 500, 1000)


async def test_a_pager_message_to_a_queue_and_its_reply(http: PlatformHttp) -> None:
    sent = await sending.send_pager(http, ["801"], "Fire drill")
    assert sent.is_to_department
    reply = await sending.send_pager(http, [], "Done", reply_on=sent.id)
    assert reply.conversation_id == sent.conversation_id
    with pytest.raises(Refused):
        await sending.send_pager(http, ["102", "999"], "Hello")
    with pytest.raises(BadInput):
        await sending.send_pager(http, [], "Hello")


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        ("Queued", "", "waiting to be sent"),
        ("Delivered", "", "delivered"),
        ("SendingFailed", "SMS-RC-413", "not sent: the recipient has opted out of your messages"),
        ("DeliveryFailed", "SMS-CAR-430", "not delivered: it was taken for spam"),
        ("DeliveryFailed", "SMS-UP-999", "not delivered (SMS-UP-999)"),
        ("DeliveryFailed", "", "not delivered"),
        ("Teleported", "SMS-CAR-430", ""),
    ],
)
def test_the_status_in_words(status: str, error: str, words: str) -> None:
    assert status_words(Message("1", status=status, delivery_error=error)) == words


@pytest.mark.parametrize(
    ("file", "conversation_id"),
    [
        ("http/sms-response.json", "3237561336559605395"),
        ("http/companyPager-response.json", "3510015765243852565"),
        ("events/instant-message.json", "7876416245344257449"),
        ("events/voicemail-message.json", ""),
        ("events/fax-message.json", ""),
    ],
)
def test_samples_are_read(samples: Path, file: str, conversation_id: str) -> None:
    sample = json.loads((samples / file).read_text())
    read = message(decode(json.dumps(sample.get("body", sample)).encode(), MessageEntry))
    assert read is not None
    assert read.conversation_id == conversation_id
    assert read.sender.number or read.sender.extension_number
    assert read.attachments
    assert read.created_at is not None
