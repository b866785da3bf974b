import re
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from configparser import ConfigParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import rcdesk

ROOT = Path(__file__).parents[2]
LINUX = ROOT / "packaging" / "linux"
APP_ID = "io.github.rcdesk.rcdesk"
DESKTOP_FILE = LINUX / f"{APP_ID}.desktop"
METAINFO = LINUX / f"{APP_ID}.metainfo.xml"


@pytest.mark.parametrize(
    "command",
    [
        ("desktop-file-validate", str(DESKTOP_FILE)),
        ("appstreamcli", "validate", "--no-net", "--pedantic", str(METAINFO)),
    ],
    ids=lambda command: command[0],
)
def test_the_desktop_accepts_our_files(command: Sequence[str]) -> None:
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_one_id_names_everything() -> None:
    entry = _desktop_entry()
    component = ET.parse(METAINFO).getroot()
    assert entry["Icon"] == APP_ID
    assert component.findtext("id") == APP_ID
    assert component.findtext("launchable") == DESKTOP_FILE.name


def test_both_files_offer_the_same_links() -> None:
    offered = _desktop_entry()["MimeType"].rstrip(";").split(";")
    component = ET.parse(METAINFO).getroot()
    assert [each.text for each in component.iterfind("provides/mediatype")] == offered


def test_the_newest_release_is_this_version() -> None:
    release = ET.parse(METAINFO).getroot().find("releases/release")
    assert release is not None
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    newest = re.search(r"^## \[(\d[^]]*)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert {release.get("version"), newest[1], project["version"]} == {rcdesk.__version__}


def _desktop_entry() -> dict[str, str]:
    parser = ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys keep their case
    parser.read(DESKTOP_FILE)
    return dict(parser["Desktop Entry"])
