import asyncio
import os
from pathlib import Path

import pytest

from rcdesk.services.diagnosis.findings import Status
from rcdesk.services.diagnosis.settings_checks import is_deadly, qt_platform
from tests.services.diagnosis.conftest import CaseOf, Examination

HERE = ("versions", "settings", "registration", "environment", "files")
SECRET = "s3cr3t-Value"


async def test_defaults_are_not_wrong_but_for_the_client_id(
    case_of: CaseOf, examination: Examination
) -> None:
    findings = await examination(case_of(), *HERE)
    wrong = [name for name, finding in findings.items() if finding.status is not Status.OK]
    assert wrong == ["registration"]
    assert findings["registration"].detail == "No client ID is set."


async def test_the_client_id_is_shown_in_part_only(
    case_of: CaseOf, examination: Examination
) -> None:
    file = f"client_id = 'abcdefghijkl'\nclient_secret = '{SECRET}'"
    findings = await examination(case_of(file=file), *HERE)
    assert findings["registration"].detail.startswith("Client ID abcd… (confidential) at https://")
    assert "abcdefghijkl" not in str(findings)
    assert SECRET not in str(findings)


@pytest.mark.parametrize(
    ("file", "detail"),
    [
        ("theme = 'pink'", "The setting theme in"),
        ("client-id = 'x'", "which rcdesk does not know: is client_id meant?"),
        ("volume = 11", "sets 'volume', which rcdesk does not know."),
        (f"jwt = '{SECRET}'", "because it is a credential"),
    ],
)
async def test_each_wrong_setting_is_named(
    case_of: CaseOf, examination: Examination, file: str, detail: str
) -> None:
    found = (await examination(case_of(file=file), "settings"))["settings"]
    assert found.status is Status.WARNING
    assert detail in found.detail
    assert SECRET not in str(found)


@pytest.mark.parametrize(
    ("file", "variables"), [("client_id = ", {}), ("", {"RC_SERVER_URL": "ftp://x"})]
)
async def test_settings_that_cannot_be_used_keep_the_rest_from_being_checked(
    case_of: CaseOf, examination: Examination, file: str, variables: dict[str, str]
) -> None:
    findings = await examination(case_of(file=file, **variables), *HERE, "dns")
    assert findings["settings"].status is Status.WRONG
    assert findings["settings"].fix
    assert findings["dns"].detail == "Not checked, because of settings."
    assert findings["files"].status is Status.OK


async def test_a_redirect_port_that_is_taken_is_told(
    case_of: CaseOf, examination: Examination
) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    case = case_of(
        file=f"client_id = 'x'\nredirect_uri = 'http://127.0.0.1:{port}/cb'",
    )
    found = (await examination(case, "registration"))["registration"]
    server.close()
    assert found.status is Status.WARNING
    assert f"Port {port}" in found.detail


async def test_variables_are_named_without_their_values(
    case_of: CaseOf, examination: Examination
) -> None:
    case = case_of(RC_USER_JWT=SECRET, HTTPS_PROXY=f"http://me:{SECRET}@proxy.example:1")
    found = (await examination(case, "environment"))["environment"]
    assert found.detail == "RC_USER_JWT goes before the settings; HTTPS_PROXY is obeyed"


@pytest.mark.skipif(os.name != "posix", reason="modes are for Unix")
async def test_files_that_others_can_read_are_named_with_the_command_that_mends_it(
    case_of: CaseOf, examination: Examination, tmp_path: Path
) -> None:
    case = case_of(file="client_id = 'x'")
    case.paths.settings_file.chmod(0o644)
    found = (await examination(case, "files"))["files"]
    assert found.status is Status.WARNING
    assert found.fix == f"chmod -R go= {case.paths.settings_file}"


@pytest.mark.parametrize(
    ("python", "pyside", "expected"),
    [
        (("3", "11", "9"), "6.12.0", True),
        (("3", "11", "9"), "7.0", True),
        (("3", "11", "9"), "6.11.3", False),
        (("3", "12", "0"), "6.12.0", False),
        (("3", "12", "0rc1"), "6.12.0", False),
        (("3", "11", "0"), "6.12", True),
    ],
)
def test_the_combination_that_kills_the_process_is_known(
    python: tuple[str, str, str], pyside: str, *, expected: bool
) -> None:
    assert is_deadly(python, pyside) is expected


@pytest.mark.skipif(os.uname().sysname != "Linux", reason="of Linux")
@pytest.mark.parametrize(
    ("environ", "platform"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "wayland"),
        ({"DISPLAY": ":0"}, "xcb"),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, "offscreen"),
        ({}, "nothing, for there is no screen"),
    ],
)
def test_qts_platform_is_guessed_without_qt(environ: dict[str, str], platform: str) -> None:
    assert qt_platform(environ) == platform
