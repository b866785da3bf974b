import asyncio
import itertools

import pytest

from rcdesk.services.places import Places
from rcdesk.services.tasks import Tasks


async def test_a_place_is_found_once_and_remembered() -> None:
    tasks = Tasks()
    places = Places(tasks)
    found: asyncio.Queue[str] = asyncio.Queue()
    places.found.subscribe(found.put_nowait)
    assert places.of("+16502530000", "US") == ""
    assert places.of("not\ta\nnumber", "US") == ""
    assert places.of("+442079460958", "US") == ""
    assert places.of("", "US") == ""
    told = {await asyncio.wait_for(found.get(), 60) for _ in range(2)}
    assert told == {"+16502530000", "+442079460958"}
    assert places.of("+16502530000", "US") == "Mountain View, CA"
    assert places.of("+442079460958", "US") == "United Kingdom"
    await tasks.cancel()


@pytest.mark.parametrize("turns", range(5))
async def test_its_end_is_heard_of_whatever_it_does_then(turns: int) -> None:
    tasks = Tasks()
    places = Places(tasks)
    numbers = itertools.count(16502530000)
    found = asyncio.Event()

    def ask_on(_number: str) -> None:
        places.of(f"+{next(numbers)}", "US")
        found.set()

    places.found.subscribe(ask_on)
    ask_on("")
    places.of(f"+{next(numbers)}", "US")
    found.clear()
    await found.wait()
    for _ in range(turns):
        await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await tasks.cancel()
