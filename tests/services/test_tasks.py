import asyncio
import logging

import pytest

from rcdesk.services.listeners import Listeners
from rcdesk.services.tasks import Debounce, Tasks


async def test_a_failing_listener_costs_only_itself(caplog: pytest.LogCaptureFixture) -> None:
    listeners: Listeners[int] = Listeners()
    heard: list[int] = []

    def fail(_change: int) -> None:
        raise RuntimeError("broken window")

    listeners.subscribe(fail)
    unsubscribe = listeners.subscribe(heard.append)
    listeners.tell(1)
    unsubscribe()
    unsubscribe()
    listeners.tell(2)
    assert heard == [1]
    assert "broken window" in caplog.text


async def test_a_failing_task_is_logged_and_cancelling_waits(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tasks = Tasks()
    ended: list[str] = []

    async def fail() -> None:
        raise RuntimeError("lost in the background")

    async def wait() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("waited")

    with caplog.at_level(logging.ERROR):
        await asyncio.wait([tasks.start(fail(), "failing")])
    waiting = tasks.start(wait(), "waiting")
    await asyncio.sleep(0)
    await tasks.cancel()
    assert waiting.cancelled()
    assert ended == ["waited"]
    assert "lost in the background" in caplog.text


class Work:
    """Counts its runs; each lasts until it is let go."""

    def __init__(self) -> None:
        self.runs = 0
        self.ran = asyncio.Event()
        self.let_go = asyncio.Event()

    async def __call__(self) -> None:
        self.runs += 1
        self.ran.set()
        await self.let_go.wait()


async def test_a_burst_is_one_piece_of_work() -> None:
    tasks, work = Tasks(), Work()
    work.let_go.set()
    debounce = Debounce(tasks, work, delay_s=0.01, longest_s=1, name="work")
    for _ in range(20):
        debounce.ask()
    await asyncio.wait_for(work.ran.wait(), 5)
    await tasks.cancel()
    assert work.runs == 1


async def test_a_steady_stream_does_not_put_the_work_off_for_ever() -> None:
    tasks, work = Tasks(), Work()
    debounce = Debounce(tasks, work, delay_s=0.5, longest_s=0.05, name="work")

    async def ask_on() -> None:
        while not work.runs:
            debounce.ask()
            await asyncio.sleep(0)

    await asyncio.wait_for(ask_on(), 5)
    await tasks.cancel()
    assert work.runs == 1


async def test_what_is_asked_during_the_work_is_done_after_it() -> None:
    tasks, work = Tasks(), Work()
    debounce = Debounce(tasks, work, delay_s=0.001, longest_s=0.001, name="work")
    debounce.ask()
    await asyncio.wait_for(work.ran.wait(), 5)
    work.ran.clear()
    debounce.ask()
    work.let_go.set()
    await asyncio.wait_for(work.ran.wait(), 5)
    await tasks.cancel()
    assert work.runs == 2


async def test_work_that_is_wanted_no_more_is_not_done() -> None:
    tasks, work = Tasks(), Work()
    debounce = Debounce(tasks, work, delay_s=0, longest_s=0, name="work")
    debounce.ask()
    debounce.cancel()
    ticks = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.01, ticks.set_result, None)
    await ticks
    assert work.runs == 0
