"""What refusals, proxies and dawdlers at the token endpoint do to the session."""

import asyncio
import json
from typing import Any

import httpx
import msgspec
import pytest

from rcdesk.core.errors import PlatformError, SignedOut, Unreachable
from rcdesk.ringcentral.discovery import Discovery
from rcdesk.ringcentral.entry_points import fixed
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore, StoredSession
from tests.ringcentral.one_answer import answering
from tests.virtual_time import VirtualTimeLoop

TOKEN = "/restapi/oauth/token"
ENDED = "Signed out by RingCentral: sign in again."


def oauth(error: str, code: str = "") -> dict[str, Any]:
    said = {"error": error, "error_description": "Said by the platform"}
    return said | ({"errors": [{"errorCode": code, "message": "Said"}]} if code else {})


@pytest.mark.parametrize(
    ("status", "body"),
    [
        *(
            (400, oauth(error))
            for error in (
                "invalid_grant",
                "invalid_request",
                "expired_token",
                "unauthorized_client",
                "access_denied",
                "insufficient_scope",
                "unsupported_grant_type",
            )
        ),
        (400, oauth("invalid_grant", "OAU-213")),
        (400, {"errorCode": "CMN-101", "message": "Parameter is invalid"}),
        (400, {"errors": [{"errorCode": "CMN-405", "message": "Login required"}]}),
        (400, {}),
        (400, None),
        (401, oauth("invalid_client", "OAU-146")),
        (401, oauth("unauthorized_client")),
    ],
    ids=str,
)
async def test_a_refresh_that_ringcentral_refuses_ends_the_session(
    signed_in: Platform, control: Any, *, status: int, body: Any
) -> None:
    ended: list[str] = []
    signed_in.session.ended = ended.append
    await control.post("faults", path=TOKEN, status=status, body=body, times=None)
    with pytest.raises(SignedOut, match=ENDED):
        await signed_in.session.refresh()
    assert ended == [ENDED]
    assert not signed_in.session.is_signed_in


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (403, oauth("access_denied", "OAU-167"), "not allow this app to sign in from here"),
        (400, oauth("access_denied", "OAU-167"), "not allow this app to sign in from here"),
        (403, oauth("access_denied"), "refused this: Said by the platform"),
        (404, {"errorCode": "CMN-102", "message": "Resource not found"}, "does not know this"),
        (400, "<html>Bad request</html>", "Something else answered"),
        (401, "<html>Sign in to this network</html>", "Something else answered"),
    ],
    ids=str,
)
async def test_a_refusal_for_where_one_is_ends_nothing(
    signed_in: Platform, control: Any, *, status: int, body: Any, said: str
) -> None:
    signed_in.session.ended = pytest.fail
    await control.post("faults", path=TOKEN, status=status, body=body, times=None)
    with pytest.raises(PlatformError, match=said):
        await signed_in.session.refresh()
    assert signed_in.session.is_signed_in


def kept_session(url: str) -> MemorySessionStore:
    stored = StoredSession(
        access_token="access",
        access_expires_at=0,
        refresh_token="refresh",
        server_url=url,
        client_id="id",
    )
    return MemorySessionStore(stored)


@pytest.mark.parametrize("body", ["", "<html>Bad request</html>", json.dumps({"message": "no"})])
async def test_a_proxy_that_refuses_ends_nothing(body: str) -> None:
    async with answering(400, body) as url:
        store = kept_session(url)
        async with Platform(AppRegistration(url, "id"), store) as platform:
            platform.session.ended = pytest.fail
            assert await platform.session.resume()
            with pytest.raises(PlatformError):
                await platform.session.refresh()
            assert platform.session.is_signed_in
            assert await store.load() is not None


def test_an_answer_that_trickles_holds_nobody_for_ever() -> None:
    async def live() -> None:
        async with answering(200, "", gap_s=1) as url:
            store = kept_session(url)
            async with Platform(AppRegistration(url, "id"), store) as platform:
                with pytest.raises(Unreachable, match="did not answer in time"):
                    await platform.session.sign_in_with_jwt("a.b.c")
                assert await platform.session.resume()
                with pytest.raises(Unreachable, match="did not answer in time"):
                    await platform.session.refresh()
                assert platform.session.is_signed_in
                async with store.lock():
                    assert await store.load() is not None

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(live())


def test_a_discovery_that_trickles_holds_nobody_for_ever() -> None:
    async def live() -> None:
        async with answering(200, "", gap_s=1) as url, httpx.AsyncClient() as client:
            points = msgspec.structs.replace(fixed(url), external_url=f"{url}/external")
            discovery = Discovery(AppRegistration(url, "id"), client, utc_s=lambda: 0.0)
            found = await discovery.external(points, "access")
            assert found == msgspec.structs.replace(points, expires_at=points.retry_cycle_s)

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(live())
