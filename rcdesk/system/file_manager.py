# mypy: disable-error-code="no-untyped-call"
# jeepney has no types.
"""The desktop's file manager: org.freedesktop.FileManager1 of the File Manager D-Bus Interface."""

import asyncio
import logging
import sys
from pathlib import Path

_log = logging.getLogger(__name__)

_TIMEOUT_S = 3.0


async def select_file(path: Path) -> bool:
    """Show the folder of an absolute path, the file selected; False where no program does that."""
    if sys.platform != "linux":
        return False
    # D-Bus is on Linux only.
    from jeepney import DBusAddress, new_method_call  # noqa: PLC0415 - as said
    from jeepney.io.asyncio import open_dbus_router  # noqa: PLC0415 - as said
    from jeepney.wrappers import unwrap_msg  # noqa: PLC0415 - as said

    address = DBusAddress(
        "/org/freedesktop/FileManager1",
        bus_name="org.freedesktop.FileManager1",
        interface="org.freedesktop.FileManager1",
    )
    call = new_method_call(address, "ShowItems", "ass", ([path.as_uri()], ""))
    try:
        async with asyncio.timeout(_TIMEOUT_S), open_dbus_router() as router:
            unwrap_msg(await router.send_and_get_reply(call))
    except Exception as error:  # noqa: BLE001 - no bus, no service, or one that hangs
        _log.info("No file manager selects a file (%s)", type(error).__name__)
        return False
    return True
