import asyncio
from datetime import timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.errors import StorageTrouble
from rcdesk.core.past_calls import CallFilter, CallStatistics
from rcdesk.ui.history.choices import Days, Period, Person
from rcdesk.ui.history.days_dialog import DaysDialog
from rcdesk.ui.history.texts import date_text
from rcdesk.ui.statistics.chart_card import ChartCard
from rcdesk.ui.style.theme import Theme
from tests.ui.history.calls import ANN, NOON, entry
from tests.ui.on_screen import buttons, click, said
from tests.ui.statistics.conftest import Stage

MISSED, OUT = Outcome.MISSED, Direction.OUTBOUND
KEY = Qt.Key
TODAY = NOON.astimezone().date()
HOUR = f"{NOON.astimezone():%H}:00 to"


def figures(stage: Stage) -> dict[str, str]:
    return dict(text.split(": ", 1) for text in stage.window.picture.figures.texts())


def shown(stage: Stage) -> list[ChartCard]:
    picture = stage.window.picture
    return [card for card in (picture.hours, picture.days, picture.weekdays) if card.isVisible()]


def chosen_chips(stage: Stage) -> set[str]:
    chips = stage.window.chips.findChildren(QPushButton)
    return {chip.text() for chip in chips if chip.isChecked()}


def move_to(card: ChartCard, bar: int) -> QPoint:
    at = card.chart.plot().slot(bar).center().toPoint()
    QTest.mouseMove(card.chart, at)
    return at


class Counter:
    """Answers when it is told to."""

    def __init__(self, *answers: CallStatistics | StorageTrouble) -> None:
        self.asked: list[CallFilter] = []
        self.dropped: list[CallFilter] = []
        self.may_answer = asyncio.Event()
        self._answers = list(answers)

    async def statistics(self, wanted: CallFilter) -> CallStatistics:
        self.asked.append(wanted)
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.dropped.append(wanted)
            raise
        answer = self._answers.pop(0)
        if isinstance(answer, StorageTrouble):
            raise answer
        return answer


def counted(calls: int) -> CallStatistics:
    return CallStatistics(inbound=calls, by_day=((TODAY, calls, 0),))


def test_the_figures_of_today_are_told(stage: Stage) -> None:
    stage.add(entry(1, other=ANN, duration_s=75.0), ring_s=9.0)
    stage.show(
        entry(2, outcome=MISSED),
        entry(3, direction=OUT, duration_s=605.0),
        entry(4, outcome=Outcome.VOICEMAIL),
        entry(5, started_at=NOON - timedelta(days=1)),
    )
    assert figures(stage) == {
        "Calls": "4, 3 in, 1 out",
        "Answered": "2, 50% of all calls",
        "Missed": "1, 33% of incoming calls",
        "Talk time": "11:20, 5:40 a call",
        "Picked up after": "0:09, on average",
        "Longest call": f"10:05, Caller 3 · {(NOON - timedelta(minutes=3)).astimezone():%H:%M}",
    }
    assert date_text(TODAY) in said(stage.window)


def test_what_is_not_known_is_said(stage: Stage) -> None:
    stage.show(entry(1, duration_s=60.0))
    assert figures(stage)["Picked up after"].startswith("—, Not known")
    stage.window.choose(Period.YESTERDAY)
    stage.add(entry(2, direction=OUT, outcome=MISSED, started_at=NOON - timedelta(days=1)))
    stage.window.choose(Period.YESTERDAY)
    stage.settle()
    told = figures(stage)
    assert told["Missed"] == "0, No incoming calls"
    assert told["Longest call"] == told["Picked up after"] == "—, Nobody talked"


@pytest.mark.parametrize(
    ("chip", "charts"),
    [
        ("Today", ["By hour"]),
        ("This week", ["By hour", "By day"]),
        ("This month", ["By hour", "By day", "By weekday"]),
        ("Last 30 days", ["By hour", "By day", "By weekday"]),
        ("All", ["By hour", "By quarter", "By weekday"]),
    ],
)
def test_charts_that_would_say_nothing_are_left_out(
    stage: Stage, chip: str, charts: list[str]
) -> None:
    stage.show(entry(1), entry(2, started_at=NOON - timedelta(days=1400)))
    click(stage.window.chips, chip)
    stage.settle()
    assert [card.chart.accessibleName() for card in shown(stage)] == charts


