import subprocess
import sys

LOADED = """
import linecache, sys
from rcdesk import app
from PySide6 import QtWidgets
app._take_import_back()
linecache.clearcache()
import rcdesk.archive.archive, rcdesk.ui.desktop, rcdesk.ui.loop, rcdesk.ui.shell
"""
# Each is loaded by the window or the click that needs it, or lives in a process of its own.
NOT_AT_REST = (
    "PySide6.QtMultimedia",
    "PySide6.QtNetwork",
    "PySide6.QtWebEngineCore",
    "keyring",
    "multiprocessing",
    "phonenumbers.geocoder",
    "phonenumbers.geodata",
    "rcdesk.archive.statistics",
    "rcdesk.ringcentral.contacts",
    "rcdesk.ringcentral.messages",
    "rcdesk.services.diagnosis",
    "rcdesk.simulator",
    "rcdesk.ui.history",
    "rcdesk.ui.statistics",
    "rcdesk.ui.windows",
    "secretstorage",
    "unittest",
)


def printed(script: str) -> str:
    command = [sys.executable, "-c", LOADED + script]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()


def test_pyside_does_not_keep_the_source_of_what_is_imported_after_it() -> None:
    assert printed("assert 'httpx' in sys.modules; print(len(linecache.cache))") == "0"


def test_the_app_at_rest_has_loaded_nothing_that_it_may_never_need() -> None:
    loaded = printed("print(*sys.modules)").split()
    assert "rcdesk.ui.tray" in loaded
    assert not [
        name for name in loaded if any(f"{name}.".startswith(f"{it}.") for it in NOT_AT_REST)
    ]
