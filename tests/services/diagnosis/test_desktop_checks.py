import os
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

if sys.platform != "linux":
    pytest.skip("the session bus is Linux's", allow_module_level=True)

from dbus_fast import PropertyAccess
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, dbus_property, method

from rcdesk.services.diagnosis.desktop_checks import DESKTOP_FILE
from rcdesk.services.diagnosis.findings import Status
from tests.message_bus import message_bus, needs_dbus_daemon
from tests.services.diagnosis.conftest import CaseOf, Examination

pytestmark = needs_dbus_daemon
ROOT = Path(__file__).parents[3]


class Watcher(ServiceInterface):
    def __init__(self, *, has_host: bool) -> None:
        super().__init__("org.kde.StatusNotifierWatcher")
        self._has_host = has_host

    @dbus_property(access=PropertyAccess.READ)
    def IsStatusNotifierHostRegistered(self) -> "b":  # type: ignore[name-defined]  # noqa: F821  # D-Bus signature
        return self._has_host


class Notifications(ServiceInterface):
    def __init__(self, capabilities: list[str]) -> None:
        super().__init__("org.freedesktop.Notifications")
        self._capabilities = capabilities

    @method()
    def GetCapabilities(self) -> "as":  # type: ignore[valid-type]  # noqa: F722  # D-Bus signature
        return self._capabilities

    @method()
    def GetServerInformation(self) -> "ssss":  # type: ignore[name-defined]  # noqa: F821  # D-Bus signature
        return ["shown", "by", "1.0", "1.2"]


@pytest.fixture
async def bus(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MessageBus]:
    async with message_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        connected = await MessageBus(address).connect()
        yield connected
        connected.disconnect()


async def offer(bus: MessageBus, path: str, name: str, service: ServiceInterface) -> None:
    bus.export(path, service)
    await bus.request_name(name)


@pytest.mark.parametrize(("has_host", "status"), [(True, Status.OK), (False, Status.WARNING)])
async def test_a_tray_needs_a_host(
    bus: MessageBus,
    case_of: CaseOf,
    examination: Examination,
    *,
    has_host: bool,
    status: Status,
) -> None:
    watcher = Watcher(has_host=has_host)
    await offer(bus, "/StatusNotifierWatcher", "org.kde.StatusNotifierWatcher", watcher)
    found = (await examination(case_of(WAYLAND_DISPLAY="wayland-0"), "tray"))["tray"]
    assert found.status is status


@pytest.mark.parametrize(
    ("variables", "status"),
    [
        ({"DISPLAY": ":0"}, Status.OK),
        # Qt on Wayland knows no XEMBED.
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, Status.WARNING),
    ],
)
async def test_an_xembed_tray_counts_on_x11_alone(
    bus: MessageBus,
    case_of: CaseOf,
    examination: Examination,
    *,
    variables: dict[str, str],
    status: Status,
) -> None:
    case = case_of(**variables)
    case.has_xembed_tray = lambda: True
    assert (await examination(case, "tray"))["tray"].status is status


async def test_gnome_is_told_what_it_lacks(
    bus: MessageBus, case_of: CaseOf, examination: Examination
) -> None:
    case = case_of(WAYLAND_DISPLAY="wayland-0", XDG_CURRENT_DESKTOP="ubuntu:GNOME")
    assert "AppIndicator" in (await examination(case, "tray"))["tray"].fix


