from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rcdesk.core.call import (
    Call,
    CallChange,
    CallState,
    ChangeKind,
    Direction,
    Endpoint,
    Instant,
    Outcome,
)
from rcdesk.ui.popup_queue import PopupQueue

AT = Instant(datetime(2026, 11, 23, 15, 0, tzinfo=UTC), 100.0)


def ringing(key: str = "1") -> Call:
    return Call(key, key, Direction.INBOUND, CallState.RINGING, Endpoint("+16504445567", "Phillip"))


def connected(call: Call) -> Call:
    return replace(call, state=CallState.CONNECTED, connected_at=AT)


def ended(call: Call, outcome: Outcome) -> Call:
    return replace(call, state=CallState.ENDED, ended_at=AT, outcome=outcome)


def apply(queue: PopupQueue, call: Call, now_s: float = 0) -> None:
    queue.apply(CallChange(ChangeKind.UPDATED, call), now_s)


def keys(queue: PopupQueue) -> list[str]:
    return [notice.call.key for notice in queue.notices]


@pytest.mark.parametrize(
    ("call", "is_shown"),
    [
        (ringing(), True),
        (connected(ringing()), False),
        (ended(ringing(), Outcome.MISSED), False),
        (replace(ringing(), direction=Direction.OUTBOUND), False),
        (replace(ringing(), is_ringout=True), False),
        (replace(ringing(), state=CallState.PARKED), False),
    ],
)
def test_only_a_call_that_rings_here_gets_a_card(call: Call, is_shown: bool) -> None:
    queue = PopupQueue()
    apply(queue, call)
    assert bool(queue.notices) is is_shown
    assert queue.due_s() is None


@pytest.mark.parametrize(
    ("outcome", "stays"),
    [
        (Outcome.MISSED, True),
        (Outcome.VOICEMAIL, True),
        (Outcome.CANCELLED, True),
        (Outcome.ANSWERED, False),
        (Outcome.ANSWERED_ELSEWHERE, False),
        (Outcome.REJECTED, False),
        (Outcome.UNKNOWN, False),
    ],
)
def test_what_stays_after_the_end(outcome: Outcome, stays: bool) -> None:
    queue = PopupQueue(missed_s=60)
    apply(queue, ringing())
    apply(queue, ended(ringing(), outcome), 10)
    assert bool(queue.notices) is stays
    if stays:
        assert queue.due_s() == 70
        queue.expire(69.9)
        assert queue.notices
        queue.expire(70)
        assert not queue.notices


def test_a_missed_card_goes_when_the_log_says_answered_elsewhere() -> None:
    queue = PopupQueue()
    apply(queue, ringing())
    apply(queue, ended(ringing(), Outcome.MISSED), 10)
    apply(queue, ended(ringing(), Outcome.ANSWERED_ELSEWHERE), 20)
    assert not queue.notices


def test_a_correction_does_not_lengthen_the_stay() -> None:
    queue = PopupQueue(missed_s=60)
    apply(queue, ringing())
    apply(queue, ended(ringing(), Outcome.MISSED), 10)
    apply(queue, ended(ringing(), Outcome.VOICEMAIL), 40)
    assert queue.due_s() == 70


def test_an_answered_card_stays_a_moment_and_does_not_come_back() -> None:
    queue = PopupQueue(connected_s=4)
    apply(queue, ringing())
    apply(queue, connected(ringing()), 10)
    assert queue.due_s() == 14
    held = replace(connected(ringing()), state=CallState.ON_HOLD)
    apply(queue, held, 12)
    assert queue.due_s() == 16
    queue.expire(16)
    apply(queue, connected(ringing()), 17)
    apply(queue, ended(connected(ringing()), Outcome.ANSWERED), 18)
    assert not queue.notices


def test_an_answered_call_that_ends_goes_at_once() -> None:
    queue = PopupQueue()
    apply(queue, ringing())
    apply(queue, connected(ringing()), 1)
    apply(queue, ended(connected(ringing()), Outcome.MISSED), 2)
    assert not queue.notices


def test_what_was_waved_away_stays_away() -> None:
    queue = PopupQueue()
    apply(queue, ringing())
    queue.dismiss("1")
    apply(queue, replace(ringing(), queue="Sales"))
    apply(queue, ended(ringing(), Outcome.MISSED))
    assert not queue.notices


def test_dismissals_are_not_remembered_for_ever() -> None:
    queue = PopupQueue()
    for number in range(2000):
        apply(queue, ringing(str(number)))
        queue.dismiss(str(number))
    assert len(queue._dismissed) <= 500


def test_ringing_calls_come_before_missed_ones_in_order_of_arrival() -> None:
    queue = PopupQueue()
    for number in range(6):
        apply(queue, ringing(str(number)), number)
    for number in (0, 1, 2):
        apply(queue, ended(ringing(str(number)), Outcome.MISSED), 10 + number)
    shown, left_out = queue.shown(4)
    assert [notice.call.key for notice in shown] == ["2", "3", "4", "5"]
    assert left_out == 2
    assert keys(queue) == ["0", "1", "2", "3", "4", "5"]


def test_a_card_that_is_about_to_be_used_is_kept() -> None:
    queue = PopupQueue(missed_s=60)
    apply(queue, ringing())
    queue.keep("1", 500)
    assert queue.due_s() is None
    apply(queue, ended(ringing(), Outcome.MISSED), 0)
    queue.keep("1", 65)
    assert queue.due_s() == 65


def test_a_call_that_nobody_tells_of_any_more_does_not_ring_for_ever() -> None:
    queue = PopupQueue(unheard_s=120)
    apply(queue, ringing())
    queue.doubt(10)
    queue.doubt(60)
    assert queue.due_s() == 130
    queue.trust()
    assert queue.due_s() is None
    queue.doubt(70)
    queue.expire(190)
    assert not queue.notices
    apply(queue, ended(ringing(), Outcome.MISSED), 200)
    assert not queue.notices


def test_a_missed_card_stays_as_long_without_a_connection() -> None:
    queue = PopupQueue(missed_s=60)
    apply(queue, ringing())
    apply(queue, ended(ringing(), Outcome.MISSED), 10)
    queue.doubt(20)
    queue.trust()
    assert queue.due_s() == 70
