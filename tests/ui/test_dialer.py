from itertools import product
from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from rcdesk.core.numbers import Interpretation, interpret
from rcdesk.core.ringout import LegStatus, RingOut
from rcdesk.system.uris import parse_link
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.widgets.number_field import cleaned
from rcdesk.ui.windows.dialer import Dialer
from rcdesk.ui.windows.ringout_panel import verdict
from tests.ui.on_screen import buttons, click, said


class Phone(NamedTuple):
    number: str
    label: str


PHONES = [Phone("+14155550177", "Mobile"), Phone("+16505550100", "Direct")]


def in_america(text: str) -> Interpretation:
    return interpret(text, "US")


@pytest.fixture
def dialer(qtbot: QtBot, theme: Theme) -> Dialer:
    shown = Dialer(theme, in_america)
    qtbot.addWidget(shown)
    shown.set_from_numbers(PHONES)
    shown.show()
    return shown


def ringout(
    caller: LegStatus = LegStatus.IN_PROGRESS,
    callee: LegStatus = LegStatus.IN_PROGRESS,
    call: LegStatus = LegStatus.IN_PROGRESS,
    *,
    was_cancelled: bool = False,
    is_gone: bool = False,
) -> RingOut:
    return RingOut(
        "7", "+14155550177", "+16505550123", call, caller, callee, was_cancelled, is_gone
    )


def test_typing_shows_what_was_understood(dialer: Dialer) -> None:
    assert not buttons(dialer)["Call"].isEnabled()
    QTest.keyClicks(dialer.number, "6505550123")
    assert "(650) 555-0123" in said(dialer)
    assert buttons(dialer)["Call"].isEnabled()


def test_enter_dials_by_ringout(dialer: Dialer, qtbot: QtBot) -> None:
    QTest.keyClicks(dialer.number, "650 555 0123")
    with qtbot.waitSignal(dialer.dial_requested) as dialed:
        QTest.keyClick(dialer.number, Qt.Key.Key_Return)
    assert dialed.args == ["+16505550123", "ringout"]
    assert dialer.from_number == "+14155550177"


def test_a_second_click_does_not_place_a_second_call(dialer: Dialer, qtbot: QtBot) -> None:
    QTest.keyClicks(dialer.number, "6505550123")
    click(dialer, "Call")
    with qtbot.assertNotEmitted(dialer.dial_requested):
        QTest.keyClick(dialer.number, Qt.Key.Key_Return)
    dialer.end_placing()
    assert buttons(dialer)["Call"].isEnabled()


def test_a_number_that_is_being_called_is_not_called_again(dialer: Dialer, qtbot: QtBot) -> None:
    dialer.set_number("6505550123")
    dialer.show_ringout(ringout())
    with qtbot.assertNotEmitted(dialer.dial_requested):
        QTest.keyClick(dialer.number, Qt.Key.Key_Return)
    dialer.show_ringout(ringout(call=LegStatus.BUSY))
    assert buttons(dialer)["Call"].isEnabled()


def test_escape_clears(dialer: Dialer) -> None:
    QTest.keyClicks(dialer.number, "650")
    QTest.keyClick(dialer.number, Qt.Key.Key_Escape)
    assert dialer.number.text() == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("hello", "is not a phone number"), ("911", "emergency"), ("65055501", "too short")],
)
def test_what_cannot_be_called_is_told(
    dialer: Dialer, qtbot: QtBot, text: str, sentence: str
) -> None:
    dialer.set_number(text)
    assert sentence in said(dialer)
    assert not buttons(dialer)["Call"].isEnabled()
    with qtbot.assertNotEmitted(dialer.dial_requested):
        dialer.call_back(text)
    assert dialer.number.text() == text


@pytest.mark.parametrize("number", ["911", "112", "933", "999", "000"])
def test_an_emergency_number_in_a_link_is_told_and_not_called(
    dialer: Dialer, qtbot: QtBot, number: str
) -> None:
    dialer.set_number(parse_link(f"tel:{number}").number)
    assert f"rcdesk cannot place emergency calls: dial {number} on a phone." in said(dialer)
    with qtbot.assertNotEmitted(dialer.dial_requested):
        QTest.keyClick(dialer.number, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("pasted", "shown"),
    [
        (" +1 650\u00a0555\n0123", "+1 650 555 0123"),
        ("tel:+1-650-555-0123;ext=4", "+1-650-555-0123"),
        ("\u202a+16505550123\u202c", "+16505550123 "),
        ("*82", "*82"),
    ],
)
def test_what_is_pasted_is_cleaned(dialer: Dialer, pasted: str, shown: str) -> None:
    assert cleaned(pasted) == shown
    QApplication.clipboard().setText(pasted)
    dialer.number.paste()
    assert dialer.number.text() == shown


