import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path

import httpx
import pytest

from rcdesk.archive.archive import Archive
from rcdesk.archive.database import Database
from rcdesk.archive.schema import MIGRATIONS
from rcdesk.core.past_calls import EVERYTHING
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.archiving import Keeping, archive_files
from rcdesk.services.desk import Desk
from rcdesk.simulator.server import Simulator, running
from tests.archive.disks import full, held, mounted, read_only
from tests.e2e.office_hours import in_virtual_time
from tests.services.desks import Start, is_synchronised, kept, synchronised
from tests.until import until
from tests.virtual_time import LoopClock, VirtualTimeLoop


@pytest.fixture
def calls() -> int:
    return 100


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", "8m") as disk:
        yield disk


@pytest.fixture
def keeping(disk: Path) -> Keeping:
    return Keeping(disk / "data")


@contextmanager
def from_the_future(path: Path) -> Iterator[None]:
    Database.open(path, migrations=(*MIGRATIONS, "CREATE TABLE hologram (x);\n")).close()
    before = path.read_bytes()
    yield
    assert path.read_bytes() == before
    with closing(Database.open(path, migrations=(*MIGRATIONS, "SELECT 1;\n"))) as database:
        database.write(lambda db: db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}"))


FAULTS: dict[str, tuple[Callable[[Path], AbstractContextManager[None]], str]] = {
    "read only": (lambda path: read_only(path.parent.parent), "is read only"),
    "full": (lambda path: full(path.parent.parent), "disk is full"),
    # Takes the five seconds for which another program is waited for.
    "locked": (
        lambda path: held(path, "PRAGMA locking_mode = EXCLUSIVE"),
        "Another program holds the call history",
    ),
    "future": (from_the_future, "written by a newer rcdesk"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_file_that_cannot_be_used_is_told_of_once_and_loses_nothing(
    fault: str, simulator: Simulator, start: Start, keeping: Keeping, disk: Path
) -> None:
    async with synchronised(start(keeping), simulator) as desk:
        before = await kept(desk)
        assert desk.archiving.archive is not None
        note = await desk.archiving.archive.page(EVERYTHING, limit=1)
        await desk.archiving.archive.set_note(note.calls[0].id, "Wants the roof done")
    (path,) = archive_files(disk / "data", simulator.url)
    befall, sentence = FAULTS[fault]
    told: list[str] = []
    with befall(path):
        async with start(keeping) as desk:
            desk.archiving.notice.subscribe(told.append)
            assert await desk.session.resume()
            await until(lambda: is_synchronised(desk))
            assert await kept(desk) == before
    assert len(told) == 1
    assert told[0].startswith("Calls are not kept on this computer. ")
    assert sentence in told[0]
    async with start(keeping) as desk:
        desk.archiving.notice.subscribe(told.append)
        assert await desk.session.resume()
        await until(lambda: is_synchronised(desk))
        assert await kept(desk) == before
        assert desk.archiving.archive is not None
        details = await desk.archiving.archive.details(note.calls[0].id)
        assert details is not None
        assert details.note == "Wants the roof done"
    assert len(told) == 1


async def test_calls_that_end_while_the_disk_is_full_are_kept_once_there_is_room(
    simulator: Simulator, control: httpx.AsyncClient, start: Start, keeping: Keeping, disk: Path
) -> None:
    told: list[str] = []
    async with start(keeping) as desk:
        desk.archiving.notice.subscribe(told.append)
        await desk.session.sign_in_with_jwt(simulator.jwt)
        desk.tasks.start(desk.calls.run(), "gateway")
        await until(lambda: desk.calls.connection.state == "online")
        await until(lambda: is_synchronised(desk))
        before = await kept(desk)
        with full(disk):
            for number in ("+14155550123", "+14155550124"):
                call = (await control.post("/calls", json={"from": number})).json()
                await until(lambda: desk.calls.calls)
                await control.post(f"/calls/{call['session_id']}/voicemail")
                await until(lambda: not desk.calls.calls)
            await until(lambda: told)
            assert call["session_id"] in [it.session_id for it in desk.history.entries]
            assert await kept(desk) == before
        assert told == [told[0]]
        assert "disk is full" in told[0]
        log = simulator.world.call_log
        await until(lambda: log.records[0]["sessionId"] == call["session_id"])
        desk.archiving.sync.ask()
        archive = desk.archiving.archive
        assert archive is not None
        done: list[object] = []
        desk.archiving.sync.listed.subscribe(done.append)
        await until(lambda: done)
        assert [entry.is_final for entry in await kept(desk)] == [True] * (len(before) + 2)
        assert (await kept(desk))[2:] == before


@contextmanager
def in_the_way(folder: Path) -> Iterator[None]:
    aside = folder.rename(folder.with_name("aside"))
    folder.write_text("no folder")
    yield
    folder.unlink()
    aside.rename(folder)


@pytest.mark.parametrize("is_mended", [True, False])
async def test_signing_out_deletes_what_could_not_be_opened_before(
    start: Start, simulator: Simulator, tmp_path: Path, *, is_mended: bool
) -> None:
    keeping = Keeping(tmp_path / "data", wipes=True)
    told: list[str] = []
    async with synchronised(start(keeping), simulator):
        pass
    with ExitStack() as fault:
        fault.enter_context(in_the_way(tmp_path / "data"))
        async with start(keeping) as desk:
            desk.archiving.notice.subscribe(told.append)
            assert await desk.session.resume()
            await until(lambda: desk.archiving.archive)
            if is_mended:
                fault.close()
            await desk.session.sign_out()
    (path,) = archive_files(tmp_path / "data", simulator.url)
    async with await Archive.open(path) as archive:
        assert bool((await archive.extent()).calls) is not is_mended
    not_deleted = "The calls kept on this computer could not be deleted. "
    assert [it.startswith(not_deleted) for it in told[1:]] == ([] if is_mended else [True])


def test_what_was_written_meanwhile_is_kept_once_the_file_can_be_used(tmp_path: Path) -> None:
    (folder := tmp_path / "data").write_text("no folder")
    told: list[str] = []

    async def live() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        async with running(calls=20, clock=LoopClock(loop)) as simulator:
            app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
            keeping = Keeping(folder)
            store = MemorySessionStore()
            async with Desk(app, store, with_places=False, keeping=keeping, clock=loop.now) as desk:
                desk.archiving.notice.subscribe(told.append)
                await desk.session.sign_in_with_jwt(simulator.jwt)
                while not is_synchronised(desk):  # noqa: ASYNC110 - virtual time
                    await asyncio.sleep(1)
                before = await kept(desk)
                makeshift = desk.archiving.archive
                assert makeshift is not None
                (call,) = (await makeshift.page(EVERYTHING, limit=1)).calls
                await makeshift.set_note(call.id, "Wants the roof done")
                await makeshift.set_tags(call.id, ["urgent"])
                await asyncio.sleep(130)
                assert desk.archiving.archive is makeshift
                folder.unlink()
                while (  # noqa: ASYNC110 - the same
                    desk.archiving.archive in (makeshift, None) or not is_synchronised(desk)
                ):
                    await asyncio.sleep(1)
                assert await kept(desk) == before
                assert archive_files(folder, simulator.url)
                assert desk.archiving.archive is not None
                (found,) = await desk.archiving.archive.find(call.entry.session_id)
                assert found.tags == ("urgent",)
                details = await desk.archiving.archive.details(found.id)
                assert details is not None
                assert details.note == "Wants the roof done"

    in_virtual_time(live())
    assert len(told) == 2
    assert told[1] == "Calls are kept on this computer again."
