"""Presence as settings, where `rcdesk.ringcentral.wire` has it as events."""

from rcdesk.ringcentral.wire import ExtensionRef, Navigation, Text, Wire


class PresenceAnswer(Wire):
    """GET and PUT presence, and one record of the account's.

    `dnd_status_personal` and `accept_call_queue_calls` take the place of `dnd_status` where the
    account has the new call handling.
    """

    extension: ExtensionRef | None = None
    telephony_status: Text = None
    presence_status: Text = None
    user_status: Text = None
    dnd_status: Text = None
    dnd_status_personal: Text = None
    accept_call_queue_calls: bool | None = None
    message: Text = None
    allow_see_my_presence: bool | None = None
    ring_on_monitored_call: bool | None = None
    pick_up_calls_on_hold: bool | None = None
    caller_id_visibility: Text = None


class AccountPresenceAnswer(Wire):
    """One page of everybody's presence."""

    records: list[PresenceAnswer] | None = None
    navigation: Navigation | None = None
