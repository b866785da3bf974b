from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QScrollBar, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.errors import StorageTrouble
from rcdesk.core.history import HistoryEntry
from rcdesk.core.past_calls import CallFilter, CallPage, Position
from rcdesk.ui.history.choices import Choices, Period, Quick
from rcdesk.ui.history.delegate import row_height
from rcdesk.ui.history.rows import GroupRow
from rcdesk.ui.history.view import CallListView
from rcdesk.ui.kept_calls import ToldProgress
from tests.ui.history.calls import ANN, NASTY_NAMES, NOON, entry
from tests.ui.history.conftest import Stage
from tests.ui.on_screen import click, said

WITH_NUMBER = [
    *("Block this number…", "Call back", "Copy number", "Open contact", "Send a message"),
]
MISSED = Outcome.MISSED
KEY = Qt.Key


def trigger(within: QWidget, says: str) -> None:
    menus = within.findChildren(QMenu)
    action = next(a for menu in menus for a in menu.actions() if a.text() == says)
    action.trigger()
    for menu in menus:
        menu.close()


def open_menu(stage: Stage, session_id: str) -> None:
    stage.select(session_id)
    view = stage.page.view
    at = view.visualRect(view.currentIndex()).center()
    QApplication.sendEvent(
        view.viewport(),
        QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.viewport().mapToGlobal(at)),
    )


