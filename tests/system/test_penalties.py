import logging
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rcdesk.core.call import Instant
from rcdesk.system.penalties import PenaltyFiles, this_boot

HEAVY, LIGHT = "heavy", "light"


class Clocks:
    """Both clocks of a computer, which pass alike unless one is set."""

    def __init__(self) -> None:
        self.now = Instant(datetime(2026, 11, 27, 12, tzinfo=UTC), 5000.0)

    def __call__(self) -> Instant:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.set_wall(seconds)
        self.now = self.now._replace(monotonic_s=self.now.monotonic_s + seconds)

    def set_wall(self, seconds: float) -> None:
        self.now = self.now._replace(utc=self.now.utc + timedelta(seconds=seconds))


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def process(folder: Path, clocks: Clocks, *, app: str = "app", boot: str = "boot") -> PenaltyFiles:
    return PenaltyFiles(folder, app, clocks, boot_id=boot)


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


@pytest.mark.parametrize(
    ("wall_set_by_s", "boot", "left_s"),
    [
        (0, "boot", 40),
        # On this computer's own count of seconds the wall clock may be set as one likes.
        (+3600, "boot", 40),
        (-3600, "boot", 40),
        # After a restart there is only the wall clock to go by.
        (0, "next boot", 40),
        (+3600, "next boot", 0),
        (-3600, "next boot", 0),
        (0, "", 40),
    ],
)
async def test_every_process_knows_of_a_penalty(
    tmp_path: Path, clocks: Clocks, wall_set_by_s: float, boot: str, left_s: float
) -> None:
    await process(tmp_path / "new" / "state", clocks).keep([HEAVY], 60)
    clocks.pass_by(20)
    clocks.set_wall(wall_set_by_s)
    later = process(tmp_path / "new" / "state", clocks, boot=boot)
    assert await later.left_s(HEAVY) == left_s
    clocks.pass_by(41)
    assert await later.left_s(HEAVY) == 0


async def test_a_penalty_is_of_its_groups_and_its_app_registration(
    tmp_path: Path, clocks: Clocks
) -> None:
    await process(tmp_path, clocks).keep([HEAVY], 60)
    assert await process(tmp_path, clocks).left_s(LIGHT) == 0
    assert await process(tmp_path, clocks, app="another").left_s(HEAVY) == 0


@pytest.mark.parametrize(("second_s", "left_s"), [(30, 60), (90, 90), (0, 60), (1e9, 3600)])
async def test_a_shorter_penalty_takes_nothing_from_a_longer(
    tmp_path: Path, clocks: Clocks, second_s: float, left_s: float
) -> None:
    await process(tmp_path, clocks).keep([HEAVY], 60)
    await process(tmp_path, clocks).keep([HEAVY], second_s)
    assert await process(tmp_path, clocks).left_s(HEAVY) == left_s


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff",
        b"[]",
        b'{"began_utc_s":0,"began_monotonic_s":5000,"boot_id":"boot","lasts_s":-1}',
        b'{"began_utc_s":0,"began_monotonic_s":5000,"boot_id":"boot","lasts_s":1e9}',
        b'{"began_utc_s":1e999,"began_monotonic_s":5000,"boot_id":"","lasts_s":60}',
        b'{"began_utc_s":0,"began_monotonic_s":5000,"boot_id":null,"lasts_s":60}',
        b"[" * 100_000,
    ],
)
async def test_a_damaged_file_is_no_penalty_and_is_replaced(
    tmp_path: Path, clocks: Clocks, content: bytes
) -> None:
    await process(tmp_path, clocks).keep([HEAVY], 60)
    (file,) = files(tmp_path)
    file.write_bytes(content)
    assert await process(tmp_path, clocks).left_s(HEAVY) == 0
    await process(tmp_path, clocks).keep([HEAVY], 60)
    assert await process(tmp_path, clocks).left_s(HEAVY) == 60


async def test_only_its_user_can_read_it_and_nothing_else_is_left(
    tmp_path: Path, clocks: Clocks
) -> None:
    for _ in range(3):
        await process(tmp_path, clocks).keep([HEAVY, LIGHT], 60)
        clocks.pass_by(1)
    kept = files(tmp_path)
    assert [file.name.rpartition("-")[2] for file in kept] == [HEAVY, LIGHT]
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}


async def test_a_folder_that_cannot_be_used_leaves_each_process_on_its_own(
    tmp_path: Path, clocks: Clocks, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file")
    caplog.set_level(logging.WARNING)
    penalties = process(tmp_path / "state", clocks)
    await penalties.keep([HEAVY], 60)
    assert await penalties.left_s(HEAVY) == 0
    assert "Other processes cannot be told of a penalty" in caplog.text


@pytest.mark.skipif(not os.path.exists("/proc/self"), reason="Linux names its boots")  # noqa: PTH110
def test_a_boot_has_a_name() -> None:
    assert this_boot() == this_boot() != ""
