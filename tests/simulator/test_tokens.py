import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from rcdesk.simulator.server import Simulator
from rcdesk.simulator.tokens import Lifetimes, Tokens
from tests.simulator.manual_clock import ManualClock

REDIRECT = "http://localhost:5000/oauth2callback"
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)
EXTENSION = "/restapi/v1.0/account/~/extension/~"


def code_of(answer: httpx.Response) -> str:
    code: str = answer.json()["errors"][0]["errorCode"]
    return code


async def post_token(
    http: httpx.AsyncClient, simulator: Simulator, *, secret: str | None = None, **form: str
) -> httpx.Response:
    auth = httpx.BasicAuth(simulator.client_id, secret or simulator.client_secret)
    return await http.post("/restapi/oauth/token", data=form, auth=auth)


async def sign_in(http: httpx.AsyncClient, simulator: Simulator) -> dict[str, Any]:
    answer = await post_token(
        http,
        simulator,
        grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion=simulator.jwt,
    )
    assert answer.status_code == 200, answer.text
    token: dict[str, Any] = answer.json()
    return token


async def refresh(http: httpx.AsyncClient, simulator: Simulator, token: str) -> httpx.Response:
    return await post_token(http, simulator, grant_type="refresh_token", refresh_token=token)


async def status_with(http: httpx.AsyncClient, access_token: str) -> int:
    answer = await http.get(EXTENSION, headers={"Authorization": f"Bearer {access_token}"})
    return answer.status_code


def ticket_in(page: httpx.Response) -> str:
    match = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert match is not None, page.text
    return match[1]


async def authorize(
    http: httpx.AsyncClient, simulator: Simulator, *, decision: str = "allow", **changes: str
) -> dict[str, list[str]]:
    query = {
        "response_type": "code",
        "client_id": simulator.client_id,
        "redirect_uri": REDIRECT,
        "state": "a state & more",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    page = await http.get("/restapi/oauth/authorize", params=query | changes)
    form = {"ticket": ticket_in(page), "phone_number": "(650) 555-0142", "extension": "101"}
    form["password"] = simulator.password
    consent = await http.post("/restapi/oauth/authorize", data=form)
    answer = await http.post(
        "/restapi/oauth/authorize", data={"ticket": ticket_in(consent), "decision": decision}
    )
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(REDIRECT + "?")
    return parse_qs(urlsplit(answer.headers["Location"]).query)


async def redeem(
    http: httpx.AsyncClient, simulator: Simulator, code: str, **changes: str
) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
        "client_id": simulator.client_id,
    }
    return await http.post("/restapi/oauth/token", data=form | changes)


async def test_a_person_signs_in_on_the_page_and_a_public_client_redeems_the_code(
    http: httpx.AsyncClient, simulator: Simulator
) -> None:
    redirect = await authorize(http, simulator)
    assert redirect["state"] == ["a state & more"]
    assert redirect["expires_in"] == ["60"]
    token = (await redeem(http, simulator, redirect["code"][0])).json()
    assert token["token_type"] == "bearer"
    assert token["expires_in"] == 3600
    assert token["refresh_token_expires_in"] == 604_800
    assert token["owner_id"] == simulator.world.company.user.extension_id
    assert await status_with(http, token["access_token"]) == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code_verifier": "w" * 43}, "OAU-106"),
        ({"code_verifier": ""}, "OAU-106"),
        ({"redirect_uri": "http://localhost:5001/oauth2callback"}, "OAU-109"),
        ({"code": "unknown"}, "OAU-106"),
        ({"client_id": "another"}, "OAU-153"),
        ({"client_id": ""}, "OAU-123"),
        ({"grant_type": "magic"}, "OAU-250"),
    ],
)
async def test_a_code_is_refused(
    http: httpx.AsyncClient, simulator: Simulator, changes: dict[str, str], code: str
) -> None:
    redirect = await authorize(http, simulator)
    form = {"code": redirect["code"][0]} | changes
    answer = await redeem(http, simulator, form.pop("code"), **form)
    assert answer.status_code == 400
    assert code_of(answer) == code