def press(stage: Stage, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
    QTest.keyClick(stage.page.view, key, modifier or Qt.KeyboardModifier.NoModifier)


@pytest.fixture
def view(stage: Stage) -> CallListView:
    return stage.page.view


def by_ann(*numbers: int) -> list[HistoryEntry]:
    return [entry(n, other=ANN, outcome=MISSED) for n in numbers]


def test_calls_are_listed_newest_first_by_day(stage: Stage) -> None:
    stage.show(*(entry(n, started_at=NOON - timedelta(days=n)) for n in range(3)))
    model = stage.page.model
    assert stage.shown() == ["s0", "s1", "s2"]
    assert [model.index(at).data() for at in (0, 2, 4)] == ["Today", "Yesterday", "Monday"]


def test_a_row_says_all_that_it_shows(stage: Stage) -> None:
    stage.show(
        entry(
            1,
            other=ANN,
            duration_s=65.0,
            queue="Support",
            recording_id="r",
            message_id="m",
        )
    )
    call = stage.page.model.listed()[0]
    stage.run(stage.archive.set_note(call.id, "wants a quote"))
    stage.run(stage.archive.set_tags(call.id, ["vip"]))
    stage.refresh()
    spoken = str(stage.page.model.index(1).data(Qt.ItemDataRole.AccessibleTextRole))
    for words in (
        "Ann Ferreira",
        "(650) 555-0112",
        "Denver, CO",
        "Incoming",
        "Support",
        "1:05",
        "Today",
        "recorded",
        "with a voicemail",
        "with a note",
        "tagged vip",
    ):
        assert words in spoken


def test_repeated_calls_unfold_by_keyboard(stage: Stage) -> None:
    stage.show(*by_ann(1, 2, 3), entry(4))
    assert stage.shown() == ["s1+s2+s3", "s4"]
    assert "3 missed calls, folded" in str(stage.page.model.index(1).data())
    stage.select("s1")
    press(stage, KEY.Key_Right)
    assert stage.shown() == ["s1+s2+s3", "(s1)", "(s2)", "(s3)", "s4"]
    press(stage, KEY.Key_Down)
    press(stage, KEY.Key_Down)
    press(stage, KEY.Key_Left)
    assert isinstance(stage.page.view.current_row, GroupRow)
    press(stage, KEY.Key_Space)
    assert stage.shown() == ["s1+s2+s3", "s4"]
    assert stage.current == "s1"


def test_repeated_calls_unfold_by_their_chevron(stage: Stage, view: CallListView) -> None:
    stage.show(*by_ann(1, 2), entry(4))
    room = view.visualRect(stage.page.model.index(1))
    at = QPoint(room.right() - 20, room.center().y())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert stage.shown() == ["s1+s2", "(s1)", "(s2)", "s4"]
    assert stage.current == ""


def test_calls_fold_across_pages(stage: Stage) -> None:
    stage.show(*(entry(n) for n in range(190)), *by_ann(*range(190, 230)), entry(230))
    assert stage.shown()[-1].count("+") == 9
    stage.page.view.scrollToBottom()
    stage.until(lambda: stage.shown()[-1] == "s230")
    assert stage.shown()[-2].count("+") == 39


def test_what_a_search_found_is_never_folded_away(stage: Stage) -> None:
    stage.show(*by_ann(1, 2, 3), entry(4))
    QTest.keyClicks(stage.page.bar.search, "ferr")
    stage.settle()
    assert stage.shown() == ["s1", "s2", "s3"]


def test_every_row_keeps_its_height_whatever_comes_and_goes(
    stage: Stage, view: CallListView
) -> None:
    stage.show(*by_ann(1, 2, 3), *(entry(n, started_at=NOON - timedelta(days=n)) for n in (5, 6)))

    def heights_fit() -> bool:
        heights = [view.rowHeight(at) for at in range(stage.page.model.rowCount())]
        return heights == [row_height(row) for row in stage.rows()]

    assert heights_fit()
    stage.select("s1")
    for key in (KEY.Key_Right, KEY.Key_Left, KEY.Key_Right):
        press(stage, key)
        assert heights_fit()
    stage.add(entry(90, started_at=NOON), *by_ann(0))
    stage.refresh()
    assert heights_fit()
    stage.page.bar.choose(Choices(text="caller"))
    stage.settle()
    assert heights_fit()


def test_search_and_filters_go_together_and_go_one_by_one(stage: Stage) -> None:
    stage.show(
        *by_ann(1),
        entry(2, other=ANN),
        entry(3, outcome=MISSED),
        entry(4, other=ANN, outcome=MISSED, queue="Support"),
    )
    bar = stage.page.bar
    QTest.keyClicks(bar.search, "denver")
    click(bar, "Missed")
    stage.settle()
    stage.until(lambda: "2 calls" in said(bar))
    assert stage.shown() == ["s1", "s4"]
    bar.choose(bar.choices.having("queue", "Support"))
    stage.settle()
    assert stage.shown() == ["s4"]
    click(bar, "Support")
    stage.settle()
    assert stage.shown() == ["s1", "s4"]
    click(bar, "All")
    stage.settle()
    assert stage.shown() == ["s1", "s2", "s4"]


def test_where_nothing_matches_it_is_said_with_a_way_out(stage: Stage) -> None:
    stage.show(entry(1))
    QTest.keyClicks(stage.page.bar.search, "xyz")
    stage.until(lambda: "No calls match “xyz”" in said(stage.page))
    click(stage.page, "Clear search")
    stage.settle()
    assert stage.shown() == ["s1"]
    click(stage.page.bar, "Recorded")
    stage.until(lambda: "No call passes these filters." in said(stage.page))
    click(stage.page, "Clear filters")
    stage.settle()
    assert stage.page.bar.choices == Choices()


def test_the_search_is_one_shortcut_away_and_escape_leaves_it(stage: Stage, qtbot: QtBot) -> None:
    stage.show(entry(1), entry(2))
    qtbot.waitUntil(stage.page.isActiveWindow)
    stage.page.view.setFocus()
    QTest.keySequence(stage.page, QKeySequence("Ctrl+F"))
    assert stage.page.bar.search.hasFocus()
    QTest.keyClicks(stage.page.bar.search, "2")
    stage.settle()
    assert stage.shown() == ["s2"]
    QTest.keyClick(stage.page.bar.search, KEY.Key_Down)
    assert stage.page.view.hasFocus()
    assert stage.current == "s2"
    press(stage, KEY.Key_Escape)
    stage.settle()
    assert stage.shown() == ["s1", "s2"]


def test_the_last_of_quick_keystrokes_counts(stage: Stage) -> None:
    stage.show(entry(1, other=ANN), *(entry(n) for n in range(2, 60)))
    for text in ("c", "ca", "cal", "call", "a", "an", "ann"):
        stage.page.bar.search.setText(text)
    stage.settle()
    assert stage.shown() == ["s1"]


def test_today_is_another_day_after_midnight(stage: Stage) -> None:
    stage.show(entry(1))
    stage.page.bar.choose(Choices(span=Period.TODAY))
    stage.settle()
    assert stage.shown() == ["s1"]
    stage.today += timedelta(days=1)
    stage.page.refresh_day()
    stage.settle()
    assert stage.shown() == []
    stage.page.bar.choose(Choices())
    stage.settle()
    assert stage.page.model.index(0).data() == "Yesterday"


def test_new_calls_do_not_move_what_is_being_read(stage: Stage, view: CallListView) -> None:
    stage.show(*(entry(n) for n in range(2, 190)))
    stage.select("s60")
    view.verticalScrollBar().setValue(3000)
    at_top = view.indexAt(QPoint(5, 0)).data()
    y = view.visualRect(view.indexAt(QPoint(5, 0))).y()
    stage.add(entry(0), entry(1), entry(400))
    stage.refresh()
    assert stage.shown()[:2] == ["s0", "s1"]
    assert view.indexAt(QPoint(5, 0)).data() == at_top
    assert view.visualRect(view.indexAt(QPoint(5, 0))).y() == y
    assert stage.current == "s60"


def test_at_the_top_new_calls_show_at_once(stage: Stage, view: CallListView) -> None:
    stage.show(*(entry(n) for n in range(1, 100)))
    stage.add(entry(0))
    stage.refresh()
    assert view.verticalScrollBar().value() == 0
    assert stage.shown()[0] == "s0"


def test_what_is_unfolded_stays_so(stage: Stage) -> None:
    stage.show(*by_ann(1, 2), entry(4))
    stage.select("s1")
    press(stage, KEY.Key_Right)
    stage.add(*by_ann(0), entry(3, other=ANN, outcome=MISSED))
    stage.refresh()
    assert stage.shown() == ["s0+s1+s2+s3", "(s0)", "(s1)", "(s2)", "(s3)", "s4"]
    assert stage.current == "s1"


def test_a_correction_shows_in_place(stage: Stage, view: CallListView) -> None:
    stage.show(entry(1, outcome=MISSED), entry(2))
    stage.select("s2")
    stage.add(entry(1, outcome=Outcome.ANSWERED, is_final=True, duration_s=5.0))
    stage.refresh()
    assert "Incoming" in str(stage.page.model.index(1).data())
    assert stage.current == "s2"


def test_arrows_pass_over_days_and_reach_both_ends(stage: Stage) -> None:
    stage.show(*(entry(n, started_at=NOON - timedelta(days=n)) for n in range(40)))
    stage.select("s0")
    for expected in ("s1", "s2"):
        press(stage, KEY.Key_Down)
        assert stage.current == expected
    press(stage, KEY.Key_End)
    assert stage.current == "s39"
    for _ in range(10):
        press(stage, KEY.Key_PageUp)
    assert stage.current == "s0"
    for _ in range(10):
        press(stage, KEY.Key_PageDown)
    assert stage.current == "s39"
    press(stage, KEY.Key_Home)
    assert stage.current == "s0"


def scroll_back(stage: Stage) -> QScrollBar:
    """To the oldest of three thousand calls."""
    stage.show(*map(entry, range(3000)))
    bar = stage.page.view.verticalScrollBar()

    def is_at_end() -> bool:
        bar.setValue(bar.maximum())
        return stage.shown()[-1] == "s2999"

    stage.until(is_at_end)
    return bar


def test_home_leads_back_to_the_newest_call_from_anywhere(stage: Stage) -> None:
    bar = scroll_back(stage)
    assert stage.page.model.rowCount() < 2500
    press(stage, KEY.Key_Home)
    stage.settle()
    stage.until(lambda: stage.shown()[0] == "s0")
    assert bar.value() == 0


def test_scrolling_back_brings_back_every_call(stage: Stage, view: CallListView) -> None:
    bar = scroll_back(stage)
    seen: list[str] = []

    def is_over() -> bool:
        at_top = view.indexAt(QPoint(5, 0)).row()
        rows = stage.shown()
        seen.extend(rows[max(at_top - 3, 0) : at_top + 15])
        bar.setValue(bar.value() - 500)
        return not bar.value() and not stage.page.model.has_newer

    stage.until(is_over)
    seen.extend(stage.shown())
    assert set(seen) >= {f"s{n}" for n in range(2900)}
    assert stage.page.model.rowCount() < 260, "at rest only the first page is kept"


def test_copying_takes_the_number(stage: Stage) -> None:
    stage.show(entry(1))
    stage.select("s1")
    press(stage, KEY.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "+16505550001"


def test_digits_belong_into_the_dialer(stage: Stage, qtbot: QtBot) -> None:
    stage.show(entry(1))
    with qtbot.waitSignal(stage.page.typed) as typed:
        QTest.keyClicks(stage.page.view, "7")
    assert typed.args == ["7"]


def test_enter_opens_details_and_calls_nobody(stage: Stage, qtbot: QtBot) -> None:
    stage.show(entry(1, other=ANN), entry(2))
    stage.select("s1")
    with qtbot.assertNotEmitted(stage.page.call_back_requested):
        press(stage, KEY.Key_Return)
        stage.until(lambda: stage.page.details.is_filled and "Ann Ferreira" in said(stage.page))
    assert not stage.page.view.isVisible()
    QTest.keyClick(stage.page.details, KEY.Key_Escape)
    assert stage.page.view.isVisible()
    assert stage.current == "s1"


def test_in_a_wide_window_details_follow_the_selection(stage: Stage, qtbot: QtBot) -> None:
    stage.show(entry(1, other=ANN), entry(2))
    stage.page.set_wide(True)
    beside = stage.page.details
    qtbot.addWidget(beside)
    beside.setParent(None)
    beside.show()
    stage.select("s1")
    stage.until(lambda: "Ann Ferreira" in said(beside))
    press(stage, KEY.Key_Down)
    stage.until(lambda: "Caller 2" in said(beside))
    assert stage.page.view.isVisible()
    stage.page.set_wide(False)
    assert beside.parent() is stage.page


def test_ctrl_enter_calls_back(stage: Stage, qtbot: QtBot) -> None:
    stage.show(entry(1))
    stage.select("s1")
    with qtbot.waitSignal(stage.page.call_back_requested) as asked:
        press(stage, KEY.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == ["+16505550001"]


@pytest.mark.parametrize(
    ("says", "signal", "expected"),
    [
        ("Call back", "call_back_requested", ["+16505550112"]),
        ("Send a message", "message_requested", ["+16505550112", "Ann Ferreira"]),
    ],
)
def test_the_menu_asks(
    stage: Stage, qtbot: QtBot, says: str, signal: str, expected: list[str]
) -> None:
    stage.show(*by_ann(1), entry(2))
    open_menu(stage, "s1")
    with qtbot.waitSignal(getattr(stage.page, signal)) as asked:
        trigger(stage.page, says)
    assert asked.args == expected


def test_a_number_is_blocked_only_when_that_is_confirmed(stage: Stage, qtbot: QtBot) -> None:
    stage.show(*by_ann(1))
    with qtbot.assertNotEmitted(stage.page.call_actions.block_requested):
        open_menu(stage, "s1")
        trigger(stage.page, "Block this number…")
        assert "Block (650) 555-0112 (Ann Ferreira)?" in said(stage.page)
        click(stage.page, "Cancel")
    open_menu(stage, "s1")
    with qtbot.waitSignal(stage.page.call_actions.block_requested) as asked:
        trigger(stage.page, "Block this number…")
        click(stage.page, "Block")
    assert asked.args == ["+16505550112", "Ann Ferreira"]


def test_the_menu_marks_missed_calls_as_resolved(stage: Stage, qtbot: QtBot) -> None:
    stage.show(*by_ann(1, 2), entry(3))
    open_menu(stage, "s1")
    with qtbot.waitSignal(stage.page.call_actions.resolve_requested) as asked:
        trigger(stage.page, "Mark as resolved")
    assert asked.args is not None
    stage.run(stage.archive.resolve(asked.args[0]))
    click(stage.page.bar, "Unresolved")
    stage.settle()
    assert stage.shown() == []


def test_the_menu_lists_the_calls_with_somebody(stage: Stage) -> None:
    stage.show(*by_ann(1), entry(2), entry(3, other=ANN))
    open_menu(stage, "s1")
    trigger(stage.page, "Calls with Ann Ferreira")
    stage.settle()
    assert stage.shown() == ["s1", "s3"]
    click(stage.page.bar, "Ann Ferreira")
    stage.settle()
    assert stage.shown() == ["s1", "s2", "s3"]


@pytest.mark.parametrize(
    ("number", "enabled"),
    [
        ("", []),
        ("101", ["Call back", "Copy number", "Open contact"]),
        ("+1855201XXXX", ["Copy number"]),
        ("+16505550112", WITH_NUMBER),
    ],
)
def test_the_menu_offers_what_a_number_is_good_for(
    stage: Stage, number: str, enabled: list[str]
) -> None:
    stage.show(entry(1, other=Endpoint(number, "Ann")))
    open_menu(stage, "s1")
    menu = stage.page.findChildren(QMenu)[-1]
    offered = {action.text() for action in menu.actions() if action.isEnabled()}
    assert sorted(offered & set(WITH_NUMBER)) == enabled
    menu.close()


@pytest.mark.parametrize(("number", "is_offered"), [("101", True), ("+16505550112", False)])
def test_without_the_right_to_read_contacts_extensions_alone_can_be_looked_up(
    stage: Stage, *, number: str, is_offered: bool
) -> None:
    stage.show(entry(1, other=Endpoint(number, "Ann")))
    stage.page.offer_contacts(False)
    open_menu(stage, "s1")
    menu = stage.page.findChildren(QMenu)[-1]
    assert ("Open contact" in [action.text() for action in menu.actions()]) is is_offered
    menu.close()
    press(stage, KEY.Key_Return)
    stage.until(lambda: stage.page.details.is_filled)
    buttons = stage.page.details.findChildren(QToolButton)
    button = next(it for it in buttons if it.accessibleName() == "Open contact")
    assert button.isVisible() is is_offered


def test_a_calls_details_and_the_menu_ask_for_the_contact(stage: Stage, qtbot: QtBot) -> None:
    fax = entry(1, other=ANN, type="Fax")
    stage.show(fax)
    open_menu(stage, "s1")
    with qtbot.waitSignal(stage.page.contact_requested) as asked:
        trigger(stage.page, "Open contact")
    assert asked.args[0].other == ANN
    press(stage, KEY.Key_Return)
    stage.until(lambda: stage.page.details.is_filled)
    buttons = stage.page.details.findChildren(QToolButton)
    with qtbot.waitSignal(stage.page.contact_requested) as asked:
        next(it for it in buttons if it.accessibleName() == "Open contact").click()
    assert (asked.args[0].other, asked.args[0].type) == (ANN, "Fax")


def test_the_menu_key_opens_the_menu_of_the_current_call(stage: Stage) -> None:
    stage.show(entry(1), entry(2))
    stage.select("s2")
    view = stage.page.view
    middle = view.rect().center()
    QApplication.sendEvent(
        view.viewport(),
        QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, middle, view.mapToGlobal(middle)),
    )
    menu = stage.page.findChildren(QMenu)[-1]
    assert "Calls with Caller 2" in [action.text() for action in menu.actions()]
    menu.close()


def test_a_deleted_call_can_be_brought_back(stage: Stage, qtbot: QtBot) -> None:
    stage.show(*by_ann(1, 2), entry(3))
    stage.select("s1")
    with qtbot.assertNotEmitted(stage.page.remove_requested):
        press(stage, KEY.Key_Delete)
        assert stage.shown() == ["s3"]
        assert "2 calls are deleted" in said(stage.page)
        stage.refresh()
        assert stage.shown() == ["s3"]
        click(stage.page, "Undo")
        assert stage.shown() == ["s1+s2", "s3"]
        stage.page.hide()


def test_what_nobody_wants_back_is_deleted_for_good(stage: Stage, qtbot: QtBot) -> None:
    stage.show(entry(1), entry(2), entry(3))
    stage.select("s1")
    press(stage, KEY.Key_Delete)
    with qtbot.waitSignal(stage.page.remove_requested) as asked:
        stage.select("s2")
        press(stage, KEY.Key_Delete)
    assert asked.args is not None
    stage.run(stage.archive.remove(asked.args[0]))
    stage.page.end_removal()
    stage.settle()
    assert stage.shown() == ["s3"]
    with qtbot.waitSignal(stage.page.remove_requested):
        stage.page.hide()


def test_a_call_that_could_not_be_deleted_is_there_again(stage: Stage) -> None:
    stage.show(entry(1), entry(2))
    stage.select("s1")
    press(stage, KEY.Key_Delete)
    stage.page._removal.let_stand()
    stage.page.end_removal()
    stage.settle()
    assert stage.shown() == ["s1", "s2"]


def test_filters_are_offered_from_what_there_is(stage: Stage) -> None:
    stage.show(entry(1, queue="Sales & Marketing"), entry(2), entry(3, type="Fax"))
    stage.page.bar.menu_wanted.emit()
    stage.until(lambda: stage.page.bar.findChildren(QMenu))
    trigger(stage.page.bar, "Sales && Marketing")
    stage.settle()
    assert stage.shown() == ["s1"]
    assert "Sales & Marketing" in [said for _, said in stage.page.bar.choices.chosen]


class _Broken:
    """A source whose disk has gone."""

    def __init__(self, stage: Stage) -> None:
        self._archive = stage.archive
        self.is_broken = True
        self.count = stage.archive.count
        self.full_page = stage.archive.full_page
        self.details = stage.archive.details
        self.lines = stage.archive.lines
        self.queues = stage.archive.queues
        self.tags = stage.archive.tags
        self.set_note = stage.archive.set_note
        self.set_tags = stage.archive.set_tags

    async def page(
        self, wanted: CallFilter, after: Position | None = None, *, limit: int = 200
    ) -> CallPage:
        if self.is_broken:
            raise StorageTrouble("The calls on this computer cannot be read.")
        return await self._archive.page(wanted, after, limit=limit)


def test_a_failure_is_told_with_a_way_to_try_again(stage: Stage) -> None:
    stage.add(entry(1))
    source = _Broken(stage)
    stage.page.set_source(source)
    stage.until(lambda: "cannot be read" in said(stage.page))
    source.is_broken = False
    click(stage.page, "Try again")
    stage.settle()
    assert stage.shown() == ["s1"]
    assert "cannot be read" not in said(stage.page)


def test_rows_tell_the_line_once_calls_on_a_second_one_have_come(stage: Stage) -> None:
    stage.show(entry(1))
    assert not stage.page.view.delegate.tells_lines
    stage.add(entry(2, own=Endpoint("+16505550111")))
    stage.page.show_progress(ToldProgress("running", ""))
    stage.until(lambda: stage.page.view.delegate.tells_lines)


def test_before_the_first_calls_came_it_is_loading(stage: Stage) -> None:
    stage.page.listing.show_loading()
    stage.show()
    assert "Loading your calls…" in said(stage.page)
    stage.page.listing.show_failure("There is no network.")
    assert "There is no network." in said(stage.page)
    stage.page.listing.show_loaded()
    assert "No calls yet" in said(stage.page)


def test_a_failure_of_the_platform_takes_nothing_from_the_list(stage: Stage) -> None:
    stage.show(entry(1))
    stage.page.listing.show_failure("There is no network.")
    assert "There is no network." in said(stage.page)
    assert stage.page.view.isVisible()
    stage.page.listing.show_loaded()
    assert "There is no network." not in said(stage.page)


def test_another_account_begins_with_nothing_of_the_one_before(stage: Stage) -> None:
    stage.show(entry(1))
    stage.page.bar.choose(Choices(quick=frozenset({Quick.MISSED})))
    stage.page.set_source(None)
    assert stage.shown() == []
    assert stage.page.bar.choices == Choices()


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_names_from_outside_are_only_text(stage: Stage, name: str) -> None:
    other = Endpoint("+16505550112", name, name)
    stage.show(*(entry(n, other=other, queue=name, outcome=MISSED) for n in (1, 2)))
    stage.select("s1")
    press(stage, KEY.Key_Right)
    stage.page.bar.choose(Choices(queue=name, tag=name))
    assert stage.page.grab().width() == 480
    for label in stage.page.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText


@pytest.mark.parametrize("direction", [Direction.INBOUND, Direction.OUTBOUND])
def test_right_to_left_layouts_are_mirrored(
    stage: Stage, direction: Direction, qapp: QApplication
) -> None:
    stage.show(*by_ann(1, 2), entry(3, direction=direction))
    stage.page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    stage.select("s1")
    press(stage, KEY.Key_Left)
    assert stage.shown() == ["s1+s2", "(s1)", "(s2)", "s3"]
    assert not stage.page.grab().isNull()
