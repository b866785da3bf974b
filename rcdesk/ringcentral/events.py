"""Notifications of the gateway, freed of the wire."""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache

import msgspec

from rcdesk.core.events import CoreEvent
from rcdesk.ringcentral.decode import presence_report
from rcdesk.ringcentral.mending import decode
from rcdesk.ringcentral.telephony import session_report
from rcdesk.ringcentral.wire import PresenceBody, TelephonySessionBody, instant, text
from rcdesk.ringcentral.wire_gateway import NotificationBody


class NotificationKind(StrEnum):
    """What a notification is about, by its event path."""

    PRESENCE = "presence"
    TELEPHONY_SESSION = "telephony_session"
    MESSAGE_STORE = "message_store"
    EXTENSION = "extension"
    DND = "dnd"
    OTHER = "other"


class Notification(msgspec.Struct, frozen=True):
    """One notification.

    Attributes:
        event: the event path with its query, as the platform sent it.
        core_event: what it tells the call tracker; None if nothing, or nothing about the
            user's own extension.
        body: the JSON of the body where `core_event` does not say it all.
    """

    uuid: str
    event: str
    timestamp: datetime | None
    subscription_id: str
    kind: NotificationKind
    core_event: CoreEvent | None = None
    body: bytes = b""

    def __repr__(self) -> str:
        return f"Notification({self.kind.value}, uuid={self.uuid!r})"


def notification(data: bytes, own_extension_id: str = "") -> Notification:
    """A ServerNotification's body element.

    `own_extension_id` decides whose calls count; empty, the event path decides.

    Raises:
        Undecodable: it is no notification.
    """
    envelope = decode(data, NotificationBody)
    # The vendor's guide shows events as wrapped for mobile push.
    if envelope.pn_apns and not envelope.body:
        envelope = decode(bytes(envelope.pn_apns), NotificationBody)
    event = text(envelope.event)
    kind, path_extension_id = _classify(event)
    at = instant(envelope.timestamp)
    own = own_extension_id or path_extension_id
    core_event = _core_event(kind, envelope.body, own, at) if envelope.body else None
    return Notification(
        uuid=text(envelope.uuid),
        event=event,
        timestamp=at,
        subscription_id=text(envelope.subscription_id),
        kind=kind,
        core_event=core_event,
        body=b"" if core_event is not None else bytes(envelope.body),
    )


def _core_event(
    kind: NotificationKind, body: msgspec.Raw, own: str, at: datetime | None
) -> CoreEvent | None:
    if kind in (NotificationKind.PRESENCE, NotificationKind.DND):
        report = presence_report(decode(body, PresenceBody), at=at)
        return report if not own or report.extension_id in ("", own) else None
    if kind is NotificationKind.TELEPHONY_SESSION:
        session = decode(body, TelephonySessionBody)
        return session_report(session, own or text(session.extension_id))
    return None


@lru_cache(maxsize=64)
def _classify(event: str) -> tuple[NotificationKind, str]:
    """Kind, and the extension the path names (`~` and none read as empty)."""
    parts = event.partition("?")[0].strip("/").split("/")
    if "extension" not in parts:
        tail, extension_id = parts[-2:], ""
    else:
        at = parts.index("extension")
        extension_id = "".join(parts[at + 1 : at + 2])
        tail = parts[at + 2 :]
    return _KINDS.get("/".join(tail[:2]), NotificationKind.OTHER), (
        "" if extension_id == "~" else extension_id
    )


_KINDS = {
    "": NotificationKind.EXTENSION,
    "presence": NotificationKind.PRESENCE,
    "presence/dnd": NotificationKind.DND,
    "telephony/sessions": NotificationKind.TELEPHONY_SESSION,
    "message-store": NotificationKind.MESSAGE_STORE,
    "message-store/instant": NotificationKind.MESSAGE_STORE,
    "voicemail": NotificationKind.MESSAGE_STORE,
    "fax": NotificationKind.MESSAGE_STORE,
}
