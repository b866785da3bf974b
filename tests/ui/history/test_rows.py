from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcdesk.core.call import Direction, Outcome
from rcdesk.core.past_calls import CallFilter, ListedCall
from rcdesk.ui.history.rows import (
    CallRow,
    GroupRow,
    Row,
    dated,
    identity,
    is_flat,
    local_day,
    rows_of,
    splice,
)
from tests.ui.history.calls import NOON, listed

MISSED = Outcome.MISSED


def rows(*calls: ListedCall, opened: tuple[int, ...] = (), flat: bool = False) -> list[Row]:
    return rows_of([dated(call) for call in calls], opened=opened, flat=flat)


def shape(made: list[Row]) -> list[str]:
    def one(row: Row) -> str:
        if isinstance(row, date):
            return "day"
        if isinstance(row, GroupRow):
            return f"{len(row.calls)} folded" if not row.is_open else f"{len(row.calls)} open"
        return "member" if row.is_member else "call"

    return [one(row) for row in made]


def test_a_day_stands_above_its_calls() -> None:
    calls = [listed(n, started_at=NOON - timedelta(hours=10 * n)) for n in range(8)]
    days: list[date] = []
    for row in rows(*calls):
        if isinstance(row, date):
            days.append(row)
        else:
            assert local_day(row.call.entry.started_at) == days[-1]
    assert all(newer > older for newer, older in pairwise(days))


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        pytest.param(
            [listed(n, person=7, outcome=MISSED) for n in range(3)], ["day", "3 folded"], id="same"
        ),
        pytest.param(
            [listed(0, person=7), listed(1, person=8), listed(2, person=7)],
            ["day", "call", "call", "call"],
            id="somebody between",
        ),
        pytest.param(
            [listed(0, person=7), listed(1, person=7, outcome=MISSED)],
            ["day", "call", "call"],
            id="another outcome",
        ),
        pytest.param(
            [listed(0, person=7), listed(1, person=7, direction=Direction.OUTBOUND)],
            ["day", "call", "call"],
            id="another direction",
        ),
        pytest.param(
            [listed(0, person=7), listed(1, person=7, type="Fax")],
            ["day", "call", "call"],
            id="a fax",
        ),
        pytest.param(
            [
                listed(0, person=7, outcome=MISSED),
                listed(1, person=7, outcome=Outcome.CANCELLED),
            ],
            ["day", "2 folded"],
            id="both missed to a person",
        ),
        pytest.param(
            [listed(0, person=7), listed(1, person=7, started_at=NOON - timedelta(days=1))],
            ["day", "call", "day", "call"],
            id="another day",
        ),
    ],
)
def test_repeated_calls_fold(calls: list[ListedCall], expected: list[str]) -> None:
    assert shape(rows(*calls)) == expected


def test_withheld_numbers_are_nobody_in_particular() -> None:
    calls = [ListedCall(n, listed(n, outcome=MISSED).entry) for n in range(3)]
    assert shape(rows(*calls)) == ["day", "call", "call", "call"]


def test_an_open_group_shows_its_calls_below() -> None:
    calls = [listed(n, person=7) for n in range(3)]
    assert shape(rows(*calls, opened=(calls[2].id,))) == ["day", "3 open", *["member"] * 3]


def test_a_flat_list_hides_nothing() -> None:
    calls = [listed(n, person=7) for n in range(3)]
    assert shape(rows(*calls, flat=True)) == ["call"] * 3


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (CallFilter(), False),
        (CallFilter(unresolved=True, queue="Support"), False),
        (CallFilter(text="ann"), True),
        (CallFilter(person=0), True),
        (CallFilter(tag="vip"), True),
    ],
)
def test_what_was_searched_for_is_flat(wanted: CallFilter, expected: bool) -> None:
    assert is_flat(wanted) is expected


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)))
def test_a_splice_leads_from_any_list_to_any_other(
    before: set[int], after: set[int], opened: set[int]
) -> None:
    known = {n: listed(n, person=n // 3) for n in range(31)}
    old = rows(*(known[n] for n in sorted(before)))
    ids = tuple(known[n].id for n in opened)
    new = rows(*(known[n] for n in sorted(after)), opened=ids)
    first, last, added = splice(old, new)
    spliced = old[:first] + new[first : first + added] + old[last:]
    assert [identity(row) for row in spliced] == [identity(row) for row in new]


def test_rows_are_named_apart() -> None:
    calls = [listed(n, person=n // 4) for n in range(20)]
    made = rows(*calls, opened=tuple(call.id for call in calls))
    assert len({identity(row) for row in made}) == len(made)
    assert isinstance(made[1], GroupRow)
    assert isinstance(made[2], CallRow)
