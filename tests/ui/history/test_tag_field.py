import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from tests.ui.history.calls import ANN, entry
from tests.ui.history.conftest import Stage
from tests.ui.history.shown import KEY, call_id, chips, finish, kept, open_first, show, tags


def test_tags_are_added_by_enter_and_comma(stage: Stage) -> None:
    open_first(stage)
    QTest.keyClicks(tags(stage).input, "vip\rinvoice, late ,,VIP\r \r")
    assert chips(stage) == ["vip", "invoice", "late"]
    finish(stage)
    assert kept(stage, "s1").call.tags == ("invoice", "late", "vip")
    stage.refresh()
    stage.until(lambda: stage.page.model.listed()[0].tags)
    assert chips(stage) == ["vip", "invoice", "late"]


def test_backspace_removes_the_last_tag(stage: Stage) -> None:
    open_first(stage)
    tags(stage).input.setFocus()
    QTest.keyClicks(tags(stage).input, "one,two,x\b\b")
    assert chips(stage) == ["one"]
    assert tags(stage).input.hasFocus()
    finish(stage)
    assert kept(stage, "s1").call.tags == ("one",)


@pytest.mark.parametrize("how", ["press", "delete", "backspace"])
def test_a_chip_removes_its_tag(stage: Stage, how: str) -> None:
    open_first(stage)
    QTest.keyClicks(tags(stage).input, "one,two,three,")
    chip = next(
        chip
        for chip in tags(stage).findChildren(QPushButton)
        if chip.accessibleName() == "Remove the tag “two”"
    )
    if how == "press":
        QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    else:
        QTest.keyClick(chip, KEY.Key_Delete if how == "delete" else KEY.Key_Backspace)
    stage.until(lambda: chips(stage) == ["one", "three"])
    finish(stage)


def test_known_tags_are_offered_the_most_used_first(stage: Stage) -> None:
    stage.add(*(entry(n, other=ANN) for n in range(1, 5)))
    for n, names in ((2, ["Zebra", "vip"]), (3, ["Zebra"]), (4, ["Apple"])):
        stage.run(stage.archive.set_tags(call_id(stage, f"s{n}"), names))
    stage.run(stage.archive.set_tags(call_id(stage, "s1"), ["Vip"]))
    stage.page.set_source(stage.archive)
    stage.settle()
    show(stage, "s1")
    field = tags(stage).input
    field.setFocus()
    completer = field.completer()
    assert completer is not None

    def offered() -> list[str]:
        completer.setCompletionPrefix("")
        model = completer.completionModel()
        return [str(model.index(at, 0).data()) for at in range(model.rowCount())]

    stage.until(lambda: offered() == ["Zebra", "Apple"])
    QTest.keyClicks(field, "apple\r")
    assert chips(stage)[-1] == "Apple"
    finish(stage)


def test_a_tag_that_was_only_typed_counts_when_the_call_changes(stage: Stage) -> None:
    open_first(stage, "s2")
    QTest.keyClicks(tags(stage).input, "half")
    show(stage, "s2")
    assert chips(stage) == []
    assert tags(stage).input.text() == ""
    finish(stage)
    assert kept(stage, "s1").call.tags == ("half",)
    assert kept(stage, "s2").call.tags == ()


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Qt.FocusReason.TabFocusReason, ["half"]),
        (Qt.FocusReason.MouseFocusReason, ["half"]),
        (Qt.FocusReason.ActiveWindowFocusReason, []),
        (Qt.FocusReason.PopupFocusReason, []),
    ],
)
def test_a_typed_tag_waits_while_another_window_is_looked_at(
    stage: Stage, reason: Qt.FocusReason, expected: list[str]
) -> None:
    open_first(stage)
    QTest.keyClicks(tags(stage).input, "half")
    QApplication.sendEvent(tags(stage).input, QFocusEvent(QEvent.Type.FocusOut, reason))
    assert chips(stage) == expected
    assert tags(stage).input.text() == ("" if expected else "half")
    finish(stage)


def test_a_completion_is_picked_by_keyboard(stage: Stage) -> None:
    stage.add(entry(1, other=ANN), entry(2))
    stage.run(stage.archive.set_tags(call_id(stage, "s2"), ["Zebra", "vip"]))
    stage.page.set_source(stage.archive)
    stage.settle()
    show(stage, "s1")
    field = tags(stage).input
    field.setFocus()
    completer = field.completer()
    assert completer is not None
    model = completer.model()
    stage.until(lambda: model.rowCount() == 2)
    QTest.keyClicks(field, "zeb")
    popup = completer.popup()
    assert popup is not None
    stage.until(popup.isVisible)
    QTest.keyClick(popup, KEY.Key_Down)
    QTest.keyClick(popup, KEY.Key_Return)
    stage.until(lambda: chips(stage) == ["Zebra"])
    assert field.text() == ""
    assert not popup.isVisible()
    finish(stage)
