"""What can go wrong with the connection, and one morning of calls to try each fault on.

Shared by the tests, which ask whether any call was lost, and by the benchmark, which asks how
long it took.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx

from rcdesk.core.call import CallChange, ChangeKind, Instant, Outcome
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.history import HistoryEntry
from rcdesk.ringcentral.clock import instant_now
from rcdesk.ringcentral.gateway_socket import Connector
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.absence import Digest
from rcdesk.services.desk import Desk
from rcdesk.simulator.server import Simulator, running
from tests.e2e.cable import Cable

PATIENCE_S = 60
_LOOK_S = 0.005
QUICK = Connector(open_timeout_s=0.5, ping_interval_s=0.2, ping_timeout_s=0.2)
WSTOKEN = "/restapi/oauth/wstoken"


@dataclass
class Rig:
    """A desk at the end of a cable, the simulator at the other, and what the desk said.

    Attributes:
        first_s: how long the first connection took.
        clock_is_wrong_by: what this computer's clock is ahead of the platform's.
    """

    desk: Desk
    simulator: Simulator
    cable: Cable
    control: httpx.AsyncClient
    states: list[Connection] = field(default_factory=list)
    changes: list[CallChange] = field(default_factory=list)
    digests: list[Digest] = field(default_factory=list)
    first_s: float = 0.0
    clock_is_wrong_by: timedelta = timedelta()

    def now(self) -> Instant:
        """What this computer takes for the time."""
        return Instant(datetime.now(UTC) + self.clock_is_wrong_by, time.monotonic())

    async def ring(self, number: str) -> str:
        call = {"direction": "Inbound", "from": number}
        answer = await self.control.post("/calls", json=call)
        answer.raise_for_status()
        return str(answer.json()["session_id"])

    async def move(self, session_id: str, action: str) -> None:
        (await self.control.post(f"/calls/{session_id}/{action}")).raise_for_status()

    async def fault(self, **fault: object) -> None:
        (await self.control.post("/faults", json=fault)).raise_for_status()

    async def clear(self) -> None:
        (await self.control.delete("/faults")).raise_for_status()

    async def until(self, condition: Callable[[], object]) -> None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                while not condition():  # noqa: ASYNC110 - any turn of the loop may bring it
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            raise AssertionError(f"never came true; the desk said {self.states}") from None

    @property
    def is_online(self) -> bool:
        return self.desk.calls.connection.state is ConnectionState.ONLINE

    @property
    def live(self) -> set[str]:
        return {call.session_id for call in self.desk.calls.calls}

    def entry(self, session_id: str) -> HistoryEntry | None:
        entries = self.desk.history.entries
        return next((each for each in entries if each.session_id == session_id), None)

    def outcome(self, session_id: str) -> Outcome | None:
        """As the history has it."""
        entry = self.entry(session_id)
        return entry.outcome if entry else None

    def told(self, session_id: str, *, late: bool | None = None) -> Counter[ChangeKind]:
        return Counter(
            change.kind
            for change in self.changes
            if change.call.session_id == session_id and late in (None, change.is_late)
        )

    def reasons(self) -> str:
        return " | ".join(state.reason for state in self.states if state.reason)


async def _nothing(_rig: Rig) -> None:
    pass


@dataclass(frozen=True)
class Fault:
    """One way to lose the connection.

    Attributes:
        begin, end: make it happen, and let it pass.
        says: what the user reads meanwhile; empty where the connection is back before anybody
            could read.
        is_noticed: before it passes the connection is known to be lost.
        is_nudged: when it passes the computer tells us: it woke up, the network is back.
        connector: how the socket is opened; the product's own has longer timeouts.
    """

    name: str
    begin: Callable[[Rig], Awaitable[None]]
    end: Callable[[Rig], Awaitable[None]] = _nothing
    says: str = ""
    is_noticed: bool = True
    is_nudged: bool = False
    connector: Connector = QUICK


@asynccontextmanager
async def rig(connector: Connector) -> AsyncIterator[Rig]:
    """A desk that is online, with its history loaded."""
    made: Rig | None = None

    def now() -> Instant:
        return made.now() if made else instant_now()

    async with (
        running(calls=30, seed=5, speed=10) as simulator,
        Cable(simulator.url) as cable,
        httpx.AsyncClient(base_url=simulator.control) as control,
        Desk(
            AppRegistration(cable.url, simulator.client_id, simulator.client_secret),
            MemorySessionStore(),
            with_places=False,
            connector=connector,
            clock=now,
        ) as desk,
    ):
        made = Rig(desk, simulator, cable, control)
        desk.calls.connection_changed.subscribe(made.states.append)
        desk.calls.changed.subscribe(made.changes.append)
        desk.absence.ended.subscribe(made.digests.append)
        await desk.session.sign_in_with_jwt(simulator.jwt)
        began_s = time.monotonic()
        gateway = asyncio.create_task(desk.calls.run())
        await made.until(lambda: made.is_online)
        made.first_s = time.monotonic() - began_s
        await desk.history.refresh()
        try:
            yield made
        finally:
            gateway.cancel()
            with suppress(asyncio.CancelledError):
                await gateway


@dataclass(frozen=True)
class Morning:
    """What became of the calls.

    Attributes:
        noticed_s: from the fault's beginning until the desk knew of it.
        back_s: from the fault's end, or its being noticed, until the calls were right again.
    """

    answered: str
    missed: str
    ringing: str
    noticed_s: float
    back_s: float


async def live_through(fault: Fault, it: Rig) -> Morning:
    """One call goes on when the fault begins, one is missed meanwhile, one rings when it ends."""
    answered = await it.ring("+12025550101")
    await it.until(lambda: it.live == {answered})
    it.states.clear()
    begun_s = time.monotonic()
    await fault.begin(it)
    await it.move(answered, "answer")
    missed = await it.ring("+12025550102")
    await it.move(answered, "hangup")
    await it.move(missed, "hangup")
    ringing = await it.ring("+12025550103")
    if not fault.is_noticed:
        assert it.states == []
    elif fault.says:
        await it.until(lambda: fault.says in it.reasons())
    else:
        await it.until(lambda: it.states)
    noticed_s = time.monotonic() - begun_s
    await fault.end(it)
    ended_s = time.monotonic()
    if fault.is_nudged:
        it.desk.calls.nudge()
    await it.until(lambda: it.is_online and it.live == {ringing})
    return Morning(answered, missed, ringing, noticed_s, time.monotonic() - ended_s)


def _gateway(**fault: object) -> Callable[[Rig], Awaitable[None]]:
    async def begin(it: Rig) -> None:
        await it.fault(gateway="close", **fault)

    return begin


async def _drop(it: Rig) -> None:
    await it.fault(gateway="drop")


async def _half_open(it: Rig) -> None:
    await it.fault(gateway="stall", for_s=600)


async def _accept_and_close(it: Rig) -> None:
    await it.fault(gateway="close", code=1013, for_s=600)


def _refused(status: int, **fault: object) -> Callable[[Rig], Awaitable[None]]:
    async def begin(it: Rig) -> None:
        await it.fault(method="POST", path=WSTOKEN, status=status, times=1, **fault)
        await it.fault(gateway="drop")

    return begin


async def _captive_portal(it: Rig) -> None:
    await it.fault(path="/restapi/*", status=200, body="<html>Log in to the guest network</html>")
    for _ in range(9):
        await it.fault(path="/restapi/*", status=200, body="<html>Guest network</html>")
    await it.fault(gateway="drop")


def _leads_to(uri: str) -> Callable[[Rig], Awaitable[None]]:
    """The platform, or something in between, sends the socket to a place that is none."""

    async def begin(it: Rig) -> None:
        port = it.cable.url.rpartition(":")[2]
        token = {"uri": uri.format(port=port), "ws_access_token": "none", "expires_in": 30}
        await it.fault(method="POST", path=WSTOKEN, status=200, body=token, times=1)
        await it.fault(gateway="drop")

    return begin


async def _unplug(it: Rig) -> None:
    it.cable.cut()


async def _plug(it: Rig) -> None:
    it.cable.plug()


async def _swallow(it: Rig) -> None:
    it.cable.swallow()


def _clock_jumps(by: timedelta) -> Callable[[Rig], Awaitable[None]]:
    async def begin(it: Rig) -> None:
        it.clock_is_wrong_by = by
        await it.fault(gateway="drop")

    return begin


async def _lose_the_session(it: Rig) -> None:
    """The platform keeps the session for no longer than it takes to come back."""
    it.simulator.world.gateway.recovery_timeout_s = 0
    await it.fault(gateway="drop")


async def _lose_the_session_unlogged(it: Rig) -> None:
    """Coming back is quicker than the platform is at listing what has just ended."""
    for path in ("call-log", "active-calls"):
        await it.fault(
            path=f"/restapi/v1.0/account/~/extension/~/{path}",
            status=200,
            body={"records": [], "navigation": {}, "paging": {}},
            times=1,
        )
    await _lose_the_session(it)


async def _overflow(it: Rig) -> None:
    """More happens than the platform keeps for us: events of calls that nobody needs any more."""
    it.cable.cut()
    for _ in range(40):
        session_id = await it.ring("+12025550199")
        await it.move(session_id, "answer")
        await it.move(session_id, "hangup")


def _timeout(code: str) -> Callable[[Rig], Awaitable[None]]:
    async def begin(it: Rig) -> None:
        for connection in it.simulator.world.gateway.connections:
            connection._time_out(code, "Timeout expired")

    return begin


LOST = "The connection to RingCentral was lost."
FAULTS = [
    *[
        Fault(f"socket closed, code {code}", _gateway(code=code))
        for code in (1000, 1001, 1008, 1011, 1012, 1013, 3000, 4000, 4400, 4401)
    ],
    Fault("socket dropped without a word", _drop),
    Fault("half open: data stops, nothing closes", _half_open, Rig.clear, says="stopped answering"),
    Fault("server accepts and closes at once", _accept_and_close, Rig.clear, says=LOST),
    Fault("clock set back by an hour", _clock_jumps(timedelta(hours=-1))),
    Fault("clock set ahead by an hour", _clock_jumps(timedelta(hours=1))),
    Fault("idle timeout, WSG-902", _timeout("WSG-902")),
    Fault("absolute timeout, WSG-903", _timeout("WSG-903")),
    Fault("malformed context, WSG-400", _timeout("WSG-400")),
    Fault("recovery refused", _lose_the_session),
    Fault("recovery refused, calls not yet listed", _lose_the_session_unlogged),
    Fault("more events than the buffer holds", _overflow, _plug, is_nudged=True),
    Fault("ws token refused, 401", _refused(401, body={"errorCode": "OAU-149"})),
    Fault("ws token refused, 429", _refused(429, headers={"Retry-After": "1"}), says="wait 1 s"),
    Fault("ws token refused, 500", _refused(500), says="in trouble"),
    Fault("ws token refused, 503", _refused(503, headers={"Retry-After": "1"}), says="in trouble"),
    Fault("captive portal", _captive_portal, Rig.clear, says="in RingCentral's place"),
    Fault(
        "no such host", _leads_to("wss://gateway.invalid/"), says="gateway.invalid cannot be found"
    ),
    Fault("TLS failure", _leads_to("wss://127.0.0.1:{port}/"), says="No secure connection"),
    Fault("handshake stalls", _swallow, _plug, says="does not answer", is_nudged=True),
    Fault(
        "sleep and resume",
        _swallow,
        _plug,
        is_noticed=False,
        is_nudged=True,
        connector=Connector(),
    ),
    Fault("network lost and back", _unplug, _plug, says="cannot be reached", is_nudged=True),
]
