from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

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
from rcdesk.ui.popup_card import CallCard
from rcdesk.ui.popup_window import CLICK_GUARD_S, SHADOW_PX
from rcdesk.ui.popups import MOST_CARDS, CallPopups
from rcdesk.ui.style.theme import Theme
from tests.ui.on_screen import lines
from tests.ui.still_clock import StillClock

PHILLIP = Endpoint("+16504445567", "Phillip Marco", "Palo Alto, CA")
MAIN_LINE = Endpoint("+18662130006")
HEARD_AT = Instant(datetime(2026, 11, 23, 15, 0, tzinfo=UTC), 1000.0)


@pytest.fixture
def clock() -> StillClock:
    return StillClock(HEARD_AT)


@pytest.fixture
def popups(theme: Theme, clock: StillClock) -> Iterator[CallPopups]:
    made = CallPopups(theme, lambda: "US", clock=clock)
    yield made
    made.close()


def ringing(key: str = "1", caller: Endpoint = PHILLIP, queue: str | None = None) -> Call:
    return Call(
        *(key, key, Direction.INBOUND, CallState.RINGING, caller, MAIN_LINE),
        queue=queue,
        heard_at=HEARD_AT,
    )


def show(popups: CallPopups, call: Call) -> None:
    popups.show_change(CallChange(ChangeKind.UPDATED, call))


def missed(call: Call, clock: StillClock, outcome: Outcome = Outcome.MISSED) -> Call:
    return replace(call, state=CallState.ENDED, ended_at=clock.instant(), outcome=outcome)


def button(card: CallCard, says: str) -> QWidget:
    found: list[QWidget] = [
        one
        for kind in (QToolButton, QPushButton)
        for one in card.findChildren(kind)
        if says in (one.accessibleName(), one.text())
    ]
    assert len(found) == 1
    return found[0]


def only(popups: CallPopups) -> CallCard:
    (card,) = popups.cards
    return card


def test_the_card_says_who_calls_which_line_through_which_queue(popups: CallPopups) -> None:
    show(popups, ringing(queue="Sales"))
    assert lines(only(popups)) == [
        "Incoming call",
        "0:00",
        "Phillip Marco",
        "(650) 444-5567 · Palo Alto, CA",
        "Sales",
        "to (866) 213-0006",
    ]
    assert only(popups).accessibleName() == (
        "Incoming call: Phillip Marco, (650) 444-5567 · Palo Alto, CA, "
        "queue Sales, to (866) 213-0006"
    )


@pytest.mark.parametrize(
    ("caller", "title", "subtitle"),
    [
        (Endpoint(), "Unknown caller", "Number withheld"),
        (Endpoint("+442079460000"), "+44 20 7946 0000", None),
        (Endpoint("101", "<img src=x> & 👩\u200d💻"), "<img src=x> & 👩\u200d💻", "Ext. 101"),
        (Endpoint("+1855201XXXX", "דנה לוי"), "דנה לוי", "+1855201XXXX"),
    ],
)
def test_callers_of_every_kind(
    popups: CallPopups, caller: Endpoint, title: str, subtitle: str | None
) -> None:
    show(popups, ringing(caller=caller))
    shown = lines(only(popups))
    assert shown[2] == title
    assert subtitle is None or shown[3] == subtitle


def test_everything_from_outside_is_plain_text(popups: CallPopups) -> None:
    show(popups, ringing(caller=Endpoint("101", "<b>x</b>", "<i>y</i>"), queue="<u>z</u>"))
    labels = only(popups).findChildren(QLabel)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)


def test_a_long_name_does_not_widen_the_card(popups: CallPopups) -> None:
    show(popups, ringing("1"))
    show(popups, ringing("2", Endpoint("101", "W" * 5000, "M" * 5000), queue="Q" * 5000))
    assert len({card.width() for card in popups.cards}) == 1


def test_a_name_that_becomes_known_is_shown_in_place(popups: CallPopups) -> None:
    show(popups, ringing(caller=Endpoint("+16504445567")))
    card = only(popups)
    assert "(650) 444-5567" in lines(card)
    show(popups, ringing())
    assert only(popups) is card
    assert "Phillip Marco" in lines(card)


