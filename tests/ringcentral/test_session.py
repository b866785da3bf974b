import asyncio
from dataclasses import replace
from typing import Any

import httpx
import msgspec
import pytest

from rcdesk.core.errors import RateLimited, ServerTrouble, SignedOut, SignInFailed, Unreachable
from rcdesk.ringcentral import extension
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.session import OAuthSession
from rcdesk.ringcentral.tokens import MemorySessionStore, StoredSession
from rcdesk.simulator.server import Simulator

TOKEN = "/restapi/oauth/token"


def expired(stored: StoredSession) -> StoredSession:
    return msgspec.structs.replace(stored, access_expires_at=0)


async def test_every_way_in_by_credentials(platform: Platform, simulator: Simulator) -> None:
    session = platform.session
    await session.sign_in_with_jwt(simulator.jwt)
    assert session.is_token_valid
    assert "RingOut" in session.granted_scopes
    await session.sign_in_with_password(simulator.username, simulator.extension, simulator.password)
    assert await session.is_authorized()
    assert session.owner_id


async def test_without_a_session_nothing_is_valid(platform: Platform) -> None:
    assert not platform.session.is_token_valid
    assert not await platform.session.is_authorized()
    assert not await platform.session.resume()


async def test_a_public_client_signs_in(app: AppRegistration, simulator: Simulator) -> None:
    async with Platform(replace(app, client_secret=None), MemorySessionStore()) as platform:
        await platform.session.sign_in_with_jwt(simulator.jwt)
        assert await platform.session.is_authorized()


async def test_a_wrong_password_is_told_as_such(platform: Platform, simulator: Simulator) -> None:
    with pytest.raises(SignInFailed, match="number, extension or password is wrong"):
        await platform.session.sign_in_with_password(simulator.username, "101", "wrong")


async def test_a_wrong_client_is_told_as_such(app: AppRegistration, simulator: Simulator) -> None:
    async with Platform(replace(app, client_secret="wrong"), MemorySessionStore()) as platform:
        with pytest.raises(SignInFailed, match="client ID or secret"):
            await platform.session.sign_in_with_jwt(simulator.jwt)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"error": "invalid_grant", "errors": [{"errorCode": "OAU-112"}]}, SignInFailed),
        (400, {"error": "invalid_grant", "errors": [{"errorCode": "OAU-168"}]}, SignInFailed),
        (400, {"error": "invalid_grant", "errors": [{"errorCode": "OAU-147"}]}, SignInFailed),
        (403, {"error": "invalid_client", "errors": [{"errorCode": "OAU-167"}]}, SignInFailed),
        (503, {}, ServerTrouble),
        (429, {}, RateLimited),
        (200, "<html>Welcome to this hotel</html>", Unreachable),
        (403, "<html>Blocked</html>", Unreachable),
    ],
)
async def test_refused_sign_ins(
    platform: Platform, control: Any, simulator: Simulator, *, status: int, body: Any, error: Any
) -> None:
    await control.post("faults", method="POST", path=TOKEN, status=status, body=body, times=1)
    with pytest.raises(error):
        await platform.session.sign_in_with_jwt(simulator.jwt)
    assert not platform.session.is_signed_in


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("OAU-112", "has withdrawn signing in by password for this app: use the browser, or a JWT"),
        ("OAU-125", "has withdrawn signing in by password for this app: use the browser, or a JWT"),
        ("OAU-168", "asks for a second factor, which a password alone cannot give: use the browse"),
    ],
)
async def test_a_withdrawn_password_grant_says_what_to_do_instead(
    platform: Platform, control: Any, simulator: Simulator, code: str, sentence: str
) -> None:
    body = {"error": "unauthorized_client", "errors": [{"errorCode": code}]}
    await control.post("faults", method="POST", path=TOKEN, status=400, body=body, times=1)
    with pytest.raises(SignInFailed, match=sentence):
        await platform.session.sign_in_with_password(
            simulator.username, simulator.extension, simulator.password
        )


async def test_a_stored_session_is_taken_up(app: AppRegistration, simulator: Simulator) -> None:
    store = MemorySessionStore()
    async with Platform(app, store) as first:
        await first.session.sign_in_with_jwt(simulator.jwt)
    async with Platform(app, store) as second:
        assert await second.session.resume()
        assert (await extension.get_extension(second.http)).extension_number == "101"
    async with Platform(replace(app, client_id="other"), store) as other:
        assert not await other.session.resume()


