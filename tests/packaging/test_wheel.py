import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", out],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=PATIENCE_S,
    )
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def clean_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the wheel and, borrowed from this one, what the wheel depends on."""
    home = tmp_path_factory.mktemp("clean")
    venv.create(home, with_pip=False, symlinks=os.name == "posix")
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    site = sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)})
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    subprocess.run(
        [*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
        check=True,
        timeout=PATIENCE_S,
    )
    # A plain line in a .pth appends one folder: the .pth files there, ours among them, are
    # not read, so that the tree of this project stays out of sight.
    Path(site, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def run_clean(python: Path, *arguments: str, cwd: Path) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [python, *arguments],
        cwd=cwd,
        env=environment | {"QT_QPA_PLATFORM": "offscreen", "RCDESK_HOME": str(cwd / "home")},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_it_holds_the_package_the_resources_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "rcdesk/resources/icons/rcdesk.svg" in names
    assert {name.split("/")[0].split("-")[0] for name in names} == {"rcdesk"}
    assert not [name for name in names if name.endswith(".pyc") or "/tests/" in name]


def test_it_starts_outside_the_tree(clean_python: Path, tmp_path: Path) -> None:
    assert "usage: rcdesk" in run_clean(clean_python, "-m", "rcdesk", "--help", cwd=tmp_path)


def test_its_command_is_installed(clean_python: Path, tmp_path: Path) -> None:
    command = clean_python.with_name("rcdesk.exe" if os.name == "nt" else "rcdesk")
    said = subprocess.run(
        [command, "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    assert said.stdout.strip()


def test_its_icons_are_found_and_drawn(clean_python: Path, tmp_path: Path) -> None:
    script = (
        "from PySide6.QtGui import QGuiApplication, QIcon\n"
        "from rcdesk.resources import resource_path\n"
        "app = QGuiApplication([])\n"
        "path = resource_path('icons/rcdesk.svg')\n"
        "assert not QIcon(str(path)).pixmap(32, 32).isNull()\n"
        "print(path)"
    )
    found = Path(run_clean(clean_python, "-c", script, cwd=tmp_path))
    assert found.is_relative_to(clean_python.parents[1])
