import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from rcdesk.core.call import Instant
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore, SessionEnd, StoredSession
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


def by_timeout(**span: float) -> SessionEnd:
    return SessionEnd(NOW + timedelta(**span), is_by_registration=False)


def by_registration(**span: float) -> SessionEnd:
    return SessionEnd(NOW + timedelta(**span), is_by_registration=True)


@pytest.mark.parametrize(
    ("end", "is_told"),
    [
        (None, False),
        *((by_timeout(minutes=minutes), False) for minutes in (-1, 0, 31)),
        *((by_timeout(minutes=minutes), True) for minutes in (1, 30)),
        *((by_registration(minutes=minutes), False) for minutes in (-1, 0, 6)),
        *((by_registration(minutes=minutes), True) for minutes in (1, 5)),
    ],
)
def test_the_notice_comes_in_time(end: SessionEnd | None, *, is_told: bool) -> None:
    assert bool(notice_of(end, NOW)) is is_told


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (by_timeout(minutes=4), ": sign in again before then."),
        (
            by_registration(minutes=4),
            (
                ", since this app registration issues no refresh tokens: sign in again, and have "
                "“Issue refresh tokens” ticked in the developer console."
            ),
        ),
    ],
)
def test_the_sentence_names_the_time_here_and_the_reason(end: SessionEnd, said: str) -> None:
    assert notice_of(end, NOW) == f"Your sign-in ends at {end.at.astimezone():%H:%M}{said}"


@pytest.mark.parametrize(
    ("refresh_token", "session_ends_at", "end"),
    [
        ("r", 0, None),
        ("r", 20, SessionEnd(datetime.fromtimestamp(20, UTC), is_by_registration=False)),
        ("", 0, SessionEnd(datetime.fromtimestamp(10, UTC), is_by_registration=True)),
        ("", 20, SessionEnd(datetime.fromtimestamp(10, UTC), is_by_registration=True)),
        ("", 5, SessionEnd(datetime.fromtimestamp(5, UTC), is_by_registration=False)),
    ],
)
def test_the_end_is_known_from_what_is_stored(
    refresh_token: str, session_ends_at: float, end: SessionEnd | None
) -> None:
    stored = StoredSession(
        access_token="a",
        access_expires_at=10,
        refresh_token=refresh_token,
        session_ends_at=session_ends_at,
    )
    assert stored.known_end == end


async def test_it_is_told_once_and_again_for_another_end() -> None:
    wall, told = Wall(), list[str]()
    end = by_timeout(hours=8)
    notice = EndNotice(lambda: end, told.append, wall)
    notice.watch()
    assert not told
    wall.utc += timedelta(hours=7, minutes=40)
    notice.watch()
    end = by_timeout(hours=8, seconds=1)  # a refresh reckons it anew
    notice.watch()
    assert len(told) == 1
    end = by_timeout(hours=8, minutes=5)
    notice.watch()
    assert len(told) == 2
    notice.stop()


async def test_the_timer_tells_without_being_asked() -> None:
    told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    ends_at = datetime.now(UTC) + timedelta(minutes=30, milliseconds=50)
    end = SessionEnd(ends_at, is_by_registration=False)
    notice = EndNotice(lambda: end, told.set_result)
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
        end = desk.platform.session.known_end
        assert end is not None
        assert abs(end.at - datetime.now(UTC) - timedelta(seconds=1500)) < timedelta(seconds=5)
