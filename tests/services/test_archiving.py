from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from rcdesk.archive.archive import Archive
from rcdesk.core.call import Call, CallState, Direction, Instant
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.archiving import Keeping, archive_file, archive_files, ring_time_s
from rcdesk.services.desk import Desk
from rcdesk.services.log_sync import SyncState
from rcdesk.simulator.server import Simulator
from tests.services.desks import Start, is_synchronised, kept, signed_in, synchronised
from tests.until import until

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def calls() -> int:
    return 700


async def test_everything_that_the_platform_has_is_kept_once(
    app: AppRegistration, start: Start, simulator: Simulator, tmp_path: Path
) -> None:
    async with synchronised(start(Keeping(tmp_path)), simulator) as desk:
        entries = await kept(desk)
        progress = desk.archiving.sync.progress
    assert progress.calls == len(entries)
    assert progress.back_to is None
    keys = [entry.key for entry in entries]
    assert len(keys) == len(set(keys))
    async with signed_in(Desk(app, MemorySessionStore(), with_places=False), simulator) as other:
        await other.history.list_since(datetime.now(UTC) - timedelta(days=200))
        # Not the log's own records: a RingOut's leg to the user's own phone is no call.
        assert keys == [entry.key for entry in other.history.entries]
    assert len(keys) > 2 * 250
    (path,) = archive_files(tmp_path, simulator.url)
    assert path.stat().st_mode & 0o077 == 0


async def test_a_restart_knows_the_calls_before_the_platform_has_answered(
    start: Start, simulator: Simulator, control: httpx.AsyncClient, tmp_path: Path
) -> None:
    async with synchronised(start(Keeping(tmp_path)), simulator) as desk:
        newest = (await kept(desk))[:200]
    fault = {"path": "/restapi/v1.0/account/~/extension/~/call-log*", "status": 503, "times": 9}
    (await control.post("/faults", json=fault)).raise_for_status()
    async with start(Keeping(tmp_path)) as again:
        assert await again.session.resume()
        await until(lambda: again.history.entries)
        assert again.history.entries == newest
        assert not again.history.is_loaded
        assert again.history.missed == 0


async def test_only_what_is_new_is_asked_for_again(
    start: Start, simulator: Simulator, control: httpx.AsyncClient, tmp_path: Path
) -> None:
    async with synchronised(start(Keeping(tmp_path)), simulator):
        pass
    async with start(Keeping(tmp_path)) as again:
        await control.delete("/requests")
        call = (await control.post("/calls", json={"from": "+14155550123"})).json()
        await control.post(f"/calls/{call['session_id']}/hangup")
        log = simulator.world.call_log
        await until(lambda: log.records[0]["sessionId"] == call["session_id"])
        assert await again.session.resume()
        await until(lambda: is_synchronised(again))
        asked = (await control.get("/requests")).json()["requests"]
        newest = (await kept(again))[0]
    logs = [it["query"] for it in asked if "call-log" in it["path"]]
    assert len(logs) == 1
    assert "ISync" in str(logs[0])
    assert newest.session_id == call["session_id"]


async def test_a_followed_call_is_kept_at_once_and_corrected_by_the_log(
    start: Start, simulator: Simulator, control: httpx.AsyncClient, tmp_path: Path
) -> None:
    async with signed_in(start(Keeping(tmp_path)), simulator) as desk:
        desk.tasks.start(desk.calls.run(), "gateway")
        await until(lambda: desk.calls.connection.state == "online")
        await until(lambda: desk.archiving.archive)
        archive = desk.archiving.archive
        assert archive is not None
        wrote: list[None] = []
        desk.archiving.changed.subscribe(wrote.append)
        call = (await control.post("/calls", json={"from": "+14155550123"})).json()
        session_id = call["session_id"]
        await until(lambda: desk.calls.calls)
        await control.post(f"/calls/{session_id}/voicemail")
        wrote.clear()
        await until(lambda: desk.history.entries and wrote)
        found = await archive.find(session_id)
        while not found:
            wrote.clear()
            await until(lambda: wrote)
            found = await archive.find(session_id)
        log = simulator.world.call_log
        await until(lambda: log.records[0]["sessionId"] == session_id)
        await desk.history.refresh()
        while not (found := await archive.find(session_id))[0].entry.is_final:
            wrote.clear()
            await until(lambda: wrote)
        assert len(found) == 1
        assert found[0].entry.outcome == "voicemail"


# More than 250 changes come without what was deleted.
@pytest.mark.parametrize("calls", [100])
async def test_what_was_deleted_from_the_log_goes_here_too(
    start: Start, simulator: Simulator, tmp_path: Path
) -> None:
    async with synchronised(start(Keeping(tmp_path)), simulator) as desk:
        before = await kept(desk)
        token = await desk.platform.session.access_token()
        async with httpx.AsyncClient(base_url=simulator.url) as user:
            answer = await user.delete(
                "/restapi/v1.0/account/~/extension/~/call-log",
                params={"dateTo": before[-3].started_at.isoformat()},
                headers={"Authorization": f"Bearer {token}"},
            )
            answer.raise_for_status()
        listed: list[object] = []
        desk.archiving.sync.listed.subscribe(listed.append)
        desk.archiving.sync.ask()
        await until(lambda: listed)
        assert await kept(desk) == before[:-3]


