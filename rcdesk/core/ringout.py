"""How a RingOut stands: two legs, the caller's phone first, then the callee's."""

from dataclasses import dataclass
from enum import StrEnum


class LegStatus(StrEnum):
    """Status of either leg, and of the whole, folded from RingCentral's eighteen values."""

    IN_PROGRESS = "InProgress"
    SUCCESS = "Success"
    FINISHED = "Finished"
    BUSY = "Busy"
    NO_ANSWER = "NoAnswer"
    REJECTED = "Rejected"
    CANNOT_REACH = "CannotReach"
    INVALID = "Invalid"
    INTERNATIONAL_DISABLED = "InternationalDisabled"
    DESTINATION_BLOCKED = "DestinationBlocked"
    NOT_ENOUGH_FUNDS = "NotEnoughFunds"
    NO_SUCH_USER = "NoSuchUser"
    FAILED = "Error"
    UNKNOWN = "Unknown"


class RingOutState(StrEnum):
    """What the user sees of the whole RingOut."""

    RINGING_CALLER = "ringing_caller"
    RINGING_CALLEE = "ringing_callee"
    CONNECTED = "connected"
    CANCELLED = "cancelled"
    FAILED = "failed"
    GONE = "gone"
    """The platform closed it before telling how it ended."""


@dataclass(frozen=True, slots=True)
class RingOut:
    """One RingOut; `id` is opaque. `caller`/`callee` are the leg statuses."""

    id: str
    from_number: str
    to_number: str
    call: LegStatus = LegStatus.IN_PROGRESS
    caller: LegStatus = LegStatus.IN_PROGRESS
    callee: LegStatus = LegStatus.IN_PROGRESS
    was_cancelled: bool = False
    is_gone: bool = False

    @property
    def state(self) -> RingOutState:
        """The two legs folded into what happens now."""
        if self.was_cancelled:
            return RingOutState.CANCELLED
        if self.caller is LegStatus.SUCCESS and self.callee in _TALKING:
            return RingOutState.CONNECTED
        if self.is_gone:
            return RingOutState.GONE
        if LegStatus.IN_PROGRESS not in (self.caller, self.callee) or self.call in _FAILED:
            return RingOutState.CONNECTED if self.call in _TALKING else RingOutState.FAILED
        if self.caller is LegStatus.IN_PROGRESS:
            return RingOutState.RINGING_CALLER
        return RingOutState.RINGING_CALLEE if self.caller in _TALKING else RingOutState.FAILED

    @property
    def is_in_progress(self) -> bool:
        """Worth polling, and cancelling is still possible."""
        return self.state in (RingOutState.RINGING_CALLER, RingOutState.RINGING_CALLEE)


_TALKING = frozenset({LegStatus.SUCCESS, LegStatus.FINISHED})
_FAILED = frozenset(LegStatus) - _TALKING - {LegStatus.IN_PROGRESS, LegStatus.UNKNOWN}
