"""Call queues: which there are, who is in them, and whose calls the user takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.paging import all_records
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_queues import (
    CallQueueEntry,
    CallQueuesAnswer,
    QueueMembersAnswer,
    QueuePresenceAnswer,
)

_QUEUES = "/restapi/v1.0/account/~/call-queues"
_PRESENCE = "/restapi/v1.0/account/~/extension/~/call-queue-presence"


@dataclass(frozen=True, slots=True)
class CallQueue:
    """A call queue; `status` is RingCentral's (`Enabled`, …), empty if not said."""

    id: str
    extension_number: str = ""
    name: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class QueueMember:
    """An extension that a queue rings."""

    extension_id: str
    extension_number: str = ""


@dataclass(frozen=True, slots=True)
class QueuePresence:
    """Whether the user takes calls of a queue; `may_change` is up to the queue."""

    queue: CallQueue
    takes_calls: bool
    may_change: bool


async def list_call_queues(
    http: PlatformHttp, *, member_extension_id: str = "", user: bool = False
) -> tuple[CallQueue, ...]:
    """The company's queues, or those of one member; raises PlatformError or SignedOut."""
    entries = all_records(
        http,
        _QUEUES,
        into=CallQueuesAnswer,
        group=RateGroup.MEDIUM,
        user=user,
        filters={"memberExtensionId": member_extension_id} if member_extension_id else None,
    )
    return tuple([_queue(entry) async for entry in entries if entry.id])


async def list_queue_members(
    http: PlatformHttp, queue_id: str, *, user: bool = False
) -> tuple[QueueMember, ...]:
    """Whom a queue rings; raises PlatformError or SignedOut."""
    entries = all_records(
        http,
        f"{_QUEUES}/{quote(queue_id, safe='')}/members",
        into=QueueMembersAnswer,
        group=RateGroup.MEDIUM,
        user=user,
    )
    return tuple(
        [
            QueueMember(text(entry.id), text(entry.extension_number))
            async for entry in entries
            if entry.id
        ]
    )


async def get_queue_presence(
    http: PlatformHttp, *, user: bool = False
) -> tuple[QueuePresence, ...]:
    """The user's queues; raises PlatformError or SignedOut."""
    answer = await http.request(
        "GET", _PRESENCE, into=QueuePresenceAnswer, group=RateGroup.LIGHT, user=user
    )
    return _presences(answer)


async def set_queue_presence(
    http: PlatformHttp, takes_calls: Mapping[str, bool], *, user: bool = True
) -> tuple[QueuePresence, ...]:
    """Take calls of the queues with these ids, or no longer; returns what came of it.

    Raises PlatformError (Refused where a queue does not let its members choose) or SignedOut.
    """
    records = [
        {"callQueue": {"id": queue_id}, "acceptCalls": takes}
        for queue_id, takes in takes_calls.items()
    ]
    answer = await http.request(
        "PUT",
        _PRESENCE,
        into=QueuePresenceAnswer,
        group=RateGroup.MEDIUM,
        user=user,
        json={"records": records},
    )
    return _presences(answer)


def _presences(answer: QueuePresenceAnswer) -> tuple[QueuePresence, ...]:
    return tuple(
        QueuePresence(
            queue=_queue(entry.call_queue),
            takes_calls=bool(entry.accept_calls),
            may_change=entry.call_queue.editable_member_status is not False,
        )
        for entry in answer.records or ()
        if entry.call_queue is not None and entry.call_queue.id
    )


def _queue(entry: CallQueueEntry) -> CallQueue:
    return CallQueue(
        id=text(entry.id),
        extension_number=text(entry.extension_number),
        name=text(entry.name),
        status=text(entry.status),
    )