def test_the_seconds_count_while_it_rings_and_talks(
    popups: CallPopups, clock: StillClock, qtbot: QtBot
) -> None:
    show(popups, ringing())
    clock.now_s += 7
    qtbot.waitUntil(lambda: "0:07" in lines(only(popups)))
    talking = replace(ringing(), state=CallState.CONNECTED, connected_at=clock.instant())
    show(popups, talking)
    assert lines(only(popups))[:2] == ["On the call", "0:00"]


def test_nothing_ticks_once_only_missed_cards_are_left(
    popups: CallPopups, clock: StillClock
) -> None:
    show(popups, ringing())
    assert popups._ticker.is_running
    show(popups, missed(ringing(), clock))
    assert not popups._ticker.is_running


def test_an_answered_card_goes_by_itself(popups: CallPopups, clock: StillClock) -> None:
    show(popups, ringing())
    show(popups, replace(ringing(), state=CallState.CONNECTED, connected_at=clock.instant()))
    clock.now_s += 4
    popups._expire()
    assert popups.cards == []


def test_lingering_ends_without_anyone_touching_it(
    theme: Theme, clock: StillClock, qtbot: QtBot
) -> None:
    popups = CallPopups(theme, lambda: "US", missed_s=0.05)
    show(popups, ringing())
    show(popups, missed(ringing(), clock))
    assert len(popups.cards) == 1
    qtbot.waitUntil(lambda: not popups.cards)
    popups.close()


@pytest.mark.parametrize("outcome", [Outcome.ANSWERED_ELSEWHERE, Outcome.REJECTED])
def test_the_card_is_gone_once_the_call_is_dealt_with(
    popups: CallPopups, clock: StillClock, outcome: Outcome
) -> None:
    show(popups, ringing())
    card = only(popups)
    show(popups, missed(ringing(), clock, outcome))
    assert popups.cards == []
    assert not card.isVisible()


def test_a_missed_card_offers_to_call_back(
    popups: CallPopups, clock: StillClock, qtbot: QtBot
) -> None:
    show(popups, ringing())
    assert not button(only(popups), "Call back").isVisible()
    show(popups, missed(ringing(), clock))
    assert "Missed call" in lines(only(popups))
    clock.now_s += CLICK_GUARD_S
    with qtbot.waitSignal(popups.call_back_requested, timeout=1000) as asked:
        QTest.mouseClick(button(only(popups), "Call back"), Qt.MouseButton.LeftButton)
    assert asked.args == ["+16504445567"]
    assert popups.cards == []


def test_without_a_number_there_is_nothing_to_copy_or_call_back(
    popups: CallPopups, clock: StillClock
) -> None:
    show(popups, ringing(caller=Endpoint()))
    show(popups, missed(ringing(caller=Endpoint()), clock))
    assert not button(only(popups), "Call back").isVisible()
    assert not button(only(popups), "Copy number").isVisible()


def test_early_clicks_are_ignored(popups: CallPopups, clock: StillClock, qtbot: QtBot) -> None:
    show(popups, ringing())
    card = only(popups)
    with qtbot.assertNotEmitted(popups.opened):
        QTest.mouseClick(button(card, "Stop showing"), Qt.MouseButton.LeftButton)
        QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=card.rect().center())
    assert popups.cards == [card]
    clock.now_s += CLICK_GUARD_S
    with qtbot.waitSignal(popups.opened, timeout=1000) as opened:
        QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=card.rect().center())
    assert opened.args == [ringing()]
    QTest.mouseClick(button(card, "Stop showing"), Qt.MouseButton.LeftButton)
    assert popups.cards == []


def test_a_card_that_moved_under_the_pointer_ignores_clicks_again(
    popups: CallPopups, clock: StillClock, qtbot: QtBot
) -> None:
    show(popups, ringing("1"))
    show(popups, ringing("2"))
    clock.now_s += CLICK_GUARD_S
    show(popups, missed(ringing("1"), clock, Outcome.ANSWERED_ELSEWHERE))
    QTest.mouseClick(button(only(popups), "Stop showing"), Qt.MouseButton.LeftButton)
    assert len(popups.cards) == 1


