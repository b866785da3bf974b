"""Who called most often."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QLocale, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from rcdesk.core.call import Endpoint
from rcdesk.core.past_calls import Caller
from rcdesk.ui import words
from rcdesk.ui.history.choices import Person
from rcdesk.ui.statistics.texts import calls_text
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.buttons import FilledButton
from rcdesk.ui.widgets.labels import ElidedLabel, PlainLabel

_BAR_PX = 6


class TopCallers(QFrame):
    """A row for each; pressing it picks the caller."""

    picked = Signal(object)
    """The Person."""

    def __init__(self, theme: Theme, locale: QLocale) -> None:
        super().__init__()
        self._theme, self._locale = theme, locale
        self._rows: list[_Row] = []
        self.setProperty("card", True)
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.sm, SPACE.md, SPACE.sm, SPACE.sm)
        column.setSpacing(SPACE.xs)
        title = ElidedLabel("Top callers", "title")
        title.setContentsMargins(SPACE.sm, 0, SPACE.sm, 0)
        column.addWidget(title)
        column.addLayout(self._column)
        column.addStretch(1)

    @property
    def rows(self) -> list[QPushButton]:
        """Those that show somebody, first the one who called most often."""
        return [row for row in self._rows if not row.isHidden()]

    def show_callers(self, callers: Sequence[Caller], region: str) -> None:
        """Those who called most often first; rows keep the focus where they are still needed."""
        while len(self._rows) < len(callers):
            self._add_row()
        most = max((caller.calls for caller in callers), default=1)
        for at, row in enumerate(self._rows):
            row.setVisible(at < len(callers))
            if at < len(callers):
                row.show_caller(callers[at], most, region)

    def _add_row(self) -> None:
        row = _Row(self._theme, self._locale)
        row.clicked.connect(partial(self._pick, row))
        self._rows.append(row)
        self._column.addWidget(row)

    def _pick(self, row: "_Row") -> None:
        if row.person is not None:
            self.picked.emit(row.person)


class _Row(FilledButton):
    """Name, counts, and a bar that is as long as there were calls."""

    def __init__(self, theme: Theme, locale: QLocale) -> None:
        super().__init__()
        self._locale = locale
        self.person: Person | None = None
        self.setProperty("kind", "quiet")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._name = ElidedLabel()
        self._counts = PlainLabel(role="caption")
        self._bar = _ShareBar(theme)
        for widget in (self._name, self._counts, self._bar):
            widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        line = QHBoxLayout()
        line.setSpacing(SPACE.sm)
        line.addWidget(self._name, 1)
        line.addWidget(self._counts)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.sm, SPACE.xs, SPACE.sm, SPACE.sm)
        column.setSpacing(SPACE.xs)
        column.addLayout(line)
        column.addWidget(self._bar)

    def show_caller(self, caller: Caller, most: int, region: str) -> None:
        """Who it is; a bar over the whole width stands for `most` calls."""
        who = words.who(Endpoint(caller.number, caller.name), region)
        counts = calls_text(caller.calls, caller.missed, self._locale)
        self.person = Person(caller.person, who.title)
        self._name.setText(words.isolate(who.title))
        self._counts.setText(counts)
        self._bar.show_shares(caller.calls / most, caller.missed / most)
        self.setAccessibleName(f"{who.title}, {counts}")
        self.setAccessibleDescription("Show the calls with them in the history")


class _ShareBar(QWidget):
    """Part of the width, and at its end the part that was missed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._calls = self._missed = 0.0
        self.setFixedHeight(_BAR_PX)
        theme.changed.connect(self.update)

    def show_shares(self, calls: float, missed: float) -> None:
        """Both from 0 to 1, `missed` within `calls`."""
        self._calls, self._missed = calls, missed
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        width = max(self.width() * self._calls, _BAR_PX)
        missed = self.width() * self._missed
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for part, color in ((width, "accent"), (missed, "missed")):
            if part > 0:
                painter.setBrush(self._theme.color(color))
                begins = 0 if color == "accent" else width - max(part, _BAR_PX)
                length = max(part, _BAR_PX)
                left = self.width() - begins - length if is_mirrored else begins
                shape = QRectF(left, 0, length, _BAR_PX)
                painter.drawRoundedRect(shape, _BAR_PX / 2, _BAR_PX / 2)
