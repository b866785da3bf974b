import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rcdesk.system.notifications import SilentNotifier, open_notifier

DRIVER = Path(__file__).with_name("notifier_driver.py")
NEEDED = ("dunst", "dunstctl", "dbus-run-session", "xvfb-run")
# The bus starts dunst when it is first asked; the driver is not to wait for that.
SESSION = 'dunstctl count >/dev/null && "$0" "$1" > "$2"'


@pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason=f"needs {', '.join(NEEDED)}")
def test_a_real_desktop_shows_changes_and_closes(tmp_path: Path) -> None:
    output = tmp_path / "report"
    done = subprocess.run(
        [
            *("xvfb-run", "-a", "dbus-run-session", "--", "sh", "-c", SESSION),
            *(sys.executable, str(DRIVER), str(output)),
        ],
        env=os.environ | {"HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(output.read_text())
    assert report["usable"] == [True, True]
    assert report["shown"] == "2"
    assert report["after_close"] == "1"
    assert report["pressed"] == ["one", "open"]
    assert report["at_the_end"] == "0"
    assert report["kinds"] == ["call.incoming"]
    assert any("&lt;i&gt;Sales&lt;/i&gt; &amp; Co" in message for message in report["messages"])


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is for Linux")
@pytest.mark.parametrize("address", ["", "unix:path=/nonexistent", "nonsense"])
async def test_no_desktop_is_quiet(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    notifier = await open_notifier(lambda *_: None)
    assert isinstance(notifier, SilentNotifier)
    assert not notifier.is_available
    await notifier.show_call("key", "title", "body")
    await notifier.close_call("key")
    await notifier.close()