def test_copying_the_number(popups: CallPopups, clock: StillClock, qtbot: QtBot) -> None:
    show(popups, ringing())
    clock.now_s += CLICK_GUARD_S
    QTest.mouseClick(button(only(popups), "Copy number"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "+16504445567"


def test_cards_stack_without_overlapping_and_the_rest_is_counted(popups: CallPopups) -> None:
    for number in range(8):
        show(popups, ringing(str(number)))
    cards = popups.cards
    assert 1 <= len(cards) <= MOST_CARDS
    assert [card.call.key for card in cards] == [str(number) for number in range(len(cards))]
    area = QGuiApplication.primaryScreen().availableGeometry()
    surfaces = [card.surface().toRect().translated(card.pos()) for card in cards]
    for above, below in zip(surfaces[1:], surfaces, strict=False):
        assert above.bottom() < below.top()
    assert all(area.contains(surface) for surface in surfaces)
    (pill,) = (
        window
        for window in QApplication.topLevelWidgets()
        if window.isVisible() and window.accessibleName() == f"{8 - len(cards)} more calls"
    )
    assert [label.text() for label in pill.findChildren(QLabel)] == [f"+{8 - len(cards)} more"]
    assert pill.y() + pill.height() - SHADOW_PX < surfaces[-1].top()


def test_cards_begin_at_the_lower_right(popups: CallPopups) -> None:
    show(popups, ringing())
    area = QGuiApplication.primaryScreen().availableGeometry()
    surface = only(popups).surface().toRect().translated(only(popups).pos())
    assert area.bottomRight() - surface.bottomRight() == QPoint(16, 16)


def test_the_focus_stays_where_it_was(popups: CallPopups, qtbot: QtBot) -> None:
    typing = QLineEdit()
    qtbot.addWidget(typing)
    typing.show()
    qtbot.waitActive(typing)
    with qtbot.waitActive(typing):
        typing.activateWindow()
    show(popups, ringing())
    card = only(popups)
    qtbot.waitExposed(card)
    assert QApplication.activeWindow() is typing
    assert card.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    assert card.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    children = card.findChildren(QWidget)
    assert all(child.focusPolicy() is Qt.FocusPolicy.NoFocus for child in children)


def test_every_button_has_an_accessible_name(popups: CallPopups) -> None:
    show(popups, ringing())
    for one in [*only(popups).findChildren(QToolButton), *only(popups).findChildren(QPushButton)]:
        described = QAccessible.queryAccessibleInterface(one)
        assert described.text(QAccessible.Text.Name)


def test_windows_are_reused_instead_of_piling_up(popups: CallPopups, clock: StillClock) -> None:
    show(popups, ringing("0"))
    before = existing_cards()
    for number in range(1, 30):
        show(popups, ringing(str(number)))
        show(popups, missed(ringing(str(number)), clock, Outcome.REJECTED))
        QApplication.processEvents()
    assert existing_cards() - before <= 2


def existing_cards() -> int:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return sum(isinstance(window, CallCard) for window in QApplication.topLevelWidgets())


def test_signing_out_takes_every_card_away(popups: CallPopups) -> None:
    show(popups, ringing("1"))
    show(popups, ringing("2"))
    popups.clear()
    assert popups.cards == []
    assert popups._expiry.isActive() is False
    assert not popups._ticker.is_running


def test_a_change_of_theme_recolours_open_cards(popups: CallPopups, theme: Theme) -> None:
    show(popups, ringing())
    before = only(popups).grab().toImage().pixelColor(QPoint(80, SHADOW_PX + 4))
    theme.set_preference("dark")
    after = only(popups).grab().toImage().pixelColor(QPoint(80, SHADOW_PX + 4))
    theme.set_preference("light")
    assert before.lightness() > 200
    assert after.lightness() < 80


def test_the_next_card_is_rehearsed_with_nothing_left_of_it(popups: CallPopups) -> None:
    popups.prepare()
    (spare,) = popups._spare
    assert not spare.isVisible()
    assert (spare.windowTitle(), spare.accessibleName(), spare.counts_from_s) == ("", "", None)
    size = spare.size()
    show(popups, ringing())
    assert only(popups) is spare
    assert spare.size() == size
    assert "Ada Lovelace" not in lines(spare)


def test_a_card_used_before_looks_like_new(popups: CallPopups, clock: StillClock) -> None:
    show(popups, ringing("1"))
    fresh = only(popups).grab().toImage()
    show(popups, missed(ringing("1"), clock))
    popups.clear()
    popups.prepare()
    show(popups, ringing("2", queue="Sales"))
    popups.clear()
    popups.prepare()
    show(popups, ringing("3"))
    assert only(popups).grab().toImage() == fresh
