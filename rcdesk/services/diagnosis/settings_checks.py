"""Versions, settings, the app registration, the environment and the files' modes."""

import difflib
import importlib.metadata
import os
import platform
import stat
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

from rcdesk import __version__
from rcdesk.core.errors import BadInput, RcdeskError
from rcdesk.services.desk import registration
from rcdesk.services.diagnosis.case import Case
from rcdesk.services.diagnosis.findings import Finding, Status, ok, told, unknown, warning, wrong
from rcdesk.system.loopback import LoopbackRedirect
from rcdesk.system.settings import LOOPBACK_HOSTS, Settings

OVERRIDING = ("RC_SERVER_URL", "RC_APP_CLIENT_ID", "RC_APP_CLIENT_SECRET", "RC_USER_JWT")
_ELSEWHERE = ("RCDESK_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR")
_PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")
_BAD_PYSIDE = (6, 12)
_FIRST_GOOD_PYTHON = (3, 12)
_MORE = "see “Connect it to your RingCentral” in the README"


async def check_versions(case: Case) -> Finding:
    """What runs here, and whether it can run together."""
    python = platform.python_version()
    pyside = version_of("PySide6") or version_of("PySide6_Essentials")
    desktop = case.environ.get("XDG_CURRENT_DESKTOP") or "no desktop named"
    session = case.environ.get("XDG_SESSION_TYPE") or "session type unknown"
    detail = (
        f"rcdesk {__version__}, Python {python}, PySide6 {pyside or 'not installed'}, "
        f"{platform.system()} {platform.machine()}, {desktop}, {session}, "
        f"Qt by {qt_platform(case.environ)}"
    )
    if not pyside:
        return warning(detail, "Only the commands work: install PySide6 for the tray app.")
    if is_deadly(platform.python_version_tuple(), pyside):
        return wrong(
            f"{detail}. This PySide6 ends the process after a while on Python before 3.12",
            "pip install 'PySide6<6.12'",
        )
    return ok(detail)


def is_deadly(python: tuple[str, str, str], pyside: str) -> bool:
    """PySide6 6.12 drops references to True and None on Python 3.11 until the process dies."""
    return _numbers(*python[:2]) < _FIRST_GOOD_PYTHON and _numbers(*pyside.split(".")[:2]) >= (
        _BAD_PYSIDE
    )


def qt_platform(environ: Mapping[str, str]) -> str:
    """The platform plugin that Qt takes here, as far as can be told without Qt."""
    if chosen := environ.get("QT_QPA_PLATFORM"):
        return chosen
    system = platform.system()
    if system != "Linux":
        return {"Darwin": "cocoa", "Windows": "windows"}.get(system, "an unknown platform")
    if environ.get("WAYLAND_DISPLAY"):
        return "wayland"
    return "xcb" if environ.get("DISPLAY") else "nothing, for there is no screen"


def version_of(package: str) -> str:
    """Empty where it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


async def check_settings(case: Case) -> Finding:
    """Which files were read, and what in them was passed over."""
    if case.settings is None:
        return told(case.settings_trouble, f"Correct {case.paths.settings_file}.")
    files = (case.paths.settings_file, case.paths.system_settings_file)
    read = [str(path) for path in files if path.is_file()]
    detail = f"Read from {' and '.join(read)}" if read else f"No file, so defaults ({files[0]})"
    troubles = [*case.settings.warnings]
    for path in files:
        troubles += _unknown_keys(path)
    if troubles:
        return warning(f"{detail}. {' '.join(troubles)}", "Correct or remove what is named here.")
    return ok(detail)


def _unknown_keys(path: Path) -> Iterator[str]:
    known = [field.name for field in fields(Settings) if field.name != "warnings"]
    content: dict[str, object] = {}
    # One that does not parse has been told of by whoever reads the settings.
    with suppress(OSError, ValueError, RecursionError):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    for key in sorted(content.keys() - set(known)):
        near = difflib.get_close_matches(key, known, n=1)
        meant = f": is {near[0]} meant?" if near else "."
        yield f"{path} sets {key[:40]!r}, which rcdesk does not know{meant}"


async def check_registration(case: Case) -> Finding:
    """The app registration, and whether a browser can come back from signing in."""
    settings = case.known_settings
    if not settings.client_id:
        return wrong("No client ID is set.", f"Start rcdesk and enter your app's; {_MORE}.")
    try:
        app = registration(settings)
    except BadInput as error:
        return told(str(error))
    kind = "confidential" if app.client_secret else "public"
    detail = (
        f"Client ID {in_part(app.client_id)} ({kind}) at {app.server_url}, "
        f"redirect URI {app.redirect_uri}"
    )
    if urlsplit(app.redirect_uri).hostname not in LOOPBACK_HOSTS:
        return ok(f"{detail}, which the sign-in window understands and a browser does not")
    try:
        async with LoopbackRedirect(app.redirect_uri):
            return ok(detail)
    except RcdeskError as error:
        return _with_head(detail, told(str(error), status=Status.WARNING))


def in_part(client_id: str) -> str:
    """Enough of it to compare, too little to use."""
    return f"{client_id[:4]}…" if len(client_id) > 8 else "…"


async def check_environment(case: Case) -> Finding:
    """Which variables change what rcdesk does; secrets are not shown."""
    names = [*OVERRIDING, *_ELSEWHERE, *_PROXIES]
    found = [name for name in names if case.environ.get(name)]
    if not found:
        return ok("No variable changes what rcdesk does.")
    overriding = [name for name in found if name in OVERRIDING]
    rest = [name for name in found if name not in OVERRIDING]
    parts = []
    if overriding:
        parts.append(f"{_listed(overriding)} {_verb(overriding, 'goes', 'go')} before the settings")
    if rest:
        parts.append(f"{_listed(rest)} {_verb(rest, 'is', 'are')} obeyed")
    return ok("; ".join(parts))


async def check_files(case: Case) -> Finding:
    """Whether others can read what is the user's own."""
    if os.name != "posix":
        return unknown("Who may read rcdesk's files is not checked on this system.")
    paths = case.paths
    logs = sorted(paths.log_file.parent.glob(f"{paths.log_file.name}*"))
    folders = (paths.config_dir, paths.data_dir, paths.state_dir, paths.cache_dir / "audio")
    ours = [*folders, paths.settings_file, *logs]
    exposed, foreign = [], []
    for path in ours:
        with suppress(OSError):
            found = path.stat()
            if found.st_uid != os.geteuid():
                foreign.append(str(path))
            elif stat.S_IMODE(found.st_mode) & 0o077:
                exposed.append(str(path))
    if foreign:
        return wrong(
            f"{_listed(foreign)} {_verb(foreign, 'belongs', 'belong')} to another user.",
            f"sudo chown -R {os.geteuid()} {' '.join(foreign)}",
        )
    if exposed:
        return warning(
            f"Others on this computer can read {_listed(exposed)}.",
            f"chmod -R go= {' '.join(exposed)}",
        )
    return ok(f"Only you can read them; the log is {paths.log_file}")


def _with_head(head: str, finding: Finding) -> Finding:
    return Finding(finding.status, f"{head}. {finding.detail}", finding.fix)


def _listed(words: list[str]) -> str:
    return ", ".join(words)


def _verb(words: list[str], one: str, several: str) -> str:
    return one if len(words) == 1 else several


def _numbers(*parts: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in parts)