async def test_a_code_works_once(http: httpx.AsyncClient, simulator: Simulator) -> None:
    code = (await authorize(http, simulator))["code"][0]
    assert (await redeem(http, simulator, code)).status_code == 200
    assert code_of(await redeem(http, simulator, code)) == "OAU-106"


async def test_a_code_lives_a_minute(
    http: httpx.AsyncClient, simulator: Simulator, clock: ManualClock
) -> None:
    code = (await authorize(http, simulator))["code"][0]
    clock.advance(60)
    assert code_of(await redeem(http, simulator, code)) == "OAU-108"


async def test_plain_challenges_are_checked_too(
    http: httpx.AsyncClient, simulator: Simulator
) -> None:
    redirect = await authorize(
        http, simulator, code_challenge=VERIFIER, code_challenge_method="plain"
    )
    assert (await redeem(http, simulator, redirect["code"][0])).status_code == 200


async def test_denied_consent_goes_back_to_the_app(
    http: httpx.AsyncClient, simulator: Simulator
) -> None:
    redirect = await authorize(http, simulator, decision="deny")
    assert redirect["error"] == ["access_denied"]
    assert redirect["state"] == ["a state & more"]


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"redirect_uri": "http://localhost:5000/elsewhere"},
        {"redirect_uri": "http://localhost.example:5000/oauth2callback"},
        {"redirect_uri": "https://evil.example/oauth2callback"},
        {"redirect_uri": ""},
    ],
)
async def test_an_unregistered_app_or_address_gets_a_page_and_no_redirect(
    http: httpx.AsyncClient, simulator: Simulator, changes: dict[str, str]
) -> None:
    query = {"response_type": "code", "client_id": simulator.client_id, "redirect_uri": REDIRECT}
    answer = await http.get("/restapi/oauth/authorize", params=query | changes)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("number", "extension", "password", "error"),
    [
        ("+16505550142", "101", "wrong", "is wrong"),
        ("+16505550142", "102", "Correct-Horse-7", "is wrong"),
        ("+16505559999", "", "Correct-Horse-7", "is wrong"),
        ("", "", "Correct-Horse-7", "Enter your phone number"),
        ("+16505550142", "", "", "Enter your password"),
        ('"><script>', "", "x", "Enter your phone number"),
        ("+1 650-555-0142", "", "Correct-Horse-7", ""),
        ("16505550142", "101", "Correct-Horse-7", ""),
        ("(650) 555 0100", "101", "Correct-Horse-7", ""),
    ],
)
async def test_the_page_says_what_is_wrong(
    http: httpx.AsyncClient,
    simulator: Simulator,
    *,
    number: str,
    extension: str,
    password: str,
    error: str,
) -> None:
    query = {"response_type": "code", "client_id": simulator.client_id, "redirect_uri": REDIRECT}
    page = await http.get("/restapi/oauth/authorize", params=query)
    form = {"phone_number": number, "extension": extension, "password": password}
    answer = await http.post("/restapi/oauth/authorize", data={"ticket": ticket_in(page), **form})
    assert answer.status_code == 200
    assert ('role="alert"' in answer.text) is bool(error)
    assert error in answer.text
    assert "<script>" not in answer.text


async def test_refreshing_replaces_both_tokens_at_once(
    http: httpx.AsyncClient, simulator: Simulator
) -> None:
    first = await sign_in(http, simulator)
    second = (await refresh(http, simulator, first["refresh_token"])).json()
    assert second["access_token"] != first["access_token"]
    assert second["session_id"] == first["session_id"]
    assert await status_with(http, first["access_token"]) == 401
    assert await status_with(http, second["access_token"]) == 200


async def test_until_its_first_use_the_new_token_is_repeated_for_an_hour(
    http: httpx.AsyncClient, simulator: Simulator, clock: ManualClock
) -> None:
    first = await sign_in(http, simulator)
    second = (await refresh(http, simulator, first["refresh_token"])).json()
    clock.advance(3599)
    again = (await refresh(http, simulator, first["refresh_token"])).json()
    assert again["access_token"] == second["access_token"]
    clock.advance(1)
    assert code_of(await refresh(http, simulator, first["refresh_token"])) == "OAU-213"


