import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rcdesk.core.errors import (
    StorageTrouble,
)
from rcdesk.core.sounds import Sound
from rcdesk.services.audio_cache import save
from rcdesk.services.desk import Desk
from rcdesk.simulator.server import Simulator
from tests.services.audio.audio_desk import asked, content, files, names


async def test_a_saved_file_is_whole_and_replaces_none(
    desk: Desk, simulator: Simulator, recording: Sound, tmp_path: Path
) -> None:
    wanted = tmp_path / "2026-11-24 14.05 Ann Lee.wav"
    for name in (wanted.name, "2026-11-24 14.05 Ann Lee (2).wav"):
        saved = await desk.audio.save(recording, wanted)
        assert saved == tmp_path / name
        assert saved.read_bytes() == content(simulator, recording)
    assert names(tmp_path) == sorted(["audio", wanted.name, saved.name])
    assert len(asked(simulator)) == 2


async def test_a_folder_that_is_gone_is_one_sentence(
    desk: Desk, recording: Sound, tmp_path: Path
) -> None:
    with pytest.raises(StorageTrouble, match=r"cannot be saved in .*nowhere .No such file"):
        await desk.audio.save(recording, tmp_path / "nowhere" / "a.wav")


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that takes nothing")
async def test_a_folder_that_takes_nothing_is_one_sentence(desk: Desk, recording: Sound) -> None:
    with pytest.raises(StorageTrouble, match=r"cannot be saved in /sys .Permission denied"):
        await desk.audio.save(recording, Path("/sys/a.wav"))


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file grows beyond 100,000 bytes."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(os.name != "posix", reason="limits are for Unix")
def test_a_disk_that_takes_only_a_part_keeps_nothing(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    (tmp_path / "sound").write_bytes(b"x" * 200_000)
    request.getfixturevalue("full_disk")
    with pytest.raises(StorageTrouble, match="File too large"):
        save(tmp_path / "sound", tmp_path / "a.wav")
    assert list(tmp_path.iterdir()) == [tmp_path / "sound"]


@pytest.mark.skipif(os.name != "posix", reason="limits are for Unix")
@pytest.mark.usefixtures("full_disk")
async def test_a_full_disk_is_one_sentence(desk: Desk, folder: Path, recording: Sound) -> None:
    with pytest.raises(StorageTrouble, match="cannot be saved: File too large"):
        await desk.audio.fetch(recording)
    assert files(folder) == [f"recording-{recording.id}{end}" for end in (".part", ".part.json")]


async def test_where_nothing_can_be_kept_one_sentence_says_so(
    desk: Desk, folder: Path, recording: Sound
) -> None:
    os.close(os.open(folder, os.O_CREAT))
    with pytest.raises(StorageTrouble, match="cannot be used"):
        await desk.audio.fetch(recording)
