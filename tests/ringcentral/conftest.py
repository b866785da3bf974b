from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.simulator.server import Simulator, running

SAMPLES = Path(__file__).parents[2] / "../shared/platform/samples"


@pytest.fixture
def samples() -> Path:
    if not SAMPLES.exists():
        pytest.skip("the platform's samples are not beside the project")
    return SAMPLES


class Control:
    """The simulator's control surface."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def post(self, call: str, /, **order: Any) -> Any:
        async with httpx.AsyncClient() as client:
            answer = await client.post(f"{self._url}/{call}", json=order)
            answer.raise_for_status()
            return answer.json() if answer.content else None

    async def requests(self, path: str) -> list[Any]:
        async with httpx.AsyncClient() as client:
            answer = (await client.get(f"{self._url}/requests")).json()
        listed = answer if isinstance(answer, list) else answer["requests"]
        return [each for each in listed if each["path"] == path]


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with running() as simulator:
        yield simulator


@pytest.fixture
def control(simulator: Simulator) -> Control:
    return Control(simulator.control)


@pytest.fixture
def app(simulator: Simulator) -> AppRegistration:
    return AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)


@pytest.fixture
async def platform(app: AppRegistration) -> AsyncIterator[Platform]:
    async with Platform(app, MemorySessionStore()) as platform:
        yield platform


@pytest.fixture
async def signed_in(platform: Platform, simulator: Simulator) -> Platform:
    await platform.session.sign_in_with_jwt(simulator.jwt)
    return platform
