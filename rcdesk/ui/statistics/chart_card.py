"""A chart with its title, and a line that says what is looked at."""

from collections.abc import Sequence

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from rcdesk.ui.statistics.bars import Bar
from rcdesk.ui.statistics.chart import INSET_PX, BarChart
from rcdesk.ui.statistics.texts import calls_text
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.labels import ElidedLabel, PlainLabel

_DOT_PX = 8


class ChartCard(QFrame):
    """Says when there were most calls until another bar is looked at."""

    picked = Signal(object)
    """See BarChart."""

    def __init__(self, theme: Theme, title: str, locale: QLocale) -> None:
        super().__init__()
        self._locale = locale
        self.setProperty("card", True)
        self._title = ElidedLabel(title, "title")
        self._says = ElidedLabel(role="caption")
        self.chart = BarChart(theme, title, locale)
        self.chart.looked_at.connect(self._say)
        self.chart.picked.connect(self.picked)
        self._busiest = ""
        head = QHBoxLayout()
        head.setSpacing(SPACE.xs + 2)
        head.addWidget(self._title, 1)
        for color, says in (("accent", "Calls"), ("missed", "Missed")):
            head.addSpacing(SPACE.sm)
            head.addWidget(_Dot(theme, color))
            head.addWidget(PlainLabel(says, "caption"))
        column = QVBoxLayout(self)
        side = SPACE.lg - INSET_PX
        column.setContentsMargins(side, SPACE.md, side, SPACE.md - INSET_PX)
        column.setSpacing(SPACE.xs)
        head.setContentsMargins(INSET_PX, 0, INSET_PX, 0)
        self._says.setContentsMargins(INSET_PX, 0, INSET_PX, 0)
        column.addLayout(head)
        column.addWidget(self._says)
        column.addWidget(self.chart, 1)

    @property
    def says(self) -> str:
        """The line under the title."""
        return self._says.text()

    def set_title(self, title: str) -> None:
        """What the bars are of."""
        self._title.setText(title)
        self.chart.setAccessibleName(title)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Draw them."""
        busiest = max(bars, key=lambda bar: bar.calls, default=None)
        self._busiest = ""
        if busiest is not None and busiest.calls:
            told = calls_text(busiest.calls, busiest.missed, self._locale)
            self._busiest = f"Busiest: {busiest.name}, {told}"
        self.chart.show_bars(bars)
        if self.chart.current is None:
            self._say("")

    def _say(self, text: str) -> None:
        self._says.setText(text or self._busiest)


class _Dot(QWidget):
    """Tells which colour means what."""

    def __init__(self, theme: Theme, color: str) -> None:
        super().__init__()
        self._theme, self._color = theme, color
        self.setFixedSize(_DOT_PX, _DOT_PX)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._color))
        painter.drawEllipse(self.rect())
