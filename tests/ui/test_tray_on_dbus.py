"""The tray as a real panel sees it: a StatusNotifierItem on the session bus.

https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/ and com.canonical.dbusmenu.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("the session bus is Linux's", allow_module_level=True)

from dbus_fast import Message, PropertyAccess, Variant
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_property, method

from tests.message_bus import first_line, message_bus, needs_dbus_daemon

pytestmark = [
    needs_dbus_daemon,
    pytest.mark.skipif(not shutil.which("Xvfb"), reason="Xvfb is not installed"),
]

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
TIMEOUT_S = 20

APP = """
from PySide6.QtWidgets import QApplication
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.tray import Tray
app = QApplication(["rcdesk"])
app.setQuitOnLastWindowClosed(False)
tray = Tray(Theme(app, "light"))
tray.availability_changed.connect(lambda found: print("available", found, flush=True))
tray.open_requested.connect(lambda: print("open", flush=True))
tray.dial_requested.connect(lambda number: print("dial", repr(number), flush=True))
tray.quit_requested.connect(app.quit)
tray.show_connection(Connection(ConnectionState.ONLINE))
tray.show_missed(3)
tray.show()
print("started", tray.is_available, flush=True)
app.exec()
"""


class Watcher(ServiceInterface):
    """What a panel offers to tray icons."""

    def __init__(self) -> None:
        super().__init__(WATCHER)
        self.registered: asyncio.Queue[str] = asyncio.Queue()

    @method()
    def RegisterStatusNotifierItem(self, service: "s") -> None:  # type: ignore[name-defined]  # noqa: F821  # D-Bus signature
        self.registered.put_nowait(service)

    @dbus_property(access=PropertyAccess.READ)
    def IsStatusNotifierHostRegistered(self) -> "b":  # type: ignore[name-defined]  # noqa: F821  # D-Bus signature
        return True


class Panel:
    def __init__(self, bus: MessageBus, item: str) -> None:
        self._bus, self._item = bus, item

    async def ask(self, path: str, interface: str, member: str, signature: str, *body: Any) -> Any:
        reply = await self._bus.call(
            Message(
                destination=self._item,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=list(body),
            )
        )
        assert reply is not None
        assert not reply.error_name, reply.body
        return reply.body

    async def property(self, name: str) -> Any:
        (value,) = await self.ask(
            "/StatusNotifierItem", "org.freedesktop.DBus.Properties", "Get", "ss", ITEM, name
        )
        return value.value

    async def menu(self) -> dict[str, int]:
        path = await self.property("Menu")
        _revision, (_root, _properties, items) = await self.ask(
            path, MENU, "GetLayout", "iias", 0, -1, []
        )
        return {
            item.value[1]["label"].value: item.value[0]
            for item in items
            if "label" in item.value[1]
        }

    async def click(self, label: str) -> None:
        identity = (await self.menu())[label]
        path = await self.property("Menu")
        await self.ask(path, MENU, "Event", "isvu", identity, "clicked", Variant("i", 0), 0)


@pytest.fixture
async def environment() -> AsyncIterator[dict[str, str]]:
    async with (
        message_bus() as address,
        first_line("Xvfb", "-displayfd", "1", "-screen", "0", "640x480x24") as display,
    ):
        yield os.environ | {
            "DBUS_SESSION_BUS_ADDRESS": address,
            "DISPLAY": f":{display}",
            "QT_QPA_PLATFORM": "xcb",
        }


@pytest.fixture
async def bus(environment: dict[str, str]) -> AsyncIterator[MessageBus]:
    connected = await MessageBus(environment["DBUS_SESSION_BUS_ADDRESS"]).connect()
    yield connected
    connected.disconnect()


@asynccontextmanager
async def running_app(environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", APP, env=environment, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def offer_tray(bus: MessageBus) -> Watcher:
    watcher = Watcher()
    bus.export("/StatusNotifierWatcher", watcher)
    await bus.request_name(WATCHER)
    return watcher


async def said(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), TIMEOUT_S)).decode().strip()


async def test_a_panel_sees_the_icon_and_its_menu_works(
    environment: dict[str, str], bus: MessageBus
) -> None:
    watcher = await offer_tray(bus)
    async with running_app(environment) as app:
        panel = Panel(bus, await asyncio.wait_for(watcher.registered.get(), TIMEOUT_S))
        assert await said(app) == "started True"
        widths = {width for width, _height, _pixels in await panel.property("IconPixmap")}
        assert widths >= {22, 32}
        tool_tip = await panel.property("ToolTip")
        assert "3 missed calls" in str(tool_tip)
        await panel.click("Dial…")
        assert await said(app) == "dial ''"
        await panel.ask("/StatusNotifierItem", ITEM, "Activate", "ii", 0, 0)
        assert await said(app) == "open"
        await panel.click("Quit rcdesk")
        assert await asyncio.wait_for(app.wait(), TIMEOUT_S) == 0


async def test_a_tray_that_comes_late_is_found(
    environment: dict[str, str], bus: MessageBus
) -> None:
    async with running_app(environment) as app:
        assert await said(app) == "started False"
        watcher = await offer_tray(bus)
        assert await said(app) == "available True"
        panel = Panel(bus, await asyncio.wait_for(watcher.registered.get(), TIMEOUT_S))
        assert "Open rcdesk" in await panel.menu()
