import asyncio

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
