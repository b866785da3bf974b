"""The main window: number field, calls that go on, recent calls; or the way to sign in."""

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QKeySequence,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from rcdesk.core.call import Call, CallChange
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.numbers import Interpretation, interpret
from rcdesk.core.presence import Presence
from rcdesk.core.ringout import RingOut
from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.ui import words
from rcdesk.ui.history.choices import Person
from rcdesk.ui.history.model import Spawn
from rcdesk.ui.history.page import HistoryPage
from rcdesk.ui.statistics.opener import StatisticsOpener
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.banner import Banner
from rcdesk.ui.widgets.column import Column
from rcdesk.ui.widgets.ticker import Ticker
from rcdesk.ui.windows.about import AboutDialog
from rcdesk.ui.windows.active_calls import ActiveCalls
from rcdesk.ui.windows.connection_banner import ConnectionBanner
from rcdesk.ui.windows.dialer import Dialer
from rcdesk.ui.windows.header import Header
from rcdesk.ui.windows.route import FromNumber
from rcdesk.ui.windows.sign_in_panel import SignInPanel

_NARROWEST = 380
_LOWEST = 480
_FIRST_SIZE, _FIRST_SIZE_WIDE = QSize(460, 740), QSize(980, 740)
_WIDE_FROM_SCREEN = 1280
_WIDEST_COLUMN = 720
_WIDE = 840
_MIDDLE_STRETCH, _BESIDE_STRETCH = 5, 4


