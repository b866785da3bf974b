import asyncio

import httpx
import pytest

from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.errors import SignedOut
from rcdesk.services.desk import Desk
from rcdesk.services.session import SessionState, SessionStatus
from rcdesk.simulator.server import Simulator
from tests.until import until


async def test_a_session_that_ringcentral_ended_is_one_state_with_nothing_behind_it(
    online: Desk, simulator: Simulator, control: httpx.AsyncClient
) -> None:
    told: list[SessionStatus] = []
    states: list[Connection] = []
    online.session.changed.subscribe(told.append)
    online.calls.connection_changed.subscribe(states.append)
    (await control.post("/faults", json={"tokens": "revoke"})).raise_for_status()
    with pytest.raises(SignedOut):
        await online.session.load_account()
    await until(lambda: states and states[-1].state is ConnectionState.SIGNED_OUT)
    ended = "Signed out by RingCentral: sign in again."
    (status,) = told
    assert (status.state, status.reason) == (SessionState.SIGNED_OUT, ended)
    assert status.was_ended
    simulator.world.journal.clear()
    online.calls.nudge()
    for _ in range(50):
        await asyncio.sleep(0)
    with pytest.raises(SignedOut):
        await online.session.load_account()
    assert simulator.world.journal.entries == []
    assert not await online.session.resume()
