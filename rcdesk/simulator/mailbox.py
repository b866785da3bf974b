"""What happens to the user's messages: they come in, go out, are delivered, and tell of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rcdesk.simulator.clock import timestamp
from rcdesk.simulator.conversations_data import VOICEMAILS
from rcdesk.simulator.past_messages import (
    pager_end,
    received_fax,
    seeded,
    sms_end,
    voicemail,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rcdesk.simulator.contents import Content
    from rcdesk.simulator.event_filters import EventFilter
    from rcdesk.simulator.live_calls import LiveCall
    from rcdesk.simulator.message_store import MessageStore, StoredMessage
    from rcdesk.simulator.world import World

_Json = dict[str, Any]

SENT_AFTER_S = 1.0
DELIVERED_AFTER_S = 3.0
_VOICEMAIL_S = 8
# How a text ends is chosen by the last four digits of its recipient; all others arrive.
_FAILURES = {
    "9901": ("SendingFailed", "SMS-RC-413"),
    "9905": ("DeliveryFailed", "SMS-CAR-430"),
    "9906": ("DeliveryFailed", "SMS-UP-410"),
}
_INSTANT = {
    "SMS": "extension/~/message-store/instant",
    "VoiceMail": "extension/~/voicemail",
    "Fax": "extension/~/fax",
}


class Mailbox:
    """The signed-in user's messages."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.store: MessageStore = seeded(
            world.company, world.call_log, world.options.seed, world.now()
        )

    def receive(self, kind: str, sender: str, text: str) -> StoredMessage:
        """Let a message of `kind` come in; `sender` is a number, for Pager an extension's."""
        company, at = self._world.company, self._world.now()
        message_id = self.store.next_id()
        user = company.user
        if kind == "VoiceMail":
            message = voicemail(
                message_id, sms_end(company, sender), user, _VOICEMAIL_S, text=text, at=at
            )
        elif kind == "Fax":
            message = received_fax(message_id, sms_end(company, sender), 1, at=at)
        else:
            is_sms = kind == "SMS"
            own = user.direct_number if is_sms else user.extension_number
            end = sms_end if is_sms else pager_end
            message = written(
                message_id,
                kind,
                text,
                sender=end(company, sender),
                recipients=[end(company, own)],
                inbound=True,
                at=at,
            )
        self._add(message)
        return message

    def send_sms(
        self, sender: str, recipients: Sequence[str], text: str, files: Sequence[Content] = ()
    ) -> StoredMessage:
        """Take a text of the user's, to be sent and delivered after a while."""
        company = self._world.company
        message = written(
            self.store.next_id(),
            "SMS",
            text,
            sender=sms_end(company, sender),
            recipients=[sms_end(company, number) for number in recipients],
            inbound=False,
            at=self._world.now(),
        )
        message.record["messageStatus"] = "Queued"
        for content in files:
            message.attach(content, type="MmsAttachment")
        self._add(message)
        status, error = _FAILURES.get(recipients[0][-4:], ("Delivered", ""))
        first = {"messageStatus": "Sent", "smsSendingAttemptsCount": 1}
        last: _Json = {"messageStatus": status}
        if error:
            last["deliveryErrorCode"] = error
        later, speed = self._world.clock.call_later, self._world.speed
        if status != "SendingFailed":
            later(SENT_AFTER_S / speed, lambda: self.change(message, **first))
        later(DELIVERED_AFTER_S / speed, lambda: self.change(message, **last))
        return message

    def send_pager(
        self, recipients: Sequence[_Json], text: str, *, to_department: bool
    ) -> StoredMessage:
        """Take a pager message of the user's, which is there at once."""
        company = self._world.company
        message = written(
            self.store.next_id(),
            "Pager",
            text,
            sender=pager_end(company, company.user.extension_number),
            recipients=recipients,
            inbound=False,
            at=self._world.now(),
        )
        message.record["pgToDepartment"] = to_department
        self._add(message)
        return message

    def voicemail_left(self, call: LiveCall) -> None:
        """Keep what the caller said to the mailbox."""
        now = self._world.now()
        length_s = round((now - (call.diverted_at or now)).total_seconds())
        sender = {
            "phoneNumber": call.caller.number,
            "extensionNumber": call.caller.extension_number,
            "name": call.caller.name,
        }
        message = voicemail(
            voicemail_id(call),
            {key: value for key, value in sender.items() if value},
            self._world.company.user,
            length_s,
            text=VOICEMAILS[int(call.session_id) % len(VOICEMAILS)],
            at=now,
        )
        self._add(message)

    def change(self, message: StoredMessage, **fields: Any) -> None:
        """Set fields of a message and tell of it, unless it is gone."""
        if message.availability == "Purged":
            return
        self.store.change(message, self._world.now(), **fields)
        self.tell(message, is_new=False)

    def delete(self, message: StoredMessage, *, purge: bool) -> None:
        """Delete a message and tell of it."""
        self.store.delete(message, self._world.now(), purge=purge)
        self.tell(message, is_new=False)

    def tell(self, message: StoredMessage, *, is_new: bool) -> None:
        """Tell subscribers that the store has changed."""
        world = self._world
        user_id = world.company.user.extension_id
        change: _Json = {
            "type": message.type,
            "newCount": int(is_new),
            "updatedCount": int(not is_new),
        }
        if is_new:
            change["newMessageIds"] = [int(message.id)]
        event = {
            "accountId": world.company.account_id,
            "extensionId": user_id,
            "lastUpdated": timestamp(world.now()),
            "changes": [change],
        }
        direction = message.record["direction"]

        def render(wanted: EventFilter) -> _Json | None:
            fits = wanted.accepts("type", message.type) and wanted.accepts("direction", direction)
            return event if fits else None

        world.subscriptions.publish("extension/~/message-store", user_id, render)

    def _add(self, message: StoredMessage) -> None:
        self.store.add(message)
        self.tell(message, is_new=True)
        resource = _INSTANT.get(message.type)
        if resource is None or message.record["direction"] != "Inbound":
            return
        user_id = self._world.company.user.extension_id
        body = self._event_body(message)

        def render(wanted: EventFilter) -> _Json | None:
            fits = wanted.accepts("type", message.type) and wanted.accepts("direction", "Inbound")
            return body if fits else None

        self._world.subscriptions.publish(resource, user_id, render)

    def _event_body(self, message: StoredMessage) -> _Json:
        """Return the record as events spell it: addresses relative, ids partly as text."""
        company = self._world.company
        owner = f"account/{company.account_id}/extension/{company.user.extension_id}"
        body = message.wire(f"/restapi/v1.0/{owner}")
        del body["uri"]
        if message.type == "SMS":
            body |= {"id": message.id, "conversationId": str(message.conversation_id)}
            body["ownerId"] = company.user.extension_id
        return body


def voicemail_id(call: LiveCall) -> str:
    """Return the id that the call's record gives its voicemail."""
    return str(int(call.session_id) + 5)
