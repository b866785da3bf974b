import asyncio
import sys

import pytest

from tests.e2e.office_hours import in_virtual_time

HOUR_S = 3600.0


def count_for_a_while() -> int:
    return sum(range(3_000_000))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what threads do")
def test_time_passes_while_threads_wait_and_stands_while_they_work() -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        hour = asyncio.create_task(asyncio.sleep(HOUR_S))
        for _ in range(3):
            await asyncio.to_thread(count_for_a_while)
        assert loop.time() - began_s < HOUR_S / 2
        await hour
        assert loop.time() - began_s == pytest.approx(HOUR_S, abs=1)

    in_virtual_time(work())
