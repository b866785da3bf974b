import asyncio
import csv
import itertools
import json
import os
import shutil
import subprocess
import sys
import threading
import tracemalloc
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from rcdesk.archive.archive import Archive
from rcdesk.core.call import Endpoint
from rcdesk.core.call_record import COLUMNS
from rcdesk.core.errors import StorageTrouble
from rcdesk.core.past_calls import EVERYTHING, CallFilter, FullPage, Position
from rcdesk.services.exporting import Export, Exporter, ExportFormat, ExportProgress
from tests.archive.stored import ANN, BOB, live, record

MANY = 10_000
CSV, JSON = ExportFormat.CSV, ExportFormat.JSON


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of many calls, three of which began at the same moment each."""
    path = tmp_path_factory.mktemp("many") / "data" / "calls.db"

    async def fill() -> None:
        async with await Archive.open(path) as archive:
            await archive.add_records(
                [record(str(n), BOB if n % 10 else ANN, n // 3) for n in range(MANY)]
            )

    asyncio.run(fill())
    return path


@pytest.fixture
async def many(kept: Path) -> AsyncIterator[Archive]:
    async with await Archive.open(kept) as archive:
        yield archive


@pytest.fixture
async def few() -> AsyncIterator[Archive]:
    async with await Archive.open(None) as archive:
        yield archive


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Documents").mkdir()
    return tmp_path / "Documents"


@pytest.fixture
def exporter(tmp_path: Path) -> Exporter:
    return Exporter(tmp_path / "state" / "export-folder")


def quiet(_progress: ExportProgress) -> None:
    pass


@dataclass
class Eventful:
    """An archive in which something happens after each page."""

    archive: Archive
    happen: Callable[[], Coroutine[None, None, object]]

    async def count(self, wanted: CallFilter) -> int:
        return await self.archive.count(wanted)

    async def full_page(
        self, wanted: CallFilter, after: Position | None = None, *, limit: int = 500
    ) -> FullPage:
        page = await self.archive.full_page(wanted, after, limit=limit)
        await self.happen()
        return page


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("form", ExportFormat)
async def test_every_call_is_in_the_file_once(
    many: Archive, exporter: Exporter, folder: Path, form: ExportFormat
) -> None:
    told: list[ExportProgress] = []
    path = folder / f"Calls.{form}"
    assert await exporter.export(many, Export(EVERYTHING, path, form), told.append) == MANY
    text = path.read_text(encoding="utf-8-sig")
    calls = rows(path) if form is CSV else json.loads(text)
    assert {call["session_id"] for call in calls} == {str(n) for n in range(MANY)}
    assert len(calls) == MANY
    times = [call["time"] for call in calls]
    assert times == sorted(times, reverse=True)
    assert [told[0], told[-1]] == [(0, MANY), (MANY, MANY)]
    assert [progress.done for progress in told] == sorted({progress.done for progress in told})
    assert len(told) > 10
    assert files(folder) == [path.name]


async def test_only_what_passes_the_filter_is_in_it(
    many: Archive, exporter: Exporter, folder: Path
) -> None:
    path = folder / "Calls.csv"
    wanted = CallFilter(text="dover", date_from=live("x", minutes=2500).started_at)
    ids = frozenset(call.id for call in await many.find("9990"))
    told: list[ExportProgress] = []
    done = await exporter.export(many, Export(wanted, path, without=ids), told.append)
    assert [row["session_id"] for row in rows(path)] == [str(n) for n in range(9980, 7499, -10)]
    assert (done, told[-1]) == (249, (249, 250))


async def test_the_file_is_what_spreadsheets_and_programs_expect(
    few: Archive, exporter: Exporter, folder: Path
) -> None:
    named = Endpoint("+16505550112", "=cmd|'/C calc'!A0 שרה", "Denver, CO")
    await few.add_call(live("1", named, queue="Störung"), ring_s=7.5)
    (call,) = await few.find("1")
    await few.set_note(call.id, 'asked\nabout "the roof"')
    await few.set_tags(call.id, ["roof", "+1"])
    for form in ExportFormat:
        await exporter.export(few, Export(EVERYTHING, folder / form, form), quiet)
    written = (folder / CSV).read_bytes()
    assert written.startswith(b"\xef\xbb\xbftime,session_id,")
    assert written.endswith(b"\r\n")
    (row,) = rows(folder / CSV)
    assert tuple(row) == COLUMNS
    assert (row["from_number"], row["from_name"]) == (named.number, f"'{named.name}")
    assert (row["note"], row["tags"]) == ('asked\nabout "the roof"', "'+1, roof")
    assert (row["ring_s"], row["queue"]) == ("7.5", "Störung")
    text = (folder / JSON).read_text(encoding="utf-8")
    (line,) = json.loads(text)
    assert text.startswith("[\n{")
    assert named.name in line["from"]["name"]
    assert "שרה" in text
    if os.name == "posix":
        assert (folder / CSV).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("form", "text"), [(CSV, ",".join(COLUMNS) + "\r\n"), (JSON, "[\n]\n")])
async def test_no_calls_are_a_file_too(
    few: Archive, exporter: Exporter, folder: Path, form: ExportFormat, text: str
) -> None:
    path = folder / "Calls"
    assert await exporter.export(few, Export(EVERYTHING, path, form), quiet) == 0
    assert path.read_bytes().decode("utf-8-sig") == text


async def test_calls_that_come_meanwhile_neither_double_nor_hide_others(
    few: Archive, exporter: Exporter, folder: Path
) -> None:
    await few.add_records([record(str(n), ANN, n) for n in range(2200)])
    pages = itertools.count()

    async def come() -> None:
        number = next(pages)
        newer = [record(f"newer {number} {n}", ANN, 5000 + n) for n in range(5)]
        await few.add_records([*newer, record(f"older {number}", ANN, -number)])

    path = folder / "Calls.csv"
    told: list[ExportProgress] = []
    await exporter.export(Eventful(few, come), Export(EVERYTHING, path), told.append)
    sessions = [row["session_id"] for row in rows(path) if " " not in row["session_id"]]
    assert sessions == [str(n) for n in reversed(range(2200))]
    assert not [row for row in rows(path) if row["session_id"].startswith("newer")]
    assert told[-1].done == told[-1].total > 2200


async def test_a_call_that_is_corrected_to_after_its_page_comes_once(
    few: Archive, exporter: Exporter, folder: Path
) -> None:
    await few.add_records([record(str(n), ANN, -n) for n in range(1200)])

    async def correct() -> None:
        await few.add_records([record("499", ANN, -499.1)])

    path = folder / "Calls.csv"
    assert await exporter.export(Eventful(few, correct), Export(EVERYTHING, path), quiet) == 1200
    assert [row["session_id"] for row in rows(path)] == [str(n) for n in range(1200)]


@pytest.mark.parametrize("at", [0, 1000, MANY])
async def test_a_cancelled_export_leaves_what_was_there(
    many: Archive, exporter: Exporter, folder: Path, at: int
) -> None:
    path = folder / "Calls.csv"
    path.write_text("the old one")

    def cancel(progress: ExportProgress) -> None:
        if progress.done == at:
            assert files(folder) == ["Calls.csv", "Calls.csv.part"]
            task.cancel()

    work = exporter.export(many, Export(EVERYTHING, path), cancel)
    task = asyncio.get_running_loop().create_task(work)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert path.read_text() == "the old one"
    assert files(folder) == ["Calls.csv"]


async def test_cancelling_at_any_turn_leaves_all_or_nothing(
    few: Archive, exporter: Exporter, folder: Path
) -> None:
    await few.add_records([record(str(n), ANN, n) for n in range(20)])
    path = folder / "Calls.csv"
    for turns in range(40):
        work = exporter.export(few, Export(EVERYTHING, path), quiet)
        task = asyncio.get_running_loop().create_task(work)
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert files(folder) in ([], ["Calls.csv"])
        if path.exists():
            assert len(rows(path)) == 20
            path.unlink()


async def test_a_disk_that_hangs_keeps_nobody_from_cancelling(
    many: Archive, folder: Path, tmp_path: Path
) -> None:
    exporter = Exporter(tmp_path / "memory", patience_s=0.01)
    disk_answers = threading.Event()

    def hang(progress: ExportProgress) -> None:
        if progress.done == 1000:
            exporter._thread.submit(disk_answers.wait)
            task.cancel()

    work = exporter.export(many, Export(EVERYTHING, folder / "Calls.csv"), hang)
    task = asyncio.get_running_loop().create_task(work)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert files(folder) == ["Calls.csv.part"]
    disk_answers.set()
    await exporter.exists(folder)
    assert files(folder) == []


async def test_calls_that_can_be_read_no_more_leave_nothing(
    kept: Path, exporter: Exporter, folder: Path
) -> None:
    archive = await Archive.open(kept)
    closing: list[asyncio.Task[None]] = []

    def close(_progress: ExportProgress) -> None:
        if not closing:
            closing.append(asyncio.get_running_loop().create_task(archive.aclose()))

    with pytest.raises(StorageTrouble, match="closed"):
        await exporter.export(archive, Export(EVERYTHING, folder / "Calls.csv"), close)
    await asyncio.gather(*closing)
    assert files(folder) == []


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nowhere/Calls.csv", "the folder {folder}/nowhere is not there: choose another one."),
        ("file/Calls.csv", "{folder}/file is no folder: choose another one."),
        ("sub", "sub is a folder: choose another name."),
        ("x" * 300, f"the name {'x' * 300} is too long: choose a shorter one."),
    ],
)
async def test_where_no_file_can_be_one_sentence_says_so(
    few: Archive, exporter: Exporter, folder: Path, name: str, sentence: str
) -> None:
    (folder / "file").write_text("")
    (folder / "sub").mkdir()
    with pytest.raises(StorageTrouble) as raised:
        await exporter.export(few, Export(EVERYTHING, folder / name), quiet)
    assert str(raised.value) == f"No calls were exported: {sentence.format(folder=folder)}"
    assert files(folder) == ["file", "sub"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that takes nothing")
async def test_a_folder_of_somebody_else_is_one_sentence(few: Archive, exporter: Exporter) -> None:
    with pytest.raises(StorageTrouble, match=r"the folder /sys cannot be written to: "):
        await exporter.export(few, Export(EVERYTHING, Path("/sys/Calls.csv")), quiet)


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[Path]:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a small disk takes root")
    mount = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def test_a_disk_that_fills_up_keeps_what_was_there(
    many: Archive, exporter: Exporter, folder: Path
) -> None:
    with small_disk(folder, "size=256k") as disk:
        (disk / "Calls.csv").write_text("the old one")
        with pytest.raises(StorageTrouble, match=r"^No calls were exported: the disk is full: "):
            await exporter.export(many, Export(EVERYTHING, disk / "Calls.csv"), quiet)
        assert files(disk) == ["Calls.csv"]
        assert (disk / "Calls.csv").read_text() == "the old one"


async def test_a_disk_that_is_read_only_is_one_sentence(
    few: Archive, exporter: Exporter, folder: Path
) -> None:
    with small_disk(folder, "size=256k,ro") as disk:
        with pytest.raises(StorageTrouble, match="is read only: choose another one"):
            await exporter.export(few, Export(EVERYTHING, disk / "Calls.csv"), quiet)
        assert files(disk) == []


async def test_what_an_earlier_try_left_is_replaced_and_no_link_followed(
    few: Archive, exporter: Exporter, folder: Path, tmp_path: Path
) -> None:
    valued = tmp_path / "valued"
    valued.write_text("keep me")
    (folder / "Calls.csv.part").symlink_to(valued)
    await exporter.export(few, Export(EVERYTHING, folder / "Calls.csv"), quiet)
    assert valued.read_text() == "keep me"
    assert files(folder) == ["Calls.csv"]
    (folder / "Calls.csv.part").write_text("x" * 9999)
    await exporter.export(few, Export(EVERYTHING, folder / "Calls.csv"), quiet)
    assert files(folder) == ["Calls.csv"]
    assert rows(folder / "Calls.csv") == []


async def test_the_folder_is_remembered_once_something_is_in_it(
    few: Archive, folder: Path, tmp_path: Path
) -> None:
    memory = tmp_path / "state" / "export-folder"
    exporter = Exporter(memory)
    gone = tmp_path / "no"
    assert await exporter.folder(gone, tmp_path) == tmp_path
    with pytest.raises(StorageTrouble):
        await exporter.export(few, Export(EVERYTHING, gone / "Calls.csv"), quiet)
    assert await exporter.folder(gone) == gone
    await exporter.export(few, Export(EVERYTHING, folder / "Calls.csv"), quiet)
    assert await Exporter(memory).folder(tmp_path) == folder
    assert await exporter.exists(folder / "Calls.csv")
    shutil.rmtree(folder)
    assert not await exporter.exists(folder / "Calls.csv")
    assert await exporter.folder(gone, tmp_path) == tmp_path


@pytest.mark.parametrize("written", [b"", b"\0", b"\xff\xfe", b"relative", b"/nowhere"])
async def test_a_memory_that_says_nothing_is_passed_over(tmp_path: Path, written: bytes) -> None:
    memory = tmp_path / "export-folder"
    memory.write_bytes(written)
    assert await Exporter(memory).folder(tmp_path) == tmp_path


async def test_memory_does_not_grow_with_the_calls(
    many: Archive, exporter: Exporter, folder: Path
) -> None:
    peaks: list[int] = []
    newest = MANY // 3
    for minutes in (200, 1000):
        wanted = CallFilter(date_from=live("x", minutes=newest - minutes).started_at)
        tracemalloc.start()
        await exporter.export(many, Export(wanted, folder / "Calls.json", JSON), quiet)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5
