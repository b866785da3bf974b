import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from rcdesk.core.errors import (
    RateLimited,
    RcdeskError,
    ServerTrouble,
    SignedOut,
    UnexpectedAnswer,
    Unreachable,
)
from rcdesk.ringcentral import extension
from rcdesk.ringcentral.entry_points import fixed
from rcdesk.ringcentral.oauth import jwt_grant
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.rate_limits import RateLimits
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.session import OAuthSession
from rcdesk.ringcentral.token_endpoint import TokenEndpoint
from rcdesk.ringcentral.tokens import MemorySessionStore, SessionStore, StoredSession
from rcdesk.simulator.server import Simulator, running
from rcdesk.system.filelock import FileLock
from tests.e2e.office_hours import in_virtual_time
from tests.ringcentral import sharing_process
from tests.ringcentral.moved_clock import MovedClock
from tests.ringcentral.sharing_process import FileSessionStore
from tests.simulator.manual_clock import ManualClock
from tests.virtual_time import LoopClock, VirtualTimeLoop

TOKEN = "/restapi/oauth/token"
ENDED = "Signed out by RingCentral: sign in again."
ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def session_of(
    app: AppRegistration, store: SessionStore | None = None, **options: Any
) -> AsyncIterator[OAuthSession]:
    async def no_sleep(_delay_s: float) -> None:
        return

    async with httpx.AsyncClient() as client:
        session = OAuthSession(
            app, client, store or MemorySessionStore(), **{"sleep": no_sleep} | options
        )
        yield session
        await session.aclose()


async def refreshes(control: Any) -> int:
    asked = await control.requests(TOKEN)
    return sum(each["body"]["grant_type"] == "refresh_token" for each in asked)


@pytest.mark.parametrize(
    ("fault", "error", "asked"),
    [
        ({"status": 500}, ServerTrouble, 3),
        ({"status": 408}, RcdeskError, 3),
        ({"status": 500, "body": "<html>Bad gateway</html>"}, ServerTrouble, 3),
        ({"status": 502}, ServerTrouble, 1),
        ({"status": 503}, ServerTrouble, 1),
        ({"status": 503, "headers": {"Retry-After": "30"}}, ServerTrouble, 1),
        ({"status": 429, "headers": {"Retry-After": "300"}}, RateLimited, 1),
        ({"status": 200, "body": "<html>Welcome</html>"}, UnexpectedAnswer, 1),
        ({"status": 200, "body": {}}, UnexpectedAnswer, 1),
        ({"status": 200, "body": {"access_token": "no\nheader"}}, UnexpectedAnswer, 1),
        ({"status": 400, "body": "<html>Welcome</html>"}, UnexpectedAnswer, 1),
        ({"status": 302, "headers": {"Location": "https://hotel.example"}}, Unreachable, 1),
    ],
)
async def test_a_fault_costs_no_session_and_no_more_requests_than_the_guide_allows(
    app: AppRegistration,
    simulator: Simulator,
    control: Any,
    *,
    fault: dict[str, Any],
    error: type[Exception],
    asked: int,
) -> None:
    store = MemorySessionStore()
    async with session_of(app, store) as session:
        session.ended = pytest.fail
        await session.sign_in_with_jwt(simulator.jwt)
        before = await store.load()
        await control.post("faults", path=TOKEN, times=None, **fault)
        with pytest.raises(error):
            await session.refresh()
        assert await refreshes(control) == asked
        assert session.is_signed_in
        assert await store.load() == before
        # The old token lasts as long as it lasts.
        assert before is not None
        assert await session.access_token() == before.access_token


async def test_a_timeout_is_asked_again_and_gets_the_same_tokens(
    app: AppRegistration, simulator: Simulator, control: Any
) -> None:
    async with httpx.AsyncClient() as client:
        slept: list[float] = []

        async def sleep(delay_s: float) -> None:
            slept.append(delay_s)

        endpoint = TokenEndpoint(
            app, client, RateLimits(), monotonic_s=lambda: 0.0, sleep=sleep, timeout_s=0.5
        )
        points = fixed(app.server_url)
        signed_in = await endpoint.grant(points, jwt_grant(simulator.jwt))
        assert signed_in.refresh_token
        # The platform has rotated, and its answer was lost.
        lost = simulator.world.tokens.refresh(signed_in.refresh_token, None).current.access
        await control.post("faults", path=TOKEN, delay_s=1.0, times=1)
        answer = await endpoint.refresh(points, signed_in.refresh_token, "")
        assert (answer.access_token, slept) == (lost, [10.0])
        assert await refreshes(control) == 2


async def test_retry_after_of_a_503_is_obeyed_by_everybody(
    app: AppRegistration, simulator: Simulator, control: Any
) -> None:
    clock = MovedClock()
    async with session_of(app, clock=clock) as session:
        await session.sign_in_with_jwt(simulator.jwt)
        clock.passes(hours=1)
        await control.post("faults", path=TOKEN, status=503, headers={"Retry-After": "40"}, times=1)
        for _ in range(4):
            with pytest.raises(ServerTrouble):
                await session.access_token()
        assert await refreshes(control) == 1
        clock.passes(seconds=41)
        assert await session.is_authorized()
        assert await refreshes(control) == 2


