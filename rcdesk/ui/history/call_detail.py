"""All about one call."""

from collections.abc import Callable
from datetime import date
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QVBoxLayout, QWidget

from rcdesk.core.past_calls import CallDetails
from rcdesk.ui.history.call_header import CallHeader, Facts
from rcdesk.ui.history.earlier_calls import EarlierCalls
from rcdesk.ui.history.note_field import NoteField
from rcdesk.ui.history.section import Section
from rcdesk.ui.history.story import story
from rcdesk.ui.history.tag_field import TagField
from rcdesk.ui.history.timeline import Timeline
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE


class CallDetail(QScrollArea):
    """Who, what became of it, what happened, the note, tags, earlier calls.

    Attributes:
        under_header: for what plays the recording or the voicemail.
    """

    call_picked = Signal(int)
    call_back_requested = Signal(str)
    message_requested = Signal(str, str)
    contact_requested = Signal(object)
    """The HistoryEntry; who is at its other end is wanted."""
    person_requested = Signal(object)
    """A Person whose calls are wanted."""

    def __init__(self, theme: Theme, today: Callable[[], date]) -> None:
        super().__init__()
        self._today = today
        self._region = ""
        self._details: CallDetails | None = None
        self.header = CallHeader(theme)
        self.under_header = QVBoxLayout()
        self._facts = Facts()
        self._timeline = Timeline(theme)
        self.note = NoteField(theme)
        self.tags = TagField(theme)
        self.earlier = EarlierCalls(theme)
        self.header.call_back_requested.connect(self.call_back_requested)
        self.header.message_requested.connect(self.message_requested)
        self.header.contact_requested.connect(self._ask_contact)
        self.tags.rearranged.connect(self._order_stops)
        self.earlier.picked.connect(self.call_picked)
        self.earlier.person_requested.connect(self.person_requested)
        self._lay_out()

    @property
    def call_id(self) -> int | None:
        """Which call is shown."""
        return None if self._details is None else self._details.call.id

    def set_region(self, region: str) -> None:
        """Country (ISO 3166 alpha-2) whose way of writing numbers is used."""
        if region != self._region:
            self._region = region
            if self._details is not None:
                self._fill(self._details)

    def show_call(self, details: CallDetails) -> None:
        """Show a call, all but its note and tags: those belong to who keeps them."""
        if self.call_id != details.call.id:
            focus = QApplication.focusWidget()
            if focus is not None and self.isAncestorOf(focus):
                # What is being typed is not meant for another call.
                self.setFocus(Qt.FocusReason.OtherFocusReason)
            self.tags.clear()
            self.note.say_nothing()
            self.verticalScrollBar().setValue(0)
        self._details = details
        self._fill(details)

    def clear(self) -> None:
        """No call is shown any more."""
        self._details = None
        self.note.show_text("")
        self.tags.clear()

    def take_focus(self) -> None:
        """Let the keyboard come here."""
        self.header.take_focus()

    def edit_note(self) -> None:
        """Let the user write the note."""
        self.note.edit()
        self.ensureWidgetVisible(self.note)

    def _ask_contact(self) -> None:
        if self._details is not None:
            self.contact_requested.emit(self._details.call.entry)

    def _fill(self, details: CallDetails) -> None:
        entry = details.call.entry
        self.header.show_call(details, self._region)
        self._facts.show_call(details, self._region)
        self._timeline.show_story(story(entry, details.legs, self._region))
        self.earlier.show_calls(details, self._region, self._today())
        self._order_stops()

    def _order_stops(self) -> None:
        """Chips and rows are made as they are needed: Qt would come to them last."""
        stops = (self.note.editor, *self.tags.stops, *self.earlier.stops)
        for stop, following in pairwise(stops):
            self.setTabOrder(stop, following)

    def _lay_out(self) -> None:
        happened = Section("What happened")
        happened.body.addWidget(self._timeline)
        sheet = QWidget()
        column = QVBoxLayout(sheet)
        column.setContentsMargins(SPACE.lg, SPACE.lg, SPACE.lg, SPACE.xl)
        column.setSpacing(SPACE.lg)
        column.addWidget(self.header)
        column.addLayout(self.under_header)
        column.addWidget(self._facts)
        for section in (happened, self.note, self.tags, self.earlier):
            column.addWidget(section)
        column.addStretch(1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Call details")
        self.setWidget(sheet)
