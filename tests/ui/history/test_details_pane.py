import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QMainWindow,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from rcdesk.archive.archive import Archive
from rcdesk.core.call import NOBODY, Direction, Endpoint, Outcome
from rcdesk.core.errors import StorageTrouble
from rcdesk.core.events import LogLeg, LogRecord
from rcdesk.core.past_calls import LONGEST_NOTE, CallDetails
from rcdesk.ui.history.call_detail import CallDetail
from rcdesk.ui.history.details_pane import DetailsPane
from rcdesk.ui.history.note_field import NoteField
from rcdesk.ui.history.tag_field import TagField
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.style.theme import Theme
from tests.ui.history.calls import NOON, OWN, entry
from tests.ui.history.conftest import Stage

ANN = Endpoint("+16505550112", "Ann Ferreira", "Denver, CO")
KEY = Qt.Key
SENTENCE = "The disk is full: nothing was lost; make room and it goes on."


def detail(stage: Stage) -> CallDetail:
    (found,) = stage.page.details.findChildren(CallDetail)
    assert isinstance(found, CallDetail)
    return found


def note(stage: Stage) -> NoteField:
    return detail(stage).note


def tags(stage: Stage) -> TagField:
    return detail(stage).tags


def said(within: QWidget) -> list[str]:
    return [label.text() for label in within.findChildren(QLabel) if label.isVisible()]


def buttons(within: QWidget) -> list[str]:
    found = within.findChildren(QAbstractButton)
    return [button.accessibleName() or button.text() for button in found if button.isVisible()]


def press(within: QWidget, says: str) -> None:
    found = within.findChildren(QAbstractButton)
    button = next(b for b in found if says in (b.text(), b.accessibleName()) and b.isVisible())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def call_id(stage: Stage, session_id: str) -> int:
    return stage.run(stage.archive.find(session_id))[0].id


def show(stage: Stage, session_id: str) -> None:
    (call,) = stage.run(stage.archive.find(session_id))
    stage.page.view.opened.emit(call, False)
    stage.until(lambda: stage.page.details.is_filled and detail(stage).call_id == call.id)


def open_first(stage: Stage, *others: str) -> None:
    """Show `s1`, in the list's place, as Enter does."""
    stage.show(entry(1, other=ANN), *(entry(int(other[1:])) for other in others))
    stage.select("s1")
    QTest.keyClick(stage.page.view, KEY.Key_Return)
    stage.until(lambda: stage.page.details.is_filled)


def type_note(stage: Stage, text: str) -> None:
    note(stage).edit()
    QTest.keyClicks(note(stage).editor, text)


def kept(stage: Stage, session_id: str) -> CallDetails:
    found = stage.run(stage.archive.details(call_id(stage, session_id)))
    assert found is not None
    return found


def until_kept(stage: Stage, session_id: str, text: str) -> None:
    wanted = call_id(stage, session_id)

    async def note_of(call: int) -> str | None:
        found = await stage.archive.details(call)
        return None if found is None else found.note

    async def wait() -> None:
        async with asyncio.timeout(20):
            while await note_of(wanted) != text:  # noqa: ASYNC110 - any turn may bring it
                await asyncio.sleep(0.01)

    stage.run(wait())


