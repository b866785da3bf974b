"""How long a token is believed in, whatever its answer says."""

from typing import Any

import pytest

from rcdesk.ringcentral import extension
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.simulator.server import Simulator
from tests.ringcentral.moved_clock import MovedClock

TOKEN = "/restapi/oauth/token"


@pytest.mark.parametrize("told_s", [None, 0, -1, 1, 50, 60, 61, 1e9, 1e300, "soon", [3600]])
async def test_a_token_that_is_told_to_be_dead_is_used_all_the_same(
    app: AppRegistration, simulator: Simulator, control: Any, *, told_s: object
) -> None:
    async with Platform(app, MemorySessionStore()) as platform:
        await platform.session.sign_in_with_jwt(simulator.jwt)
        token = await platform.session.access_token()
        answer = {"access_token": token, "refresh_token": "r", "expires_in": told_s}
        await control.post("faults", path=TOKEN, status=200, body=answer, times=None)
        await platform.session.refresh()
        for _ in range(3):
            await extension.get_extension(platform.http)
    assert len(await control.requests(TOKEN)) == 2


async def test_a_short_life_costs_a_refresh_a_minute(
    app: AppRegistration, simulator: Simulator, control: Any
) -> None:
    clock = MovedClock()
    answer = {"access_token": "a", "refresh_token": "r", "expires_in": 5}
    await control.post("faults", path=TOKEN, status=200, body=answer, times=None)
    async with Platform(app, MemorySessionStore(), clock=clock) as platform:
        await platform.session.sign_in_with_jwt(simulator.jwt)
        for _ in range(30):
            await platform.session.access_token()
            clock.passes(seconds=10)
    assert len(await control.requests(TOKEN)) == 1 + 4
