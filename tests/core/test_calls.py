from datetime import timedelta
from itertools import permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcdesk.core.call import Call, CallState, Direction, Endpoint, Instant, Outcome
from rcdesk.core.calls import CallTracker
from rcdesk.core.events import (
    ContinuityLost,
    CoreEvent,
    LegReport,
    LogRecord,
    LogReport,
    PresenceReport,
    RingOutPlaced,
    SessionReport,
    TimePassed,
)
from rcdesk.core.presence import DndStatus, PresenceStatus, TelephonyStatus
from tests.core.reports import START, STATUS, at, event, leg, run, settle, snapshot, story

OUT = Direction.OUTBOUND


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ringing nocall", "ringing ended:missed"),
        ("ringing final", "ringing ended:missed"),
        ("ringing connected nocall", "ringing connected ended:answered"),
        ("ringing connected final", "ringing connected ended:answered"),
        ("connected final", "ringing connected ended:answered"),
        ("ringing connected hold connected final",
         "ringing connected on_hold connected ended:answered"),
        ("ringing connected parked final", "ringing connected parked ended:answered"),
        ("ringing hold final", "ringing connected on_hold ended:answered"),
        ("ringing nocall ringing final", "ringing ended:missed"),
        ("ringing nocall connected final", "ringing connected ended:answered"),
        ("ringing intermediate connected final", "ringing connected ended:answered"),
        ("ringing intermediate intermediate", "ringing"),
        ("ringing ringing ringing final", "ringing ended:missed"),
        ("ringing mystery connected mystery final", "ringing connected ended:answered"),
        ("ringing connected ringing final", "ringing connected ended:answered"),
        ("ringing final ringing connected", "ringing ended:missed updated:answered"),
        ("nocall", ""),
        ("final", ""),
        ("mystery", ""),
        ("final ringing", "ringing ended:missed"),
    ],
)  # fmt: skip
def test_what_is_announced_of_an_inbound_call(words: str, expected: str) -> None:
    events = [event(index, leg(word)) for index, word in enumerate(words.split())]
    assert story(run(CallTracker(), *events)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ringing connected final", "ringing connected ended:answered"),
        ("ringing final", "ringing ended:cancelled"),
    ],
)
def test_what_is_announced_of_an_outbound_call(words: str, expected: str) -> None:
    events = [event(i, leg(word, direction=OUT)) for i, word in enumerate(words.split())]
    assert story(run(CallTracker(), *events)) == expected


FLOWS = {
    "missed": ["ringing", "nocall"],
    "answered": ["ringing", "connected", "nocall"],
    "held": ["ringing", "connected", "hold", "nocall"],
}


@pytest.mark.parametrize("name", FLOWS)
def test_any_order_announces_each_stage_once(name: str) -> None:
    events = [event(10 + index, leg(word)) for index, word in enumerate(FLOWS[name])]
    stages = {"ringing", "ended"} | ({"connected"} if name != "missed" else set())
    for order in permutations(events):
        told = [change.kind.value for change in run(CallTracker(), *order)]
        for stage in stages:
            assert told.count(stage) == 1, (order, told)
        assert told[0] == "ringing"


def test_an_end_that_outruns_the_ringing_rings_no_popup() -> None:
    tracker = CallTracker()
    assert tracker.apply(event(2, leg("nocall")), at(0)) == []
    assert tracker.apply(event(1, leg("ringing")), at(0.1)) == []
    changes = settle(tracker)
    assert story(changes) == "ringing ended:missed"
    assert {change.call.state for change in changes} == {CallState.ENDED}


def test_a_bare_nocall_ends_the_call_after_two_seconds_only() -> None:
    tracker = CallTracker()
    tracker.apply(event(1, leg("ringing")), at(0))
    tracker.apply(event(2, leg("nocall")), at(10))
    assert tracker.apply(TimePassed(), at(11.9)) == []
    assert [call.state for call in tracker.calls] == [CallState.RINGING]
    assert story(tracker.apply(TimePassed(), at(12))) == "ended:missed"
    assert tracker.due_s is None


