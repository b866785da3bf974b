import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from rcdesk.services.absence import Digest
from tests.e2e.office_hours import OfficeHours, at_work

CALL_LOG = "/restapi/v1.0/account/~/extension/~/*call*"
PENALTY = {"Retry-After": "300", "X-Rate-Limit-Group": "heavy"}
MINUTE_S = 60.0
HOUR_S = 3600.0


class Absences:
    """Times without a connection, and what was told of each."""

    def __init__(self, hours: OfficeHours) -> None:
        self.hours = hours
        self.digests: list[Digest] = []
        hours.desk.absence.ended.subscribe(self.digests.append)

    @property
    def told(self) -> list[list[str]]:
        return [[entry.session_id for entry in digest.missed] for digest in self.digests]

    @property
    def times_asked(self) -> int:
        return len(self.hours.asked("/call-log"))

    async def break_log(self, **fault: Any) -> None:
        await self.hours.control.post("/faults", json={"path": CALL_LOG, **fault})

    async def mend(self) -> None:
        await self.hours.control.delete("/faults")

    async def miss_a_call(self, **fault: Any) -> str:
        """Lose the connection, miss a call, and be back; with `fault` the log fails from then."""
        gateway = self.hours.simulator.world.gateway
        gateway.refuse_for(HOUR_S)
        for connection in gateway.connections:
            connection.drop()
        missed = await self.hours.missed_call()
        if fault:
            await self.break_log(**fault)
        gateway.refuse_for(0)
        self.hours.desk.calls.nudge()
        await self.hours.until_online()
        return missed


def with_absences(work: Callable[[Absences], Awaitable[None]]) -> None:
    async def at_desk(hours: OfficeHours) -> None:
        # Nothing is replayed: only the log knows what happened.
        hours.simulator.world.gateway.recovery_timeout_s = 0
        await asyncio.sleep(MINUTE_S)
        await work(Absences(hours))

    at_work(at_desk, past_calls=20)


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "headers": PENALTY, "times": 1},
        {"status": 500, "times": None},
        {"status": 200, "body": "<html>Welcome</html>", "times": None},
    ],
)
def test_a_missed_call_is_told_once_the_log_can_be_read(fault: dict[str, Any]) -> None:
    async def work(absences: Absences) -> None:
        missed = await absences.miss_a_call(**fault)
        await asyncio.sleep(4 * MINUTE_S)
        assert absences.told == []
        await absences.mend()
        await asyncio.sleep(15 * MINUTE_S)
        assert absences.told == [[missed]]
        assert absences.hours.desk.history.missed == 1
        assert absences.hours.simulator.world.rate_limits.refusals == 0

    with_absences(work)


def test_a_call_that_the_log_had_not_yet_is_told_once_it_can_be_read_again() -> None:
    async def work(absences: Absences) -> None:
        missed = await absences.miss_a_call(status=200, body={"records": []}, times=None)
        await absences.mend()
        await absences.break_log(status=500, times=None)
        await asyncio.sleep(4 * MINUTE_S)
        await absences.mend()
        await asyncio.sleep(5 * MINUTE_S)
        assert absences.told == [[missed]]

    with_absences(work)


def test_calls_of_several_gaps_come_together_when_the_connection_is_back() -> None:
    async def work(absences: Absences) -> None:
        first = await absences.miss_a_call(status=500, times=None)
        await asyncio.sleep(5 * MINUTE_S)
        second = await absences.miss_a_call()
        assert absences.told == []
        await asyncio.sleep(20 * MINUTE_S)
        await absences.mend()
        third = await absences.miss_a_call()
        await asyncio.sleep(MINUTE_S)
        assert absences.told == [[third, second, first]]
        assert absences.hours.desk.history.missed == 3

    with_absences(work)


def test_a_log_that_fails_for_long_is_asked_ever_less() -> None:
    async def work(absences: Absences) -> None:
        await absences.miss_a_call(status=502, times=None)
        await asyncio.sleep(8 * MINUTE_S)
        before = absences.times_asked
        await asyncio.sleep(20 * MINUTE_S)
        # Every four minutes, each time repeated twice.
        assert 3 * 4 <= absences.times_asked - before <= 3 * 5

    with_absences(work)


def test_a_log_that_may_not_be_seen_is_not_asked_for_ever() -> None:
    async def work(absences: Absences) -> None:
        error = {"errorCode": "CMN-408", "permissionName": "ReadCallLog"}
        await absences.miss_a_call(status=403, times=None, body={"errors": [error]})
        await asyncio.sleep(5 * MINUTE_S)
        before = absences.times_asked
        await asyncio.sleep(20 * MINUTE_S)
        assert absences.times_asked == before

    with_absences(work)


def test_another_user_is_told_of_no_gap() -> None:
    async def work(absences: Absences) -> None:
        await absences.miss_a_call(status=500, times=None)
        absences.hours.desk.forget()
        await absences.mend()
        before = absences.times_asked
        await asyncio.sleep(10 * MINUTE_S)
        assert absences.times_asked == before
        assert absences.told == []

    with_absences(work)
