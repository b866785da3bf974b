"""What the call tracker is told: the platform's reports, already decoded and freed of the wire.

Everything but `session_id` is optional in every report, because the platform leaves it out
(events of 2015 carry little more than the session and a status).

They are msgspec's records, because they come by the thousand and a frozen dataclass takes ten
times as long to make.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from rcdesk.core.call import NOBODY, Direction, Endpoint, Instant, Outcome
from rcdesk.core.presence import DndStatus, PresenceStatus, TelephonyStatus


class Termination(StrEnum):
    """terminationType of a leg in NoCall."""

    FINAL = "final"
    INTERMEDIATE = "intermediate"
    UNSAID = ""


class LegReport(msgspec.Struct, frozen=True):
    """One entry of `activeCalls`, or one own party of a telephony session.

    Attributes:
        leg_id: tells legs of one session apart where there is no `party_id` (events of 2015,
            in which two calls can even share their session).
        outcome: what the report itself says about the end (`missedCall`, a party reason).
        is_ringout: the report says that this is a RingOut (telephony origin).
        queue: see `Call.queue`.
    """

    session_id: str
    status: TelephonyStatus
    direction: Direction | None = None
    party_id: str = ""
    telephony_session_id: str = ""
    caller: Endpoint = NOBODY
    callee: Endpoint = NOBODY
    queue: str | None = None
    started_at: datetime | None = None
    termination: Termination = Termination.UNSAID
    outcome: Outcome | None = None
    is_ringout: bool = False
    leg_id: str = ""


class PresenceReport(msgspec.Struct, frozen=True):
    """A presence event, or the answer to GET presence.

    Attributes:
        sequence: per extension; None for a REST snapshot, which has none.
        legs: None for the simple form, which leaves calls out.
        total_active_calls: may exceed `len(legs)`, which the platform caps at seven.
        at: the event's own time.
        asked_at: for a snapshot, when it was asked for: it says nothing about calls that
            were heard of later.
        answered_at: for a snapshot, the platform's own time, to the second, when it answered.
    """

    extension_id: str = ""
    sequence: int | None = None
    telephony: TelephonyStatus | None = None
    presence: PresenceStatus | None = None
    user: PresenceStatus | None = None
    dnd: DndStatus | None = None
    legs: tuple[LegReport, ...] | None = None
    total_active_calls: int | None = None
    at: datetime | None = None
    asked_at: Instant | None = None
    answered_at: datetime | None = None


class SessionReport(msgspec.Struct, frozen=True):
    """A telephony-session event: the user's own party, with a sequence of the session's own."""

    sequence: int | None
    leg: LegReport
    at: datetime | None = None


class LogLeg(msgspec.Struct, frozen=True, gc=False):
    """One leg of a record, in the platform's order.

    Attributes:
        kind: RingCentral's legType (`Accept`, `FindMe`, `Hunting`, …).
        action, result: RingCentral's own words.
        extension_id: whose leg it is; empty outside the account.
    """

    kind: str = ""
    action: str = ""
    result: str = ""
    direction: Direction | None = None
    caller: Endpoint = NOBODY
    callee: Endpoint = NOBODY
    started_at: datetime | None = None
    duration_s: float = 0
    extension_id: str = ""
    recording_id: str = ""
    is_master: bool = False


class LogRecord(msgspec.Struct, frozen=True, gc=False):
    """One record of the call log or of active-calls.

    Attributes:
        outcome: None while the call is in progress.
        result, action, reason: RingCentral's own words, for the history; `reason` is a sentence.
        recording_id: empty where there is no recording.
        is_too_short: there is no recording because what was recorded was too short to be kept.
        message_id: of the voicemail or fax that the call left; empty without one.
        legs: empty in the Simple view, which says nothing about them.
    """

    session_id: str
    record_id: str = ""
    telephony_session_id: str = ""
    party_id: str = ""
    direction: Direction | None = None
    caller: Endpoint = NOBODY
    callee: Endpoint = NOBODY
    started_at: datetime | None = None
    duration_s: float = 0
    outcome: Outcome | None = None
    result: str = ""
    action: str = ""
    type: str = "Voice"
    queue: str | None = None
    recording_id: str = ""
    is_too_short: bool = False
    message_id: str = ""
    reason: str = ""
    legs: tuple[LogLeg, ...] = ()


class LogReport(msgspec.Struct, frozen=True):
    """Records as the platform listed them; corrects calls, never starts one ringing."""

    records: tuple[LogRecord, ...]


class RingOutPlaced(msgspec.Struct, frozen=True):
    """rcdesk itself asked for a RingOut: the inbound call to `caller` that follows is its twin."""

    caller_number: str
    callee_number: str


class TimePassed(msgspec.Struct, frozen=True):
    """Nothing was said; settle what was only waiting (see `CallTracker.due_s`)."""


class ContinuityLost(msgspec.Struct, frozen=True):
    """Sequences start anew: a recovery failed or someone signed in. Calls are kept."""


CoreEvent = PresenceReport | SessionReport | LogReport | RingOutPlaced | TimePassed | ContinuityLost