def test_the_next_device_of_a_call_rings_as_another_party() -> None:
    tracker = CallTracker()
    changes = run(
        tracker,
        event(1, leg("ringing", party_id="p-1")),
        event(2, leg("nocall", party_id="p-1")),
        event(3, leg("connected", party_id="p-2")),
        event(4, leg("final", party_id="p-2")),
    )
    assert story(changes) == "ringing connected ended:answered"


def test_a_queue_that_offers_the_call_again_rings_again() -> None:
    tracker = CallTracker()
    first = run(tracker, event(1, leg("ringing", party_id="p-1")),
                event(2, leg("final", party_id="p-1")))  # fmt: skip
    second = run(tracker, event(3, leg("ringing", party_id="p-2")), start_s=30)
    assert (story(first), story(second)) == ("ringing ended:missed", "ringing")
    assert second[0].call.key != first[0].call.key


def test_a_call_to_oneself_is_two_calls_of_one_session() -> None:
    tracker = CallTracker()
    tracker.apply(
        event(1, leg("ringing", direction=OUT, party_id="p-1"), leg("ringing", party_id="p-2")),
        at(0),
    )
    assert sorted(call.direction for call in tracker.calls) == ["Inbound", "Outbound"]
    assert len({call.key for call in tracker.calls}) == 2


def test_older_sequences_change_neither_call_nor_presence() -> None:
    tracker = CallTracker()
    newer = PresenceReport(sequence=9, dnd=DndStatus.TAKE_ALL_CALLS, legs=(leg("connected"),))
    older = PresenceReport(
        sequence=8, dnd=DndStatus.DO_NOT_ACCEPT_ANY_CALLS, legs=(leg("ringing"),)
    )
    run(tracker, newer, older)
    assert tracker.calls[0].state is CallState.CONNECTED
    assert tracker.presence.dnd is DndStatus.TAKE_ALL_CALLS


def test_an_equal_sequence_counts_if_it_says_something_new() -> None:
    tracker = CallTracker()
    named = leg("ringing")
    named = LegReport(named.session_id, named.status, named.direction, caller=Endpoint("1", "Ann"))
    assert story(run(tracker, event(5, leg("ringing")), event(5, leg("ringing")))) == "ringing"
    assert story(run(tracker, event(5, named))) == "updated"
    assert tracker.calls[0].caller.name == "Ann"


@pytest.mark.parametrize(("lost", "expected"), [(True, "connected"), (False, "")])
def test_sequences_start_anew_after_lost_continuity(lost: bool, expected: str) -> None:
    tracker = CallTracker()
    run(tracker, event(1000, leg("hold")), *([ContinuityLost()] if lost else []))
    assert story(run(tracker, event(1, leg("connected")))) == expected


def test_a_sequence_that_wrapped_around_is_news() -> None:
    tracker = CallTracker()
    run(tracker, event(2**32 - 1, leg("ringing")))
    assert story(run(tracker, event(0, leg("connected")), event(1, leg("final")))) == (
        "connected ended:answered"
    )


def test_details_arrive_late_and_blanks_erase_nothing() -> None:
    tracker = CallTracker()
    changes = run(
        tracker,
        event(1, leg("ringing", callee="+1888")),
        event(2, leg("ringing", callee="", queue="Support", telephony_session_id="s-1")),
        event(3, leg("connected", callee="", queue="")),
    )
    assert story(changes) == "ringing updated connected"
    call = changes[-1].call
    assert (call.callee.number, call.queue, call.telephony_session_id) == (
        "+1888",
        "Support",
        "s-1",
    )


