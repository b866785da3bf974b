import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from rcdesk import __version__
from rcdesk.core.call import (
    Call,
    CallChange,
    CallState,
    ChangeKind,
    Direction,
    Endpoint,
    Instant,
    Outcome,
)
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.history import HistoryEntry
from rcdesk.core.presence import DndStatus, Presence, PresenceStatus
from rcdesk.system.settings import Settings
from rcdesk.ui.models.history import DayRole, EntryRole
from rcdesk.ui.models.history_delegate import DAY_HEIGHT
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL
from rcdesk.ui.widgets.labels import PlainLabel
from rcdesk.ui.widgets.ticker import Ticker
from rcdesk.ui.windows.main import MainWindow
from rcdesk.ui.windows.recent_calls import RecentCallsView
from rcdesk.ui.windows.welcome import WelcomeWindow

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
ANN = Endpoint("+16505550112", "Ann Ferreira", "San Mateo, CA")
OWN = Endpoint("+16505550100")


class Clock:
    def __init__(self) -> None:
        self.passed_s = 0.0

    def __call__(self) -> Instant:
        return Instant(NOON + timedelta(seconds=self.passed_s), 1000 + self.passed_s)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "light")


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, clock: Clock) -> MainWindow:
    shown = MainWindow(theme, clock=clock)
    # Nothing keeps it from closing at the end of the test.
    qtbot.addWidget(shown, before_close_func=lambda _w: shown.close_for_good())
    shown.set_region("US")
    shown.show_signed_in()
    shown.show_account("Dana Whitfield", "101")
    shown.show_connection(Connection(ConnectionState.ONLINE))
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


def entry(number: int, **changes: Any) -> HistoryEntry:
    given: dict[str, Any] = {
        "key": f"s{number}/Inbound",
        "session_id": f"s{number}",
        "direction": Direction.INBOUND,
        "other": Endpoint(f"+1650555{number:04}", f"Caller {number}"),
        "own": OWN,
        "started_at": NOON - timedelta(minutes=number),
        "outcome": Outcome.ANSWERED,
    }
    return HistoryEntry(**(given | changes))


def live(state: CallState, key: str = "a", **changes: Any) -> Call:
    given: dict[str, Any] = {
        "session_id": key,
        "direction": Direction.INBOUND,
        "caller": ANN,
        "callee": OWN,
        "started_at": NOON,
        "connected_at": None if state is CallState.RINGING else Instant(NOON, 1000),
    }
    return Call(key, state=state, **(given | changes))


def said(within: QWidget) -> str:
    labels = within.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def button(within: QWidget, says: str) -> QPushButton:
    return next(b for b in within.findChildren(QPushButton) if b.text() == says and b.isVisible())


def click(within: QWidget, says: str) -> None:
    QTest.mouseClick(button(within, says), Qt.MouseButton.LeftButton)


def recent(window: MainWindow) -> RecentCallsView:
    return window.findChildren(RecentCallsView)[0]


def rows(window: MainWindow) -> list[str]:
    model = recent(window).model()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def select(window: MainWindow, session_id: str) -> None:
    view = recent(window)
    for row in range(view.model().rowCount()):
        found = view.model().index(row, 0).data(EntryRole)
        if found is not None and found.session_id == session_id:
            view.setCurrentIndex(view.model().index(row, 0))
            return


def test_a_call_comes_changes_and_goes(window: MainWindow, clock: Clock) -> None:
    window.apply_change(CallChange(ChangeKind.RINGING, live(CallState.RINGING, queue="Support")))
    for words in ("Ann Ferreira", "(650) 555-0112", "San Mateo, CA", "Incoming call", "Support"):
        assert words in said(window)
    clock.passed_s = 65
    window.apply_change(CallChange(ChangeKind.CONNECTED, live(CallState.CONNECTED)))
    assert "On the call" in said(window)
    assert "1:05" in said(window)
    ended = live(CallState.ENDED, outcome=Outcome.ANSWERED)
    window.apply_change(CallChange(ChangeKind.ENDED, ended))
    assert "Ann Ferreira" not in said(window)


