import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from rcdesk.archive.archive import Archive
from rcdesk.core.past_calls import LONGEST_NOTE
from rcdesk.ui.history.call_detail import CallDetail
from rcdesk.ui.history.details_pane import DetailsPane
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.style.theme import Theme
from tests.ui.history.calls import ANN, NOON, entry
from tests.ui.history.conftest import Stage
from tests.ui.history.shown import (
    KEY,
    SENTENCE,
    Troubled,
    call_id,
    chips,
    detail,
    kept,
    note,
    open_first,
    show,
    tags,
    type_note,
    until_kept,
)
from tests.ui.on_screen import lines
from tests.until import until


def test_a_note_keeps_itself_while_it_is_written(stage: Stage) -> None:
    open_first(stage)
    type_note(stage, "wants a quote")
    until_kept(stage, "s1", "wants a quote")
    stage.until(lambda: "Saved" in lines(note(stage)))
    assert note(stage).editor.hasFocus()
    stage.until(lambda: stage.page.model.listed()[0].has_note)


def test_typing_on_does_not_put_it_off(stage: Stage) -> None:
    open_first(stage)
    type_note(stage, "a")

    async def type_on() -> None:
        async with asyncio.timeout(20):
            while not (found := await stage.archive.details(call)) or not found.note:
                QTest.keyClicks(note(stage).editor, "a")
                await asyncio.sleep(0.02)

    call = call_id(stage, "s1")
    stage.run(type_on())


