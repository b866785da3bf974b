from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from rcdesk.core.call import Call, CallState, Direction, Endpoint, Outcome
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.history import HistoryEntry
from rcdesk.core.presence import DndStatus, Presence, PresenceStatus, TelephonyStatus
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.tray import Tray
from rcdesk.ui.tray_icon import SIZES_PX, TrayLook, TrayState, draw, tray_icon

ONLINE = Connection(ConnectionState.ONLINE)
AVAILABLE = Presence(PresenceStatus.AVAILABLE, PresenceStatus.AVAILABLE)
PHILLIP = Endpoint("+16504445567", "Phillip Marco")
RINGING = Call("1", "1", Direction.INBOUND, CallState.RINGING, PHILLIP)
TALKING = replace(RINGING, state=CallState.CONNECTED)
CALLING = replace(RINGING, direction=Direction.OUTBOUND, callee=PHILLIP)
ENDED = replace(RINGING, state=CallState.ENDED)


@pytest.fixture
def tray(theme: Theme) -> Tray:
    return Tray(theme)


def settle(tray: Tray, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not tray._soon.isActive())


def labels(tray: Tray) -> list[str]:
    return [action.text() for action in tray.menu.actions() if not action.isSeparator()]


def item(tray: Tray, text: str) -> QAction:
    (found,) = (action for action in tray.menu.actions() if action.text().startswith(text))
    return found


def entry(key: str, other: Endpoint = PHILLIP) -> HistoryEntry:
    started_at = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)
    return HistoryEntry(
        key, key, Direction.INBOUND, other, Endpoint(), started_at, outcome=Outcome.MISSED
    )


@pytest.mark.parametrize(
    ("connection", "presence", "calls", "state"),
    [
        (ConnectionState.SIGNED_OUT, AVAILABLE, [], TrayState.SIGNED_OUT),
        (ConnectionState.SIGNED_OUT, AVAILABLE, [RINGING], TrayState.SIGNED_OUT),
        (ConnectionState.OFFLINE, AVAILABLE, [], TrayState.OFFLINE),
        (ConnectionState.WAITING, AVAILABLE, [TALKING], TrayState.OFFLINE),
        (ConnectionState.CONNECTING, AVAILABLE, [], TrayState.CONNECTING),
        (ConnectionState.SYNCING, AVAILABLE, [RINGING], TrayState.RINGING),
        (ConnectionState.ONLINE, AVAILABLE, [], TrayState.AVAILABLE),
        (ConnectionState.ONLINE, AVAILABLE, [RINGING], TrayState.RINGING),
        (ConnectionState.ONLINE, AVAILABLE, [TALKING, RINGING], TrayState.RINGING),
        (ConnectionState.ONLINE, AVAILABLE, [TALKING], TrayState.ON_CALL),
        (ConnectionState.ONLINE, AVAILABLE, [CALLING], TrayState.ON_CALL),
        (ConnectionState.ONLINE, AVAILABLE, [ENDED], TrayState.AVAILABLE),
        (ConnectionState.ONLINE, Presence(user=PresenceStatus.BUSY), [], TrayState.BUSY),
        (ConnectionState.ONLINE, Presence(user=PresenceStatus.OFFLINE), [], TrayState.INVISIBLE),
        (
            ConnectionState.ONLINE,
            replace(AVAILABLE, dnd=DndStatus.DO_NOT_ACCEPT_ANY_CALLS),
            [],
            TrayState.DND,
        ),
        (
            ConnectionState.ONLINE,
            replace(AVAILABLE, telephony=TelephonyStatus.RINGING),
            [],
            TrayState.AVAILABLE,
        ),
    ],
)
def test_the_icon_shows_what_is_most_pressing(
    tray: Tray,
    connection: ConnectionState,
    presence: Presence,
    calls: list[Call],
    state: TrayState,
) -> None:
    tray.show_connection(Connection(connection))
    tray.show_presence(presence)
    tray.show_active(calls)
    tray.show_missed(2)
    assert tray.look == TrayLook(state, 2)


@pytest.mark.parametrize("size_px", SIZES_PX)
def test_no_two_states_look_the_same(qapp: QApplication, size_px: int) -> None:
    looks = [TrayLook(state, missed) for state in TrayState for missed in (0, 1, 10)]
    images = {look: draw(look, size_px).toImage() for look in looks}
    different: list[TrayLook] = []
    for look, image in images.items():
        same = [other for other in different if images[other] == image]
        assert not same
        different.append(look)


