import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.server import ServerConnection, serve

from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.errors import ServerTrouble
from rcdesk.ringcentral.events import Notification, NotificationKind
from rcdesk.ringcentral.gateway import Gateway
from rcdesk.ringcentral.gateway_socket import Connector
from rcdesk.ringcentral.platform import Platform

PRESENCE = "/restapi/v1.0/account/~/extension/~/presence?detailedTelephonyState=true"
WSTOKEN = "/restapi/oauth/wstoken"
PATIENT = Connector()
# A line that is dead is found soon; on a busy machine a good one may be taken for dead, too.
IMPATIENT = Connector(ping_interval_s=0.1, ping_timeout_s=0.1)
Connect = Callable[[str], Awaitable[ClientConnection]]
Sleep = Callable[[float], Awaitable[None]]
Script = Callable[[ServerConnection, int], Awaitable[None]]


class Watch:
    """A running gateway, and what it says."""

    def __init__(
        self, platform: Platform, connector: Connect, sleep: Sleep = asyncio.sleep
    ) -> None:
        self.heard: list[Notification] = []
        self.states: list[Connection] = []
        self.syncs: list[bool] = []
        self.during_sync: Callable[[], Awaitable[None]] | None = None
        self.telling_takes_s = 0.0
        self._changed = asyncio.Event()
        self.gateway = Gateway(
            platform.http,
            [PRESENCE],
            sync=self._sync,
            deliver=self._deliver,
            state_changed=self._state,
            connector=connector,
            sleep=sleep,
            random=lambda: 0.01,
        )

    async def _sync(self, recovered: bool) -> None:
        self.syncs.append(recovered)
        if self.during_sync is not None:
            await self.during_sync()

    def _deliver(self, heard: Notification) -> None:
        self.heard.append(heard)
        self._changed.set()
        time.sleep(self.telling_takes_s)

    def _state(self, state: Connection) -> None:
        self.states.append(state)
        self._changed.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():
                await self._changed.wait()
                self._changed.clear()

    async def online(self, times: int = 1) -> None:
        await self.until(
            lambda: [each.state for each in self.states].count(ConnectionState.ONLINE) >= times
        )

    def uuids(self) -> list[str]:
        return [each.uuid for each in self.heard]


@asynccontextmanager
async def watching(platform: Platform, connector: Connect = PATIENT) -> AsyncIterator[Watch]:
    watch = Watch(platform, connector)
    task = asyncio.create_task(watch.gateway.run())
    try:
        yield watch
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def scripted(script: Script, connector: Connector = PATIENT) -> AsyncIterator[Connect]:
    """A gateway that follows `script`, which is told how many sockets there were before."""
    count = 0

    async def handle(connection: ServerConnection) -> None:
        nonlocal count
        count += 1
        await script(connection, count - 1)

    async with serve(handle, "127.0.0.1", 0, ping_interval=None, close_timeout=0.1) as server:
        port = next(iter(server.sockets)).getsockname()[1]

        async def connect(uri: str) -> ClientConnection:
            return await connector(f"ws://127.0.0.1:{port}/?{uri.partition('?')[2]}")

        yield connect


async def greet(connection: ServerConnection, **details: Any) -> None:
    head = {"type": "ConnectionDetails", "messageId": "1", "wsc": {"token": "w", "sequence": 1}}
    await connection.send(json.dumps([head, {"recoveryTimeout": 180, **details}]))


async def accept_subscription(connection: ServerConnection, name: str = "own") -> None:
    head, _body = json.loads(await connection.recv())
    answer = {"type": "ClientRequest", "messageId": head["messageId"], "status": 200}
    await connection.send(json.dumps([answer, {"id": name}]))


async def notify(connection: ServerConnection, uuid: str, subscription: str = "own") -> None:
    body = {"uuid": uuid, "event": PRESENCE, "subscriptionId": subscription, "body": {}}
    await connection.send(json.dumps([{"type": "ServerNotification"}, body]))


async def test_a_call_is_delivered(signed_in: Platform, control: Any) -> None:
    async with watching(signed_in) as watch:
        await watch.online()
        assert watch.syncs == [False]
        await control.post("calls", direction="Inbound", **{"from": "+12025550123"})
        await watch.until(lambda: bool(watch.heard))
        assert watch.heard[0].kind is NotificationKind.PRESENCE
        assert watch.heard[0].core_event is not None
    assert watch.states[-1].state is ConnectionState.OFFLINE


