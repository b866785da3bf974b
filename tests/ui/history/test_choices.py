from datetime import date, datetime, timedelta

import pytest

from rcdesk.core.call import Direction, Outcome
from rcdesk.core.past_calls import EVERYTHING as ANY_CALL
from rcdesk.core.past_calls import CallFilter
from rcdesk.ui.history.choices import EVERYTHING, Choices, Days, Period, Person, Quick

WEDNESDAY = date(2026, 11, 18)


def test_nothing_chosen_lets_everything_through() -> None:
    assert EVERYTHING.wanted(WEDNESDAY) == ANY_CALL


@pytest.mark.parametrize(
    ("presses", "left"),
    [
        ([Quick.MISSED], {Quick.MISSED}),
        ([Quick.MISSED, Quick.MISSED], set()),
        ([Quick.INBOUND, Quick.OUTBOUND], {Quick.OUTBOUND}),
        ([Quick.MISSED, Quick.OUTBOUND], {Quick.OUTBOUND}),
        ([Quick.OUTBOUND, Quick.UNRESOLVED], {Quick.UNRESOLVED}),
        ([Quick.INBOUND, Quick.RECORDED], {Quick.INBOUND, Quick.RECORDED}),
        ([Quick.MISSED, Quick.UNRESOLVED], {Quick.MISSED, Quick.UNRESOLVED}),
    ],
)
def test_pressing_switches_and_what_cannot_go_together_gives_way(
    presses: list[Quick], left: set[Quick]
) -> None:
    choices = EVERYTHING
    for quick in presses:
        choices = choices.pressed(quick)
    assert choices.quick == left


@pytest.mark.parametrize(
    ("choices", "wanted"),
    [
        (
            Choices(quick=frozenset({Quick.MISSED})),
            CallFilter(
                outcomes=frozenset({Outcome.MISSED, Outcome.CANCELLED}),
                direction=Direction.INBOUND,
            ),
        ),
        (Choices(quick=frozenset({Quick.OUTBOUND})), CallFilter(direction=Direction.OUTBOUND)),
        (
            Choices(quick=frozenset({Quick.RECORDED, Quick.UNRESOLVED})),
            CallFilter(recorded=True, unresolved=True),
        ),
        (
            Choices(text=" ann ", queue="Support", type="Fax", person=Person(7, "Ann"), tag="vip"),
            CallFilter(text="ann", queue="Support", type="Fax", person=7, tag="vip"),
        ),
    ],
)
def test_choices_are_asked_of_the_archive(choices: Choices, wanted: CallFilter) -> None:
    assert choices.wanted(WEDNESDAY) == wanted


@pytest.mark.parametrize(
    ("span", "first", "end"),
    [
        (Period.TODAY, date(2026, 11, 18), date(2026, 11, 19)),
        (Period.YESTERDAY, date(2026, 11, 17), date(2026, 11, 18)),
        (Period.WEEK, date(2026, 11, 16), date(2026, 11, 19)),
        (Period.MONTH, date(2026, 11, 1), date(2026, 11, 19)),
        (Period.LAST_30_DAYS, date(2026, 10, 20), date(2026, 11, 19)),
        (Days(date(2026, 3, 2), date(2026, 3, 3)), date(2026, 3, 2), date(2026, 3, 4)),
    ],
)
def test_days_begin_and_end_at_local_midnight(span: Period | Days, first: date, end: date) -> None:
    wanted = Choices(span=span).wanted(WEDNESDAY)
    assert wanted.date_from is not None
    assert wanted.date_to is not None
    for moment, day in ((wanted.date_from, first), (wanted.date_to, end)):
        assert moment == datetime.combine(day, datetime.min.time()).astimezone()


def test_a_period_moves_on_with_the_days() -> None:
    choices = Choices(span=Period.TODAY)
    tomorrow = choices.wanted(WEDNESDAY + timedelta(days=1))
    assert tomorrow.date_from == choices.wanted(WEDNESDAY).date_to


def test_what_is_in_force_is_named_and_can_be_taken_away_one_by_one() -> None:
    choices = Choices(
        text="x",
        quick=frozenset({Quick.MISSED}),
        span=Days(date(2026, 3, 2), date(2026, 3, 2)),
        person=Person(7, "Ann\u202e Ferreira"),
        type="Fax",
        tag="vip",
    )
    assert [said for _, said in choices.chosen] == ["2 Mar 2026", "Ann Ferreira", "Faxes", "vip"]
    for name, _ in choices.chosen:
        choices = choices.without(name)
    assert choices == Choices(text="x", quick=frozenset({Quick.MISSED}))
