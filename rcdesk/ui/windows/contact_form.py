"""Somebody new for the user's contacts."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from rcdesk.core.call import Endpoint
from rcdesk.core.person_names import LONGEST_NAME, name_parts
from rcdesk.services.contacts import ADDABLE_KINDS, CardNumber, NewContact, likely_kind
from rcdesk.ui import words
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.banner import Banner
from rcdesk.ui.widgets.labels import ElidedLabel
from rcdesk.ui.windows.contact_words import kind_text


class ContactForm(QWidget):
    """Filled with what a call said of its other end, for the user to correct."""

    ready_changed = Signal(bool)
    """Whether there is enough to be kept."""
    entered = Signal()
    """Enter was pressed."""

    def __init__(self, theme: Theme, other: Endpoint, region: str, *, is_fax: bool) -> None:
        super().__init__()
        self._number = other.number
        parts = name_parts(words.plain(other.name))
        self._first, self._last, self._company = (QLineEdit(text) for text in parts)
        self._kind = QComboBox()
        self._kind.setAccessibleName("Kind of number")
        for kind in ADDABLE_KINDS:
            self._kind.addItem(kind_text(CardNumber("", kind)), kind)
        likely = likely_kind(other.number, region, is_fax=is_fax, is_company=bool(parts.company))
        self._kind.setCurrentIndex(self._kind.findData(likely))
        self._trouble = Banner(theme, can_be_dismissed=True)
        for field in self._fields:
            field.setMaxLength(LONGEST_NAME)
            field.textChanged.connect(lambda _text: self.ready_changed.emit(self.is_ready))
            field.returnPressed.connect(self.entered)
        self._lay_out(words.number(other, region))

    @property
    def is_ready(self) -> bool:
        """Somebody is named."""
        return any(field.text().strip() for field in self._fields)

    @property
    def contact(self) -> NewContact:
        """What the user wants to be kept."""
        first, last, company = (field.text().strip() for field in self._fields)
        return NewContact(first, last, company, self._number, str(self._kind.currentData()))

    def take_focus(self) -> None:
        """Let the user write where there is nothing yet."""
        empty = (field for field in self._fields if not field.text())
        target = next(empty, self._first) if not self._company.text() else self._company
        target.setFocus()
        target.selectAll()

    def set_adding(self, adding: bool) -> None:  # as QWidget.setEnabled
        """While RingCentral is asked, nothing can be changed."""
        for field in self._fields:
            field.setReadOnly(adding)
        self._kind.setEnabled(not adding)
        if adding:
            self._trouble.hide()

    def show_failure(self, sentence: str) -> None:
        """It was not added; what is written stays."""
        self._trouble.say("danger", "warning", sentence)

    @property
    def _fields(self) -> tuple[QLineEdit, QLineEdit, QLineEdit]:
        return self._first, self._last, self._company

    def _lay_out(self, number: str) -> None:
        form = QFormLayout()
        form.setSpacing(SPACE.md)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow("&First name", self._first)
        form.addRow("&Last name", self._last)
        form.addRow("&Company", self._company)
        form.addRow("&Number", self._kind)
        form.addRow("", ElidedLabel(number, "muted"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.md)
        column.addLayout(form)
        column.addWidget(self._trouble)
        column.addStretch(1)
