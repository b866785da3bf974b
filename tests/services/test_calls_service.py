import asyncio
from datetime import timedelta
from itertools import pairwise

import httpx
import pytest

from rcdesk.core.call import CallChange, CallState, Instant, Outcome
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.presence import PresenceStatus
from rcdesk.ringcentral.clock import instant_now
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.calls import RECONCILE_S
from rcdesk.services.desk import Desk
from rcdesk.simulator.server import Simulator
from tests.e2e.office_hours import OfficeHours, at_work
from tests.services.desks import signed_in
from tests.until import until

INCOMING = {"direction": "Inbound", "from": "+14155550123", "from_name": "Ada Lovelace"}


def kinds(changes: list[CallChange]) -> list[str]:
    return [change.kind.value for change in changes if change.kind != "updated"]


async def ring(control: httpx.AsyncClient) -> str:
    answer = await control.post("/calls", json=INCOMING)
    assert answer.status_code == 201
    return str(answer.json()["session_id"])


async def move(control: httpx.AsyncClient, session_id: str, action: str) -> None:
    (await control.post(f"/calls/{session_id}/{action}")).raise_for_status()


async def test_a_call_is_followed_from_ring_to_log(
    online: Desk, control: httpx.AsyncClient
) -> None:
    changes: list[CallChange] = []
    online.calls.changed.subscribe(changes.append)
    session_id = await ring(control)
    await until(lambda: online.calls.calls)
    (call,) = online.calls.calls
    assert (call.session_id, call.other.name) == (session_id, "Ada Lovelace")
    for action, state in [
        ("answer", CallState.CONNECTED),
        ("hold", CallState.ON_HOLD),
        ("resume", CallState.CONNECTED),
    ]:
        await move(control, session_id, action)
        await until(lambda state=state: online.calls.calls[0].state is state)  # type: ignore[misc]
    await move(control, session_id, "hangup")
    await until(lambda: not online.calls.calls)
    assert kinds(changes) == ["ringing", "connected", "on_hold", "connected", "ended"]
    assert changes[-1].call.outcome is Outcome.ANSWERED


async def test_a_call_that_rang_before_we_came_is_there(
    desk: Desk, control: httpx.AsyncClient, simulator: object
) -> None:
    session_id = await ring(control)
    await move(control, session_id, "answer")
    await desk.session.sign_in_with_jwt(simulator.jwt)  # type: ignore[attr-defined]
    gateway = asyncio.create_task(desk.calls.run())
    await until(lambda: desk.calls.calls)
    assert desk.calls.calls[0].state is CallState.CONNECTED
    gateway.cancel()


@pytest.mark.parametrize("wrong_by", [timedelta(hours=1), -timedelta(hours=1)])
async def test_a_wrong_clock_does_not_make_a_call_found_going_on_older(
    app: AppRegistration, simulator: Simulator, control: httpx.AsyncClient, wrong_by: timedelta
) -> None:
    def clock() -> Instant:
        now = instant_now()
        return now._replace(utc=now.utc + wrong_by)

    began_s = clock().monotonic_s
    await move(control, await ring(control), "answer")
    desk = Desk(app, MemorySessionStore(), with_places=False, clock=clock)
    async with signed_in(desk, simulator):
        gateway = asyncio.create_task(desk.calls.run())
        await until(lambda: desk.calls.calls)
        connected_at = desk.calls.calls[0].connected_at
        assert connected_at is not None
        assert began_s - 1 <= connected_at.monotonic_s <= clock().monotonic_s
        gateway.cancel()


async def test_background_work_does_not_delay_the_calls(
    desk: Desk, control: httpx.AsyncClient, simulator: Simulator
) -> None:
    await desk.session.sign_in_with_jwt(simulator.jwt)
    while not desk.platform.limits.delay_s(RateGroup.HEAVY):
        await desk.platform.limits.acquire(RateGroup.HEAVY)
    asked: list[list[str]] = []

    def connected(connection: Connection) -> None:
        if connection.state is ConnectionState.ONLINE:
            asked.append([entry["path"] for entry in simulator.world.journal.entries])

    desk.calls.connection_changed.subscribe(connected)
    gateway = asyncio.create_task(desk.calls.run())
    await until(lambda: asked)
    assert any(path.endswith("/active-calls") for path in asked[0])
    gateway.cancel()


async def test_a_missed_call_counts_until_it_is_seen(
    online: Desk, control: httpx.AsyncClient
) -> None:
    session_id = await ring(control)
    await move(control, session_id, "hangup")
    await until(lambda: online.history.missed == 1)
    await until(lambda: online.history.entries)
    newest = online.history.entries[0]
    assert (newest.session_id, newest.outcome) == (session_id, Outcome.MISSED)
    online.history.see_missed()
    assert online.history.missed == 0


async def test_a_dropped_socket_loses_no_call(online: Desk, control: httpx.AsyncClient) -> None:
    changes: list[CallChange] = []
    online.calls.changed.subscribe(changes.append)
    session_id = await ring(control)
    await until(lambda: online.calls.calls)
    (await control.post("/faults", json={"gateway": "close", "code": 1001})).raise_for_status()
    await move(control, session_id, "answer")
    await until(lambda: online.calls.calls[0].state is CallState.CONNECTED)
    await move(control, session_id, "hangup")
    await until(lambda: not online.calls.calls)
    assert kinds(changes) == ["ringing", "connected", "ended"]


