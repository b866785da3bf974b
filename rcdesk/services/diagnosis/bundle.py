"""What a user can attach to a bug report: findings, logs, settings; no secrets, no people."""

import io
import json
import os
import re
import socket
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import datetime
from pathlib import Path

from rcdesk.core.errors import StorageTrouble
from rcdesk.services.diagnosis.case import Case
from rcdesk.services.diagnosis.findings import Finding
from rcdesk.services.diagnosis.settings_checks import OVERRIDING, in_part, version_of
from rcdesk.system.logs import redact
from rcdesk.system.settings import Settings

_LARGEST_LOG_BYTES = 2_000_000
_LOG_NAME = re.compile(r"rcdesk\.log(\.[0-9]{1,2})?")
_BINARY = getattr(os, "O_BINARY", 0)
_SHORTEST_PRIVATE = 3
_SHORTEST_TOKEN = 16
_TRIES = 100
_PACKAGES = (
    *("rcdesk", "PySide6", "PySide6_Essentials", "PySide6_Addons", "shiboken6", "qasync"),
    *("httpx", "httpcore", "h11", "anyio", "websockets", "certifi", "msgspec"),
    *("keyring", "SecretStorage", "cryptography", "jeepney"),
    *("phonenumbers", "platformdirs", "tomli-w", "starlette", "uvicorn"),
    *("socksio", "python-socks"),
)
# Their values say nothing about a person.
_VARIABLES = (
    *("XDG_CURRENT_DESKTOP", "XDG_SESSION_TYPE", "XDG_SESSION_DESKTOP", "DESKTOP_SESSION"),
    *("WAYLAND_DISPLAY", "DISPLAY", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_TIME", "TZ"),
    *("QT_QPA_PLATFORM", "QT_QPA_PLATFORMTHEME", "QT_STYLE_OVERRIDE", "QT_SCALE_FACTOR"),
    *("QT_AUTO_SCREEN_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_IM_MODULE", "GDK_SCALE"),
    *("PYTHONDEVMODE", "PYTHONWARNINGS", "PYTHONUTF8", "PYTHONIOENCODING"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "RCDESK_HOME", "RC_SERVER_URL"),
)
# Only whether they are set.
_HIDDEN_VARIABLES = (
    *(name for name in OVERRIDING if name != "RC_SERVER_URL"),
    *("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"),
    *("NO_PROXY", "no_proxy", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"),
)
_SHOWN_SETTINGS = (
    *("server_url", "redirect_uri", "dial_via", "ringout_prompt", "theme", "brand_id"),
    *("discovery", "ca_file", "warnings"),
)


class Redaction:
    """Takes out what `logs.redact` knows by its shape, and these very words besides."""

    def __init__(self, private: Iterable[str], home: Path) -> None:
        words = {word for word in private if len(word) >= _SHORTEST_PRIVATE}
        # The longest first: one may be part of another.
        patterns = map(_pattern, sorted(words, key=len, reverse=True))
        self._private = re.compile("|".join(patterns)) if words else None
        self._home = str(home)

    def text(self, text: str) -> str:
        """`text`, harmless."""
        if len(self._home) > 1:
            text = text.replace(self._home, "~")
        if self._private is not None:
            text = self._private.sub("[removed]", text)
        return redact(text)

    def value(self, value: object) -> object:
        """A JSON value, with every text in it harmless."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.value(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(each) for each in value]
        return value


def _pattern(word: str) -> str:
    """A name counts as a whole word only; a token may stick to something."""
    escaped = re.escape(word)
    return escaped if len(word) >= _SHORTEST_TOKEN else rf"(?<!\w){escaped}(?!\w)"


def as_objects(findings: Mapping[str, Finding]) -> list[dict[str, object]]:
    """Findings as JSON."""
    return [
        {
            "name": name,
            "status": str(finding.status),
            "detail": finding.detail,
            "fix": finding.fix,
            "took_ms": finding.took_ms or 0,
        }
        for name, finding in findings.items()
    ]


def write_bundle(
    case: Case, findings: Mapping[str, Finding], wanted: Path | None = None
) -> tuple[Path, list[str]]:
    """Write the bundle, and return where it is and what is in it.

    `wanted` is a file or a folder; without, it goes into the current folder. A file that is
    there stays: a free name beside it is taken.

    Raises:
        StorageTrouble: it cannot be written; nothing is left of it.
    """
    contents = _contents(case, findings)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in contents.items():
            archive.writestr(name, text)
    return _write(_target(wanted), packed.getvalue()), list(contents)


def _contents(case: Case, findings: Mapping[str, Finding]) -> dict[str, str]:
    redaction = Redaction(_private(case), Path.home())
    objects: dict[str, object] = {
        "doctor.json": {"checks": as_objects(findings)},
        "settings.json": _settings(case.settings),
        "packages.json": {name: version_of(name) or None for name in _PACKAGES},
        "environment.json": _environment(case.environ),
    }
    texts = {
        name: json.dumps(redaction.value(value), indent=1, ensure_ascii=False) + "\n"
        for name, value in objects.items()
    }
    for path in _logs(case.paths.log_file):
        texts[path.name] = redaction.text(_end_of(path))
    return texts


def _private(case: Case) -> set[str]:
    private = {*case.private, socket.gethostname()} - {"localhost"}
    # People sign with parts of their names as well.
    for name in case.people:
        private |= {name, *name.split()}
    settings = case.settings
    if settings is not None:
        private |= {settings.client_id, settings.client_secret, settings.jwt, settings.proxy}
        private |= {settings.ringout_from, settings.caller_id}
    return private


def _settings(settings: Settings | None) -> dict[str, object]:
    if settings is None:
        return {}
    shown: dict[str, object] = {name: getattr(settings, name) for name in _SHOWN_SETTINGS}
    hidden = {field.name for field in fields(settings)} - shown.keys() - {"client_id"}
    shown |= {name: _whether_set(getattr(settings, name)) for name in sorted(hidden)}
    return {"client_id": in_part(settings.client_id), **shown}


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    shown = {name: environ[name] for name in _VARIABLES if name in environ}
    hidden = {name: _whether_set(environ[name]) for name in _HIDDEN_VARIABLES if name in environ}
    return shown | hidden


def _whether_set(value: object) -> str:
    return "set" if value else "not set"


def _logs(newest: Path) -> list[Path]:
    found = newest.parent.glob(f"{newest.name}*")
    return sorted(path for path in found if _LOG_NAME.fullmatch(path.name) and path.is_file())


def _end_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - _LARGEST_LOG_BYTES, 0))
            return file.read(_LARGEST_LOG_BYTES).decode(errors="replace")
    except OSError as error:
        return f"This log cannot be read ({error.strerror or error}).\n"


def _target(wanted: Path | None) -> Path:
    name = f"rcdesk-report-{datetime.now().astimezone():%Y%m%d-%H%M%S}.zip"
    if wanted is None:
        return Path.cwd() / name
    wanted = wanted.expanduser().absolute()
    return wanted / name if wanted.is_dir() else wanted


def _write(target: Path, packed: bytes) -> Path:
    for number in range(1, _TRIES):
        path = target if number == 1 else target.with_name(f"{target.stem}-{number}{target.suffix}")
        try:
            # Made anew, never opened through a link that somebody has laid there.
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        except FileExistsError:
            continue
        except OSError as error:
            raise StorageTrouble(_unwritten(path, error)) from error
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(packed)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise StorageTrouble(_unwritten(path, error)) from error
        return path
    raise StorageTrouble(f"There are too many files like {target}: give another name.")


def _unwritten(path: Path, error: OSError) -> str:
    reason = error.strerror or error
    return f"The report cannot be written to {path} ({reason}): give another place."