def test_a_chart_is_told_as_text(stage: Stage) -> None:
    stage.show(entry(1, started_at=NOON), entry(2, outcome=MISSED, started_at=NOON))
    chart = stage.window.picture.hours.chart
    assert chart.accessibleDescription().startswith(HOUR)
    assert chart.accessibleDescription().endswith("2 calls, 1 missed")
    assert stage.window.picture.hours.says.startswith(f"Busiest: {HOUR}")


def test_the_pointer_reads_a_bar(stage: Stage) -> None:
    stage.show(entry(1, started_at=NOON))
    card = stage.window.picture.hours
    at = move_to(card, 3)
    assert card.says == "03:00 to 04:00: 0 calls"
    help_at = QHelpEvent(QEvent.Type.ToolTip, at, card.chart.mapToGlobal(at))
    QApplication.sendEvent(card.chart, help_at)
    assert "03:00 to 04:00: 0 calls" in QToolTip.text()
    QToolTip.hideText()
    QApplication.sendEvent(card.chart, QEvent(QEvent.Type.Leave))
    assert card.says.startswith("Busiest: ")


@pytest.mark.parametrize(
    ("direction", "forth"),
    [
        (Qt.LayoutDirection.LeftToRight, KEY.Key_Right),
        (Qt.LayoutDirection.RightToLeft, KEY.Key_Left),
    ],
)
def test_the_keyboard_reads_every_bar(
    stage: Stage, direction: Qt.LayoutDirection, forth: Qt.Key
) -> None:
    stage.window.setLayoutDirection(direction)
    stage.show(entry(1, started_at=NOON))
    card = stage.window.picture.hours
    card.chart.setFocus()
    for hour in range(24):
        QTest.keyClick(card.chart, forth)
        assert card.says.startswith(f"{hour:02}:00 to {hour + 1:02}:00: ")
    QTest.keyClick(card.chart, forth)
    assert card.chart.current == 23
    QTest.keyClick(card.chart, KEY.Key_Home)
    assert card.chart.current == 0
    QTest.keyClick(card.chart, KEY.Key_End)
    assert card.chart.current == 23
    stage.window.chips.setFocus()
    card.chart.clearFocus()
    assert card.chart.current is None


def test_the_bar_that_is_read_stays_when_calls_change(stage: Stage) -> None:
    stage.show(entry(1, started_at=NOON))
    card = stage.window.picture.hours
    hour = NOON.astimezone().hour
    move_to(card, hour)
    stage.add(entry(2, started_at=NOON))
    stage.window.refresh()
    stage.settle()
    assert card.says.endswith(": 2 calls")
    assert card.chart.current == hour


def test_the_first_hour_is_on_the_right_where_one_reads_from_there(stage: Stage) -> None:
    stage.window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    stage.show(entry(1))
    plot = stage.window.picture.hours.chart.plot()
    assert plot.slot(0).left() > plot.slot(23).left()


def test_a_day_is_looked_into_by_its_bar(stage: Stage) -> None:
    yesterday = TODAY - timedelta(days=1)
    stage.show(entry(1), entry(2, started_at=NOON - timedelta(days=1)))
    click(stage.window.chips, "This week")
    stage.settle()
    card = stage.window.picture.days
    at = move_to(card, (yesterday - TODAY + timedelta(days=TODAY.weekday())).days)
    QTest.mouseClick(card.chart, Qt.MouseButton.LeftButton, pos=at)
    stage.settle()
    assert stage.window.span == Days(yesterday, yesterday)
    assert figures(stage)["Calls"] == "1, 1 in, 0 out"


def test_a_day_is_looked_into_by_the_keyboard(stage: Stage) -> None:
    stage.show(entry(1))
    stage.window.choose(Period.LAST_30_DAYS)
    stage.settle()
    chart = stage.window.picture.days.chart
    chart.setFocus()
    QTest.keyClick(chart, KEY.Key_End)
    QTest.keyClick(chart, KEY.Key_Return)
    assert stage.window.span == Days(TODAY, TODAY)


def test_the_longest_call_is_picked(stage: Stage, qtbot: QtBot) -> None:
    stage.show(entry(1, other=ANN, duration_s=75.0), entry(2, duration_s=5.0))
    (call,) = stage.run(stage.archive.find("s1"))
    button = stage.window.picture.figures.findChild(QPushButton)
    assert isinstance(button, QPushButton)
    assert button.accessibleName().startswith("Longest call: 1:15, Ann Ferreira")
    with qtbot.waitSignal(stage.window.call_picked) as picked:
        QTest.keyClick(button, KEY.Key_Return)
    assert picked.args == [call.id]