async def test_after_its_first_use_the_new_token_is_repeated_for_ten_seconds(
    http: httpx.AsyncClient, simulator: Simulator, clock: ManualClock
) -> None:
    first = await sign_in(http, simulator)
    second = (await refresh(http, simulator, first["refresh_token"])).json()
    await status_with(http, second["access_token"])
    clock.advance(9)
    again = (await refresh(http, simulator, first["refresh_token"])).json()
    assert again["refresh_token"] == second["refresh_token"]
    clock.advance(1)
    assert code_of(await refresh(http, simulator, first["refresh_token"])) == "OAU-213"
    assert (await refresh(http, simulator, second["refresh_token"])).status_code == 200


async def test_tokens_expire(
    http: httpx.AsyncClient, simulator: Simulator, clock: ManualClock
) -> None:
    token = await sign_in(http, simulator)
    clock.advance(3600)
    assert await status_with(http, token["access_token"]) == 401
    clock.advance(604_800)
    assert code_of(await refresh(http, simulator, token["refresh_token"])) == "OAU-210"


async def test_lifetimes_are_as_asked_within_bounds(
    http: httpx.AsyncClient, simulator: Simulator
) -> None:
    form = {"grant_type": "password", "username": simulator.username, "extension": "101"}
    form |= {"password": simulator.password, "access_token_ttl": "1", "refresh_token_ttl": "5000"}
    token = (await post_token(http, simulator, **form)).json()
    assert token["expires_in"] == 600
    assert token["refresh_token_expires_in"] == 5000


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_revoking_either_token_ends_the_session(
    http: httpx.AsyncClient, simulator: Simulator, kind: str
) -> None:
    token = await sign_in(http, simulator)
    auth = httpx.BasicAuth(simulator.client_id, simulator.client_secret)
    answer = await http.post("/restapi/oauth/revoke", data={"token": token[kind]}, auth=auth)
    assert answer.status_code == 200
    assert await status_with(http, token["access_token"]) == 401
    assert code_of(await refresh(http, simulator, token["refresh_token"])) == "OAU-211"


async def test_a_sixth_session_ends_the_first(
    http: httpx.AsyncClient, simulator: Simulator, clock: ManualClock
) -> None:
    tokens = [await sign_in(http, simulator) for _ in range(5)]
    clock.advance(60)
    await sign_in(http, simulator)
    assert await status_with(http, tokens[0]["access_token"]) == 401
    assert await status_with(http, tokens[1]["access_token"]) == 200


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("Basic " + base64.b64encode(b"rcdesk-simulator-app:wrong").decode(), "OAU-146"),
        ("Basic " + base64.b64encode(b"rcdesk-simulator-app:").decode(), "OAU-146"),
        ("Basic " + base64.b64encode(b"another:x").decode(), "OAU-153"),
        ("Basic ???", "OAU-121"),
        ("Bearer x", "OAU-121"),
    ],
)
async def test_a_wrong_client_is_refused(http: httpx.AsyncClient, header: str, code: str) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "x"}
    answer = await http.post("/restapi/oauth/token", data=form, headers={"Authorization": header})
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_client"
    assert code_of(answer) == code


async def test_a_wrong_password_is_an_invalid_grant(
    http: httpx.AsyncClient, simulator: Simulator
) -> None:
    form = {"grant_type": "password", "username": simulator.username + "*101", "password": "no"}
    answer = await post_token(http, simulator, **form)
    assert answer.json()["error"] == "invalid_grant"
    assert code_of(answer) == "OAU-140"


def test_what_nobody_redeemed_is_forgotten_in_time() -> None:
    clock = ManualClock()
    tokens = Tokens(clock, "1")
    session = tokens.sign_in(Lifetimes())
    for _ in range(10):
        tokens.issue_code("http://localhost:1/oauth2callback", "", "")
        tokens.issue_ws_token(session)
        clock.advance(120)
    assert tokens.unredeemed <= 3
