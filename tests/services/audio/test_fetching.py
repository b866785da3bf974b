import asyncio
import os
from pathlib import Path

import httpx
import pytest

from rcdesk.core.abilities import NEEDS
from rcdesk.core.errors import (
    NotFound,
    PermissionMissing,
    RateLimited,
    Unreachable,
)
from rcdesk.core.sounds import Sound, SoundKind
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.services import audio
from rcdesk.services.desk import Desk
from rcdesk.simulator.scopes import SCOPES
from rcdesk.simulator.server import Simulator, running
from tests.services.audio.audio_desk import (
    asked,
    begun,
    break_next,
    content,
    files,
    made,
    mode,
    one,
)
from tests.services.audio.scissors import Scissors
from tests.services.desks import signed_in
from tests.until import until


async def test_a_recording_is_fetched_once_for_this_user_only(
    desk: Desk, simulator: Simulator, folder: Path, recording: Sound
) -> None:
    path = await desk.audio.fetch(recording)
    assert path.name == f"recording-{recording.id}.wav"
    assert path.read_bytes() == content(simulator, recording)
    assert [mode(each) for each in (folder, path.parent, path)] == [0o700, 0o700, 0o600]
    assert await desk.audio.fetch(recording) == path
    assert await desk.audio.ending(recording) == ".wav"
    assert asked(simulator) == [(recording.id, ""), ("content", "")]


async def test_no_token_is_in_any_address(
    desk: Desk, simulator: Simulator, recording: Sound, voicemail: Sound
) -> None:
    await desk.audio.fetch(recording)
    await desk.audio.fetch(voicemail)
    for entry in simulator.world.journal.entries:
        assert entry["query"].keys().isdisjoint({"access_token"})
    contents = [e for e in simulator.world.journal.entries if "/content" in e["path"]]
    assert len(contents) == 2
    assert all(entry["headers"]["authorization"].startswith("Bearer ") for entry in contents)


async def test_a_voicemail_is_the_sound_of_its_message(
    desk: Desk, simulator: Simulator, voicemail: Sound
) -> None:
    assert await desk.audio.ending(voicemail) == ".wav"
    path = await desk.audio.fetch(voicemail)
    assert path.read_bytes().startswith(b"RIFF")
    message = simulator.world.mailbox.store.get(voicemail.id)
    assert message is not None
    assert path.stat().st_size in [each.size for each, _about in message.contents.values()]


async def test_what_ringcentral_does_not_name_is_known_by_its_first_bytes(
    desk: Desk, control: httpx.AsyncClient, recording: Sound
) -> None:
    body = {"id": recording.id, "contentType": "application/octet-stream"}
    await break_next(control, f"recording/{recording.id}", 200, body)
    headers = {"Content-Type": "application/octet-stream"}
    await break_next(
        control, f"recording/{recording.id}/content", 200, "ID3 and so on", headers=headers
    )
    assert await desk.audio.ending(recording) == ".mp3"


async def test_progress_is_told_until_there_is_no_more(desk: Desk, recording: Sound) -> None:
    told: list[audio.Fetching | None] = []
    desk.audio.changed.subscribe(lambda sound: told.append(desk.audio.fetching(sound)))
    size = (await desk.audio.fetch(recording)).stat().st_size
    assert told[0] == audio.Fetching()
    assert told[-1] is None
    received = [each.received for each in told if each]
    assert received == sorted(received)
    assert told[-2] == audio.Fetching(size, size)


async def test_two_who_want_the_same_get_it_by_one_fetch(
    desk: Desk, simulator: Simulator, recording: Sound
) -> None:
    one, other = await asyncio.gather(desk.audio.fetch(recording), desk.audio.fetch(recording))
    assert one == other
    assert len(asked(simulator)) == 2


