"""What the user and the administrator chose, and where each choice may come from."""

import os
import re
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast
from urllib.parse import urlsplit

import tomli_w

from rcdesk.core.brands import server_for
from rcdesk.core.errors import BadInput, StorageTrouble
from rcdesk.core.proxy_addresses import has_raw_credentials
from rcdesk.system.paths import Paths, make_private, replace_file

DialVia = Literal["ringout", "app", "tel"]
Theme = Literal["system", "light", "dark"]

PRODUCTION_SERVER = "https://platform.ringcentral.com"
DEFAULT_REDIRECT_URI = "http://localhost:47623/oauth2callback"

_MAX_FILE_BYTES = 1 << 20
_MAX_TEXT = 2000
_MOST_DAYS = 36_500
_HOST_AND_PORT = re.compile(r"[\w.:\[\]-]+")
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every choice, valid.

    `client_secret` may stand in a settings file, unlike the user's own secrets: it identifies
    an app registration, not a person, every copy of the app would carry the same one, and
    RFC 8252 section 8.5 counts on nobody keeping it secret. The recommended registration is a
    public client, which has none. The file is readable by its user only all the same.

    Attributes:
        redirect_uri: as registered with RingCentral, character by character.
        jwt: a personal credential; from the environment only, never written.
        dial_via: who places a call: RingCentral's RingOut, the RingCentral app, or the
            program that handles `tel:`.
        ringout_from: the phone that RingOut rings first; empty for the account's default.
        ringout_prompt: whether that phone asks to press 1 first.
        caller_id: the number that the callee sees; empty for the account's default.
        brand_id: RingCentral's number for the partner who sold the account; it also decides the
            server where none is set.
        discovery: ask the server for its addresses before signing in.
        proxy: `http://[name:password@]host:port` for all connections, `direct` for none, empty
            for the system's.
        ca_file: a PEM file of certificates to trust besides the system's.
        keep_calls_days: how long calls are kept on this computer; 0 for ever, and for ever too
            what has a note or a tag.
        keep_audio_days: how long a recording or voicemail that was listened to stays on this
            computer; 0 until rcdesk ends.
        wipe_on_sign_out: delete the calls and the audio kept on this computer when the user signs
            out.
        warnings: a sentence for each value that was passed over.
    """

    server_url: str = PRODUCTION_SERVER
    client_id: str = ""
    client_secret: str = ""
    redirect_uri: str = DEFAULT_REDIRECT_URI
    jwt: str = ""
    dial_via: DialVia = "ringout"
    ringout_from: str = ""
    ringout_prompt: bool = False
    caller_id: str = ""
    theme: Theme = "system"
    brand_id: str = ""
    discovery: bool = True
    proxy: str = ""
    ca_file: str = ""
    keep_calls_days: int = 0
    keep_audio_days: int = 7
    wipe_on_sign_out: bool = False
    warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Without the secrets, so that logging it is harmless."""
        shown = (
            f"{field.name}={getattr(self, field.name)!r}"
            for field in fields(self)
            if field.name not in _SECRETS
        )
        return f"Settings({', '.join(shown)})"


class _Unfit(Exception):
    """The value cannot be used; `str()` says what the key must be."""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Unfit("must be text in quotation marks")
    value = value.strip()
    if len(value) > _MAX_TEXT or not value.isprintable():
        raise _Unfit("must be one short line of text")
    return value


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Unfit("must be true or false")
    return value


def _days(value: object) -> int:
    if type(value) is not int or not 0 <= value <= _MOST_DAYS:
        raise _Unfit("must be a number of days, or 0")
    return value