@pytest.mark.parametrize("used", [False, True])
@pytest.mark.parametrize(("minutes", "survives"), [(59, True), (61, False)])
async def test_a_crash_between_answer_and_save_within_the_race_window(
    *, used: bool, minutes: int, survives: bool
) -> None:
    clock = ManualClock()
    async with running(clock=clock) as simulator:
        app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
        store = MemorySessionStore()
        async with session_of(app, store) as session:
            await session.sign_in_with_jwt(simulator.jwt)
        stored = await store.load()
        assert stored is not None
        tokens = simulator.world.tokens
        unsaved = tokens.refresh(stored.refresh_token, None).current.access
        if used:
            tokens.authenticate(unsaved)
        clock.advance(5 if used and survives else minutes * 60)
        async with session_of(app, store) as session:
            assert await session.resume()
            if survives:
                await session.refresh(rejected=stored.access_token)
                kept = await store.load()
                assert kept is not None
                assert kept.access_token == unsaved
            else:
                with pytest.raises(SignedOut, match=ENDED):
                    await session.refresh(rejected=stored.access_token)


async def start(simulator: Simulator, folder: Path, order: str) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(sharing_process.__file__),
        *(simulator.url, simulator.client_id, simulator.client_secret, str(folder), order),
        stdin=PIPE,
        stdout=PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readline(), 20) == b"ready\n"
    return process


async def shared_session(simulator: Simulator, app: AppRegistration, folder: Path) -> StoredSession:
    store = FileSessionStore(folder)
    async with Platform(app, store) as platform:
        await platform.session.sign_in_with_jwt(simulator.jwt)
    stored = await store.load()
    assert stored is not None
    return stored


async def test_two_processes_refresh_once_between_them(
    simulator: Simulator, app: AppRegistration, control: Any, tmp_path: Path
) -> None:
    before = await shared_session(simulator, app, tmp_path)
    # So that both are waiting for the lock when the first gets its answer.
    await control.post("faults", path=TOKEN, delay_s=0.3, times=1)
    processes = [await start(simulator, tmp_path, "refresh") for _ in range(2)]
    answers = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert len({out for out, _ in answers}) == 1
    assert answers[0][0].decode().strip() != before.access_token
    assert await refreshes(control) == 1


async def test_a_process_that_dies_before_saving_costs_no_sign_in(
    simulator: Simulator, app: AppRegistration, control: Any, tmp_path: Path
) -> None:
    before = await shared_session(simulator, app, tmp_path)
    dying = await start(simulator, tmp_path, "crash")
    await dying.communicate(b"go\n")
    assert dying.returncode == 9
    rotated = simulator.world.tokens.sessions[0].current.access
    assert rotated != before.access_token
    # The system gave the lock back.
    heir = await start(simulator, tmp_path, "refresh")
    out, _ = await heir.communicate(b"go\n")
    assert out.decode().strip() == rotated


def test_the_longest_refresh_of_another_process_is_waited_for(tmp_path: Path) -> None:
    async def work() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        real: dict[str, Any] = {"clock": loop.now, "sleep": asyncio.sleep}
        async with running(clock=LoopClock(loop)) as simulator:
            app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
            async with (
                session_of(app, FileSessionStore(tmp_path), **real) as other,
                session_of(app, FileSessionStore(tmp_path), **real) as own,
                httpx.AsyncClient(base_url=simulator.control) as control,
            ):
                await other.sign_in_with_jwt(simulator.jwt)
                assert await own.resume()
                before = await own.access_token()
                slow = {"path": TOKEN, "delay_s": 14.9}
                await control.post("/faults", json=slow | {"status": 500, "times": 2})
                await control.post("/faults", json=slow)
                await asyncio.gather(other.refresh(), own.refresh())
                assert await own.access_token() == await other.access_token() != before
                asked = [entry["path"] for entry in simulator.world.journal.entries]
                assert asked.count(TOKEN) == 1 + 3

    in_virtual_time(work())


async def test_a_session_that_another_process_keeps_is_a_platform_out_of_reach(
    simulator: Simulator, app: AppRegistration, tmp_path: Path
) -> None:
    stored = await shared_session(simulator, app, tmp_path)
    store = FileSessionStore(tmp_path, patience_s=0.05)
    await store.save(msgspec.structs.replace(stored, access_expires_at=0))
    holder = FileLock(tmp_path / "session.lock")
    async with Platform(app, store) as platform:
        assert await platform.session.resume()
        assert holder.try_acquire()
        with pytest.raises(Unreachable, match="Another rcdesk has been busy"):
            await extension.get_extension(platform.http)
        holder.release()
        await extension.get_extension(platform.http)


async def evict(simulator: Simulator, app: AppRegistration) -> None:
    for _ in range(5):
        async with session_of(app) as another:
            await another.sign_in_with_jwt(simulator.jwt)


