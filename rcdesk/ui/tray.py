"""The tray icon and its menu, which holds everything the app can do."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from rcdesk.core.call import Call, CallState, Direction
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.presence import Presence
from rcdesk.ui import words
from rcdesk.ui.lag import Lag
from rcdesk.ui.style.icons import icon
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.tray_host import TrayHost
from rcdesk.ui.tray_icon import TrayLook, TrayState, tray_icon
from rcdesk.ui.widgets.presence_menu import PresenceMenu

if TYPE_CHECKING:
    from rcdesk.core.history import HistoryEntry
    from rcdesk.services.own_presence import OwnPresence

RECENT_CALLS = 5
_LONGEST_LABEL = 48

_BY_COLOR = {
    "available": TrayState.AVAILABLE,
    "busy": TrayState.BUSY,
    "dnd": TrayState.DND,
    "offline": TrayState.INVISIBLE,
    "ringing": TrayState.AVAILABLE,
}
_BY_CONNECTION = {
    ConnectionState.OFFLINE: TrayState.OFFLINE,
    ConnectionState.WAITING: TrayState.OFFLINE,
    ConnectionState.CONNECTING: TrayState.CONNECTING,
    ConnectionState.SYNCING: TrayState.CONNECTING,
    ConnectionState.SIGNED_OUT: TrayState.SIGNED_OUT,
}


class Tray(QObject):
    """Presence, missed and active calls at a glance; the whole app in one menu.

    Many desktops start applications before their tray is there: once shown, it waits for one.
    """

    open_requested = Signal()
    dial_requested = Signal(str)
    """A number for the dialer, which the user still has to dial; empty only opens it."""
    sign_in_requested = Signal()
    sign_out_requested = Signal()
    quit_requested = Signal()
    missed_seen = Signal()
    availability_changed = Signal(bool)
    presence_chosen = Signal(str)
    """The value of a PresenceChoice."""
    queue_calls_chosen = Signal(bool)

    def __init__(self, theme: Theme, region_getter: Callable[[], str] = lambda: "US") -> None:
        super().__init__(theme)
        self._theme, self._region = theme, region_getter
        self._connection = Connection(ConnectionState.SIGNED_OUT)
        self._presence = Presence()
        self._is_unread = False
        self._missed = 0
        self._active: list[Call] = []
        self._recent: list[HistoryEntry] = []
        self._account: str | None = None
        self._own: OwnPresence | None = None
        self._look: TrayLook | None = None
        self._host = TrayHost(self)
        self._host.appeared.connect(self._on_tray_appeared)
        # Several things change at once; panels are slow to take a new menu, and popups go first.
        self._soon = Lag(self)
        self._soon.timeout.connect(self._refresh)
        self._dated: list[tuple[QAction, HistoryEntry]] = []
        self.menu = QMenu()
        self._presence_menu = PresenceMenu(theme, self.menu)
        self._presence_menu.chosen.connect(self.presence_chosen)
        self._presence_menu.queue_calls_chosen.connect(self.queue_calls_chosen)
        self.menu.aboutToShow.connect(self._date)
        self._icon: QSystemTrayIcon | None = None
        theme.changed.connect(self._soon.ask)
        self._refresh()

    @property
    def is_available(self) -> bool:
        """Whether the desktop has a tray, as far as is known."""
        return self._host.is_present

    @property
    def tool_tip(self) -> str:
        """What hovering over the icon says."""
        return "\n".join(self._summary())

    @property
    def look(self) -> TrayLook:
        """What the icon shows."""
        return TrayLook(self._state(), self._missed)

    def show(self) -> None:
        """Appear, now or as soon as there is a tray."""
        if not self._host.is_present:
            self._host.look_out()
            return
        if self._icon is None:
            self._icon = QSystemTrayIcon(self)
            self._icon.setContextMenu(self.menu)
            self._icon.activated.connect(self._on_activated)
            self._look = None
            self._refresh()
        self._icon.show()

    def hide(self) -> None:
        """Disappear and stop looking for a tray."""
        self._host.stop()
        if self._icon is not None:
            self._icon.hide()

    def show_connection(self, connection: Connection) -> None:
        """How the connection stands."""
        self._connection = connection
        self._soon.ask()

    def show_unread(self, is_unread: bool) -> None:  # a slot
        """Whether somebody may be signed in whose sign-in the keyring does not give."""
        self._is_unread = is_unread
        self._soon.ask()

    def show_presence(self, presence: Presence) -> None:
        """How others see the user."""
        self._presence = presence
        self._soon.ask()

    def show_own_presence(self, own: "OwnPresence") -> None:
        """What the user has chosen to show."""
        self._own = own
        self._presence_menu.show_own(own)
        self._soon.ask()

    def show_waiting(self, seconds: float) -> None:
        """RingCentral asks us to wait so long; 0 when that is over."""
        self._presence_menu.show_waiting(seconds)

    def show_missed(self, missed: int) -> None:
        """How many missed calls have not been looked at."""
        self._missed = max(0, missed)
        self._soon.ask()

    def show_active(self, calls: Sequence[Call]) -> None:
        """The calls going on now; those that ended may be among them."""
        self._active = [call for call in calls if call.is_live]
        self._soon.ask()

    def show_recent(self, entries: "Sequence[HistoryEntry]") -> None:
        """The latest calls, newest first."""
        self._recent = list(entries[:RECENT_CALLS])
        self._soon.ask()

    def show_account(self, name: str | None) -> None:
        """Whose account it is; None while nobody is signed in."""
        self._account = name
        self._soon.ask()

    def _on_tray_appeared(self) -> None:
        self.show()
        self.availability_changed.emit(True)

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self._open()
        elif reason is QSystemTrayIcon.ActivationReason.MiddleClick:
            self.dial_requested.emit("")

    def _open(self) -> None:
        self.open_requested.emit()
        if self._missed:
            self.missed_seen.emit()

    def _is_signed_in(self) -> bool:
        return self._connection.state is not ConnectionState.SIGNED_OUT

    def _state(self) -> TrayState:
        offline = _BY_CONNECTION.get(self._connection.state)
        if offline is TrayState.SIGNED_OUT:
            return offline
        if any(_rings(call) for call in self._active):
            return TrayState.RINGING
        if offline is not None:
            return offline
        if self._active:
            return TrayState.ON_CALL
        return _BY_COLOR[words.presence(self._presence)[1]]

    def _refresh(self) -> None:
        if self._icon is not None:
            look, tool_tip = self.look, self.tool_tip
            if look != self._look:
                self._look = look
                self._icon.setIcon(tray_icon(look))
            if tool_tip != self._icon.toolTip():
                self._icon.setToolTip(tool_tip)
        self._fill_menu()

    def _status(self) -> str:
        if self._connection.state is ConnectionState.ONLINE:
            word = words.presence(self._presence)[0]
            return f"{word}…" if self._own is not None and self._own.is_changing else word
        if self._is_unread and not self._is_signed_in():
            return "Waiting for the keyring"
        return words.connection(self._connection.state)

    def _summary(self) -> list[str]:
        lines = [words.joined("rcdesk", self._status())]
        lines += [self._call_line(call) for call in self._active]
        if self._missed:
            lines.append(_missed_words(self._missed))
        return lines

    def _call_line(self, call: Call) -> str:
        who = words.who(call.other, self._region())
        return words.joined(words.state(call).text, words.plain(who.title, _LONGEST_LABEL))

    def _fill_menu(self) -> None:
        menu = self.menu
        menu.clear()
        self._dated.clear()
        account = words.plain(self._account or "", _LONGEST_LABEL)
        self._note(words.joined(account, self._status()))
        if self._presence_menu.is_offered and self._connection.state is ConnectionState.ONLINE:
            menu.addMenu(self._presence_menu)
        if self._missed:
            self._add("phone-missed", _missed_words(self._missed), self._open, color="missed")
        if self._active:
            menu.addSeparator()
        for call in self._active:
            look = words.state(call)
            self._add(look.icon, self._call_line(call), self.open_requested.emit, color=look.color)
        if self._recent and self._is_signed_in():
            menu.addSeparator()
            self._note("Recent calls")
            for entry in self._recent:
                self._add_recent(entry)
            self._date()
        menu.addSeparator()
        self._add("rcdesk", "Open rcdesk", self._open)
        if self._is_signed_in():
            self._add("dialpad", "Dial…", lambda: self.dial_requested.emit(""))
            menu.addSeparator()
            self._add("sign-out", "Sign out", self.sign_out_requested.emit)
        else:
            menu.addSeparator()
            self._add("user", "Sign in…", self.sign_in_requested.emit)
        self._add("close", "Quit rcdesk", self.quit_requested.emit)

    def _add_recent(self, entry: "HistoryEntry") -> None:
        look = words.outcome(entry.direction, entry.outcome)
        number = entry.other.number
        action = self._add(
            look.icon, "", lambda: self.dial_requested.emit(number), color=look.color
        )
        action.setEnabled(bool(number))
        self._dated.append((action, entry))

    def _date(self) -> None:
        """Say when the recent calls were, as seen from now."""
        now = datetime.now().astimezone()
        for action, entry in self._dated:
            who = words.plain(words.who(entry.other, self._region()).title, _LONGEST_LABEL)
            action.setText(_unmarked(words.joined(who, words.when(entry.started_at, now))))

    def _note(self, text: str) -> None:
        self.menu.addAction(_unmarked(text)).setEnabled(False)

    def _add(
        self, icon_name: str, text: str, act: Callable[[], None], *, color: str = "text_muted"
    ) -> QAction:
        drawn = icon(icon_name, self._theme.color(color))
        action = self.menu.addAction(drawn, _unmarked(text))
        action.triggered.connect(lambda _checked=False: act())
        return action


def _rings(call: Call) -> bool:
    return call.state is CallState.RINGING and call.direction is Direction.INBOUND


def _missed_words(missed: int) -> str:
    return "1 missed call" if missed == 1 else f"{missed} missed calls"


def _unmarked(text: str) -> str:
    """`text` with ampersands that Qt would read as the mark of a mnemonic doubled."""
    return text.replace("&", "&&")
