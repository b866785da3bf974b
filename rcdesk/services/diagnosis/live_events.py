"""Whether the gateway opens a socket for live events, and how long each step takes."""

import time

import httpx
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus, WebSocketException

from rcdesk.core.errors import PlatformError
from rcdesk.ringcentral.faults import unreachable
from rcdesk.ringcentral.gateway_socket import (
    Connector,
    Frame,
    GatewaySocket,
    SocketEnded,
    socket_uri,
)
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.tls import client_context
from rcdesk.ringcentral.wire_gateway import WsToken
from rcdesk.services.diagnosis.case import Case
from rcdesk.services.diagnosis.findings import Finding, ok, told, unknown, warning, wrong

_PATH = "/restapi/oauth/wstoken"
_OPEN_TIMEOUT_S = 2.5
_PATIENCE = "Wait a few minutes and try again; rcdesk itself keeps trying."
_ASK_ADMIN = "Ask your administrator to let WebSocket connections through to RingCentral."


async def check_events(case: Case) -> Finding:
    """Opens a socket, waits for the gateway's first frame, and closes it; subscribes to nothing."""
    if case.platform is None:
        return unknown("Not checked: nobody is signed in.")
    if not case.is_reachable:
        return unknown("Not checked: RingCentral cannot be asked.")
    started_s = time.monotonic()
    try:
        uri = await _socket_uri(case.platform)
    except PlatformError as error:
        return told(str(error), _PATIENCE)
    token_s = time.monotonic() - started_s
    return await _greeting(case, uri, f"token {_ms(token_s)}")


async def _greeting(case: Case, uri: str, times: str) -> Finding:
    host = httpx.URL(uri).host
    connector = Connector(
        client_context(case.known_settings.ca_file), case.proxies, open_timeout_s=_OPEN_TIMEOUT_S
    )
    started_s = time.monotonic()
    try:
        connection = await connector(uri)
    except InvalidStatus as refusal:
        status = refusal.response.status_code
        return wrong(f"{host} does not open live events (HTTP {status}).", _ASK_ADMIN)
    except (OSError, WebSocketException) as fault:
        return told(str(unreachable(fault, host)), _ASK_ADMIN)
    opened_s = time.monotonic()
    frame = await _first_frame(connection)
    if frame is None or frame.type != "ConnectionDetails":
        return warning(f"{host} opens live events, but does not greet.", _PATIENCE)
    times = f"{times}, socket {_ms(opened_s - started_s)}"
    return ok(f"{host} opens live events: {times}, first frame {_ms(time.monotonic() - opened_s)}")


async def _socket_uri(platform: Platform) -> str:
    token = await platform.http.request(
        "POST", _PATH, into=WsToken, group=RateGroup.AUTH, user=True, max_wait_s=0
    )
    return socket_uri(token, "")


async def _first_frame(connection: ClientConnection) -> Frame | None:
    socket = GatewaySocket(connection, lambda _frame: None, time.monotonic)
    try:
        return await socket.first_frame()
    except SocketEnded:
        return None
    finally:
        await socket.close(politely=True)


def _ms(span_s: float) -> str:
    return f"{round(1000 * span_s)} ms"
