from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcdesk.core.call import NOBODY, Direction, Endpoint, Outcome
from rcdesk.core.events import LogLeg
from rcdesk.core.history import HistoryEntry, entry_of_record
from rcdesk.ringcentral.call_log import queue_of
from rcdesk.ringcentral.decode import log_record
from rcdesk.ringcentral.wire import CallLogEntry
from rcdesk.simulator.company import Company
from rcdesk.simulator.past_calls import past_calls
from rcdesk.ui.history.story import Step, folded, story
from tests.ui.history.calls import NOON, entry

ANN = Endpoint("102", "Ann Lee")
BOB = Endpoint("103", "Bob Ray")
LINE = Endpoint("+16505550100", "Alex Navarro")
MOBILE = Endpoint("+14155550177", "Ann Lee")
CALLER = Endpoint("+14155550112", "Maria Ferreira")
IN, OUT = Direction.INBOUND, Direction.OUTBOUND
KINDS = "Accept PstnToSip FindMe TransferCall RingOutWebToCaller CallPark Pickup Hunting Quantum"
WORDS = st.sampled_from(
    (
        "",
        *KINDS.split(),
        "Transfer",
        "Paging",
        "Missed",
        "Voicemail",
        "Accepted",
        "Frobnicated",
        "\0",
    )
)


def leg(kind: str, result: str, to: Endpoint = ANN, action: str = "", **more: Any) -> LogLeg:
    at = more.pop("at", None)
    started_at = None if at is None else NOON + timedelta(seconds=at)
    return LogLeg(kind=kind, action=action, result=result, callee=to, started_at=started_at, **more)


def call(result: str = "Accepted", **more: Any) -> HistoryEntry:
    given = {
        "started_at": NOON,
        "other": CALLER,
        "own": LINE,
        "result": result,
        "action": "Phone Call",
    }
    return entry(1, **given | more)


def texts(steps: tuple[Step, ...]) -> list[str]:
    return [step.text.replace("\u00a0", " ") for step in steps]


def told(of: HistoryEntry, *legs: LogLeg) -> list[str]:
    return texts(story(of, legs, "US"))


ARRIVAL = leg("Accept", "Accepted", LINE, "Phone Call", is_master=True)


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (call(duration_s=65.0), ["Came in on (650) 555-0100", "Answered, 1 min 5 s"]),
        (call(own=NOBODY, duration_s=0.0), ["Came in", "Answered"]),
        (call(queue="Support", duration_s=9.0), ["Rang the queue Support", "Answered, 9 s"]),
        (call(queue="", duration_s=9.0), ["Rang a call queue", "Answered, 9 s"]),
        (
            call("Missed", outcome=Outcome.MISSED),
            ["Came in on (650) 555-0100", "Nobody answered"],
        ),
        (
            call("", outcome=Outcome.MISSED),
            ["Came in on (650) 555-0100", "Nobody answered"],
        ),
        (
            call("\0", outcome=Outcome.MISSED),
            ["Came in on (650) 555-0100", "Nobody answered"],
        ),
        (
            call("Hang Up", outcome=Outcome.MISSED),
            ["Came in on (650) 555-0100", "The caller hung up"],
        ),
        (
            call("Voicemail", outcome=Outcome.VOICEMAIL, duration_s=42.0),
            ["Came in on (650) 555-0100", "Went to voicemail, message of 42 s"],
        ),
        (
            call("Blocked", outcome=Outcome.REJECTED),
            ["Came in on (650) 555-0100", "Blocked"],
        ),
        (call("Rejected", outcome=Outcome.REJECTED), ["Came in on (650) 555-0100", "Declined"]),
        (
            call("", outcome=Outcome.ANSWERED_ELSEWHERE),
            ["Came in on (650) 555-0100", "Answered by somebody else"],
        ),
        (call("", outcome=None), ["Came in on (650) 555-0100", "Still going on"]),
        (
            call("Frobnicated", outcome=Outcome.UNKNOWN, duration_s=3.0),
            ["Came in on (650) 555-0100", "Frobnicated, 3 s"],
        ),
        (
            call("Hang Up", direction=OUT, outcome=Outcome.CANCELLED),
            ["Called from (650) 555-0100", "Ended before anybody answered"],
        ),
        (
            call("Busy", direction=OUT, outcome=Outcome.REJECTED),
            ["Called from (650) 555-0100", "The line was busy"],
        ),
        (
            call("911", direction=OUT, outcome=Outcome.UNKNOWN, duration_s=61.0),
            ["Called from (650) 555-0100", "Answered, 1 min 1 s"],
        ),
        (
            call("Received", type="Fax", duration_s=57.0),
            ["A fax came in on (650) 555-0100", "Fax received, 57 s"],
        ),
        (
            call("Fax Poor Line", type="Fax", direction=OUT, outcome=Outcome.UNKNOWN),
            ["Faxed from (650) 555-0100", "The line was too poor for the fax"],
        ),
    ],
)
def test_a_call_without_legs(of: HistoryEntry, expected: list[str]) -> None:
    assert told(of) == expected


