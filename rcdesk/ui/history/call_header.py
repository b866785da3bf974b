"""Who a call was with, what became of it, when; and what can be done about it."""

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from rcdesk.core.call import Direction, Outcome
from rcdesk.core.numbers import can_be_dialed, can_be_looked_up, is_extension, is_public
from rcdesk.core.past_calls import CallDetails
from rcdesk.ui import words
from rcdesk.ui.history.leg_words import spent
from rcdesk.ui.history.texts import full_moment, row_text
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE
from rcdesk.ui.widgets.avatar import Avatar
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.icons import IconView, icon_button, keep_icon
from rcdesk.ui.widgets.labels import ElidedLabel, PlainLabel

_AVATAR = 48


class CallHeader(QWidget):
    """The person over the outcome over the buttons."""

    call_back_requested = Signal(str)
    message_requested = Signal(str, str)
    """Number and name, the name empty where it is not known."""
    contact_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._number = self._name = ""
        self._can_message = self._can_read_contacts = True
        self._look = words.Look("", "phone", "text_muted")
        self._avatar = Avatar(theme, _AVATAR)
        self._title = ElidedLabel(role="title")
        self._subtitle = ElidedLabel(role="muted")
        self._icon = IconView(theme, "phone", size_px=CONTROL.icon_small)
        self._outcome = ElidedLabel(role="state")
        self._when = ElidedLabel(role="caption")
        self._call_back = push_button("Call back")
        self._call_back.setProperty("kind", "primary")
        keep_icon(theme, self._call_back, "phone", "accent_text")
        self._call_back.clicked.connect(lambda: self.call_back_requested.emit(self._number))
        self._message = push_button("Message")
        keep_icon(theme, self._message, "message")
        self._message.setAccessibleName("Send a message")
        self._message.clicked.connect(lambda: self.message_requested.emit(self._number, self._name))
        self._copy = icon_button(theme, "copy", "Copy number")
        self._copy.clicked.connect(self._copy_number)
        self._contact = icon_button(theme, "contact", "Open contact")
        self._contact.clicked.connect(self.contact_requested)
        theme.changed.connect(self._color)
        self._lay_out()

    def show_call(self, details: CallDetails, region: str) -> None:
        """Fill it."""
        entry = details.call.entry
        who = words.who(entry.other, region)
        number = entry.other.number
        subtitle = who.subtitle
        if not number and entry.direction is Direction.INBOUND:
            subtitle = words.joined("Number withheld", subtitle)
        self._number, self._name = number, entry.other.name
        self._avatar.show_name(words.plain(entry.other.name))
        self._title.setText(who.title)
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))
        self._look = row_text(entry, region).look
        self._outcome.setText(self._look.text)
        self._when.setText(full_moment(entry.started_at))
        self._call_back.setVisible(can_be_dialed(number))
        self._message.setVisible(self._can_message and is_public(number))
        self._copy.setVisible(bool(number))
        self._contact.setVisible(self._has_contact())
        self._buttons.setVisible(bool(number))
        self._color()

    def offer_messages(self, offered: bool) -> None:
        """Whether the user may send messages."""
        self._can_message = offered
        self._message.setVisible(offered and is_public(self._number))

    def offer_contacts(self, offered: bool) -> None:
        """Whether the user's contacts can be read."""
        self._can_read_contacts = offered
        self._contact.setVisible(self._has_contact())

    def take_focus(self) -> None:
        """Let the keyboard come to the first of the buttons."""
        buttons = (self._call_back, self._message, self._copy, self._contact)
        first = next((button for button in buttons if not button.isHidden()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    def _has_contact(self) -> bool:
        # Extensions are looked up in the company directory.
        is_offered = self._can_read_contacts or is_extension(self._number)
        return is_offered and can_be_looked_up(self._number)

    def _copy_number(self) -> None:
        QApplication.clipboard().setText(self._number)

    def _color(self) -> None:
        self._icon.show_icon(self._look.icon, self._look.color)
        self._outcome.set_color(self._theme.color(self._look.color).name())

    def _lay_out(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addStretch(1)
        names.addWidget(self._title)
        names.addWidget(self._subtitle)
        names.addStretch(1)
        who = QHBoxLayout()
        who.setSpacing(SPACE.md)
        who.addWidget(self._avatar)
        who.addLayout(names, 1)
        outcome = QHBoxLayout()
        outcome.setSpacing(SPACE.sm - 2)
        outcome.addWidget(self._icon)
        outcome.addWidget(self._outcome, 1)
        self._buttons = QWidget()
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, SPACE.xs, 0, 0)
        buttons.setSpacing(SPACE.sm)
        buttons.addWidget(self._call_back)
        buttons.addWidget(self._message)
        buttons.addWidget(self._copy)
        buttons.addWidget(self._contact)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE.xs)
        column.addLayout(who)
        column.addSpacing(SPACE.xs)
        column.addLayout(outcome)
        column.addWidget(self._when)
        column.addWidget(self._buttons)


class Facts(QWidget):
    """What is known of a call besides, a line each."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[tuple[PlainLabel, ElidedLabel]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE.lg)
        self._grid.setVerticalSpacing(SPACE.xs)
        self._grid.setColumnStretch(1, 1)

    def show_call(self, details: CallDetails, region: str) -> None:
        """Fill it."""
        facts = list(_facts(details, region))
        while len(self._lines) < len(facts):
            line = (PlainLabel(role="muted"), ElidedLabel())
            for column, label in enumerate(line):
                self._grid.addWidget(label, len(self._lines), column, Qt.AlignmentFlag.AlignTop)
            self._lines.append(line)
        for at, line in enumerate(self._lines):
            shown = facts[at] if at < len(facts) else ("", "")
            for label, text in zip(line, shown, strict=True):
                label.setText(text)
                label.setVisible(bool(text))
        self.setVisible(bool(facts))


def _facts(details: CallDetails, region: str) -> Iterator[tuple[str, str]]:
    entry = details.call.entry
    is_inbound = entry.direction is Direction.INBOUND
    if details.ring_s is not None and details.ring_s >= 1:
        yield "Rang", spent(details.ring_s)
    if entry.duration_s >= 1:
        is_message = entry.outcome is Outcome.VOICEMAIL
        what = "Message" if is_message else "Took" if entry.type == "Fax" else "Talked"
        yield what, spent(entry.duration_s)
    if line := words.number(entry.own, region) or words.plain(entry.own.name):
        yield "Called" if is_inbound else "From", line
    if queue := words.queue(entry):
        yield "Queue", queue
    # What there is to hear has a player, or its mark in the list.
    if entry.is_too_short and not entry.has_recording:
        yield "Recording", "Too short to be kept"
    if entry.message_id and not entry.has_voicemail:
        yield "Fax", "Kept by RingCentral"
