import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta

import pytest

from rcdesk.services.log_sync import PAGE, SyncState
from tests.e2e.office_hours import OfficeHours, at_work

HOURS = 2
MOST_REQUESTS_A_MINUTE = 10
BACKGROUND_REQUESTS_A_MINUTE = 7
PAST_CALLS = 12_500
FLAPPING = timedelta(minutes=30)


def test_two_hours_at_work_cost_no_refusal_and_no_call() -> None:
    async def work(hours: OfficeHours) -> None:
        await hours.pass_by(HOURS)
        # The log has a call within a minute, and is asked within another.
        await asyncio.sleep(180)
        assert hours.simulator.world.rate_limits.refusals == 0
        assert hours.dialed > 0
        listed = [entry.session_id for entry in hours.desk.history.entries]
        assert set(hours.rang) <= set(listed)
        assert len(listed) == len(set(listed))
        assert hours.desk.calls.calls == []

    at_work(work)


def test_impatience_waits_and_is_told_how_long() -> None:
    async def work(hours: OfficeHours) -> None:
        clicks = (hours.desk.history.refresh() for _ in range(2 * MOST_REQUESTS_A_MINUTE))
        await asyncio.gather(*clicks)
        assert hours.simulator.world.rate_limits.refusals == 0
        assert max(hours.waits) == pytest.approx(60, abs=5)
        assert hours.waits[-1] == 0
        assert hours.desk.history.failure == ""

    at_work(work)


def test_old_calls_come_at_the_rate_that_is_left_to_them() -> None:
    async def work(hours: OfficeHours) -> None:
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        sync = hours.desk.archiving.sync
        while sync.progress.state is not SyncState.IDLE:  # noqa: ASYNC110 - virtual time
            await asyncio.sleep(1)
        minutes = (loop.time() - began_s) / 60
        pages = hours.asked("/call-log")
        assert len(pages) <= PAST_CALLS / PAGE + 2
        assert minutes <= len(pages) / BACKGROUND_REQUESTS_A_MINUTE + 1
        assert hours.simulator.world.rate_limits.refusals == 0

    at_work(work, PAST_CALLS)


def test_old_calls_leave_room_for_those_that_have_just_ended() -> None:
    async def work(hours: OfficeHours) -> None:
        sync = hours.desk.archiving.sync
        # What lies before fills the limit at once.
        await asyncio.sleep(70)
        lags: list[timedelta] = []
        while sync.progress.state is SyncState.RUNNING:
            await hours.missed_call()
            ended = hours.simulator.world.now()
            await asyncio.sleep(61)
            lags += [min(at for at in hours.asked("/active-calls") if at > ended) - ended]
        assert len(lags) > 5
        # Asked for 4 s after the end, and no later than with the second page from then.
        assert max(lags) < timedelta(seconds=25)
        assert hours.waits == []
        assert hours.simulator.world.rate_limits.refusals == 0

    at_work(work, PAST_CALLS)


def test_old_calls_that_wait_for_the_rate_limit_do_not_come_once_paused() -> None:
    async def work(hours: OfficeHours) -> None:
        await asyncio.sleep(10)
        hours.desk.archiving.sync.pause()
        asked = hours.asked("/call-log")
        await asyncio.sleep(150)
        assert hours.asked("/call-log") == asked
        hours.desk.archiving.sync.resume()
        await asyncio.sleep(10)
        assert len(hours.asked("/call-log")) > len(asked)

    at_work(work, PAST_CALLS)


async def _refuse(hours: OfficeHours) -> None:
    fault = {"gateway": "close", "code": 1013, "for_s": FLAPPING.total_seconds()}
    await hours.control.post("/faults", json=fault)


async def _drop_after_a_moment(hours: OfficeHours) -> None:
    async def flap() -> None:
        loop = asyncio.get_running_loop()
        until_s = loop.time() + FLAPPING.total_seconds()
        while loop.time() < until_s:
            for connection in hours.simulator.world.gateway.connections:
                connection.drop()
            await asyncio.sleep(3)

    hours.desk.tasks.start(flap(), "flapping")


async def _name_no_address(hours: OfficeHours) -> None:
    await _answer_wstoken(hours, {})


async def _name_a_dead_address(hours: OfficeHours) -> None:
    await _answer_wstoken(hours, {"uri": "ws://127.0.0.1:9/", "ws_access_token": "token"})


async def _answer_wstoken(hours: OfficeHours, body: dict[str, str]) -> None:
    answers = {"path": "/restapi/oauth/wstoken", "status": 200, "body": body, "times": None}
    for fault in (answers, {"gateway": "drop"}):
        await hours.control.post("/faults", json=fault)


@pytest.mark.parametrize(
    "flap", [_refuse, _drop_after_a_moment, _name_no_address, _name_a_dead_address]
)
def test_a_flapping_server_is_left_in_peace(
    flap: Callable[[OfficeHours], Coroutine[None, None, None]],
) -> None:
    async def work(hours: OfficeHours) -> None:
        journal = hours.simulator.world.journal
        await asyncio.sleep(120)
        journal.clear()
        began = hours.simulator.world.now()
        await flap(hours)
        await asyncio.sleep(FLAPPING.total_seconds())
        tried = [at - began for at in hours.asked("/wstoken")]
        first_minute = [at for at in tried if at < timedelta(minutes=1)]
        later = [at for at in tried if at >= timedelta(minutes=10)]
        assert 2 <= len(first_minute) <= 6
        assert 15 <= len(later) <= 20
        assert hours.simulator.world.rate_limits.refusals == 0

    at_work(work)
