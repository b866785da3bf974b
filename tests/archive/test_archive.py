import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rcdesk.archive.archive import Archive
from rcdesk.archive.connection import beside
from rcdesk.archive.database import Database
from rcdesk.core.past_calls import EVERYTHING, CallFilter
from tests.archive.disks import held
from tests.archive.stored import record
from tests.until import until


@pytest.fixture
async def archive() -> AsyncIterator[Archive]:
    async with await Archive.open(None) as archive:
        await archive.add_records([record(str(number), minutes=number) for number in range(20)])
        yield archive


async def test_a_newer_first_page_drops_an_older_one(archive: Archive) -> None:
    older = asyncio.create_task(archive.page(CallFilter(text="a")))
    await asyncio.sleep(0)
    assert len((await archive.page(EVERYTHING)).calls) == 20
    with pytest.raises(asyncio.CancelledError):
        await older


async def test_a_question_that_nobody_waits_for_keeps_no_other_from_its_answer(
    archive: Archive,
) -> None:
    for _ in range(50):
        counting = asyncio.create_task(archive.count(CallFilter(text="ann")))
        await asyncio.sleep(0)
        counting.cancel()
        assert len((await archive.page(EVERYTHING, limit=5)).calls) == 5
        assert await archive.count(EVERYTHING) == 20
        assert counting.cancelled()


async def test_what_opens_once_nobody_waits_for_it_is_closed(path: Path) -> None:
    def is_writing() -> bool:
        return any(thread.name == "archive writer" for thread in threading.enumerate())

    Database.open(path).close()
    with held(path, "PRAGMA locking_mode = EXCLUSIVE"):
        opening = asyncio.create_task(Archive.open(path))
        await until(is_writing)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
    await until(lambda: not is_writing())
    assert not beside(path, "-wal").exists()


async def test_a_page_further_down_drops_nothing(archive: Archive) -> None:
    first = await archive.page(EVERYTHING, limit=5)
    assert first.next is not None
    pages = [archive.page(EVERYTHING, first.next, limit=5) for _ in range(3)]
    newest, *others = await asyncio.gather(archive.page(EVERYTHING, limit=5), *pages)
    assert newest == first
    assert len({page.calls for page in others}) == 1
