"""Telephony sessions as Call Control's REST answers spell them.

Events have fewer fields and another shape: `rcdesk.ringcentral.wire`.
"""

import msgspec

from rcdesk.ringcentral.wire import Text, Wire


class PartyAddress(Wire):
    """`from` or `to` of a party."""

    phone_number: Text = None
    name: Text = None


class PartyState(Wire):
    """`status` of a party; `park_data` is where older answers have the park location."""

    code: Text = None
    reason: Text = None
    park_data: Text = None


class ParkPlace(Wire):
    """Where a party is parked (`*801`)."""

    id: Text = None


class PartyRecordingAnswer(Wire):
    """A recording that was started in the call."""

    id: Text = None
    active: bool | None = None


class PartyAnswer(Wire):
    """One party; what actions answer is a part of it."""

    id: Text = None
    extension_id: Text = None
    direction: Text = None
    from_: PartyAddress | None = msgspec.field(default=None, name="from")
    to: PartyAddress | None = None
    status: PartyState | None = None
    muted: bool | None = None
    park: ParkPlace | None = None
    recordings: list[PartyRecordingAnswer] | None = None


class SessionOrigin(Wire):
    """How a session came about."""

    type: Text = None


class SessionAnswer(Wire):
    """GET session."""

    id: Text = None
    origin: SessionOrigin | None = None
    voice_call_token: Text = None
    parties: list[PartyAnswer] | None = None
    creation_time: Text = None


class NewSessionAnswer(Wire):
    """What a call-out or a conference is answered with."""

    session: SessionAnswer | None = None
