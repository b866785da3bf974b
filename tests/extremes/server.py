"""A RingCentral that signs everybody in and answers all else with the specification's examples.

How they are spoilt, the client says: its JWT is `KIND.SEED` (see `answers`), and so are the
tokens that it gets. Nothing is shared between clients.
"""

import asyncio
import json
import logging
import queue
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.extremes.answers import KINDS, spoilt
from tests.fuzz.mutation import changed_frame
from tests.fuzz.seeds import frame, recorded, written
from tests.ringcentral.contract import example_answers, operation, sample
from tests.simulator.test_schema import EVENTS

Json = Any

CLIENT_ID = "extremes"
NOTIFICATIONS = 200
_START_S = 10.0
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
# Of refusals only those after which nobody waits.
_REFUSALS = (400, 403, 404, 409, 415)
_LIFETIMES_S = (3600, 2**53, 1e308, "3600", 61.5, 10**400)
_HEADERS = {
    "X-Rate-Limit-Group": "\u00e9normous",
    "X-Rate-Limit-Limit": "9" * 5000,
    "X-Rate-Limit-Remaining": "-1",
    "X-Rate-Limit-Window": "9" * 400,
    "Retry-After": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
    "RCRequestId": "\u00ff" * 3000,
    "Discovery-Tag": "x" * 3000,
}


@contextmanager
def serving() -> Iterator[str]:
    """Its address, while it serves in a thread."""
    started: queue.Queue[str] = queue.Queue()
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    # It tells of each client that has gone before it had read everything.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    config = uvicorn.Config(
        _app(), ws="websockets-sansio", lifespan="off", log_config=None, timeout_keep_alive=75
    )
    server = _Server(config)
    server.told = lambda: started.put(address)
    thread = threading.Thread(target=server.run, args=([listener],), name="extremes")
    thread.start()
    try:
        yield started.get(timeout=_START_S)
    finally:
        server.should_exit = server.force_exit = True
        thread.join(_START_S)
        listener.close()


class _Server(uvicorn.Server):
    told: Any

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.told()


def _app() -> Starlette:
    return Starlette(
        routes=[
            Route("/restapi/oauth/token", _sign_in, methods=["POST"]),
            Route("/restapi/oauth/revoke", _revoke, methods=["POST"]),
            Route("/restapi/oauth/wstoken", _socket_token, methods=["POST"]),
            WebSocketRoute("/ws", _gateway),
            Route("/{path:path}", _answer, methods=_METHODS),
        ]
    )


async def _sign_in(request: Request) -> Response:
    form = parse_qs((await request.body()).decode())
    # A password leads to the same place.
    (wish,) = form.get("assertion") or form.get("refresh_token") or form["password"]
    kind, seed = _wish(wish)
    generator = random.Random(seed)
    optional = {
        "expires_in": generator.choice(_LIFETIMES_S),
        "refresh_token_expires_in": generator.choice((*_LIFETIMES_S, 0, -1, None)),
        "session_expires_in": generator.choice((*_LIFETIMES_S, 0, -(2**53), None)),
        "session_idle_timeout": 2**63,
        "scope": generator.choice(("ReadAccounts", "", "  ", "x" * 5000, 7, None)),
        "owner_id": generator.choice(("1", 2**64, "", None)),
        "endpoint_id": generator.choice(("e", "", 2**53, None)),
    }
    if kind == "examples":
        optional = {"expires_in": 3600, "refresh_token_expires_in": 604800, "owner_id": "1"}
    tokens = {"access_token": wish, "refresh_token": wish, "token_type": "bearer"}
    return _json(json.dumps(tokens | optional).encode())


async def _revoke(request: Request) -> Response:
    return Response()