def test_one_event_carries_several_calls() -> None:
    tracker = CallTracker()
    legs = [leg("ringing", session=str(number)) for number in (1, 2, 3)]
    assert story(run(tracker, event(1, *legs))) == "ringing ringing ringing"
    run(tracker, event(2, leg("connected", "1"), leg("ringing", "2"), leg("final", "3")))
    assert [call.state.value for call in tracker.calls] == ["connected", "ringing"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ringing connected hold", TelephonyStatus.RINGING),
        ("hold connected", TelephonyStatus.CALL_CONNECTED),
        ("parked hold", TelephonyStatus.ON_HOLD),
        ("parked final", TelephonyStatus.PARKED_CALL),
        ("final", TelephonyStatus.NO_CALL),
    ],
)
def test_telephony_status_is_that_of_the_strongest_leg(
    words: str, expected: TelephonyStatus
) -> None:
    tracker = CallTracker()
    legs = [leg(word, session=str(index)) for index, word in enumerate(words.split())]
    run(tracker, event(1, *legs))
    assert tracker.presence.telephony is expected


def test_presence_without_calls_is_taken_at_its_word() -> None:
    tracker = CallTracker()
    connected, busy = TelephonyStatus.CALL_CONNECTED, PresenceStatus.BUSY
    run(tracker, PresenceReport(sequence=1, telephony=connected, presence=busy))
    assert (tracker.presence.telephony, tracker.presence.presence) == (connected, busy)


def test_a_call_that_is_no_longer_listed_is_asked_about_then_ends() -> None:
    tracker = CallTracker()
    run(tracker, event(1, leg("ringing", "1"), leg("connected", "2")))
    assert story(run(tracker, event(2, leg("connected", "2")), start_s=5)) == ""
    wanted = [tracker.wants_snapshot]
    changes = run(tracker, snapshot(leg("connected", "2"), asked_s=6), start_s=7)
    assert story(changes) == "ended:missed"
    assert [*wanted, tracker.wants_snapshot] == [True, False]
    assert [call.session_id for call in tracker.calls] == ["2"]


def test_a_snapshot_says_nothing_about_calls_heard_of_after_it_was_asked() -> None:
    tracker = CallTracker()
    run(tracker, event(1, leg("connected")), start_s=10)
    assert story(run(tracker, snapshot(asked_s=9), start_s=11)) == ""
    assert story(run(tracker, snapshot(leg("ringing"), asked_s=9), start_s=11)) == ""
    assert tracker.calls[0].state is CallState.CONNECTED


def test_snapshots_however_many_never_outrun_the_next_event() -> None:
    tracker = CallTracker()
    run(tracker, event(10, leg("connected")))
    for minute in range(1, 30):
        run(tracker, snapshot(leg("connected"), asked_s=60 * minute), start_s=60 * minute + 1)
    assert story(run(tracker, event(11, leg("hold")), start_s=2000)) == "on_hold"
    assert story(run(tracker, event(12, leg("nocall")), start_s=2010)) == "ended:answered"


def test_a_capped_list_keeps_the_calls_it_leaves_out() -> None:
    tracker = CallTracker()
    nine = [leg("connected", session=str(number)) for number in range(9)]
    run(tracker, event(1, *nine))
    assert story(run(tracker, event(2, *nine[:7], total=9))) == ""
    assert tracker.wants_snapshot
    run(tracker, snapshot(*nine[:7], asked_s=50, total=9), start_s=51)
    assert len(tracker.calls) == 9


def test_presence_speaks_for_its_own_extension_only() -> None:
    tracker = CallTracker()
    theirs = PresenceReport(extension_id="2", sequence=9000, legs=(leg("ringing", "1"),))
    ours = PresenceReport(extension_id="1", sequence=3, legs=(leg("ringing", "2"),))
    assert story(run(tracker, theirs, ours)) == "ringing ringing"
    none = PresenceReport(extension_id="1", legs=(), asked_at=at(60))
    assert [c.call.session_id for c in run(tracker, none, start_s=61)] == ["2"]
    assert [call.session_id for call in tracker.calls] == ["1"]


