import json
import zipfile
from pathlib import Path

import pytest

from rcdesk.services.diagnosis.examination import CHECKS
from tests.cli.terminal import Terminal
from tests.cli.test_login import redirect_to

# No test machine has a desktop whose tray, links and notifications would be all right.
OF_THE_DESKTOP = {"keyring", "tray", "notifications", "links"}


def test_every_check_is_told_and_all_is_well(terminal: Terminal) -> None:
    # Another run of these tests may listen on the usual port.
    redirect_to(terminal, "/oauth2callback")
    config = terminal.home / "config"
    for path in (config, *config.iterdir()):
        path.chmod(0o700)
    ended = terminal.run("doctor", "--json")
    assert (ended.code, ended.err) == (0, "")
    checks = {check["name"]: check for check in ended.json["checks"]}
    assert list(checks) == [check.name for check in CHECKS]
    statuses = {name: checks[name]["status"] for name in checks.keys() - OF_THE_DESKTOP}
    assert set(statuses.values()) == {"ok"}, statuses
    for name in OF_THE_DESKTOP:
        assert checks[name]["status"] in ("warning", "unknown")
        assert checks[name]["fix"]


def test_what_is_wrong_is_told_with_what_helps(terminal: Terminal) -> None:
    ended = terminal.run("doctor", RC_SERVER_URL="http://127.0.0.1:9")
    assert (ended.code, ended.err) == (1, "")
    assert "wrong    connection     127.0.0.1 refused the connection.\n" in ended.out
    assert "→ Check the network connection.\n" in ended.out
    assert "unknown  server         Not checked, because of connection.\n" in ended.out
    assert "\nWrong: 1, warnings: " in ended.out


def test_without_a_client_id_it_examines_what_it_can(terminal: Terminal) -> None:
    ended = terminal.run("doctor", "--json", RC_APP_CLIENT_ID="")
    statuses = {check["name"]: check["status"] for check in ended.json["checks"]}
    assert ended.code == 1
    assert (statuses["registration"], statuses["server"]) == ("wrong", "ok")


@pytest.mark.parametrize("as_json", [True, False])
def test_a_report_is_packed_and_told(terminal: Terminal, tmp_path: Path, *, as_json: bool) -> None:
    ended = terminal.run("doctor", "--bundle", str(tmp_path), *(["--json"] if as_json else []))
    [report] = tmp_path.glob("rcdesk-report-*.zip")
    with zipfile.ZipFile(report) as archive:
        contents = {name: archive.read(name).decode() for name in archive.namelist()}
    if as_json:
        assert ended.json["bundle"] == {"path": str(report), "contents": list(contents)}
    else:
        assert f"The report is {report}. It holds {', '.join(contents)}, " in ended.out
    assert json.loads(contents["doctor.json"])["checks"]
    simulator, tokens = terminal.simulator, terminal.simulator.world.tokens
    secrets = (*tokens._by_access, *tokens._by_refresh, simulator.jwt, simulator.client_secret)
    assert not [secret for secret in secrets if secret in "".join(contents.values())]


def test_a_report_that_cannot_be_written_is_one_sentence(terminal: Terminal) -> None:
    ended = terminal.run("doctor", "--bundle", f"{__file__}/report.zip")
    assert ended.code == 1
    assert ended.sentence.endswith("give another place.")
    # What was found is told all the same.
    assert "ok       server" in ended.out