def test_another_call_gets_nothing_of_a_note(stage: Stage) -> None:
    open_first(stage, "s2")
    type_note(stage, "about one")
    other = call_id(stage, "s2")
    stage.page.details.show_call(other)
    QTest.keyClicks(note(stage).editor, ", still about one")
    stage.until(lambda: detail(stage).call_id == other)
    assert note(stage).editor.toPlainText() == ""
    assert not note(stage).editor.hasFocus()
    QTest.keyClick(note(stage).editor, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert note(stage).editor.toPlainText() == ""
    until_kept(stage, "s1", "about one, still about one")
    assert kept(stage, "s2").note == ""


def test_coming_back_at_once_shows_what_was_written(stage: Stage) -> None:
    open_first(stage, "s2")
    type_note(stage, "mine")
    stage.page.details.show_call(call_id(stage, "s2"))
    show(stage, "s1")
    assert note(stage).editor.toPlainText() == "mine"


def test_a_refresh_takes_nothing_that_was_typed(stage: Stage) -> None:
    open_first(stage)
    type_note(stage, "a")
    for letter in "bcd":
        stage.page.refresh()
        QTest.keyClicks(note(stage).editor, letter)
        stage.settle()
    assert note(stage).editor.toPlainText() == "abcd"
    until_kept(stage, "s1", "abcd")


def test_what_was_read_before_the_note_was_kept_does_not_undo_it(stage: Stage) -> None:
    source = Troubled(stage.archive)
    source.is_full = False
    stage.add(entry(1, other=ANN))
    stage.page.set_source(source)
    stage.settle()
    show(stage, "s1")
    pane = stage.page.details

    async def read_while_writing() -> None:
        source.may_read = asyncio.Event()
        await stage.archive.set_tags(first, ["shown"])
        pane.refresh()
        await source.has_read.wait()
        type_note(stage, "new")
        await pane.finish()
        source.may_read.set()
        await until(lambda: chips(stage) == ["shown"])

    first = call_id(stage, "s1")
    source.has_read.clear()
    stage.run(read_while_writing())
    assert note(stage).editor.toPlainText() == "new"
    assert kept(stage, "s1").note == "new"


def test_a_change_from_elsewhere_shows_where_nobody_types(stage: Stage) -> None:
    open_first(stage)
    stage.run(stage.archive.set_note(call_id(stage, "s1"), "from elsewhere"))
    stage.page.refresh()
    stage.until(lambda: note(stage).editor.toPlainText() == "from elsewhere")
    type_note(stage, "!")
    stage.run(stage.archive.set_note(call_id(stage, "s1"), "again from elsewhere"))
    stage.page.refresh()
    until_kept(stage, "s1", "from elsewhere!")


def test_a_note_that_cannot_be_kept_stays_and_is_tried_again(stage: Stage) -> None:
    source = Troubled(stage.archive)
    stage.add(entry(1, other=ANN), entry(2))
    stage.page.set_source(source)
    stage.settle()
    show(stage, "s1")
    type_note(stage, "precious")
    stage.until(lambda: SENTENCE in lines(note(stage)))
    assert "Not saved yet" in lines(note(stage))
    show(stage, "s2")
    assert SENTENCE not in lines(note(stage))
    show(stage, "s1")
    assert note(stage).editor.toPlainText() == "precious"
    assert SENTENCE in lines(note(stage))
    source.is_full = False
    stage.page.details.keep()
    until_kept(stage, "s1", "precious")
    stage.until(lambda: "Saved" in lines(note(stage)))
    assert SENTENCE not in lines(note(stage))


@pytest.mark.parametrize("how", ["hide", "sign out", "leave", "escape", "finish"])
def test_turning_away_keeps_the_note_at_once(stage: Stage, how: str) -> None:
    open_first(stage)
    type_note(stage, "x")
    pane = stage.page.details
    match how:
        case "hide":
            stage.page.hide()
        case "sign out":
            stage.page.set_source(None)
        case "leave":
            note(stage).left.emit()
        case "escape":
            QTest.keyClick(note(stage).editor, KEY.Key_Escape)
        case _:
            stage.run(pane.finish())
            assert kept(stage, "s1").note == "x"
    until_kept(stage, "s1", "x")


def test_what_cannot_be_kept_of_an_account_that_went_is_said(stage: Stage, qtbot: QtBot) -> None:
    stage.add(entry(1, other=ANN))
    stage.page.set_source(Troubled(stage.archive))
    stage.settle()
    show(stage, "s1")
    type_note(stage, "precious")
    with qtbot.waitSignal(stage.page.details.failed) as failed:
        stage.page.set_source(None)
        stage.until(lambda: failed.args)
    assert failed.args == [SENTENCE]


def test_an_archive_that_was_closed_breaks_nothing(stage: Stage, qtbot: QtBot) -> None:
    open_first(stage)
    stage.run(stage.archive.aclose())
    type_note(stage, "x")
    stage.page.details.keep()
    stage.until(lambda: "The call history is closed." in lines(note(stage)))
    QTest.keyClicks(tags(stage).input, "vip\r")
    stage.until(lambda: "The call history is closed." in lines(tags(stage)))
    with qtbot.waitSignal(stage.page.details.failed) as failed:
        stage.page.refresh()
        stage.until(lambda: failed.args)
    assert note(stage).editor.toPlainText() == "x"


def test_a_note_has_an_end(stage: Stage) -> None:
    open_first(stage)
    editor = note(stage).editor
    note(stage).edit()
    pasted = QMimeData()
    pasted.setText("<b>" + "x" * LONGEST_NOTE)
    editor.insertFromMimeData(pasted)
    assert len(editor.toPlainText()) == LONGEST_NOTE
    assert any("10,000 characters" in text for text in lines(note(stage)))
    QTest.keyClicks(editor, "y")
    assert len(editor.toPlainText()) == LONGEST_NOTE
    editor.selectAll()
    QTest.keyClicks(editor, "y")
    assert editor.toPlainText() == "y"


def test_a_call_that_went_leads_back_to_the_list(stage: Stage) -> None:
    open_first(stage, "s2")
    type_note(stage, "x")
    stage.run(stage.archive.remove([call_id(stage, "s1")]))
    stage.page.refresh()
    stage.until(stage.page.view.isVisible)
    assert stage.page.details.call_id is None
    stage.run(stage.page.details.finish())
    assert kept(stage, "s2").note == ""


def test_adding_a_note_from_the_list_leads_to_its_end(stage: Stage) -> None:
    stage.show(entry(1, other=ANN))
    stage.run(stage.archive.set_note(call_id(stage, "s1"), "begun"))
    show(stage, "s1")
    stage.page.details.edit_note(call_id(stage, "s1"))
    stage.until(note(stage).editor.hasFocus)
    QTest.keyClicks(note(stage).editor, "!")
    assert note(stage).editor.toPlainText() == "begun!"


def test_what_was_typed_just_before_window_and_archive_close_is_kept(
    qloop: QtEventLoop, theme: Theme, tmp_path: Path
) -> None:
    async def type_and_close() -> None:
        archive = await Archive.open(tmp_path / "calls.db")
        await archive.add_call(entry(1))
        (call,) = await archive.find("s1")
        pane = DetailsPane(theme, NOON.date, lambda work, _name: qloop.create_task(work))
        pane.set_source(archive)
        pane.show()
        pane.show_call(call.id)
        await until(lambda: pane.is_filled)
        (shown,) = pane.findChildren(CallDetail)
        assert isinstance(shown, CallDetail)
        QTest.keyClicks(shown.note.editor, "last words")
        QTest.keyClicks(shown.tags.input, "vip,")
        pane.hide()
        await archive.aclose()
        async with await Archive.open(tmp_path / "calls.db") as again:
            found = await again.details(call.id)
        assert found is not None
        assert found.note == "last words"
        assert found.call.tags == ("vip",)

    qloop.run_until_complete(type_and_close())