async def test_what_was_to_be_waited_for_passes_in_sleep(
    app: AppRegistration, simulator: Simulator, control: httpx.AsyncClient
) -> None:
    asleep = timedelta()

    def clock() -> Instant:
        now = instant_now()
        return Instant(now.utc + asleep, now.monotonic_s + asleep.total_seconds())

    hour = {"X-Rate-Limit-Group": "auth", "Retry-After": "3600"}
    fault = {"method": "POST", "path": "/restapi/oauth/wstoken", "status": 429, "headers": hour}
    async with signed_in(
        Desk(app, MemorySessionStore(), with_places=False, clock=clock), simulator
    ) as desk:
        (await control.post("/faults", json=fault)).raise_for_status()
        gateway = asyncio.create_task(desk.calls.run())
        await until(lambda: desk.calls.connection.state is ConnectionState.WAITING)
        (await control.delete("/faults")).raise_for_status()
        limits = desk.platform.limits
        turn = asyncio.create_task(limits.acquire(RateGroup.AUTH, max_wait_s=7200))
        await asyncio.sleep(0)
        assert limits.delay_s(RateGroup.AUTH) > 3500
        asleep = timedelta(hours=2)
        desk.calls.nudge()
        await until(lambda: turn.done() and desk.calls.connection.state is ConnectionState.ONLINE)
        gateway.cancel()


async def test_live_events_that_are_forbidden_say_why(
    online: Desk, control: httpx.AsyncClient
) -> None:
    states: list[Connection] = []
    online.calls.connection_changed.subscribe(states.append)
    body = {"errors": [{"errorCode": "CMN-401", "permissionName": "WebSocketsSubscription"}]}
    fault = {"method": "POST", "path": "/restapi/oauth/wstoken", "status": 403, "body": body}
    for each in (fault, {"gateway": "drop"}):
        (await control.post("/faults", json=each)).raise_for_status()
    await until(lambda: states and states[-1].state is ConnectionState.OFFLINE)
    # The run is over, and nothing takes the reason away.
    await until(lambda: online.calls._gateway is None)
    assert "lacks the WebSocketsSubscription scope" in online.calls.connection.reason
    assert online.session.is_signed_in


async def test_presence_comes_with_the_connection(online: Desk) -> None:
    await until(lambda: online.calls.presence.presence is not PresenceStatus.UNKNOWN)


async def test_a_call_that_ended_before_its_place_was_found_still_gets_it(
    app: AppRegistration, simulator: Simulator, control: httpx.AsyncClient
) -> None:
    async with signed_in(Desk(app, MemorySessionStore()), simulator) as desk:
        gateway = asyncio.create_task(desk.calls.run())
        await until(lambda: desk.calls.connection.state is ConnectionState.ONLINE)
        changes: list[CallChange] = []
        desk.calls.changed.subscribe(changes.append)
        await move(control, await ring(control), "hangup")
        await until(lambda: changes and changes[-1].call.other.location)
        assert not changes[-1].call.is_live
        assert desk.history.entries[0].other.location == "San Francisco, CA"
        gateway.cancel()


PRESENCE_PATH = "/restapi/v1.0/account/~/extension/~/presence"


@pytest.mark.parametrize("fails", [False, True])
def test_a_call_that_no_event_told_of_is_found_within_four_minutes(*, fails: bool) -> None:
    async def work(hours: OfficeHours) -> None:
        subscriptions = hours.simulator.world.subscriptions
        for subscription in subscriptions.active:
            subscriptions.remove(subscription)
        if fails:
            fault = {"path": "*", "status": 500, "times": None}
            await hours.control.post("/faults", json=fault)
            hours.simulator.world.journal.clear()
            # With the time for the request's own repetitions.
            await asyncio.sleep(RECONCILE_S + 30)
            assert hours.asked("/presence") != []
            await hours.control.delete("/faults")
        await ring(hours.control)
        await asyncio.sleep(1)
        assert hours.desk.calls.calls == []
        await asyncio.sleep(RECONCILE_S)
        assert [call.other.name for call in hours.desk.calls.calls] == ["Ada Lovelace"]
        assert hours.desk.calls.connection.state is ConnectionState.ONLINE

    at_work(work, past_calls=20)


def test_a_snapshot_that_fails_is_taken_again_ever_later() -> None:
    async def work(hours: OfficeHours) -> None:
        world = hours.simulator.world
        # The one trouble that a request does not repeat by itself.
        fault = {"path": PRESENCE_PATH, "status": 503, "times": None}
        await hours.control.post("/faults", json=fault)
        world.journal.clear()
        for connection in world.gateway.connections:
            connection.drop()
        await asyncio.sleep(180)
        asked = hours.asked("/presence")
        pauses_s = [(later - before).total_seconds() for before, later in pairwise(asked)]
        assert pauses_s == pytest.approx([2, 5, 15, 30, 60, 60], abs=0.5)
        assert hours.desk.calls.connection.state is ConnectionState.SYNCING

    at_work(work, past_calls=20)
