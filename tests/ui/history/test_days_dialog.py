from datetime import date

from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDateEdit, QPushButton
from pytestqt.qtbot import QtBot

from rcdesk.ui.history.choices import Choices, Days
from rcdesk.ui.history.days_dialog import DaysDialog
from tests.ui.history.conftest import Stage


def test_days_are_chosen_in_whatever_order(stage: Stage, qtbot: QtBot) -> None:
    stage.page.bar.choose(Choices(span=Days(date(2026, 3, 2), date(2026, 3, 9))))
    stage.page.bar._ask_days()
    dialog = stage.page.bar.findChild(DaysDialog)
    assert isinstance(dialog, DaysDialog)
    first, last = dialog.findChildren(QDateEdit)
    assert (first.date(), last.date()) == (QDate(2026, 3, 2), QDate(2026, 3, 9))
    first.setDate(QDate(2026, 4, 1))
    show = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Show calls")
    QTest.mouseClick(show, Qt.MouseButton.LeftButton)
    assert stage.page.bar.choices.span == Days(date(2026, 3, 9), date(2026, 4, 1))
    assert stage.page.bar.choices.chosen == (("span", "9 Mar 2026 to 1 Apr 2026"),)