async def test_a_dropped_socket_is_recovered_with_what_was_missed(
    signed_in: Platform, control: Any
) -> None:
    async with watching(signed_in) as watch:
        await watch.online()
        await control.post("faults", gateway="drop")
        await control.post("calls", direction="Inbound", **{"from": "+12025550123"})
        await watch.online(2)
        await watch.until(lambda: bool(watch.heard))
        assert watch.syncs == [False, True]
        assert len(await control.requests("/restapi/v1.0/subscription")) <= 1


async def test_events_wait_for_the_snapshot(signed_in: Platform, control: Any) -> None:
    async with watching(signed_in) as watch:
        done = asyncio.Event()

        async def call_then_wait() -> None:
            await control.post("calls", direction="Inbound", **{"from": "+12025550123"})
            assert watch.heard == []
            done.set()

        watch.during_sync = call_then_wait
        await watch.online()
        await watch.until(lambda: bool(watch.heard))
        assert done.is_set()


async def test_a_snapshot_that_fails_does_not_hold_events_back(
    signed_in: Platform, control: Any
) -> None:
    async def fail() -> None:
        raise ServerTrouble("RingCentral is in trouble.")

    async with watching(signed_in) as watch:
        watch.during_sync = fail
        await watch.until(lambda: any(state.reason for state in watch.states))
        await control.post("calls", direction="Inbound", **{"from": "+12025550123"})
        await watch.until(lambda: bool(watch.heard))
        assert watch.states[-1] == Connection(ConnectionState.SYNCING, "RingCentral is in trouble.")


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        ({"status": 429, "headers": {"Retry-After": "40"}}, ConnectionState.WAITING, "wait 40 s"),
        ({"status": 503, "headers": {"Retry-After": "40"}}, ConnectionState.WAITING, "in trouble"),
        ({"status": 429}, ConnectionState.WAITING, "wait 30 s"),
        (
            {"status": 429, "headers": {"X-Rate-Limit-Group": "auth"}},
            ConnectionState.WAITING,
            "wait 60 s",
        ),
        ({"status": 500}, ConnectionState.WAITING, "in trouble"),
        ({"status": 200, "body": "<html>"}, ConnectionState.WAITING, "in RingCentral's place"),
        (
            {
                "status": 403,
                "body": {"errors": [{"errorCode": "CMN-401", "permissionName": "WebSocket"}]},
            },
            ConnectionState.OFFLINE,
            "WebSocket scope",
        ),
        (
            {"status": 401, "body": {"errors": [{"errorCode": "OAU-149"}]}, "times": 2},
            ConnectionState.SIGNED_OUT,
            "sign in again",
        ),
    ],
)
async def test_a_refused_ws_token(
    signed_in: Platform, control: Any, *, fault: Any, state: ConnectionState, reason: str
) -> None:
    await control.post("faults", **{"method": "POST", "path": WSTOKEN, "times": 1, **fault})
    async with watching(signed_in) as watch:
        await watch.until(lambda: any(each.state is state for each in watch.states))
        reached = next(each for each in watch.states if each.state is state)
        assert reason in reached.reason
        if "wait " in reason:
            assert f"wait {reached.retry_in_s:.0f} s" == reason


@pytest.mark.parametrize(
    ("status", "code", "state", "reason", "retry_in_s"),
    [
        (403, "SUB-505", ConnectionState.WAITING, "Too many programs", 60),
        (403, "CMN-408", ConnectionState.OFFLINE, "live events: Said by the platform", None),
        (429, "CMN-301", ConnectionState.WAITING, "live events: Said by the platform", 60),
    ],
)
async def test_a_refused_subscription(
    signed_in: Platform,
    control: Any,
    *,
    status: int,
    code: str,
    state: ConnectionState,
    reason: str,
    retry_in_s: float | None,
) -> None:
    body = {"errors": [{"errorCode": code, "message": "Said by the platform"}]}
    await control.post("faults", path="/restapi/v1.0/subscription", status=status, body=body)
    async with watching(signed_in) as watch:
        await watch.until(lambda: any(each.state is state for each in watch.states))
        reached = next(each for each in watch.states if each.state is state)
        assert reason in reached.reason
        if retry_in_s is not None:
            assert reached.retry_in_s == pytest.approx(retry_in_s, abs=6)


async def test_garbage_foreign_and_repeated_events_cost_nothing(signed_in: Platform) -> None:
    async def script(connection: ServerConnection, _before: int) -> None:
        await connection.send("garbage before the greeting")
        await greet(connection)
        await accept_subscription(connection)
        await notify(connection, "1")
        for garbage in (
            "",
            "{",
            "[]",
            "[1,2]",
            "null",
            '[{"type":"ServerNotification"}]',
            "[" * 9999,
        ):
            await connection.send(garbage)
        await connection.send(b"[\xff\xfe]")
        await notify(connection, "1")
        await notify(connection, "foreign", "another's")
        await notify(connection, "2")
        await connection.wait_closed()

    async with scripted(script) as connector, watching(signed_in, connector) as watch:
        await watch.until(lambda: "2" in watch.uuids())
        assert watch.uuids() == ["1", "2"]