@pytest.mark.parametrize(
    ("further", "expected"),
    [
        (
            leg("PstnToSip", "Call connected", duration_s=192.4),
            "Answered by Ann Lee (102), 3 min 12 s",
        ),
        (leg("PstnToSip", "Call connected", NOBODY), "Answered"),
        (leg("Hunting", "Missed", duration_s=20), "Ann Lee (102) did not answer, 20 s"),
        (leg("Hunting", "missed "), "Ann Lee (102) did not answer"),
        (leg("Hunting", "Stopped"), "Ann Lee (102) stopped ringing"),
        (leg("Hunting", "Busy"), "Ann Lee (102) was busy"),
        (leg("Hunting", "IP Phone Offline"), "Ann Lee (102) was offline"),
        (leg("Hunting", "Abandoned"), "Ann Lee (102) was ringing when the caller hung up"),
        (leg("Hunting", "Missed", NOBODY), "A phone did not answer"),
        (leg("Hunting", ""), "Ann Lee (102) rang"),
        (leg("", ""), "Ann Lee (102) rang"),
        (leg("", "", NOBODY), "A phone rang"),
        (
            leg("PstnToSip", "Voicemail", duration_s=42),
            "Went to the voicemail of Ann Lee (102), message of 42 s",
        ),
        (
            leg("FollowMe", "Accepted", MOBILE, duration_s=61),
            "Forwarded to Ann Lee, (415) 555-0177, 1 min 1 s",
        ),
        (
            leg("FindMe", "No Answer", MOBILE),
            "Forwarded to Ann Lee, (415) 555-0177: did not answer",
        ),
        (leg("FindMe", "No Answer"), "Ann Lee (102) did not answer"),
        (leg("FollowMe", "Accepted", Endpoint("+1855201XXXX")), "Forwarded to +1855201XXXX"),
        (
            leg("TransferCall", "Call connected", BOB, duration_s=3661),
            "Transferred to Bob Ray (103), 1 h 1 min",
        ),
        (leg("TransferCall", "No Answer", BOB), "Transferred to Bob Ray (103): did not answer"),
        (leg("TransferCall", "Voicemail", BOB), "Transferred to Bob Ray (103): went to voicemail"),
        (leg("TransferCall", "Frobnicated", BOB), "Transferred to Bob Ray (103): Frobnicated"),
        (leg("", "", NOBODY, "Transfer"), "Transferred"),
        (leg("CallPark", "Accepted", Endpoint("*801"), duration_s=30), "Parked at *801, 30 s"),
        (leg("", "", NOBODY, "Park Location"), "Parked"),
        (leg("Pickup", "Accepted", BOB, duration_s=20), "Picked up by Bob Ray (103), 20 s"),
        (leg("ConferenceCall", "Call connected", BOB), "Conference with Bob Ray (103)"),
        (leg("MoveToConference", "", NOBODY), "Conference"),
        (leg("JoinCall", "Call connected", caller=BOB), "Joined by Bob Ray (103)"),
        (leg("SilentMonitoring", "Call connected", caller=BOB), "Monitored by Bob Ray (103)"),
        (leg("PagingServer", "Accepted"), "Paged Ann Lee (102)"),
        (leg("MeetingsCall", "Accepted", NOBODY), "RingCentral meeting"),
        (leg("IvaCall", "Accepted", NOBODY), "Handed to an application"),
        (leg("Quantum", "Frobnicated"), "Ann Lee (102): Frobnicated"),
        (leg("Quantum", "Frobnicated", NOBODY, "Teleport"), "Teleport: Frobnicated"),
        (leg("Quantum", "Frobnicated", NOBODY), "Quantum: Frobnicated"),
    ],
)
def test_a_leg(further: LogLeg, expected: str) -> None:
    assert told(call(), ARRIVAL, further)[1] == expected


