from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from rcdesk.core.call import Call, CallState, Direction, Endpoint, Outcome
from rcdesk.core.events import LogRecord
from rcdesk.core.history import History
from tests.core.reports import at

ANN = Endpoint("+13027430863", "Ann")
US = Endpoint("+18885434778")


def call(session: str = "1", outcome: Outcome = Outcome.MISSED, start_s: float = 0) -> Call:
    return Call(
        session, session, Direction.INBOUND, CallState.ENDED, ANN, US,
        started_at=at(start_s).utc, ended_at=at(start_s + 9), outcome=outcome, duration_s=0,
    )  # fmt: skip


def record(session: str = "1", start_s: float = 0, **more: object) -> LogRecord:
    fields: dict[str, object] = {
        "direction": Direction.INBOUND, "caller": Endpoint(ANN.number, "", "Dover, DE"),
        "callee": US, "started_at": at(start_s).utc, "outcome": Outcome.VOICEMAIL,
        "duration_s": 12.0, "result": "Voicemail", "action": "Phone Call",
    }  # fmt: skip
    return LogRecord(session, **{**fields, **more})  # type: ignore[arg-type]


def test_call_and_log_are_one_entry_in_any_order() -> None:
    live = record(outcome=None, result="In Progress", duration_s=0)
    steps: list[Callable[[History], bool]] = [
        lambda history: history.add_call(call()),
        lambda history: history.add_records([live]),
        lambda history: history.add_records([record(recording_id="r-1")]),
    ]
    for order in permutations(steps):
        history = History()
        for step in order:
            step(history)
        (entry,) = history.entries
        assert entry.outcome is Outcome.VOICEMAIL
        assert entry.is_final
        assert entry.has_recording
        assert (entry.other.name, entry.other.location) == ("Ann", "Dover, DE")
        assert entry.duration_s == 12.0


def test_the_log_says_how_long_a_call_was_even_where_nobody_talked() -> None:
    steps: list[Callable[[History], bool]] = [
        lambda history: history.add_call(replace(call(), duration_s=0.4)),
        lambda history: history.add_records([record(outcome=Outcome.MISSED, duration_s=0)]),
    ]
    for order in permutations(steps):
        history = History()
        for step in order:
            step(history)
        assert [entry.duration_s for entry in history.entries] == [0]


def test_newest_first_and_live_calls_are_not_history() -> None:
    history = History()
    history.add_records([record("1", 0), record("2", 50), record("3", 20)])
    history.add_records([record("4", 90, outcome=None)])
    assert [entry.session_id for entry in history.entries] == ["2", "3", "1"]


def test_what_was_known_changes_nothing() -> None:
    history = History()
    assert history.add_records([record()])
    assert not history.add_records([record()])
    assert not history.add_call(replace(call(), state=CallState.RINGING))


def test_a_call_to_oneself_has_two_entries() -> None:
    history = History()
    history.add_records([record("1"), record("1", direction=Direction.OUTBOUND)])
    assert len(history.entries) == 2


def test_a_ringouts_twin_is_not_listed_whichever_comes_first() -> None:
    own, theirs = Endpoint("+16505550100"), Endpoint("+13025550199")
    outbound = record(
        "500000", direction=Direction.OUTBOUND, caller=own, callee=theirs, action="RingOut Web"
    )
    inbound = record("501000", caller=theirs, callee=own)
    for order in permutations([outbound, inbound]):
        history = History()
        for one in order:
            history.add_records([one])
        assert [entry.session_id for entry in history.entries] == ["500000"]


def test_the_search_for_a_phone_is_no_call() -> None:
    history = History()
    assert not history.add_records([record(action="FindMe"), record("2", started_at=None)])


sessions = st.sampled_from(["1", "2", "3"])


@given(
    st.lists(
        st.one_of(
            st.builds(call, sessions, st.sampled_from(list(Outcome))),
            st.builds(
                record,
                sessions,
                outcome=st.sampled_from([None, *Outcome]),
                duration_s=st.floats(0, 9),
            ),
        ),
        max_size=12,
    )
)
def test_no_order_of_sources_lists_a_call_twice(steps: list[Call | LogRecord]) -> None:
    history = History()
    for step in steps:
        if isinstance(step, Call):
            history.add_call(step)
        else:
            history.add_records([step])
    listed = [entry.session_id for entry in history.entries]
    assert len(listed) == len(set(listed))
    logged = {s.session_id for s in steps if isinstance(s, LogRecord) and s.outcome}
    assert {e.session_id for e in history.entries if e.is_final} == logged
