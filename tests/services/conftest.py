import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest

from rcdesk.core.connection import ConnectionState
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.desk import Desk
from rcdesk.simulator.server import Simulator, running
from tests.services.desks import Start
from tests.until import until


@pytest.fixture
def calls() -> int:
    """How many the simulator's call log has."""
    return 60


@pytest.fixture
async def simulator(calls: int) -> AsyncIterator[Simulator]:
    async with running(calls=calls, seed=7, speed=10) as simulator:
        yield simulator


@pytest.fixture
def app(simulator: Simulator) -> AppRegistration:
    return AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)


@pytest.fixture
async def desk(app: AppRegistration) -> AsyncIterator[Desk]:
    async with Desk(app, MemorySessionStore(), with_places=False) as desk:
        yield desk


@pytest.fixture
def start(app: AppRegistration) -> Start:
    """Make the desk of one and the same user, as often as they start rcdesk."""
    store = MemorySessionStore()
    return lambda keeping: Desk(app, store, with_places=False, keeping=keeping)


@pytest.fixture
async def online(simulator: Simulator, desk: Desk) -> AsyncIterator[Desk]:
    """Signed in and connected."""
    await desk.session.sign_in_with_jwt(simulator.jwt)
    gateway = asyncio.create_task(desk.calls.run())
    await until(lambda: desk.calls.connection.state is ConnectionState.ONLINE)
    yield desk
    gateway.cancel()
    with suppress(asyncio.CancelledError):
        await gateway


@pytest.fixture
async def control(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=simulator.control) as client:
        yield client
