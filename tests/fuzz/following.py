"""What must hold whatever the gateway sends: the way of a frame to a line on the terminal."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from rcdesk.cli.call_records import cells
from rcdesk.core.call import Call, CallChange, ChangeKind, Instant
from rcdesk.core.call_lines import change_line
from rcdesk.core.call_record import of_call
from rcdesk.core.calls import CallTracker
from rcdesk.core.events import CoreEvent, TimePassed
from rcdesk.core.history import History
from rcdesk.ringcentral.events import notification
from rcdesk.ringcentral.gateway_socket import Frame
from rcdesk.ringcentral.mending import Undecodable
from rcdesk.ui import words

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_STEP_S = 0.4


def follow(frames: Iterable[bytes]) -> list[CallChange]:
    """Take `frames` in as gateway, call tracker, history and `rcdesk watch` do; what was told.

    Asserts that nothing but Undecodable is raised, that every call is announced `ringing` once
    before all else, and that what has ended stays so.
    """
    follower = Follower()
    for frame in frames:
        event = read(frame)
        if event is not None:
            follower.take(event)
    follower.settle()
    return follower.told


def read(frame: bytes) -> CoreEvent | None:
    """What a frame tells the call tracker."""
    try:
        parsed = Frame.parse(frame)
        assert all(isinstance(value, str) for value in parsed.headers.values())
        return notification(parsed.body).core_event
    except Undecodable:
        return None


class Follower:
    """A tracker, and a listener who notices when it contradicts itself."""

    def __init__(self) -> None:
        self.tracker = CallTracker()
        self.history = History()
        self.told: list[CallChange] = []
        self._now_s = 0.0
        self._going_on: dict[str, Call] = {}
        self._ended: set[str] = set()

    def take(self, event: CoreEvent) -> None:
        now = Instant(START + timedelta(seconds=self._now_s), 1000.0 + self._now_s)
        for change in self.tracker.apply(event, now):
            self._check(change)
            self._show(change, now)
        self._now_s += _STEP_S
        assert not self._ended & {call.key for call in self.tracker.calls}
        words.presence(self.tracker.presence)
        for call in self.tracker.calls:
            record = of_call(call, now.monotonic_s)
            json.dumps(record.line())
            cells(record, "US")

    def settle(self) -> None:
        """Let everything settle that waits for time to pass."""
        while (due_s := self.tracker.due_s) is not None:
            self._now_s = max(self._now_s, due_s - 1000.0)
            self.take(TimePassed())

    def _check(self, change: CallChange) -> None:
        key, kind = change.call.key, change.kind
        if kind is ChangeKind.RINGING:
            assert key not in self._going_on
            assert key not in self._ended
            self._going_on[key] = change.call
        elif key in self._ended:
            assert kind is ChangeKind.UPDATED
            assert not change.call.is_live
        else:
            assert key in self._going_on
        if kind is ChangeKind.ENDED:
            assert change.call.outcome is not None
            assert change.call.duration_s is not None
            self._ended.add(key)
            del self._going_on[key]
        self.told.append(change)

    def _show(self, change: CallChange, now: Instant) -> None:
        json.dumps(change_line(change, now.utc))
        call = change.call
        words.state(call)
        words.who(call.other, "US")
        words.called(call, "US")
        self.history.add_call(call)
        for entry in self.history.entries[:3]:
            words.when(entry.started_at, now.utc)
