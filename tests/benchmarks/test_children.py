import asyncio
import logging
import sys
from asyncio.subprocess import Process

import pytest

from tests.benchmarks.children import child, told


def test_a_process_is_gone_when_its_benchmark_gives_up(caplog: pytest.LogCaptureFixture) -> None:
    started: list[Process] = []

    async def give_up() -> None:
        command = "print('{\"ready_s\": 1}', flush=True); import time; time.sleep(600)"
        async with child(sys.executable, "-c", command) as process:
            started.append(process)
            assert await told(process, "ready_s") == 1
            raise LookupError

    with pytest.raises(LookupError):
        asyncio.run(give_up())
    assert started[0].returncode
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]


async def test_a_process_that_has_ended_tells_nothing() -> None:
    async with child(sys.executable, "-c", "print('{}')") as process:
        with pytest.raises(RuntimeError, match="ended"):
            await told(process, "ready_s")
