"""Calls of `rcdesk calls`: from the history, or going on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from rcdesk.cli.call_lines import Json, iso, placed_end, rounded
from rcdesk.core.call import NOBODY, Call, CallState, Direction, Endpoint, Outcome
from rcdesk.core.events import LogRecord
from rcdesk.core.history import History, HistoryEntry
from rcdesk.ui import words


@dataclass(frozen=True, slots=True)
class Record:
    """One call as it is listed.

    Attributes:
        state: where the call is; `ended` for all of the history.
        duration_s: talk time, so far or in all; None for a call that only rings.
        recording: id of the recording, or empty.
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

    def line(self) -> Json:
        """As JSON; the names are those of `rcdesk watch` where it has them."""
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
        }

    def cells(self, region: str) -> tuple[str, ...]:
        """As cells of a table: when, which way, who, number, how it went, how long."""
        inbound = self.direction is Direction.INBOUND
        other = self.caller if inbound else self.callee
        who, number = words.plain(other.name, 40), words.number(other, region)
        began = self.started_at
        return (
            f"{began.astimezone():%Y-%m-%d %H:%M}" if began else "",
            "←" if inbound else "→",
            words.isolate(who or words.plain(other.location, 40) or words.UNKNOWN_CALLER),
            number,
            self._how_it_went(),
            words.duration(self.duration_s) if self.duration_s else "",
        )

    def _how_it_went(self) -> str:
        if self.state is not CallState.ENDED:
            return self.state.value.replace("_", " ")
        if self.type == "Fax":
            return words.joined("fax", words.plain(self.platform_result, 40).lower())
        return (self.outcome or Outcome.UNKNOWN).value.replace("_", " ")


EMPTY = Record("", Direction.INBOUND, NOBODY, NOBODY, None)


def of_call(call: Call, now: datetime) -> Record:
    """A call that goes on."""
    talking_since = call.connected_at.utc if call.connected_at else None
    return Record(
        session_id=call.session_id,
        direction=call.direction,
        caller=call.caller,
        callee=call.callee,
        started_at=call.started_at,
        state=call.state,
        queue=call.queue,
        duration_s=max(0.0, (now - talking_since).total_seconds()) if talking_since else None,
    )


def of_entry(entry: HistoryEntry) -> Record:
    """A call of the history."""
    inbound = entry.direction is Direction.INBOUND
    return Record(
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
    )


def has_result(entry: HistoryEntry, result: str | None) -> bool:
    """Whether the call ended so: an outcome, or the platform's words; None for any end."""
    if result is None:
        return True
    outcome = entry.outcome.value if entry.outcome else ""
    return folded(result) in (folded(outcome), folded(entry.result))


class Collection:
    """Calls out of pages of the call log, each once, newest first.

    Args:
        result: an outcome, or the platform's result text in any spelling; None for all.
    """

    def __init__(self, result: str | None) -> None:
        self._result = result
        self._history = History()
        self.records: list[Record] = []

    def add(self, records: Iterable[LogRecord]) -> None:
        """Take a page in."""
        self._history.add_records(records)
        entries = self._history.entries
        self.records = [of_entry(entry) for entry in entries if has_result(entry, self._result)]


def folded(text: str) -> str:
    """`answered_elsewhere`, `Answered Elsewhere` and `answered-elsewhere` are one."""
    return "".join(character for character in text.casefold() if character.isalnum())
