"""Whether the desktop has a tray, and when it gets one."""

import sys

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSystemTrayIcon

from rcdesk.ui import x11

_WATCHER = "org.kde.StatusNotifierWatcher"
_POLL_MS = 1000
_POLLS = 30


class TrayHost(QObject):
    """Looks for a tray without asking Qt too early.

    On X11, Qt asks for a StatusNotifierWatcher once and keeps the answer for the life of the
    process, so that an application started before its panel would stay without an icon:
    no QSystemTrayIcon may exist, and Qt must not be asked, before `is_present`.
    """

    appeared = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_present = has_tray()
        self._polls_left = 0
        self._poll = QTimer(self, interval=_POLL_MS)
        self._poll.timeout.connect(self._look)
        self._watch: QObject | None = None

    def look_out(self) -> None:
        """Emit `appeared` as soon as there is a tray; polls for half a minute only."""
        if self.is_present or self._poll.isActive():
            return
        self._polls_left = _POLLS
        self._poll.start()
        self._watch_bus()

    def stop(self) -> None:
        """Look no longer."""
        self._poll.stop()

    @property
    def is_polling(self) -> bool:
        """Whether the process is being woken."""
        return self._poll.isActive()

    def _watch_bus(self) -> None:
        """Be told of a watcher however late it comes: that costs nothing while it does not."""
        if self._watch is not None or not sys.platform.startswith("linux"):
            return
        from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher  # noqa: PLC0415  # Linux only

        mode = QDBusServiceWatcher.WatchModeFlag.WatchForRegistration
        watch = QDBusServiceWatcher(_WATCHER, QDBusConnection.sessionBus(), mode, self)
        watch.serviceRegistered.connect(self._look)
        self._watch = watch

    def _look(self) -> None:
        self._polls_left -= 1
        if has_tray():
            self._poll.stop()
            if not self.is_present:
                self.is_present = True
                self.appeared.emit()
        elif self._polls_left <= 0:
            self._poll.stop()


def has_tray() -> bool:
    """Whether there is a tray right now."""
    if QGuiApplication.platformName() != "xcb":
        return QSystemTrayIcon.isSystemTrayAvailable()
    return _has_watcher() or x11.selection_is_owned(x11.TRAY)


def _has_watcher() -> bool:
    from PySide6.QtDBus import QDBusConnection  # noqa: PLC0415  # Linux only

    bus = QDBusConnection.sessionBus()
    return bus.isConnected() and bool(bus.interface().isServiceRegistered(_WATCHER).value())