def test_several_calls_stack_with_the_ringing_one_on_top(window: MainWindow) -> None:
    names = ("First", "Second", "Third", "Fourth")
    calls = [
        live(
            CallState.RINGING if name == "Second" else CallState.ON_HOLD,
            name,
            caller=Endpoint("+16505550199", name),
            started_at=NOON + timedelta(seconds=at),
        )
        for at, name in enumerate(names)
    ]
    window.show_calls(calls)
    titles = [label for label in window.findChildren(PlainLabel) if label.text() in names]
    titles.sort(key=lambda label: label.mapTo(window, QPoint()).y())
    assert [label.text() for label in titles] == ["Second", "Fourth", "Third", "First"]
    window.show_calls(calls[:1])
    assert "First" in said(window)
    assert "Second" not in said(window)


def test_the_clock_only_runs_for_live_calls_that_can_be_seen(window: MainWindow) -> None:
    def runs() -> bool:
        return window.findChildren(Ticker)[0].is_running

    assert not runs()
    window.show_calls([live(CallState.CONNECTED)])
    assert runs()
    window.hide()
    assert not runs()
    window.show()
    assert runs()
    window.showMinimized()
    assert not runs()
    window.showNormal()
    assert runs()
    window.show_calls([])
    assert not runs()


def test_durations_grow_with_the_clock(window: MainWindow, clock: Clock) -> None:
    window.show_calls([live(CallState.CONNECTED)])
    assert "0:00" in said(window)
    clock.passed_s = 3661
    window.findChildren(Ticker)[0].ticked.emit()
    assert "1:01:01" in said(window)


def test_the_header_names_account_and_presence(window: MainWindow) -> None:
    window.show_presence(
        Presence(PresenceStatus.AVAILABLE, PresenceStatus.AVAILABLE, DndStatus.TAKE_ALL_CALLS)
    )
    assert "Dana Whitfield" in said(window)
    assert "Available · Ext. 101" in said(window)


@pytest.mark.parametrize(
    ("connection", "sentence"),
    [
        (Connection(ConnectionState.OFFLINE, "There is no network."), "There is no network."),
        (
            Connection(ConnectionState.WAITING, "RingCentral cannot be reached.", 40),
            "RingCentral cannot be reached. Trying again in 40 s.",
        ),
        (Connection(ConnectionState.WAITING, "", 600), "Trying again in 10 min."),
        (Connection(ConnectionState.SIGNED_OUT), "Signed out by RingCentral: sign in again."),
        (Connection(ConnectionState.CONNECTING), "Connecting…"),
        (Connection(ConnectionState.SYNCING), "Catching up…"),
    ],
)
def test_the_connection_is_told_only_while_something_is_amiss(
    window: MainWindow, connection: Connection, sentence: str
) -> None:
    window.show_connection(connection)
    assert sentence in said(window)
    window.show_connection(Connection(ConnectionState.ONLINE))
    assert sentence not in said(window)


def test_nothing_wakes_the_process_while_no_call_is_live(window: MainWindow) -> None:
    window.show_signed_in()
    window.show_connection(Connection(ConnectionState.ONLINE))
    window.show_calls([live(CallState.CONNECTED)])
    window.show_calls([])
    assert not [timer for timer in window.findChildren(QTimer) if timer.isActive()]


def test_a_wait_counts_down_and_ends(window: MainWindow, clock: Clock) -> None:
    ticker = window.findChildren(Ticker)[0]
    window.show_waiting(40)
    assert "RingCentral asks us to wait 40 s." in said(window)
    assert ticker.is_running
    clock.passed_s = 39
    ticker.ticked.emit()
    assert "RingCentral asks us to wait 1 s." in said(window)
    clock.passed_s = 40
    ticker.ticked.emit()
    assert "asks us to wait" not in said(window)
    assert not ticker.is_running


def test_signing_in_again_is_one_click(window: MainWindow, qtbot: QtBot) -> None:
    window.show_connection(Connection(ConnectionState.SIGNED_OUT))
    with qtbot.waitSignal(window.sign_in_requested):
        click(window, "Sign in")


