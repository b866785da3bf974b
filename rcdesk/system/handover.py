# ruff: noqa: PTH116, PTH119, PTH120, PTH123
# pathlib alone would add a quarter to what importing this module takes.
"""Hands a command to the running app: `rcdesk open` does this and ends.

Imports only what a bare interpreter loads in a few milliseconds: no asyncio, dataclasses or
pathlib. The app's side of it is `rcdesk.system.instance`; what most links go through is
`rcdesk.system.quick_handover`.
"""

import json
import os
import socket
import stat
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple

from rcdesk.system.quick_handover import (
    ACCEPTED,
    activation_token,
    runtime_directory,
    socket_file,
)

__all__ = [
    "ACCEPTED",
    "MAX_LINE",
    "REFUSED",
    "NotUnderstood",
    "Request",
    "Verb",
    "activation_token",
    "at_short_path",
    "connect",
    "decode",
    "encode",
    "runtime_directory",
    "send_now",
    "socket_file",
]

MAX_LINE = 4096
"""Bytes of one request, newline included."""

REFUSED = b"refused\n"

_MAX_URI = 2048
_MAX_TOKEN = 256
# sun_path holds 108 bytes on Linux and 104 elsewhere, with the terminating zero.
_MAX_SOCKET_PATH = 103


class Verb(StrEnum):
    """What another process may ask of the running app; nothing else is understood."""

    SHOW = "show"
    OPEN_URI = "open-uri"


class Request(NamedTuple):
    """One command.

    `uri` is as the desktop gave it: untrusted. `activation_token` lets the app raise its window
    where the desktop would otherwise refuse that (Wayland, startup notification).
    """

    verb: Verb
    uri: str = ""
    activation_token: str = ""


class NotUnderstood(ValueError):
    """This is no request of ours; `str()` says why without repeating it."""


def encode(request: Request, secret: str = "") -> bytes:
    """One JSON line; an unusable activation token is left out.

    Raises:
        NotUnderstood: the URI is overlong or not plain text.
    """
    token = request.activation_token if _is_plain(request.activation_token, _MAX_TOKEN) else ""
    message = {"verb": request.verb, "uri": request.uri, "token": token, "secret": secret}
    line = json.dumps(message, ensure_ascii=False).encode(errors="replace") + b"\n"
    decode(line, secret)
    return line


def decode(line: bytes, secret: str = "") -> Request:
    """The request in `line`.

    Raises:
        NotUnderstood: overlong, cut short, not JSON, an unknown verb, or not with this `secret`.
    """
    if len(line) > MAX_LINE or not line.endswith(b"\n"):
        raise NotUnderstood("longer than a request can be, or cut short")
    try:
        message: Any = json.loads(line)
    except (ValueError, RecursionError):
        raise NotUnderstood("not JSON") from None
    if not isinstance(message, dict) or message.get("secret", "") != secret:
        raise NotUnderstood("not from this user's rcdesk")
    verb, uri, token = (message.get(key, "") for key in ("verb", "uri", "token"))
    if not isinstance(verb, str) or verb not in tuple(Verb):
        raise NotUnderstood("unknown verb")
    if not _is_plain(uri, _MAX_URI) or not _is_plain(token, _MAX_TOKEN):
        raise NotUnderstood("overlong or not plain text")
    return Request(Verb(verb), uri, token)


def send_now(path: str | os.PathLike[str], request: Request, timeout_s: float = 2.0) -> bool:
    """Hand `request` to the app listening at `path`; False where none took it.

    Blocks, for about `timeout_s` at most.

    Raises:
        NotUnderstood: the request cannot be sent at all.
    """
    encode(request)
    try:
        connection, secret = connect(os.fspath(path), timeout_s)
        with connection:
            connection.sendall(encode(request, secret))
            return connection.recv(16) == ACCEPTED
    except OSError:
        return False


def connect(path: str, timeout_s: float) -> tuple[socket.socket, str]:
    """A connection to what listens at `path`, and the secret to send along.

    Where the app had to listen on loopback TCP (`instance.SingleInstance`), `path` is a file
    that only its user can read, holding the port and a secret.

    Raises:
        OSError: nothing listens there.
    """
    if stat.S_ISSOCK(os.stat(path).st_mode):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(timeout_s)
        try:
            at_short_path(path, connection.connect)
        except BaseException:
            connection.close()
            raise
        return connection, ""
    with open(path, encoding="ascii", errors="replace") as file:
        port, _, secret = file.read(MAX_LINE).partition(" ")
    if not port.isdecimal() or not secret:
        raise ConnectionRefusedError("the app that listened here has ended")
    return socket.create_connection(("127.0.0.1", int(port)), timeout_s), secret


def at_short_path(path: str, use: Callable[[str], object]) -> None:
    """Call `use` with a name of `path` that fits into a socket address.

    Raises:
        OSError: the path is too long, and this system has no shorter name for it.
    """
    if len(os.fsencode(path)) <= _MAX_SOCKET_PATH:
        use(path)
        return
    # Linux names an open directory in a few bytes; elsewhere this fails as the long name would.
    directory = os.open(os.path.dirname(path), os.O_RDONLY)
    try:
        use(f"/proc/self/fd/{directory}/{os.path.basename(path)}")
    finally:
        os.close(directory)


def _is_plain(text: object, max_length: int) -> bool:
    return isinstance(text, str) and len(text) <= max_length and text.isprintable()