async def test_many_tasks_refresh_once(
    signed_in: Platform, control: Any, app: AppRegistration
) -> None:
    await control.post("faults", tokens="expire")
    answers = await asyncio.gather(*(extension.get_extension(signed_in.http) for _ in range(10)))
    assert len({answer.id for answer in answers}) == 1
    assert len(await control.requests(TOKEN)) == 2


async def test_processes_share_a_refresh(app: AppRegistration, simulator: Simulator) -> None:
    store = MemorySessionStore()
    async with Platform(app, store) as one, Platform(app, store) as two:
        await one.session.sign_in_with_jwt(simulator.jwt)
        assert await two.session.resume()
        before = await one.session.access_token()
        await one.session.refresh()
        await two.session.refresh(rejected=before)
        assert await two.session.access_token() == await one.session.access_token() != before


async def test_the_new_tokens_are_stored_before_they_are_used(
    app: AppRegistration, simulator: Simulator
) -> None:
    store = MemorySessionStore()
    async with Platform(app, store) as platform:
        await platform.session.sign_in_with_jwt(simulator.jwt)
        await platform.session.refresh()
        stored = await store.load()
        assert stored is not None
        assert stored.access_token == await platform.session.access_token()


async def test_a_revoked_session_ends_with_one_sentence(signed_in: Platform, control: Any) -> None:
    ended: list[str] = []
    signed_in.session.ended = ended.append
    await control.post("faults", tokens="revoke")
    with pytest.raises(SignedOut):
        await extension.get_extension(signed_in.http)
    assert ended == ["Signed out by RingCentral: sign in again."]
    assert not await signed_in.session.is_authorized()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {}),
        (503, {}),
        (429, {}),
        (403, {"error": "invalid_client", "errors": [{"errorCode": "OAU-167"}]}),
        (400, "<html>Please log in to the hotel's network</html>"),
        (200, "<html>Please log in to the hotel's network</html>"),
    ],
)
async def test_trouble_during_a_refresh_does_not_sign_out(
    app: AppRegistration, simulator: Simulator, control: Any, status: int, body: Any
) -> None:
    async def no_sleep(_delay_s: float) -> None:
        return

    store = MemorySessionStore()
    async with httpx.AsyncClient() as client:
        session = OAuthSession(app, client, store, sleep=no_sleep)
        session.ended = pytest.fail
        await session.sign_in_with_jwt(simulator.jwt)
        await control.post("faults", method="POST", path=TOKEN, status=status, body=body, times=3)
        with pytest.raises(Exception) as refused:  # noqa: PT011 - any error of ours but SignedOut
            await session.refresh()
        assert not isinstance(refused.value, SignedOut)
        assert session.is_signed_in
        assert await store.load() is not None


async def test_an_expired_token_is_refreshed_before_it_is_used(
    app: AppRegistration, simulator: Simulator
) -> None:
    store = MemorySessionStore()
    async with Platform(app, store) as platform:
        await platform.session.sign_in_with_jwt(simulator.jwt)
        stored = await store.load()
        assert stored is not None
        await store.save(expired(stored))
        async with Platform(app, store) as later:
            assert await later.session.resume()
            assert not later.session.is_token_valid
            assert await later.session.is_authorized()
            assert later.session.is_token_valid


async def test_signing_out_revokes_and_forgets(signed_in: Platform, control: Any) -> None:
    signed_in.session.ended = pytest.fail
    await signed_in.session.sign_out()
    assert not signed_in.session.is_signed_in
    assert not await signed_in.session.resume()
    assert len(await control.requests("/restapi/oauth/revoke")) == 1
    with pytest.raises(SignedOut):
        await signed_in.session.access_token()


async def test_signing_out_works_without_the_platform(signed_in: Platform, control: Any) -> None:
    path = "/restapi/oauth/revoke"
    await control.post("faults", method="POST", path=path, status=500, times=1)
    await signed_in.session.sign_out()
    assert not signed_in.session.is_signed_in


async def test_an_unreachable_server_is_told_as_such() -> None:
    app = AppRegistration("http://127.0.0.1:1", "id")
    async with Platform(app, MemorySessionStore()) as platform:
        with pytest.raises(Unreachable, match="refused the connection"):
            await platform.session.sign_in_with_jwt("x")
