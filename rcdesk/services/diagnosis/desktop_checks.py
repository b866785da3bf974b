"""What the desktop gives rcdesk: a tray, notifications, links."""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from rcdesk.services.diagnosis.case import Case
from rcdesk.services.diagnosis.findings import Finding, ok, unknown, warning
from rcdesk.services.diagnosis.session_bus import (
    BusTrouble,
    NoBus,
    has_tray_host,
    notification_server,
)
from rcdesk.services.diagnosis.settings_checks import qt_platform
from rcdesk.system.uris import default_handler
from rcdesk.system.workthread import WorkThread

DESKTOP_FILE = "io.github.rcdesk.rcdesk.desktop"
_SCHEMES = ("tel", "callto", "sms", "rcdesk")
_NOT_HERE = "Not checked on this system."
_NO_BUS = "There is no session bus here."
_ON_A_DESKTOP = "Run `rcdesk doctor` in a terminal of your desktop."


async def check_tray(case: Case) -> Finding:
    """Whether an icon in the tray would be seen."""
    if sys.platform != "linux":
        return unknown(_NOT_HERE)
    is_there = False
    try:
        is_there = await has_tray_host()
        if is_there:
            return ok("The panel shows tray icons (StatusNotifierItem)")
    except NoBus:
        if qt_platform(case.environ) not in ("xcb", "wayland"):
            return unknown(_NO_BUS, _ON_A_DESKTOP)
    except BusTrouble:
        pass
    if qt_platform(case.environ) == "xcb":
        asked = WorkThread("tray").submit(case.has_xembed_tray)
        if await asyncio.wrap_future(asked):
            return ok("The panel shows tray icons (XEmbed)")
    return warning(
        "This desktop has no tray: the main window minimises instead of hiding.", _tray_fix(case)
    )


def _tray_fix(case: Case) -> str:
    if "GNOME" in case.environ.get("XDG_CURRENT_DESKTOP", ""):
        return "Install GNOME's extension “AppIndicator and KStatusNotifierItem Support”."
    return "Add a system tray to your panel."


async def check_notifications(_case: Case) -> Finding:
    """Who shows notifications, and whether they can have buttons."""
    if sys.platform != "linux":
        return unknown(_NOT_HERE)
    try:
        name, capabilities = await notification_server()
    except NoBus:
        return unknown(_NO_BUS, _ON_A_DESKTOP)
    except BusTrouble:
        return warning("Nothing here shows notifications.", "Install one, such as dunst.")
    if "actions" not in capabilities:
        return ok(f"{name} shows them, without buttons")
    return ok(f"{name} shows them: {', '.join(sorted(capabilities))}")


async def check_links(case: Case) -> Finding:
    """What opens `tel:` and the like, and whether rcdesk could."""
    if sys.platform != "linux":
        return unknown(_NOT_HERE)
    handlers = [await default_handler(scheme) for scheme in _SCHEMES]
    if None in handlers:
        return unknown("Nobody here can say what opens links.", "Install xdg-utils.")
    opened = dict(zip(_SCHEMES, handlers, strict=True))
    detail = ", ".join(f"{scheme}: {handler or 'nothing'}" for scheme, handler in opened.items())
    if not is_installed(case.environ):
        return warning(
            f"{detail}. rcdesk's desktop file is not installed.",
            f"Copy {DESKTOP_FILE} from packaging/linux to ~/.local/share/applications.",
        )
    others = [scheme for scheme, handler in opened.items() if handler != DESKTOP_FILE]
    if others:
        kinds = " ".join(f"x-scheme-handler/{scheme}" for scheme in others)
        return warning(
            f"{detail}. Not all open rcdesk.",
            f"If you want them to: xdg-mime default {DESKTOP_FILE} {kinds}",
        )
    return ok(detail)


def is_installed(environ: Mapping[str, str]) -> bool:
    """Whether the desktop file is where desktops look for them."""
    home = environ.get("XDG_DATA_HOME") or str(Path(environ.get("HOME", "~")) / ".local/share")
    shared = environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    places = [home, *shared.split(os.pathsep)]
    return any((Path(place) / "applications" / DESKTOP_FILE).is_file() for place in places)