async def test_what_was_cancelled_goes_on_where_it_was(
    desk: Desk, simulator: Simulator, folder: Path, recording: Sound
) -> None:
    task = await begun(desk, recording)
    desk.audio.cancel(recording)
    await asyncio.wait([task])
    assert task.cancelled()
    assert files(folder) == [f"recording-{recording.id}{end}" for end in (".part", ".part.json")]
    assert {mode(one(folder, f"*/{name}")) for name in ("*.part", "*.json")} == {0o600}
    path = await desk.audio.fetch(recording)
    assert path.read_bytes() == content(simulator, recording)
    assert asked(simulator)[-1][1].startswith("bytes=")


async def test_the_last_who_goes_ends_the_fetch(desk: Desk, recording: Sound) -> None:
    one = await begun(desk, recording)
    other = asyncio.create_task(desk.audio.fetch(recording))
    await asyncio.sleep(0)
    one.cancel()
    await asyncio.wait([one])
    assert desk.audio.fetching(recording)
    other.cancel()
    await until(lambda: not desk.audio.fetching(recording))


async def test_a_fetch_begun_while_one_ends_is_another(
    desk: Desk, simulator: Simulator, recording: Sound
) -> None:
    task = await begun(desk, recording)
    task.cancel()
    path = await desk.audio.fetch(recording)
    assert task.cancelled()
    assert path.read_bytes() == content(simulator, recording)


@pytest.mark.parametrize("cuts", [[200_000], [100_000, 70_000, 400_000]], ids=len)
async def test_a_connection_that_breaks_off_is_taken_up_where_it_was(
    simulator: Simulator, folder: Path, recording: Sound, cuts: list[int]
) -> None:
    async with Scissors(simulator.url) as network:
        app = AppRegistration(network.url, simulator.client_id, simulator.client_secret)
        async with signed_in(made(app, folder), simulator) as desk:
            network.cuts[:] = cuts
            path = await desk.audio.fetch(recording)
    assert path.read_bytes() == content(simulator, recording)
    ranges = [asked_for for _path, asked_for in asked(simulator) if asked_for]
    assert len(ranges) == len(cuts)


async def test_a_network_that_keeps_breaking_off_is_told_and_loses_nothing(
    simulator: Simulator, folder: Path, recording: Sound
) -> None:
    async with Scissors(simulator.url) as network:
        app = AppRegistration(network.url, simulator.client_id, simulator.client_secret)
        async with signed_in(made(app, folder), simulator) as desk:
            network.cuts[:] = [100_000] * 4
            with pytest.raises(Unreachable, match="try again"):
                await desk.audio.fetch(recording)
            assert network.cuts == []
            path = await desk.audio.fetch(recording)
    assert path.read_bytes() == content(simulator, recording)


async def test_another_version_by_now_is_fetched_anew(
    desk: Desk, simulator: Simulator, folder: Path, recording: Sound
) -> None:
    task = await begun(desk, recording)
    task.cancel()
    await asyncio.wait([task])
    one(folder, "*/*.json").write_text('{"etag": "\\"older\\"", "size": 99}')
    one(folder, "*/*.part").write_bytes(b"older")
    path = await desk.audio.fetch(recording)
    assert path.read_bytes() == content(simulator, recording)


async def test_a_part_that_is_too_long_is_fetched_anew(
    desk: Desk, simulator: Simulator, folder: Path, recording: Sound
) -> None:
    task = await begun(desk, recording)
    task.cancel()
    await asyncio.wait([task])
    os.truncate(one(folder, "*/*.part"), 1 << 27)
    path = await desk.audio.fetch(recording)
    assert path.read_bytes() == content(simulator, recording)


async def test_a_token_that_ran_out_is_renewed_on_the_way(
    desk: Desk, simulator: Simulator, control: httpx.AsyncClient, recording: Sound
) -> None:
    await desk.audio.ending(recording)
    (await control.post("/faults", json={"tokens": "expire"})).raise_for_status()
    path = await desk.audio.fetch(recording)
    assert path.read_bytes() == content(simulator, recording)


@pytest.mark.parametrize("path", ["recording/{id}", "recording/{id}/content"])
async def test_a_recording_that_is_gone_is_said_to_be(
    desk: Desk, control: httpx.AsyncClient, folder: Path, recording: Sound, path: str
) -> None:
    await break_next(
        control, path.format(id=recording.id), 404, {"errors": [{"errorCode": "CMN-102"}]}
    )
    with pytest.raises(NotFound, match="no longer has this recording"):
        await desk.audio.fetch(recording)
    assert files(folder) == []
    assert (await desk.audio.fetch(recording)).suffix == ".wav"


