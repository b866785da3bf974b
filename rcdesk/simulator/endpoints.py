"""What every REST request goes through: journal, faults, sign-in, rate groups, error bodies."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from rcdesk.simulator.clock import passed
from rcdesk.simulator.errors import ApiError, error_body
from rcdesk.simulator.rate_limits import RateExceeded
from rcdesk.simulator.scopes import check_scope
from rcdesk.simulator.tokens import OAuthError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from rcdesk.simulator.world import World

_E = r"/restapi/v1\.0/account/[^/]+/extension/[^/]+"
_A = r"/restapi/v1\.0/account/[^/]+"
# First match wins: (methods, path, rate group); what is not listed is free and needs a sign-in.
_GROUPS: list[tuple[str, re.Pattern[str], str]] = [
    (methods, re.compile(path), group)
    for methods, path, group in [
        ("POST", r"/restapi/oauth/(token|revoke|wstoken)", "auth"),
        ("GET", _E + r"/ring-out/[^/]+", "light"),
        ("POST DELETE", _E + r"/ring-out(/[^/]+)?", "heavy"),
        ("*", _E + r"/(call-log|active-calls|call-log-sync|address-book)(/.*|-sync)?", "heavy"),
        ("*", _A + r"/(call-log|active-calls|call-log-sync|recording|presence)(/.*)?", "heavy"),
        ("POST", _A + r"/telephony/(call-out|conference)", "heavy"),
        ("POST", _A + r"/directory/entries/search", "heavy"),
        ("*", _A + r"/telephony/sessions/.*", "light"),
        ("*", _E + r"/(features|unified-presence)", "medium"),
        ("*", _E + r"/message-store/.*/content/.*", "medium"),
        ("*", _A + r"/(call-queues|directory/entries)(/.*)?", "medium"),
        ("GET", r"/restapi/v1\.0/subscription(/.*)?", "light"),
        ("*", _E + r"/caller-blocking", "light"),
        ("GET", r"/restapi/v2/accounts/[^/]+/extensions/[^/]+/call-flip-numbers", "light"),
        ("*", r"/restapi/v2/number-parser/parse", "light"),
        ("GET", _A + r"(/.*)?", "light"),
        ("*", r"/restapi/v1\.0/subscription(/.*)?", "medium"),
        ("*", _A + r"(/.*)?", "medium"),
    ]
]
_NEEDS_NO_TOKEN = re.compile(
    r"/restapi(/v1\.0)?/?|/restapi/oauth/(authorize|token|revoke)|/\.well-known/"
    r"(entry-points/initial|openid-configuration)"
)


def rate_group(method: str, path: str) -> str | None:
    """Return the rate group of a request, None when it is not limited."""
    for methods, pattern, group in _GROUPS:
        if (methods == "*" or method in methods.split()) and pattern.fullmatch(path):
            return group
    return None


async def json_object(request: Request) -> dict[str, Any]:
    """Return the body.

    Raises:
        ApiError: 400, it is not a JSON object.
    """
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise ApiError(400, "CMN-103", "JSON can't be parsed")
    return body


class PlatformGate:
    """ASGI middleware around the REST resources; everything below /_sim passes untouched."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or pass it on."""
        if scope["type"] != "http" or scope["path"].startswith("/_sim"):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        body = await request.body()
        self._world.journal.record(
            request, body, via="gateway" if "rcdesk.receiver" in scope else "http"
        )
        headers = {"RCRequestId": str(uuid.uuid4())}
        answer = await self._answer_early(request, headers)
        if answer is not None:
            answer.headers.update(headers)
            await answer(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                raw = message.setdefault("headers", [])
                raw += [(k.lower().encode(), v.encode()) for k, v in headers.items()]
            await send(message)

        await self._app(scope, _replay(body, receive), send_with_headers)

    async def _answer_early(self, request: Request, headers: dict[str, str]) -> Response | None:
        """Return the answer if the request is not to reach its resource."""
        fault = self._world.faults.take(request.method, request.url.path)
        if fault is not None:
            if fault.delay_s:
                try:
                    await passed(self._world.clock, fault.delay_s)
                except asyncio.CancelledError:
                    # The server stops; what it cancelled it would log with a traceback.
                    return Response(status_code=503)
            if fault.status is not None:
                return fault_response(fault.status, fault.headers, fault.body)
        try:
            self._admit(request, headers)
        except ApiError as error:
            return api_error_response(request, error)
        return None

    def _admit(self, request: Request, headers: dict[str, str]) -> None:
        path = request.url.path.rstrip("/")
        if not _NEEDS_NO_TOKEN.fullmatch(path) and "rcdesk.session" not in request.scope:
            request.scope["rcdesk.session"] = self._world.tokens.authenticate(
                _bearer_token(request)
            )
        check_scope(request.method, path, self._world.options.scopes)
        group = rate_group(request.method, path)
        if group is not None:
            # One user and one app live here, so the owner of every bucket is the same.
            headers |= self._world.rate_limits.take(self._world.company.client_id, group)


def _bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    if "/content" in request.url.path and "access_token" in request.query_params:
        return request.query_params["access_token"]
    raise ApiError(401, "CMN-405", "Authorization header is not specified")


def _replay(body: bytes, receive: Receive) -> Receive:
    """Give `body`, which has been read already, and then what really follows it."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


def fault_response(status: int, headers: dict[str, str], body: Any) -> Response:
    """Return an answer as a fault describes it."""
    if body is None:
        return Response(status_code=status, headers=headers)
    if isinstance(body, str):
        kinds = {name.lower(): value for name, value in headers.items()}
        kind = kinds.get("content-type", "text/html" if body.lstrip()[:1] == "<" else "text/plain")
        return Response(body, status_code=status, headers=headers, media_type=kind)
    return JSONResponse(body, status_code=status, headers=headers)


def api_error_response(request: Request, error: Exception) -> Response:
    """Answer a refusal with the platform's error body."""
    if not isinstance(error, ApiError):
        raise error
    headers = dict(error.headers) if isinstance(error, RateExceeded) else {}
    if error.status == 401 and not request.url.path.startswith("/restapi/oauth"):
        headers["WWW-Authenticate"] = f'Bearer realm="RingCentral REST API", error="{error.code}"'
    return JSONResponse(error.body(), status_code=error.status, headers=headers)


def oauth_error_response(_request: Request, error: Exception) -> Response:
    """Answer an OAuth refusal with RFC 6749's body, RingCentral's codes inside."""
    if not isinstance(error, OAuthError):
        raise error
    return JSONResponse(error.body(), status_code=error.status)


def http_error_response(_request: Request, error: Exception) -> Response:
    """Answer an unknown path or a wrong method with the platform's error body."""
    if not isinstance(error, HTTPException):
        raise error
    # Of its common codes the vendor's list gives none to 405: CMN-202 says what happened.
    known = {404: ("CMN-120", "Invalid URI"), 405: ("CMN-202", "Operation is not supported")}
    code, message = known.get(error.status_code, ("CMN-201", error.detail))
    return JSONResponse(
        error_body(code, message), status_code=error.status_code, headers=error.headers
    )


async def internal_error_response(_request: Request, _error: Exception) -> Response:
    """Answer a defect of the simulator as the platform answers its own."""
    return JSONResponse(error_body("CMN-203", "Internal server error"), status_code=500)