class _Troubled:
    """A source whose disk is full, or slow."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.is_full = True
        self.may_read: asyncio.Event | None = None
        self.has_read = asyncio.Event()
        self.page, self.full_page = archive.page, archive.full_page
        self.count = archive.count
        self.lines = archive.lines
        self.queues = archive.queues
        self.tags = archive.tags

    async def details(self, call: int) -> CallDetails | None:
        found = await self._archive.details(call)
        self.has_read.set()
        if self.may_read is not None:
            await self.may_read.wait()
        return found

    async def set_note(self, call: int, text: str) -> None:
        if self.is_full:
            raise StorageTrouble(SENTENCE)
        await self._archive.set_note(call, text)

    async def set_tags(self, call: int, names: Iterable[str]) -> None:
        if self.is_full:
            raise StorageTrouble(SENTENCE)
        await self._archive.set_tags(call, names)


def test_it_says_who_what_and_when(stage: Stage) -> None:
    async def add() -> None:
        call = entry(1, other=ANN, duration_s=192.0, queue="Support", is_too_short=True)
        await stage.archive.add_call(call, ring_s=12.0)

    stage.run(add())
    stage.page.set_source(stage.archive)
    show(stage, "s1")
    labels = said(stage.page)
    at = NOON.astimezone() - timedelta(minutes=1)
    for text in (
        "Ann Ferreira",
        "(650) 555-0112 · Denver, CO",
        "Incoming",
        f"Wednesday, 18 November 2026, {at:%H:%M}",
        "12 s",
        "3 min 12 s",
        "(650) 555-0100",
        "Support",
        "Too short to be kept",
    ):
        assert text in labels


@pytest.mark.parametrize(
    ("other", "offered"),
    [
        (ANN, ["Call back", "Send a message", "Copy number", "Open contact"]),
        (Endpoint("101", "Bob"), ["Call back", "Copy number", "Open contact"]),
        (Endpoint("*86"), ["Call back", "Copy number"]),
        (Endpoint("+1855201XXXX"), ["Copy number"]),
        (NOBODY, []),
    ],
)
def test_only_what_a_number_is_good_for_is_offered(
    stage: Stage, other: Endpoint, offered: list[str]
) -> None:
    stage.show(entry(1, other=other))
    show(stage, "s1")
    assert buttons(detail(stage).header) == offered


def test_a_withheld_number_is_said_and_a_masked_one_stays_masked(stage: Stage) -> None:
    stage.show(entry(1, other=NOBODY), entry(2, other=Endpoint("+1855201XXXX")))
    show(stage, "s1")
    assert "Number withheld" in said(detail(stage))
    show(stage, "s2")
    assert "+1855201XXXX" in said(detail(stage))


def test_where_no_message_may_be_sent_none_is_offered(stage: Stage) -> None:
    stage.page.offer_messages(False)
    stage.show(entry(1, other=ANN))
    show(stage, "s1")
    assert "Send a message" not in buttons(detail(stage))
    stage.page.offer_messages(True)
    assert "Send a message" in buttons(detail(stage))


def test_the_buttons_ask(stage: Stage, qtbot: QtBot) -> None:
    open_first(stage)
    with qtbot.waitSignal(stage.page.call_back_requested) as called:
        press(stage.page, "Call back")
    with qtbot.waitSignal(stage.page.message_requested) as written:
        press(stage.page, "Send a message")
    press(stage.page, "Copy number")
    assert called.args == [ANN.number]
    assert written.args == [ANN.number, ANN.name]
    assert QApplication.clipboard().text() == ANN.number


def test_what_happened_is_read_out(stage: Stage) -> None:
    legs = (
        LogLeg(kind="Accept", action="Phone Call", result="Accepted", callee=OWN, is_master=True),
        LogLeg(kind="PstnToSip", result="Call connected", callee=Endpoint("102", "Bob Ray")),
    )
    record = LogRecord(
        session_id="s1",
        caller=ANN,
        callee=OWN,
        started_at=NOON,
        outcome=Outcome.ANSWERED,
        action="Phone Call",
        result="Accepted",
        legs=legs,
    )
    stage.run(stage.archive.add_records([record]))
    stage.page.set_source(stage.archive)
    show(stage, "s1")
    spoken = [widget.accessibleDescription() for widget in stage.page.findChildren(QWidget)]
    assert "Came in on (650)\u00a0555-0100. Answered by Bob Ray (102)" in [
        text.replace("(650) ", "(650)\u00a0") for text in spoken
    ]


def test_many_steps_are_shown_when_asked_for(stage: Stage) -> None:
    legs = tuple(
        LogLeg(kind="Hunting", result=result, callee=Endpoint(str(200 + n), f"Agent {n}"))
        for n in range(48)
        for result in ("Missed", "Busy")
    )
    record = LogRecord(
        session_id="s1",
        caller=ANN,
        callee=OWN,
        started_at=NOON,
        outcome=Outcome.MISSED,
        result="Missed",
        legs=legs,
    )
    stage.run(stage.archive.add_records([record]))
    stage.page.set_source(stage.archive)
    show(stage, "s1")
    press(stage.page, "Show all 98 steps")
    spoken = [widget.accessibleDescription() for widget in stage.page.findChildren(QWidget)]
    assert any("Agent 30 (230) was busy" in text for text in spoken)


def test_a_note_keeps_itself_while_it_is_written(stage: Stage) -> None:
    open_first(stage)
    type_note(stage, "wants a quote")
    until_kept(stage, "s1", "wants a quote")
    stage.until(lambda: "Saved" in said(note(stage)))
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
    source = _Troubled(stage.archive)
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
        while chips(stage) != ["shown"]:  # noqa: ASYNC110 - any turn of the loop may bring it
            await asyncio.sleep(0.002)

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
    source = _Troubled(stage.archive)
    stage.add(entry(1, other=ANN), entry(2))
    stage.page.set_source(source)
    stage.settle()
    show(stage, "s1")
    type_note(stage, "precious")
    stage.until(lambda: SENTENCE in said(note(stage)))
    assert "Not saved yet" in said(note(stage))
    show(stage, "s2")
    assert SENTENCE not in said(note(stage))
    show(stage, "s1")
    assert note(stage).editor.toPlainText() == "precious"
    assert SENTENCE in said(note(stage))
    source.is_full = False
    stage.page.details.keep()
    until_kept(stage, "s1", "precious")
    stage.until(lambda: "Saved" in said(note(stage)))
    assert SENTENCE not in said(note(stage))


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
    stage.page.set_source(_Troubled(stage.archive))
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
    stage.until(lambda: "The call history is closed." in said(note(stage)))
    QTest.keyClicks(tags(stage).input, "vip\r")
    stage.until(lambda: "The call history is closed." in said(tags(stage)))
    with qtbot.waitSignal(stage.page.details.failed) as failed:
        stage.page.refresh()
        stage.until(lambda: failed.args)
    assert note(stage).editor.toPlainText() == "x"


def test_a_call_that_cannot_be_read_says_so_in_its_place(stage: Stage) -> None:
    stage.show(entry(1), entry(2))
    show(stage, "s1")
    (other,) = stage.run(stage.archive.find("s2"))
    stage.run(stage.archive.aclose())
    stage.page.details.show_call(other.id)
    stage.until(lambda: "The call history is closed." in said(stage.page.details))
    assert "Caller 1" not in said(stage.page.details)


def test_a_note_has_an_end(stage: Stage) -> None:
    open_first(stage)
    editor = note(stage).editor
    note(stage).edit()
    pasted = QMimeData()
    pasted.setText("<b>" + "x" * LONGEST_NOTE)
    editor.insertFromMimeData(pasted)
    assert len(editor.toPlainText()) == LONGEST_NOTE
    assert any("10,000 characters" in text for text in said(note(stage)))
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


def chips(stage: Stage) -> list[str]:
    return [chip.text() for chip in tags(stage).findChildren(QPushButton) if chip.isVisible()]


def test_tags_are_added_by_enter_and_comma(stage: Stage) -> None:
    open_first(stage)
    QTest.keyClicks(tags(stage).input, "vip\rinvoice, late ,,VIP\r \r")
    assert chips(stage) == ["vip", "invoice", "late"]
    stage.run(stage.page.details.finish())
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
    stage.run(stage.page.details.finish())
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


def test_a_tag_that_was_only_typed_counts_when_the_call_changes(stage: Stage) -> None:
    open_first(stage, "s2")
    QTest.keyClicks(tags(stage).input, "half")
    show(stage, "s2")
    assert chips(stage) == []
    assert tags(stage).input.text() == ""
    stage.run(stage.page.details.finish())
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


def test_adding_a_note_from_the_list_leads_to_its_end(stage: Stage) -> None:
    stage.show(entry(1, other=ANN))
    stage.run(stage.archive.set_note(call_id(stage, "s1"), "begun"))
    show(stage, "s1")
    stage.page.details.edit_note(call_id(stage, "s1"))
    stage.until(note(stage).editor.hasFocus)
    QTest.keyClicks(note(stage).editor, "!")
    assert note(stage).editor.toPlainText() == "begun!"


def test_earlier_calls_lead_on_and_to_the_list(stage: Stage) -> None:
    stage.show(*(entry(n, other=ANN, duration_s=60.0 * n) for n in range(1, 9)), entry(9))
    show(stage, "s1")
    assert "7 earlier calls" in said(detail(stage))
    rows = [name for name in buttons(detail(stage).earlier) if name.startswith("Incoming")]
    assert len(rows) == 5
    following = call_id(stage, "s2")
    press(detail(stage).earlier, rows[0])
    stage.until(lambda: detail(stage).call_id == following)
    assert "6 earlier calls" in said(detail(stage))
    press(detail(stage).earlier, "Show all calls with Ann Ferreira")
    stage.settle()
    assert stage.page.view.isVisible()
    assert stage.shown() == [f"s{n}" for n in range(1, 9)]


def test_without_earlier_calls_there_is_no_heading(stage: Stage) -> None:
    stage.show(entry(1, other=ANN))
    show(stage, "s1")
    assert not detail(stage).earlier.isVisible()


@pytest.mark.parametrize(
    "name", ["x" * 300, "محمد " * 60, "👩‍👩‍👧‍👦" * 40, "<b>Ann</b>\u202e\n\0", "Ann " * 75]
)
@pytest.mark.parametrize("layout", list(Qt.LayoutDirection)[:2])
def test_any_name_fits_a_narrow_pane(stage: Stage, name: str, layout: Qt.LayoutDirection) -> None:
    legs = (LogLeg(kind="Hunting", result="Missed", callee=Endpoint("102", name)),)
    record = LogRecord(
        session_id="s1",
        direction=Direction.INBOUND,
        caller=replace(ANN, name=name, location=name),
        callee=Endpoint("", name),
        started_at=NOON.astimezone(UTC),
        outcome=Outcome.MISSED,
        result="Missed",
        queue=name,
        legs=legs,
    )
    stage.run(stage.archive.add_records([record]))
    stage.run(stage.archive.set_tags(call_id(stage, "s1"), [name]))
    stage.run(stage.archive.set_note(call_id(stage, "s1"), name))
    stage.page.setLayoutDirection(layout)
    stage.page.resize(380, 700)
    stage.page.set_source(stage.archive)
    show(stage, "s1")
    assert not stage.page.grab().isNull()
    assert stage.page.width() == 380
    sheet = detail(stage).widget()
    assert sheet is not None
    assert sheet.width() <= detail(stage).viewport().width()
    assert "\u202e" not in "".join(said(stage.page))


def test_the_pane_is_made_for_the_first_call(stage: Stage) -> None:
    stage.show(entry(1))
    assert isinstance(stage.page.details, DetailsPane)
    assert not stage.page.details.findChildren(CallDetail)
    stage.page.details.edit_note(call_id(stage, "s1"))
    stage.until(lambda: stage.page.details.is_filled)
    stage.page.set_source(None)
    assert note(stage).editor.toPlainText() == ""


def test_what_was_typed_just_before_window_and_archive_close_is_kept(
    qloop: QtEventLoop, theme: Theme, tmp_path: Path
) -> None:
    async def type_and_close(window: QMainWindow) -> None:
        archive = await Archive.open(tmp_path / "calls.db")
        await archive.add_call(entry(1))
        (call,) = await archive.find("s1")
        pane = DetailsPane(theme, NOON.date, lambda work, _name: qloop.create_task(work))
        pane.set_source(archive)
        # Qt ends its loop with the last window.
        window.setCentralWidget(pane)
        window.show()
        pane.show_call(call.id)
        while not pane.is_filled:  # noqa: ASYNC110 - any turn of the loop may bring it
            await asyncio.sleep(0.002)
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

    window = QMainWindow()
    qloop.run_until_complete(type_and_close(window))
    window.deleteLater()


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


def test_the_keyboard_goes_through_it_from_top_to_bottom(stage: Stage) -> None:
    stage.show(*(entry(n, other=ANN) for n in range(1, 9)))
    stage.run(stage.archive.set_tags(call_id(stage, "s1"), ["a", "b"]))
    show(stage, "s2")
    show(stage, "s1")
    QTest.keyClicks(tags(stage).input, "c,")
    sheet = detail(stage).widget()
    assert sheet is not None
    stops: list[QWidget] = []
    stop = detail(stage).header.nextInFocusChain()
    while stop is not None and stop not in stops:
        stops.append(stop)
        stop = stop.nextInFocusChain()
    reached = [
        stop.accessibleName() or getattr(stop, "text", str)()
        for stop in stops
        if stop.focusPolicy() & Qt.FocusPolicy.TabFocus
        and stop.isVisible()
        and sheet.isAncestorOf(stop)
    ]
    earlier = [name for name in reached if name.startswith("Incoming")]
    assert reached == [
        "Call back",
        "Send a message",
        "Copy number",
        "Open contact",
        "Note",
        "Remove the tag “a”",
        "Remove the tag “b”",
        "Remove the tag “c”",
        "Add a tag",
        *earlier,
        "Show all calls with Ann Ferreira",
    ]
    assert [name[-5:] for name in earlier] == sorted((name[-5:] for name in earlier), reverse=True)
