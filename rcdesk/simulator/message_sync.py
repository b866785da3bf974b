"""GET message-sync: the latest messages (FSync), then only what changed (ISync)."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from rcdesk.simulator import sync_tokens
from rcdesk.simulator.clock import timestamp
from rcdesk.simulator.errors import ApiError, invalid_parameter
from rcdesk.simulator.message_store import ALIVE

if TYPE_CHECKING:
    from rcdesk.simulator.message_store import MessageStore, StoredMessage
    from rcdesk.simulator.query import Query

TYPES = ("Fax", "SMS", "VoiceMail", "Pager")
DIRECTIONS = ("Inbound", "Outbound")
DEFAULT_RANGE = timedelta(hours=24)
_MOST_RECORDS = 1000
_DEFAULT_RECORDS = 250
# The platform's periods overlap, so that nothing gets lost between two of them.
_OVERLAP = timedelta(seconds=5)


class _SyncToken(NamedTuple):
    """Where a client is: opaque to it, and useless for another store."""

    epoch: int
    revision: int
    time: str
    oldest: str
    types: tuple[str, ...]
    directions: tuple[str, ...]
    conversation: str

    def encode(self) -> str:
        return sync_tokens.encode(self)

    @classmethod
    def decode(cls, token: str) -> Self:
        """Raise ApiError (400 MSG-333) for what `encode` never made."""
        try:
            return cls(*sync_tokens.decode(token))
        except (ValueError, TypeError):
            raise _token_refused() from None

    def covers(self, message: StoredMessage) -> bool:
        return (
            message.type in self.types
            and message.record["direction"] in self.directions
            and self.conversation in ("", str(message.conversation_id))
            and timestamp(message.created_at) >= self.oldest
        )


def synchronized(
    query: Query, store: MessageStore, now: datetime
) -> tuple[list[StoredMessage], dict[str, Any]]:
    """Return the messages, those deleted among them, and `syncInfo`.

    Raises:
        ApiError: 400 CMN-101 for a wrong parameter, 400 MSG-333 when the client must start
            again with FSync.
    """
    sync_type = query.choice("syncType", ("FSync", "ISync"), "FSync")
    info: dict[str, Any] = {"syncType": sync_type}
    if sync_type == "FSync":
        records, token, info["olderRecordsExist"] = _full(query, store, now)
    else:
        records, token = _incremental(query, store, now)
    return records, info | {"syncToken": token.encode(), "syncTime": timestamp(now)}


def _full(
    query: Query, store: MessageStore, now: datetime
) -> tuple[list[StoredMessage], _SyncToken, bool]:
    count = query.integer("recordCount", _DEFAULT_RECORDS, 1, _MOST_RECORDS)
    until = query.moment("dateTo") or now
    since = query.moment("dateFrom") or until - DEFAULT_RANGE
    token = _SyncToken(
        epoch=store.epoch,
        revision=store.revision,
        time=now.isoformat(),
        oldest="",
        types=tuple(sorted(query.choices("messageType", TYPES))),
        directions=tuple(sorted(query.choices("direction", DIRECTIONS))),
        conversation=query.digits("conversationId") or "",
    )
    alive = [each for each in store if token.covers(each) and each.availability == ALIVE]
    records = list(islice((each for each in alive if since <= each.created_at <= until), count))
    oldest = records[-1].created_at if len(records) == count else since
    has_older = any(each.created_at < oldest for each in alive)
    return records, token._replace(oldest=timestamp(oldest)), has_older


def _incremental(
    query: Query, store: MessageStore, now: datetime
) -> tuple[list[StoredMessage], _SyncToken]:
    text = query.text("syncToken")
    if not text:
        raise invalid_parameter("syncToken")
    token = _SyncToken.decode(text)
    if token.epoch != store.epoch or token.revision > store.revision:
        raise _token_refused()
    overlap_from = datetime.fromisoformat(token.time) - _OVERLAP
    changed = store.changed_since(token.revision, overlap_from)
    records = [each for each in changed if token.covers(each)]
    return records, token._replace(revision=store.revision, time=now.isoformat())


def _token_refused() -> ApiError:
    message = "Parameter [syncToken] is invalid [Sync token expired or message store was reset]"
    return ApiError(400, "MSG-333", message, parameter="syncToken")
