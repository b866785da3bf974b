"""The simulated platform as one ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute

from rcdesk.simulator import (
    account,
    authorize,
    call_log,
    control,
    discovery,
    media,
    messages,
    oauth,
    presence,
    queue_members,
    ring_out,
    subscriptions,
    telephony,
    texting,
)
from rcdesk.simulator.endpoints import (
    PlatformGate,
    api_error_response,
    http_error_response,
    internal_error_response,
    oauth_error_response,
)
from rcdesk.simulator.errors import ApiError
from rcdesk.simulator.gateway_connection import Connection
from rcdesk.simulator.rate_limits import RateExceeded
from rcdesk.simulator.tokens import OAuthError

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

    from rcdesk.simulator.world import World


def build_app(world: World) -> Starlette:
    """Return the application that serves `world`."""

    async def serve_gateway(websocket: WebSocket) -> None:
        await Connection(websocket, world, app).run()

    modules = (
        *(authorize, oauth, subscriptions, presence, ring_out, telephony),
        *(messages, media, texting, queue_members),
    )
    app = Starlette(
        routes=[
            *(route for module in modules for route in module.routes(world)),
            *discovery.routes(),
            *account.routes(world),
            *call_log.routes(world),
            *control.routes(world),
            WebSocketRoute("/ws", serve_gateway),
        ],
        middleware=[Middleware(PlatformGate, world=world)],
        exception_handlers={
            ApiError: api_error_response,
            RateExceeded: api_error_response,
            OAuthError: oauth_error_response,
            HTTPException: http_error_response,
            control.BadControl: control.bad_control_response,
            Exception: internal_error_response,
        },
    )
    app.router.redirect_slashes = False
    return app