def test_the_way_through_signing_in(window: MainWindow, qtbot: QtBot) -> None:
    window.show_signed_out("")
    assert "Dana Whitfield" not in said(window)
    with qtbot.waitSignal(window.browser_sign_in_requested):
        click(window, "Use my browser instead")
    with qtbot.waitSignal(window.sign_in_requested):
        click(window, "Sign in")
    window.show_signing_in("")
    assert "Finish signing in in the window that opened." in said(window)
    with qtbot.waitSignal(window.sign_in_cancelled):
        click(window, "Cancel")
    window.show_signed_out("The sign-in window was closed before you signed in.")
    assert "was closed before you signed in" in said(window)
    window.show_signed_in()
    assert "Loading your calls…" in said(window)


def test_history_is_loading_then_empty_then_filled(window: MainWindow) -> None:
    assert "Loading your calls…" in said(window)
    window.show_history([], False)
    assert "No calls yet" in said(window)
    window.show_history([entry(1)], False)
    assert recent(window).isVisible()
    assert "Caller 1" in "\n".join(rows(window))


def test_a_failure_is_told_with_a_way_to_try_again(window: MainWindow, qtbot: QtBot) -> None:
    window.show_history_failure("There is no network.")
    assert "There is no network." in said(window)
    with qtbot.waitSignal(window.retry_requested):
        click(window, "Try again")
    assert "Loading your calls…" in said(window)


def test_a_failure_takes_nothing_from_the_list(window: MainWindow, qtbot: QtBot) -> None:
    window.show_history([entry(1)], True)
    window.show_history_failure("There is no network.")
    assert "Caller 1" in "\n".join(rows(window))
    with qtbot.waitSignal(window.retry_requested):
        click(window, "Try again")
    assert "There is no network." not in said(window)


def test_scrolling_asks_for_more_once(window: MainWindow) -> None:
    asked: list[None] = []
    window.more_requested.connect(lambda: asked.append(None))
    window.show_history([entry(n) for n in range(200)], True)
    assert not asked
    bar = recent(window).verticalScrollBar()
    bar.setValue(bar.maximum())
    assert len(asked) == 1
    assert "Loading earlier calls…" in said(window)
    before = bar.value()
    window.append_history([entry(n) for n in range(200, 250)], False)
    assert bar.value() == before
    assert "Loading earlier calls…" not in said(window)
    bar.setValue(bar.maximum())
    assert len(asked) == 1


def test_new_calls_do_not_move_what_is_being_read(window: MainWindow) -> None:
    entries = [entry(n) for n in range(2, 200)]
    window.show_history(entries, False)
    view = recent(window)
    view.verticalScrollBar().setValue(3000)
    select(window, "s60")
    view.verticalScrollBar().setValue(3000)
    at_top = view.indexAt(QPoint(5, 0)).data(EntryRole)
    y_before = view.visualRect(view.indexAt(QPoint(5, 0))).y()
    window.show_history([entry(0), entry(1), *entries], False)
    assert view.indexAt(QPoint(5, 0)).data(EntryRole) == at_top
    assert view.visualRect(view.indexAt(QPoint(5, 0))).y() == y_before
    assert view.currentIndex().data(EntryRole).session_id == "s60"


def test_at_the_top_new_calls_show_at_once(window: MainWindow) -> None:
    window.show_history([entry(n) for n in range(1, 100)], False)
    window.show_history([entry(n) for n in range(100)], False)
    assert recent(window).verticalScrollBar().value() == 0


def test_arrows_pass_over_days(window: MainWindow) -> None:
    days = [entry(n, started_at=NOON - timedelta(days=n)) for n in range(4)]
    window.show_history(days, False)
    view = recent(window)
    select(window, "s0")
    for expected in ("s1", "s2"):
        QTest.keyClick(view, Qt.Key.Key_Down)
        assert view.currentIndex().data(EntryRole).session_id == expected
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.currentIndex().data(EntryRole).session_id == "s3"
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.currentIndex().data(EntryRole).session_id == "s0"


