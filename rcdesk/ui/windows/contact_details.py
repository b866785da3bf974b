"""What a contact's card holds below the name: numbers, e-mail addresses, notes."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from rcdesk.core.call import Endpoint
from rcdesk.core.numbers import can_be_dialed, e164
from rcdesk.services.contacts import ContactCard
from rcdesk.ui import words
from rcdesk.ui.history.section import Section
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.icons import icon_button
from rcdesk.ui.widgets.labels import ElidedLabel, PlainLabel
from rcdesk.ui.windows.contact_words import kind_text, note_text


class ContactDetails(QScrollArea):
    """Filled once."""

    call_requested = Signal(str)

    def __init__(self, theme: Theme, card: ContactCard, asked: str, region: str) -> None:
        """`asked` is the number (E.164 or an extension) that led here."""
        super().__init__()
        self._theme = theme
        self._region = region
        self.setWidgetResizable(True)
        # Below the last button there may be notes for the arrow keys to scroll to.
        stops = Qt.FocusPolicy.StrongFocus if card.notes else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(stops)
        self.setAccessibleName("Contact details")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._sheet = QWidget()
        self._column = QVBoxLayout(self._sheet)
        self._column.setContentsMargins(0, 0, SPACE.sm, 0)
        self._column.setSpacing(SPACE.lg)
        self._add_numbers(card, asked)
        self._add_emails(card)
        self._add_notes(card)
        if not (card.numbers or card.emails or note_text(card.notes)):
            self._column.addWidget(PlainLabel("Nothing more is known of them.", "muted"))
        self._column.addStretch(1)
        self.setWidget(self._sheet)

    def heightForWidth(self, width: int) -> int:
        """What shows all of it."""
        return max(self._column.heightForWidth(width), self._column.sizeHint().height())

    def _add_numbers(self, card: ContactCard, asked: str) -> None:
        if not card.numbers:
            return
        section = Section("Numbers")
        for each in card.numbers:
            number = e164(each.number, self._region)
            shown = words.number(Endpoint(number), self._region)
            kind = kind_text(each)
            line = _Line(shown, words.joined(kind, "this call" if number == asked else ""))
            call = line.add_button(self._theme, "phone", "Call", f"Call {shown}, {kind}")
            call.clicked.connect(lambda _=False, to=number: self.call_requested.emit(to))
            call.setEnabled(can_be_dialed(number))
            line.add_copy(self._theme, number, shown)
            section.body.addWidget(line)
        self._column.addWidget(section)

    def _add_emails(self, card: ContactCard) -> None:
        if not card.emails:
            return
        section = Section("E-mail")
        for address in card.emails:
            shown = words.plain(address, 254)
            line = _Line(shown)
            line.add_copy(self._theme, shown, shown)
            section.body.addWidget(line)
        self._column.addWidget(section)

    def _add_notes(self, card: ContactCard) -> None:
        if not (text := note_text(card.notes)):
            return
        copy = icon_button(self._theme, "copy", "Copy the notes", small=True)
        copy.clicked.connect(_copies(card.notes))
        beside = QWidget()
        row = QHBoxLayout(beside)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(copy)
        section = Section("Notes", beside)
        section.body.addWidget(PlainLabel(text, wraps=True))
        self._column.addWidget(section)


class _Line(QWidget):
    """Something that can be copied, perhaps with what it is below."""

    def __init__(self, text: str, caption: str = "") -> None:
        super().__init__()
        says = QVBoxLayout()
        says.setSpacing(0)
        says.addWidget(ElidedLabel(text))
        if caption:
            says.addWidget(ElidedLabel(caption, "caption"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE.xs)
        self._row.addLayout(says, 1)

    def add_button(self, theme: Theme, icon: str, tip: str, says: str) -> QToolButton:
        """`tip` is ours: tool tips guess at markup, names for the blind do not."""
        button = icon_button(theme, icon, tip, small=True)
        button.setAccessibleName(says)
        self._row.addWidget(button)
        return button

    def add_copy(self, theme: Theme, text: str, shown: str) -> None:
        self.add_button(theme, "copy", "Copy", f"Copy {shown}").clicked.connect(_copies(text))


def _copies(text: str) -> Callable[[], None]:
    return lambda: QApplication.clipboard().setText(text)
