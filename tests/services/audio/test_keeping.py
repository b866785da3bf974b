import asyncio
import os
import time
from pathlib import Path

import httpx
import pytest

from rcdesk.core.errors import (
    RcdeskError,
    SignedOut,
)
from rcdesk.core.sounds import Sound, SoundKind
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.services.audio_cache import MOST_BYTES, purge
from rcdesk.services.desk import Desk
from rcdesk.simulator.server import Simulator
from tests.services.audio.audio_desk import asked, begun, files, made
from tests.services.desks import signed_in
from tests.until import until

DAY_S = 86_400


async def test_nobody_hears_anything_before_signing_in(
    app: AppRegistration, folder: Path, recording: Sound
) -> None:
    async with made(app, folder) as desk:
        with pytest.raises(SignedOut, match="sign in"):
            await desk.audio.fetch(recording)
        with pytest.raises(SignedOut):
            await desk.audio.ending(recording)


async def test_a_session_that_was_ended_leaves_what_was_heard(
    desk: Desk, control: httpx.AsyncClient, recording: Sound, voicemail: Sound
) -> None:
    path = await desk.audio.fetch(recording)
    (await control.post("/faults", json={"tokens": "revoke"})).raise_for_status()
    with pytest.raises(SignedOut):
        await desk.audio.fetch(voicemail)
    assert desk.session.status.was_ended
    assert await desk.audio.fetch(recording) == path


@pytest.mark.parametrize(("wipes", "days", "left"), [(True, 7, 0), (False, 7, 1), (False, 0, 0)])
async def test_signing_out_deletes_where_that_was_chosen(
    app: AppRegistration,
    simulator: Simulator,
    folder: Path,
    recording: Sound,
    *,
    wipes: bool,
    days: int,
    left: int,
) -> None:
    async with signed_in(made(app, folder, days, wipes=wipes), simulator) as desk:
        await desk.audio.fetch(recording)
        await desk.session.sign_out()
        with pytest.raises(SignedOut):
            await desk.audio.fetch(recording)
    assert len(files(folder)) == left


async def test_signing_out_in_the_middle_of_a_fetch_leaves_nothing(
    app: AppRegistration, simulator: Simulator, folder: Path, recording: Sound
) -> None:
    async with signed_in(made(app, folder, wipes=True), simulator) as desk:
        task = await begun(desk, recording)
        await desk.session.sign_out()
        await asyncio.wait([task])
    assert task.cancelled()
    assert files(folder) == []


@pytest.mark.parametrize(("days", "left"), [(0, 0), (7, 1)])
async def test_zero_days_end_with_rcdesk(
    app: AppRegistration,
    simulator: Simulator,
    folder: Path,
    recording: Sound,
    *,
    days: int,
    left: int,
) -> None:
    async with signed_in(made(app, folder, days), simulator) as desk:
        await desk.audio.fetch(recording)
        assert len(files(folder)) == 1
    assert len(files(folder)) == left


async def test_what_was_kept_long_enough_is_deleted_at_the_start(
    app: AppRegistration, folder: Path
) -> None:
    (folder / "of-somebody").mkdir(parents=True)
    now_s = time.time()
    for name, age_s in (("a.mp3", 6.9), ("b.mp3", 7.1), ("c.part", 8), ("c.part.json", 8)):
        path = folder / "of-somebody" / name
        path.touch()
        os.utime(path, (now_s, now_s - age_s * DAY_S))
    async with made(app, folder):
        await until(lambda: files(folder) == ["a.mp3"])


async def test_who_listens_again_keeps_it_longer(desk: Desk, recording: Sound) -> None:
    path = await desk.audio.fetch(recording)
    os.utime(path, (0, 0))
    await desk.audio.fetch(recording)
    assert time.time() - path.stat().st_mtime < 60


async def test_what_is_too_much_goes_with_the_next_fetch(
    desk: Desk, folder: Path, recording: Sound, voicemail: Sound
) -> None:
    older = await desk.audio.fetch(voicemail)
    os.truncate(older, MOST_BYTES)
    os.utime(older, (0, time.time() - 60))
    path = await desk.audio.fetch(recording)
    await until(lambda: files(folder) == [path.name])


def test_the_oldest_goes_where_there_is_too_much(folder: Path) -> None:
    (folder / "mark").mkdir(parents=True)
    for age, name in enumerate(["new", "old", "older"]):
        path = folder / "mark" / name
        path.touch()
        os.truncate(path, MOST_BYTES // 2 - 1)
        os.utime(path, (0, 1000 - age))
    purge(folder, before_s=0)
    assert files(folder) == ["new", "old"]


async def test_a_download_that_was_finished_but_not_named_is_used(
    desk: Desk, simulator: Simulator, folder: Path, recording: Sound
) -> None:
    path = await desk.audio.fetch(recording)
    path.rename(path.with_suffix(""))
    assert await desk.audio.fetch(recording) == path
    assert len(asked(simulator)) == 2


@pytest.mark.parametrize("recording_id", ["../../evil", "a/b", "x" * 300, "\0"])
async def test_an_id_leads_to_no_other_folder(
    desk: Desk, folder: Path, recording_id: str, tmp_path: Path
) -> None:
    with pytest.raises(RcdeskError):
        await desk.audio.fetch(Sound(SoundKind.RECORDING, recording_id))
    assert desk.audio._cache is not None
    place = desk.audio._cache.place(Sound(SoundKind.RECORDING, recording_id))
    assert place.parent.parent == folder
    assert len(place.name) < 60


async def test_who_wants_calls_gone_finds_nothing_of_them(
    desk: Desk, folder: Path, recording: Sound, voicemail: Sound
) -> None:
    await desk.audio.fetch(voicemail)
    task = await begun(desk, recording)
    desk.audio.forget()
    path = await task
    assert files(folder) == [path.name]
    desk.audio.forget()
    await until(lambda: not files(folder))