async def revoke(simulator: Simulator, _app: AppRegistration) -> None:
    simulator.world.tokens.end_all()


async def time_out(simulator: Simulator, _app: AppRegistration) -> None:
    simulator.world.tokens.sessions[0].ends_at = 0.0


async def refuse(simulator: Simulator, _app: AppRegistration) -> None:
    # Every token, fresh ones too.
    async with httpx.AsyncClient() as client:
        body = {"errorCode": "OAU-149", "message": "OAuth token is invalid"}
        fault = {"path": "/restapi/v1.0/*", "status": 401, "body": body, "times": None}
        await client.post(f"{simulator.control}/faults", json=fault)


@pytest.mark.parametrize("ending", [revoke, evict, time_out, refuse])
async def test_an_ended_session_is_one_sentence_and_no_request_more(
    signed_in: Platform, simulator: Simulator, app: AppRegistration, ending: Callable[..., Any]
) -> None:
    simulator.world.rate_limits.limits["auth"] = 100
    ended: list[str] = []
    signed_in.session.ended = ended.append
    await ending(simulator, app)
    results = await asyncio.gather(
        *(extension.get_extension(signed_in.http) for _ in range(5)), return_exceptions=True
    )
    assert {type(result) for result in results} == {SignedOut}
    assert ended == [ENDED]
    simulator.world.journal.clear()
    for _ in range(3):
        with pytest.raises(SignedOut):
            await extension.get_extension(signed_in.http)
        with pytest.raises(SignedOut):
            await signed_in.session.refresh()
    assert not await signed_in.session.is_authorized()
    assert not await signed_in.session.resume()
    assert simulator.world.journal.entries == []


async def test_an_ended_session_leaves_a_newer_sign_in_alone(
    app: AppRegistration, simulator: Simulator
) -> None:
    store = MemorySessionStore()
    async with session_of(app, store) as old, session_of(app, store) as new:
        await old.sign_in_with_jwt(simulator.jwt)
        await new.sign_in_with_jwt(simulator.jwt)
        kept = await store.load()
        await old.end()
        assert await store.load() == kept is not None


async def test_a_wall_clock_put_back_keeps_no_dead_token(
    app: AppRegistration, simulator: Simulator, control: Any
) -> None:
    clock = MovedClock()
    async with session_of(app, clock=clock) as session:
        await session.sign_in_with_jwt(simulator.jwt)
        clock.passes(minutes=55)
        clock.utc -= timedelta(hours=1)
        valid = [session.is_token_valid]
        clock.passes(minutes=6)
        assert [*valid, session.is_token_valid] == [True, False]
        assert await session.is_authorized()
        assert await refreshes(control) == 1
        assert await session.is_authorized()
        assert await refreshes(control) == 1


async def test_a_dead_token_that_both_clocks_believe_in_is_refreshed_once(
    app: AppRegistration, simulator: Simulator, control: Any
) -> None:
    store = MemorySessionStore()
    async with Platform(app, store) as platform:
        await platform.session.sign_in_with_jwt(simulator.jwt)
        stored = await store.load()
    assert stored is not None
    # Taken up by a computer whose clock is a day behind.
    await store.save(
        msgspec.structs.replace(stored, access_expires_at=stored.access_expires_at + 86_400)
    )
    await control.post("faults", tokens="expire")
    async with Platform(app, store) as later:
        later.session.ended = pytest.fail
        assert await later.session.resume()
        await asyncio.gather(*(extension.get_extension(later.http) for _ in range(3)))
    assert await refreshes(control) == 1


async def test_a_wall_clock_put_forward_does_not_sign_out(
    app: AppRegistration, simulator: Simulator, control: Any
) -> None:
    clock = MovedClock()
    async with session_of(app, clock=clock) as session:
        session.ended = pytest.fail
        await session.sign_in_with_jwt(simulator.jwt)
        clock.utc += timedelta(days=400)
        # Not even where no new token can be had: the old one is good.
        await control.post("faults", path=TOKEN, status=502, times=1)
        before = await session.access_token()
        assert await session.is_authorized()
        assert await session.access_token() != before
        assert await refreshes(control) == 2


async def test_sleep_shows_on_the_wall_clock_only(
    app: AppRegistration, simulator: Simulator, control: Any
) -> None:
    clock = MovedClock()
    async with session_of(app, clock=clock) as session:
        await session.sign_in_with_jwt(simulator.jwt)
        clock.utc += timedelta(hours=8)
        assert not session.is_token_valid
        assert await session.is_authorized()
        assert await refreshes(control) == 1


async def test_a_public_client_names_itself_in_the_body(
    app: AppRegistration, simulator: Simulator, control: Any
) -> None:
    async with session_of(replace(app, client_secret=None)) as session:
        await session.sign_in_with_jwt(simulator.jwt)
        await session.refresh()
        await session.sign_out()
    asked = await control.requests(TOKEN) + await control.requests("/restapi/oauth/revoke")
    assert len(asked) == 3
    for each in asked:
        assert each["body"]["client_id"] == app.client_id
        assert "authorization" not in each["headers"]
