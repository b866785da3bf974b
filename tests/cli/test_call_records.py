from rcdesk.cli.call_records import Collection
from rcdesk.core.call import Direction, Outcome
from rcdesk.core.call_record import CallRecord
from rcdesk.core.events import LogRecord
from tests.archive.stored import ANN, BOB, US, at, record

OUTBOUND = Direction.OUTBOUND


def told(collection: Collection, *pages: list[LogRecord]) -> list[str]:
    found: list[CallRecord] = []
    for page in pages:
        found += collection.add(page)
    return [call.session_id for call in (*found, *collection.rest())]


def test_calls_come_once_though_pages_overlap() -> None:
    calls = [record(str(n), ANN, -45 * n) for n in range(8)]
    assert told(Collection(None), calls[:4], calls[2:6], calls[5:]) == list("01234567")


def test_the_end_of_a_page_is_held_back_until_nothing_can_change_it() -> None:
    collection = Collection(None)
    calls = [record(str(n), ANN, -45 * n) for n in range(4)]
    assert [call.session_id for call in collection.add(calls)] == ["0", "1"]
    assert collection.found == 4
    assert collection.add([]) == []
    assert [call.session_id for call in collection.rest()] == ["2", "3"]
    assert (collection.found, collection.rest()) == (4, [])


def test_the_users_own_leg_of_a_ringout_is_no_call_on_whichever_page() -> None:
    ringout = record("5000", ANN, 0, OUTBOUND, outcome=Outcome.ANSWERED, action="RingOut Web")
    own_leg = LogRecord(
        "6000",
        record_id="R6000",
        direction=Direction.INBOUND,
        caller=ANN,
        callee=US,
        started_at=at(-1),
        outcome=Outcome.ANSWERED,
    )
    older = record("7", BOB, -500)
    for pages in (([ringout, own_leg, older],), ([ringout], [own_leg], [older])):
        assert told(Collection(None), *pages) == ["5000", "7"]


def test_only_calls_that_ended_so_are_counted() -> None:
    collection = Collection("answered")
    calls = [
        record(str(n), ANN, -90 * n, outcome=Outcome.ANSWERED if n % 2 else Outcome.MISSED)
        for n in range(6)
    ]
    assert [call.session_id for call in collection.add(calls)] == ["1", "3"]
    assert collection.found == 3
    assert [call.session_id for call in collection.rest()] == ["5"]


def test_no_calls_are_no_calls() -> None:
    collection = Collection(None)
    assert (collection.add([]), collection.rest(), collection.found) == ([], [], 0)
