import os
import stat
from pathlib import Path

import pytest

from rcdesk.core.errors import StorageTrouble
from rcdesk.system import handover
from rcdesk.system.paths import Paths, make_private


def test_rcdesk_home_holds_everything(tmp_path: Path) -> None:
    paths = Paths.from_environment({"RCDESK_HOME": str(tmp_path), "XDG_RUNTIME_DIR": "/run"})
    for path in (
        *(paths.config_dir, paths.data_dir, paths.state_dir, paths.cache_dir, paths.runtime_dir),
        *(paths.settings_file, paths.log_file, paths.socket_file, paths.lock_file),
        paths.system_settings_file,
    ):
        assert path.is_relative_to(tmp_path)


def test_nothing_is_created_by_asking_where_it_is(tmp_path: Path) -> None:
    Paths.below(tmp_path / "home")
    assert not (tmp_path / "home").exists()


@pytest.mark.skipif(os.name != "posix", reason="XDG is for Unix")
def test_usual_places_follow_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_DIRS", raising=False)
    monkeypatch.delenv("RCDESK_HOME", raising=False)
    paths = Paths.from_environment()
    assert paths.settings_file == tmp_path / "CONFIG/rcdesk/config.toml"
    assert paths.log_file == tmp_path / "STATE/rcdesk/rcdesk.log"
    assert paths.cache_dir == tmp_path / "CACHE/rcdesk"
    assert paths.socket_file == tmp_path / "rcdesk/ipc.sock"
    assert paths.system_settings_file == Path("/etc/xdg/rcdesk/config.toml")


@pytest.mark.parametrize(
    "environ",
    [
        {"RCDESK_HOME": "/srv/desk"},
        {"RCDESK_HOME": "relative/desk"},
        {"RCDESK_HOME": "~/desk"},
        {"XDG_RUNTIME_DIR": "/tmp"},
        {"XDG_RUNTIME_DIR": "/does/not/exist"},
        {},
    ],
)
def test_callers_and_the_app_agree_on_the_socket(environ: dict[str, str]) -> None:
    assert handover.socket_file(environ) == str(Paths.from_environment(environ).socket_file)


@pytest.mark.skipif(os.name != "posix", reason="modes are for Unix")
def test_private_directories_are_created_and_mended(tmp_path: Path) -> None:
    fresh = make_private(tmp_path / "a" / "b")
    assert stat.S_IMODE(fresh.stat().st_mode) == 0o700
    fresh.chmod(0o755)
    assert stat.S_IMODE(make_private(fresh).stat().st_mode) == 0o700


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give away")
def test_a_directory_of_another_user_is_refused(tmp_path: Path) -> None:
    squatted = tmp_path / "squatted"
    squatted.mkdir()
    os.chown(squatted, 65534, 65534)
    with pytest.raises(StorageTrouble, match="belongs to another user"):
        make_private(squatted)


def test_a_file_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageTrouble, match="cannot be used"):
        make_private(tmp_path / "file")