class MainWindow(QWidget):
    """Shows what it is told by its slots and says by signals what the user wants."""

    dial_requested = Signal(str, str)
    route_changed = Signal(str, str)
    ringout_cancel_requested = Signal(str)
    refresh_requested = Signal()
    sign_in_requested = Signal()
    browser_sign_in_requested = Signal()
    keyring_requested = Signal()
    """The stored sign-in shall be read once more."""
    sign_in_cancelled = Signal()
    sign_out_requested = Signal()
    quit_requested = Signal()
    theme_requested = Signal(str)
    keeping_requested = Signal()
    missed_seen = Signal()
    """The user has missed calls before their eyes that were not there before."""
    geometry_changed = Signal(QByteArray)
    """The window was closed: what `restoreGeometry` takes to bring it back as it was."""

    def __init__(self, theme: Theme, spawn: Spawn, *, clock: Clock = instant_now) -> None:
        """`spawn` starts what is read from the call history in the background."""
        super().__init__()
        self._theme = theme
        self._clock = clock
        self._region = ""
        self._has_tray = False
        self._closes_for_good = False
        self._is_signed_in = self._is_wide = False
        self._newest_seen = datetime.min.replace(tzinfo=UTC)
        ticker = Ticker(self, lambda: clock().monotonic_s, window=self)
        self._header = Header(theme)
        self._connection = ConnectionBanner(theme, clock, ticker)
        self._notice = Banner(theme, can_be_dismissed=True)
        self._dialer = Dialer(theme, self._interpret)
        self._active = ActiveCalls(theme, clock, ticker)
        self.history = HistoryPage(theme, self._local_date, spawn)
        """Past calls; whoever has them serves the page."""
        self.statistics = StatisticsOpener(theme, spawn, self._local_date, self)
        """Past calls, counted; served as the page is."""
        self._sign_in = SignInPanel(theme)
        self.setWindowTitle("rcdesk")
        self.setMinimumSize(_NARROWEST, _LOWEST)
        is_wide = self.screen().availableSize().width() >= _WIDE_FROM_SCREEN
        self.resize(_FIRST_SIZE_WIDE if is_wide else _FIRST_SIZE)
        self._lay_out()
        self._connect()
        self._sign_in.setFocus()

    @property
    def header(self) -> Header:
        """The user's own presence is shown and chosen there."""
        return self._header

    @property
    def from_number(self) -> str:
        """The phone that RingOut should call first; empty for the account's own choice."""
        return self._dialer.from_number

    def set_region(self, region: str) -> None:
        """Country (ISO 3166 alpha-2) in which numbers are read and written."""
        self._region = region
        self._dialer.set_region(region)
        self._active.set_region(region)
        self.history.set_region(region)
        self.statistics.set_region(region)

    def set_route(self, via: str, from_number: str) -> None:
        """Bring back how calls were placed last time."""
        self._dialer.set_route(via, from_number)

    def offer_ringout(self, offered: bool) -> None:  # a slot
        """Whether calls can be placed by RingOut."""
        self._dialer.offer_ringout(offered=offered)

    def set_from_numbers(self, numbers: Sequence[FromNumber]) -> None:
        """Phones that RingOut may call first."""
        self._dialer.set_from_numbers(numbers)

    def set_number(self, number: str) -> None:
        """Put a number into the dialer, without dialing it."""
        self._dialer.set_number(number)

    def call_back(self, number: str) -> None:
        """Dial a number whose Call back button the user pressed."""
        self._dialer.call_back(number)

    def set_tray_available(self, available: bool) -> None:  # a slot
        """Without a tray, closing minimises: the only window must not vanish."""
        self._has_tray = available

    def show_account(self, name: str, extension: str) -> None:
        """Whose calls these are."""
        self._header.show_account(words.plain(name), words.plain(extension))

    def show_presence(self, presence: Presence) -> None:
        """How others see the user."""
        self._header.show_presence(presence)

    def show_connection(self, connection: Connection) -> None:
        """How the connection to RingCentral stands."""
        self._header.show_connection(connection)
        self._connection.show_connection(connection)

    def show_waiting(self, seconds: float) -> None:
        """RingCentral asks us to wait so long; 0 when that is over."""
        self._connection.show_waiting(seconds)

    def show_calls(self, calls: Sequence[Call]) -> None:
        """The calls that go on now, all of them."""
        self._active.show_calls(calls)

    def apply_change(self, change: CallChange) -> None:
        """One call began, changed or ended."""
        self._active.apply(change.call)

    def show_ringout(self, ringout: RingOut | None) -> None:
        """How the RingOut stands that was asked for; None takes it away."""
        self._dialer.show_ringout(ringout)

    def end_placing(self) -> None:
        """What the user asked to dial was placed, or could not be."""
        self._dialer.end_placing()

    def show_notice(self, sentence: str) -> None:
        """A sentence that stays until it is dismissed; empty takes it away."""
        self._dialer.end_placing()
        if sentence:
            self._notice.say("info", "info", sentence)
        else:
            self._notice.hide()

    def show_signing_in(self, sentence: str) -> None:
        """A sign-in goes on."""
        self._sign_in.show_signing_in(sentence)
        self._show_page(self._sign_in)
        self.setWindowTitle("Signing in")

    def show_signed_out(self, reason: str, unread: str = "") -> None:
        """Nobody is signed in (any more); `reason` is a sentence, empty if the user chose so.

        `unread` is one on why the stored sign-in cannot be read, if there may be one.
        """
        self._is_signed_in = False
        self._header.show_account("", "")
        self._connection.hide()
        self._sign_in.show_signed_out()
        if reason:
            self._sign_in.show_sign_in_error(reason)
        elif unread:
            self._sign_in.show_unread(unread)
        self._show_page(self._sign_in)
        self.setWindowTitle("Signed out")

    def show_ended(self, reason: str) -> None:
        """RingCentral has ended the session; what is listed can still be used."""
        self._is_signed_in = False
        self.show_connection(Connection(ConnectionState.SIGNED_OUT, reason))
        self._show_page(self._calls)
        self.setWindowTitle("Signed out")

    def show_signed_in(self) -> None:
        """Somebody is signed in: show their calls."""
        if not self._is_signed_in:
            self._is_signed_in = True
            self._notice.hide()
            self.history.listing.show_loading()
        self._show_page(self._calls)
        self.setWindowTitle("rcdesk")

    def bring_to_front(self, activation_token: str = "") -> None:
        """Show the window and ask the desktop for the focus, with the token of who asked us."""
        if self.isMinimized():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        if activation_token:
            # Qt's Wayland plugin reads it when the window asks to be activated.
            os.environ["XDG_ACTIVATION_TOKEN"] = activation_token
        self.raise_()
        self.activateWindow()

    def close_for_good(self) -> None:
        """Close even where there is no tray to come back from."""
        self._closes_for_good = True
        self.statistics.close()
        self.close()

    def showEvent(self, event: QShowEvent) -> None:
        """It may have been closed over midnight."""
        super().showEvent(event)
        self._see_missed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is room, a call's details show beside the list."""
        super().resizeEvent(event)
        self._place_details()

    def changeEvent(self, event: QEvent) -> None:
        """Looking at the window is looking at the missed calls."""
        if event.type() == QEvent.Type.ActivationChange:
            self.history.refresh_day()
            self._see_missed()
        super().changeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Go to the tray, or stay within reach where there is none."""
        self.geometry_changed.emit(self.saveGeometry())
        # A desktop session that ends must not be held up by a window that only minimises.
        if self._has_tray or self._closes_for_good or _session_ends():
            event.accept()
        else:
            event.ignore()
            self.showMinimized()

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(SPACE.lg, SPACE.lg, SPACE.lg, SPACE.md)
        top.setSpacing(SPACE.md)
        for widget in (self._header, self._connection, self._notice):
            top.addWidget(widget)
        self._calls = QWidget()
        calls = QVBoxLayout(self._calls)
        calls.setContentsMargins(0, 0, 0, 0)
        calls.setSpacing(0)
        above = QVBoxLayout()
        above.setContentsMargins(SPACE.lg, 0, SPACE.lg, SPACE.md)
        above.addWidget(self._dialer)
        calls.addLayout(above)
        active = QVBoxLayout()
        active.setContentsMargins(SPACE.lg, 0, 0, SPACE.lg)
        active.addWidget(self._active)
        calls.addLayout(active)
        line = QFrame()
        line.setProperty("line", True)
        calls.addWidget(line)
        calls.addWidget(self.history, 1)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        self._pages.addWidget(self._sign_in)
        self._pages.addWidget(self._calls)
        middle = Column(_WIDEST_COLUMN)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(pages, 1)
        self._beside = QFrame()
        self._beside.setProperty("side", True)
        self._beside.hide()
        beside = QHBoxLayout(self._beside)
        beside.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(middle, _MIDDLE_STRETCH, Qt.AlignmentFlag.AlignHCenter)
        row.addWidget(self._beside, _BESIDE_STRETCH)

    def _place_details(self) -> None:
        wide = self.width() >= _WIDE and self._pages.currentWidget() is self._calls
        if wide is self._is_wide:
            return
        self._is_wide = wide
        layout = self._beside.layout()
        if wide and layout is not None:
            layout.addWidget(self.history.details)
        self._beside.setVisible(wide)
        self.history.set_wide(wide)

    def _connect(self) -> None:
        header, dialer, history = self._header, self._dialer, self.history
        header.sign_out_requested.connect(self.sign_out_requested)
        header.refresh_requested.connect(self.refresh_requested)
        header.theme_requested.connect(self.theme_requested)
        header.keeping_requested.connect(self.keeping_requested)
        header.quit_requested.connect(self.quit_requested)
        header.about_requested.connect(self._show_about)
        header.statistics_requested.connect(self.statistics.open)
        history.bar.statistics_wanted.connect(self.statistics.open)
        self.statistics.person_picked.connect(self._show_person)
        self.statistics.call_picked.connect(self._show_past_call)
        dialer.dial_requested.connect(self.dial_requested)
        dialer.route_changed.connect(self.route_changed)
        dialer.ringout_cancel_requested.connect(self.ringout_cancel_requested)
        history.call_back_requested.connect(dialer.call_back)
        history.typed.connect(dialer.type_digit)
        history.model.rows_changed.connect(self._see_missed)
        self._connection.sign_in_requested.connect(self.sign_in_requested)
        self._sign_in.sign_in_requested.connect(self.sign_in_requested)
        self._sign_in.browser_sign_in_requested.connect(self.browser_sign_in_requested)
        self._sign_in.keyring_requested.connect(self.keyring_requested)
        self._sign_in.sign_in_cancelled.connect(self.sign_in_cancelled)
        to_number = QShortcut(QKeySequence("Ctrl+L"), self)
        to_number.activated.connect(dialer.focus_number)

    def _show_page(self, page: QWidget) -> None:
        if self._pages.currentWidget() is page:
            return
        self._pages.setCurrentWidget(page)
        self._place_details()
        if page is self._calls:
            self._dialer.focus_number()
        else:
            page.setFocus()

    def _show_person(self, person: Person) -> None:
        self.history.show_calls_with(person)
        self.bring_to_front()

    def _show_past_call(self, call_id: int) -> None:
        self.history.show_call(call_id)
        self.bring_to_front()

    def _show_about(self) -> None:
        AboutDialog(self._theme, self).open()

    def _interpret(self, text: str) -> Interpretation:
        return interpret(text, self._region)

    def _local_date(self) -> date:
        return self._clock().utc.astimezone().date()

    def _see_missed(self) -> None:
        """Tell once of missed calls that the user has before their eyes."""
        if not self.isActiveWindow() or self.isMinimized() or not self.history.view.isVisible():
            return
        began = (it.entry.started_at for it in self.history.model.listed() if it.entry.is_missed)
        newest = next(began, None)
        if newest is not None and newest > self._newest_seen:
            self._newest_seen = newest
            self.missed_seen.emit()


def _session_ends() -> bool:
    app = QGuiApplication.instance()
    return isinstance(app, QGuiApplication) and app.isSavingSession()
