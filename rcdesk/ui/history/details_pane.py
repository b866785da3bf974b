"""Beside the list of calls or in its place: all about one of them."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from rcdesk.core.errors import RcdeskError
from rcdesk.core.past_calls import CallDetails
from rcdesk.ui.history.drafts import Annotations
from rcdesk.ui.history.model import Spawn
from rcdesk.ui.history.source import CallSource
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.icons import icon_button
from rcdesk.ui.widgets.labels import PlainLabel
from rcdesk.ui.widgets.state_page import StatePage

if TYPE_CHECKING:
    import asyncio

    from rcdesk.ui.audio.call_audio import CallAudio
    from rcdesk.ui.audio.listening import Listening
    from rcdesk.ui.history.call_detail import CallDetail


class DetailsPane(QWidget):
    """A CallDetail, made when the first call is shown; a way back where it hides the list.

    Keeps what the user writes about a call: soon, and at once when they turn to something else.
    """

    left = Signal()
    """The user wants to see the list again, or the call is gone."""
    failed = Signal(str)
    """A sentence: the call's details could not be read, or what was written not be kept."""
    call_picked = Signal(int)
    call_back_requested = Signal(str)
    message_requested = Signal(str, str)
    contact_requested = Signal(object)
    """A HistoryEntry; who is at its other end is wanted."""
    person_requested = Signal(object)
    """A Person whose calls are wanted."""
    annotated = Signal()
    """The list has other notes or tags to show."""

    def __init__(self, theme: Theme, today: Callable[[], date], spawn: Spawn) -> None:
        super().__init__()
        self._theme, self._today, self._spawn = theme, today, spawn
        self._region = ""
        self._can_message = self._can_read_contacts = True
        self._source: CallSource | None = None
        self._annotations: Annotations | None = None
        self._call_id: int | None = None
        self._work: asyncio.Task[None] | None = None
        self._is_stale = False
        self._detail: CallDetail | None = None
        self._listening: Listening | None = None
        self._audio: CallAudio | None = None
        self._has_note: dict[int, bool] = {}
        self._edits_note = self._takes_focus = False
        self._nothing = StatePage(theme)
        is_mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        to_list = "chevron-right" if is_mirrored else "chevron-left"
        self._back = icon_button(theme, to_list, "Back to the calls")
        self._back.clicked.connect(self.left)
        self._lay_out()

    @property
    def call_id(self) -> int | None:
        """Which call is shown, or soon will be."""
        return self._call_id

    @property
    def is_filled(self) -> bool:
        """A call is shown."""
        return self._pages.currentWidget() is self._detail

    def set_source(self, source: CallSource | None) -> None:
        """Whose calls they are."""
        self.show_call(None)
        if self._annotations is not None:
            self._annotations.keep()
            self._spawn(self._part_with(self._annotations), "notes and tags")
        self._source = source
        self._annotations = None
        self._has_note.clear()
        if source is not None:
            self._annotations = Annotations(source, self._spawn)
            self._annotations.notes.told = self._tell_note
            self._annotations.tags.told = self._tell_tags

    def set_region(self, region: str) -> None:
        """Country (ISO 3166 alpha-2) whose way of writing numbers is used."""
        self._region = region
        if self._detail is not None:
            self._detail.set_region(region)

    def offer_messages(self, offered: bool) -> None:
        """Whether the user may send messages."""
        self._can_message = offered
        if self._detail is not None:
            self._detail.header.offer_messages(offered)

    def offer_contacts(self, offered: bool) -> None:
        """Whether the user's contacts can be read."""
        self._can_read_contacts = offered
        if self._detail is not None:
            self._detail.header.offer_contacts(offered)

    def set_listening(self, listening: "Listening") -> None:
        """What plays recordings and voicemails; give it before the first call is shown."""
        self._listening = listening

    def set_beside(self, beside: bool) -> None:  # a slot
        """The list is to be seen too: nothing leads back to it."""
        self._back_row.setVisible(not beside)

    def show_call(self, call_id: int | None) -> None:
        """Ask for a call and show it once it came; None for none."""
        if self._work is not None:
            self._work.cancel()
            self._work = None
        if call_id != self._call_id:
            self.keep()
        self._call_id = call_id
        if call_id is None or self._source is None:
            self._clear()
        else:
            self._work = self._spawn(self._fill(self._source, call_id), "call details")

    def refresh(self) -> None:
        """The calls have changed."""
        if self._work is not None and not self._work.done():
            # To begin anew each time would never end in a storm of changes.
            self._is_stale = True
        elif self._call_id is not None:
            self.show_call(self._call_id)

    def edit_note(self, call_id: int) -> None:
        """Show a call and let the user write its note."""
        self._edits_note = True
        self.show_call(call_id)

    def take_focus(self) -> None:
        """Let the keyboard come here."""
        if not self._back_row.isHidden():
            self._back.setFocus()
        elif self._detail is not None and self._detail.call_id == self._call_id:
            self._detail.take_focus()
        else:
            self._takes_focus = True

    def keep(self) -> None:
        """Write what is not kept yet, now; a tag that is only typed counts."""
        if self._detail is not None:
            self._detail.tags.take()
        if self._annotations is not None:
            self._annotations.keep()

    async def finish(self) -> None:
        """Wait until everything that was written is kept; call it before the source is closed."""
        self.keep()
        if self._annotations is not None:
            await self._annotations.finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leads back."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Who looks elsewhere has written what they wanted."""
        super().hideEvent(event)
        if self._annotations is not None:
            self._annotations.keep()

    async def _fill(self, source: CallSource, call_id: int) -> None:
        is_stale = True
        while is_stale:
            self._is_stale = False
            if self._annotations is not None:
                self._annotations.reading(call_id)
            try:
                details = await source.details(call_id)
            except RcdeskError as error:
                if self._detail is None or self._detail.call_id != call_id:
                    self._clear()
                    self._nothing.say("warning", "The call cannot be shown", str(error))
                self.failed.emit(str(error))
                return
            if details is None:
                self._give_up(call_id)
                return
            self._show(details)
            is_stale = self._is_stale

    def _show(self, details: CallDetails) -> None:
        detail = self._detail or self._make_detail()
        detail.show_call(details)
        call = details.call
        if self._annotations is not None:
            notes, tags = self._annotations.notes, self._annotations.tags
            detail.note.show_text(notes.value(call.id, details.note))
            detail.tags.show_tags(tags.value(call.id, call.tags))
            self._has_note[call.id] = bool(details.note)
            if notes.trouble(call.id):
                detail.note.say_unsaved(notes.trouble(call.id))
            detail.tags.say_trouble(tags.trouble(call.id))
        if self._audio is not None:
            self._audio.show_call(details, self._region)
        self._pages.setCurrentWidget(detail)
        if self._edits_note:
            detail.edit_note()
        elif self._takes_focus:
            detail.take_focus()
        self._edits_note = self._takes_focus = False

    def _give_up(self, call_id: int) -> None:
        """The call is gone."""
        self._call_id = None
        if self._annotations is not None:
            self._annotations.drop(call_id)
        self._clear()
        if not self._back_row.isHidden():
            self.left.emit()

    def _make_detail(self) -> "CallDetail":
        """Seldom needed, and slow to make: the window opens without it."""
        from rcdesk.ui.history.call_detail import CallDetail  # noqa: PLC0415 - not to open the window

        detail = self._detail = CallDetail(self._theme, self._today)
        detail.set_region(self._region)
        detail.header.offer_messages(self._can_message)
        detail.header.offer_contacts(self._can_read_contacts)
        detail.call_picked.connect(self.call_picked)
        detail.call_back_requested.connect(self.call_back_requested)
        detail.message_requested.connect(self.message_requested)
        detail.contact_requested.connect(self.contact_requested)
        detail.person_requested.connect(self.person_requested)
        detail.note.written.connect(self._write_note)
        detail.note.left.connect(self._keep_note)
        detail.tags.changed.connect(self._write_tags)
        detail.tags.entered.connect(self._offer_tags)
        if self._listening is not None:
            from rcdesk.ui.audio.call_audio import CallAudio  # noqa: PLC0415 - as above

            self._audio = CallAudio(self._theme, self._listening)
            detail.under_header.addWidget(self._audio)
        self._pages.addWidget(detail)
        return detail

    def _write_note(self, text: str) -> None:
        call_id = None if self._detail is None else self._detail.call_id
        if self._detail is None or self._annotations is None or call_id is None:
            return
        self._annotations.notes.add(call_id, text)
        self._detail.note.say_unsaved(self._annotations.notes.trouble(call_id))

    def _keep_note(self) -> None:
        if self._annotations is not None:
            self._annotations.notes.keep()

    def _write_tags(self, tags: tuple[str, ...]) -> None:
        call_id = None if self._detail is None else self._detail.call_id
        if self._annotations is not None and call_id is not None:
            self._annotations.tags.add(call_id, tags)
            self._annotations.tags.keep()

    def _tell_note(self, call_id: int) -> None:
        """It has been kept, or could not be."""
        if self._annotations is None:
            return
        notes = self._annotations.notes
        is_kept = notes.is_kept(call_id)
        if self._detail is not None and self._detail.call_id == call_id:
            if is_kept:
                self._detail.note.say_saved()
            else:
                self._detail.note.say_unsaved(notes.trouble(call_id))
        has_note = bool(notes.value(call_id, "").strip())
        if is_kept and has_note != self._has_note.get(call_id):
            self._has_note[call_id] = has_note
            self.annotated.emit()

    def _tell_tags(self, call_id: int) -> None:
        if self._annotations is None:
            return
        tags = self._annotations.tags
        if self._detail is not None and self._detail.call_id == call_id:
            self._detail.tags.say_trouble(tags.trouble(call_id))
        if tags.is_kept(call_id):
            self.annotated.emit()

    def _offer_tags(self) -> None:
        if self._source is not None:
            self._spawn(self._ask_tags(self._source), "tags")

    async def _ask_tags(self, source: CallSource) -> None:
        try:
            known = await source.tags()
        except RcdeskError as error:
            self.failed.emit(str(error))
            return
        if self._detail is not None and source is self._source:
            self._detail.tags.offer(known)

    async def _part_with(self, annotations: Annotations) -> None:
        """The account is another: what was written belongs to the one before."""
        if trouble := await annotations.finish():
            self.failed.emit(trouble)

    def _clear(self) -> None:
        self._edits_note = self._takes_focus = False
        self._nothing.say("phone", "No call selected", "Select a call to see all about it.")
        self._pages.setCurrentWidget(self._nothing)
        if self._detail is not None:
            self._detail.clear()
        if self._audio is not None:
            self._audio.clear()

    def _lay_out(self) -> None:
        self._back_row = QWidget()
        row = QHBoxLayout(self._back_row)
        row.setContentsMargins(SPACE.sm, SPACE.xs, SPACE.lg, SPACE.xs)
        row.addWidget(self._back)
        row.addWidget(PlainLabel("Calls", "muted"), 1)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self._nothing)
        self._clear()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._back_row)
        column.addWidget(pages, 1)
