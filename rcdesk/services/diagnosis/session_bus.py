# mypy: disable-error-code="no-untyped-call"
# jeepney has no types.
"""Questions to the session bus."""

from typing import Any

from jeepney import DBusAddress, new_method_call
from jeepney.io.asyncio import open_dbus_router
from jeepney.wrappers import DBusErrorResponse, Properties, unwrap_msg

_NOTIFICATIONS = DBusAddress(
    "/org/freedesktop/Notifications",
    bus_name="org.freedesktop.Notifications",
    interface="org.freedesktop.Notifications",
)
_WATCHER = DBusAddress(
    "/StatusNotifierWatcher",
    bus_name="org.kde.StatusNotifierWatcher",
    interface="org.kde.StatusNotifierWatcher",
)


class BusTrouble(Exception):
    """There is no session bus, or nobody on it who answers this."""


class NoBus(BusTrouble):
    """There is no session bus."""


async def has_tray_host() -> bool:
    """Whether a panel shows StatusNotifierItems; raises BusTrouble where none is there at all."""
    (value,) = await _ask(Properties(_WATCHER).get("IsStatusNotifierHostRegistered"))
    return bool(value[1])


async def notification_server() -> tuple[str, frozenset[str]]:
    """Name and version of what shows notifications, and its capabilities; raises BusTrouble."""
    name, _vendor, version, _specification = await _ask(
        new_method_call(_NOTIFICATIONS, "GetServerInformation")
    )
    (capabilities,) = await _ask(new_method_call(_NOTIFICATIONS, "GetCapabilities"))
    return f"{name} {version}", frozenset(map(str, capabilities))


async def _ask(message: Any) -> tuple[Any, ...]:
    try:
        async with open_dbus_router() as router:
            return tuple(unwrap_msg(await router.send_and_get_reply(message)))
    except DBusErrorResponse as error:
        raise BusTrouble(error.name) from error
    except Exception as error:
        # jeepney and the socket raise many kinds where there is no bus, or one that goes away.
        raise NoBus(type(error).__name__) from error
