"""OAuth 2.0 as RingCentral speaks it: authorize request, grants, refusals."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

import msgspec

from rcdesk.core.errors import RcdeskError, SignInFailed
from rcdesk.ringcentral.entry_points import EntryPoints, fixed, host_of, is_vouched_for
from rcdesk.ringcentral.faults import NOT_FROM_HERE, NOT_FROM_HERE_SENTENCE, Refusal
from rcdesk.ringcentral.registration import AppRegistration

_APP_CREDENTIALS = (
    "RingCentral does not know this client ID or secret: check the app's credentials."
)
_EXTENSION = "Your RingCentral extension is missing or disabled: ask your admin."
_SENTENCES: Mapping[str, str] = {
    "OAU-106": "The sign-in code is not valid: start signing in again.",
    "OAU-108": "The sign-in took too long: start it again.",
    "OAU-110": "The sign-in code belongs to another app: start signing in again.",
    "OAU-112": "The app registration does not allow this way of signing in: use the browser.",
    "OAU-125": "The app registration does not allow this way of signing in: use the browser.",
    **dict.fromkeys(("OAU-120", "OAU-121", "OAU-123", "OAU-146", "OAU-153"), _APP_CREDENTIALS),
    **dict.fromkeys(("OAU-136", "OAU-141", "OAU-142", "OAU-232", "OAU-236"), _EXTENSION),
    "OAU-140": "The number, extension or password is wrong.",
    "OAU-147": "RingCentral has locked this login after too many attempts: reset the password.",
    "OAU-148": "RingCentral has locked this login: sign in with the browser by single sign-on.",
    "OAU-165": "This app registration is for RingCentral's sandbox: use its sandbox server.",
    NOT_FROM_HERE: NOT_FROM_HERE_SENTENCE,
    "OAU-168": "This login asks for a second factor: sign in with the browser.",
    "invalid_client": _APP_CREDENTIALS,
    "unauthorized_client": (
        "The app registration does not allow this way of signing in: use the browser."
    ),
    "unsupported_grant_type": (
        "The app registration does not allow this way of signing in: use the browser."
    ),
}
_REDIRECT_CODES = frozenset({"OAU-109", "OAU-113"})


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """One sign-in by the browser (RFC 6749, 4.1 with PKCE, RFC 7636).

    Attributes:
        url: what the browser opens.
    """

    url: str = field(repr=False)
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str
    server_url: str
    points: EntryPoints

    @classmethod
    def create(cls, app: AppRegistration, points: EntryPoints | None = None) -> "SignInRequest":
        """A request that nobody else can finish: fresh state and verifier.

        `points` are where discovery found the server to be; the fixed ones otherwise.
        """
        points = points or fixed(app.server_url)
        verifier = secrets.token_urlsafe(32)
        state = secrets.token_urlsafe(24)
        digest = hashlib.sha256(verifier.encode("ascii")).digest()
        query = {
            "response_type": "code",
            "client_id": app.client_id,
            "redirect_uri": app.redirect_uri,
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii"),
            "code_challenge_method": "S256",
        }
        if app.brand_id:
            query["brand_id"] = app.brand_id
        if points.external_url:
            query["discovery"] = "true"
        joint = "&" if "?" in points.authorize_url else "?"
        url = f"{points.authorize_url}{joint}{urlencode(query)}"
        return cls(url, state, verifier, app.redirect_uri, app.server_url, points)

    def code_from_redirect(self, redirect: str) -> str:
        """The code out of a redirect's URL or its query alone.

        Raises:
            SignInFailed: the redirect is not the answer to this request, or it says no.
        """
        _, _, query = redirect.rpartition("?")
        answers = parse_qs(query.partition("#")[0])
        error = _only(answers, "error")
        state = _only(answers, "state")
        # A refusal without a state cannot do more harm than closing the window.
        given = state.encode(errors="replace")
        if not hmac.compare_digest(given, self.state.encode()) and (state or not error):
            raise SignInFailed("The answer belongs to another sign-in: start signing in again.")
        if error == "access_denied":
            raise SignInFailed("You did not allow rcdesk to use your RingCentral account.")
        if error:
            said = " ".join(_only(answers, "error_description").split())[:200] or error
            raise SignInFailed(f"RingCentral refused the sign-in: {said}")
        code = _only(answers, "code")
        if not code:
            raise SignInFailed("RingCentral sent no sign-in code: start signing in again.")
        return code

    def points_from_redirect(self, redirect: str) -> EntryPoints:
        """Where the rest of the sign-in goes: the redirect may name the user's own region.

        Raises:
            SignInFailed: it names a host that nobody vouches for.
        """
        answers = parse_qs(redirect.rpartition("?")[2].partition("#")[0])
        token_url = _only(answers, "token_uri") or self.points.token_url
        external_url = _only(answers, "discovery_uri") or self.points.external_url
        for url in (token_url, external_url):
            if url and not is_vouched_for(url, self.points, self.server_url):
                raise SignInFailed(
                    f"The answer would send your sign-in to {host_of(url) or 'no address'}, which "
                    f"{host_of(self.server_url)} does not vouch for: start signing in again, and "
                    "tell your admin if it happens again."
                )
        return msgspec.structs.replace(
            self.points,
            token_url=token_url,
            external_url=external_url,
            hosts=tuple(dict.fromkeys((*self.points.hosts, host_of(token_url)))),
        )


def client_headers(app: AppRegistration) -> dict[str, str]:
    """How a confidential client says who it is; a public one does so in the body."""
    if app.client_secret is None:
        return {}
    credentials = base64.b64encode(f"{app.client_id}:{app.client_secret}".encode())
    return {"Authorization": f"Basic {credentials.decode('ascii')}"}


def with_client(app: AppRegistration, form: Mapping[str, str]) -> dict[str, str]:
    """`form`, with the client's id where no Authorization header carries it."""
    return {**form, "client_id": app.client_id} if app.client_secret is None else dict(form)


