"""Serves a simulated platform on a socket of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import signal
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from rcdesk.simulator.app import build_app
from rcdesk.simulator.gateway_connection import BREAKABLE
from rcdesk.simulator.world import Options, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from rcdesk.simulator.clock import Clock

_PING_INTERVAL_S = 20.0
_PONG_TIMEOUT_S = 10.0
# Longer than clients keep theirs, as front ends do: else a connection is closed at one end in
# the moment in which it is used again at the other.
_IDLE_S = 75
_SHUTDOWN_S = 2
_TICK_S = 1.0
_TICKS_OF_UVICORN = 10
"""It counts tenths of seconds, and dates its answers anew every tenth of them."""


@dataclass(frozen=True)
class Simulator:
    """A running simulator and what a client needs to sign in to it."""

    url: str
    world: World

    @property
    def client_id(self) -> str:
        """Of the one registered app."""
        return self.world.company.client_id

    @property
    def client_secret(self) -> str:
        """Of the one registered app; a public client leaves it out."""
        return self.world.company.client_secret

    @property
    def jwt(self) -> str:
        """The user's JWT credential."""
        return self.world.company.jwt

    @property
    def username(self) -> str:
        """The user's direct number, E.164."""
        return self.world.company.username

    @property
    def extension(self) -> str:
        """The user's extension number."""
        return self.world.company.user.extension_number

    @property
    def password(self) -> str:
        """The user's password."""
        return self.world.company.password

    @property
    def control(self) -> str:
        """URL of the control surface."""
        return f"{self.url}/_sim"

    def announcement(self) -> dict[str, str]:
        """Return what `rcdesk simulate` prints when it is ready."""
        names = ("client_id", "client_secret", "jwt", "username", "extension", "password")
        return {
            "server": self.url,
            **{name: getattr(self, name) for name in names},
            "control": self.control,
        }


@contextlib.asynccontextmanager
async def running(
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    clock: Clock | None = None,
    certificate: Path | None = None,
    **options: Any,
) -> AsyncIterator[Simulator]:
    """Run a simulator in the current event loop; `options` are those of `Options`.

    With a `certificate`, its chain and key in one PEM file, it speaks TLS.

    Raises:
        OSError: the address cannot be listened on.
    """
    world = World(Options(**options), clock)
    listener = _listen(host, port)
    server = _Server(
        uvicorn.Config(
            build_app(world),
            ws=BreakableProtocol,
            ssl_certfile=certificate,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            ws_ping_interval=_PING_INTERVAL_S,
            ws_ping_timeout=_PONG_TIMEOUT_S,
            timeout_keep_alive=_IDLE_S,
            timeout_graceful_shutdown=_SHUTDOWN_S,
        )
    )
    address = listener.getsockname()
    name = f"[{address[0]}]" if listener.family == socket.AF_INET6 else address[0]
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await server.ready.wait()
        scheme = "https" if certificate else "http"
        yield Simulator(f"{scheme}://{name}:{address[1]}", world)
    finally:
        server.stop()
        await serving
        listener.close()


async def simulate(host: str, port: int, options: Options) -> None:
    """Run until SIGINT or SIGTERM; announce readiness with one JSON line on stdout."""
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    async with running(host=host, port=port, **vars(options)) as simulator:
        print(json.dumps(simulator.announcement()), flush=True)  # noqa: T201  it is the interface
        await stop.wait()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=128)
    # asyncio does not set this on what such a listener accepts, and each answer's body would
    # wait for the client to acknowledge its head: 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it, says when it is ready, and stops without delay.

    uvicorn itself looks for the wish to stop, and then for open connections, ten times a
    second, which a test would wait for.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """Let `serve` return."""
        self.should_exit = True
        self._stopped.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        ticks = 0
        while not await self.on_tick(ticks):
            ticks += _TICKS_OF_UVICORN
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_TICK_S):
                    await self._stopped.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        await asyncio.sleep(0)  # what clients have closed is noticed
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)


class BreakableProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol whose connections can be cut or stalled on demand."""

    _is_stalled = False
    _held_back: bytes = b""

    async def run_asgi(self) -> None:
        """Hand this connection to the application, for its faults."""
        self.scope[BREAKABLE] = self  # type: ignore[literal-required]  # an extension of ours
        await super().run_asgi()

    def data_received(self, data: bytes) -> None:
        """Take bytes from the client, or hold them back while stalled."""
        if self._is_stalled:
            self._held_back += data
        else:
            super().data_received(data)

    async def send(self, message: Any) -> None:
        """Send what the application says, once nothing stalls."""
        await self._flowing.wait()
        await super().send(message)

    @property
    def _flowing(self) -> asyncio.Event:
        event: asyncio.Event | None = self.__dict__.get("_flowing_event")
        if event is None:
            event = self.__dict__["_flowing_event"] = asyncio.Event()
            event.set()
        return event

    def drop(self) -> None:
        """Abort the connection."""
        self.transport.abort()

    def stall(self) -> None:
        """Let nothing in or out, not even pings and pongs."""
        self._is_stalled = True
        self._flowing.clear()
        self.stop_keepalive()

    def resume(self) -> None:
        """Let everything through again."""
        if not self._is_stalled:
            return
        self._is_stalled = False
        self._flowing.set()
        if not self.transport.is_closing():
            self.start_keepalive()
            held_back, self._held_back = self._held_back, b""
            self.data_received(held_back)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wake a send that waits for the end of a stall."""
        self._flowing.set()
        super().connection_lost(exc)
