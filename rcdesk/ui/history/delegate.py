"""Draws a row of the call list; only the rows in view are ever asked for."""

from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from rcdesk.core.call import Direction
from rcdesk.core.history import HistoryEntry
from rcdesk.core.numbers import is_extension
from rcdesk.core.past_calls import ListedCall
from rcdesk.ui import words
from rcdesk.ui.history.model import CallListModel
from rcdesk.ui.history.pen import Fonts, Pen
from rcdesk.ui.history.rows import CallRow, GroupRow, Row
from rcdesk.ui.history.texts import RowText, day_text, moment_text, row_text, several
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE, TYPE, TextStyle

Index = QModelIndex | QPersistentModelIndex

DAY_HEIGHT = SPACE.xxl + SPACE.xs
CALL_HEIGHT = CONTROL.row
MEMBER_HEIGHT = CONTROL.height

_DAY = TextStyle(TYPE.caption.size_px, 600)
_NAME = TextStyle(TYPE.body.size_px, 600)
_DETAIL = TextStyle(TYPE.caption.size_px + 1, TYPE.caption.weight)


def row_height(row: Row) -> int:
    """In logical pixels; nothing is measured."""
    if isinstance(row, date):
        return DAY_HEIGHT
    is_member = isinstance(row, CallRow) and row.is_member
    return MEMBER_HEIGHT if is_member else CALL_HEIGHT


def chevron_room(row: QRect) -> QRect:
    """Where pressing a group's row unfolds it, in a left-to-right layout."""
    width = SPACE.lg + CONTROL.icon_small + SPACE.sm
    return QRect(row.right() + 1 - width, row.top(), width, row.height())


class CallListDelegate(QStyledItemDelegate):
    """Who over what became of it; time over duration; marks and tags.

    Attributes:
        tells_lines: the user has several lines, so that rows have to say which it was.
    """

    def __init__(self, theme: Theme, model: CallListModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._fonts = Fonts()
        self.tells_lines = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002  # Qt's signature
        """See row_height."""
        row = self._model.row(index)
        return QSize(CALL_HEIGHT, CALL_HEIGHT if row is None else row_height(row))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a day's name, a call or a group."""
        row = self._model.row(index)
        if row is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = Pen(painter, option, self._theme, self._fonts)
        if isinstance(row, date):
            pen.band(SPACE.md, DAY_HEIGHT - SPACE.md)
            pen.text(_DAY, "text_muted", day_text(row, self._model.today))
        else:
            pen.ground()
            if isinstance(row, CallRow) and row.is_member:
                self._paint_member(pen, row.call)
            else:
                self._paint_call(pen, row)
        painter.restore()

    def _paint_call(self, pen: Pen, row: CallRow | GroupRow) -> None:
        entry = row.call.entry
        says = row_text(entry, self._model.region)
        if any(call.is_unresolved for call in row.calls):
            pen.dot("missed")
        pen.avatar(entry.other.name)
        half = CALL_HEIGHT // 2 - SPACE.sm
        pen.band(SPACE.sm, half)
        pen.end_text(self._when(entry, says), _DETAIL, "text_muted")
        _paint_marks(pen, row.calls)
        pen.text(_NAME, "missed" if says.look.color == "missed" else "text", says.title)
        pen.band(SPACE.sm + half, half)
        outcome = says.look.text
        if isinstance(row, GroupRow):
            pen.end_icon("chevron-down" if row.is_open else pen.forward, "text_muted")
            outcome = several(len(row.calls), says.look)
        else:
            pen.end_text(says.duration, _DETAIL, "text_muted")
        pen.end_chips(_tags(row.calls))
        pen.icon(says.look.icon, says.look.color)
        line = self._line(entry, says)
        full = says.subtitle(outcome)
        # What became of a single call its icon tells too, where there is little room.
        short = says.subtitle(outcome if isinstance(row, GroupRow) or not says.who else "")
        pen.text(_DETAIL, "text_muted", *_with_line(line, full), *_with_line(line, short), short)

    def _paint_member(self, pen: Pen, call: ListedCall) -> None:
        says = row_text(call.entry, self._model.region)
        pen.indent()
        pen.band(0, MEMBER_HEIGHT)
        if call.is_unresolved:
            pen.dot("missed")
        pen.end_text(says.clock, _DETAIL, "text_muted")
        pen.end_text(says.duration, _DETAIL, "text_muted")
        _paint_marks(pen, (call,))
        pen.end_chips(_tags((call,)))
        pen.icon(says.look.icon, says.look.color)
        full = words.joined(says.look.text, says.queue or self._line(call.entry, says))
        pen.text(_DETAIL, "text", full)

    def _when(self, entry: HistoryEntry, says: RowText) -> str:
        if self._model.is_flat:
            return moment_text(entry.started_at, self._model.today)
        return says.clock

    def _line(self, entry: HistoryEntry, says: RowText) -> str:
        """Which line it was, of a call that came through no queue."""
        own = entry.own.number
        if not self.tells_lines or not own or is_extension(own) or says.queue:
            return ""
        return f"{'to' if entry.direction is Direction.INBOUND else 'from'} {says.line}"


def _with_line(line: str, text: str) -> tuple[str, ...]:
    return (words.joined(text, line), text) if line else (text,)


def _paint_marks(pen: Pen, calls: tuple[ListedCall, ...]) -> None:
    if any(call.has_note for call in calls):
        pen.end_icon("note", "text_muted")
    if any(call.entry.has_voicemail for call in calls):
        pen.end_icon("voicemail", "voicemail")
    if any(call.entry.has_recording for call in calls):
        pen.end_icon("recording", "text_muted")


def _tags(calls: tuple[ListedCall, ...]) -> tuple[str, ...]:
    """Of all of them, each once; most calls have none."""
    return tuple(dict.fromkeys(words.plain(tag, 40) for call in calls for tag in call.tags))