def code_grant(request: SignInRequest, code: str) -> dict[str, str]:
    """Form of the authorization code grant."""
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": request.redirect_uri,
        "code_verifier": request.verifier,
    }


def jwt_grant(jwt: str) -> dict[str, str]:
    """Form of the JWT grant (RFC 7523)."""
    return {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": jwt.strip(),
    }


def password_grant(username: str, extension: str, password: str) -> dict[str, str]:
    """Form of the password grant; the extension is appended as `username*extension`."""
    name = username.strip()
    if "@" not in name:
        name = "".join(character for character in name if character.isdigit() or character == "+")
    if extension.strip():
        name = f"{name}*{extension.strip()}"
    return {"grant_type": "password", "username": name, "password": password}


_JWT_CODES = frozenset({"invalid_grant", "OAU-140"})
_WITHDRAWN = (
    "RingCentral has withdrawn signing in by password for this app: "
    "use the browser, or a JWT for a machine."
)
_SECOND_FACTOR = (
    "This login asks for a second factor, which a password alone cannot give: use the browser."
)
_PASSWORD_SENTENCES: Mapping[str, str] = {
    **dict.fromkeys(
        ("OAU-112", "OAU-125", "unauthorized_client", "unsupported_grant_type"), _WITHDRAWN
    ),
    "OAU-168": _SECOND_FACTOR,
}


def sign_in_failure(refusal: Refusal, app: AppRegistration, grant: str) -> RcdeskError:
    """Why a grant was refused, and what to do about it."""
    if not refusal.is_json or refusal.status >= 500:
        return refusal.error()
    if not _REDIRECT_CODES.isdisjoint(refusal.codes):
        return SignInFailed(
            f"The redirect URI is not registered: add {app.redirect_uri} to the app's settings."
        )
    if grant.endswith("jwt-bearer") and not _JWT_CODES.isdisjoint(refusal.codes):
        return SignInFailed(
            "RingCentral does not accept this JWT: "
            "create one for this app in the developer console."
        )
    sentences = {**_SENTENCES, **_PASSWORD_SENTENCES} if grant == "password" else _SENTENCES
    for code in refusal.codes:
        if code in sentences:
            return SignInFailed(sentences[code])
    if grant == "password" and "invalid_grant" in refusal.codes:
        return SignInFailed(_SENTENCES["OAU-140"])
    return SignInFailed(f"RingCentral refused the sign-in: {refusal.message or 'no reason given'}")


def _only(answers: Mapping[str, list[str]], name: str) -> str:
    """The value of `name`; empty where it is missing or given more than once."""
    values = answers.get(name, [])
    return values[0] if len(values) == 1 else ""
