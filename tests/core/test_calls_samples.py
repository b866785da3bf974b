"""The brief's flows and RingCentral's own samples, decoded and run through the tracker."""

import json
from itertools import permutations
from pathlib import Path

import pytest

from rcdesk.core.calls import CallTracker
from rcdesk.core.events import CoreEvent, LogReport
from rcdesk.ringcentral.decode import log_report
from rcdesk.ringcentral.events import notification
from rcdesk.ringcentral.mending import decode
from rcdesk.ringcentral.wire import CallLogAnswer
from tests.core.reports import run, story

SAMPLES = Path(__file__).parents[2].parent / "shared" / "platform" / "samples"
pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the platform's samples are not beside this checkout"
)

FLOWS = {
    "missed": "ringing ended:missed",
    "answered": "ringing connected ended:answered",
    "ringout": "ringing connected ended:answered",
}
EVENTS = [
    "events/account-presence.json",
    "events/account-telephony-sessions.json",
    "events/account-telephony-sessions.unwrapped.json",
    "events/call-queue-member-presence.json",
    "events/detailed-extension-presence-with-sip.json",
    "events/detailed-extension-presence.json",
    "events/extension-dnd-status.json",
    "events/extension-presence-line.json",
    "events/extension-presence.json",
    "events/extension-telephony-sessions.json",
    "events/extension-telephony-sessions.unwrapped.json",
    "voice/cust-to-oper-event.json",
    "voice/oper-to-cust-event.json",
    "voice/telephony-session-event.json",
    "websockets/server-notification-presence.json",
]
LOGS = ["voice/call-log-simple.json", "voice/call-log-detailed.json", "seed/call-log-filtered.json"]


def event(file: str | Path) -> CoreEvent | None:
    text = (SAMPLES / file).read_bytes()
    content = json.loads(text)
    if isinstance(content, list):
        text = json.dumps(content[1]).encode()
    return notification(text).core_event


def flow(name: str) -> list[CoreEvent]:
    files = sorted((SAMPLES / "seed").glob(f"{name}-*.json"))
    events = [event(file) for file in files]
    assert len(events) == len(FLOWS[name].split())
    return [one for one in events if one is not None]


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_in_order(name: str) -> None:
    assert story(run(CallTracker(), *flow(name))) == FLOWS[name]


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_in_any_order_and_twice(name: str) -> None:
    in_order = run(CallTracker(), *flow(name))[-1].call
    for order in permutations(flow(name)):
        for events in (order, order + order, order[:1] + order):
            changes = run(CallTracker(), *events)
            told = [change.kind.value for change in changes if change.kind != "updated"]
            assert sorted(told) == sorted(word.split(":")[0] for word in FLOWS[name].split())
            last = changes[-1].call
            assert (last.outcome, last.duration_s) == (in_order.outcome, in_order.duration_s)
            assert (last.caller, last.callee) == (in_order.caller, in_order.callee)


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_with_an_event_missing_still_ends_once(name: str) -> None:
    events = flow(name)
    for missing in range(len(events) - 1):
        left = events[:missing] + events[missing + 1 :]
        told = story(run(CallTracker(), *left))
        if len(left) == 1:
            assert told == ""  # only its end was heard of
        else:
            assert told.startswith("ringing")
            assert told.count("ended") == 1


@pytest.mark.parametrize("gap_s", [0, 60])
def test_two_calls_of_one_session_are_told_apart(gap_s: float) -> None:
    # The brief's missed and answered calls share their sessionId; only the leg ids differ.
    missed, answered = flow("missed"), flow("answered")
    firsts = [(order, answered) for order in permutations(missed)]
    for order, then in [*firsts, *((order, missed) for order in permutations(answered))]:
        tracker = CallTracker()
        if gap_s:
            changes = run(tracker, *order) + run(tracker, *then, start_s=gap_s)
        else:
            changes = run(tracker, *order, *then)
        told = {call.key: "" for call in (change.call for change in changes)}
        for change in changes:
            told[change.call.key] += story([change]) + " "
        stories = sorted(words.strip() for words in told.values())
        assert stories == [FLOWS["answered"], FLOWS["missed"]]


@pytest.mark.parametrize("name", EVENTS)
def test_a_sample_is_followed_once_however_often_it_comes(name: str) -> None:
    one = event(name)
    if one is None:
        return
    tracker = CallTracker()
    first = run(tracker, one)
    assert run(tracker, one, one, start_s=9) == []
    assert len({change.call.key for change in first}) == len(tracker.calls)


def test_all_samples_together_in_any_order_end_in_the_same_calls() -> None:
    events = [one for name in EVENTS if (one := event(name)) is not None]
    ends = set()
    for order in (events, events[::-1], events[1::2] + events[::2], events + events):
        tracker = CallTracker()
        run(tracker, *order)
        ends.add(frozenset((call.session_id, call.state, call.other) for call in tracker.calls))
    assert len(ends) == 1


@pytest.mark.parametrize("name", LOGS)
def test_a_logged_sample_corrects_and_starts_nothing(name: str) -> None:
    report = log_report(decode((SAMPLES / name).read_bytes(), CallLogAnswer))
    assert isinstance(report, LogReport)
    assert report.records
    assert run(CallTracker(), report) == []
