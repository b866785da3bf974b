"""Token endpoints, OpenID configuration and the API's versions."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from secrets import compare_digest
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator.authorize import check_credentials
from rcdesk.simulator.clock import timestamp
from rcdesk.simulator.tokens import WS_TOKEN_LIFETIME_S, Lifetimes, OAuthError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from rcdesk.simulator.tokens import Session
    from rcdesk.simulator.world import World

_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
Form = dict[str, str]


def routes(world: World) -> list[Route]:
    """Return token, revoke, wstoken, OpenID and version resources."""
    grants: dict[str, Callable[[Form], Session]] = {
        "authorization_code": lambda form: _by_code(world, form),
        "refresh_token": lambda form: world.tokens.refresh(
            _required(form, "refresh_token"), _asked_lifetimes(form)
        ),
        "password": lambda form: _by_password(world, form),
        _JWT_GRANT: lambda form: _by_jwt(world, form),
    }

    async def token(request: Request) -> Response:
        form = await _form(request)
        _check_client(request, form, world)
        grant = grants.get(_required(form, "grant_type"))
        if grant is None:
            raise OAuthError("unsupported_grant_type", "OAU-250", "Unsupported grant type")
        return JSONResponse(_token_info(grant(form), world), headers={"Cache-Control": "no-store"})

    async def revoke(request: Request) -> Response:
        form = await _form(request)
        _check_client(request, form, world)
        world.tokens.revoke(request.query_params.get("token") or _required(form, "token"))
        return Response(status_code=200)

    async def wstoken(request: Request) -> Response:
        base = str(request.base_url).rstrip("/")
        return JSONResponse(
            {
                "uri": f"{base.replace('http', 'ws', 1)}/ws",
                "ws_access_token": world.tokens.issue_ws_token(request.scope["rcdesk.session"]),
                "expires_in": WS_TOKEN_LIFETIME_S,
            }
        )

    return [
        Route("/restapi/oauth/token", token, methods=["POST"]),
        Route("/restapi/oauth/revoke", revoke, methods=["POST"]),
        Route("/restapi/oauth/wstoken", wstoken, methods=["POST"]),
        Route("/.well-known/openid-configuration", _openid_configuration, methods=["GET"]),
        Route("/restapi", _versions, methods=["GET"]),
        Route("/restapi/v1.0", _version, methods=["GET"]),
    ]


async def _form(request: Request) -> Form:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if body and kind != "application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "CMN-415", "Unsupported media type", status=415)
    form = await request.form()
    return {key: value for key, value in form.items() if isinstance(value, str)}


def _required(form: Form, name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise OAuthError("invalid_request", "CMN-101", f"Parameter [{name}] is missing")
    return value


def _check_client(request: Request, form: Form, world: World) -> None:
    """Accept Basic with the secret, or, as a public client does, `client_id` in the body."""
    company = world.company
    authorization = request.headers.get("Authorization", "")
    if not authorization:
        client_id = form.get("client_id", "")
        if not client_id:
            raise OAuthError("invalid_client", "OAU-123", "Client authentication is required")
        if client_id != company.client_id:
            raise OAuthError("invalid_client", "OAU-153", "Invalid client id")
        return
    scheme, _, encoded = authorization.partition(" ")
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        scheme, client_id, secret = "", "", ""
    if scheme.lower() != "basic":
        raise OAuthError("invalid_client", "OAU-121", "Invalid Authorization header")
    if client_id != company.client_id:
        raise OAuthError("invalid_client", "OAU-153", "Invalid client id")
    if not compare_digest(secret.encode(), company.client_secret.encode()):
        raise OAuthError("invalid_client", "OAU-146", "Invalid client secret")


def _by_code(world: World, form: Form) -> Session:
    world.tokens.redeem_code(
        _required(form, "code"), form.get("redirect_uri", ""), form.get("code_verifier", "")
    )
    return _sign_in(world, form)


def _by_password(world: World, form: Form) -> Session:
    number, _, appended = _required(form, "username").partition("*")
    extension = appended or form.get("extension", "")
    if not check_credentials(world.company, number, extension, _required(form, "password")):
        raise OAuthError("invalid_grant", "OAU-140", "Invalid resource owner credentials")
    return _sign_in(world, form)


def _by_jwt(world: World, form: Form) -> Session:
    if not compare_digest(_required(form, "assertion").encode(), world.company.jwt.encode()):
        raise OAuthError("invalid_grant", "OAU-140", "Invalid JWT assertion")
    return _sign_in(world, form)


def _sign_in(world: World, form: Form) -> Session:
    lifetimes = _asked_lifetimes(form) or Lifetimes()
    return world.tokens.sign_in(lifetimes, form.get("endpoint_id", ""))


def _asked_lifetimes(form: Form) -> Lifetimes | None:
    if "access_token_ttl" not in form and "refresh_token_ttl" not in form:
        return None
    standard = Lifetimes()
    access_s = _seconds(form, "access_token_ttl", standard.access_s)
    refresh_s = _seconds(form, "refresh_token_ttl", standard.refresh_s)
    return Lifetimes(min(max(access_s, 600), 3600), min(max(refresh_s, 1), 2_592_000))


def _seconds(form: Form, name: str, standard: int) -> int:
    text = form.get(name, "")
    if not text:
        return standard
    if not text.lstrip("-").isdecimal() or len(text) > 12:
        raise OAuthError("invalid_request", "CMN-101", f"Parameter [{name}] value is invalid")
    return int(text)


def _token_info(session: Session, world: World) -> dict[str, Any]:
    info = {
        "access_token": session.current.access,
        "token_type": "bearer",
        "expires_in": world.tokens.access_expires_in_s(session),
        "scope": " ".join(world.options.scopes),
        "owner_id": session.owner_id,
        "endpoint_id": session.endpoint_id,
        "session_id": session.id,
    }
    if world.tokens.are_refresh_tokens_issued:
        info["refresh_token"] = session.current.refresh
        info["refresh_token_expires_in"] = world.tokens.refresh_expires_in_s(session)
    left_s = world.tokens.expires_in_s(session)
    if left_s is not None:
        info["session_expires_in"] = left_s
        info["session_expiration_time"] = timestamp(world.now() + timedelta(seconds=left_s))
    return info


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


async def _openid_configuration(request: Request) -> Response:
    base = _base(request)
    oauth = f"{base}/restapi/oauth"
    return JSONResponse(
        {
            "issuer": base,
            "authorization_endpoint": f"{oauth}/authorize",
            "token_endpoint": f"{oauth}/token",
            "revocation_endpoint": f"{oauth}/revoke",
            # Required members, though without the `openid` scope nobody has a use for these two.
            "userinfo_endpoint": f"{oauth}/userinfo",
            "jwks_uri": f"{oauth}/jwks",
            "scopes_supported": [],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "userinfo_signing_alg_values_supported": ["none"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["plain", "S256"],
        }
    )


def _api_version(request: Request) -> dict[str, str]:
    return {
        "uri": f"{_base(request)}/restapi/v1.0",
        "versionString": "1.0.58",
        "releaseDate": "2026-08-01T00:00:00.000Z",
        "uriString": "v1.0",
    }


async def _versions(request: Request) -> Response:
    return JSONResponse(
        {
            "uri": f"{_base(request)}/restapi",
            "apiVersions": [_api_version(request)],
            "serverVersion": "26.3.10",
            "serverRevision": "simulator",
        }
    )


async def _version(request: Request) -> Response:
    return JSONResponse(_api_version(request))
