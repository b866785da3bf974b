import base64
import hashlib
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from rcdesk.core.errors import BadInput, SignInFailed
from rcdesk.ringcentral.faults import Refusal
from rcdesk.ringcentral.oauth import SignInRequest, password_grant, sign_in_failure
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import StoredSession

APP = AppRegistration("https://platform.ringcentral.com", "id", "secret")


@pytest.mark.parametrize(
    "url",
    [
        "platform.ringcentral.com",
        "ftp://platform.ringcentral.com",
        "http://platform.ringcentral.com",
        "https://platform.ringcentral.com/restapi",
        "https://platform.ringcentral.com?x=1",
        "https://user@platform.ringcentral.com",
        "https://platform.ringcentral.com:port",
        "https://[::1",
        "https://",
        "",
    ],
)
def test_server_addresses_that_cannot_be_used(url: str) -> None:
    with pytest.raises(BadInput):
        AppRegistration(url, "id")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" https://platform.ringcentral.com/ ", "https://platform.ringcentral.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_server_addresses(given: str, kept: str) -> None:
    assert AppRegistration(given, "id").server_url == kept


def test_secrets_stay_out_of_reprs() -> None:
    request = SignInRequest.create(APP)
    assert "secret" not in repr(APP)
    assert request.state not in repr(request)
    assert request.verifier not in repr(request)
    stored = StoredSession(access_token="AAA", access_expires_at=1, refresh_token="RRR")
    assert "AAA" not in repr(stored)
    assert "RRR" not in str(stored)


def test_the_authorize_url_asks_with_pkce() -> None:
    request = SignInRequest.create(APP)
    query = {name: only for name, [only] in parse_qs(urlsplit(request.url).query).items()}
    digest = hashlib.sha256(request.verifier.encode()).digest()
    assert query == {
        "response_type": "code",
        "client_id": "id",
        "redirect_uri": APP.redirect_uri,
        "state": request.state,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    assert SignInRequest.create(APP).state != request.state


def test_the_code_comes_from_an_address_or_its_query() -> None:
    request = SignInRequest.create(APP)
    query = urlencode({"code": "a+b/c=", "state": request.state, "expires_in": "60"})
    assert request.code_from_redirect(query) == "a+b/c="
    assert request.code_from_redirect(f"{request.redirect_uri}?{query}#x") == "a+b/c="


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"code": "c", "state": "other"}, "belongs to another sign-in"),
        ({"code": "c"}, "belongs to another sign-in"),
        ({"error": "access_denied", "state": "other"}, "belongs to another sign-in"),
        ({"error": "access_denied", "state": None}, "You did not allow"),
        ({"error": "access_denied"}, "You did not allow"),
        ({"error": "server_error", "error_description": "No\nluck", "state": None}, "No luck"),
        ({"error": "server_error", "state": None}, "server_error"),
        ({"state": None}, "no sign-in code"),
        ({}, "belongs to another sign-in"),
    ],
)
def test_redirects_that_are_no_sign_in(answer: dict[str, str | None], sentence: str) -> None:
    request = SignInRequest.create(APP)
    filled = {name: request.state if value is None else value for name, value in answer.items()}
    with pytest.raises(SignInFailed, match=sentence):
        request.code_from_redirect(urlencode(filled))


def test_a_code_given_twice_is_none() -> None:
    request = SignInRequest.create(APP)
    with pytest.raises(SignInFailed):
        request.code_from_redirect(f"code=a&code=b&state={request.state}")


@pytest.mark.parametrize(
    ("name", "extension", "username"),
    [
        ("+1 (650) 555-0100", "101", "+16505550100*101"),
        ("+16505550100", "", "+16505550100"),
        ("ann@example.com", "", "ann@example.com"),
    ],
)
def test_the_password_grant_appends_the_extension(name: str, extension: str, username: str) -> None:
    assert password_grant(name, extension, "p")["username"] == username


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        (("OAU-106",), "The sign-in code is not valid"),
        (("OAU-108",), "The sign-in took too long"),
        (("OAU-109", "OAU-113"), f"The redirect URI is not registered: add {APP.redirect_uri}"),
        (("OAU-110",), "The sign-in code belongs to another app"),
        (("OAU-112", "OAU-125"), "The app registration does not allow this way of signing in"),
        (
            ("OAU-120", "OAU-121", "OAU-123", "OAU-146", "OAU-153"),
            "RingCentral does not know this client ID or secret",
        ),
        (
            ("OAU-136", "OAU-141", "OAU-142", "OAU-232", "OAU-236"),
            "Your RingCentral extension is missing or disabled: ask your admin.",
        ),
        (("OAU-140",), "The number, extension or password is wrong."),
        (("OAU-147",), "RingCentral has locked this login after too many attempts"),
        (("OAU-148",), "RingCentral has locked this login: sign in with the browser by single"),
        (("OAU-165",), "This app registration is for RingCentral's sandbox"),
        (("OAU-167",), "Your company does not allow this app to sign in from here"),
        (("OAU-168",), "This login asks for a second factor"),
        (("OAU-999",), "RingCentral refused the sign-in: Said by the platform"),
    ],
)
def test_what_each_refusal_of_a_sign_in_says(codes: tuple[str, ...], sentence: str) -> None:
    for code in codes:
        body = {
            "error": "invalid_grant",
            "error_description": "Said by the platform",
            "errors": [{"errorCode": code, "message": "Said by the platform"}],
        }
        refusal = Refusal(httpx.Response(400, json=body))
        failure = sign_in_failure(refusal, APP, "authorization_code")
        assert isinstance(failure, SignInFailed)
        assert str(failure).startswith(sentence)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("invalid_client", "RingCentral does not know this client ID or secret"),
        ("unauthorized_client", "The app registration does not allow this way of signing in"),
        ("unsupported_grant_type", "The app registration does not allow this way of signing in"),
        ("invalid_scope", "RingCentral refused the sign-in: no reason given"),
    ],
)
def test_a_refusal_without_a_code_is_read_by_its_word(error: str, sentence: str) -> None:
    refusal = Refusal(httpx.Response(400, json={"error": error}))
    assert str(sign_in_failure(refusal, APP, "authorization_code")).startswith(sentence)
