"""The user's message store: list, read, synchronize, mark, delete."""

import email.parser
import email.policy
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import quote

import httpx

from rcdesk.core.call import Direction
from rcdesk.core.errors import BadInput, NotFound, Refused, UnexpectedAnswer
from rcdesk.ringcentral.faults import not_ringcentral
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.mending import Undecodable, decode
from rcdesk.ringcentral.message_records import Message, message, messages
from rcdesk.ringcentral.paging import next_page_uri
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_messages import (
    BulkHead,
    BulkMessage,
    MessageEntry,
    MessagesAnswer,
    MessageSyncAnswer,
    MessageSyncInfo,
)

_EXTENSION = "/restapi/v1.0/account/~/extension/~"
_STORE = f"{_EXTENSION}/message-store"
_BULK_JSON = "application/vnd.ringcentral.multipart+json"
_MOST_AT_ONCE = 50
_TOKEN_UNUSABLE = frozenset({"MSG-333", "CMN-101"})

Params = dict[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class MessageQuery:
    """What to list; the platform's own filters.

    Attributes:
        date_from, date_to: aware; give `date_from`, since the default is the last 24 h.
        type: any of SMS, Pager, VoiceMail, Fax; empty for all.
        availability: any of Alive, Deleted, Purged; empty for what the platform lists by default.
        phone_number: E.164 of the other side.
        distinct_conversations: only the latest message of each conversation.
    """

    date_from: datetime | None = None
    date_to: datetime | None = None
    type: tuple[str, ...] = ()
    direction: Direction | None = None
    is_read: bool | None = None
    availability: tuple[str, ...] = ()
    conversation_id: str = ""
    phone_number: str = ""
    distinct_conversations: bool = False
    per_page: int = 100

    def params(self, page: int) -> Params:
        """The query of page `page`, counted from 1."""
        read = {None: "", True: "Read", False: "Unread"}[self.is_read]
        return {"page": str(page), "perPage": str(self.per_page)} | _given(
            {
                "dateFrom": _stamp(self.date_from),
                "dateTo": _stamp(self.date_to),
                "messageType": self.type,
                "direction": self.direction.value if self.direction else "",
                "readStatus": read,
                "availability": self.availability,
                "conversationId": self.conversation_id,
                "phoneNumber": self.phone_number,
                "distinctConversations": "true" if self.distinct_conversations else "",
            }
        )


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page, newest first."""

    records: tuple[Message, ...]
    has_next: bool


@dataclass(frozen=True, slots=True)
class MessageSync:
    """What has changed, and where to go on from.

    Attributes:
        records: new and changed messages, each id once; those deleted meanwhile say so by
            `is_gone` and may have nothing but their id. Some may be known already: the
            platform's periods overlap by 5 s.
        token: for the next call; empty if the platform gave none.
        is_full: these are the latest messages, not the changes since the token.
        has_older: there are older messages than a full synchronization told.
    """

    records: tuple[Message, ...]
    token: str
    is_full: bool
    has_older: bool = False


async def list_messages(
    http: PlatformHttp, query: MessageQuery, page: int = 1, *, user: bool = False
) -> MessagePage:
    """Page `page` (from 1) of the message store; raises PlatformError or SignedOut."""
    answer = await http.request(
        "GET",
        _STORE,
        into=MessagesAnswer,
        group=RateGroup.LIGHT,
        user=user,
        params=query.params(page),
    )
    return MessagePage(messages(answer.records), has_next=bool(next_page_uri(answer)))


async def get_message(http: PlatformHttp, message_id: str, *, user: bool = False) -> Message:
    """One message; raises NotFound, and PlatformError or SignedOut."""
    entry = await http.request(
        "GET", _one(message_id), into=MessageEntry, group=RateGroup.LIGHT, user=user
    )
    return _known(entry)


async def get_messages(
    http: PlatformHttp, message_ids: Collection[str], *, user: bool = False
) -> tuple[Message, ...]:
    """Several messages, 50 a request; those that are gone are left out.

    Raises PlatformError or SignedOut.
    """
    found: list[Message] = []
    for ids in _batches(message_ids):
        if len(ids) > 1:
            found += await _bulk(http, ids, user=user)
            continue
        try:
            found.append(await get_message(http, ids[0], user=user))
        except NotFound:
            continue
    return tuple(found)


async def sync_messages(
    http: PlatformHttp,
    token: str = "",
    *,
    count: int = 250,
    date_from: datetime | None = None,
    types: tuple[str, ...] = (),
    user: bool = False,
) -> MessageSync:
    """What has changed since `token`, or everything.

    Without a token, or where the platform no longer takes it (MSG-333), these are the latest
    `count` messages since `date_from` (aware; default: the last 24 h).

    Raises PlatformError or SignedOut.
    """
    if token:
        try:
            return await _sync(http, {"syncType": "ISync", "syncToken": token}, user=user)
        except Refused as refusal:
            if refusal.status != 400 or _TOKEN_UNUSABLE.isdisjoint(refusal.codes):
                raise
    full: Params = {"syncType": "FSync", "recordCount": str(count)}
    full |= _given({"dateFrom": _stamp(date_from), "messageType": types})
    return await _sync(http, full, user=user)


async def mark_read(
    http: PlatformHttp, message_id: str, *, is_read: bool = True, user: bool = True
) -> Message:
    """Mark one message read or unread; raises NotFound, and PlatformError or SignedOut."""
    entry = await http.request(
        "PUT",
        _one(message_id),
        into=MessageEntry,
        group=RateGroup.MEDIUM,
        user=user,
        json={"readStatus": "Read" if is_read else "Unread"},
    )
    return _known(entry)


async def restore(http: PlatformHttp, message_id: str, *, user: bool = True) -> Message:
    """Take back a deletion, possible until the message is purged (5 days).

    Raises Refused where it is too late, and PlatformError or SignedOut.
    """
    entry = await http.request(
        "PATCH",
        _one(message_id),
        into=MessageEntry,
        group=RateGroup.MEDIUM,
        user=user,
        json={"availability": "Alive"},
    )
    return _known(entry)


async def delete_message(
    http: PlatformHttp, message_id: str, *, purge: bool = False, user: bool = True
) -> None:
    """Delete one message; with `purge` for good. One that is gone already is no error.

    Raises:
        BadInput: `message_id` is not one id. Without an id the platform would delete
            everything, so nothing is sent.
        PlatformError, SignedOut: the platform did not do it.
    """
    path = _one(message_id)
    params = {"purge": "true"} if purge else None
    try:
        await http.request(
            "DELETE", path, into=None, group=RateGroup.MEDIUM, user=user, params=params
        )
    except NotFound:
        return


async def _sync(http: PlatformHttp, params: Params, *, user: bool) -> MessageSync:
    answer = await http.request(
        "GET",
        f"{_EXTENSION}/message-sync",
        into=MessageSyncAnswer,
        group=RateGroup.LIGHT,
        user=user,
        params=params,
    )
    info = answer.sync_info or MessageSyncInfo()
    return MessageSync(
        records=messages(answer.records),
        token=text(info.sync_token),
        is_full=(text(info.sync_type) or params["syncType"]) == "FSync",
        has_older=bool(info.older_records_exist),
    )


async def _bulk(http: PlatformHttp, ids: Sequence[str], *, user: bool) -> Iterator[Message]:
    response = await http.exchange(
        "GET",
        f"{_STORE}/{','.join(ids)}",
        group=RateGroup.LIGHT,
        user=user,
        headers={"Accept": f"{_BULK_JSON}, multipart/mixed;q=0.5"},
    )
    try:
        entries = _bulk_entries(response)
    except Undecodable:
        raise not_ringcentral(response) from None
    return iter(messages(entries))


def _bulk_entries(response: httpx.Response) -> list[MessageEntry]:
    content_type = response.headers.get("Content-Type", "")
    if content_type.lower().startswith("multipart/"):
        return _multipart_entries(content_type, response.content)
    parts = decode(response.content, list[BulkMessage])
    return [part.body for part in parts if part.body and _is_success(part.status)]


def _multipart_entries(content_type: str, content: bytes) -> list[MessageEntry]:
    """The parts after the first, whose list of statuses says which are messages."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace")
    parsed = email.parser.BytesParser(EmailMessage, policy=email.policy.HTTP).parsebytes(
        head + content
    )
    bodies = [part.get_payload(decode=True) for part in parsed.iter_parts()]
    texts = [body for body in bodies if isinstance(body, bytes)]
    if not texts:
        raise Undecodable("The answer has no parts.")
    statuses = [each.status for each in decode(texts[0], BulkHead).response or ()]
    return [
        decode(body, MessageEntry)
        for body, status in zip(texts[1:], statuses, strict=False)
        if _is_success(status)
    ]


def _is_success(status: int | None) -> bool:
    return status is None or 200 <= status < 300


def _known(entry: MessageEntry) -> Message:
    found = message(entry)
    if found is None:
        raise UnexpectedAnswer("RingCentral answered with a message that has no id.")
    return found


def _one(message_id: str) -> str:
    return f"{_STORE}/{_checked(message_id)}"


def _checked(message_id: str) -> str:
    """`message_id`, surely that of one message.

    An id is opaque, but an empty one, `~`, `*`, dots or a list would mean other things than one
    message, and to DELETE: everything.
    """
    if not message_id.isascii() or not message_id.replace("-", "").replace("_", "").isalnum():
        raise BadInput("That is not the id of one message.")
    return quote(message_id, safe="")


def _batches(message_ids: Collection[str]) -> Iterator[list[str]]:
    ids = list(dict.fromkeys(map(_checked, message_ids)))
    for start in range(0, len(ids), _MOST_AT_ONCE):
        yield ids[start : start + _MOST_AT_ONCE]


def _given(optional: Params) -> Params:
    return {name: value for name, value in optional.items() if value}


def _stamp(at: datetime | None) -> str:
    if at is None:
        return ""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
