"""The head of the main window: whose extension this is, how it stands, and the menu."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.presence import Presence
from rcdesk.ui import words
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE
from rcdesk.ui.widgets.avatar import Avatar
from rcdesk.ui.widgets.icons import icon_button, keep_icon
from rcdesk.ui.widgets.labels import ElidedLabel
from rcdesk.ui.widgets.presence_menu import PresenceMenu
from rcdesk.ui.widgets.status_button import StatusButton

if TYPE_CHECKING:
    from rcdesk.services.own_presence import OwnPresence

_DOTS = {"available": "available", "busy": "busy", "dnd": "dnd", "ringing": "available"}
_THEMES = (("system", "Like the desktop"), ("light", "Light"), ("dark", "Dark"))


class Header(QWidget):
    """Account and presence on the left, everything else in the menu on the right."""

    sign_out_requested = Signal()
    refresh_requested = Signal()
    theme_requested = Signal(str)
    statistics_requested = Signal()
    keeping_requested = Signal()
    about_requested = Signal()
    quit_requested = Signal()
    presence_chosen = Signal(str)
    """The value of a PresenceChoice."""
    queue_calls_chosen = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._presence = Presence()
        self._own: OwnPresence | None = None
        self._connection = Connection(ConnectionState.OFFLINE)
        self._extension = ""
        self._is_signed_in = False
        self._avatar = Avatar(theme)
        self._avatar.hide()
        self._name = ElidedLabel("rcdesk", "title")
        self._status = StatusButton(theme)
        self._status.pressed_for_menu.connect(self.open_presence_menu)
        self._presence_menu = PresenceMenu(theme, self)
        self._presence_menu.chosen.connect(self.presence_chosen)
        self._presence_menu.queue_calls_chosen.connect(self.queue_calls_chosen)
        self._menu_button = icon_button(theme, "more", "Menu")
        self.menu = self._make_menu()
        self._menu_button.clicked.connect(self.open_menu)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(self._name)
        lines.addWidget(self._status, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.md)
        row.addWidget(self._avatar)
        row.addLayout(lines, 1)
        row.addWidget(self._menu_button, 0, Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._refresh)

    def show_account(self, name: str, extension: str) -> None:
        """Whose calls these are; both empty while nobody is signed in."""
        self._name.setText(name or (f"Ext. {extension}" if extension else "rcdesk"))
        self._avatar.show_name(name)
        self._extension = extension
        self._is_signed_in = bool(name or extension)
        self._avatar.setVisible(self._is_signed_in)
        for action in (self._sign_out, self._keeping):
            action.setVisible(self._is_signed_in)
        self._refresh()

    def show_presence(self, presence: Presence) -> None:
        """How others see the user."""
        self._presence = presence
        self._refresh()

    def show_own_presence(self, own: "OwnPresence") -> None:
        """What the user has chosen to show."""
        self._own = own
        self._presence_menu.show_own(own)
        self._refresh()

    def show_waiting(self, seconds: float) -> None:
        """RingCentral asks us to wait so long; 0 when that is over."""
        self._presence_menu.show_waiting(seconds)

    def show_connection(self, connection: Connection) -> None:
        """Say how the connection stands where it is not simply there."""
        self._connection = connection
        self._refresh()

    def open_menu(self) -> None:
        """Open the menu under its button."""
        corner = self._menu_button.rect().bottomRight() + QPoint(0, SPACE.xs)
        width = self.menu.sizeHint().width()
        # popup() rather than exec(): a nested event loop would starve running coroutines.
        self.menu.popup(self._menu_button.mapToGlobal(corner) - QPoint(width, 0))

    def open_presence_menu(self) -> None:
        """Open the menu of the presence under it."""
        corner = self._status.rect().bottomLeft() + QPoint(0, SPACE.xs)
        self._presence_menu.popup(self._status.mapToGlobal(corner))

    def _refresh(self) -> None:
        is_online = self._connection.state is ConnectionState.ONLINE
        if is_online:
            word, color = words.presence(self._presence)
        else:
            word, color = words.connection(self._connection.state), "text_muted"
        message = words.plain(self._own.message) if self._own and is_online else ""
        extension = f"Ext. {self._extension}" if self._extension else ""
        if self._own is not None and self._own.is_changing and is_online:
            word = f"{word}…"
        dot = f"presence-{_DOTS.get(color, 'invisible')}" if is_online else ""
        self._status.say(words.joined(word, extension, message), color, dot)
        self._status.setVisible(self._is_signed_in)
        self._status.offer(self._presence_menu.is_offered and is_online)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        refresh = self._add(menu, "Refresh calls", "refresh", QKeySequence.StandardKey.Refresh)
        refresh.triggered.connect(self.refresh_requested)
        statistics = self._add(menu, "Statistics", "statistics")
        statistics.setShortcut(QKeySequence("Ctrl+Shift+S"))
        statistics.triggered.connect(self.statistics_requested)
        self._keeping = self._add(menu, "Calls on this computer…", "archive")
        self._keeping.setVisible(False)
        self._keeping.triggered.connect(self.keeping_requested)
        menu.addMenu(self._make_theme_menu())
        menu.addSeparator()
        about = self._add(menu, "About rcdesk", "info")
        about.triggered.connect(self.about_requested)
        self._sign_out = self._add(menu, "Sign out", "sign-out")
        self._sign_out.setVisible(False)
        self._sign_out.triggered.connect(self.sign_out_requested)
        menu.addSeparator()
        leave = self._add(menu, "Quit rcdesk", "close", QKeySequence.StandardKey.Quit)
        leave.triggered.connect(self.quit_requested)
        return menu

    def _make_theme_menu(self) -> QMenu:
        menu = QMenu("Appearance", self)
        keep_icon(self._theme, menu.menuAction(), "sun", "text_muted")
        group = QActionGroup(menu)
        for preference, says in _THEMES:
            action = QAction(says, group, checkable=True)
            action.setChecked(self._theme.preference == preference)
            action.triggered.connect(partial(self.theme_requested.emit, preference))
            menu.addAction(action)
        return menu

    def _add(
        self,
        menu: QMenu,
        says: str,
        icon: str,
        shortcut: QKeySequence.StandardKey = QKeySequence.StandardKey.UnknownKey,
    ) -> QAction:
        action = QAction(says, menu)
        action.setShortcut(QKeySequence(shortcut))
        keep_icon(self._theme, action, icon, "text_muted")
        menu.addAction(action)
        # On the header too: a menu's shortcuts do not work while it is closed.
        self.addAction(action)
        return action
