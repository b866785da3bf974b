"""The call history: filters, the list or what there is to say in its place, a call's details."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from PySide6.QtCore import QMargins, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from rcdesk.core.errors import RcdeskError
from rcdesk.core.past_calls import ListedCall
from rcdesk.ui import words
from rcdesk.ui.history.call_actions import CallActions
from rcdesk.ui.history.choices import EVERYTHING, Choices, Options, Period, Person
from rcdesk.ui.history.details_pane import DetailsPane
from rcdesk.ui.history.exporting import Exporting
from rcdesk.ui.history.filter_bar import FilterBar
from rcdesk.ui.history.listing import Listing
from rcdesk.ui.history.model import CallListModel, Spawn
from rcdesk.ui.history.removal import Removal
from rcdesk.ui.history.source import CallSource
from rcdesk.ui.history.sync_line import Progress, SyncLine
from rcdesk.ui.history.view import CallListView
from rcdesk.ui.lag import Lag
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.banner import Banner
from rcdesk.ui.widgets.keys import EXPORT

_log = logging.getLogger(__name__)


class HistoryPage(QWidget):
    """Asks its source for what it shows, and says by signals what the user wants done.

    Attributes:
        call_actions: what else the user does with a call.
        listing: the list, or what there is to say; to be told how the platform answered.
        details: belongs beside the page where the window is wide (`set_wide`); until then it
            takes the list's place when a call is opened.
    """

    call_back_requested = Signal(str)
    message_requested = Signal(str, str)
    """Number, and the name of whose it is; empty where that is not known."""
    contact_requested = Signal(object)
    """A HistoryEntry; who is at its other end is wanted."""
    remove_requested = Signal(object)
    """Ids of calls, a tuple, which nobody wants back; answer by `end_removal`."""
    retry_requested = Signal()
    paused = Signal()
    """Older calls need not be read for now."""
    resumed = Signal()
    typed = Signal(str)
    """A digit, which belongs into the dialer."""

    def __init__(self, theme: Theme, today: Callable[[], date], spawn: Spawn) -> None:
        super().__init__()
        self._theme, self._today, self._spawn = theme, today, spawn
        self._source: CallSource | None = None
        self._is_stale = self._is_wide = False
        self.model = CallListModel(spawn, self)
        self.view = CallListView(theme, self.model)
        self.bar = FilterBar(theme, today)
        self.details = DetailsPane(theme, today, spawn)
        self.sync_line = SyncLine(theme)
        self.listing = Listing(theme, self.model, self.view)
        self._removal = Removal(theme)
        self.call_actions = CallActions(self, theme)
        self._exporting = Exporting(theme, today, spawn)
        self._chosen_lag = Lag(self)
        self._lay_out()
        self._connect()
        self.listing.settle()

    def set_source(self, source: CallSource | None) -> None:
        """Show the calls of an account; None while there is none."""
        if source is self._source:
            return
        self._removal.let_stand()
        self._source = source
        self._exporting.set_source(source)
        self.refresh_day()
        self.details.set_source(source)
        self.bar.choose(EVERYTHING)
        self.model.set_source(source)
        if source is not None:
            self._spawn(self._learn_lines(source), "lines")
        self.listing.settle()

    def set_region(self, region: str) -> None:
        """Country (ISO 3166 alpha-2) whose way of writing numbers is used."""
        self.model.set_region(region)
        self.details.set_region(region)

    def set_wide(self, wide: bool) -> None:  # a slot
        """Whether `details` have a place beside the list; who calls this puts them there."""
        self._is_wide = wide
        self.details.set_beside(wide)
        if wide:
            self._stack.setCurrentWidget(self._list_side)
            self.details.show()
            self._follow_chosen()
        else:
            self._stack.addWidget(self.details)

    def offer_blocking(self, offered: bool) -> None:  # a slot
        """Whether RingCentral lets the user block numbers."""
        self.call_actions.offer(blocking=offered)

    def offer_messages(self, offered: bool) -> None:  # a slot
        """Whether the user may send messages."""
        self.call_actions.offer(messages=offered)
        self.details.offer_messages(offered)

    def offer_contacts(self, offered: bool) -> None:  # a slot
        """Whether the user's contacts can be read."""
        self.call_actions.offer(contacts=offered)
        self.details.offer_contacts(offered)

    def refresh(self) -> None:
        """The calls have changed: show how they are now, or when the page is next seen."""
        self._is_stale = not self.isVisible()
        if not self._is_stale:
            self.model.refresh()
            self.details.refresh()

    def refresh_day(self) -> None:
        """It may be another day than when the list was last looked at."""
        today = self._today()
        if today != self.model.today:
            self.model.set_today(today)
            if isinstance(self.bar.choices.span, Period):
                self._filter(self.bar.choices)

    def show_progress(self, progress: Progress) -> None:
        """How far back the history has been read."""
        self.sync_line.show_progress(progress)
        if self._source is not None and not self.view.delegate.tells_lines:
            self._spawn(self._learn_lines(self._source), "lines")

    def show_calls_with(self, person: Person) -> None:
        """Filter by somebody."""
        self.bar.choose(Choices(person=person))
        self.show_list()

    def show_call(self, call_id: int) -> None:
        """Open a call, even one that the list does not reach."""
        self._pick(call_id)
        if not self._is_wide:
            self._stack.setCurrentWidget(self.details)
        self.details.take_focus()

    def show_list(self) -> None:
        """Come back to the list from a call's details."""
        if not self._is_wide:
            self._stack.setCurrentWidget(self._list_side)
            self.details.show_call(None)
        self.view.setFocus()

    def end_removal(self) -> None:
        """What was asked for by `remove_requested` has been done, or could not be."""
        self._removal.end()
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """It may have been hidden over midnight, and calls may have come."""
        super().showEvent(event)
        self.refresh_day()
        if self._is_stale:
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Who closes the window does not want anything back."""
        super().hideEvent(event)
        self._removal.let_stand()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape empties the search, then takes the filters away."""
        if event.key() == Qt.Key.Key_Escape and self.bar.choices != EVERYTHING:
            text = self.bar.choices.text
            self.bar.choose(replace(self.bar.choices, text="") if text else EVERYTHING)
        else:
            super().keyPressEvent(event)

    def _filter(self, choices: Choices) -> None:
        self.model.set_filter(choices.wanted(self._today()))
        self.listing.heed_choices(choices)

    def _open(self, call: ListedCall, by_keyboard: bool) -> None:  # a slot
        if self.details.call_id != call.id:
            self.details.show_call(call.id)
        if not self._is_wide:
            self._stack.setCurrentWidget(self.details)
        if by_keyboard or not self._is_wide:
            self.details.take_focus()

    def _follow_chosen(self) -> None:
        row = self.view.current_row
        if self._is_wide and (row is None or row.call.id != self.details.call_id):
            self.details.show_call(row.call.id if row else None)

    def _pick(self, call_id: int) -> None:
        self.view.choose(call_id)
        self.details.show_call(call_id)

    def _write_note(self, call: ListedCall) -> None:
        self._open(call, by_keyboard=False)
        self.details.edit_note(call.id)

    async def _learn_lines(self, source: CallSource) -> None:
        try:
            lines = await source.lines()
        except RcdeskError as error:
            _log.warning("The user's lines could not be listed: %s", error)
            return
        self.view.delegate.tells_lines = len(lines) > 1
        self.view.viewport().update()

    def _offer_filters(self) -> None:
        if self._source is None:
            self._open_filters(Options())
        else:
            self._spawn(self._ask_options(self._source), "filters")

    async def _ask_options(self, source: CallSource) -> None:
        try:
            lines, queues, tags = await source.lines(), await source.queues(), await source.tags()
        except RcdeskError as error:
            self.listing.say_unread(str(error))
            return
        self._open_filters(Options(lines=lines, queues=queues, tags=tags))

    def _open_filters(self, options: Options) -> None:
        person, row = None, self.view.current_row
        if row is not None and row.call.person is not None:
            who = words.who(row.call.entry.other, self.model.region)
            person = Person(row.call.person, who.title)
        self.bar.open_menu(options, self.model.region, person)

    def _forget(self, person: Person) -> None:
        if self.bar.choices.person == person:
            self.bar.choose(replace(self.bar.choices, person=None))

    def _hide_removed(self) -> None:
        hidden = self._removal.hidden
        self.model.hide_calls(hidden)
        if self.details.call_id in hidden:
            self.details.show_call(None)
            self.show_list()
        self.listing.settle()

    def _show_all(self) -> None:
        self.bar.choose(EVERYTHING)
        self.bar.search.setFocus()

    def _retry(self) -> None:
        self.refresh()
        self.retry_requested.emit()

    def _lay_out(self) -> None:
        self._list_side = QWidget()
        column = QVBoxLayout(self._list_side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.listing, 1)
        column.addLayout(_in_margins(self.listing.unread, self._removal, self._exporting))
        column.addWidget(self.sync_line)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._list_side)
        self._stack.addWidget(self.details)

    def _connect(self) -> None:
        view, model, bar = self.view, self.model, self.bar
        bar.chosen.connect(self._filter)
        bar.menu_wanted.connect(self._offer_filters)
        bar.left.connect(view.take_focus)
        bar.export_wanted.connect(self._export)
        self._exporting.busy_changed.connect(lambda busy: bar.offer_export(not busy))
        QShortcut(EXPORT, self).activated.connect(self._export)
        view.chosen.connect(self._chosen_lag.ask)
        self._chosen_lag.timeout.connect(self._follow_chosen)
        view.opened.connect(self._open)
        view.menu_requested.connect(
            lambda row, at: self.call_actions.open_menu(row, self.model.region, at)
        )
        view.call_back_requested.connect(self.call_back_requested)
        view.remove_requested.connect(self.call_actions.remove_row)
        view.typed.connect(self.typed)
        model.counted.connect(bar.show_count)
        model.settled.connect(self._hide_removed)
        self.details.left.connect(self.show_list)
        self.details.failed.connect(self.listing.say_unread)
        self.details.call_picked.connect(self._pick)
        self.details.call_back_requested.connect(self.call_back_requested)
        self.details.message_requested.connect(self.message_requested)
        self.details.contact_requested.connect(self.contact_requested)
        self.details.person_requested.connect(self.show_calls_with)
        self.details.annotated.connect(model.refresh)
        self._connect_actions()
        self.listing.all_requested.connect(self._show_all)
        self.listing.retry_requested.connect(self._retry)
        self._removal.hidden_changed.connect(self._hide_removed)
        self._removal.removed.connect(self.remove_requested)
        self.sync_line.paused.connect(self.paused)
        self.sync_line.resumed.connect(self.resumed)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self._find)

    def _connect_actions(self) -> None:
        actions = self.call_actions
        actions.call_back_requested.connect(self.call_back_requested)
        actions.message_requested.connect(self.message_requested)
        actions.contact_requested.connect(self.contact_requested)
        actions.copy_requested.connect(self.view.copy_number)
        actions.person_requested.connect(self.show_calls_with)
        actions.note_requested.connect(self._write_note)
        actions.remove_requested.connect(self._removal.begin)
        actions.forget_requested.connect(self._forget)

    def _export(self) -> None:
        from rcdesk.ui.history.export_dialog import Offer  # noqa: PLC0415 - seldom wanted

        choices = self.bar.choices
        hidden = frozenset(self._removal.hidden)
        self._exporting.offer(Offer(choices.wanted(self._today()), choices.sentence, hidden))

    def _find(self) -> None:
        if not self._is_wide:
            self._stack.setCurrentWidget(self._list_side)
        self.bar.search.setFocus()
        self.bar.search.selectAll()


def _in_margins(*banners: Banner) -> QVBoxLayout:
    """As wide as the list's rows, with room to what follows; nothing at all while all hide."""
    column = QVBoxLayout()
    column.setContentsMargins(SPACE.lg, 0, SPACE.lg, 0)
    column.setSpacing(0)
    for banner in banners:
        # A layout keeps its margins when all in it is hidden: the room goes with the banner.
        banner.setStyleSheet(f"QFrame[banner] {{ margin: {SPACE.xs}px 0 {SPACE.sm}px 0; }}")
        # Its layout knows nothing of that.
        if (layout := banner.layout()) is not None:
            layout.setContentsMargins(layout.contentsMargins() + QMargins(0, SPACE.xs, 0, SPACE.sm))
        column.addWidget(banner)
    return column
