"""Desks of somebody who has signed in."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from rcdesk.core.history import HistoryEntry
from rcdesk.services.archiving import Keeping
from rcdesk.services.desk import Desk
from rcdesk.services.log_sync import SyncState
from rcdesk.simulator.server import Simulator
from tests.until import until

Start = Callable[[Keeping], Desk]


@asynccontextmanager
async def signed_in(desk: Desk, simulator: Simulator) -> AsyncIterator[Desk]:
    async with desk:
        await desk.session.sign_in_with_jwt(simulator.jwt)
        yield desk


@asynccontextmanager
async def synchronised(desk: Desk, simulator: Simulator) -> AsyncIterator[Desk]:
    """A signed-in desk that keeps the platform's whole log."""
    async with signed_in(desk, simulator):
        await until(lambda: is_synchronised(desk))
        yield desk


def is_synchronised(desk: Desk) -> bool:
    progress = desk.archiving.sync.progress
    return progress.state is SyncState.IDLE and progress.calls > 0


async def kept(desk: Desk) -> list[HistoryEntry]:
    """Every call that the desk keeps, newest first."""
    assert desk.archiving.archive is not None
    return [call.entry for call in await desk.archiving.archive.recent(limit=10_000)]
