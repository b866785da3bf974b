"""Where the platform's parts are: what a client asks before and after signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

INITIAL_PATH = "/.well-known/entry-points/initial"
EXTERNAL_PATH = "/.well-known/entry-points/external"
TAG = "simulator-1"
_BRAND_ID = "1210"


def routes() -> list[Route]:
    """Return both resources; the external one needs a sign-in."""
    return [
        Route(INITIAL_PATH, _initial, methods=["GET"]),
        Route(EXTERNAL_PATH, _external, methods=["GET"]),
    ]


async def _initial(request: Request) -> Response:
    base = _base(request)
    content = _common(request) | {
        "discoveryApi": {"defaultExternalUri": f"{base}{EXTERNAL_PATH}"},
        "authApi": _auth_api(base) | {"defaultTokenUri": f"{base}/restapi/oauth/token"},
    }
    return JSONResponse(content)


async def _external(request: Request) -> Response:
    base = _base(request)
    content = _common(request) | {
        "expiresIn": 86400,
        "retryCycleDelay": 824,
        "discoveryApi": {
            "initialUri": f"{base}{INITIAL_PATH}",
            "externalUri": f"{base}{EXTERNAL_PATH}",
        },
        "authApi": _auth_api(base) | {"baseUri": base, "tokenUri": f"{base}/restapi/oauth/token"},
    }
    return JSONResponse(content, headers={"Discovery-Tag": TAG})


def _common(request: Request) -> dict[str, Any]:
    return {
        "version": "1.0.0",
        "retryCount": 3,
        "retryInterval": 3,
        "brandId": request.query_params.get("brandId", _BRAND_ID),
        "coreApi": {"baseUri": _base(request)},
    }


def _auth_api(base: str) -> dict[str, str]:
    return {
        "authorizationUri": f"{base}/restapi/oauth/authorize",
        "oidcDiscoveryUri": f"{base}/.well-known/openid-configuration",
    }


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")