def _one_of(*choices: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if value not in choices or not isinstance(value, str):
            raise _Unfit(f"must be one of {', '.join(choices)}")
        return value

    return check


def _server_url(value: object) -> str:
    text = _text(value).rstrip("/")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    is_address = bool(host) and _HOST_AND_PORT.fullmatch(parts.netloc) and " " not in parts.path
    if not is_address or parts.scheme not in ("http", "https"):
        raise _Unfit("must be a web address such as https://platform.ringcentral.com")
    if parts.scheme == "http" and host not in LOOPBACK_HOSTS:
        raise _Unfit("must begin with https://, or passwords would travel in the clear")
    if parts.query or parts.fragment:
        raise _Unfit("must be an address without ? and #")
    return text


def _redirect_uri(value: object) -> str:
    text = _text(value)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.fragment:
        raise _Unfit("must be the http(s) address that is registered with RingCentral")
    return text


def _brand_id(value: object) -> str:
    text = str(value) if type(value) is int else _text(value)
    if text and not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise _Unfit("must be a brand's number, such as 1210")
    return text


def _proxy(value: object) -> str:
    text = _text(value)
    if text in ("", "direct"):
        return text
    if has_raw_credentials(text):
        raise _Unfit("must have %2F, %3F and %23 for /, ? and # in its user name or password")
    try:
        parts = urlsplit(text)
        is_usable = bool(parts.hostname) and parts.port != 0 and parts.path in ("", "/")
    except ValueError:
        is_usable = False
    if not is_usable or parts.scheme not in ("http", "https", "socks5", "socks5h"):
        raise _Unfit("must be an address such as http://proxy.example:3128, or direct")
    return text


def _ca_file(value: object) -> str:
    text = _text(value)
    if not text:
        return text
    path = Path(text).expanduser()
    try:
        with path.open("rb") as file:
            is_pem = b"-----BEGIN " in file.read(_MAX_FILE_BYTES)
    except (OSError, RuntimeError, ValueError):
        is_pem = False
    if not path.is_absolute() or not is_pem:
        raise _Unfit("must be the full path of a file with certificates (PEM)")
    return str(path)


class _Unusable(NamedTuple):
    """Stands where a value would, until a better source brings one; `sentence` says what is wrong.

    Credentials meant for one server must not go to another, so the default must not step in.
    """

    sentence: str


class _Key(NamedTuple):
    check: Callable[[object], object]
    variable: str = ""


_KEYS: dict[str, _Key] = {
    "server_url": _Key(_server_url, "RC_SERVER_URL"),
    "client_id": _Key(_text, "RC_APP_CLIENT_ID"),
    "client_secret": _Key(_text, "RC_APP_CLIENT_SECRET"),
    "redirect_uri": _Key(_redirect_uri),
    "jwt": _Key(_text, "RC_USER_JWT"),
    "dial_via": _Key(_one_of("ringout", "app", "tel")),
    "ringout_from": _Key(_text),
    "ringout_prompt": _Key(_switch),
    "caller_id": _Key(_text),
    "theme": _Key(_one_of("system", "light", "dark")),
    "brand_id": _Key(_brand_id),
    "discovery": _Key(_switch),
    "proxy": _Key(_proxy),
    "ca_file": _Key(_ca_file),
    "keep_calls_days": _Key(_days),
    "keep_audio_days": _Key(_days),
    "wipe_on_sign_out": _Key(_switch),
}
_SECRETS = frozenset({"client_secret", "jwt", "proxy"})
_NEVER_IN_A_FILE = frozenset({"jwt"})
_NEVER_PASSED_OVER = frozenset({"server_url"})


def load_settings(
    paths: Paths,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    """Put the settings together: flags, then environment, the user's file, the system's file.

    An unusable value in a file or variable is passed over with a warning; a broken system
    file too, since its user cannot mend it. `None` in `overrides` means that the flag was
    not given.

    Raises:
        BadInput: the user's file is not TOML, or a flag or the server's address, wherever it
            comes from, has no usable value.
        StorageTrouble: the user's file exists but cannot be read.
    """
    environ = os.environ if environ is None else environ
    flags = {name: value for name, value in (overrides or {}).items() if value is not None}
    warnings: list[str] = []
    found: dict[str, object] = {}
    try:
        system = _read(paths.system_settings_file)
    except (BadInput, StorageTrouble) as error:
        warnings.append(str(error))
        system = {}
    _take_file(found, system, paths.system_settings_file, warnings)
    _take_file(found, _read(paths.settings_file), paths.settings_file, warnings)
    for name, key in _KEYS.items():
        given = environ.get(key.variable) if key.variable else None
        if given and name not in flags:
            _take(found, name, given, f"in the environment ({key.variable})", warnings)
    found |= {name: _checked(name, value) for name, value in flags.items()}
    for value in found.values():
        if isinstance(value, _Unusable):
            raise BadInput(value.sentence)
    if found.get("brand_id"):
        found.setdefault("server_url", server_for(str(found["brand_id"])))
    return Settings(**cast("dict[str, Any]", found), warnings=tuple(warnings))


def save_settings(paths: Paths, changes: Mapping[str, object]) -> None:
    """Write `changes` into the user's file; `None` removes a key, keys not named stay.

    The file is replaced whole or not at all. One that is not TOML is kept beside the new one,
    as `config.toml.broken-…`. Blocks for the time of a disk write.

    Raises:
        BadInput: a value is not usable; nothing was written.
        StorageTrouble: the file cannot be written; the old one is as it was.
    """
    checked = {
        name: None if value is None else _checked(name, value) for name, value in changes.items()
    }
    if hidden := _NEVER_IN_A_FILE & checked.keys():
        raise ValueError(f"{hidden} is never written")
    path = paths.settings_file
    make_private(path.parent)
    # Whoever keeps the file elsewhere behind a symbolic link wants the link to stay.
    path = path.resolve()
    try:
        content = _read(path)
    except BadInput:
        content = {}
        _set_aside(path)
    content.update(checked)
    _replace(path, {name: value for name, value in content.items() if value is not None})


def _checked(name: str, value: object) -> object:
    try:
        return _KEYS[name].check(value)
    except _Unfit as error:
        raise BadInput(f"The setting {name} {error}.") from None


def _take_file(
    found: dict[str, object], content: Mapping[str, object], path: Path, warnings: list[str]
) -> None:
    for name in _KEYS.keys() & content.keys():
        if name in _NEVER_IN_A_FILE:
            warnings.append(
                f"The setting {name} in {path} was ignored, because it is a credential: "
                f"remove it there and set {_KEYS[name].variable} instead."
            )
        else:
            _take(found, name, content[name], f"in {path}", warnings)


def _take(
    found: dict[str, object], name: str, value: object, where: str, warnings: list[str]
) -> None:
    try:
        found[name] = _KEYS[name].check(value)
    except _Unfit as error:
        if name in _NEVER_PASSED_OVER:
            found[name] = _Unusable(f"The setting {name} {where} {error}.")
        else:
            warnings.append(f"The setting {name} {where} was ignored: it {error}.")


def _read(path: Path) -> dict[str, object]:
    """Raises BadInput where it is not TOML; a missing file is empty."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StorageTrouble(
            f"The settings file {path} cannot be read ({error.strerror or error}); "
            "correct its permissions."
        ) from error
    advice = "correct it, or delete the file to start over with the defaults"
    if len(raw) > _MAX_FILE_BYTES:
        raise BadInput(f"The settings file {path} is too large to be one: {advice}.")
    try:
        return tomllib.loads(raw.decode())
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadInput(
            f"The settings file {path} is not UTF-8 text in line {line}: {advice}."
        ) from None
    except tomllib.TOMLDecodeError as error:
        # Its message ends in the place: "Expected '=' after a key … (at line 3, column 5)".
        raise BadInput(f"The settings file {path} does not parse: {error}; {advice}.") from None
    except RecursionError:
        raise BadInput(f"The settings file {path} is nested too deeply: {advice}.") from None


def _set_aside(path: Path) -> None:
    broken = path.with_name(f"{path.name}.broken-{time.strftime('%Y%m%d-%H%M%S')}")
    try:
        path.rename(broken)
    except OSError as error:
        raise StorageTrouble(
            f"The broken settings file {path} cannot be set aside ({error.strerror})."
        ) from error


def _replace(path: Path, content: Mapping[str, object]) -> None:
    try:
        replace_file(path, tomli_w.dumps(content).encode())
    except OSError as error:
        raise StorageTrouble(
            f"The settings cannot be saved to {path} ({error.strerror or error}); "
            "the old ones are unchanged."
        ) from error
