"""Calls, presence and telephony sessions as the platform spells them.

Every field is optional and may be null. Ids come as text or number, enums as plain text with
values nobody has heard of, times in two forms: `rcdesk.ringcentral.decode` makes sense of them.
"""

from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import Annotated, ClassVar

import msgspec

Text = str | int | float | None
"""An id, a number or a name: `text()` makes a string of it."""
Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""What is counted or compared: JSON also has numbers of hundreds of digits, which nothing takes."""


class Wire(msgspec.Struct, rename="camel", kw_only=True, omit_defaults=True):
    """Base of everything on the wire: camelCase, unknown fields ignored.

    Attributes:
        essential: fields that are the answer; where one of them does not fit, none of it does.
    """

    essential: ClassVar[tuple[str, ...]] = ()


class Listing(Wire):
    """An answer whose records are no list must not be taken for one without records."""

    essential: ClassVar[tuple[str, ...]] = ("records",)


def text(value: Text) -> str:
    """`value` as text; `""` for null."""
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def instant(value: Text) -> datetime | None:
    """A platform time (`…Z` or `…+0000`) as an aware datetime; None if it is none.

    In the first and the last year there is, other time zones have no date for it: none either.
    """
    if type(value) is not str:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not MINYEAR < at.year < MAXYEAR:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


class QueueLine(Wire):
    """One display line of a queue call."""

    type: Text = None
    value: Text = None


class QueueLines(Wire):
    """`callInfo` of an active call, `uiCallInfo` of a party."""

    primary: QueueLine | None = None
    additional: QueueLine | None = None


class ActiveCall(Wire):
    """One entry of a presence's `activeCalls`."""

    id: Text = None
    direction: Text = None
    from_: Text = msgspec.field(default=None, name="from")
    from_name: Text = None
    to: Text = None
    to_name: Text = None
    telephony_status: Text = None
    session_id: Text = None
    telephony_session_id: Text = None
    party_id: Text = None
    start_time: Text = None
    termination_type: Text = None
    queue_call: bool | None = None
    call_info: QueueLines | None = None


class ExtensionRef(Wire):
    """A reference to an extension."""

    id: Text = None
    extension_number: Text = None


class PresenceBody(Wire):
    """Body of a presence or dnd event, and the answer to GET presence."""

    extension_id: Text = None
    extension: ExtensionRef | None = None
    sequence: Whole | None = None
    telephony_status: Text = None
    presence_status: Text = None
    user_status: Text = None
    dnd_status: Text = None
    active_calls: list[ActiveCall] | None = None
    total_active_calls: Whole | None = None


class SessionPartyEnd(Wire):
    """`from` or `to` of a telephony party."""

    phone_number: Text = None
    name: Text = None


class PartyStatus(Wire):
    """`status` of a telephony party."""

    code: Text = None
    reason: Text = None


class PartyOwner(Wire):
    """`owner` of a party, in GET answers only."""

    extension_id: Text = None


class Party(Wire):
    """One party of a telephony session."""

    id: Text = None
    extension_id: Text = None
    owner: PartyOwner | None = None
    direction: Text = None
    from_: SessionPartyEnd | None = msgspec.field(default=None, name="from")
    to: SessionPartyEnd | None = None
    status: PartyStatus | None = None
    missed_call: bool | None = None
    queue_call: bool | None = None
    ui_call_info: QueueLines | None = None
    ring_out_role: Text = None


class Origin(Wire):
    """How a telephony session came about."""

    type: Text = None


class TelephonySessionBody(Wire):
    """Body of a telephony-session event (changed parties only), or GET session (`id`)."""

    sequence: Whole | None = None
    id: Text = None
    session_id: Text = None
    telephony_session_id: Text = None
    extension_id: Text = None
    event_time: Text = None
    creation_time: Text = None
    parties: list[Party] | None = None
    origin: Origin | None = None


class LogParty(Wire):
    """`from` or `to` of a call-log record."""

    phone_number: Text = None
    extension_number: Text = None
    extension_id: Text = None
    name: Text = None
    location: Text = None


class Recording(Wire):
    """A call-log record's recording."""

    id: Text = None


class LinkedMessage(Wire):
    """The voicemail or fax that a call left."""

    id: Text = None


class CallLogLeg(Wire):
    """One leg of a record in the Detailed view."""

    start_time: Text = None
    duration: float | None = None
    duration_ms: float | None = None
    leg_type: Text = None
    direction: Text = None
    action: Text = None
    result: Text = None
    master: bool | None = None
    from_: LogParty | None = msgspec.field(default=None, name="from")
    to: LogParty | None = None
    extension: ExtensionRef | None = None
    recording: Recording | None = None


class CallLogEntry(Wire):
    """One record of the call log or of active-calls."""

    id: Text = None
    session_id: Text = None
    telephony_session_id: Text = None
    party_id: Text = None
    start_time: Text = None
    duration: float | None = None
    duration_ms: float | None = None
    type: Text = None
    direction: Text = None
    action: Text = None
    result: Text = None
    reason: Text = None
    reason_description: Text = None
    from_: LogParty | None = msgspec.field(default=None, name="from")
    to: LogParty | None = None
    recording: Recording | None = None
    short_recording: bool | None = None
    message: LinkedMessage | None = None
    delegation_type: Text = None
    legs: list[CallLogLeg] | None = None
    deleted: bool | None = None


class PageUri(Wire):
    """Where a neighbouring page is."""

    uri: Text = None


class Navigation(Wire):
    """A missing `next_page` ends a listing."""

    next_page: PageUri | None = None


class SyncInfo(Wire):
    """Where a synchronisation stands."""

    sync_type: Text = None
    sync_token: Text = None


class CallLogAnswer(Listing):
    """One page of call-log records."""

    records: list[CallLogEntry] | None = None
    navigation: Navigation | None = None


class RingOutStatuses(Wire):
    """The three statuses of a RingOut."""

    call_status: Text = None
    caller_status: Text = None
    callee_status: Text = None


class RingOutAnswer(Wire):
    """A RingOut as created or polled; `id` was an integer once and is opaque now."""

    id: Text = None
    status: RingOutStatuses | None = None