def test_a_queue_until_somebody_answers() -> None:
    of = call(queue="Support", own=Endpoint("+16505550199", "Support"), duration_s=72.0)
    arrival = leg("Accept", "Accepted", of.own, "Phone Call", is_master=True, at=0)
    missed = leg("Hunting", "Missed", at=4, duration_s=20)
    answered = leg("Hunting", "Call connected", BOB, at=24, duration_s=72)
    steps = story(of, (arrival, missed, answered), "US")
    assert texts(steps) == [
        "Rang the queue Support",
        "Ann Lee (102) did not answer, 20 s",
        "Answered by Bob Ray (103), 1 min 12 s",
    ]
    assert [step.after_s for step in steps] == [0, 4, 24]


def test_a_queue_by_another_number_than_the_users_does_not_answer() -> None:
    support = Endpoint("+16505550199", "Support")
    arrival = leg("Accept", "Accepted", support, "Phone Call", is_master=True)
    of = call("Missed", queue="Support", outcome=Outcome.MISSED)
    assert told(of, arrival) == ["Rang the queue Support", "Nobody answered"]


def test_an_unanswered_call_ends_once() -> None:
    of = call("Missed", outcome=Outcome.MISSED)
    missed = leg("PstnToSip", "No Answer")
    assert told(of, ARRIVAL, missed)[1:] == ["Ann Lee (102) did not answer"]
    both = told(of, ARRIVAL, missed, leg("PstnToSip", "No Answer", BOB))
    assert both[-1] == "Nobody answered"
    hung_up = told(call("Hang Up", outcome=Outcome.MISSED), ARRIVAL, missed)
    assert hung_up[-1] == "The caller hung up"


def test_a_voicemail_after_a_phone_that_did_not_answer() -> None:
    of = call("Voicemail", outcome=Outcome.VOICEMAIL, duration_s=13.0)
    assert told(of, ARRIVAL, leg("PstnToSip", "No Answer"))[1:] == [
        "Ann Lee (102) did not answer",
        "Went to voicemail, message of 13 s",
    ]


def test_why_it_failed_is_the_platforms_sentence_where_that_says_more() -> None:
    of = call("Blocked", outcome=Outcome.REJECTED, reason="The caller's number is blocked.")
    assert story(of, (), "US")[-1].more == "The caller's number is blocked."
    of = call("Missed", outcome=Outcome.MISSED, reason="The call was not answered.")
    assert story(of, (), "US")[-1].more == ""


@pytest.mark.parametrize("kinds", [("ToSubscriber", "ToCaller"), ("ToCaller", "ToSubscriber")])
def test_a_ringout_rings_the_users_phone_first(kinds: tuple[str, str]) -> None:
    of = call("Call connected", direction=OUT, action="RingOut Web", duration_s=60.0)
    callee = leg(f"RingOutWeb{kinds[0]}", "Call connected", CALLER, duration_s=60)
    own = leg(f"RingOutWeb{kinds[1]}", "Call connected", MOBILE, duration_s=64)
    expected = [
        "RingOut from (650) 555-0100",
        "Your phone (415) 555-0177 answered",
        "Maria Ferreira, (415) 555-0112 answered, 1 min",
    ]
    assert told(of, callee, own) == told(of, own, callee) == expected


def test_a_ringout_without_numbers_is_told_by_its_kinds() -> None:
    of = call("No Answer", direction=OUT, action="RingOut Web", outcome=Outcome.CANCELLED)
    callee = leg("RingOutWebToSubscriber", "No Answer", NOBODY)
    own = leg("RingOutWebToCaller", "Call connected", NOBODY)
    assert told(of, callee, own)[1:] == ["Your phone answered", "The other side did not answer"]


def test_steps_are_told_in_their_order_of_time() -> None:
    legs = (
        leg("Accept", "Accepted", LINE, is_master=True, at=0),
        leg("TransferCall", "Call connected", BOB, at=90.9),
        leg("PstnToSip", "Call connected", at=3),
        leg("CallPark", "Accepted", Endpoint("*801")),
    )
    assert told(call(), *legs)[1:] == [
        "Answered by Ann Lee (102)",
        "Parked at *801",
        "Transferred to Bob Ray (103)",
    ]


