from datetime import date, timedelta

import pytest

from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.ui.history.rows import GroupRow
from rcdesk.ui.history.texts import day_text, moment_text, row_text, several, spoken_text
from tests.ui.history.calls import NOON, entry, listed

TODAY = NOON.astimezone().date()


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 18), "Today"),
        (date(2026, 11, 17), "Yesterday"),
        (date(2026, 11, 16), "Monday"),
        (date(2026, 11, 11), "Wednesday, 11 November"),
        (date(2025, 12, 31), "Wednesday, 31 December 2025"),
        (date(2026, 11, 19), "Thursday, 19 November"),
    ],
)
def test_days_are_named(day: date, said: str) -> None:
    assert day_text(day, date(2026, 11, 18)) == said


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(0), "{clock}"),
        (timedelta(days=1), "Yesterday {clock}"),
        (timedelta(days=2), "Monday {clock}"),
        (timedelta(days=8), "10 Nov"),
        (timedelta(days=400), "14 Oct 2025"),
        (timedelta(days=-1), "19 Nov"),
    ],
)
def test_where_no_day_stands_above_a_row_tells_it(ago: timedelta, said: str) -> None:
    at = NOON - ago
    assert moment_text(at, TODAY) == said.format(clock=f"{at.astimezone():%H:%M}")


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("kind", ["Voice", "Fax", "Telex"])
def test_every_result_is_told_for_one_call_and_for_several(
    direction: Direction, outcome: Outcome, kind: str
) -> None:
    look = row_text(entry(1, direction=direction, outcome=outcome, type=kind), "US").look
    assert look.text
    assert several(3, look).startswith("3 ")


@pytest.mark.parametrize(
    ("other", "title"),
    [
        (Endpoint("+16505550112", "Ann"), "Ann"),
        (Endpoint("+16505550112"), "(650) 555-0112"),
        (Endpoint("+442079460123"), "+44 20 7946 0123"),
        (Endpoint("101"), "Ext. 101"),
        (Endpoint("+1855201XXXX"), "+1855201XXXX"),
        (Endpoint(), "Unknown caller"),
    ],
)
def test_the_title_is_whatever_names_them_best(other: Endpoint, title: str) -> None:
    assert row_text(entry(1, other=other), "US").title == title


def test_a_group_says_how_many_and_when_the_last_was() -> None:
    calls = tuple(listed(n, person=1, outcome=Outcome.MISSED) for n in range(3))
    spoken = spoken_text(GroupRow(calls, is_open=False), "US", TODAY)
    assert spoken.startswith("Caller 0, 3 missed calls, folded, the latest: Caller 0, Missed call")


def test_zero_seconds_are_not_told() -> None:
    assert row_text(entry(1, duration_s=0.4), "US").duration == ""
    assert row_text(entry(1, duration_s=61.0), "US").duration == "1:01"
