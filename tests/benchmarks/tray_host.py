"""A desktop panel reduced to one thing: it notices that an icon has come into its tray.

It stands in for the real one so that the app and a bare script are timed from outside, in the
same way, with no hook in either.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from dbus_fast import PropertyAccess
from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusBool, DBusInt32, DBusSignature, DBusStr
from dbus_fast.service import ServiceInterface, dbus_method, dbus_property, dbus_signal

_NAME = "org.kde.StatusNotifierWatcher"
_PATH = "/StatusNotifierWatcher"

Names = Annotated[list[str], DBusSignature("as")]


class TrayHost(ServiceInterface):
    """The StatusNotifierWatcher of freedesktop's StatusNotifierItem specification."""

    def __init__(self) -> None:
        super().__init__(_NAME)
        self._items: list[str] = []
        self.icon_came = asyncio.Event()

    @dbus_method()
    def RegisterStatusNotifierItem(self, service: DBusStr) -> None:
        self._items.append(service)
        self.icon_came.set()
        self.StatusNotifierItemRegistered(service)

    @dbus_method()
    def RegisterStatusNotifierHost(self, service: DBusStr) -> None:
        """Take no other host; this one is enough."""

    @dbus_signal()
    def StatusNotifierItemRegistered(self, service: str) -> DBusStr:
        return service

    @dbus_property(access=PropertyAccess.READ)
    def RegisteredStatusNotifierItems(self) -> Names:
        return self._items

    @dbus_property(access=PropertyAccess.READ)
    def IsStatusNotifierHostRegistered(self) -> DBusBool:
        return True

    @dbus_property(access=PropertyAccess.READ)
    def ProtocolVersion(self) -> DBusInt32:
        return 0


@asynccontextmanager
async def tray_host() -> AsyncIterator[TrayHost]:
    """Be the tray of the session bus."""
    bus = await MessageBus().connect()
    host = TrayHost()
    bus.export(_PATH, host)
    await bus.request_name(_NAME)
    try:
        yield host
    finally:
        bus.disconnect()
        await bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast's gap
