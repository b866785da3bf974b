"""Hours of a busy desk on a simulator with RingCentral's own limits, in virtual time."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from rcdesk.core.connection import ConnectionState
from rcdesk.core.errors import RcdeskError
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.archiving import Keeping
from rcdesk.services.desk import Desk
from rcdesk.simulator.server import Simulator, running
from tests.virtual_time import LoopClock, VirtualTimeLoop

CALLS_AN_HOUR = 40
_HOUR_S = 3600.0


@dataclass
class OfficeHours:
    """A desk at work; calls come, some are answered, some are called back."""

    desk: Desk
    simulator: Simulator
    control: httpx.AsyncClient
    dice: random.Random = field(default_factory=lambda: random.Random(4))
    rang: list[str] = field(default_factory=list)
    dialed: int = 0
    waits: list[float] = field(default_factory=list)

    def asked(self, resource: str) -> list[datetime]:
        """When the simulator was asked for paths that end so."""
        return [
            datetime.fromisoformat(entry["time"])
            for entry in self.simulator.world.journal.entries
            if entry["path"].endswith(resource)
        ]

    async def until_online(self) -> None:
        """Return within a second of the connection's being there."""
        while self.desk.calls.connection.state is not ConnectionState.ONLINE:  # noqa: ASYNC110
            await asyncio.sleep(1)

    async def pass_by(self, hours: float) -> None:
        """Let calls come, one after the other as in life, and look at the history meanwhile."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + hours * _HOUR_S
        async with asyncio.TaskGroup() as calls:
            while loop.time() < until_s:
                await asyncio.sleep(self.dice.expovariate(CALLS_AN_HOUR / _HOUR_S))
                calls.create_task(self._call())
                if self.dice.random() < 0.3:
                    calls.create_task(self._dial())
                if self.dice.random() < 0.5:
                    await self.desk.history.refresh()
                if self.dice.random() < 0.2:
                    self.desk.archiving.sync.ask()

    async def missed_call(self) -> str:
        """Let a call ring until nobody has answered it; returns its session id."""
        answer = await self.control.post("/calls", json={"direction": "Inbound"})
        session_id = str(answer.json()["session_id"])
        await asyncio.sleep(20)
        await self._move(session_id, "hangup")
        return session_id

    async def _call(self) -> None:
        order = {"direction": "Inbound", "from": f"+1202555{self.dice.randrange(10_000):04}"}
        answer = await self.control.post("/calls", json=order)
        session_id = str(answer.json()["session_id"])
        self.rang.append(session_id)
        await asyncio.sleep(self.dice.uniform(3, 25))
        if self.dice.random() < 0.7:
            await self._move(session_id, "answer")
            await asyncio.sleep(self.dice.expovariate(1 / 120))
        await self._move(session_id, "hangup")

    async def _move(self, session_id: str, action: str) -> None:
        await self.control.post(f"/calls/{session_id}/{action}")

    async def _dial(self) -> None:
        self.dialed += 1
        with suppress(RcdeskError):
            await self.desk.dialing.ring_out("+12025550188", "US")


async def _never_woken(_woken: Callable[[str], None]) -> None:
    """What happens to this computer's network meanwhile is no business of the desk's."""


@asynccontextmanager
async def office_hours(loop: VirtualTimeLoop, past_calls: int = 500) -> AsyncIterator[OfficeHours]:
    """A desk that is online, with its history open."""
    async with (
        running(calls=past_calls, seed=3, clock=LoopClock(loop)) as simulator,
        httpx.AsyncClient(base_url=simulator.control, timeout=None) as control,
        Desk(
            AppRegistration(simulator.url, simulator.client_id, simulator.client_secret),
            MemorySessionStore(),
            with_places=False,
            keeping=Keeping(),
            clock=loop.now,
            watch_wakeups=_never_woken,
        ) as desk,
    ):
        hours = OfficeHours(desk, simulator, control)
        desk.platform.limits.waiting = lambda _group, seconds: hours.waits.append(seconds)
        await desk.session.sign_in_with_jwt(simulator.jwt)
        gateway = asyncio.create_task(desk.calls.run())
        await hours.until_online()
        await desk.history.refresh()
        try:
            yield hours
        finally:
            gateway.cancel()
            with suppress(asyncio.CancelledError):
                await gateway


def in_virtual_time(work: Coroutine[Any, Any, None]) -> None:
    """Run `work`, which finds the loop by `asyncio.get_running_loop`."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(work)


def at_work(work: Callable[[OfficeHours], Awaitable[None]], past_calls: int = 500) -> None:
    """Do `work` at a desk that is online, in virtual time."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        async with office_hours(loop, past_calls) as hours:
            await work(hours)

    in_virtual_time(run())