@pytest.mark.parametrize("clock_is_wrong_by", [timedelta(), timedelta(hours=1), -timedelta(days=1)])
@pytest.mark.parametrize(
    ("told", "age_s"),
    [
        (PresenceReport(answered_at=at(60).utc), 60),
        (PresenceReport(sequence=1, at=at(60).utc), 60),
        # Within the second to which the platform tells its time.
        (PresenceReport(answered_at=at(-0.5).utc), 0),
        (PresenceReport(), 0),
    ],
)
def test_found_in_the_middle_of_a_call_its_start_is_when_it_connected(
    told: PresenceReport, age_s: float, clock_is_wrong_by: timedelta
) -> None:
    tracker = CallTracker()
    began, now = at(0), at(60)
    now = now._replace(utc=now.utc + clock_is_wrong_by)
    legs = (leg("connected", started_at=began.utc),)
    tracker.apply(msgspec.structs.replace(told, legs=legs), now)
    assert tracker.calls[0].connected_at == Instant(began.utc, now.monotonic_s - age_s)


@pytest.mark.parametrize("inbound_first", [True, False])
@pytest.mark.parametrize("distance", [1000, 2000, 3000, 4000, -1000])
def test_a_ringouts_inbound_twin_is_no_call(inbound_first: bool, distance: int) -> None:
    outbound = leg("ringing", "500000", OUT, "+16505550100", "+13025550199")
    inbound = leg("ringing", str(500000 + distance), caller="13025550199", callee="16505550100")
    legs = (inbound, outbound) if inbound_first else (outbound, inbound)
    tracker = CallTracker()
    changes = run(tracker, event(1, *legs))
    assert [change.call.direction for change in changes] == [OUT]
    assert tracker.calls[0].is_ringout


def test_a_twin_that_came_first_is_taken_back() -> None:
    tracker = CallTracker()
    inbound = leg("ringing", "501000", caller="13025550199", callee="16505550100")
    outbound = leg("ringing", "500000", OUT, "+16505550100", "+13025550199")
    assert story(run(tracker, event(1, inbound))) == "ringing"
    assert story(run(tracker, event(2, inbound, outbound))) == "ringing ended:unknown"
    assert [call.direction for call in tracker.calls] == [OUT]


def test_the_twin_of_our_own_ringout_never_rings() -> None:
    tracker = CallTracker()
    inbound = leg("ringing", "501000", caller="13025550199", callee="16505550100")
    placed = RingOutPlaced("+16505550100", "+13025550199")
    assert story(run(tracker, placed, event(1, inbound))) == ""


def test_the_callee_calling_back_rings() -> None:
    tracker = CallTracker()
    placed = RingOutPlaced("+16505550100", "+13025550199")
    outbound = "500000", OUT, "+16505550100", "+13025550199"
    run(tracker, placed, event(1, leg("ringing", *outbound)), event(2, leg("final", *outbound)))
    back = leg("ringing", "777777", caller="+13025550199", callee="+16505550100")
    assert story(run(tracker, event(3, back), start_s=5)) == "ringing"


def test_a_ringouts_hold_is_its_twins_and_its_answer_is_unknown() -> None:
    tracker = CallTracker()
    own, theirs = "+16505550100", "+13025550199"

    def both(sequence: int, out: str, back: str) -> CoreEvent:
        twin = leg(back, "501000", caller=theirs, callee=own)
        return event(sequence, leg(out, "500000", OUT, own, theirs), twin)

    changes = run(
        tracker,
        both(1, "ringing", "ringing"),
        both(2, "connected", "connected"),
        both(3, "connected", "hold"),
        both(4, "connected", "connected"),
        both(5, "final", "final"),
    )
    assert story(changes) == "ringing connected on_hold connected ended:unknown"


def record(outcome: Outcome | None, session: str = "7000", **more: object) -> LogReport:
    return LogReport((LogRecord(session, outcome=outcome, **more),))  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_log_corrects_what_events_only_suggest(outcome: Outcome) -> None:
    tracker = CallTracker()
    run(tracker, event(1, leg("ringing")), event(2, leg("final")))
    changes = run(tracker, record(outcome, duration_s=17.0))
    assert story(changes) == f"updated:{outcome}"
    assert changes[0].call.duration_s == 17.0


