import json
import socket
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from rcdesk.core.errors import StorageTrouble
from rcdesk.services.diagnosis.bundle import write_bundle
from rcdesk.services.diagnosis.case import Case
from rcdesk.services.diagnosis.findings import Finding, Status
from rcdesk.simulator.server import Simulator
from tests.services.diagnosis.conftest import CaseOf, Examination

PROXY_PASSWORD = "hunter2-of-the-proxy"
ALWAYS = ["doctor.json", "settings.json", "packages.json", "environment.json"]


def written(case: Case, folder: Path, **findings: str) -> Mapping[str, str]:
    """What is in a bundle of these findings, by name."""
    found = {name: Finding(Status.WRONG, detail) for name, detail in findings.items()}
    path, names = write_bundle(case, found, folder)
    contents = read(path)
    assert list(contents) == names
    return contents


def read(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode() for name in archive.namelist()}


def log(case: Case, text: str, name: str = "rcdesk.log") -> None:
    folder = case.paths.log_file.parent
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


async def test_nothing_that_identifies_or_opens_anything_gets_out(
    simulator: Simulator, case_of: CaseOf, examination: Examination, tmp_path: Path
) -> None:
    case = case_of(
        simulator,
        file="ringout_from = '+14155550177'\ncaller_id = '+14155550100'\n",
        HTTPS_PROXY=f"http://ann:{PROXY_PASSWORD}@proxy.example:3128",
        NO_PROXY="127.0.0.1",
    )
    findings = await examination(case, "settings", "registration", "environment", "session")
    user = simulator.world.company.user
    token = next(iter(simulator.world.tokens._by_access))
    refresh = next(iter(simulator.world.tokens._by_refresh))
    said = (
        f"GET /restapi Bearer {token}",
        f"sticks to something:{token}.",
        f"refresh {refresh} for {user.name} ({user.name.split()[0]}) at {simulator.client_secret}",
        f"assertion={simulator.jwt} code=U0pDMDFQMDFQ code_verifier=abc-def password=s3cret!",
        f"to {user.email} by {simulator.client_id} on {socket.gethostname()}",
        f"+14155550177 4155550177 (415) 555-0177 {PROXY_PASSWORD}@proxy.example",
    )
    log(case, "\n".join(said))
    path, _ = write_bundle(case, findings, tmp_path)
    contents = read(path)
    assert list(contents) == [*ALWAYS, "rcdesk.log"]
    secrets = [
        *(token, refresh, simulator.client_id, simulator.client_secret, simulator.jwt),
        *(PROXY_PASSWORD, "U0pDMDFQMDFQ", "abc-def", "s3cret!", user.email, *user.name.split()),
        *("5550177", "5550100", "555-0177", str(Path.home())),
    ]
    told = "\n".join(contents.values())
    assert [secret for secret in secrets if secret in told] == []
    # What helps to find a fault stays.
    assert "GET /restapi" in contents["rcdesk.log"]
    assert json.loads(contents["doctor.json"])["checks"][0]["name"] == "settings"
    assert json.loads(contents["environment.json"])["HTTPS_PROXY"] == "set"
    settings = json.loads(contents["settings.json"])
    assert (settings["server_url"], settings["caller_id"]) == (simulator.url, "set")


def test_the_finding_is_there_and_what_is_installed(case_of: CaseOf, tmp_path: Path) -> None:
    contents = written(case_of(), tmp_path, dns="The server nowhere.example cannot be found.")
    assert list(contents) == ALWAYS
    [check] = json.loads(contents["doctor.json"])["checks"]
    assert (check["name"], check["status"]) == ("dns", "wrong")
    assert "nowhere.example" in check["detail"]
    packages = json.loads(contents["packages.json"])
    assert packages["PySide6"]
    assert packages["websockets"]


def test_settings_that_cannot_be_read_leave_a_report(case_of: CaseOf, tmp_path: Path) -> None:
    case = case_of(file="[a")
    assert json.loads(written(case, tmp_path)["settings.json"]) == {}


def test_rotated_logs_come_too_and_nothing_else_that_lies_there(
    case_of: CaseOf, tmp_path: Path
) -> None:
    case = case_of()
    for name in ("rcdesk.log", "rcdesk.log.1", "rcdesk.log.2"):
        log(case, name, name)
    for name in ("rcdesk.log.lock", "rcdesk.log.bak", "calls.db"):
        log(case, "not for others", name)
    contents = written(case, tmp_path)
    assert list(contents) == [*ALWAYS, "rcdesk.log", "rcdesk.log.1", "rcdesk.log.2"]


def test_of_an_endless_log_the_end_is_taken(case_of: CaseOf, tmp_path: Path) -> None:
    case = case_of()
    log(case, "the beginning\n" + "-\n" * 1_000_000 + "the end")
    taken = written(case, tmp_path)["rcdesk.log"]
    assert len(taken) <= 2_000_000
    assert taken.endswith("the end")


def test_a_report_that_is_there_stays(case_of: CaseOf, tmp_path: Path) -> None:
    wanted, elsewhere = tmp_path / "report.zip", tmp_path / "elsewhere"
    wanted.write_bytes(b"mine")
    # Where somebody else may write, they may lay a link.
    (tmp_path / "report-2.zip").symlink_to(elsewhere)
    path, _ = write_bundle(case_of(), {}, wanted)
    assert path == tmp_path / "report-3.zip"
    assert wanted.read_bytes() == b"mine"
    assert not elsewhere.exists()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_place_that_cannot_be_written_is_one_sentence(case_of: CaseOf, tmp_path: Path) -> None:
    with pytest.raises(StorageTrouble, match=r"cannot be written to .*: give another place\.$"):
        write_bundle(case_of(), {}, tmp_path / "nowhere" / "report.zip")
