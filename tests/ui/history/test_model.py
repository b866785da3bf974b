import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from rcdesk.core.call import Endpoint, Outcome
from rcdesk.ui.history.choices import Choices
from rcdesk.ui.history.rows import GroupRow
from tests.ui.history.calls import entry
from tests.ui.history.conftest import Stage


def test_qt_finds_no_fault_with_the_model(stage: Stage, qtmodeltester: ModelTester) -> None:
    stage.show(*(entry(n) for n in range(250)))
    model = stage.page.model
    qtmodeltester.check(model, force_py=True)  # type: ignore[no-untyped-call]  # pytest-qt leaves it untyped
    model.fetchMore(QModelIndex())
    stage.settle()
    stage.page.bar.choose(Choices(text="1"))
    stage.settle()
    stage.page.bar.choose(Choices())
    stage.settle()
    assert model.rowCount() > 100


def test_a_day_can_be_neither_selected_nor_reached(stage: Stage) -> None:
    stage.show(entry(0))
    model = stage.page.model
    assert model.flags(model.index(0)) == Qt.ItemFlag.NoItemFlags
    assert model.flags(model.index(1)) & Qt.ItemFlag.ItemIsSelectable


def test_a_tool_tip_shows_markup_as_text(stage: Stage) -> None:
    stage.show(entry(0, other=Endpoint("+16505550112", "<img src=x> & co")))
    model = stage.page.model
    assert "&lt;img src=x&gt; &amp; co" in model.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert model.index(0).data(Qt.ItemDataRole.ToolTipRole) is None


def test_older_calls_are_asked_for_once(stage: Stage) -> None:
    stage.show(*(entry(n) for n in range(250)))
    model = stage.page.model
    assert model.canFetchMore()
    model.fetchMore()
    assert not model.canFetchMore()
    stage.settle()
    assert len(model.listed()) == 250
    assert not model.canFetchMore()


def test_what_has_not_changed_is_not_painted_again(stage: Stage, qtbot: QtBot) -> None:
    stage.show(*(entry(n) for n in range(20)))
    model = stage.page.model
    with (
        qtbot.assertNotEmitted(model.dataChanged),
        qtbot.assertNotEmitted(model.rowsInserted),
        qtbot.assertNotEmitted(model.rowsRemoved),
    ):
        stage.refresh()


@pytest.mark.parametrize("opened", [False, True])
def test_a_call_is_found_in_its_group_or_by_itself(stage: Stage, opened: bool) -> None:
    ann = Endpoint("+16505550112", "Ann")
    stage.show(*(entry(n, other=ann, outcome=Outcome.MISSED) for n in range(3)), entry(5))
    model = stage.page.model
    group = model.row(model.index(1))
    assert isinstance(group, GroupRow)
    model.set_open(group, opened)
    assert model.find(group.calls[2].id) == (4 if opened else 1)
    assert model.find(group.calls[0].id) == (2 if opened else 1)
    assert model.find(-1) == -1
