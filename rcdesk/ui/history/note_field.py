"""The note on a call, kept while it is written."""

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QWidget

from rcdesk.core.past_calls import LONGEST_NOTE
from rcdesk.ui.history.section import Section
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE
from rcdesk.ui.widgets.icons import IconView
from rcdesk.ui.widgets.labels import PlainLabel

_FEWEST_LINES, _MOST_LINES = 3, 12
_PADDING = SPACE.xs


class _Editor(QPlainTextEdit):
    """As high as its text, within reason; never longer than a note may be."""

    left = Signal()
    """The keyboard has gone elsewhere."""
    refused = Signal()
    """There was more than a note holds."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Note")
        self.setPlaceholderText("Write a note on this call")
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(_PADDING)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def sizeHint(self) -> QSize:
        """See the class."""
        return QSize(0, self._height())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell; an open menu does not count."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take no more than there is room for."""
        typed = event.text()
        if typed.isprintable() and typed and not self._room():
            self.refused.emit()
            return
        super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste as plain text, as much as there is room for."""
        text, room = source.text(), self._room()
        self.textCursor().insertText(text[:room])
        self.ensureCursorVisible()
        if len(text) > room:
            self.refused.emit()

    def _room(self) -> int:
        selected = len(self.textCursor().selectedText())
        return max(LONGEST_NOTE - len(self.toPlainText()) + selected, 0)

    def _height(self) -> int:
        line = self.fontMetrics().lineSpacing()
        lines = min(max(int(self.document().size().height()), _FEWEST_LINES), _MOST_LINES)
        return lines * line + 2 * _PADDING + 2 * self.frameWidth() + SPACE.xs

    def _fit(self) -> None:
        if self.height() != self._height():
            self.setFixedHeight(self._height())


class NoteField(Section):
    """The note's text and whether it is kept; who makes it keeps what is `written`."""

    written = Signal(str)
    """The user changed the text."""
    left = Signal()
    """The keyboard has gone elsewhere: whatever is not kept should be, at once."""

    def __init__(self, theme: Theme) -> None:
        state = QWidget()
        super().__init__("Note", state)
        self._theme = theme
        self._is_filling = False
        self._icon = IconView(theme, "check", "success", CONTROL.icon_small)
        self._state = PlainLabel(role="caption")
        self._trouble = PlainLabel(role="caption", wraps=True)
        says = f"A note holds {LONGEST_NOTE:,} characters; the rest was left out."
        self._limit = PlainLabel(says, role="caption", wraps=True)
        self._limit.hide()
        row = QHBoxLayout(state)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.xs)
        row.addStretch(1)
        row.addWidget(self._icon)
        row.addWidget(self._state)
        self.editor = _Editor()
        self.editor.textChanged.connect(self._changed)
        self.editor.left.connect(self.left)
        self.editor.refused.connect(self._limit.show)
        self.body.addWidget(self.editor)
        self.body.addWidget(self._trouble)
        self.body.addWidget(self._limit)
        self.say_nothing()

    def show_text(self, text: str) -> None:
        """Show what the note is now; the cursor stays where it can."""
        if text == self.editor.toPlainText():
            return
        at = self.editor.textCursor().position()
        self._is_filling = True
        self.editor.setPlainText(text)
        self._is_filling = False
        cursor = self.editor.textCursor()
        cursor.setPosition(min(at, max(self.editor.document().characterCount() - 1, 0)))
        self.editor.setTextCursor(cursor)

    def edit(self) -> None:
        """Let the user write on at the end."""
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editor.moveCursor(QTextCursor.MoveOperation.End)

    def say_nothing(self) -> None:
        """Nothing has been written."""
        self._say("", "")

    def say_saved(self) -> None:
        """All of it is kept."""
        self._say("Saved", "")

    def say_unsaved(self, trouble: str) -> None:
        """It is not kept yet; `trouble` is why, empty while it is only being written."""
        self._say("Not saved yet" if trouble else "Saving…", trouble)

    def _say(self, state: str, trouble: str) -> None:
        is_saved = state == "Saved"
        self._icon.setVisible(bool(trouble) or is_saved)
        self._icon.show_icon(*(("warning", "warning") if trouble else ("check", "success")))
        self._state.setText(state)
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))
        self.editor.setAccessibleDescription(trouble or state)

    def _changed(self) -> None:
        self._limit.hide()
        if not self._is_filling:
            self.written.emit(self.editor.toPlainText())
