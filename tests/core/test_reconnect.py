import random
from collections.abc import Callable
from itertools import pairwise

import pytest

from rcdesk.core.reconnect import (
    Ending,
    Fresh,
    History,
    Outcome,
    Resume,
    Stop,
    Wait,
    after_nudge,
    decide,
    record,
)

LOST = Outcome(Ending.LOST, "lost", reached_server=True)
UNREACHABLE = Outcome(Ending.UNREACHABLE, "no network")


def connects(outcome: Outcome, for_s: float, dice: Callable[[], float]) -> list[float]:
    """When a client connects whose every attempt ends with `outcome` at once."""
    now, history, at = 1000.0, History(), []
    while now < 1000.0 + for_s:
        at.append(now)
        history = record(history, outcome, now, 180)
        decision = decide(outcome, history, now, dice)
        while isinstance(decision, Wait):
            now += decision.delay_s
            decision = decide(Outcome(Ending.WAITED), history, now, dice)
    return at


@pytest.mark.parametrize("dice", [lambda: 0.0, lambda: 0.999, random.Random(7).random])
def test_a_flapping_server_is_spared(dice: Callable[[], float]) -> None:
    at = connects(LOST, 3600, dice)
    for begin in at:
        assert sum(begin <= each < begin + 60 for each in at) <= 6
    late = at[12:]
    assert all(after - before >= 60 for before, after in pairwise(late))
    assert len(late) >= 45


def test_a_dead_network_is_tried_ever_more_rarely_but_never_given_up() -> None:
    at = connects(UNREACHABLE, 3600, random.Random(7).random)
    assert 50 < len(at) < 300


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome(Ending.SIGNED_OUT, "out"), Stop("out", is_signed_out=True)),
        (Outcome(Ending.FORBIDDEN, "no scope"), Stop("no scope", is_signed_out=False)),
        (Outcome(Ending.LOST, online_s=60, reached_server=True), Resume()),
        (Outcome(Ending.LOST, is_nudged=True, reached_server=True), Resume()),
        (Outcome(Ending.BUSY, retry_after_s=40, reached_server=True), Wait(40)),
        (Outcome(Ending.LOST, reached_server=True), Wait(0.5)),
    ],
)
def test_what_follows_the_first_ending(outcome: Outcome, expected: object) -> None:
    history = record(History(), outcome, 1000, 180)
    dice = 0.5 if outcome.retry_after_s is None else 0.0
    assert decide(outcome, history, 1000, lambda: dice) == expected


@pytest.mark.parametrize(
    ("ending", "recovery_timeout_s", "later_s", "expected"),
    [
        (Ending.LOST, 180, 179, Resume()),
        (Ending.LOST, 180, 180, Fresh()),
        (Ending.LOST, None, 1, Fresh()),
        (Ending.CONTEXT_REFUSED, 180, 1, Fresh()),
        (Ending.UNREACHABLE, 180, 1, Fresh()),
    ],
)
def test_recovery_is_asked_for_while_the_server_keeps_the_session(
    ending: Ending, recovery_timeout_s: float | None, later_s: float, expected: object
) -> None:
    history = record(History(), Outcome(ending), 1000, recovery_timeout_s)
    waited = Outcome(Ending.WAITED)
    assert decide(waited, history, 1000 + later_s, lambda: 0.0) == expected


def test_failing_to_connect_does_not_end_the_time_for_recovery() -> None:
    history = record(record(History(), LOST, 1000, 180), UNREACHABLE, 1100, 180)
    assert decide(Outcome(Ending.WAITED), history, 1179, lambda: 0.0) == Resume()


def test_only_a_stable_minute_resets_the_backoff() -> None:
    history = History(failures=9)
    assert record(history, Outcome(Ending.LOST, online_s=59), 1000, 180).failures == 10
    assert record(history, Outcome(Ending.LOST, online_s=60), 1000, 180).failures == 0


def test_what_the_server_asked_for_is_waited_and_up_to_five_seconds_more() -> None:
    asked = Outcome(Ending.BUSY, retry_after_s=40, reached_server=True)
    history = record(History(), asked, 1000, 180)
    assert decide(asked, history, 1000, lambda: 0.0) == Wait(40)
    assert decide(asked, history, 1000, lambda: 1.0) == Wait(45)


def test_a_nudge_cuts_backoff_short_but_not_what_the_server_asked_for() -> None:
    backing_off = record(History(failures=8), UNREACHABLE, 1000, 180)
    assert after_nudge(backing_off, 1001) == Fresh()
    busy = record(History(), Outcome(Ending.BUSY, retry_after_s=40), 1000, 180)
    assert after_nudge(busy, 1010) == Wait(30)
    assert after_nudge(busy, 1000 + 8 * 3600) == Fresh()


def test_nudges_do_not_hammer_the_server() -> None:
    history = History()
    for now in range(1000, 1006):
        history = record(history, LOST, now, 180)
    assert after_nudge(history, 1010) == Wait(50)
