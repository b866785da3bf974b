import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
import websockets

from rcdesk.simulator.server import Simulator, running
from tests.simulator.manual_clock import ManualClock

TIMEOUT_S = 20
# Loading the authorities' certificates anew for each client would take most of a test's time.
TLS = httpx.create_ssl_context()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def simulator(clock: ManualClock) -> AsyncIterator[Simulator]:
    async with running(clock=clock, calls=30) as running_simulator:
        yield running_simulator


@pytest.fixture
async def http(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=simulator.url, verify=TLS) as client:
        yield client


@pytest.fixture
async def signed_in(simulator: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=simulator.url, verify=TLS) as client:
        answer = await token(client, simulator, grant_type="password", **credentials(simulator))
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


def credentials(simulator: Simulator) -> dict[str, str]:
    return {
        "username": f"{simulator.username}*{simulator.extension}",
        "password": simulator.password,
    }


async def token(client: httpx.AsyncClient, simulator: Simulator, **form: str) -> httpx.Response:
    basic = httpx.BasicAuth(simulator.client_id, simulator.client_secret)
    return await client.post("/restapi/oauth/token", data=form, auth=basic)


class GatewayClient:
    """A socket to the gateway, with its ConnectionDetails."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.details: list[dict[str, Any]] = []

    async def frame(self) -> list[dict[str, Any]]:
        async with asyncio.timeout(TIMEOUT_S):
            frame: list[dict[str, Any]] = json.loads(await self.socket.recv())
        return frame

    async def event(self) -> dict[str, Any]:
        meta, body = await self.frame()
        assert meta["type"] == "ServerNotification", meta
        return body

    async def send(self, *frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def request(
        self, method: str, path: str, body: Any = None, **meta: Any
    ) -> list[dict[str, Any]]:
        message_id = str(uuid.uuid4())
        head = {"type": "ClientRequest", "messageId": message_id, "method": method, "path": path}
        await self.send(head | meta, *([] if body is None else [body]))
        frame = await self.frame()
        assert frame[0]["messageId"] == message_id
        return frame

    async def subscribe(self, *filters: str) -> dict[str, Any]:
        body = {"eventFilters": filters, "deliveryMode": {"transportType": "WebSocket"}}
        meta, subscription = await self.request("POST", "/restapi/v1.0/subscription", body)
        assert meta["status"] == 200, subscription
        return subscription


Connect = Callable[..., Any]


@pytest.fixture
async def connect(signed_in: httpx.AsyncClient) -> AsyncIterator[Connect]:
    clients: list[GatewayClient] = []

    async def connect_with(wsc: str = "", client: httpx.AsyncClient = signed_in) -> GatewayClient:
        answer = (await client.post("/restapi/oauth/wstoken")).json()
        uri = f"{answer['uri']}?access_token={answer['ws_access_token']}"
        gateway_client = GatewayClient(
            await websockets.connect(f"{uri}&wsc={wsc}" if wsc else uri, proxy=None)
        )
        clients.append(gateway_client)
        gateway_client.details = await gateway_client.frame()
        return gateway_client

    yield connect_with
    for client in clients:
        await client.socket.close()


@pytest.fixture
def start_call(http: httpx.AsyncClient) -> Callable[..., Any]:
    async def start(**body: Any) -> str:
        answer = await http.post("/_sim/calls", json=body)
        assert answer.status_code == 201, answer.text
        session_id: str = answer.json()["session_id"]
        return session_id

    return start
