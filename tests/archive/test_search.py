from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rcdesk.archive import reading
from rcdesk.archive.search import LONGEST_SEARCH, Term, terms
from rcdesk.core.call import Endpoint
from rcdesk.core.past_calls import CallFilter
from tests.archive.many_calls import NAMES, NOTES, PLACES, QUEUES, ManyCalls, many_calls
from tests.archive.stored import annotate, log, number_of, record


@pytest.fixture(scope="module")
def calls() -> Iterator[ManyCalls]:
    made = many_calls(None)
    yield made
    made.database.close()


def found(calls: ManyCalls, text: str) -> list[int]:
    page = calls.database.read(lambda db: reading.page(db, CallFilter(text=text), None, limit=1000))
    return [call.id for call in page.calls]


@pytest.mark.parametrize(
    ("typed", "spellings"),
    [
        ("", []),
        (" \n\0\ud800 ", []),
        ("Zoë", [["zoe"]]),
        ("ŁUKASZ  Żółć", [["lukasz"], ["zolc"]]),
        ("ann ann", [["ann"]]),
        ("(303) 555-01", [["30355501", "(303) 555-01"]]),
        ("+1 303.555", [["1303555", "+1 303.555"]]),
        ("0303 555", [["0303555", "303555", "0303 555"]]),
        ("0044 20 7946", [["0044207946", "044207946", "44207946", "0044 20 7946"]]),
        ("011 44 20", [["0114420", "114420", "4420", "011 44 20"]]),
        ("+44 (0)20 7946", [["44207946", "+44 (0)20 7946"]]),
        ("303 - 555", [["303555", "303 - 555"]]),
        ("\u202a+1\u00a0303\u2011555\u202c", [["1303555", "+1 303‐555"]]),
        ("1", [["1"]]),
        ("05", [["05"]]),
        ("(", [["("]]),
        ("*67", [["67", "*67"]]),
        ("denver (303)", [["denver"], ["303", "(303)"]]),
        ("studio 54b", [["studio"], ["54b"]]),
    ],
)
def test_what_was_typed_is_taken_for_words_or_one_number(
    typed: str, spellings: list[list[str]]
) -> None:
    assert terms(typed) == tuple(Term(tuple(each)) for each in spellings)


def test_a_pasted_page_of_text_is_cut() -> None:
    assert terms("ab " * 10_000) == (Term(("ab",)), Term(("a",)))
    assert terms("x" * 10_000) == (Term(("x" * LONGEST_SEARCH,)),)


_PIECES = st.sampled_from([*NAMES, *NOTES, *PLACES, *filter(None, QUEUES), "303", "5550142", "+1"])
_PART = st.builds(
    lambda text, begin, length: text[begin : begin + length],
    _PIECES,
    st.integers(0, 8),
    st.integers(1, 8),
)
_TYPED = st.one_of(
    st.text(),
    st.text(st.characters()),
    st.text("ab\"'*%_?:^(){}[]-+.,\\/ 0123éE\n\0NORD"),
    st.lists(_PART, max_size=4).map(" ".join),
)


@given(_TYPED)
@example('"')
@example("NEAR(a b)")
@example('"a" AND')
@example("% _")
@example("sales ann roof")
@example(" ".join(map(chr, range(0x4E00, 0x4E00 + 125))))
def test_any_text_finds_what_a_plain_loop_finds(calls: ManyCalls, text: str) -> None:
    wanted = CallFilter(text=text)
    assert found(calls, text) == [call.id for call in calls.passing(wanted)]


@pytest.mark.parametrize(
    ("typed", "sessions"),
    [
        ("303555", ["1", "2"]),
        ("(303) 555-0142", ["1"]),
        ("+1 303 555 0142", ["1"]),
        ("0303 5550142", ["1"]),
        ("5550142", ["1"]),
        ("zoe", ["1"]),
        ("ZOË denver", ["1"]),
        ("den zoë", ["1"]),
        ("o", ["1", "2", "3"]),
        ("roof", ["2"]),
        ("bob roof", ["2"]),
        ("roof denver call", ["2"]),
        ("sales", ["3"]),
        ("sales bob", []),
        ("sales oslo", ["3"]),
        ("nobody", []),
    ],
)
def test_words_are_found_wherever_they_are(
    calls_of_three: ManyCalls, typed: str, sessions: list[str]
) -> None:
    found_ids = found(calls_of_three, typed)
    by_id = {call.id: call.entry.session_id for call in calls_of_three.listed}
    assert sorted(by_id[id_] for id_ in found_ids) == sessions


@pytest.fixture(scope="module")
def calls_of_three() -> Iterator[ManyCalls]:
    made = many_calls(None, count=0)
    log(
        made.database,
        record("1", Endpoint("+13035550142", "Zoë", "Denver, CO")),
        record("2", Endpoint("13035550177", "Bob", "Denver, CO")),
        record("3", Endpoint("+4721234567", "", "Oslo"), queue="Sales"),
    )
    annotate(made.database, number_of(made.database, "2"), "Call back about the ROOF")
    listed = made.database.read(lambda db: reading.page(db, CallFilter(), None, limit=9)).calls
    yield ManyCalls(made.database, listed, {})
    made.database.close()
