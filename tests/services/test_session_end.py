import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from rcdesk.core.call import Instant
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.desk import Desk
from rcdesk.services.session_end import EndNotice, notice_of
from rcdesk.simulator.server import Simulator

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class Wall:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.utc = NOW

    def __call__(self) -> Instant:
        return Instant(self.utc, 0.0)


@pytest.mark.parametrize(
    ("minutes", "is_told"), [(-1, False), (0, False), (1, True), (30, True), (31, False)]
)
def test_half_an_hour_is_notice_enough(minutes: int, is_told: bool) -> None:
    assert bool(notice_of(NOW + timedelta(minutes=minutes), NOW)) is is_told


def test_the_sentence_names_the_time_here() -> None:
    ends_at = NOW + timedelta(minutes=20)
    here = ends_at.astimezone()
    assert notice_of(ends_at, NOW) == (
        f"Your sign-in ends at {here:%H:%M}: sign in again before then."
    )


async def test_it_is_told_once_and_again_for_another_end() -> None:
    wall, told = Wall(), list[str]()
    ends_at = NOW + timedelta(hours=8)
    notice = EndNotice(lambda: ends_at, told.append, wall)
    notice.watch()
    assert not told
    wall.utc += timedelta(hours=7, minutes=40)
    notice.watch()
    ends_at += timedelta(seconds=1)  # a refresh reckons it anew
    notice.watch()
    assert len(told) == 1
    ends_at += timedelta(minutes=5)
    notice.watch()
    assert len(told) == 2
    notice.stop()


async def test_the_timer_tells_without_being_asked() -> None:
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    ends_at = datetime.now(UTC) + timedelta(minutes=30, milliseconds=50)
    notice = EndNotice(lambda: ends_at, told.set_result)
    notice.watch()
    assert not told.done()
    assert "sign in again before then" in await asyncio.wait_for(told, 5)


async def test_signing_in_under_a_timeout_raises_the_notice(
    simulator: Simulator, app: AppRegistration
) -> None:
    simulator.world.tokens.absolute_timeout_s = 1500
    told: list[str] = []
    async with Desk(app, MemorySessionStore(), with_places=False) as desk:
        desk.session.notice.subscribe(told.append)
        await desk.session.sign_in_with_jwt(simulator.jwt)
        await desk.platform.session.refresh()
        assert len(told) == 1
        ends_at = desk.platform.session.ends_at
        assert ends_at is not None
        assert abs(ends_at - datetime.now(UTC) - timedelta(seconds=1500)) < timedelta(seconds=5)
