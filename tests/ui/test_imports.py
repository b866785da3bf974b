import subprocess
import sys

SCRIPT = """
import linecache, sys
from rcdesk import app
from PySide6 import QtWidgets
app._take_import_back()
linecache.clearcache()
import rcdesk.ui.desktop, rcdesk.ui.shell
assert "httpx" in sys.modules
print(len(linecache.cache), "rcdesk.ui.windows.main" in sys.modules)
"""


def test_pyside_does_not_keep_the_source_of_what_is_imported_after_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == ["0", "False"]
