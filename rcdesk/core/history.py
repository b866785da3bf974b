"""A row of the call history: active calls and call log merged by session."""

from dataclasses import dataclass
from datetime import datetime

from rcdesk.core.call import Direction, Endpoint, Outcome


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One call of the past (or still going on, while `outcome` is None).

    Attributes:
        key: the session id, with the direction where one session has two entries.
        is_final: the call log has it; until then it is known from events only.
        result, action: RingCentral's own words; empty until the log has the call.
    """

    key: str
    session_id: str
    direction: Direction
    other: Endpoint
    own: Endpoint
    started_at: datetime
    duration_s: float = 0
    outcome: Outcome | None = None
    queue: str | None = None
    type: str = "Voice"
    result: str = ""
    action: str = ""
    has_recording: bool = False
    is_final: bool = False
