from datetime import UTC, timedelta

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from rcdesk.core.call import NOBODY, Direction, Endpoint, Outcome
from rcdesk.core.events import LogLeg, LogRecord
from rcdesk.ui.history.call_detail import CallDetail
from rcdesk.ui.history.details_pane import DetailsPane
from tests.ui.history.calls import ANN, NOON, OWN, entry
from tests.ui.history.conftest import Stage
from tests.ui.history.shown import (
    buttons,
    call_id,
    detail,
    finish,
    note,
    open_first,
    press,
    show,
    tags,
)
from tests.ui.on_screen import lines


def test_it_says_who_what_and_when(stage: Stage) -> None:
    async def add() -> None:
        call = entry(1, other=ANN, duration_s=192.0, queue="Support", is_too_short=True)
        await stage.archive.add_call(call, ring_s=12.0)

    stage.run(add())
    stage.page.set_source(stage.archive)
    show(stage, "s1")
    labels = lines(stage.page)
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
    assert "Number withheld" in lines(detail(stage))
    show(stage, "s2")
    assert "+1855201XXXX" in lines(detail(stage))


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


def test_a_call_that_cannot_be_read_says_so_in_its_place(stage: Stage) -> None:
    stage.show(entry(1), entry(2))
    show(stage, "s1")
    (other,) = stage.run(stage.archive.find("s2"))
    stage.run(stage.archive.aclose())
    stage.page.details.show_call(other.id)
    stage.until(lambda: "The call history is closed." in lines(stage.page.details))
    assert "Caller 1" not in lines(stage.page.details)


def test_earlier_calls_lead_on_and_to_the_list(stage: Stage) -> None:
    stage.show(*(entry(n, other=ANN, duration_s=60.0 * n) for n in range(1, 9)), entry(9))
    show(stage, "s1")
    assert "7 earlier calls" in lines(detail(stage))
    rows = [name for name in buttons(detail(stage).earlier) if name.startswith("Incoming")]
    assert len(rows) == 5
    following = call_id(stage, "s2")
    press(detail(stage).earlier, rows[0])
    stage.until(lambda: detail(stage).call_id == following)
    assert "6 earlier calls" in lines(detail(stage))
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
    assert "\u202e" not in "".join(lines(stage.page))


def test_the_pane_is_made_for_the_first_call(stage: Stage) -> None:
    stage.show(entry(1))
    assert isinstance(stage.page.details, DetailsPane)
    assert not stage.page.details.findChildren(CallDetail)
    stage.page.details.edit_note(call_id(stage, "s1"))
    stage.until(lambda: stage.page.details.is_filled)
    stage.page.set_source(None)
    assert note(stage).editor.toPlainText() == ""


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
    finish(stage)
