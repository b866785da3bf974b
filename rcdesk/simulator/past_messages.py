"""Makes up the messages of the user's past: texting, pager, and what the call history left."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from rcdesk.simulator.audio import Audio
from rcdesk.simulator.contents import fax, picture, plain
from rcdesk.simulator.conversations_data import (
    PAGER_CONVERSATIONS,
    SMS_CONVERSATIONS,
    VOICEMAILS,
)
from rcdesk.simulator.message_store import ALIVE, MessageStore, StoredMessage, conversation_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rcdesk.simulator.company import Company, Person, Queue
    from rcdesk.simulator.history import CallLog

_Json = dict[str, Any]

_KEPT = timedelta(days=90)
_CONVERSATIONS_SPAN = timedelta(days=21)
_UNREAD_FOR = timedelta(days=2)
_TRANSCRIBED_SHARE = 0.7
_S_A_FAX_PAGE = 25


def seeded(company: Company, call_log: CallLog, seed: int, now: datetime) -> MessageStore:
    """Return the mailbox of the company's user, who has dealt with most of it."""
    store = MessageStore(seed, now)
    writer = _Writer(company, store, random.Random(f"messages {seed}"), now)
    writer.write_conversations()
    for record in call_log.between(now - _KEPT, now):
        if "message" in record:
            writer.keep_message_of(record)
    return store


def sms_end(company: Company, number: str) -> _Json:
    """Return one end of an SMS as the platform tells it."""
    end = {"phoneNumber": number}
    if name := company.name_of(number):
        end["name"] = name
    if place := company.place_of(number):
        end["location"] = place
    return end


def pager_end(company: Company, extension_number: str) -> _Json:
    """Return one end of a pager message."""
    extensions: list[Person | Queue] = [*company.people, *company.queues]
    for extension in extensions:
        if extension.extension_number == extension_number:
            return {
                "extensionNumber": extension_number,
                "extensionId": extension.extension_id,
                "name": extension.name,
            }
    return {"extensionNumber": extension_number}


def written(
    message_id: str,
    kind: str,
    text: str,
    *,
    sender: _Json,
    recipients: Sequence[_Json],
    inbound: bool,
    at: datetime,
) -> StoredMessage:
    """Return an SMS or pager message that has been received, or just handed in."""
    record: _Json = {
        "type": kind,
        "direction": "Inbound" if inbound else "Outbound",
        "from": sender,
        "to": list(recipients),
        "subject": text,
        "readStatus": "Unread" if inbound else "Read",
        "messageStatus": "Received" if inbound else "Sent",
        "priority": "Normal",
        "availability": ALIVE,
    }
    key = "phoneNumber" if kind == "SMS" else "extensionNumber"
    parties = [end.get(key, "") for end in (sender, *recipients)]
    if kind == "Pager":
        record["pgToDepartment"] = False
    message = StoredMessage(message_id, at, at, record, conversation_id(*parties))
    message.attach(plain(text), type="Text")
    return message


def voicemail(
    message_id: str, sender: _Json, owner: Person, duration_s: int, *, text: str, at: datetime
) -> StoredMessage:
    """Return a voicemail; with a `text` it has been transcribed."""
    record = {
        "type": "VoiceMail",
        "direction": "Inbound",
        "from": sender,
        "to": [{"phoneNumber": owner.direct_number, "name": owner.name}],
        "readStatus": "Unread",
        "messageStatus": "Received",
        "priority": "Normal",
        "availability": ALIVE,
        "vmTranscriptionStatus": "Completed" if text else "NotAvailable",
    }
    message = StoredMessage(message_id, at, at, record)
    sound = Audio(max(duration_s, 1), seed=int(message_id) // 1000)
    message.attach(sound, type="AudioRecording", vmDuration=sound.duration_s)
    if text:
        message.attach(plain(text), type="AudioTranscription", fileName="transcription")
    return message


def received_fax(message_id: str, sender: _Json, pages: int, *, at: datetime) -> StoredMessage:
    """Return a fax."""
    record = {
        "type": "Fax",
        "direction": "Inbound",
        "from": sender,
        "readStatus": "Unread",
        "messageStatus": "Received",
        "priority": "Normal",
        "availability": ALIVE,
        "faxResolution": "High",
        "faxPageCount": pages,
    }
    message = StoredMessage(message_id, at, at, record)
    name = sender.get("name") or sender.get("phoneNumber", "unknown")
    message.attach(fax(pages, name), type="RenderedDocument")
    return message


class _Writer:
    def __init__(
        self, company: Company, store: MessageStore, rng: random.Random, now: datetime
    ) -> None:
        self._company = company
        self._store = store
        self._rng = rng
        self._now = now

    def write_conversations(self) -> None:
        company = self._company
        texters = [contact.number for contact in company.contacts if contact.name]
        user = company.user
        for number, lines in zip(texters, SMS_CONVERSATIONS, strict=False):
            own, other = sms_end(company, user.direct_number), sms_end(company, number)
            self._write("SMS", own, other, lines)
        for colleague, lines in zip(company.colleagues, PAGER_CONVERSATIONS, strict=False):
            own = pager_end(company, user.extension_number)
            other = pager_end(company, colleague.extension_number)
            self._write("Pager", own, other, lines)

    def _write(self, kind: str, own: _Json, other: _Json, lines: Sequence[str]) -> None:
        rng = self._rng
        at = self._now - _CONVERSATIONS_SPAN * (0.02 + 0.98 * rng.random())
        for index, line in enumerate(lines):
            at = min(at + timedelta(seconds=rng.uniform(20, 900)), self._now)
            inbound = line[0] == "<"
            message = written(
                self._store.next_id(),
                kind,
                line[1:],
                sender=other if inbound else own,
                recipients=[own if inbound else other],
                inbound=inbound,
                at=_whole_ms(at),
            )
            is_last = index == len(lines) - 1
            if not (inbound and is_last and self._now - at < _UNREAD_FOR):
                message.record["readStatus"] = "Read"
            if kind == "SMS" and not inbound:
                message.record["messageStatus"] = "Delivered"
                message.record["smsSendingAttemptsCount"] = 1
            if kind == "SMS" and inbound and rng.random() < 0.1:
                message.attach(picture(rng.randrange(256)), type="MmsAttachment")
            self._store.add(message)

    def keep_message_of(self, call: _Json) -> None:
        """Keep what a call of the history left: its voicemail or its pages."""
        message_id, kind = call["message"]["id"], call["message"]["type"]
        at = datetime.fromisoformat(call["startTime"]) + timedelta(seconds=call["duration"])
        ends = ("phoneNumber", "extensionNumber", "extensionId", "name", "location")
        inbound = call["direction"] == "Inbound"
        sender = {key: call["from"][key] for key in ends if key in call["from"]}
        if kind == "VoiceMail":
            rng = self._rng
            text = rng.choice(VOICEMAILS) if rng.random() < _TRANSCRIBED_SHARE else ""
            message = voicemail(
                message_id, sender, self._company.user, call["duration"], text=text, at=at
            )
        else:
            pages = max(call["duration"] // _S_A_FAX_PAGE, 1)
            message = received_fax(message_id, sender, pages, at=at)
            message.record |= {
                "direction": call["direction"],
                "messageStatus": "Received" if inbound else "Sent",
            }
            if not inbound:
                recipient = {key: call["to"][key] for key in ends if key in call["to"]}
                message.record["to"] = [recipient | {"messageStatus": "Sent"}]
        if not inbound or self._now - at > _UNREAD_FOR:
            message.record["readStatus"] = "Read"
        self._store.add(message)


def _whole_ms(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
