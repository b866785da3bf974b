import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("the session bus is Linux's", allow_module_level=True)

from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, method

from rcdesk.system.file_manager import select_file
from tests.message_bus import message_bus, needs_dbus_daemon

NAME = "org.freedesktop.FileManager1"


class FileManager(ServiceInterface):
    def __init__(self) -> None:
        super().__init__(NAME)
        self.shown: list[tuple[list[str], str]] = []

    @method()
    def ShowItems(self, uris: "as", startup_id: "s") -> None:  # type: ignore[valid-type, name-defined]  # noqa: F722, F821  # D-Bus signature
        self.shown.append((uris, startup_id))


@needs_dbus_daemon
async def test_the_desktops_file_manager_selects_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path("/tmp/Calls 2026 é.csv")
    async with message_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        bus = await MessageBus(address).connect()
        manager = FileManager()
        bus.export("/org/freedesktop/FileManager1", manager)
        await bus.request_name(NAME)
        assert await select_file(path)
        assert manager.shown == [(["file:///tmp/Calls%202026%20%C3%A9.csv"], "")]
        bus.disconnect()


async def test_without_a_file_manager_nobody_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    assert not await select_file(Path("/tmp/x.csv"))
