# ruff: noqa: PTH100, PTH111, PTH112, PTH118
# pathlib alone would take longer than everything here.
"""Hands a clicked link to the running app before the rest of rcdesk is imported.

Whoever clicked waits for a Python process to start. What `rcdesk.system.handover` imports
(`socket`, `json`, `enum`, `typing`) would double that time; this module imports only what every
interpreter has loaded anyway, and the C half of `socket`. It does the common case, in the
format of `handover`, and leaves all others to it.
"""

import os
import sys

TYPE_CHECKING = False  # what `typing` has under this name costs 4 ms
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ACCEPTED = b"ok\n"
_LONGEST = 1024
_TIMEOUT_S = 2.0


def hand_over_link(arguments: "Sequence[str]", environ: "Mapping[str, str]") -> bool:
    """Whether `arguments` are `open URI` and a running app has taken the link.

    False says nothing: the caller goes the usual way, which finds out and tells.
    """
    if sys.platform == "win32" or len(arguments) != 2 or arguments[0] != "open":
        return False
    line = _line(arguments[1], activation_token(environ))
    if not line:
        return False
    try:
        from _socket import AF_UNIX, socket  # noqa: PLC0415 - CPython's own, and not on Windows
    except ImportError:
        return False
    connection = socket(AF_UNIX)
    connection.settimeout(_TIMEOUT_S)
    try:
        connection.connect(socket_file(environ))
        connection.sendall(line)
        return connection.recv(16) == ACCEPTED
    except OSError:
        return False
    finally:
        connection.close()


def runtime_directory(environ: "Mapping[str, str]") -> str:
    """Directory of the socket and the lock: the same answer for the app and for its callers.

    Never below `/tmp`, where another user could have created it first.
    """
    if home := environ.get("RCDESK_HOME"):
        return os.path.join(os.path.abspath(os.path.expanduser(home)), "run")
    if sys.platform == "win32":
        return os.path.join(environ.get("LOCALAPPDATA") or os.path.expanduser("~"), "rcdesk", "run")
    # Without a login session (ssh, cron) the variable is missing, but the app uses it.
    runtime = environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    if os.path.isdir(runtime):
        return os.path.join(runtime, "rcdesk")
    return os.path.join(os.path.expanduser("~"), ".cache", "rcdesk", "run")


def socket_file(environ: "Mapping[str, str]") -> str:
    """`Paths.socket_file`, without what importing `paths` costs."""
    return os.path.join(runtime_directory(environ), "ipc.sock")


def activation_token(environ: "Mapping[str, str]") -> str:
    """The token that the desktop gave to the process it started; empty where it gave none."""
    return environ.get("XDG_ACTIVATION_TOKEN") or environ.get("DESKTOP_STARTUP_ID") or ""


def _line(uri: str, token: str) -> bytes:
    """The request, empty if it takes a real JSON encoder or might be refused."""
    text = uri + token
    is_plain = text.isascii() and text.isprintable() and '"' not in text and "\\" not in text
    if not is_plain or len(text) > _LONGEST or not uri or uri.startswith("-"):
        return b""
    return b'{"verb": "open-uri", "uri": "%b", "token": "%b"}\n' % (uri.encode(), token.encode())
