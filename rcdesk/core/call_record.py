"""One call as commands list it and exported files hold it: the same columns in both."""

from dataclasses import dataclass
from datetime import UTC, datetime

from rcdesk.core.call import NOBODY, Call, CallState, Direction, Endpoint, Outcome
from rcdesk.core.call_lines import Json, flat_names, iso, local_iso, placed_end, rounded
from rcdesk.core.history import HistoryEntry
from rcdesk.core.past_calls import FullCall


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One call as it is listed.

    Attributes:
        state: where the call is; `ended` for all of the history.
        duration_s: talk time, so far or in all; None for a call that only rings.
        recording: id of the recording, or empty.
        ring_s: of a call that was followed live; None for any other.
        note, tags: what the user wrote; only the calls kept on this computer have them.
    """

    session_id: str
    direction: Direction
    caller: Endpoint
    callee: Endpoint
    started_at: datetime | None
    state: CallState = CallState.ENDED
    queue: str | None = None
    outcome: Outcome | None = None
    duration_s: float | None = None
    type: str = "Voice"
    platform_result: str = ""
    action: str = ""
    recording: str = ""
    ring_s: float | None = None
    note: str = ""
    tags: tuple[str, ...] = ()

    @property
    def other(self) -> Endpoint:
        """The end that is not the user."""
        return self.caller if self.direction is Direction.INBOUND else self.callee

    @property
    def own(self) -> Endpoint:
        """The user's end."""
        return self.callee if self.direction is Direction.INBOUND else self.caller

    def line(self) -> Json:
        """As JSON; the names are those of `rcdesk watch` where it has them.

        Scripts rely on names and order: what is new comes last.
        """
        own = self.own
        return {
            "time": iso(self.started_at) if self.started_at else None,
            "session_id": self.session_id,
            "state": self.state.value,
            "direction": self.direction.value,
            "from": placed_end(self.caller),
            "to": placed_end(self.callee),
            "queue": self.queue,
            "result": self.outcome.value if self.outcome else None,
            "duration_s": rounded(self.duration_s),
            "type": self.type,
            "platform_result": self.platform_result or None,
            "action": self.action or None,
            "recording": self.recording or None,
            "local_time": local_iso(self.started_at) if self.started_at else None,
            "line": own.number or own.name or None,
            "ring_s": rounded(self.ring_s),
            "note": self.note or None,
            "tags": list(self.tags),
        }


COLUMNS = tuple(
    flat_names(CallRecord("", Direction.INBOUND, NOBODY, NOBODY, started_at=None).line())
)
"""What `flat` makes of each line, by name."""


def of_call(call: Call, now_s: float) -> CallRecord:
    """A call that goes on; `now_s` is monotonic."""
    since = call.connected_at
    return CallRecord(
        session_id=call.session_id,
        direction=call.direction,
        caller=call.caller,
        callee=call.callee,
        started_at=call.started_at,
        state=call.state,
        queue=call.queue,
        duration_s=None if since is None else max(0.0, now_s - since.monotonic_s),
    )


def of_entry(
    entry: HistoryEntry,
    *,
    ring_s: float | None = None,
    note: str = "",
    tags: tuple[str, ...] = (),
) -> CallRecord:
    """A call of the history."""
    inbound = entry.direction is Direction.INBOUND
    return CallRecord(
        session_id=entry.session_id,
        direction=entry.direction,
        caller=entry.other if inbound else entry.own,
        callee=entry.own if inbound else entry.other,
        started_at=entry.started_at.astimezone(UTC),
        queue=entry.queue,
        outcome=entry.outcome,
        duration_s=entry.duration_s,
        type=entry.type,
        platform_result=entry.result,
        action=entry.action,
        recording=entry.recording_id,
        ring_s=ring_s,
        note=note,
        tags=tags,
    )


def of_kept(kept: FullCall) -> CallRecord:
    """A call of the archive."""
    call = kept.call
    return of_entry(call.entry, ring_s=kept.ring_s, note=kept.note, tags=call.tags)