async def test_going_back_can_be_paused(start: Start, simulator: Simulator, tmp_path: Path) -> None:
    async with start(Keeping(tmp_path)) as desk:
        sync = desk.archiving.sync
        sync.pause()
        await desk.session.sign_in_with_jwt(simulator.jwt)
        await until(lambda: sync.progress.state is SyncState.PAUSED)
        assert 0 < sync.progress.calls <= 250
        assert sync.progress.back_to is not None
        states: list[SyncState] = []
        sync.changed.subscribe(lambda progress: states.append(progress.state))
        sync.resume()
        sync.pause()
        assert states == [SyncState.RUNNING, SyncState.PAUSED]
        sync.resume()
        await until(lambda: sync.progress.state is SyncState.IDLE)
        assert sync.progress.calls > 250
        assert sync.progress.back_to is None


async def test_where_nothing_can_be_written_calls_still_show(
    start: Start, simulator: Simulator, tmp_path: Path
) -> None:
    (folder := tmp_path / "data").write_text("no folder")
    async with start(Keeping(folder)) as desk:
        told: list[str] = []
        desk.archiving.notice.subscribe(told.append)
        await desk.session.sign_in_with_jwt(simulator.jwt)
        await until(lambda: told)
        assert told[0].startswith("Calls are not kept on this computer. ")
        await desk.history.refresh()
        assert desk.history.entries
        await until(lambda: desk.archiving.sync.progress.calls)
        assert await kept(desk)
        assert len(told) == 1


async def test_signing_out_closes_the_file_and_keeps_it(
    start: Start, simulator: Simulator, tmp_path: Path
) -> None:
    async with synchronised(start(Keeping(tmp_path)), simulator) as desk:
        await desk.session.sign_out()
        await until(lambda: desk.archiving.archive is None)
        desk.forget()
        await desk.session.sign_in_with_jwt(simulator.jwt)
        await until(lambda: desk.archiving.archive is not None)
        await until(lambda: len(desk.history.entries) == 200)


async def test_signing_out_deletes_what_was_kept_where_that_was_chosen(
    start: Start, simulator: Simulator, tmp_path: Path
) -> None:
    async with signed_in(start(Keeping(tmp_path, wipes=True)), simulator) as desk:
        await until(lambda: desk.archiving.sync.progress.calls)
        await desk.session.sign_out()
    (path,) = archive_files(tmp_path, simulator.url)
    async with await Archive.open(path) as archive:
        assert (await archive.extent()).calls == 0
        assert await archive.progress("sync_token") == ""


async def test_a_session_that_ringcentral_ends_deletes_nothing(
    start: Start, simulator: Simulator, control: httpx.AsyncClient, tmp_path: Path
) -> None:
    async with synchronised(start(Keeping(tmp_path, wipes=True)), simulator) as desk:
        (await control.post("/faults", json={"tokens": "revoke"})).raise_for_status()
        await desk.history.refresh()
        await until(lambda: desk.session.status.was_ended)
        assert len(await kept(desk)) > 250


async def test_calls_are_kept_no_longer_than_was_chosen(
    start: Start, simulator: Simulator, tmp_path: Path
) -> None:
    longest = timedelta(days=20)
    async with synchronised(start(Keeping(tmp_path, longest)), simulator) as desk:
        few = await kept(desk)
    oldest = datetime.now(UTC) - longest
    assert few[-1].started_at > oldest
    assert len(few) > 250
    async with start(Keeping(tmp_path, timedelta(days=2))) as again:
        assert await again.session.resume()
        await until(lambda: is_synchronised(again))
        fewer = await kept(again)
    assert fewer == [it for it in few if it.started_at > datetime.now(UTC) - timedelta(days=2)]


async def test_nothing_is_kept_where_nothing_says_so(simulator: Simulator, desk: Desk) -> None:
    await desk.session.sign_in_with_jwt(simulator.jwt)
    await desk.history.refresh()
    assert desk.history.entries
    assert desk.archiving.archive is None


@pytest.mark.parametrize("owner", ["../../etc/passwd", "", "é", "1" * 400, "\ud800"])
def test_a_file_has_a_harmless_name(owner: str, tmp_path: Path) -> None:
    path = archive_file(tmp_path, "https://example.test", owner)
    assert path.parent == tmp_path
    assert len(path.name) < 80
    assert path.name.isascii()


@pytest.mark.parametrize(
    ("direction", "rang_s", "expected"),
    [
        (Direction.INBOUND, 7.5, 7.5),
        (Direction.INBOUND, 0, 0),
        (Direction.INBOUND, -3, None),
        (Direction.INBOUND, 86_400, None),
        (Direction.INBOUND, None, None),
        (Direction.OUTBOUND, 7.5, None),
    ],
)
def test_the_ring_time_of_a_call(
    direction: Direction, rang_s: float | None, expected: float | None
) -> None:
    over = None if rang_s is None else Instant(START + timedelta(seconds=rang_s), 0.0)
    call = Call("1", "1", direction, CallState.ENDED, started_at=START, ended_at=over)
    assert ring_time_s(call) == expected


def test_a_call_found_connected_has_no_ring_time() -> None:
    call = Call(
        "1",
        "1",
        Direction.INBOUND,
        CallState.ENDED,
        started_at=START,
        connected_at=Instant(START, 0.0),
        ended_at=Instant(START + timedelta(seconds=60), 60.0),
    )
    assert ring_time_s(call) is None