def test_events_never_correct_the_log() -> None:
    tracker = CallTracker()
    run(tracker, event(1, leg("ringing")), event(3, leg("final")), record(Outcome.VOICEMAIL))
    changes = run(tracker, event(2, leg("connected")))
    assert all(change.call.outcome is Outcome.VOICEMAIL for change in changes)
    assert story(run(tracker, record(None))) == ""


def test_a_record_in_progress_adds_the_place_and_ends_nothing() -> None:
    tracker = CallTracker()
    run(tracker, event(1, leg("ringing")))
    changes = run(tracker, record(None, caller=Endpoint(location="Palo Alto, CA")))
    assert story(changes) == "updated"
    assert changes[0].call.caller.location == "Palo Alto, CA"


def test_a_finished_record_of_a_call_thought_live_asks_for_a_snapshot() -> None:
    tracker = CallTracker()
    run(tracker, event(1, leg("ringing")), record(Outcome.MISSED))
    assert tracker.wants_snapshot
    assert tracker.calls


def test_the_log_starts_no_call() -> None:
    assert run(CallTracker(), record(Outcome.MISSED), record(None, "8")) == []


def session(sequence: int, word: str, **more: object) -> SessionReport:
    return SessionReport(sequence, leg(word, **more))  # type: ignore[arg-type]


def test_telephony_sessions_and_presence_are_one_call() -> None:
    tracker = CallTracker()
    changes = run(
        tracker,
        session(2, "ringing", party_id="p-1"),
        event(100, leg("ringing", party_id="p-1")),
        session(3, "connected", party_id="p-1"),
        event(101, leg("connected", party_id="p-1")),
        session(1, "ringing", party_id="p-1"),
        session(9, "final", party_id="p-1", outcome=Outcome.REJECTED),
        event(102, leg("final", party_id="p-1")),
    )
    assert story(changes) == "ringing connected ended:answered"


def test_it_counts_from_when_it_was_heard_of_and_then_from_its_answer() -> None:
    tracker = CallTracker()
    run(tracker, event(1, leg("ringing", started_at=at(-180).utc)), step_s=1)
    (call,) = tracker.calls
    assert call.counts_from == call.heard_at == at(0)
    run(tracker, event(2, leg("connected")), start_s=1)
    (call,) = tracker.calls
    assert call.counts_from == call.connected_at == at(1)


@pytest.mark.parametrize("telephony_first", [True, False])
def test_its_start_is_known_whichever_source_tells_it(telephony_first: bool) -> None:
    events: list[CoreEvent] = [
        session(1, "ringing", started_at=START),
        event(100, leg("ringing")),
    ]
    tracker = CallTracker()
    run(tracker, *(events if telephony_first else events[::-1]))
    assert [call.started_at for call in tracker.calls] == [START]


@pytest.mark.parametrize(
    "outcome", [Outcome.REJECTED, Outcome.VOICEMAIL, Outcome.ANSWERED_ELSEWHERE, Outcome.MISSED]
)
def test_a_telephony_session_may_say_how_the_call_ended(outcome: Outcome) -> None:
    changes = run(CallTracker(), session(1, "ringing"), session(2, "final", outcome=outcome))
    assert story(changes) == f"ringing ended:{outcome}"


def test_an_end_waits_a_moment_for_the_event_that_tells_how() -> None:
    tracker = CallTracker()
    changes = run(
        tracker,
        event(1, leg("ringing", party_id="p-1")),
        session(1, "ringing", party_id="p-1"),
        event(2, leg("final", party_id="p-1")),
        session(2, "final", outcome=Outcome.REJECTED, party_id="p-1"),
    )
    assert story(changes) == "ringing ended:rejected"


def test_duration_is_measured_by_the_platforms_clock_where_it_tells() -> None:
    events = [event(0, leg("ringing")), event(6, leg("connected")), event(21, leg("final"))]
    for order in permutations(events):
        calls = [change.call for change in run(CallTracker(), *order)]
        assert calls[-1].duration_s == 15.0


