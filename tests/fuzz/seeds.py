"""Real frames to begin from: the simulator's, and those that only the platform sends."""

import asyncio
import json
from typing import Any

import httpx
import websockets

from rcdesk.simulator.server import Simulator, running

Json = Any

_EXTENSION = "/restapi/v1.0/account/~/extension/~"
_FILTERS = (
    f"{_EXTENSION}/presence?detailedTelephonyState=true&sipData=true",
    f"{_EXTENSION}/telephony/sessions",
    f"{_EXTENSION}/message-store",
    f"{_EXTENSION}/presence/dnd",
)
_CALLS: tuple[tuple[dict[str, str], tuple[str, ...]], ...] = (
    ({"from": "+13025550142", "from_name": "Ann"}, ("answer", "hold", "resume", "hangup")),
    ({"from": "+13025550143", "queue": "Sales"}, ("voicemail",)),
    ({"direction": "Outbound", "to": "+13025550144"}, ("answer", "park", "hangup")),
    ({"from": "+13025550145"}, ("reject",)),
    ({"from": "+13025550146"}, ("answer-elsewhere",)),
)
_QUIET_S = 0.3


def of_2015(status: str, sequence: int, **call: Json) -> bytes:
    """A frame with little more than a session and a status, its ids numbers."""
    active = {"direction": "Inbound", "telephonyStatus": status, "sessionId": 2155, **call}
    body = {
        "extensionId": 850957020,
        "telephonyStatus": status,
        "sequence": sequence,
        "activeCalls": [active],
    }
    event = "/restapi/v1.0/account/~/extension/850957020/presence?detailedTelephonyState=true"
    timestamp = "2015-04-10T18:49:20.858+0000"
    return frame({"event": event, "timestamp": timestamp, "body": body})


def session(code: str, sequence: int, **party: Json) -> bytes:
    """A telephony-session event of one party."""
    whole = {
        "id": "p-1",
        "extensionId": "2",
        "direction": "Inbound",
        "from": {"phoneNumber": "+13025550142", "name": "Ann"},
        "to": {"phoneNumber": "+13025550100", "extensionId": "2"},
        "status": {"code": code, "rcc": False},
        "missedCall": False,
        **party,
    }
    body = {
        "sequence": sequence,
        "sessionId": "2155",
        "telephonySessionId": "s-2155",
        "eventTime": "2026-11-23T09:00:00.123Z",
        "creationTime": "2026-11-23T08:59:58Z",
        "origin": {"type": "RingOut"},
        "parties": [whole],
    }
    event = "/restapi/v1.0/account/1/extension/2/telephony/sessions"
    return frame({"uuid": "8d38dba2", "event": event, "ownerId": 2, "body": body})


def frame(event: Json) -> bytes:
    """A ServerNotification."""
    head = {
        "type": "ServerNotification",
        "messageId": "5745390252954",
        "status": 200,
        "headers": {"RCRequestId": "8d38dba2-8a4d-11ec"},
        "wsc": {"token": "eyJzIjoiMTIz", "sequence": 7},
    }
    return json.dumps([head, event]).encode()


def written() -> list[bytes]:
    """Streams, a frame a line, as the platform has sent them at one time or another."""
    words = ("Ringing", "CallConnected", "OnHold", "ParkedCall", "NoCall")
    old = [of_2015(word, 1 + at, **{"from": "18435550100"}) for at, word in enumerate(words)]
    sessions = [
        session("Setup", 1),
        session("Proceeding", 2, uiCallInfo={"primary": {"type": "QueueName", "value": "Sales"}}),
        session("Answered", 3, queueCall=True),
        session("Disconnected", 4, status={"code": "Disconnected", "reason": "CallSwitch"}),
        session("Gone", 5, status={"code": "Gone", "peerId": {"sessionId": "s", "partyId": "p"}}),
    ]
    ended = of_2015("NoCall", 9, terminationType="final", id="61803278cbf74d74", to="")
    pushed = json.loads(old[0])[1]
    return [
        b"\n".join(old),
        b"\n".join([*old[:2], ended]),
        b"\n".join(sessions),
        b"\n".join([sessions[1], old[1], *sessions[2:]]),
        frame({"pn_apns": pushed, "uuid": 1, "event": None}),
        b'[{"type":"Heartbeat","messageId":"1.5"}]',
        b'[{"type":"Error","messageId":null,"status":503},{"errorCode":"WSG-902"}]',
    ]


async def recorded() -> list[bytes]:
    """One stream for each of some calls in the simulator."""
    async with running(calls=5) as simulator, httpx.AsyncClient() as client:
        uri = await _socket_address(simulator, client)
        async with websockets.connect(uri, proxy=None) as socket:
            await socket.recv(decode=False)
            head = {"type": "ClientRequest", "method": "POST", "messageId": "1"}
            wish = {"eventFilters": _FILTERS, "deliveryMode": {"transportType": "WebSocket"}}
            path = {"path": "/restapi/v1.0/subscription"}
            await socket.send(json.dumps([head | path, wish]))
            streams = []
            for start, actions in _CALLS:
                control = f"{simulator.control}/calls"
                call = (await client.post(control, json=start)).json()
                for action in actions:
                    await client.post(f"{control}/{call['session_id']}/{action}")
                streams.append(b"\n".join(await _until_quiet(socket)))
            return streams


async def _socket_address(simulator: Simulator, client: httpx.AsyncClient) -> str:
    grant = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": simulator.jwt,
    }
    basic = httpx.BasicAuth(simulator.client_id, simulator.client_secret)
    answer = await client.post(f"{simulator.url}/restapi/oauth/token", data=grant, auth=basic)
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    token = (await client.post(f"{simulator.url}/restapi/oauth/wstoken", headers=headers)).json()
    return f"{token['uri']}?access_token={token['ws_access_token']}"


async def _until_quiet(socket: websockets.ClientConnection) -> list[bytes]:
    frames = []
    while True:
        try:
            async with asyncio.timeout(_QUIET_S):
                frames.append(await socket.recv(decode=False))
        except TimeoutError:
            return frames