def test_a_caller_is_picked(stage: Stage, qtbot: QtBot) -> None:
    stage.show(entry(1, other=ANN), entry(2, other=ANN, outcome=MISSED), entry(3))
    (call,) = stage.run(stage.archive.find("s1"))
    first, second = stage.window.picture.callers.rows
    assert first.accessibleName() == "Ann Ferreira, 2 calls, 1 missed"
    assert second.accessibleName() == "Caller 3, 1 call"
    with qtbot.waitSignal(stage.window.person_picked) as picked:
        QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert picked.args == [Person(call.person or 0, "Ann Ferreira")]


def test_callers_are_left_out_where_nobody_is_known(stage: Stage) -> None:
    stage.show(entry(1, other=Endpoint()))
    assert not stage.window.picture.callers.isVisible()


def test_days_without_calls_say_so_and_lead_to_all(stage: Stage) -> None:
    stage.show(entry(1, started_at=NOON - timedelta(days=3)))
    assert "No calls today" in said(stage.window)
    click(stage.window, "Show all days")
    stage.settle()
    assert figures(stage)["Calls"] == "1, 1 in, 0 out"


def test_without_any_call_there_is_nowhere_to_go(stage: Stage) -> None:
    stage.show()
    click(stage.window.chips, "All")
    stage.settle()
    assert "No calls yet" in said(stage.window)
    assert "Show all days" not in buttons(stage.window)


def test_days_are_chosen_in_a_dialog(stage: Stage) -> None:
    stage.show(entry(1))
    click(stage.window.chips, "Days…")
    dialog = stage.window.findChild(DaysDialog)
    assert isinstance(dialog, DaysDialog)
    dialog.accept()
    stage.settle()
    assert stage.window.span == Days(TODAY, TODAY)
    assert chosen_chips(stage) == {"Days…"}


def test_pressing_the_chosen_chip_keeps_it_chosen(stage: Stage) -> None:
    stage.show(entry(1))
    click(stage.window.chips, "Today")
    assert chosen_chips(stage) == {"Today"}


def test_a_newer_question_drops_the_older_one(stage: Stage) -> None:
    source = Counter(counted(1))
    stage.window.show()
    stage.window.set_source(source)
    stage.until(lambda: source.asked)
    stage.window.choose(None)
    stage.until(lambda: len(source.asked) == 2)
    source.may_answer.set()
    stage.settle()
    assert source.dropped == source.asked[:1]
    assert source.asked[1] == CallFilter()


def test_many_changes_are_counted_once_and_do_not_hurry_an_answer_away(stage: Stage) -> None:
    source = Counter(counted(1), counted(2))
    stage.window.show()
    stage.window.set_source(source)
    stage.until(lambda: source.asked)
    for _ in range(50):
        stage.window.refresh()
    source.may_answer.set()
    stage.settle()
    assert (len(source.asked), source.dropped) == (2, [])
    assert figures(stage)["Calls"] == "2, 2 in, 0 out"


def test_nothing_is_counted_while_nobody_looks(stage: Stage) -> None:
    source = Counter(counted(1))
    source.may_answer.set()
    stage.window.set_source(source)
    stage.window.refresh()
    stage.window.choose(None)
    stage.run(asyncio.sleep(0))
    assert not source.asked
    stage.window.show()
    stage.settle()
    assert source.asked == [CallFilter()]


def test_nothing_is_counted_while_it_is_minimised(stage: Stage) -> None:
    stage.show(entry(1))
    stage.window.showMinimized()
    stage.add(entry(2))
    stage.window.refresh()
    assert not stage.window.is_busy
    stage.window.showNormal()
    stage.settle()
    assert figures(stage)["Calls"] == "2, 2 in, 0 out"


def test_what_was_being_counted_when_it_was_closed_is_asked_again(stage: Stage) -> None:
    source = Counter(counted(1))
    stage.window.show()
    stage.window.set_source(source)
    stage.until(lambda: source.asked)
    stage.window.close()
    stage.until(lambda: source.dropped)
    source.may_answer.set()
    stage.window.show()
    stage.settle()
    assert figures(stage)["Calls"] == "1, 1 in, 0 out"


def test_midnight_moves_the_days_on(stage: Stage) -> None:
    stage.show(entry(1))
    stage.today += timedelta(days=1)
    stage.window.refresh_day()
    stage.settle()
    assert "No calls today" in said(stage.window)
    click(stage.window.chips, "Yesterday")
    stage.settle()
    assert figures(stage)["Calls"] == "1, 1 in, 0 out"


