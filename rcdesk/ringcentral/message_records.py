"""Messages: SMS and MMS, company pager, voicemail, fax."""

import math
import re
from dataclasses import dataclass
from datetime import datetime

from rcdesk.core.call import Direction
from rcdesk.ringcentral.decode import DIRECTIONS
from rcdesk.ringcentral.wire import Text, instant, text
from rcdesk.ringcentral.wire_messages import AttachmentEntry, MessageEntry, MessageParty

_VOICEMAIL = "VoiceMail"


@dataclass(frozen=True, slots=True)
class Correspondent:
    """One end of a message, as far as the platform tells.

    Attributes:
        status: how far the message got to this one of several recipients; RingCentral's word.
        fax_error: RingCentral's name of why a fax did not arrive.
    """

    number: str = ""
    extension_number: str = ""
    extension_id: str = ""
    name: str = ""
    location: str = ""
    status: str = ""
    fax_error: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """Content of a message; `uri` goes to `media.open_media`.

    Attributes:
        type: AudioRecording, AudioTranscription, Text, SourceDocument, RenderedDocument or
            MmsAttachment.
        duration_s: of a voicemail.
        size: in bytes; None where the platform does not say.
    """

    id: str
    uri: str
    type: str = ""
    content_type: str = ""
    file_name: str = ""
    duration_s: float = 0.0
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the user's mailbox.

    Attributes:
        type: SMS (MMS too), Pager, VoiceMail or Fax; or a word nobody has heard of.
        status: Queued, Sent, Delivered, DeliveryFailed, SendingFailed or Received; `status_words`
            says it in a sentence's part.
        availability: Alive, Deleted or Purged; a deleted message may have nothing but its id.
        text: empty for voicemail and fax.
        delivery_error: `SMS-CAR-430` and the like.
        transcription_status: of a voicemail; Completed means that an AudioTranscription
            attachment holds the text.
    """

    id: str
    type: str = ""
    direction: Direction | None = None
    is_read: bool = True
    status: str = ""
    availability: str = "Alive"
    text: str = ""
    sender: Correspondent = Correspondent()
    recipients: tuple[Correspondent, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    conversation_id: str = ""
    created_at: datetime | None = None
    modified_at: datetime | None = None
    delivery_error: str = ""
    transcription_status: str = ""
    fax_pages: int = 0
    is_to_department: bool = False

    @property
    def is_gone(self) -> bool:
        """Deleted or purged."""
        return self.availability in ("Deleted", "Purged")


def message(entry: MessageEntry) -> Message | None:
    """One record, of whatever origin; None without an id, since nothing can be done with it."""
    message_id = text(entry.id)
    if not message_id:
        return None
    conversation_id = text(entry.conversation.id) if entry.conversation else ""
    kind = text(entry.type)
    return Message(
        id=message_id,
        # The voicemail event's schema has another spelling than its sample and all the rest.
        type=_VOICEMAIL if kind.casefold() == _VOICEMAIL.casefold() else kind,
        direction=DIRECTIONS.get(entry.direction),
        is_read=entry.read_status != "Unread",
        status=text(entry.message_status),
        availability=text(entry.availability) or "Alive",
        text=text(entry.subject) if kind in ("SMS", "Pager", "Text") else "",
        sender=_correspondent(entry.from_) if entry.from_ else Correspondent(),
        recipients=tuple(map(_correspondent, entry.to or ())),
        attachments=tuple(_attachment(each) for each in entry.attachments or () if text(each.uri)),
        conversation_id=conversation_id or text(entry.conversation_id),
        created_at=instant(entry.creation_time),
        modified_at=instant(entry.last_modified_time),
        delivery_error=text(entry.delivery_error_code),
        transcription_status=text(entry.vm_transcription_status),
        fax_pages=max(entry.fax_page_count or 0, 0),
        is_to_department=bool(entry.pg_to_department),
    )


def messages(entries: list[MessageEntry] | None) -> tuple[Message, ...]:
    """The records that have an id, each id once (the last report of it), in their order."""
    found = {each.id: each for each in map(message, entries or ()) if each is not None}
    return tuple(found.values())


def status_words(told: Message) -> str:
    """How far a message has got, for people: `not delivered: the recipient has opted out`."""
    words = _STATUS_WORDS.get(told.status, "")
    failed = told.status in ("DeliveryFailed", "SendingFailed")
    if not failed or not told.delivery_error:
        return words
    reason = _reason(told.delivery_error)
    return f"{words}: {reason}" if reason else f"{words} ({told.delivery_error})"


def _reason(code: str) -> str:
    found = _DELIVERY_ERROR.fullmatch(code)
    return _DELIVERY_REASONS.get(found[1], "") if found else ""


def _correspondent(party: MessageParty) -> Correspondent:
    return Correspondent(
        number=text(party.phone_number),
        extension_number=text(party.extension_number),
        extension_id=text(party.extension_id),
        name=text(party.name),
        location=text(party.location),
        status=text(party.message_status),
        fax_error=text(party.fax_error_code),
    )


def _attachment(entry: AttachmentEntry) -> Attachment:
    size = _amount(entry.size)
    return Attachment(
        id=text(entry.id),
        uri=text(entry.uri),
        type=text(entry.type),
        content_type=text(entry.content_type),
        file_name=text(entry.file_name),
        duration_s=_amount(entry.vm_duration) or 0.0,
        size=None if size is None else int(size),
    )


def _amount(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) and value >= 0 else None


_DELIVERY_ERROR = re.compile(r"SMS-(?:RC|UP|CAR)-(\d+)")
# The numbers mean the same whether RingCentral, its upstream provider or the carrier refused.
_DELIVERY_REASONS = {
    "413": "the recipient has opted out of your messages",
    "430": "it was taken for spam",
}
_STATUS_WORDS: dict[Text, str] = {
    "Queued": "waiting to be sent",
    "Sent": "sent",
    "Delivered": "delivered",
    "DeliveryFailed": "not delivered",
    "SendingFailed": "not sent",
    "Received": "received",
}