def test_enter_fills_the_dialer_and_dials_nothing(window: MainWindow, qtbot: QtBot) -> None:
    window.show_history([entry(1)], False)
    select(window, "s1")
    with qtbot.assertNotEmitted(window.dial_requested):
        QTest.keyClick(recent(window), Qt.Key.Key_Return)
    assert "(650) 555-0001" in said(window)


def test_digits_typed_on_the_list_go_into_the_dialer(window: MainWindow) -> None:
    window.show_history([entry(1)], False)
    recent(window).setFocus()
    QTest.keyClicks(recent(window), "7")
    focused = window.focusWidget()
    assert focused is not None
    QTest.keyClicks(focused, "01")
    assert "Ext. 701" in said(window)


def test_copying_takes_the_number(window: MainWindow) -> None:
    window.show_history([entry(1)], False)
    select(window, "s1")
    QTest.keyClick(recent(window), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "+16505550001"


def test_calling_back_from_the_menu_dials(window: MainWindow, qtbot: QtBot) -> None:
    window.set_route("app", "")
    window.show_history([entry(1)], False)
    view = recent(window)
    select(window, "s1")
    view.customContextMenuRequested.emit(view.visualRect(view.currentIndex()).center())
    menu = view.findChildren(QMenu)[-1]
    with qtbot.waitSignal(window.dial_requested) as dialed:
        menu.actions()[0].trigger()
    assert dialed.args == ["+16505550001", "app"]
    menu.close()


def test_missed_calls_are_seen_once_when_looked_at(window: MainWindow, qtbot: QtBot) -> None:
    seen: list[None] = []
    window.missed_seen.connect(lambda: seen.append(None))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.show_history([entry(5)], False)
    assert not seen
    missed = entry(4, outcome=Outcome.MISSED)
    window.show_history([missed, entry(5)], False)
    window.show_history([replace(missed, is_final=True), entry(5)], False)
    assert len(seen) == 1
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not window.isActiveWindow())
    window.show_history([entry(3, outcome=Outcome.MISSED), missed, entry(5)], False)
    assert len(seen) == 1
    window.activateWindow()
    qtbot.waitUntil(lambda: len(seen) == 2)


def test_a_notice_stays_until_dismissed(window: MainWindow) -> None:
    window.show_notice("The sign-in ends with rcdesk: there is no keyring.")
    assert "there is no keyring" in said(window)
    window.show_notice("")
    assert "there is no keyring" not in said(window)


def test_closing_hides_where_there_is_a_tray_and_minimises_where_not(window: MainWindow) -> None:
    window.set_tray_available(False)
    window.close()
    assert window.isVisible()
    assert window.isMinimized()
    window.bring_to_front()
    assert not window.isMinimized()
    window.set_tray_available(True)
    window.close()
    assert not window.isVisible()


def test_geometry_is_told_on_closing(window: MainWindow, qtbot: QtBot) -> None:
    window.set_tray_available(True)
    window.resize(500, 600)
    with qtbot.waitSignal(window.geometry_changed) as told:
        window.close()
    window.resize(400, 500)
    assert window.restoreGeometry(told.args[0])
    assert (window.width(), window.height()) == (500, 600)


@pytest.mark.parametrize(
    ("says", "signal"),
    [
        ("Refresh calls", lambda w: w.refresh_requested),
        ("Sign out", lambda w: w.sign_out_requested),
        ("Quit rcdesk", lambda w: w.quit_requested),
        ("Dark", lambda w: w.theme_requested),
    ],
)
def test_the_menu_asks(
    window: MainWindow, qtbot: QtBot, says: str, signal: Callable[[MainWindow], Any]
) -> None:
    actions = [a for menu in window.findChildren(QMenu) for a in menu.actions()]
    with qtbot.waitSignal(signal(window)):
        next(a for a in actions if a.text() == says).trigger()


def test_about_says_the_version(window: MainWindow) -> None:
    actions = [a for menu in window.findChildren(QMenu) for a in menu.actions()]
    next(a for a in actions if a.text() == "About rcdesk").trigger()
    assert f"Version {__version__}" in said(window)
    click(window, "Close")


