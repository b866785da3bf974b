"""All that is told of the calls of some days."""

from datetime import date

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rcdesk.core.past_calls import CallStatistics
from rcdesk.ui.history.choices import Days
from rcdesk.ui.statistics.bars import day_bars, hour_bars, weekday_bars
from rcdesk.ui.statistics.callers import TopCallers
from rcdesk.ui.statistics.chart_card import ChartCard
from rcdesk.ui.statistics.figures import Figures
from rcdesk.ui.statistics.reflow import Reflow
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE

_NARROWEST_CHART_PX = 380
_WEEK = 7


class Picture(QWidget):
    """Figures, charts and callers; those that would say nothing are left out."""

    person_picked = Signal(object)
    call_picked = Signal(int)
    days_picked = Signal(object)
    """Days of a bar."""

    def __init__(self, theme: Theme, locale: QLocale) -> None:
        super().__init__()
        self._locale = locale
        self.figures = Figures(theme, locale)
        self.hours = ChartCard(theme, "By hour", locale)
        self.weekdays = ChartCard(theme, "By weekday", locale)
        self.days = ChartCard(theme, "By day", locale)
        self.callers = TopCallers(theme, locale)
        self._cards = Reflow(columns=(1, 2), narrowest_px=_NARROWEST_CHART_PX)
        for card in (self.hours, self.days, self.weekdays, self.callers):
            self._cards.add(card)
        self.figures.longest_picked.connect(self.call_picked)
        self.days.picked.connect(self.days_picked)
        self.callers.picked.connect(self.person_picked)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.lg, SPACE.xs, SPACE.lg, SPACE.lg)
        column.setSpacing(SPACE.md)
        column.addWidget(self.figures)
        column.addWidget(self._cards)
        column.addStretch(1)

    def show_counted(self, counted: CallStatistics, days: Days, region: str, today: date) -> None:
        """Show what was counted of these days."""
        count = (days.last - days.first).days + 1
        self.figures.show_counted(counted, region, today)
        self.hours.show_bars(hour_bars(counted.by_hour))
        self.weekdays.show_bars(weekday_bars(counted.by_weekday, self._locale))
        bars, unit = day_bars(counted.by_day, days, self._locale)
        self.days.set_title(f"By {unit}")
        self.days.show_bars(bars)
        self.callers.show_callers(counted.top_callers, region)
        shown = [
            (self.hours, True),
            (self.days, count > 1),
            # In a week, weekdays are the days again.
            (self.weekdays, count > _WEEK),
            (self.callers, bool(counted.top_callers)),
        ]
        self._cards.show_cards(*(card for card, is_shown in shown if is_shown))