@pytest.mark.parametrize("is_recovered", [True, False])
async def test_recovery_is_asked_for_with_the_context(
    signed_in: Platform, is_recovered: bool
) -> None:
    asked: list[str] = []

    async def script(connection: ServerConnection, before: int) -> None:
        assert connection.request is not None
        asked.append(connection.request.path)
        if before == 0:
            await greet(connection)
            await accept_subscription(connection)
            await connection.close(4000)
            return
        await greet(connection, recoveryState="Successful" if is_recovered else "Failed")
        if not is_recovered:
            await accept_subscription(connection, "fresh")
        await notify(connection, "1", "own" if is_recovered else "fresh")
        await connection.wait_closed()

    async with scripted(script) as connector, watching(signed_in, connector) as watch:
        await watch.until(lambda: "1" in watch.uuids())
        await watch.online()
    assert "wsc=" not in asked[0]
    assert "wsc=w" in asked[1]
    assert watch.syncs[-1] is is_recovered


async def test_a_half_open_socket_is_found(signed_in: Platform) -> None:
    async def script(connection: ServerConnection, before: int) -> None:
        await greet(connection)
        await accept_subscription(connection)
        if before == 0:
            # Data stops, nothing closes.
            connection.transport.pause_reading()
        await connection.wait_closed()

    async with scripted(script, IMPATIENT) as connector, watching(signed_in, connector) as watch:
        await watch.online(2)


async def test_a_burst_that_takes_long_to_tell_is_no_dead_line(signed_in: Platform) -> None:
    async def script(connection: ServerConnection, _before: int) -> None:
        await greet(connection)
        await accept_subscription(connection)
        for number in range(1000):
            await notify(connection, str(number))
        await (await connection.ping())
        await notify(connection, "last")
        await connection.wait_closed()

    # To tell them all takes longer than a ping waits.
    hasty = Connector(ping_interval_s=0.1, ping_timeout_s=0.5)
    async with scripted(script, hasty) as connector, watching(signed_in, connector) as watch:
        watch.telling_takes_s = 0.001
        await watch.until(lambda: "last" in watch.uuids())
        states = [each.state for each in watch.states]
        assert states.count(ConnectionState.CONNECTING) == 1


async def test_a_context_the_server_cannot_read_is_not_offered_again(signed_in: Platform) -> None:
    asked: list[bool] = []

    async def script(connection: ServerConnection, before: int) -> None:
        assert connection.request is not None
        asked.append("wsc=" in connection.request.path)
        if before == 1:
            await connection.send(
                '[{"type":"Error"},{"errorCode":"WSG-400","message":"Malformed"}]'
            )
            await connection.close()
            return
        await greet(connection)
        await accept_subscription(connection)
        if before == 0:
            await connection.close()
        await connection.wait_closed()

    async with scripted(script) as connector, watching(signed_in, connector) as watch:
        await watch.until(lambda: len(asked) >= 3)
    assert asked == [False, True, False]


async def test_a_nudge_cuts_a_wait_short(signed_in: Platform) -> None:
    attempts = 0

    async def script(connection: ServerConnection, _before: int) -> None:
        await greet(connection)
        await accept_subscription(connection)
        await connection.wait_closed()

    async def sleep(_delay_s: float) -> None:
        await asyncio.Event().wait()

    async with scripted(script) as connector:

        async def offline_first(uri: str) -> ClientConnection:
            nonlocal attempts
            attempts += 1
            if attempts == 1:
                raise OSError("no network")
            return await connector(uri)

        watch = Watch(signed_in, offline_first, sleep)
        task = asyncio.create_task(watch.gateway.run())
        await watch.until(lambda: ConnectionState.WAITING in [each.state for each in watch.states])
        watch.gateway.nudge()
        await watch.online()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_nudge_replaces_a_socket_that_died_in_the_sleep(signed_in: Platform) -> None:
    async def script(connection: ServerConnection, before: int) -> None:
        await greet(connection)
        await accept_subscription(connection)
        if before == 0:
            connection.transport.pause_reading()
        await connection.wait_closed()

    async with (
        scripted(script) as connector,
        watching(signed_in, connector) as watch,
    ):
        await watch.online()
        watch.gateway.nudge()
        await watch.online(2)
    assert ConnectionState.WAITING not in [each.state for each in watch.states]
