"""The user's own presence."""

from dataclasses import dataclass
from enum import StrEnum


class PresenceStatus(StrEnum):
    """presenceStatus and userStatus."""

    AVAILABLE = "Available"
    BUSY = "Busy"
    OFFLINE = "Offline"
    UNKNOWN = "Unknown"


class DndStatus(StrEnum):
    """dndStatus: which calls the user takes."""

    TAKE_ALL_CALLS = "TakeAllCalls"
    DO_NOT_ACCEPT_ANY_CALLS = "DoNotAcceptAnyCalls"
    DO_NOT_ACCEPT_DEPARTMENT_CALLS = "DoNotAcceptDepartmentCalls"
    TAKE_DEPARTMENT_CALLS_ONLY = "TakeDepartmentCallsOnly"
    UNKNOWN = "Unknown"


class TelephonyStatus(StrEnum):
    """telephonyStatus of a leg, and of the extension as a whole."""

    NO_CALL = "NoCall"
    PARKED_CALL = "ParkedCall"
    ON_HOLD = "OnHold"
    CALL_CONNECTED = "CallConnected"
    RINGING = "Ringing"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class Presence:
    """What others see of the user, and whether calls reach them."""

    presence: PresenceStatus = PresenceStatus.UNKNOWN
    user: PresenceStatus = PresenceStatus.UNKNOWN
    dnd: DndStatus = DndStatus.UNKNOWN
    telephony: TelephonyStatus = TelephonyStatus.NO_CALL
