"""Of which days the statistics are."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton

from rcdesk.ui.history.choices import Days, Period
from rcdesk.ui.statistics.texts import Span
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.flow import Flow


class SpanChips(Flow):
    """A chip for each period, one for all days, one for days to be chosen."""

    chosen = Signal(object)
    """A Period; None for all days."""
    days_wanted = Signal()
    """The user wants to choose days."""

    def __init__(self) -> None:
        super().__init__()
        self._chips: dict[Period | None, QPushButton] = {}
        for period in (*Period, None):
            chip = self._chips[period] = self._add(period.value if period else "All")
            chip.clicked.connect(partial(self._choose, period))
        self._chips[None].setAccessibleName("All days")
        self._days = self._add("Days…")
        self._days.setAccessibleName("Choose days")
        self._days.clicked.connect(self._ask_days)
        self._span: Span = Period.TODAY
        self.show_span(self._span)

    def show_span(self, span: Span) -> None:
        """Which is in force."""
        self._span = span
        for period, chip in self._chips.items():
            chip.setChecked(period == span)
        self._days.setChecked(isinstance(span, Days))

    def _add(self, says: str) -> QPushButton:
        chip = push_button(says)
        chip.setProperty("kind", "chip")
        chip.setCheckable(True)
        self.flow.addWidget(chip)
        return chip

    def _choose(self, period: Period | None) -> None:
        # A press on the one that is in force would take the mark away.
        self.show_span(self._span)
        self.chosen.emit(period)

    def _ask_days(self) -> None:
        self.show_span(self._span)
        self.days_wanted.emit()
