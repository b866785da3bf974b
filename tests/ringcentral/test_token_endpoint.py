"""Whether the token endpoint's answers end the session, and what comes from something else."""

import json
from typing import Any

import httpx
import pytest

from rcdesk.core.errors import RcdeskError, Refused, SignedOut, UnexpectedAnswer
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.rate_limits import RateLimits
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.session import OAuthSession
from rcdesk.ringcentral.tokens import MemorySessionStore, StoredSession
from tests.ringcentral.one_answer import answering

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
    ("status", "body", "kind"),
    [
        (403, oauth("access_denied", "OAU-167"), Refused),
        (400, oauth("access_denied", "OAU-167"), Refused),
        (403, oauth("access_denied"), Refused),
        (404, {"errorCode": "CMN-102", "message": "Resource not found"}, RcdeskError),
        (400, "<html>Bad request</html>", UnexpectedAnswer),
        (401, "<html>Sign in to this network</html>", UnexpectedAnswer),
    ],
    ids=str,
)
async def test_a_refusal_for_where_one_is_ends_nothing(
    signed_in: Platform, control: Any, *, status: int, body: Any, kind: type[RcdeskError]
) -> None:
    signed_in.session.ended = pytest.fail
    await control.post("faults", path=TOKEN, status=status, body=body, times=None)
    with pytest.raises(kind):
        await signed_in.session.refresh()
    assert signed_in.session.is_signed_in


@pytest.mark.parametrize("body", ["", "<html>Bad request</html>", json.dumps({"message": "no"})])
async def test_a_proxy_that_refuses_ends_nothing(body: str) -> None:
    async with answering(400, body) as url, httpx.AsyncClient() as client:
        app = AppRegistration(url, "id", "secret")
        store = MemorySessionStore(
            StoredSession(
                access_token="access",
                access_expires_at=0,
                refresh_token="refresh",
                server_url=app.server_url,
                client_id=app.client_id,
            )
        )
        session = OAuthSession(app, client, store, limits=RateLimits())
        session.ended = pytest.fail
        assert await session.resume()
        with pytest.raises(RcdeskError) as raised:
            await session.refresh()
        assert not isinstance(raised.value, SignedOut)
        assert session.is_signed_in
        assert await store.load() is not None
