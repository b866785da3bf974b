import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest

from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.desk import Desk
from rcdesk.simulator.server import Simulator, running


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with running(calls=60, seed=7, speed=10) as simulator:
        yield simulator


@pytest.fixture
def app(simulator: Simulator) -> AppRegistration:
    return AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)


@pytest.fixture
async def desk(app: AppRegistration) -> AsyncIterator[Desk]:
    async with Desk(app, MemorySessionStore(), with_places=False) as desk:
        yield desk


@pytest.fixture
async def online(simulator: Simulator, desk: Desk) -> AsyncIterator[Desk]:
    """Signed in and connected."""
    await desk.session.sign_in_with_jwt(simulator.jwt)
    connected = asyncio.Event()

    def watch(connection: Connection) -> None:
        if connection.state is ConnectionState.ONLINE:
            connected.set()

    desk.calls.connection_changed.subscribe(watch)
    gateway = asyncio.create_task(desk.calls.run())
    await asyncio.wait_for(connected.wait(), 30)
    yield desk
    gateway.cancel()
    with suppress(asyncio.CancelledError):
        await gateway


@pytest.fixture
async def control(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=simulator.control) as client:
        yield client
