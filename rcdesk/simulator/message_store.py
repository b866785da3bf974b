"""The messages of one mailbox, and what is attached to them."""

from __future__ import annotations

import hashlib
import itertools
import zlib
from bisect import insort
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rcdesk.simulator.clock import timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from rcdesk.simulator.contents import Content

_Json = dict[str, Any]

ALIVE, DELETED, PURGED = "Alive", "Deleted", "Purged"
_FIRST_ID = 12_756_735_005


@dataclass(eq=False)
class StoredMessage:
    """A message in the wire's words, but for ids, addresses and the content attached.

    Attributes:
        record: everything that depends neither on the server's address nor on the id.
        contents: the attachments with their type, name ("" for none) and other wire fields.
    """

    id: str
    created_at: datetime
    modified_at: datetime
    record: _Json
    conversation_id: int | None = None
    contents: dict[str, tuple[Content, _Json]] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """SMS, Pager, VoiceMail or Fax."""
        kind: str = self.record["type"]
        return kind

    @property
    def availability(self) -> str:
        """Alive, Deleted or Purged."""
        value: str = self.record["availability"]
        return value

    def attach(self, content: Content, **about: Any) -> None:
        """Add an attachment; `about` are its wire fields beside id, address and size."""
        number = int(self.id) + len(self.contents)
        self.contents[str(number)] = (content, about)

    def wire(self, owner_uri: str) -> _Json:
        """Return the record as the platform answers it; `owner_uri` is the extension's address."""
        uri = f"{owner_uri}/message-store/{self.id}"
        answer: _Json = {"uri": uri, "id": int(self.id), **self.record}
        answer["creationTime"] = timestamp(self.created_at)
        answer["lastModifiedTime"] = timestamp(self.modified_at)
        if self.availability != PURGED and self.contents:
            answer["attachments"] = [
                {
                    "id": int(attachment_id),
                    "uri": f"{uri}/content/{attachment_id}",
                    "contentType": content.content_type,
                    "size": content.size,
                    **about,
                }
                for attachment_id, (content, about) in self.contents.items()
            ]
        if self.conversation_id is not None:
            answer["conversationId"] = self.conversation_id
            server = owner_uri.partition("/restapi/")[0]
            answer["conversation"] = {
                "id": str(self.conversation_id),
                "uri": f"{server}/restapi/v1.0/conversation/{self.conversation_id}",
            }
        return answer

    def remains(self, owner_uri: str) -> _Json:
        """Return what a synchronization says of a message that is gone."""
        uri = f"{owner_uri}/message-store/{self.id}"
        return {"uri": uri, "id": int(self.id), "availability": self.availability}


class MessageStore:
    """All messages, with every change numbered and timed.

    `epoch` differs between stores, so that a sync token of one is not taken for another's.
    """

    def __init__(self, seed: int, now: datetime) -> None:
        self.epoch = zlib.crc32(f"messages {seed} {now.isoformat()}".encode())
        self._ids = itertools.count(_FIRST_ID + 2000, 2000)
        self._messages: list[StoredMessage] = []
        self._by_id: dict[str, StoredMessage] = {}
        self._changes: list[tuple[datetime, StoredMessage]] = []

    @property
    def revision(self) -> int:
        """Number of changes so far."""
        return len(self._changes)

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[StoredMessage]:
        """Newest first."""
        return reversed(self._messages)

    def next_id(self) -> str:
        """Return an id that no message has."""
        return str(next(self._ids))

    def get(self, message_id: str) -> StoredMessage | None:
        """Return the message with this id, deleted or not."""
        return self._by_id.get(message_id)

    def add(self, message: StoredMessage) -> None:
        """Add a message."""
        insort(self._messages, message, key=lambda each: each.created_at)
        self._by_id[message.id] = message
        self._changes.append((message.modified_at, message))

    def change(self, message: StoredMessage, at: datetime, **fields: Any) -> None:
        """Set fields of the record."""
        message.record |= fields
        message.modified_at = at
        self._changes.append((at, message))

    def delete(self, message: StoredMessage, at: datetime, *, purge: bool = False) -> None:
        """Delete, and the second time or with `purge` for good."""
        is_again = message.availability != ALIVE
        self.change(message, at, availability=PURGED if purge or is_again else DELETED)
        if message.availability == PURGED:
            message.contents.clear()

    def changed_since(self, revision: int, overlap_from: datetime) -> Sequence[StoredMessage]:
        """Return what changed after `revision` or after `overlap_from`, newest first."""
        changed = {
            message.id: message
            for number, (at, message) in enumerate(self._changes)
            if number >= revision or at >= overlap_from
        }
        return sorted(changed.values(), key=lambda each: each.created_at, reverse=True)


def conversation_id(*participants: str) -> int:
    """Return the 63-bit id of the conversation of these numbers, whoever of them speaks."""
    key = " ".join(sorted(set(participants)))
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") >> 1