def test_the_route_is_remembered_and_used(dialer: Dialer, qtbot: QtBot) -> None:
    click(dialer, "From Mobile")
    routes, phones = dialer.findChildren(QComboBox)
    with qtbot.waitSignal(dialer.route_changed) as changed:
        QTest.keyClick(routes, Qt.Key.Key_Down)
    assert changed.args[0] == "app"
    assert not phones.isVisible()
    QTest.keyClicks(dialer.number, "101")
    with qtbot.waitSignal(dialer.dial_requested) as dialed:
        QTest.keyClick(dialer.number, Qt.Key.Key_Return)
    assert dialed.args == ["101", "app"]


def test_a_phone_may_be_typed(dialer: Dialer, qtbot: QtBot) -> None:
    entry = dialer.findChildren(QComboBox)[1].lineEdit()
    assert isinstance(entry, QLineEdit)
    entry.clear()
    QTest.keyClicks(dialer.number, "101")
    QTest.keyClicks(entry, "x")
    assert "is not a phone number" in said(dialer)
    assert not buttons(dialer)["Call"].isEnabled()
    entry.clear()
    QTest.keyClicks(entry, "(212) 555-0199")
    with qtbot.waitSignal(dialer.route_changed) as changed:
        QTest.keyClick(entry, Qt.Key.Key_Return)
    assert changed.args == ["ringout", "+12125550199"]


def test_last_times_route_comes_back(dialer: Dialer, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(dialer.route_changed):
        dialer.set_route("ringout", "+16505550100")
        dialer.set_from_numbers(PHONES)
    assert dialer.from_number == "+16505550100"
    dialer.set_route("nonsense", "")
    assert "From Direct" in buttons(dialer)


def test_both_legs_show_and_cancel_works(dialer: Dialer, qtbot: QtBot) -> None:
    dialer.set_region("US")
    dialer.show_ringout(ringout())
    assert "Calling (650) 555-0123" in said(dialer)
    assert "not called yet" in said(dialer)
    dialer.show_ringout(ringout(LegStatus.SUCCESS))
    assert "answered" in said(dialer)
    assert "ringing" in said(dialer)
    with qtbot.waitSignal(dialer.ringout_cancel_requested) as cancelled:
        click(dialer, "Cancel call")
    assert cancelled.args == ["7"]


OK, WAITS = LegStatus.SUCCESS, LegStatus.IN_PROGRESS


@pytest.mark.parametrize(
    ("ended", "sentence"),
    [
        (ringout(OK, OK, OK), "You are connected: talk on your phone."),
        (ringout(OK, LegStatus.BUSY, LegStatus.BUSY), "They are busy."),
        (ringout(LegStatus.BUSY, WAITS, LegStatus.BUSY), "Your phone is busy."),
        (ringout(LegStatus.NO_ANSWER, WAITS, LegStatus.NO_ANSWER), "Your phone did not answer."),
        (ringout(OK, LegStatus.REJECTED, LegStatus.REJECTED), "They declined the call."),
        (
            ringout(OK, LegStatus.INTERNATIONAL_DISABLED, LegStatus.FAILED),
            "International calls are switched off for your account.",
        ),
        (ringout(OK, LegStatus.FAILED, LegStatus.FAILED), "The call did not go through."),
        (ringout(was_cancelled=True), "You cancelled this call."),
        (ringout(is_gone=True), "RingCentral closed this call without saying how it ended."),
    ],
)
def test_how_it_ended_is_told_and_dismissed(dialer: Dialer, ended: RingOut, sentence: str) -> None:
    assert verdict(ended) == sentence
    dialer.show_ringout(ended)
    assert sentence in said(dialer)
    assert "Cancel call" not in buttons(dialer)
    dialer.show_ringout(None)
    assert sentence not in said(dialer)


def test_every_pair_of_legs_has_words(dialer: Dialer) -> None:
    for caller, callee in product(LegStatus, LegStatus):
        dialer.show_ringout(ringout(caller, callee))
        assert "Your phone" in said(dialer)


def test_without_ringout_the_number_is_handed_over_and_ringout_comes_back(dialer: Dialer) -> None:
    told: list[tuple[str, str]] = []
    asked: list[tuple[str, str]] = []
    dialer.route_changed.connect(lambda *route: told.append(route))
    dialer.dial_requested.connect(lambda *call: asked.append(call))
    dialer.set_route("ringout", "+16505550100")
    dialer.offer_ringout(offered=False)
    dialer.set_number("6505550123")
    dialer.dial()
    dialer.set_route("ringout", "+16505550100")
    dialer.dial()
    dialer.offer_ringout(offered=True)
    dialer.dial()
    routes = ["app", "app", "ringout"]
    assert asked == [("+16505550123", route) for route in routes]
    assert dialer.from_number == "+16505550100"
    assert told == []


def test_a_route_chosen_without_ringout_stays(dialer: Dialer) -> None:
    dialer.offer_ringout(offered=False)
    box = dialer.findChild(QComboBox)
    assert box is not None
    box.setCurrentIndex(1)
    dialer.offer_ringout(offered=True)
    assert box.currentData() == "tel"
