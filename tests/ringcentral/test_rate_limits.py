import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rcdesk.core.call import Instant
from rcdesk.core.errors import RateLimited
from rcdesk.ringcentral.rate_limits import RateGroup, RateLimits, retry_after_header_s
from rcdesk.system.penalties import PenaltyFiles

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
AT_NOON_30 = "Mon, 23 Nov 2026 12:00:30 GMT"


class FakeTime:
    """A clock that jumps, while it `runs`, to the next thing somebody waits for."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.runs = asyncio.Event()
        self.runs.set()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, delay_s: float) -> None:
        until = self.now + delay_s
        await self.runs.wait()
        for _ in range(20):
            await asyncio.sleep(0)
        self.now = max(self.now, until)


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def limits(time: FakeTime) -> RateLimits:
    return RateLimits(clock=time, sleep=time.sleep)


@pytest.fixture
def other_process(time: FakeTime, tmp_path: Path) -> RateLimits:
    return sharing(time, tmp_path)


def sharing(time: FakeTime, folder: Path) -> RateLimits:
    """The gates of one of several processes."""

    def clock() -> Instant:
        return Instant(NOW + timedelta(seconds=time.now - 1000), time.now)

    penalties = PenaltyFiles(folder, "app", clock, boot_id="boot")
    return RateLimits(clock=time, sleep=time.sleep, penalties=penalties)


async def spend(limits: RateLimits, group: RateGroup, count: int, *, user: bool = False) -> None:
    for _ in range(count):
        await limits.acquire(group, user=user, max_wait_s=0)


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({}, None),
        ({"Retry-After": "40"}, 40),
        ({"Retry-After": "-1"}, 0),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, 3600),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "31536000"}, 3600),
        ({"Retry-After": AT_NOON_30, "Date": "Mon, 23 Nov 2026 12:00:00 GMT"}, 30),
        ({"Retry-After": AT_NOON_30, "Date": "Mon, 23 Nov 2026 13:00:00 GMT"}, 0),
        ({"Retry-After": AT_NOON_30, "Date": "Sun, 23 Nov 2025 12:00:00 GMT"}, 3600),
        # Without the server's clock there is only this computer's.
        ({"Retry-After": "Mon, 23 Nov 2015 12:00:30 GMT"}, 0),
        ({"Retry-After": "Mon, 23 Nov 2099 12:00:30 GMT", "Date": "noon"}, 3600),
    ],
)
def test_retry_after(headers: dict[str, str], wait_s: float | None) -> None:
    assert retry_after_header_s(headers) == wait_s


async def test_background_work_leaves_a_reserve_for_the_user(limits: RateLimits) -> None:
    await spend(limits, RateGroup.HEAVY, 7)
    with pytest.raises(RateLimited):
        await limits.acquire(RateGroup.HEAVY, max_wait_s=10)
    await spend(limits, RateGroup.HEAVY, 3, user=True)
    with pytest.raises(RateLimited, match="wait 60 s"):
        await limits.acquire(RateGroup.HEAVY, user=True, max_wait_s=10)


async def test_a_full_window_is_waited_for(limits: RateLimits, time: FakeTime) -> None:
    await spend(limits, RateGroup.AUTH, 5)
    await limits.acquire(RateGroup.AUTH, max_wait_s=90)
    assert 60 < time.now - 1000 < 62


@pytest.mark.parametrize(
    ("headers", "wait_s", "others_wait"),
    [
        ({"X-Rate-Limit-Group": "heavy", "Retry-After": "40"}, 40, False),
        ({"X-Rate-Limit-Group": "heavy"}, 60, False),
        ({}, 30, True),
        ({"Retry-After": "5"}, 5, True),
    ],
)
async def test_penalties(
    limits: RateLimits, headers: dict[str, str], wait_s: float, others_wait: bool
) -> None:
    assert await limits.penalise(RateGroup.HEAVY, headers) == wait_s
    assert limits.delay_s(RateGroup.HEAVY, user=True) == wait_s
    assert (limits.delay_s(RateGroup.LIGHT) > 0) is others_wait


async def test_nobody_sends_during_a_penalty_and_the_user_goes_first(
    limits: RateLimits, time: FakeTime
) -> None:
    await limits.penalise(RateGroup.LIGHT, {"X-Rate-Limit-Group": "light", "Retry-After": "40"})
    order: list[tuple[str, float]] = []

    async def ask(name: str, *, user: bool) -> None:
        await limits.acquire(RateGroup.LIGHT, user=user)
        order.append((name, time.now))

    async with asyncio.TaskGroup() as group:
        for name in ("sync 1", "sync 2"):
            group.create_task(ask(name, user=False))
        await asyncio.sleep(0)
        group.create_task(ask("user", user=True))
    assert [name for name, _ in order] == ["user", "sync 1", "sync 2"]
    assert all(at >= 1040 for _, at in order)


HEAVY_FOR_40_S = {"X-Rate-Limit-Group": "heavy", "Retry-After": "40"}


async def test_a_process_that_starts_during_a_penalty_does_not_restart_it(
    other_process: RateLimits, time: FakeTime, tmp_path: Path
) -> None:
    await other_process.penalise(RateGroup.HEAVY, HEAVY_FOR_40_S)
    time.now += 10
    limits = sharing(time, tmp_path)
    told: list[tuple[RateGroup, float]] = []
    limits.waiting = lambda group, seconds: told.append((group, seconds))
    await limits.acquire(RateGroup.LIGHT, max_wait_s=0)
    with pytest.raises(RateLimited, match="wait 30 s"):
        await limits.acquire(RateGroup.HEAVY, user=True, max_wait_s=0)
    await limits.acquire(RateGroup.HEAVY)
    assert time.now == 1040
    assert told == [(RateGroup.HEAVY, 30.0), (RateGroup.HEAVY, 0.0)]


async def test_who_waits_already_heeds_a_later_penalty_of_another_process(
    other_process: RateLimits, time: FakeTime, tmp_path: Path
) -> None:
    limits = sharing(time, tmp_path)
    await limits.penalise(RateGroup.HEAVY, HEAVY_FOR_40_S)
    time.runs.clear()
    waiting = asyncio.create_task(limits.acquire(RateGroup.HEAVY))
    await asyncio.sleep(0)
    await other_process.penalise(RateGroup.HEAVY, HEAVY_FOR_40_S | {"Retry-After": "60"})
    time.runs.set()
    await waiting
    assert time.now == 1060


@pytest.mark.parametrize(("asleep_s", "is_over"), [(10, False), (8 * 3600, True)])
async def test_a_wait_passes_while_the_computer_sleeps(
    limits: RateLimits, time: FakeTime, asleep_s: float, is_over: bool
) -> None:
    await limits.penalise(RateGroup.HEAVY, HEAVY_FOR_40_S)
    time.runs.clear()
    waiting = asyncio.create_task(limits.acquire(RateGroup.HEAVY))
    await asyncio.sleep(0)
    time.now += asleep_s
    limits.look_again()
    await asyncio.wait({waiting}, timeout=0.05)
    assert waiting.done() is is_over
    time.runs.set()
    await waiting


async def test_the_account_s_limit_is_told_to_other_processes_for_all_groups(
    other_process: RateLimits, time: FakeTime, tmp_path: Path
) -> None:
    await other_process.penalise(RateGroup.HEAVY, {"Retry-After": "5"})
    for group in RateGroup:
        with pytest.raises(RateLimited):
            await sharing(time, tmp_path).acquire(group, user=True, max_wait_s=1)


async def test_a_wait_is_told_once_and_so_is_its_end(limits: RateLimits) -> None:
    told: list[tuple[RateGroup, float]] = []
    limits.waiting = lambda group, seconds: told.append((group, seconds))
    await limits.penalise(RateGroup.LIGHT, {"X-Rate-Limit-Group": "light", "Retry-After": "40"})
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(limits.acquire(RateGroup.LIGHT))
    assert told == [(RateGroup.LIGHT, 40.0), (RateGroup.LIGHT, 0.0)]


async def test_limits_are_learned_and_other_processes_count(limits: RateLimits) -> None:
    headers = {
        "X-Rate-Limit-Limit": "3",
        "X-Rate-Limit-Remaining": "0",
        "X-Rate-Limit-Window": "20",
    }
    limits.observe(RateGroup.LIGHT, headers)
    assert limits.delay_s(RateGroup.LIGHT) == pytest.approx(20, abs=1)


@pytest.mark.parametrize("limit", ["", "-1", "many", "9" * 30])
async def test_absurd_headers_do_no_harm(limits: RateLimits, limit: str) -> None:
    limits.observe(
        RateGroup.LIGHT,
        {
            "X-Rate-Limit-Limit": limit,
            "X-Rate-Limit-Remaining": "1",
            "X-Rate-Limit-Group": "purple",
        },
    )
    await limits.acquire(RateGroup.LIGHT, max_wait_s=0)


async def test_the_pace_of_background_work_is_no_news_a_penalty_is(
    limits: RateLimits, time: FakeTime
) -> None:
    told: list[float] = []
    limits.waiting = lambda _group, seconds: told.append(seconds)
    for _ in range(8):
        await limits.acquire(RateGroup.HEAVY, max_wait_s=600)
    assert time.now > 1000
    assert told == []
    await limits.penalise(RateGroup.HEAVY, {"Retry-After": "30"})
    await limits.acquire(RateGroup.HEAVY, max_wait_s=600)
    assert told == [30, 0]


async def test_who_gives_up_waiting_does_not_block_the_others(limits: RateLimits) -> None:
    await spend(limits, RateGroup.AUTH, 5)
    waiting = asyncio.create_task(limits.acquire(RateGroup.AUTH))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await limits.acquire(RateGroup.AUTH)
