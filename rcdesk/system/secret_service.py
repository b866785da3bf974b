# mypy: disable-error-code="no-untyped-call"
# jeepney has no types.
"""The one question to a Linux keyring that never opens a prompt."""

from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import DBusErrorResponse, Properties, unwrap_msg

_NAME = "org.freedesktop.secrets"
_SERVICE = DBusAddress(
    "/org/freedesktop/secrets", bus_name=_NAME, interface="org.freedesktop.Secret.Service"
)


def is_default_open() -> bool:
    """Whether the default collection is there and unlocked; blocks, and may raise anything.

    KeePassXC has none at all while no database is open; to ask it for one opens a dialog.
    """
    with open_dbus_connection() as bus:
        try:
            message = new_method_call(_SERVICE, "ReadAlias", "s", ("default",))
            (path,) = unwrap_msg(bus.send_and_get_reply(message))
            if path == "/":
                return False
            collection = DBusAddress(
                path, bus_name=_NAME, interface="org.freedesktop.Secret.Collection"
            )
            (value,) = unwrap_msg(bus.send_and_get_reply(Properties(collection).get("Locked")))
        except DBusErrorResponse:
            return False
    return not value[1]
