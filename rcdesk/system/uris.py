"""Numbers out of `tel:`, `callto:`, `sms:` and `rcdesk:` links, and links handed to the desktop."""

import asyncio
import contextlib
import os
import re
import shutil
import sys
import unicodedata
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from rcdesk.core.errors import BadInput, RcdeskError

MAX_URI = 2048
MAX_DIGITS = 32

_SCHEMES = ("tel", "callto", "sms", "rcdesk")
# What rcdesk ever asks the desktop to open.
_OPENED_SCHEMES = frozenset({"rcmobile", "tel", "https", "http"})
_SEPARATORS = frozenset("-.()/[]_ ")
_NUMBER = re.compile(rf"\+?[0-9*#]{{1,{MAX_DIGITS}}}")
_QUERY_TIMEOUT_S = 3.0
_OPEN_TIMEOUT_S = 3.0


class NoProgram(RcdeskError):
    """No program on this computer opens such links."""


class Verb(StrEnum):
    """What a link asks to prepare; nothing is dialled or sent by it."""

    CALL = "call"
    SMS = "sms"


class LinkTarget(NamedTuple):
    """What a link means: `number` has digits, `*`, `#` and perhaps a leading `+` only."""

    verb: Verb
    number: str


def parse_link(uri: str) -> LinkTarget:
    """The number in a link, freed of visual separators (RFC 3966 section 3) and parameters.

    The link is untrusted: the number may only fill the dialer.

    Raises:
        BadInput: another scheme, no number, or more than a number.
    """
    scheme, colon, rest = uri.strip().partition(":")
    scheme = scheme.lower()
    if not colon or scheme not in _SCHEMES or len(uri) > MAX_URI:
        raise BadInput("rcdesk opens links that begin with tel:, callto:, sms: or rcdesk: only.")
    verb = Verb.SMS if scheme == "sms" else Verb.CALL
    if scheme == "rcdesk":
        verb, rest = _own_link(rest)
    else:
        # `tel:*123#` is common, although `#` should be written %23 there.
        rest = rest.removeprefix("//").partition("?")[0]
    return LinkTarget(verb, clean_number(_decoded(rest.partition(";")[0])))


def clean_number(text: str) -> str:
    """`text` without visual separators: digits, `*`, `#` and perhaps a leading `+`.

    Raises:
        BadInput: that is not all there is in it.
    """
    # A second number, or digits to send after a pause.
    text = re.split("[,pw]", text, maxsplit=1)[0]
    kept = "".join(_plain(character) for character in text)
    if not _NUMBER.fullmatch(kept):
        raise BadInput("This link holds no phone number that rcdesk understands.")
    return kept


def rcmobile_uri(number: str) -> str:
    """The link that makes the RingCentral app call `number`.

    Raises:
        BadInput: it is no number.
    """
    return f"rcmobile://call?number={quote(clean_number(number), safe='')}"


def tel_uri(number: str) -> str:
    """`number` as RFC 3966 writes it.

    Raises:
        BadInput: it is no number.
    """
    return f"tel:{quote(clean_number(number), safe='+*')}"


async def open_uri(uri: str) -> None:
    """Let the desktop open `uri`, without a shell; returns once that is under way.

    Raises:
        NoProgram: nothing here opens such links, or only rcdesk itself would: a call handed
            over as `tel:` would come straight back.
    """
    scheme = uri.partition(":")[0]
    if scheme not in _OPENED_SCHEMES or not uri.isprintable():
        raise ValueError(f"rcdesk does not open {scheme} links")
    if sys.platform == "win32":
        await _start_file(uri, scheme)
        return
    opener = _opener()
    if opener is None:
        raise NoProgram("This computer has no xdg-open to open links with; install xdg-utils.")
    if sys.platform == "linux":
        handler = await default_handler(scheme)
        if handler == "":
            raise NoProgram(_nothing_opens(scheme))
        if handler and "rcdesk" in handler.lower():
            raise NoProgram(
                f"rcdesk itself opens {scheme}: links here, so the call would come straight "
                "back; dial by RingOut or with the RingCentral app instead."
            )
    await _run_opener([*opener, uri], scheme)


async def default_handler(scheme: str) -> str | None:
    """The desktop file that opens `scheme` links; empty for none, None where nobody can tell."""
    query = shutil.which("xdg-mime")
    if query is None:
        return None
    process = await asyncio.create_subprocess_exec(
        *(query, "query", "default", f"x-scheme-handler/{scheme}"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(_QUERY_TIMEOUT_S):
            answer, _ = await process.communicate()
    except TimeoutError:
        return None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    return answer.decode(errors="replace").strip() if process.returncode == 0 else None


async def _run_opener(command: list[str], scheme: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        # It must not end with rcdesk, nor by Ctrl+C in rcdesk's terminal.
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_OPEN_TIMEOUT_S):
            code = await process.wait()
    except TimeoutError:
        # It stays for as long as the program does.
        return
    if code != 0:
        raise NoProgram(_nothing_opens(scheme))


async def _start_file(uri: str, scheme: str) -> None:
    if sys.platform == "win32":
        try:
            await asyncio.to_thread(os.startfile, uri)
        except OSError as error:
            raise NoProgram(_nothing_opens(scheme)) from error


def _opener() -> list[str] | None:
    if sys.platform == "darwin":
        return ["/usr/bin/open"]
    if path := shutil.which("xdg-open"):
        return [path]
    if path := shutil.which("gio"):
        return [path, "open"]
    return None


def _nothing_opens(scheme: str) -> str:
    what = "install the RingCentral app" if scheme == "rcmobile" else "install one that does"
    return f"No program on this computer opens {scheme}: links; {what}, or dial by RingOut."


def _own_link(rest: str) -> tuple[Verb, str]:
    """`rcdesk://call?number=…`, `rcdesk://sms?number=…`, or just `rcdesk:number`."""
    path, question, query = rest.removeprefix("//").partition("?")
    if not question:
        return Verb.CALL, path
    try:
        verb = Verb(path.strip("/").lower())
    except ValueError:
        raise BadInput("rcdesk understands rcdesk://call and rcdesk://sms links only.") from None
    fields = (field.partition("=") for field in query.split("&"))
    numbers = [value for name, _, value in fields if name == "number"]
    return verb, numbers[0] if len(numbers) == 1 else ""


def _decoded(text: str) -> str:
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeError:
        return ""


def _plain(character: str) -> str:
    """A digit of any script as ASCII, nothing for a separator, else the character itself."""
    if character in _SEPARATORS:
        return ""
    # Copied numbers carry no-break spaces, typographic hyphens and marks of direction.
    if unicodedata.category(character) in ("Zs", "Pd", "Cf"):
        return ""
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
