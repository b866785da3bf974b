from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from rcdesk import __version__
from rcdesk.archive.archive import Archive
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
from rcdesk.ui.history.delegate import CALL_HEIGHT
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.widgets.labels import PlainLabel
from rcdesk.ui.widgets.ticker import Ticker
from rcdesk.ui.windows.main import MainWindow
from rcdesk.ui.windows.welcome import WelcomeWindow
from tests.ui.history.calls import ANN, NASTY_NAMES, NOON, OWN, entry
from tests.ui.on_loop import OnLoop
from tests.ui.on_screen import click, said


class Clock:
    def __init__(self) -> None:
        self.passed_s = 0.0

    def __call__(self) -> Instant:
        return Instant(NOON + timedelta(seconds=self.passed_s), 1000 + self.passed_s)


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Past(OnLoop):
    """The calls that a window lists, in an archive in memory."""

    def __init__(self, loop: QtEventLoop) -> None:
        super().__init__(loop)
        self._archive = self.run(Archive.open(None))

    def show(self, window: MainWindow, *entries: HistoryEntry) -> None:
        async def add_and_show() -> None:
            for each in entries:
                await self._archive.add_call(each)
            window.history.listing.show_loaded()
            window.history.set_source(self._archive)
            window.history.refresh()

        self.run(add_and_show())
        self.until(lambda: not window.history.model.is_busy)

    def close(self) -> None:
        self.end_tasks()
        self.run(self._archive.aclose())


@pytest.fixture
def past(qloop: QtEventLoop) -> Iterator[Past]:
    opened = Past(qloop)
    yield opened
    opened.close()


@pytest.fixture
def window(qtbot: QtBot, theme: Theme, clock: Clock, past: Past) -> MainWindow:
    shown = MainWindow(theme, past.spawn, clock=clock)
    # Nothing keeps it from closing at the end of the test.
    qtbot.addWidget(shown, before_close_func=lambda _w: shown.close_for_good())
    shown.set_region("US")
    shown.show_signed_in()
    shown.show_account("Dana Whitfield", "101")
    shown.show_connection(Connection(ConnectionState.ONLINE))
    with qtbot.waitExposed(shown):
        shown.show()
    return shown


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


def test_a_call_comes_changes_and_goes(window: MainWindow, clock: Clock) -> None:
    window.apply_change(CallChange(ChangeKind.RINGING, live(CallState.RINGING, queue="Support")))
    for words in ("Ann Ferreira", "(650) 555-0112", "Denver, CO", "Incoming call", "Support"):
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


def test_ringing_is_counted_by_this_computers_clock(window: MainWindow, clock: Clock) -> None:
    began = NOON - timedelta(minutes=10)
    ringing = live(CallState.RINGING, started_at=began, heard_at=clock())
    clock.passed_s = 12
    window.show_calls([ringing])
    assert "0:12" in said(window)


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


def test_past_calls_are_loading_then_listed(window: MainWindow, past: Past) -> None:
    assert "Loading your calls…" in said(window)
    past.show(window)
    assert "No calls yet" in said(window)
    past.show(window, entry(1))
    assert "Caller 1" in str(window.history.model.index(1).data())


def test_a_calls_details_are_beside_the_list_where_there_is_room(
    window: MainWindow, past: Past
) -> None:
    past.show(window, entry(1))
    details = window.history.details
    assert not details.isVisible()
    window.resize(1000, 700)
    assert details.isVisible()
    assert window.history.view.isVisible()
    window.show_signed_out("")
    assert not details.isVisible()
    window.show_signed_in()
    assert details.isVisible()
    window.resize(420, 700)
    assert not details.isVisible()
    assert window.history.view.isVisible()


def test_digits_typed_on_the_list_go_into_the_dialer(window: MainWindow, past: Past) -> None:
    past.show(window, entry(1))
    window.history.view.setFocus()
    QTest.keyClicks(window.history.view, "7")
    focused = window.focusWidget()
    assert focused is not None
    QTest.keyClicks(focused, "01")
    assert "Ext. 701" in said(window)


def test_calling_back_from_the_list_dials(window: MainWindow, past: Past, qtbot: QtBot) -> None:
    window.set_route("app", "")
    past.show(window, entry(1))
    window.history.view.take_focus()
    with qtbot.waitSignal(window.dial_requested) as dialed:
        QTest.keyClick(window.history.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dialed.args == ["+16505550001", "app"]


def test_missed_calls_are_seen_once_when_looked_at(
    window: MainWindow, past: Past, qtbot: QtBot
) -> None:
    seen: list[None] = []
    window.missed_seen.connect(lambda: seen.append(None))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    past.show(window, entry(5))
    assert not seen
    missed = entry(4, outcome=Outcome.MISSED)
    past.show(window, missed)
    past.show(window, replace(missed, is_final=True))
    assert len(seen) == 1
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(lambda: not window.isActiveWindow())
    past.show(window, entry(3, outcome=Outcome.MISSED))
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
    window.history.view.setFocus()
    QTest.keySequence(window, QKeySequence("Ctrl+L"))
    QTest.keyClicks(window.focusWidget(), "101")
    assert "Ext. 101" in said(window)


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_names_from_outside_are_only_text(window: MainWindow, past: Past, name: str) -> None:
    other = Endpoint("+16505550112", name, name)
    window.show_account(name, name)
    window.show_calls([live(CallState.RINGING, caller=other, callee=other, queue=name)])
    past.show(window, entry(1, other=other, queue=name))
    window.show_notice(name)
    assert window.grab().width() == window.width()
    for label in window.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
    assert window.width() < 500


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
    window: MainWindow, past: Past, theme: Theme, qtbot: QtBot
) -> None:
    window.show_calls([live(CallState.RINGING)])
    past.show(window, entry(1))
    welcome = WelcomeWindow(theme, Settings())
    qtbot.addWidget(welcome)
    assert nameless(window) == []
    assert nameless(welcome) == []


def test_tab_reaches_everything(window: MainWindow, past: Past, qtbot: QtBot) -> None:
    window.show_calls([live(CallState.RINGING)])
    past.show(window, entry(1))
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
    for name in ("Number to call", "Menu", "How to place the call", "Calls", "Ann Ferreira"):
        assert name in names


def test_however_many_calls_go_on_the_list_keeps_its_place(window: MainWindow, past: Past) -> None:
    past.show(window, entry(1))
    window.resize(460, 560)
    window.show_calls([live(CallState.RINGING, str(n)) for n in range(6)])
    QApplication.processEvents()
    active = window.findChildren(QScrollArea, options=Qt.FindChildOption.FindChildrenRecursively)
    shown = next(area for area in active if area.accessibleName() == "Calls going on")
    bottom = shown.mapTo(window, QPoint(0, shown.height())).y()
    assert bottom <= window.history.mapTo(window, QPoint()).y()
    assert window.history.view.height() >= CALL_HEIGHT
    assert window.history.mapTo(window, QPoint(0, window.history.height())).y() <= window.height()