def test_counts_above_nine_share_a_badge(qapp: QApplication) -> None:
    ten, many = (draw(TrayLook(TrayState.AVAILABLE, n), 22).toImage() for n in (10, 4000))
    assert ten == many


def test_the_icon_has_the_sizes_that_panels_ask_for(qapp: QApplication) -> None:
    sizes = tray_icon(TrayLook(TrayState.AVAILABLE)).availableSizes()
    assert {size.width() for size in sizes} >= {22, 32}


def test_the_tool_tip_tells_it_in_words(tray: Tray, qtbot: QtBot) -> None:
    tray.show_connection(ONLINE)
    tray.show_presence(AVAILABLE)
    tray.show_active([RINGING, TALKING])
    tray.show_missed(1)
    settle(tray, qtbot)
    assert tray.tool_tip.split("\n") == [
        "rcdesk · Available",
        "Incoming call · Phillip Marco",
        "On the call · Phillip Marco",
        "1 missed call",
    ]


def test_the_menu_while_signed_out(tray: Tray) -> None:
    assert labels(tray) == ["Signed out", "Open rcdesk", "Sign in…", "Quit rcdesk"]


def test_the_menu_holds_everything(tray: Tray, qtbot: QtBot) -> None:
    tray.show_connection(ONLINE)
    tray.show_presence(AVAILABLE)
    tray.show_account("Rose White")
    tray.show_missed(3)
    tray.show_active([RINGING])
    tray.show_recent([entry(str(number)) for number in range(9)])
    settle(tray, qtbot)
    assert labels(tray) == [
        "Rose White · Available",
        "3 missed calls",
        "Incoming call · Phillip Marco",
        "Recent calls",
        *["Phillip Marco · 12 Mar"] * 5,
        "Open rcdesk",
        "Dial…",
        "Sign out",
        "Quit rcdesk",
    ]


@pytest.mark.parametrize(
    ("text", "signal", "arguments"),
    [
        ("Open rcdesk", "open_requested", []),
        ("2 missed", "missed_seen", []),
        ("Incoming call", "open_requested", []),
        ("Phillip Marco · ", "dial_requested", ["+16504445567"]),
        ("Dial…", "dial_requested", [""]),
        ("Sign out", "sign_out_requested", []),
        ("Quit", "quit_requested", []),
    ],
)
def test_each_item_asks_for_its_thing(
    tray: Tray, qtbot: QtBot, text: str, signal: str, arguments: list[str]
) -> None:
    tray.show_connection(ONLINE)
    tray.show_missed(2)
    tray.show_active([RINGING])
    tray.show_recent([entry("1")])
    settle(tray, qtbot)
    with qtbot.waitSignal(getattr(tray, signal)) as asked:
        item(tray, text).trigger()
    assert asked.args == arguments


def test_signing_in_is_asked_for(tray: Tray, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tray.sign_in_requested):
        item(tray, "Sign in").trigger()


def test_names_from_outside_stay_names(tray: Tray, qtbot: QtBot) -> None:
    tray.show_connection(ONLINE)
    tray.show_recent(
        [entry("1", Endpoint("101", "R&D \u202e<b>" + "x" * 400)), entry("2", Endpoint())]
    )
    settle(tray, qtbot)
    named, withheld = labels(tray)[2:4]
    assert named.startswith("R&&D <b>xxx")
    assert len(named) < 80
    assert withheld == "Unknown caller · 12 Mar"
    assert not item(tray, "Unknown").isEnabled()


def test_times_are_told_as_of_when_the_menu_opens(tray: Tray, qtbot: QtBot) -> None:
    tray.show_connection(ONLINE)
    tray.show_recent([entry("1")])
    settle(tray, qtbot)
    item(tray, "Phillip Marco").setText("stale")
    tray.menu.aboutToShow.emit()
    assert "Phillip Marco · 12 Mar" in labels(tray)


def test_a_burst_of_changes_fills_the_menu_once(tray: Tray, qtbot: QtBot) -> None:
    first = tray.menu.actions()[0]
    for missed in range(50):
        tray.show_missed(missed)
    assert tray.menu.actions()[0] is first
    settle(tray, qtbot)
    assert "49 missed calls" in labels(tray)


def test_nothing_ticks_while_nothing_happens(tray: Tray, qtbot: QtBot) -> None:
    settle(tray, qtbot)
    tray.hide()
    assert not tray._host.is_polling
