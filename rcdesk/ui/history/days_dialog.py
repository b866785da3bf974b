"""Asks for the first and the last day of the calls to be shown."""

from datetime import date

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import (
    QCalendarWidget,
    QDateEdit,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rcdesk.ui.history.choices import Days
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.icons import keep_icon


class DaysDialog(QDialog):
    """Tells by `picked`; days given the wrong way round are turned round."""

    picked = Signal(object)
    """The Days."""

    def __init__(self, parent: QWidget, theme: Theme, days: Days) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Choose days")
        self._first = _date_edit(theme, days.first)
        self._last = _date_edit(theme, days.last)
        form = QFormLayout()
        form.setSpacing(SPACE.md)
        form.addRow("&From", self._first)
        form.addRow("&To", self._last)
        show, cancel = push_button("Show calls"), push_button("Cancel")
        show.setProperty("kind", "primary")
        show.setDefault(True)
        show.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(show)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.xl, SPACE.xl, SPACE.xl, SPACE.lg)
        column.setSpacing(SPACE.xl)
        column.addLayout(form)
        column.addLayout(buttons)

    def accept(self) -> None:
        """See QDialog."""
        days = sorted((_date(self._first.date()), _date(self._last.date())))
        self.picked.emit(Days(*days))
        super().accept()


def _date_edit(theme: Theme, day: date) -> QDateEdit:
    edit = QDateEdit(QDate(day.year, day.month, day.day))
    # As every other word of the windows, whatever the computer's language.
    edit.setLocale(QLocale(QLocale.Language.English))
    edit.setDisplayFormat("d MMM yyyy")
    edit.setCalendarPopup(True)
    _dress(theme, edit.calendarWidget())
    edit.setMinimumWidth(SPACE.xxl * 6)
    return edit


def _dress(theme: Theme, calendar: QCalendarWidget) -> None:
    calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
    calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, QTextCharFormat())
    for name, icon in (("prevmonth", "chevron-left"), ("nextmonth", "chevron-right")):
        button = calendar.findChild(QToolButton, f"qt_calendar_{name}")
        if isinstance(button, QToolButton):
            keep_icon(theme, button, icon, "text_muted")


def _date(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
