"""A window with a picture of the calls of some days."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QEvent, QLocale, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from rcdesk.core.past_calls import CallStatistics
from rcdesk.ui.history.choices import Days, Period
from rcdesk.ui.history.model import Spawn
from rcdesk.ui.statistics.picture import Picture
from rcdesk.ui.statistics.question import Question
from rcdesk.ui.statistics.source import StatisticsSource
from rcdesk.ui.statistics.span_chips import SpanChips
from rcdesk.ui.statistics.texts import Span, days_of, none_text, span_text
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.banner import Banner
from rcdesk.ui.widgets.column import Column, centered
from rcdesk.ui.widgets.labels import ElidedLabel
from rcdesk.ui.widgets.state_page import StatePage

_NARROWEST, _LOWEST = 380, 420
_FIRST_SIZE = QSize(860, 760)
_WIDEST = 1120
_PATIENCE_MS = 150
_CHANGE_LAG_MS = 500
_LONGEST_SLEEP_MS = 3_600_000
_COMING_BACK = (QEvent.Type.ActivationChange, QEvent.Type.WindowStateChange)


class StatisticsWindow(QWidget):
    """Asks its source for what it shows, off this thread, and only while it can be seen.

    Args:
        locale: how numbers are written and weeks begin; the computer's if not given.
    """

    person_picked = Signal(object)
    """A Person whose calls the user wants to see."""
    call_picked = Signal(int)

    def __init__(
        self,
        theme: Theme,
        spawn: Spawn,
        today: Callable[[], date],
        *,
        locale: QLocale | None = None,
    ) -> None:
        super().__init__()
        self._theme, self._today, self._region = theme, today, ""
        self._source: StatisticsSource | None = None
        self._span: Span = Period.TODAY
        self._day = today()
        self._counted: CallStatistics | None = None
        self._counted_span: Span = None
        self._is_stale = False
        self._question = Question(spawn, self)
        self.chips = SpanChips()
        self.picture = Picture(theme, QLocale() if locale is None else locale)
        self._dates = ElidedLabel(role="caption")
        self._trouble = Banner(theme)
        self._state = StatePage(theme)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._change_lag = QTimer(self, singleShot=True, interval=_CHANGE_LAG_MS)
        self._midnight = QTimer(self, singleShot=True, timerType=Qt.TimerType.CoarseTimer)
        self.setWindowTitle("Statistics")
        self.setMinimumSize(_NARROWEST, _LOWEST)
        self.resize(_FIRST_SIZE.boundedTo(self.screen().availableSize() * 0.9))
        self._lay_out()
        self._connect()
        self._settle()

    @property
    def span(self) -> Span:
        """Of which days the statistics are, or will soon be."""
        return self._span

    @property
    def is_busy(self) -> bool:
        """Calls are being counted, or soon will be."""
        return self._question.is_open or self._change_lag.isActive()

    def set_source(self, source: StatisticsSource | None) -> None:
        """Whose calls are counted; None while there is nobody's."""
        if source is self._source:
            return
        self._source = source
        self._counted = None
        self._ask()

    def set_region(self, region: str) -> None:
        """Country (ISO 3166 alpha-2) whose way of writing numbers is used."""
        if region != self._region:
            self._region = region
            self._settle()

    def choose(self, span: Span) -> None:
        """Tell of other days."""
        self._span = span
        self.chips.show_span(span)
        self._ask()

    def refresh(self) -> None:
        """The calls have changed: count them again soon, once for many changes."""
        self._is_stale = True
        if self._is_seen and not self._change_lag.isActive():
            self._change_lag.start()

    def refresh_day(self) -> None:
        """It may be another day than when calls were last counted."""
        if self._today() != self._day:
            self._ask()

    def bring_to_front(self) -> None:
        """Show the window, or raise it where it is open already."""
        if self.isMinimized():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def showEvent(self, event: QShowEvent) -> None:
        """Calls may have come, and midnight passed, while it was hidden."""
        super().showEvent(event)
        self._catch_up()
        self._wait_for_midnight()

    def hideEvent(self, event: QHideEvent) -> None:
        """Count nothing that nobody sees."""
        super().hideEvent(event)
        self._midnight.stop()
        if self.is_busy:
            self._question.drop()
            self._change_lag.stop()
            self._patience.stop()
            self._is_stale = True

    def changeEvent(self, event: QEvent) -> None:
        """It may have been minimised while calls came, or the computer slept over midnight."""
        super().changeEvent(event)
        if event.type() in _COMING_BACK and self._is_seen:
            self._catch_up()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    @property
    def _is_seen(self) -> bool:
        return self.isVisible() and not self.isMinimized()

    def _catch_up(self) -> None:
        if self._is_stale and not self.is_busy:
            self._ask()
        else:
            self.refresh_day()

    def _ask(self) -> None:
        self._change_lag.stop()
        self._question.drop()
        self._day = self._today()
        self._is_stale = not self._is_seen
        if self._source is not None and self._is_seen:
            self._question.ask(self._source, self._span, self._day)
            self._patience.start()
        if self._counted is None:
            self._settle()

    def _ask_again(self) -> None:
        if self._question.is_open:
            # Its answer is not hurried away, however often calls change.
            self._change_lag.start()
        else:
            self._ask()

    def _show_answer(self, counted: CallStatistics, span: Span) -> None:
        self._patience.stop()
        self._trouble.hide()
        self._counted, self._counted_span = counted, span
        self._settle()

    def _show_failure(self, sentence: str) -> None:
        self._patience.stop()
        if self._counted_span != self._span:
            self._counted = None
        self._trouble.say("warning", "warning", sentence, "Try again")
        self._settle()

    def _settle(self) -> None:
        """Show the picture, or say why there is none."""
        counted = self._counted
        has_calls = counted is not None and bool(counted.inbound or counted.outbound)
        if counted is not None and has_calls:
            days = days_of(self._counted_span, self._day, counted)
            self._dates.setText(span_text(self._counted_span, days))
            self.picture.show_counted(counted, days, self._region, self._day)
        else:
            self._say_why_empty()
        self._stack.setCurrentWidget(self._scroll if has_calls else self._state)

    def _say_why_empty(self) -> None:
        say = self._state.say
        self._dates.setText("")
        if self._source is None:
            say("statistics", "No calls to count", "Sign in to see your calls counted.")
        elif self._counted is None and self._trouble.isHidden():
            say("clock", "Counting your calls…", "")
        elif self._counted is None:
            say("warning", "Your calls could not be counted", "")
        elif self._span is None:
            say("statistics", none_text(None), "Calls show here as soon as they come in.")
        else:
            if isinstance(self._span, Days):
                self._dates.setText(str(self._span))
            say("statistics", none_text(self._span), "", "Show all days")

    def _say_counting(self) -> None:
        self._dates.setText("Counting…")

    def _ask_days(self) -> None:
        from rcdesk.ui.history.days_dialog import DaysDialog  # noqa: PLC0415 - seldom opened

        span, today = self._span, self._today()
        if isinstance(span, Period):
            span = span.days(today)
        dialog = DaysDialog(self, self._theme, span or Days(today.replace(day=1), today))
        dialog.picked.connect(self.choose)
        dialog.open()

    def _wait_for_midnight(self) -> None:
        now = datetime.now().astimezone()
        midnight = datetime.combine(now.date() + timedelta(days=1), time.min).astimezone()
        left_ms = int((midnight - now).total_seconds() * 1000) + 1000
        # Timers stand still while the computer sleeps.
        self._midnight.start(min(left_ms, _LONGEST_SLEEP_MS))

    def _pass_midnight(self) -> None:
        self.refresh_day()
        self._wait_for_midnight()

    def _lay_out(self) -> None:
        content = QWidget()
        inner = QVBoxLayout(_column_in(content))
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.picture)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(content)
        pages = QWidget()
        self._stack = QStackedLayout(pages)
        self._stack.addWidget(self._state)
        self._stack.addWidget(self._scroll)
        head, beside = QWidget(), QWidget()
        top = QVBoxLayout(_column_in(head, beside))
        top.setContentsMargins(SPACE.lg, SPACE.lg, SPACE.lg, SPACE.sm)
        top.setSpacing(SPACE.sm)
        for widget in (self.chips, self._dates, self._trouble):
            top.addWidget(widget)
        bar = self._scroll.verticalScrollBar()
        beside.setFixedWidth(0)
        # The chips stay above the cards when the scroll bar takes some of their room.
        bar.rangeChanged.connect(
            lambda _first, last: beside.setFixedWidth(bar.sizeHint().width() if last else 0)
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(head)
        whole.addWidget(pages, 1)

    def _connect(self) -> None:
        self.chips.chosen.connect(self.choose)
        self.chips.days_wanted.connect(self._ask_days)
        self.picture.days_picked.connect(self.choose)
        self.picture.person_picked.connect(self.person_picked)
        self.picture.call_picked.connect(self.call_picked)
        self._question.answered.connect(self._show_answer)
        self._question.failed.connect(self._show_failure)
        self._patience.timeout.connect(self._say_counting)
        self._change_lag.timeout.connect(self._ask_again)
        self._midnight.timeout.connect(self._pass_midnight)
        self._trouble.acted.connect(self._ask)
        self._state.acted.connect(lambda: self.choose(None))


def _column_in(around: QWidget, *beside: QWidget) -> Column:
    column = Column(_WIDEST)
    row = centered(column, around)
    for widget in beside:
        row.addWidget(widget)
    return column
