"""Presence, active-calls, log, synchronisation and restarts, in any order: each call is kept once.

Virtual time, the real services and real sockets; RCDESK_TEST_ORDERS=100 tries a hundred orders.
"""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path

import httpx
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rcdesk.archive.archive import Archive
from rcdesk.core.connection import ConnectionState
from rcdesk.core.errors import RcdeskError
from rcdesk.core.history import History, HistoryEntry
from rcdesk.core.past_calls import EVERYTHING
from rcdesk.ringcentral.call_log import CallLogQuery, list_calls
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.archiving import Keeping
from rcdesk.services.desk import Desk
from rcdesk.services.log_sync import SyncState
from rcdesk.simulator.server import Simulator, running
from tests.e2e.office_hours import in_virtual_time
from tests.virtual_time import LoopClock, VirtualTimeLoop

CALLS = 20
LONG_S = 150
"""By then the log has what has ended, and every lag and debounce is over."""

STEPS = (
    "ring", "ring", "ring out", "answer", "voicemail", "hangup", "hangup",
    "refresh", "synchronise", "go offline", "restart", "note", "remove",
    "wait a moment", "wait", "wait long",
)  # fmt: skip
WAITS = {"wait a moment": 2, "wait": 15, "wait long": LONG_S}


class Life:
    """A simulator, and an app that is started again and again on the same folder."""

    def __init__(self, simulator: Simulator, control: httpx.AsyncClient, folder: Path) -> None:
        self._simulator, self._control, self._folder = simulator, control, folder
        self._store = MemorySessionStore()
        self._app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
        self._exits = AsyncExitStack()
        self._gateway: asyncio.Task[None] | None = None
        self.desk: Desk
        self.notes: dict[int, str] = {}
        self.removed: set[str] = set()

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        self.desk = await self._exits.enter_async_context(
            Desk(
                self._app,
                self._store,
                with_places=False,
                keeping=Keeping(self._folder),
                clock=loop.now,
            )
        )
        if not await self.desk.session.resume():
            await self.desk.session.sign_in_with_jwt(self._simulator.jwt)
        await self._go_online()

    async def end(self) -> None:
        await self._go_offline()
        await self._exits.aclose()

    async def act(self, step: str) -> None:
        match step:
            case "ring":
                number = f"+1415555{len(self._simulator.world.call_log):04}"
                await self._control.post("/calls", json={"from": number})
            case "ring out":
                self.desk.tasks.start(self._ring_out(), "ring out")
            case "answer" | "voicemail" | "hangup":
                for call in (await self._control.get("/calls")).json()["calls"][:1]:
                    await self._control.post(f"/calls/{call['session_id']}/{step}")
            case "refresh":
                await self.desk.history.refresh()
            case "synchronise":
                self.desk.archiving.sync.ask()
            case "go offline" | "restart":
                await self._interrupt(step)
            case "note" | "remove":
                await self._meddle(step)
            case _:
                await asyncio.sleep(WAITS[step])

    async def come_to_rest(self) -> None:
        """Nobody talks, and the log has been read to its end."""
        while calls := (await self._control.get("/calls")).json()["calls"]:
            await self._control.post(f"/calls/{calls[0]['session_id']}/hangup")
            await asyncio.sleep(1)
        await asyncio.sleep(LONG_S)
        await self.act("restart")
        await asyncio.sleep(LONG_S)
        while self.desk.archiving.sync.progress.state is not SyncState.IDLE:  # noqa: ASYNC110
            await asyncio.sleep(1)

    async def archive(self) -> Archive:
        while self.desk.archiving.archive is None:  # noqa: ASYNC110 - it is opened meanwhile
            await asyncio.sleep(0.01)
        return self.desk.archiving.archive

    async def logged(self) -> list[HistoryEntry]:
        """What the platform's whole log comes to, newest first."""
        now = self._simulator.world.now()
        query = CallLogQuery(
            date_from=now - timedelta(days=90), date_to=now, is_detailed=True, per_page=1000
        )
        history = History()
        history.add_records((await list_calls(self.desk.platform.http, query)).records)
        return history.entries

    async def _ring_out(self) -> None:
        with suppress(RcdeskError):
            await self.desk.dialing.ring_out("+12025550188", "US")

    async def _interrupt(self, step: str) -> None:
        if step == "restart":
            await self.end()
            await self.start()
        else:
            await self._go_offline()
            await asyncio.sleep(30)
            await self._go_online()

    async def _meddle(self, step: str) -> None:
        """Write to the newest call, or delete it."""
        archive = await self.archive()
        for call in (await archive.page(EVERYTHING, limit=1)).calls:
            if step == "note":
                self.notes[call.id] = f"note {len(self.notes)}"
                await archive.set_note(call.id, self.notes[call.id])
            else:
                self.removed.add(call.entry.session_id)
                self.notes.pop(call.id, None)
                await archive.remove([call.id])

    async def _go_online(self) -> None:
        self._gateway = asyncio.create_task(self.desk.calls.run())
        while self.desk.calls.connection.state is not ConnectionState.ONLINE:  # noqa: ASYNC110
            await asyncio.sleep(0.1)

    async def _go_offline(self) -> None:
        if self._gateway is not None:
            self._gateway.cancel()
            with suppress(asyncio.CancelledError):
                await self._gateway
            self._gateway = None


async def check(life: Life) -> None:
    archive = await life.archive()
    kept = (await archive.page(EVERYTHING, limit=1000)).calls
    expected = [it for it in await life.logged() if it.session_id not in life.removed]
    found = [call.entry for call in kept]
    assert [it.key for it in found] == [it.key for it in expected]
    assert max(Counter(it.telephony_session_id for it in found).values()) == 1
    for one, said in zip(found, expected, strict=True):
        assert one.is_final
        assert (one.outcome, one.duration_s, one.recording_id) == (
            said.outcome,
            said.duration_s,
            said.recording_id,
        )
    for id_, text in life.notes.items():
        details = await archive.details(id_)
        assert details is not None
        assert details.note == text


async def live(steps: Sequence[str]) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    with tempfile.TemporaryDirectory() as folder:
        async with (
            running(calls=CALLS, seed=3, clock=LoopClock(loop)) as simulator,
            httpx.AsyncClient(base_url=simulator.control, timeout=None) as control,
        ):
            life = Life(simulator, control, Path(folder))
            await life.start()
            try:
                for step in steps:
                    await life.act(step)
                await life.come_to_rest()
                await check(life)
            finally:
                await life.end()


@given(st.lists(st.sampled_from(STEPS), min_size=3, max_size=25))
@example(["ring", "answer", "hangup", "restart", "wait", "note", "refresh", "wait long", "restart"])
@example(["ring out", "wait", "hangup", "synchronise", "restart", "wait long", "remove"])
@settings(
    max_examples=int(os.environ.get("RCDESK_TEST_ORDERS", "2")),
    suppress_health_check=[HealthCheck.too_slow],
)
def test_each_call_is_kept_once_whatever_the_order(steps: list[str]) -> None:
    in_virtual_time(live(steps))