async def _socket_token(request: Request) -> Response:
    wish = _token(request)
    generator = random.Random(wish)
    uri = f"ws://{request.headers['host']}/ws"
    if generator.random() < 0.1 and not wish.startswith("examples"):
        uri = generator.choice(("ws://[", "wss://a:99999/", "wss://a..b/", "wss://\u2100/", ""))
    answer = {"uri": uri, "ws_access_token": wish, "expires_in": 2**53}
    return _json(json.dumps(answer).encode())


async def _answer(request: Request) -> Response:
    try:
        kind, seed = _wish(_token(request))
    except ValueError:
        return Response(status_code=404)
    generator = random.Random(f"{request.url.path} {seed}")
    try:
        asked = operation(request.method, request.url.path)
        status, answers = _answers(asked.method, asked.template)
    except AssertionError:
        # Nothing that the specification gives an answer to.
        return Response(status_code=204 if request.method == "DELETE" else 404)
    answer = generator.choice(answers)
    if kind not in ("examples", "many") and generator.random() < 0.1:
        status = generator.choice(_REFUSALS)
        answer = {"errorCode": "CMN-101", "message": "No", "errors": [{"errorCode": "CMN-102"}]}
    body = spoilt(answer, kind, generator.randrange(2**32))
    return _json(body, status, {} if kind == "examples" else _HEADERS)


@cache
def _answers(method: str, template: str) -> tuple[int, list[Json]]:
    asked = operation(method, template)
    status, _ = asked.answer()
    return status, example_answers(asked)


async def _gateway(socket: WebSocket) -> None:
    await socket.accept()
    kind, seed = _wish(socket.query_params["access_token"])
    details = {"creationTime": "2026-11-23T09:00:00Z", "recoveryTimeout": 2**53, "idleTimeout": -1}
    head = {"type": "ConnectionDetails", "messageId": 2**64, "status": 200}
    wsc = {"token": "t" * 3000, "sequence": 2**53}
    try:
        await socket.send_text(json.dumps([head | {"wsc": wsc}, details]))
        while True:
            asked = json.loads(await socket.receive_text())[0]
            if asked["type"] == "Heartbeat":
                await socket.send_text(json.dumps([asked]))
                continue
            answer = head | {"type": "ClientRequest", "messageId": asked["messageId"]}
            subscription = {"id": seed, "expiresIn": 2**53, "disabledFilters": [{}, {"filter": 7}]}
            await socket.send_text(json.dumps([answer, subscription]))
            for notification in notifications(kind, seed):
                await socket.send_bytes(notification)
    except WebSocketDisconnect:
        pass


def notifications(kind: str, seed: int) -> Iterator[bytes]:
    """Frames after `kind`: real ones, and those of the specification."""
    generator = random.Random(f"{kind} {seed}")
    for number in range(NOTIFICATIONS):
        if generator.random() < 0.5:
            real = generator.choice(_real_frames())
            yield real if kind == "examples" else changed_frame(real, generator)
        else:
            event = generator.choice(_events())
            # One of ten megabytes would be all there is time for.
            calm = kind if kind in KINDS and kind not in ("many", "long") else "all"
            body = json.loads(spoilt(event["body"], calm, generator.randrange(2**32)))
            yield frame(event | {"uuid": f"{seed}-{number}", "body": body})


@cache
def _real_frames() -> list[bytes]:
    with_sockets = asyncio.new_event_loop()
    result: list[list[bytes]] = []

    def record() -> None:
        result.append(with_sockets.run_until_complete(recorded()))
        with_sockets.close()

    thread = threading.Thread(target=record)
    thread.start()
    thread.join()
    return [each for stream in (*written(), *result[0]) for each in stream.split(b"\n")]


@cache
def _events() -> list[Json]:
    events = []
    for path, name in EVENTS.items():
        event = sample({"$ref": f"#/components/schemas/{name}"})
        event["event"] = f"/restapi/v1.0/account/~/{path}"
        events.append(event)
    return events


def _wish(token: str) -> tuple[str, int]:
    kind, _, seed = token.partition(".")
    return kind, int(seed)


def _token(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _json(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type="application/json;charset=UTF-8")
