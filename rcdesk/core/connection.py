"""The connection to RingCentral as the user sees it."""

from dataclasses import dataclass
from enum import StrEnum


class ConnectionState(StrEnum):
    """Gateway states; `signed_out` is left only by signing in."""

    OFFLINE = "offline"
    CONNECTING = "connecting"
    SYNCING = "syncing"
    ONLINE = "online"
    WAITING = "waiting"
    SIGNED_OUT = "signed_out"


@dataclass(frozen=True, slots=True)
class Connection:
    """State, and why.

    `reason` is a sentence for a person, empty while all is well; `retry_in_s` is set while
    WAITING.
    """

    state: ConnectionState
    reason: str = ""
    retry_in_s: float | None = None
