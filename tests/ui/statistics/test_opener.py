from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from rcdesk.ui.history.choices import Choices, Person
from rcdesk.ui.statistics.window import StatisticsWindow
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.windows.main import MainWindow
from tests.ui.history.calls import entry
from tests.ui.statistics.conftest import Stage


@pytest.fixture
def main(stage: Stage, theme: Theme, qtbot: QtBot) -> Iterator[MainWindow]:
    window = MainWindow(theme, stage.spawn)
    qtbot.addWidget(window, before_close_func=lambda _w: window.close_for_good())
    window.set_region("US")
    window.show_signed_in()
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    stage.add(entry(1), entry(2))
    window.history.set_source(stage.archive)
    window.statistics.set_source(stage.archive)
    stage.until(lambda: not window.history.model.is_busy)
    yield window
    window.history.set_source(None)


def opened(main: MainWindow) -> StatisticsWindow:
    main.statistics.open()
    window = main.statistics.window
    assert window is not None
    return window


def test_there_is_no_window_before_it_is_wanted(main: MainWindow) -> None:
    main.statistics.refresh()
    main.statistics.close()
    assert main.statistics.window is None


def test_the_button_by_the_filters_opens_it(main: MainWindow) -> None:
    buttons = main.history.bar.findChildren(QToolButton)
    button = next(each for each in buttons if each.accessibleName() == "Statistics")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert main.statistics.window is not None
    assert main.statistics.window.isVisible()
    assert not main.statistics.window.isModal()


def test_its_keys_open_it(main: MainWindow, stage: Stage) -> None:
    stage.until(main.isActiveWindow)
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(main, Qt.Key.Key_S, both)
    assert main.statistics.window is not None
    assert main.statistics.window.isVisible()


def test_it_is_raised_where_it_is_open_already(main: MainWindow) -> None:
    window = opened(main)
    assert opened(main) is window
    window.showMinimized()
    main.statistics.open()
    assert not window.isMinimized()


def test_a_caller_leads_to_the_calls_with_them(main: MainWindow, stage: Stage) -> None:
    (call,) = stage.run(stage.archive.find("s1"))
    person = Person(call.person or 0, "Caller 1")
    main.showMinimized()
    opened(main).person_picked.emit(person)
    assert main.history.bar.choices == Choices(person=person)
    assert not main.isMinimized()


def test_a_call_leads_to_its_details(main: MainWindow, stage: Stage) -> None:
    (call,) = stage.run(stage.archive.find("s2"))
    opened(main).call_picked.emit(call.id)
    stage.until(lambda: main.history.details.is_filled)
    assert main.history.details.call_id == call.id
    assert main.history.details.isVisible()


def test_it_closes_with_the_application(main: MainWindow) -> None:
    window = opened(main)
    main.close_for_good()
    assert not window.isVisible()


def test_it_stays_when_the_main_window_goes_to_the_tray(main: MainWindow) -> None:
    main.set_tray_available(True)
    window = opened(main)
    main.close()
    assert window.isVisible()
