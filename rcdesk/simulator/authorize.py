"""The authorization endpoint: a page for a person, a redirect with a code for the app."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from rcdesk.simulator.authorize_page import consent_page, error_page, sign_in_page
from rcdesk.simulator.discovery import EXTERNAL_PATH
from rcdesk.simulator.tokens import CODE_LIFETIME_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from rcdesk.simulator.company import Company
    from rcdesk.simulator.world import World

_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_APP_NAME = "rcdesk"
_PERMISSIONS = [
    "See your name, numbers and company",
    "See your presence and calls as they happen",
    "Read your call history and messages",
    "Make calls with RingOut",
]


@dataclass
class _Pending:
    """An authorization request on its way through the two pages.

    Attributes:
        server_url: what the redirect tells the app besides; empty unless it asked for that.
    """

    redirect_uri: str
    state: str | None
    challenge: str
    challenge_method: str
    server_url: str = ""
    is_signed_in: bool = False
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(24))


def check_credentials(company: Company, number: str, extension: str, password: str) -> bool:
    """Tell whether these are the user's; the number is read as liberally as people type."""
    digits = re.sub(r"\D", "", number)
    own = company.user.extension_number
    direct = company.user.direct_number.lstrip("+")
    main = company.main_number.lstrip("+")
    is_direct = digits in (direct, direct[1:]) and extension.strip() in ("", own)
    is_main = digits in (main, main[1:]) and extension.strip() == own
    is_known = is_direct or is_main
    return is_known and secrets.compare_digest(password.encode(), company.password.encode())


def routes(world: World) -> list[Route]:
    """Return the authorization endpoint."""
    pages = _Pages(world)
    return [Route("/restapi/oauth/authorize", pages.handle, methods=["GET", "POST"])]


class _Pages:
    def __init__(self, world: World) -> None:
        self._world = world
        self._pending: dict[str, _Pending] = {}

    async def handle(self, request: Request) -> Response:
        fields: dict[str, str] = dict(request.query_params)
        if request.method == "POST":
            form = await request.form()
            fields |= {key: value for key, value in form.items() if isinstance(value, str)}
        if "ticket" not in fields:
            return self._begin(fields, str(request.base_url).rstrip("/"))
        pending = self._pending.get(fields["ticket"])
        if pending is None:
            return _refusal("This sign-in is over. Start again from the app.")
        if "decision" in fields and pending.is_signed_in:
            del self._pending[pending.ticket]
            return self._decide(pending, allowed=fields["decision"] == "allow")
        return self._sign_in(pending, fields)

    def _begin(self, fields: Mapping[str, str], server_url: str) -> Response:
        if fields.get("client_id") != self._world.company.client_id:
            return _refusal("No app is registered with this client ID. Check the app's settings.")
        redirect_uri = fields.get("redirect_uri", "")
        if not self._world.is_registered_redirect(redirect_uri):
            return _refusal("The redirect URI is not registered for this app (OAU-109).")
        pending = _Pending(
            redirect_uri,
            fields.get("state"),
            fields.get("code_challenge", ""),
            fields.get("code_challenge_method", "plain"),
            server_url if fields.get("discovery") == "true" else "",
        )
        error = _error_in(pending, fields)
        if error is not None:
            return _redirect_error(pending, *error)
        self._pending[pending.ticket] = pending
        return HTMLResponse(sign_in_page(pending.ticket, number=fields.get("login_hint", "")))

    def _sign_in(self, pending: _Pending, fields: Mapping[str, str]) -> Response:
        company = self._world.company
        number, extension = fields.get("phone_number", ""), fields.get("extension", "")
        error = ""
        if not re.search(r"\d", number):
            error = "Enter your phone number."
        elif not fields.get("password"):
            error = "Enter your password."
        elif not check_credentials(company, number, extension, fields["password"]):
            error = "The phone number, the extension or the password is wrong. Try again."
        if error:
            page = sign_in_page(pending.ticket, number=number, extension=extension, error=error)
            return HTMLResponse(page, headers={"Cache-Control": "no-store"})
        pending.is_signed_in = True
        page = consent_page(
            pending.ticket, person=company.user.name, app=_APP_NAME, permissions=_PERMISSIONS
        )
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})

    def _decide(self, pending: _Pending, *, allowed: bool) -> Response:
        if not allowed:
            return _redirect_error(pending, "access_denied", "The user denied access")
        code = self._world.tokens.issue_code(
            pending.redirect_uri, pending.challenge, pending.challenge_method
        )
        query = {"code": code, "expires_in": str(CODE_LIFETIME_S)}
        if pending.server_url:
            query |= {
                "token_uri": f"{pending.server_url}/restapi/oauth/token",
                "discovery_uri": f"{pending.server_url}{EXTERNAL_PATH}",
            }
        return _redirect(pending, query)


def _error_in(pending: _Pending, fields: Mapping[str, str]) -> tuple[str, str] | None:
    """Return error and description that the app is to hear, None when all is well."""
    if fields.get("response_type") != "code":
        return "unsupported_response_type", "Use response_type=code"
    if pending.challenge_method not in ("S256", "plain"):
        return "invalid_request", "Unknown code_challenge_method"
    if pending.challenge and not _CHALLENGE.fullmatch(pending.challenge):
        return "invalid_request", "Malformed code_challenge"
    if fields.get("prompt") == "none":
        return "login_required", "Nobody is signed in"
    return None


def _redirect(pending: _Pending, query: dict[str, str]) -> Response:
    if pending.state is not None:
        query["state"] = pending.state
    joint = "&" if "?" in pending.redirect_uri else "?"
    return RedirectResponse(f"{pending.redirect_uri}{joint}{urlencode(query)}", status_code=302)


def _redirect_error(pending: _Pending, error: str, description: str) -> Response:
    return _redirect(pending, {"error": error, "error_description": description})


def _refusal(sentence: str) -> Response:
    return HTMLResponse(error_page("Sign-in is not possible", sentence), status_code=400)