def test_memory_is_bounded() -> None:
    tracker = CallTracker()
    for number in range(2000):
        run(tracker, event(2 * number, leg("ringing", str(number))),
            event(2 * number + 1, leg("final", str(number))))  # fmt: skip
    assert len(tracker._tracks) <= 500
    assert len(tracker._by_session) <= 500


words = st.sampled_from(["ringing", "connected", "hold", "parked", "intermediate"])
ends = st.sampled_from(["nocall", "final"])


@st.composite
def whole_calls(draw: st.DrawFn) -> list[CoreEvent]:
    told = [*draw(st.lists(words, min_size=1, max_size=6)), draw(ends)]
    numbers = st.sampled_from(["", "+13025550100", "101"])
    events: list[CoreEvent] = [
        event(index, leg(word, caller=draw(numbers), callee=draw(numbers)))
        for index, word in enumerate(told)
    ]
    sessions = draw(st.lists(words, max_size=3))
    events += [
        SessionReport(index, leg(word, caller=draw(numbers)), at(index / 10 - 1).utc)
        for index, word in enumerate(sessions)
    ]
    return events


def timeless(call: Call) -> tuple[object, ...]:
    return (
        call.state, call.outcome, call.duration_s, call.caller, call.callee,
        call.started_at, call.queue,
    )  # fmt: skip


@given(st.data())
def test_any_permutation_ends_in_the_same_call(data: st.DataObject) -> None:
    events = data.draw(whole_calls())
    shuffled = data.draw(st.permutations(events + events[:2]))
    in_order, out_of_order = run(CallTracker(), *events), run(CallTracker(), *shuffled)
    if not in_order:  # only ends and intermediate ends were heard
        assert not out_of_order
        return
    assert timeless(in_order[-1].call) == timeless(out_of_order[-1].call)
    for changes in (in_order, out_of_order):
        told = [change.kind.value for change in changes]
        assert told.count("ringing") == told.count("ended") == 1
        assert told[0] == "ringing"


any_leg = st.builds(
    LegReport,
    session_id=st.sampled_from(["1000", "2000", "x", ""]),
    status=st.sampled_from(list(STATUS.values())),
    direction=st.sampled_from([None, *Direction]),
    party_id=st.sampled_from(["", "p-1", "p-2"]),
    caller=st.builds(Endpoint, st.sampled_from(["", "101", "+13025550100"])),
    callee=st.builds(Endpoint, st.sampled_from(["", "101", "+13025550100"])),
    outcome=st.sampled_from([None, *Outcome]),
)
any_event = st.one_of(
    st.builds(
        PresenceReport,
        sequence=st.none() | st.integers(0, 2**53),
        legs=st.none() | st.lists(any_leg, max_size=3).map(tuple),
        total_active_calls=st.none() | st.integers(-1, 9),
        asked_at=st.none() | st.just(at(0)),
    ),
    st.builds(SessionReport, sequence=st.none() | st.integers(0, 9), leg=any_leg),
    st.builds(
        LogReport,
        st.lists(
            st.builds(
                LogRecord,
                st.sampled_from(["1000", "2000"]),
                outcome=st.sampled_from([None, *Outcome]),
            ),
            max_size=2,
        ).map(tuple),
    ),
    st.just(RingOutPlaced("+13025550100", "101")),
    st.just(ContinuityLost()),
    st.just(TimePassed()),
)


@given(st.lists(any_event, max_size=25), st.sampled_from([0.1, 3.0]))
def test_no_sequence_of_events_raises_and_what_ended_never_rings_again(
    events: list[CoreEvent], step_s: float
) -> None:
    tracker = CallTracker()
    ended: set[str] = set()
    rang: set[str] = set()
    for change in run(tracker, *events, step_s=step_s):
        key = change.call.key
        assert (key in ended) == (change.kind.value == "updated" and not change.call.is_live)
        if change.kind.value == "ringing":
            assert key not in rang
            rang.add(key)
        assert key in rang
        if change.kind.value == "ended":
            assert change.call.state is CallState.ENDED
            ended.add(key)
    assert not ended & {call.key for call in tracker.calls}
