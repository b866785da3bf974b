import asyncio
import gc
import threading
import weakref
from pathlib import Path

import pytest

from rcdesk.archive.archive import Archive
from rcdesk.core.errors import StorageTrouble
from rcdesk.system.workthread import WorkThread


def named(name: str) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == name]


def test_a_thread_ends_after_what_was_queued_and_comes_again() -> None:
    thread = WorkThread("ends")
    done = [thread.submit(threading.get_ident) for _ in range(3)]
    (first,) = named("ends")
    thread.end()
    first.join(timeout=10)
    assert {each.result(timeout=0) for each in done} == {first.ident}
    assert not named("ends")
    thread.submit(lambda: None).result(timeout=10)
    (second,) = named("ends")
    thread.end()
    second.join(timeout=10)
    assert not named("ends")


def test_ending_what_never_began_starts_nothing() -> None:
    WorkThread("idle").end()
    assert not named("idle")


def test_nothing_of_a_job_is_kept_when_it_is_done() -> None:
    class Result:
        """Something that takes memory."""

    thread = WorkThread("forgets")
    result = thread.submit(Result).result(timeout=10)
    # The thread lets go just after it has handed the result over.
    thread.submit(lambda: None).result(timeout=10)
    gone = weakref.ref(result)
    del result
    gc.collect()
    assert gone() is None
    thread.end()


async def test_an_archive_has_two_threads_and_none_once_it_is_closed(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    async with await Archive.open(tmp_path / "calls.db") as archive:
        await archive.extent()
        own = set(threading.enumerate()) - before
        assert {thread.name for thread in own} == {"archive writer", "archive reader"}
    for thread in own:
        await asyncio.to_thread(thread.join, 10)
        assert not thread.is_alive()


async def test_an_archive_that_cannot_be_opened_leaves_no_thread(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageTrouble):
        await Archive.open(tmp_path / "file" / "calls.db")
    for thread in named("archive writer"):
        await asyncio.to_thread(thread.join, 10)
        assert not thread.is_alive()
