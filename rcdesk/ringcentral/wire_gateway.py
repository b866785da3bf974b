"""Frames of the WebSocket gateway: JSON arrays of a head and, mostly, a body."""

import msgspec

from rcdesk.ringcentral.wire import Text, Whole, Wire


class WsToken(msgspec.Struct, kw_only=True):
    """Answer of `POST /restapi/oauth/wstoken`; good for one connection within a minute."""

    uri: str | None = None
    ws_access_token: str | None = None
    expires_in: float | None = None

    def __repr__(self) -> str:
        return f"WsToken(expires_in={self.expires_in!r})"


class SessionContext(Wire):
    """`wsc`: what a reconnect presents to recover the session; `token` is a secret."""

    token: Text = None
    sequence: Whole | None = None

    def __repr__(self) -> str:
        return f"SessionContext(sequence={self.sequence!r})"


class FrameHead(Wire):
    """First element of every frame."""

    type: Text = None
    message_id: Text = None
    status: Whole | None = None
    headers: dict[str, Text] | None = None
    wsc: SessionContext | None = None


class ConnectionDetails(Wire):
    """Body of the first frame; times in seconds."""

    recovery_state: Text = None
    recovery_error_code: Text = None
    recovery_timeout: float | None = None


class GatewayError(Wire):
    """Body of an Error frame."""

    error_code: Text = None


class DisabledFilter(Wire):
    """An event filter that the platform did not accept."""

    filter: Text = None
    reason: Text = None


class Subscription(Wire):
    """Answer to a subscription request."""

    id: Text = None
    disabled_filters: list[DisabledFilter] | None = None


class NotificationBody(Wire):
    """Body of a ServerNotification; `body` stays JSON until `event` has told its type."""

    uuid: Text = None
    event: Text = None
    timestamp: Text = None
    subscription_id: Text = None
    body: msgspec.Raw = msgspec.Raw()
    pn_apns: msgspec.Raw = msgspec.field(default=msgspec.Raw(), name="pn_apns")