def test_the_number_field_is_one_shortcut_away(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    recent(window).setFocus()
    QTest.keySequence(window, QKeySequence("Ctrl+L"))
    QTest.keyClicks(window.focusWidget(), "101")
    assert "Ext. 101" in said(window)


NASTY = [
    "<b>bold</b><img src='http://x/'>",
    "a" * 100_000,
    "\u202eevil\u202c\n\n\0",
    "محمد الأحمد",
    "🎉👩‍👩‍👧‍👦",
    "e" + "\u0301" * 500,
]


@pytest.mark.parametrize("name", NASTY)
def test_names_from_outside_are_only_text(window: MainWindow, name: str) -> None:
    other = Endpoint("+16505550112", name, name)
    window.show_account(name, name)
    window.show_calls([live(CallState.RINGING, caller=other, callee=other, queue=name)])
    window.show_history([entry(1, other=other, queue=name)], False)
    window.show_notice(name)
    assert window.grab().width() == window.width()
    for label in window.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
    assert window.width() < 500


def test_a_hundred_thousand_calls_cost_only_the_rows_in_view(window: MainWindow) -> None:
    entries = [entry(n) for n in range(100_000)]
    window.show_history(entries, False)
    view = recent(window)
    view.grab()
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    started_s = time.perf_counter()
    view.grab()
    painted_s = time.perf_counter() - started_s
    window.show_history(entries[:50], False)
    view.grab()
    started_s = time.perf_counter()
    view.grab()
    assert painted_s < 10 * max(time.perf_counter() - started_s, 0.01)


def nameless(within: QWidget) -> list[str]:
    found = []
    for widget in within.findChildren(QWidget):
        takes_focus = widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        if (
            takes_focus
            and not widget.isHidden()
            and not widget.focusProxy()
            and not widget.objectName().startswith("qt_")
        ):
            interface = QAccessible.queryAccessibleInterface(widget)
            if not interface.text(QAccessible.Text.Name):
                found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


def test_everything_that_takes_the_focus_has_a_name(
    window: MainWindow, theme: Theme, qtbot: QtBot
) -> None:
    window.show_calls([live(CallState.RINGING)])
    window.show_history([entry(1)], False)
    welcome = WelcomeWindow(theme, Settings())
    qtbot.addWidget(welcome)
    assert nameless(window) == []
    assert nameless(welcome) == []


def test_tab_into_the_calls_shows_where_the_keyboard_is(window: MainWindow) -> None:
    window.show_history([entry(1), entry(2)], has_more=False)
    view = window.findChildren(RecentCallsView)[0]
    view.setFocus(Qt.FocusReason.TabFocusReason)
    assert view.currentIndex().data(EntryRole) == entry(1)
    assert view.verticalScrollBar().value() == 0


def test_tab_reaches_everything(window: MainWindow, qtbot: QtBot) -> None:
    window.show_calls([live(CallState.RINGING)])
    window.show_history([entry(1)], False)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    reached: set[str] = set()
    for _ in range(20):
        focused = window.focusWidget()
        assert focused is not None
        interface = QAccessible.queryAccessibleInterface(focused)
        reached.add(interface.text(QAccessible.Text.Name))
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    names = "\n".join(reached)
    for name in ("Number to call", "Menu", "How to place the call", "Recent calls", "Ann Ferreira"):
        assert name in names


def test_every_row_has_the_height_of_what_it_shows_after_a_call_moved_all(
    window: MainWindow,
) -> None:
    view = window._recent.view
    days = [entry(n, started_at=NOON - timedelta(days=n + 1)) for n in range(4)]
    for newest in ([], [entry(90)], [entry(91), entry(90)]):
        window.show_history([*newest, *days], False)
        model = view.model()
        for row in range(model.rowCount()):
            is_day = model.index(row, 0).data(DayRole) is not None
            assert view.rowHeight(row) == (DAY_HEIGHT if is_day else CONTROL.row)