async def test_a_voicemail_that_is_gone_is_said_to_be(desk: Desk) -> None:
    with pytest.raises(NotFound, match="voicemail has been deleted"):
        await desk.audio.fetch(Sound(SoundKind.VOICEMAIL, "99"))


async def test_a_message_without_sound_is_no_voicemail(desk: Desk, simulator: Simulator) -> None:
    message = simulator.world.mailbox.receive("SMS", "+14155550123", "Hello")
    with pytest.raises(NotFound, match="deleted"):
        await desk.audio.fetch(Sound(SoundKind.VOICEMAIL, message.id))


async def test_what_the_user_may_not_have_is_not_asked_for_again(
    desk: Desk, simulator: Simulator, control: httpx.AsyncClient, recording: Sound
) -> None:
    refusal = {"errors": [{"errorCode": "CMN-408", "permissionName": "ReadCallRecordings"}]}
    await break_next(control, f"recording/{recording.id}/content", 403, refusal)
    assert desk.audio.is_offered(recording)
    with pytest.raises(PermissionMissing, match="lacks the ReadCallRecordings permission"):
        await desk.audio.fetch(recording)
    assert not desk.audio.is_offered(recording)
    before = len(asked(simulator))
    with pytest.raises(PermissionMissing):
        await desk.audio.fetch(recording)
    assert len(asked(simulator)) == before


@pytest.mark.parametrize("kind", list(SoundKind))
async def test_without_its_scope_nothing_is_offered_nor_asked_for(
    folder: Path, kind: SoundKind
) -> None:
    scopes = tuple(each for each in SCOPES if each not in NEEDS[audio._NEEDS[kind]].scopes)
    async with running(calls=9, scopes=scopes) as simulator:
        app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
        async with signed_in(made(app, folder), simulator) as desk:
            offered = {each: desk.audio.is_offered(Sound(each, "1")) for each in SoundKind}
            assert offered == {each: each is not kind for each in SoundKind}
            with pytest.raises(PermissionMissing, match="lacks the Read"):
                await desk.audio.fetch(Sound(kind, "1"))
        assert asked(simulator) == []


async def test_offline_what_was_heard_is_heard_again(
    simulator: Simulator, folder: Path, recording: Sound, voicemail: Sound
) -> None:
    async with Scissors(simulator.url) as network:
        app = AppRegistration(network.url, simulator.client_id, simulator.client_secret)
        desk = made(app, folder)
        await desk.session.sign_in_with_jwt(simulator.jwt)
        path = await desk.audio.fetch(recording)
    desk.platform.http._delays_s = ()
    async with desk:
        assert await desk.audio.fetch(recording) == path
        with pytest.raises(Unreachable, match="refused the connection"):
            await desk.audio.fetch(voicemail)


async def test_a_rate_limit_that_is_too_long_is_told(
    desk: Desk, control: httpx.AsyncClient, recording: Sound
) -> None:
    headers = {"Retry-After": "300", "X-Rate-Limit-Group": "heavy"}
    await break_next(control, f"recording/{recording.id}", 429, headers=headers)
    with pytest.raises(RateLimited, match="asks us to wait 5 min"):
        await desk.audio.fetch(recording)
    assert 290 < desk.audio.wait_s(recording) <= 300
    assert desk.audio.wait_s(Sound(SoundKind.VOICEMAIL, "1")) == 0


async def test_recordings_use_the_heavy_group_and_voicemails_do_not(
    desk: Desk, recording: Sound, voicemail: Sound
) -> None:
    gates = desk.platform.limits._gates
    await desk.audio.fetch(voicemail)
    assert len(gates[RateGroup.HEAVY].sent) == 0
    assert len(gates[RateGroup.MEDIUM].sent) == 1
    await desk.audio.fetch(recording)
    assert len(gates[RateGroup.HEAVY].sent) == 2
