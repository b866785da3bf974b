"""Calls with the same person before the one that is shown."""

from datetime import date

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QStyle, QWidget

from rcdesk.core.past_calls import CallDetails, ListedCall
from rcdesk.ui import words
from rcdesk.ui.history.choices import Person
from rcdesk.ui.history.section import Section
from rcdesk.ui.history.texts import moment_text, row_text
from rcdesk.ui.style.icons import pixmap
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, RADIUS, SPACE
from rcdesk.ui.widgets.buttons import push_button

_MOST_ROWS = 5
_HEIGHT = CONTROL.height - SPACE.xs


class _Row(QAbstractButton):
    """One call: what became of it, when, how long."""

    picked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._call: ListedCall | None = None
        self._icon = self._color = self._outcome = self._when = self._duration = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._pick)
        theme.changed.connect(self.update)

    def show_call(self, call: ListedCall, region: str, today: date) -> None:
        """Which one it is."""
        self._call = call
        said = row_text(call.entry, region)
        self._icon, self._color = said.look.icon, said.look.color
        self._outcome = words.joined(said.look.text, said.queue)
        at = call.entry.started_at.astimezone()
        day = moment_text(at, today)
        self._when = day if ":" in day else f"{day} {at:%H:%M}"
        self._duration = said.duration
        parts = (self._outcome, self._when, self._duration)
        self.setAccessibleName(", ".join(part for part in parts if part))
        self.update()

    def sizeHint(self) -> QSize:
        """A line of text with room around it."""
        return QSize(0, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        self._paint_ground(painter)
        font = self.font()
        metrics = QFontMetrics(font)
        room = self.rect().adjusted(SPACE.sm, 0, -SPACE.sm, 0)
        size = CONTROL.icon_small
        icon = QRect(room.left(), (self.height() - size) // 2, size, size)
        color = self._theme.color(self._color)
        drawn = pixmap(self._icon, size, color, self.devicePixelRatioF())
        painter.drawPixmap(self._visual(icon).topLeft(), drawn)
        room.setLeft(room.left() + size + SPACE.sm)
        painter.setPen(self._theme.color("text_muted"))
        for text, width in (
            (self._duration, metrics.horizontalAdvance("0:00:00")),
            (self._when, metrics.horizontalAdvance(self._when)),
        ):
            end = QRect(room.right() + 1 - width, 0, width, self.height())
            self._draw(painter, end, text, Qt.AlignmentFlag.AlignTrailing)
            room.setRight(room.right() - width - SPACE.sm)
        painter.setPen(self._theme.color("text"))
        shown = metrics.elidedText(self._outcome, Qt.TextElideMode.ElideRight, room.width())
        self._draw(painter, room, shown, Qt.AlignmentFlag.AlignLeading)

    def _draw(self, painter: QPainter, room: QRect, text: str, alignment: Qt.AlignmentFlag) -> None:
        side = QStyle.visualAlignment(self.layoutDirection(), alignment)
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self._visual(room), flags | Qt.TextFlag.TextSingleLine, text)

    def _paint_ground(self, painter: QPainter) -> None:
        is_lit = self.underMouse() or self.isDown()
        if not is_lit and not self.hasFocus():
            return
        painter.setPen(self._theme.color("focus") if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(
            self._theme.color("pressed" if self.isDown() else "hover")
            if is_lit
            else Qt.BrushStyle.NoBrush
        )
        shape = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(shape, RADIUS.sm, RADIUS.sm)

    def _visual(self, rect: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), rect)

    def _pick(self) -> None:
        if self._call is not None:
            self.picked.emit(self._call.id)


class EarlierCalls(Section):
    """The latest few, and a way to all; hidden where there is none."""

    picked = Signal(int)
    """Id of a call that is to be shown."""
    person_requested = Signal(object)
    """A Person whose calls are wanted."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("")
        self._theme = theme
        self._person: Person | None = None
        self._rows: list[_Row] = []
        self._all = push_button("Show all calls")
        self._all.setProperty("kind", "quiet")
        self._all.setProperty("small", True)
        self._all.clicked.connect(self._ask_all)
        self.body.setSpacing(0)
        self.body.addWidget(self._all, 0, Qt.AlignmentFlag.AlignLeading)
        self.hide()

    @property
    def stops(self) -> tuple[QWidget, ...]:
        """Where the keyboard comes by, in order."""
        return (*self._rows, self._all)

    def show_calls(self, details: CallDetails, region: str, today: date) -> None:
        """Show those of a call."""
        call, count = details.call, details.earlier_count
        shown = details.earlier[:_MOST_ROWS]
        self.setVisible(bool(shown))
        who = words.who(call.entry.other, region).title
        self._person = None if call.person is None else Person(call.person, who)
        self._all.setAccessibleName(f"Show all calls with {who}")
        self.heading.setText("1 earlier call" if count == 1 else f"{count:,} earlier calls")
        while len(self._rows) < len(shown):
            row = _Row(self._theme)
            row.picked.connect(self.picked)
            self._rows.append(row)
            self.body.insertWidget(len(self._rows) - 1, row)
        for at, row in enumerate(self._rows):
            row.setVisible(at < len(shown))
            if at < len(shown):
                row.show_call(shown[at], region, today)
        self._all.setVisible(count > len(shown) and self._person is not None)

    def _ask_all(self) -> None:
        if self._person is not None:
            self.person_requested.emit(self._person)
