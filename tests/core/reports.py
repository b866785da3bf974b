"""Builders that keep the tracker's tables short."""

from datetime import UTC, datetime, timedelta

from rcdesk.core.call import CallChange, Direction, Endpoint, Instant
from rcdesk.core.calls import CallTracker
from rcdesk.core.events import CoreEvent, LegReport, PresenceReport, Termination, TimePassed
from rcdesk.core.presence import TelephonyStatus

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STATUS = {
    "ringing": TelephonyStatus.RINGING,
    "connected": TelephonyStatus.CALL_CONNECTED,
    "hold": TelephonyStatus.ON_HOLD,
    "parked": TelephonyStatus.PARKED_CALL,
    "nocall": TelephonyStatus.NO_CALL,
    "final": TelephonyStatus.NO_CALL,
    "intermediate": TelephonyStatus.NO_CALL,
    "mystery": TelephonyStatus.UNKNOWN,
}


def at(seconds: float) -> Instant:
    return Instant(START + timedelta(seconds=seconds), 1000.0 + seconds)


def leg(
    word: str,
    session: str = "7000",
    direction: Direction | None = Direction.INBOUND,
    caller: str = "+13027430863",
    callee: str = "+18885434778",
    **more: object,
) -> LegReport:
    termination = {"final": Termination.FINAL, "intermediate": Termination.INTERMEDIATE}
    return LegReport(
        session,
        STATUS[word],
        direction,
        caller=Endpoint(caller),
        callee=Endpoint(callee),
        termination=termination.get(word, Termination.UNSAID),
        **more,  # type: ignore[arg-type]
    )


def event(sequence: int | None, *legs: LegReport, total: int | None = None) -> PresenceReport:
    when = None if sequence is None else START + timedelta(seconds=sequence)
    return PresenceReport(sequence=sequence, legs=legs, total_active_calls=total, at=when)


def snapshot(*legs: LegReport, asked_s: float, total: int | None = None) -> PresenceReport:
    return PresenceReport(legs=legs, total_active_calls=total, asked_at=at(asked_s))


def run(
    tracker: CallTracker, *events: CoreEvent, start_s: float = 0.0, step_s: float = 0.1
) -> list[CallChange]:
    """Apply events `step_s` apart, then let everything settle."""
    changes = []
    now_s = start_s
    for one in events:
        changes += tracker.apply(one, at(now_s))
        now_s += step_s
    changes += settle(tracker, now_s)
    return changes


def settle(tracker: CallTracker, now_s: float = 0.0) -> list[CallChange]:
    changes = []
    while (due_s := tracker.due_s) is not None:
        changes += tracker.apply(TimePassed(), at(max(now_s, due_s - 1000.0)))
    return changes


def story(changes: list[CallChange]) -> str:
    """The announcements as words, with the outcome behind the end."""
    words = []
    for change in changes:
        word = change.kind.value
        if word in ("ended", "updated") and change.call.outcome:
            word += f":{change.call.outcome}"
        words.append(word)
    return " ".join(words)
