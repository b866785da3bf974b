import os
import signal
import sys
from pathlib import Path

from tests.e2e.test_process import Desktop, app, keys, shown


async def test_settings_that_do_not_parse_are_shown_and_mended_while_the_app_runs(
    desktop: Desktop, tmp_path: Path
) -> None:
    file = tmp_path / "config" / "config.toml"
    file.parent.mkdir(mode=0o700)
    file.write_text("client_id = [")
    screen = {
        **desktop,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "RCDESK_HOME": str(tmp_path),
    }
    async with app(screen) as started:
        await shown(screen, "rcdesk cannot start")
        file.write_text('client_id = "my-client"\nserver_url = "http://127.0.0.1:9"\n')
        await keys(screen, "Return")
        await shown(screen, "Signed out")
        await shown(screen, "rcdesk cannot start", gone=True)
        started.send_signal(signal.SIGTERM)
        said = (await started.communicate())[1].decode()
    assert started.returncode == 0
    assert "Traceback" not in said