def test_midnight_passes_while_it_is_closed(stage: Stage) -> None:
    stage.show(entry(1))
    stage.window.close()
    stage.today += timedelta(days=1)
    stage.window.show()
    stage.settle()
    assert "No calls today" in said(stage.window)


def test_chosen_days_stay_over_midnight(stage: Stage) -> None:
    stage.show(entry(1))
    stage.window.choose(Days(TODAY, TODAY))
    stage.today += timedelta(days=1)
    stage.window.refresh_day()
    stage.settle()
    assert figures(stage)["Calls"] == "1, 1 in, 0 out"


def test_a_failure_is_told_and_tried_again(stage: Stage) -> None:
    source = Counter(counted(3), StorageTrouble("The disk is full."), counted(4))
    source.may_answer.set()
    stage.window.show()
    stage.window.set_source(source)
    stage.settle()
    stage.window.refresh()
    stage.settle()
    assert "The disk is full." in said(stage.window)
    assert figures(stage)["Calls"] == "3, 3 in, 0 out"
    click(stage.window, "Try again")
    stage.settle()
    assert "The disk is full." not in said(stage.window)
    assert figures(stage)["Calls"] == "4, 4 in, 0 out"


def test_figures_of_other_days_go_when_those_asked_for_cannot_be_read(stage: Stage) -> None:
    source = Counter(counted(3), StorageTrouble("The disk is full."))
    source.may_answer.set()
    stage.window.show()
    stage.window.set_source(source)
    stage.settle()
    stage.window.choose(Period.MONTH)
    stage.settle()
    assert "could not be counted" in said(stage.window)
    assert not stage.window.picture.isVisible()


def test_another_account_s_calls_are_never_shown(stage: Stage) -> None:
    stage.show(entry(1))
    stage.window.set_source(None)
    assert "Sign in" in said(stage.window)
    assert not stage.window.picture.isVisible()


def test_names_survive_whatever_they_are(stage: Stage) -> None:
    names = ["<b>bold</b>", "مريم", "🦄 & Sons", "x" * 5000, ""]
    stage.show(*(entry(n, other=Endpoint(f"+1650555{n:04}", name)) for n, name in enumerate(names)))
    stage.window.resize(stage.window.minimumSize())
    shown_names = said(stage.window.picture.callers)
    assert "<b>bold</b>" in shown_names
    assert "(650) 555-0004" in shown_names
    assert stage.window.picture.width() <= stage.window.width()


@pytest.mark.parametrize(("width", "columns"), [(380, 2), (700, 3), (1150, 6)])
def test_figures_take_as_many_columns_as_fit(stage: Stage, width: int, columns: int) -> None:
    stage.show(entry(1))
    stage.window.resize(width, 700)
    QApplication.processEvents()
    assert stage.window.picture.figures.columns == columns


def test_everything_that_takes_the_focus_has_a_name(stage: Stage) -> None:
    stage.show(entry(1, duration_s=5.0), entry(2, started_at=NOON - timedelta(days=40)))
    stage.window.choose(None)
    stage.settle()
    focusable = [
        widget
        for widget in stage.window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible()
    ]
    assert len(focusable) > 10
    for widget in focusable:
        text = widget.text() if isinstance(widget, QPushButton) else ""
        assert widget.accessibleName() or text, widget


def test_escape_closes_it_and_it_comes_back(stage: Stage) -> None:
    stage.show(entry(1))
    QTest.keyClick(stage.window.picture.hours.chart, KEY.Key_Escape)
    assert not stage.window.isVisible()
    stage.window.bring_to_front()
    assert stage.window.isVisible()


def test_missed_calls_are_drawn_on_top_of_the_others(stage: Stage, theme: Theme) -> None:
    stage.show(entry(1, started_at=NOON), entry(2, outcome=MISSED, started_at=NOON))
    chart = stage.window.picture.hours.chart
    drawn: QImage = chart.grab().toImage()
    dpr = drawn.devicePixelRatio()
    hour = NOON.astimezone().hour
    for low, high, color in ((0, 1, "accent"), (1, 2, "missed")):
        middle = chart.plot().piece(hour, low, high).center() * dpr
        assert drawn.pixelColor(middle.toPoint()) == theme.color(color)


def test_the_day_is_the_computer_s(stage: Stage) -> None:
    stage.show(entry(1, started_at=NOON.astimezone().replace(hour=0, minute=0)))
    assert figures(stage)["Calls"] == "1, 1 in, 0 out"
    assert stage.window.picture.hours.says == "Busiest: 00:00 to 01:00, 1 call"
