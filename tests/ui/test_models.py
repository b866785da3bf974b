from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.history import HistoryEntry
from rcdesk.ui.models.history import (
    DayRole,
    EntryRole,
    HistoryModel,
    TellsLineRole,
    identity,
    local_day,
)
from rcdesk.ui.models.history_text import day_text

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
TEXT = Qt.ItemDataRole.DisplayRole


def entry(number: int, **changes: Any) -> HistoryEntry:
    given: dict[str, Any] = {
        "key": f"s{number}/Inbound",
        "session_id": f"s{number}",
        "direction": Direction.INBOUND,
        "other": Endpoint("+16505550112", "Ann Ferreira", "San Mateo, CA"),
        "own": Endpoint("+16505550100"),
        "started_at": NOON - timedelta(hours=10 * number),
        "outcome": Outcome.ANSWERED,
    }
    return HistoryEntry(**(given | changes))


def model_of(*entries: HistoryEntry, has_more: bool = False) -> HistoryModel:
    model = HistoryModel()
    model.set_today(local_day(NOON))
    model.set_region("US")
    model.replace(entries, has_more=has_more)
    return model


def texts(model: HistoryModel) -> list[str]:
    return [model.index(row).data(TEXT) for row in range(model.rowCount())]


def test_a_day_stands_above_its_calls() -> None:
    model = model_of(*(entry(n) for n in range(6)))
    days: list[date] = []
    for row in range(model.rowCount()):
        index = model.index(row)
        if (day := index.data(DayRole)) is not None:
            days.append(day)
        else:
            assert local_day(index.data(EntryRole).started_at) == days[-1]
    assert all(newer > older for newer, older in pairwise(days))


def test_a_day_can_be_neither_selected_nor_reached() -> None:
    model = model_of(entry(0))
    assert model.flags(model.index(0)) == Qt.ItemFlag.NoItemFlags
    assert model.flags(model.index(1)) & Qt.ItemFlag.ItemIsSelectable


def test_a_call_given_twice_is_listed_once() -> None:
    model = model_of(entry(0), entry(0, duration_s=4.0), entry(1))
    assert [e.session_id for e in model.entries] == ["s0", "s1"]


def test_one_session_in_both_directions_is_two_calls() -> None:
    model = model_of(entry(0), entry(0, direction=Direction.OUTBOUND))
    assert len(model.entries) == 2


def test_a_correction_keeps_the_rows(qtbot: QtBot) -> None:
    model = model_of(entry(0, outcome=Outcome.MISSED), entry(1))
    with (
        qtbot.waitSignal(model.dataChanged) as changed,
        qtbot.assertNotEmitted(model.modelReset),
    ):
        model.replace([entry(0), entry(1)], has_more=False)
    assert changed.args[0].row() == changed.args[1].row() == 1
    assert "Incoming" in texts(model)[1]


def test_appended_calls_of_the_last_day_get_no_second_day_row() -> None:
    model = model_of(entry(0))
    later = entry(7, started_at=NOON - timedelta(minutes=1))
    model.append([later, entry(0)], has_more=False)
    assert model.day_rows == [0]
    assert [e.session_id for e in model.entries] == ["s0", "s7"]


def test_more_is_asked_for_once_until_it_comes(qtbot: QtBot) -> None:
    model = model_of(entry(0), has_more=True)
    with qtbot.waitSignal(model.more_requested):
        model.fetchMore(QModelIndex())
    assert not model.canFetchMore(QModelIndex())
    with qtbot.assertNotEmitted(model.more_requested):
        model.fetchMore(QModelIndex())
    model.append([entry(1)], has_more=True)
    assert model.canFetchMore(QModelIndex())


def test_after_a_failure_more_is_not_asked_for_by_itself() -> None:
    model = model_of(entry(0), has_more=True)
    model.fetchMore(QModelIndex())
    model.give_up_waiting()
    assert not model.canFetchMore(QModelIndex())


def test_a_row_is_spoken_whole() -> None:
    missed = entry(
        0,
        outcome=Outcome.MISSED,
        queue="Support",
        recording_id="1",
        duration_s=62.0,
    )
    spoken = texts(model_of(missed))[1]
    clock = f"{NOON.astimezone():%H:%M}"
    for part in (
        "Ann Ferreira",
        "Missed call",
        "Support",
        "(650) 555-0112",
        "San Mateo, CA",
        f"Today {clock}",
        "1:02",
        "recorded",
    ):
        assert part in spoken


def test_a_tool_tip_shows_markup_as_text() -> None:
    named = entry(0, other=Endpoint("+16505550112", "<img src=x> & co"))
    model = model_of(named)
    tip = model.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img src=x&gt; &amp; co" in tip


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


def test_a_new_day_renames_the_old_one() -> None:
    model = model_of(entry(0))
    model.set_today(local_day(NOON) + timedelta(days=1))
    assert texts(model)[0] == "Yesterday"


def test_a_call_is_found_by_what_names_it() -> None:
    model = model_of(entry(0), entry(1))
    at = model.row_of(identity(entry(1)))
    assert model.index(at).data(EntryRole).session_id == "s1"
    assert model.row_of(identity(entry(9))) == -1


def test_qt_finds_no_fault_with_the_model(qtmodeltester: ModelTester) -> None:
    model = model_of(*(entry(n) for n in range(30)))
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt leaves it untyped


def test_rows_tell_the_line_where_there_are_several() -> None:
    def told(*entries: HistoryEntry) -> list[bool]:
        model = HistoryModel()
        model.replace(entries, has_more=False)
        rows = [model.index(at) for at in range(model.rowCount())]
        return [row.data(TellsLineRole) for row in rows if row.data(EntryRole) is not None]

    second = Endpoint("+16505550199")
    assert told(entry(1), entry(2)) == [False, False]
    assert told(entry(1), entry(2, own=second)) == [True, True]
    assert told(entry(1), entry(2, own=second, queue="Sales")) == [False, False]
    assert told(entry(1), entry(2, own=Endpoint("101"))) == [False, False]
    assert told(entry(1), entry(2, own=second, direction=Direction.OUTBOUND)) == [False, False]
