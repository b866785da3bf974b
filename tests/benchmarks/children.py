"""Programs that a benchmark talks to, each in a process of its own."""

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from rcdesk.cli.demo import end

_PATIENCE_S = 90


@asynccontextmanager
async def child(
    *command: str | Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Process]:
    """A process that is gone afterwards, whatever happens: asyncio tells of one that is not."""
    process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE)
    try:
        yield process
    finally:
        await end(process)


async def told(process: Process, name: str) -> float:
    """The next value of that name that the process prints, as JSON in a line."""
    if process.stdout is None:
        raise RuntimeError("started without a pipe")
    async with asyncio.timeout(_PATIENCE_S):
        while line := await process.stdout.readline():
            values: dict[str, float] = json.loads(line)
            if name in values:
                return values[name]
    raise RuntimeError("the process has ended")
