"""The story of a call: a line from its beginning to its end, with what happened on it."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QStyle, QVBoxLayout, QWidget

from rcdesk.ui import words
from rcdesk.ui.history.pen import Fonts
from rcdesk.ui.history.story import Step, folded
from rcdesk.ui.style.icons import pixmap
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE, TYPE, TextStyle
from rcdesk.ui.widgets.buttons import push_button

_ICON = CONTROL.icon_small
_INDENT = _ICON + SPACE.sm + 2
_GAP = SPACE.md
_MOST_STEPS = 12


class _Text(NamedTuple):
    """Some of a step's text, `top` below its beginning; `layout` only where it takes lines."""

    text: str
    style: TextStyle
    color: str
    top: int
    height: int
    layout: QTextLayout | None


class _Line(NamedTuple):
    """A step as it is laid out at some width; `top` and `height` are of all of it."""

    step: Step
    top: int
    height: int
    texts: tuple[_Text, ...]
    offset: str


class _Column(NamedTuple):
    """Where the texts stand."""

    left: int
    width: int


class _Steps(QWidget):
    """Draws them: two hundred legs would be a thousand widgets."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._fonts = Fonts()
        self._steps: tuple[Step, ...] = ()
        self._lines: list[_Line] = []
        self._column = _Column(_INDENT, 0)
        self._advances: dict[tuple[str, TextStyle], int] = {}
        self._laid_out_for = -1
        theme.changed.connect(self.update)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_steps(self, steps: Sequence[Step]) -> None:
        """Show these."""
        self._steps = tuple(steps)
        self._laid_out_for = -1
        self._advances.clear()
        self.setAccessibleName("What happened")
        self.setAccessibleDescription(". ".join(_spoken(step) for step in steps))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        """See QWidget."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Of as many lines of text as it takes."""
        self._lay_out(width)
        return self._lines[-1].top + self._lines[-1].height if self._lines else 0

    def sizeHint(self) -> QSize:
        """As it is, or at a width that is usual."""
        width = self.width() if self.width() > _INDENT else 320
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Whatever width there is, all of it is to be read."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what of it is in view."""
        self._lay_out(self.width())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        for at, line in enumerate(self._lines):
            room = QRect(0, line.top - _GAP, self.width(), line.height + 2 * _GAP)
            if event.rect().intersects(room):
                self._paint(painter, line, is_last=at == len(self._lines) - 1)

    def _lay_out(self, width: int) -> None:
        if width == self._laid_out_for:
            return
        self._laid_out_for = width
        self._lines = []
        top = 0
        _, caption = self._fonts.of(self.font(), TYPE.caption)
        offsets = [_offset(step) for step in self._steps]
        offset_room = max(map(caption.horizontalAdvance, set(offsets)), default=0)
        text_width = max(width - _INDENT - (offset_room + SPACE.sm if offset_room else 0), 40)
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self._column = _Column(width - _INDENT - text_width if is_mirrored else _INDENT, text_width)
        for step, offset in zip(self._steps, offsets, strict=True):
            texts = [self._measured(step.text, TYPE.body, "text", 0)]
            if step.more:
                below = texts[0].height
                texts.append(self._measured(step.more, TYPE.caption, "text_muted", below))
            height = texts[-1].top + texts[-1].height
            self._lines.append(_Line(step, top, height, tuple(texts), offset))
            top += height + _GAP

    def _measured(self, text: str, style: TextStyle, color: str, top: int) -> _Text:
        font, metrics = self._fonts.of(self.font(), style)
        advance = self._advances.get((text, style))
        if advance is None:
            advance = self._advances[text, style] = metrics.horizontalAdvance(text)
        if advance <= self._column.width:
            return _Text(text, style, color, top, metrics.height(), None)
        layout, height = _wrapped(text, font, self._side, self._column)
        return _Text(text, style, color, top, height, layout)

    @property
    def _side(self) -> Qt.AlignmentFlag:
        side = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeading)
        return side | Qt.AlignmentFlag.AlignAbsolute

    def _paint(self, painter: QPainter, line: _Line, *, is_last: bool) -> None:
        theme, step = self._theme, line.step
        middle = _ICON // 2
        icon_room = self._visual(QRect(0, line.top + 1, _ICON, _ICON))
        if not is_last:
            below = QRect(middle, line.top + _ICON + 4, 1, line.height + _GAP - _ICON - 6)
            painter.fillRect(self._visual(below), theme.color("border"))
        dpr = self.devicePixelRatioF()
        painter.drawPixmap(
            icon_room.topLeft(), pixmap(step.icon, _ICON, theme.color(step.color), dpr)
        )
        for part in line.texts:
            painter.setPen(theme.color(part.color))
            top = line.top + part.top
            if part.layout is not None:
                part.layout.draw(painter, QPointF(0, top))
                continue
            painter.setFont(self._fonts.of(self.font(), part.style)[0])
            line_room = QRectF(self._column.left, top, self._column.width, part.height)
            painter.drawText(line_room, self._side | Qt.TextFlag.TextSingleLine, part.text)
        if line.offset:
            font, metrics = self._fonts.of(self.font(), TYPE.caption)
            painter.setFont(font)
            painter.setPen(theme.color("text_muted"))
            width = metrics.horizontalAdvance(line.offset)
            _, body = self._fonts.of(self.font(), TYPE.body)
            room = QRect(self.width() - width, line.top, width, body.height())
            painter.drawText(QRectF(self._visual(room)), Qt.AlignmentFlag.AlignCenter, line.offset)

    def _visual(self, rect: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), rect)


def _wrapped(
    text: str, font: QFont, side: Qt.AlignmentFlag, column: _Column
) -> tuple[QTextLayout, int]:
    """The lines of a text; the other value is their height."""
    layout = QTextLayout(text, font)
    option = QTextOption(side)
    # Each text reads in the direction of its own letters.
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    y = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(column.width)
        line.setPosition(QPointF(column.left, y))
        y += line.height()
    layout.endLayout()
    return layout, round(y)


class Timeline(QWidget):
    """The steps; a long story is shortened until the user asks for all of it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._all: tuple[Step, ...] = ()
        self._steps = _Steps(theme)
        self._more = push_button()
        self._more.setProperty("kind", "quiet")
        self._more.setProperty("small", True)
        self._more.clicked.connect(self._show_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.xs)
        column.addWidget(self._steps)
        column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeading)

    def show_story(self, steps: tuple[Step, ...]) -> None:
        """Tell another story; the same one again stays as it is."""
        if steps == self._all:
            return
        self._all = steps
        short = folded(steps)
        if len(short) > _MOST_STEPS:
            left_out = len(short) - _MOST_STEPS
            between = Step(text=f"{left_out} more steps", icon="more")
            short = (*short[: _MOST_STEPS - 2], between, *short[-2:])
        self._steps.show_steps(short)
        self._more.setText(f"Show all {len(steps)} steps")
        self._more.setVisible(len(short) < len(steps))

    def _show_all(self) -> None:
        self._steps.show_steps(self._all)
        self._more.hide()


def _offset(step: Step) -> str:
    if step.after_s is None or step.after_s < 1:
        return ""
    return f"+{words.duration(step.after_s)}"


def _spoken(step: Step) -> str:
    after = _offset(step)
    return ", ".join(part for part in (step.text, step.more, after) if part)