def test_times_that_tell_nothing_are_left_out() -> None:
    same = story(call(), (leg("Accept", "", LINE, at=0), leg("Pickup", "Accepted", at=0)), "US")
    assert {step.after_s for step in same} == {None}
    far = story(call(), (ARRIVAL, leg("Pickup", "Accepted", at=10**7)), "US")
    assert far[1].after_s is None
    early = story(call(), (ARRIVAL, leg("Pickup", "", at=-5), leg("Pickup", "", BOB, at=9)), "US")
    assert [step.after_s for step in early[1:3]] == [0, 9]


def test_many_phones_that_did_not_answer_are_one_line() -> None:
    people = [Endpoint(str(200 + n), f"Agent {n}") for n in range(198)]
    of = call("Abandoned", queue="Support", outcome=Outcome.MISSED)
    steps = story(of, (ARRIVAL, *(leg("Hunting", "Missed", who) for who in people)), "US")
    assert len(steps) == 200
    assert texts(folded(steps)) == [
        "Rang the queue Support",
        "Agent 0 (200), Agent 1 (201) and 196 more did not answer",
        "The caller hung up",
    ]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([NOBODY] * 5, "5 phones did not answer"),
        ([ANN] * 5, "Ann Lee (102) and 4 more did not answer"),
    ],
)
def test_folding_people_without_names(people: list[Endpoint], expected: str) -> None:
    of = call("Missed", outcome=Outcome.MISSED)
    legs = (ARRIVAL, *(leg("Hunting", "Missed", who) for who in people))
    assert texts(folded(story(of, legs, "US")))[1] == expected


def test_few_are_told_one_by_one() -> None:
    legs = (ARRIVAL, *(leg("Hunting", "Missed") for _ in range(3)))
    steps = story(call(), legs, "US")
    assert folded(steps) == steps


def test_names_of_right_to_left_scripts_leave_the_sentence_in_order() -> None:
    name = "محمد"
    said = told(call(), ARRIVAL, leg("PstnToSip", "Accepted", Endpoint("102", name)))[1]
    assert said == f"Answered by \u2068{name}\u2069 (102)"


def test_names_from_outside_are_cut_and_cleaned() -> None:
    mean = Endpoint("102", "Evil\u202e\n" + "x" * 300)
    said = told(call(), ARRIVAL, leg("PstnToSip", "Accepted", mean))[1]
    assert "\u202e" not in said
    assert "\n" not in said
    assert len(said) < 100


def test_every_call_of_the_simulator_has_a_story() -> None:
    company = Company.seeded(1)
    for _, record in past_calls(company, company.user, 1500, "stories", NOON):
        wired = msgspec.convert(record, CallLogEntry, strict=False)
        decoded = log_record(wired)
        of = None if decoded is None else entry_of_record(decoded)
        if decoded is None or of is None:
            continue
        steps = story(msgspec.structs.replace(of, queue=queue_of(wired)), decoded.legs, "US")
        assert len(steps) >= 2
        assert all(step.text.strip() for step in steps), record


ends = st.builds(
    Endpoint, st.sampled_from(("", "102", "+14155550112", "\0", "*8")), st.text(max_size=5)
)
legs_of_any_kind = st.builds(
    LogLeg,
    kind=WORDS,
    action=WORDS,
    result=WORDS | st.text(max_size=5),
    direction=st.sampled_from((None, IN, OUT)),
    caller=ends,
    callee=ends,
    started_at=st.none() | st.integers(-(10**6), 10**6).map(lambda s: NOON + timedelta(seconds=s)),
    duration_s=st.floats(0, 10**6),
    is_master=st.booleans(),
)


@given(
    st.lists(legs_of_any_kind, max_size=6),
    st.sampled_from((None, *Outcome)),
    st.sampled_from((IN, OUT)),
    WORDS,
    st.sampled_from(("Voice", "Fax")),
)
def test_any_legs_are_told(
    legs: list[LogLeg], outcome: Outcome | None, direction: Direction, word: str, type_: str
) -> None:
    of = call(word, action=word, outcome=outcome, direction=direction, type=type_)
    steps = story(of, legs, "US")
    assert steps
    assert all(step.text.strip() for step in steps)
    assert folded(steps)
