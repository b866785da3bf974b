"""How long a token is believed in, whatever its answer says."""

from datetime import timedelta
from typing import Any

import pytest

from rcdesk.core.errors import Refused, SignedOut
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


async def test_without_refresh_tokens_a_session_lasts_as_long_as_its_token(
    app: AppRegistration, simulator: Simulator, control: Any
) -> None:
    clock = MovedClock()
    simulator.world.tokens.are_refresh_tokens_issued = False
    ended: list[str] = []
    async with Platform(app, MemorySessionStore(), clock=clock) as platform:
        session = platform.session
        session.ended = ended.append
        await session.sign_in_with_jwt(simulator.jwt)
        clock.passes(minutes=59, seconds=50)
        await extension.get_extension(platform.http)
        with pytest.raises(Refused, match="issues no refresh tokens"):
            await session.refresh()
        assert session.is_signed_in
        clock.passes(seconds=10)
        with pytest.raises(SignedOut, match="“Issue refresh tokens”") as raised:
            await extension.get_extension(platform.http)
    assert ended == [str(raised.value)]
    assert len(await control.requests(TOKEN)) == 1


async def test_without_refresh_tokens_a_clock_put_forward_ends_nothing(
    app: AppRegistration, simulator: Simulator
) -> None:
    clock = MovedClock()
    simulator.world.tokens.are_refresh_tokens_issued = False
    async with Platform(app, MemorySessionStore(), clock=clock) as platform:
        platform.session.ended = pytest.fail
        await platform.session.sign_in_with_jwt(simulator.jwt)
        clock.utc += timedelta(days=1)
        await extension.get_extension(platform.http)
