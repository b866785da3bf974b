"""What rcdesk knows about one call, and how it tells others that it changed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec


class Instant(NamedTuple):
    """One moment on both clocks.

    `monotonic_s` measures waits and durations, which must not jump; `utc` (aware) meets
    the platform's own times.
    """

    utc: datetime
    monotonic_s: float


class Direction(StrEnum):
    """As seen from the user's extension."""

    INBOUND = "Inbound"
    OUTBOUND = "Outbound"


class CallState(StrEnum):
    """Where a call is; RingCentral's telephonyStatus with NoCall read as ended."""

    RINGING = "ringing"
    CONNECTED = "connected"
    ON_HOLD = "on_hold"
    PARKED = "parked"
    ENDED = "ended"


class Outcome(StrEnum):
    """How a call ended.

    For an outbound call `cancelled` means it ended before anyone answered.
    """

    MISSED = "missed"
    ANSWERED = "answered"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    REJECTED = "rejected"
    VOICEMAIL = "voicemail"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


# gc=False here and for what holds them by the thousand: no cycles, and nothing to walk over.
class Endpoint(msgspec.Struct, frozen=True, gc=False):
    """One end of a call, as the platform spelled it.

    `number` may be E.164 with or without `+`, an extension number, masked
    (`+1855201XXXX`) or empty.
    """

    number: str = ""
    name: str = ""
    location: str = ""

    def completed_by(self, other: "Endpoint") -> "Endpoint":
        """This end, with what it leaves blank taken from `other`."""
        if other in (self, NOBODY):
            return self
        if self == NOBODY:
            return other
        return Endpoint(
            self.number or other.number, self.name or other.name, self.location or other.location
        )


NOBODY = Endpoint()


@dataclass(slots=True)
class Call:
    """One call of the user's extension; nobody changes one, a change makes a new one.

    Not frozen, because each event makes one and a frozen dataclass takes three times as long.

    Attributes:
        key: identifies the call in this process; one session may hold two (a call to oneself).
        queue: name of the call queue it came through; `""` for a queue whose name is not
            known, None for a call that came through none.
        started_at: when it began to ring, by the platform's clock.
        heard_at: when rcdesk first heard of it; how long it rings is counted from here, since
            the platform's clock and this computer's may disagree.
        connected_at: when it was first connected; None while it only rings.
        outcome: None until it ended.
        duration_s: talk time; None until it ended.
        is_ringout: it is rcdesk's or another client's RingOut, whose `connected` means that
            the first leg answered.
    """

    key: str
    session_id: str
    direction: Direction
    state: CallState
    caller: Endpoint = NOBODY
    callee: Endpoint = NOBODY
    telephony_session_id: str = ""
    party_id: str = ""
    queue: str | None = None
    started_at: datetime | None = None
    heard_at: Instant | None = None
    connected_at: Instant | None = None
    ended_at: Instant | None = None
    outcome: Outcome | None = None
    duration_s: float | None = None
    is_ringout: bool = False

    @property
    def other(self) -> Endpoint:
        """The end that is not the user."""
        return self.caller if self.direction is Direction.INBOUND else self.callee

    @property
    def own(self) -> Endpoint:
        """The user's end: the line that was called, or the one that calls."""
        return self.callee if self.direction is Direction.INBOUND else self.caller

    @property
    def counts_from(self) -> Instant | None:
        """The moment from which to tell how long it goes on, or rings."""
        return self.connected_at or self.heard_at

    @property
    def is_live(self) -> bool:
        """Still going on."""
        return self.state is not CallState.ENDED


class ChangeKind(StrEnum):
    """What a CallChange announces; the first five are each call's life, in this order."""

    RINGING = "ringing"
    CONNECTED = "connected"
    ON_HOLD = "on_hold"
    PARKED = "parked"
    ENDED = "ended"
    UPDATED = "updated"
    """Details became known or were corrected: a name, the outcome, the duration."""


class CallChange(NamedTuple):
    """One announcement about a call.

    Every call that is announced at all is announced `ringing` once and, when it ends,
    `ended` once. An announcement can lag behind the call: look at `call.state`, not at
    `kind`, before showing something (a call found connected says `ringing`, then
    `connected`, and its `call.state` is CONNECTED in both).

    `is_late` says that the call came and went while there was no connection: it belongs into
    the history and into one digest, not onto a popup.
    """

    kind: ChangeKind
    call: Call
    is_late: bool = False
