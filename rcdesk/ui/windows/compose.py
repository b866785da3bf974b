"""A text message to one number."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from rcdesk.core.call import Endpoint
from rcdesk.ui import words
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.avatar import Avatar
from rcdesk.ui.widgets.banner import Banner
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.labels import ElidedLabel, PlainLabel

LONGEST = 1000
"""UTF-16 units, as RingCentral counts."""

_SIZE = (420, 340)


class ComposeDialog(QDialog):
    """Tells by `send_requested`; answer by `show_failure`, or close it."""

    send_requested = Signal(str, str)
    """The text, and the number to send it from (E.164; empty for the account's first)."""

    def __init__(
        self, theme: Theme, parent: QWidget | None, to: Endpoint, region: str, draft: str = ""
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Text message")
        self.resize(*_SIZE)
        self._region = region
        self._is_sending = False
        who = words.who(to, region)
        self._avatar = Avatar(theme)
        self._avatar.show_name(words.plain(to.name))
        self._name, self._number = ElidedLabel(who.title, "title"), PlainLabel(role="caption")
        self._number.setText(who.subtitle)
        self._number.setVisible(bool(who.subtitle))
        self._from = QComboBox()
        self._from.setAccessibleName("Send from")
        self._from.hide()
        self._edit = QPlainTextEdit(draft)
        self._edit.setAccessibleName("Message")
        self._edit.setPlaceholderText("Write a message")
        self._edit.setTabChangesFocus(True)
        self._trouble = Banner(theme, can_be_dismissed=True)
        self._left = PlainLabel(role="caption")
        self._send, self._cancel = push_button("Send"), push_button("Cancel")
        self._send.setProperty("kind", "primary")
        self._send.clicked.connect(self._on_send)
        self._cancel.clicked.connect(self.reject)
        self._edit.textChanged.connect(self._count)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self._on_send)
        self._send.setToolTip(QKeySequence("Ctrl+Return").toString())
        self._lay_out()
        self._count()
        self._edit.setFocus()

    @property
    def text(self) -> str:
        """What is written so far."""
        return self._edit.toPlainText()

    def offer_senders(self, numbers: Sequence[str]) -> None:
        """The user's numbers (E.164) that may send; with one there is nothing to choose."""
        self._from.clear()
        for number in numbers:
            self._from.addItem(f"From {words.number(Endpoint(number), self._region)}", number)
        self._from.setVisible(len(numbers) > 1)

    def show_failure(self, sentence: str) -> None:
        """It was not sent; the text stays."""
        self._set_sending(False)
        self._trouble.say("danger", "warning", sentence)
        self._edit.setFocus()

    def _on_send(self) -> None:
        if self._send.isEnabled():
            self._trouble.hide()
            self._set_sending(True)
            self.send_requested.emit(self.text, str(self._from.currentData() or ""))

    def _set_sending(self, sending: bool) -> None:  # as QWidget.setEnabled
        self._is_sending = sending
        self._edit.setReadOnly(sending)
        self._send.setText("Sending…" if sending else "Send")
        self._count()

    def _count(self) -> None:
        units = len(self.text.encode("utf-16-le", errors="surrogatepass")) // 2
        left = LONGEST - units
        self._left.setText(f"{left:,} left" if left >= 0 else f"{-left:,} too many")
        self._left.setProperty("invalid", left < 0)
        self._left.style().unpolish(self._left)
        self._left.style().polish(self._left)
        self._send.setEnabled(left >= 0 and bool(self.text.strip()) and not self._is_sending)

    def _lay_out(self) -> None:
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(self._name)
        lines.addWidget(self._number)
        head = QHBoxLayout()
        head.setSpacing(SPACE.md)
        head.addWidget(self._avatar)
        head.addLayout(lines, 1)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE.sm)
        foot.addWidget(self._left, 1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._send)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.lg, SPACE.lg, SPACE.lg, SPACE.lg)
        column.setSpacing(SPACE.md)
        column.addLayout(head)
        column.addWidget(self._from)
        column.addWidget(self._edit, 1)
        column.addWidget(self._trouble)
        column.addLayout(foot)
