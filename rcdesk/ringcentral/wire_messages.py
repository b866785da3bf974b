"""The message store's and the recordings' side of the wire."""

import msgspec

from rcdesk.ringcentral.wire import ExtensionRef, Listing, Navigation, SyncInfo, Text, Whole, Wire


class MessageParty(Wire):
    """`from` or one of `to`; a voicemail's or fax's recipient may have only a name."""

    phone_number: Text = None
    extension_number: Text = None
    extension_id: Text = None
    name: Text = None
    location: Text = None
    message_status: Text = None
    fax_error_code: Text = None


class AttachmentEntry(Wire):
    """One attachment; `vm_duration` is in seconds, `size` in bytes."""

    id: Text = None
    uri: Text = None
    type: Text = None
    content_type: Text = None
    file_name: Text = None
    vm_duration: float | None = None
    size: float | None = None


class Conversation(Wire):
    """`conversation.id` is exact, `conversationId` may have been rounded on the way."""

    id: Text = None


class MessageEntry(Wire):
    """A message as listed, sent, read alone or told of; deleted ones have little else than ids."""

    id: Text = None
    type: Text = None
    direction: Text = None
    read_status: Text = None
    message_status: Text = None
    availability: Text = None
    subject: Text = None
    from_: MessageParty | None = msgspec.field(default=None, name="from")
    to: list[MessageParty] | None = None
    attachments: list[AttachmentEntry] | None = None
    conversation: Conversation | None = None
    conversation_id: Text = None
    creation_time: Text = None
    last_modified_time: Text = None
    delivery_error_code: Text = None
    vm_transcription_status: Text = None
    fax_page_count: Whole | None = None
    pg_to_department: bool | None = None


class MessagesAnswer(Listing):
    """One page of the message store."""

    records: list[MessageEntry] | None = None
    navigation: Navigation | None = None


class MessageSyncInfo(SyncInfo):
    """Where the messages' synchronisation stands."""

    older_records_exist: bool | None = None


class MessageSyncAnswer(Listing):
    """GET message-sync."""

    records: list[MessageEntry] | None = None
    sync_info: MessageSyncInfo | None = None


class BulkMessage(Wire):
    """One of several messages asked for at once."""

    status: Whole | None = None
    body: MessageEntry | None = None


class BulkPartStatus(Wire):
    """What the first part of a multipart/mixed answer says of one of the others."""

    status: Whole | None = None


class BulkHead(Wire):
    """First part of a multipart/mixed answer."""

    response: list[BulkPartStatus] | None = None


class SenderEntry(Wire):
    """One number of the extension, for whether it may send messages."""

    phone_number: Text = None
    label: Text = None
    usage_type: Text = None
    features: list[Text] | None = None
    extension: ExtensionRef | None = None


class SendersAnswer(Wire):
    """One page of the extension's numbers."""

    records: list[SenderEntry] | None = None
    navigation: Navigation | None = None


class RecordingAnswer(Wire):
    """GET recording; `duration` is in seconds."""

    id: Text = None
    content_uri: Text = None
    content_type: Text = None
    duration: float | None = None