async def test_a_tray_that_hangs_costs_its_own_line(
    bus: MessageBus, case_of: CaseOf, examination: Examination, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Owns the name and never answers.
    silent = await MessageBus(os.environ["DBUS_SESSION_BUS_ADDRESS"]).connect()
    await silent.request_name("org.kde.StatusNotifierWatcher")
    silent.add_message_handler(lambda _message: True)
    found = (await examination(case_of(WAYLAND_DISPLAY="wayland-0"), "tray"))["tray"]
    silent.disconnect()
    assert found.detail == "No answer within 4 s."


@pytest.mark.parametrize(
    ("capabilities", "detail"),
    [
        (["body", "actions"], "shown 1.0 shows them: actions, body"),
        (["body"], "shown 1.0 shows them, without buttons"),
    ],
)
async def test_who_shows_notifications_is_told(
    bus: MessageBus,
    case_of: CaseOf,
    examination: Examination,
    *,
    capabilities: list[str],
    detail: str,
) -> None:
    service: Any = Notifications(capabilities)
    await offer(bus, "/org/freedesktop/Notifications", service.name, service)
    assert (await examination(case_of(), "notifications"))["notifications"].detail == detail


async def test_a_desktop_that_shows_none_is_told(
    bus: MessageBus, case_of: CaseOf, examination: Examination
) -> None:
    found = (await examination(case_of(), "notifications"))["notifications"]
    assert found.status is Status.WARNING


async def test_without_a_session_bus_nothing_is_claimed(
    case_of: CaseOf, examination: Examination
) -> None:
    findings = await examination(case_of(), "tray", "notifications")
    assert {finding.status for finding in findings.values()} == {Status.UNKNOWN}
    assert all("in a terminal of your desktop" in finding.fix for finding in findings.values())


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home where xdg-mime finds nothing but what the test puts there."""
    if not shutil.which("xdg-mime"):
        pytest.skip("needs xdg-utils")
    for name in ("XDG_DATA_HOME", "XDG_DATA_DIRS"):
        monkeypatch.setenv(name, str(tmp_path / "share"))
    for name in ("XDG_CONFIG_HOME", "XDG_CONFIG_DIRS"):
        monkeypatch.setenv(name, str(tmp_path / "config"))
    for name in ("XDG_CURRENT_DESKTOP", "DESKTOP_SESSION"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "share" / "applications").mkdir(parents=True)
    return tmp_path


async def test_a_desktop_file_that_is_missing_is_told(
    home: Path, case_of: CaseOf, examination: Examination
) -> None:
    case = case_of(XDG_DATA_HOME=str(home / "share"), XDG_DATA_DIRS=str(home / "share"))
    found = (await examination(case, "links"))["links"]
    assert found.status is Status.WARNING
    assert DESKTOP_FILE in found.fix


async def test_links_that_open_something_else_are_told_with_the_command(
    home: Path, case_of: CaseOf, examination: Examination
) -> None:
    applications = home / "share" / "applications"
    shutil.copy(ROOT / "packaging" / "linux" / DESKTOP_FILE, applications)
    (applications / "mimeapps.list").write_text(
        f"[Default Applications]\nx-scheme-handler/tel={DESKTOP_FILE}\n"
        f"x-scheme-handler/rcdesk={DESKTOP_FILE}\n"
        "x-scheme-handler/callto=softphone.desktop\nx-scheme-handler/sms=softphone.desktop\n"
    )
    (applications / "softphone.desktop").write_text(
        "[Desktop Entry]\nType=Application\nName=Softphone\nExec=true %u\n"
    )
    case = case_of(XDG_DATA_HOME=str(home / "share"), XDG_DATA_DIRS=str(home / "share"))
    found = (await examination(case, "links"))["links"]
    assert found.status is Status.WARNING
    command = f"xdg-mime default {DESKTOP_FILE} x-scheme-handler/callto x-scheme-handler/sms"
    assert found.fix.endswith(command)


async def test_links_that_open_rcdesk_are_right(
    home: Path, case_of: CaseOf, examination: Examination
) -> None:
    applications = home / "share" / "applications"
    shutil.copy(ROOT / "packaging" / "linux" / DESKTOP_FILE, applications)
    schemes = ("tel", "callto", "sms", "rcdesk")
    lines = "".join(f"x-scheme-handler/{scheme}={DESKTOP_FILE}\n" for scheme in schemes)
    (applications / "mimeapps.list").write_text(f"[Default Applications]\n{lines}")
    case = case_of(XDG_DATA_HOME=str(home / "share"), XDG_DATA_DIRS=str(home / "share"))
    assert (await examination(case, "links"))["links"].status is Status.OK
