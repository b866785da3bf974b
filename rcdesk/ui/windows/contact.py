"""Who somebody is: their card, or what there is to say in its place."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from rcdesk.core import waits
from rcdesk.core.call import Endpoint
from rcdesk.core.numbers import e164, is_extension
from rcdesk.ringcentral.clock import elapsed_s
from rcdesk.services.contacts import ContactCard
from rcdesk.ui import words
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.avatar import Avatar
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.labels import ElidedLabel
from rcdesk.ui.widgets.state_page import StatePage
from rcdesk.ui.widgets.ticker import Ticker
from rcdesk.ui.windows.contact_details import ContactDetails
from rcdesk.ui.windows.contact_form import ContactForm
from rcdesk.ui.windows.contact_words import origin_text, position_text

_SIZE = QSize(420, 360)
_HIGHEST = 640
_AVATAR = 48


class ContactDialog(QDialog):
    """Looking, until it is told more; opened with `open()`, deleted when closed."""

    call_requested = Signal(str)
    retry_requested = Signal()
    add_requested = Signal(object)
    """A NewContact; answer by `show_card` or `show_not_added`."""

    def __init__(
        self, theme: Theme, parent: QWidget | None, other: Endpoint, region: str, *, is_fax: bool
    ) -> None:
        """`other` is the end of a call, `is_fax` says of which kind."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Contact")
        self.resize(_SIZE)
        self._theme, self._other, self._region, self._is_fax = theme, other, region, is_fax
        self._can_add = False
        self._waits_until_s = 0.0
        self._avatar = Avatar(theme, _AVATAR)
        self._name, self._position = ElidedLabel(role="title"), ElidedLabel(role="muted")
        self._origin = ElidedLabel(role="caption")
        self._state = StatePage(theme)
        self._state.acted.connect(self._act_on_state)
        self._details: ContactDetails | None = None
        self._form: ContactForm | None = None
        self._ticker = Ticker(self, elapsed_s, window=self)
        self._ticker.ticked.connect(self._say_looking)
        self._back, self._add = push_button("Back"), push_button("Add contact")
        self._close = push_button("Close")
        self._add.setProperty("kind", "primary")
        self._add.clicked.connect(self._on_add)
        self._back.clicked.connect(self._leave_form)
        self._close.clicked.connect(self.reject)
        who = words.who(other, region)
        self._show_head(who.title, words.plain(other.name), who.subtitle, "")
        self._lay_out()
        self.show_looking(0)

    def show_looking(self, wait_s: float) -> None:
        """Somebody is being looked for; RingCentral wants us to wait so long first."""
        self._waits_until_s = elapsed_s() + wait_s
        self._say_looking()
        self._show_page(self._state)

    def show_card(self, card: ContactCard) -> None:
        """They are known."""
        self._ticker.count("waiting", ())
        name = words.plain(card.name)
        title = name or words.who(self._other, self._region).title
        self._show_head(title, name, position_text(card), origin_text(card))
        asked = e164(self._other.number, self._region)
        self._details = ContactDetails(self._theme, card, asked, self._region)
        self._details.call_requested.connect(self.call_requested)
        self._pages.addWidget(self._details)
        self._show_page(self._details)

    def show_not_found(self, *, can_add: bool) -> None:
        """Nobody knows the number."""
        self._ticker.count("waiting", ())
        number = words.number(self._other, self._region).replace(" ", "\u00a0")
        if is_extension(self._other.number):
            headline, says = "Not in the company directory", f"Nobody has {number}."
        else:
            headline = "Not in your contacts"
            says = f"Nobody in the company directory has {number} either."
        self._can_add = can_add
        self._state.say("contact", headline, says, "Add to contacts" if can_add else "")
        self._show_page(self._state)

    def show_failure(self, sentence: str, *, can_retry: bool = True) -> None:
        """Nobody could be looked for."""
        self._ticker.count("waiting", ())
        self._can_add = False
        said = "Contacts could not be looked up"
        if can_retry:
            self._state.say("cloud-off", said, sentence, "Try again")
        else:
            self._state.say("info", said, sentence)
        self._show_page(self._state)

    def show_not_added(self, sentence: str) -> None:
        """What was asked for by `add_requested` was not done."""
        if self._form is not None:
            self._set_adding(False)
            self._form.show_failure(sentence)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the form first, unless what is in it is on its way."""
        writes = self._pages.currentWidget() is self._form and self._back.isEnabled()
        if event.key() == Qt.Key.Key_Escape and writes:
            self._leave_form()
        else:
            super().keyPressEvent(event)

    def _say_looking(self) -> None:
        left_s = self._waits_until_s - elapsed_s()
        said = f"RingCentral asks us to wait {waits.asked(left_s)}." if left_s >= 1 else ""
        self._state.say("search", "Looking for the contact…", said)
        self._ticker.count("waiting", [self._waits_until_s] if said else ())

    def _act_on_state(self) -> None:
        if self._can_add:
            self._show_form()
        else:
            self.retry_requested.emit()

    def _show_form(self) -> None:
        if self._form is None:
            self._form = ContactForm(self._theme, self._other, self._region, is_fax=self._is_fax)
            self._form.ready_changed.connect(self._add.setEnabled)
            self._form.entered.connect(self._add.click)
            self._pages.addWidget(self._form)
        self._add.setEnabled(self._form.is_ready)
        self._show_page(self._form)
        self._form.take_focus()

    def _leave_form(self) -> None:
        self._show_page(self._state)

    def _on_add(self) -> None:
        if self._form is not None:
            self._set_adding(True)
            self.add_requested.emit(self._form.contact)

    def _set_adding(self, adding: bool) -> None:  # as QWidget.setEnabled
        self._add.setText("Adding…" if adding else "Add contact")
        self._add.setEnabled(not adding)
        self._back.setEnabled(not adding)
        if self._form is not None:
            self._form.set_adding(adding)

    def _show_page(self, page: QWidget) -> None:
        self._pages.setCurrentWidget(page)
        writes = page is self._form
        for button in (self._back, self._add):
            button.setVisible(writes)
        self._close.setVisible(not writes)
        (self._add if writes else self._close).setDefault(True)
        if not writes:
            # What dials is one Tab away: a second Enter must not call anybody.
            self._close.setFocus()
        self._fit(page)

    def _show_head(self, title: str, name: str, position: str, origin: str) -> None:
        self._avatar.show_name(name)
        for label, text in (
            *((self._name, title), (self._position, position), (self._origin, origin)),
        ):
            label.setText(text)
            label.setVisible(bool(text))

    def _fit(self, page: QWidget) -> None:
        """Grow until all of the page is seen, or enough of it."""
        if (layout := self.layout()) is not None:
            layout.activate()
        missing = page.heightForWidth(self.width() - 2 * SPACE.lg) - page.height()
        self.resize(self.width(), min(self.height() + max(missing, 0), _HIGHEST))

    def _lay_out(self) -> None:
        lines = QVBoxLayout()
        lines.setSpacing(2)
        for label in (self._name, self._position, self._origin):
            lines.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(SPACE.md)
        head.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(lines, 1)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self._state)
        foot = QHBoxLayout()
        foot.setSpacing(SPACE.sm)
        foot.addStretch(1)
        for button in (self._back, self._add, self._close):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.lg, SPACE.lg, SPACE.lg, SPACE.lg)
        column.setSpacing(SPACE.lg)
        column.addLayout(head)
        column.addWidget(pages, 1)
        column.addLayout(foot)
