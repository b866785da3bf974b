"""The network between client and server, as something that can be unplugged."""

import asyncio
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit


class Cable:
    """Forwards TCP to one server; what it breaks stays broken, as on a real network."""

    def __init__(self, server_url: str) -> None:
        self._target = urlsplit(server_url)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Future[tuple[None, None]]] = set()
        self._is_cut = False
        self._flow = asyncio.Event()
        self._flow.set()
        self.connects = 0

    @property
    def url(self) -> str:
        """What the client is to connect to."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()
        return f"http://{host}:{port}"

    def cut(self) -> None:
        """Reset every connection, and those to come."""
        self._is_cut = True
        for writer in self._writers:
            writer.transport.abort()

    def swallow(self) -> None:
        """Deliver nothing any more, on old connections and new ones, and close none."""
        self._flow.clear()

    def plug(self) -> None:
        """Let new connections through; old ones stay as they are."""
        self._is_cut = False
        self._flow = asyncio.Event()
        self._flow.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for pumps in self._pumps:
            pumps.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connects += 1
        if self._is_cut:
            writer.transport.abort()
            return
        flow = self._flow
        there, onward = await asyncio.open_connection(self._target.hostname, self._target.port)
        self._writers |= {writer, onward}
        pumps = asyncio.gather(_pump(reader, onward, flow), _pump(there, writer, flow))
        self._pumps.add(pumps)
        with suppress(asyncio.CancelledError):
            await pumps
        self._pumps.discard(pumps)
        self._writers -= {writer, onward}


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flow: asyncio.Event
) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            await flow.wait()
            writer.write(data)
            await writer.drain()
    writer.close()
