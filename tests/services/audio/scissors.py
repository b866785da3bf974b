"""A network that breaks off where it is told to."""

import asyncio
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit


class Scissors:
    """Forwards TCP to one server.

    Attributes:
        cuts: after so many bytes from the server, counted from the last cut, the connection that
            brings them is closed.
    """

    def __init__(self, server_url: str) -> None:
        self.cuts: list[int] = []
        self._target = urlsplit(server_url)
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._pumps: set[asyncio.Future[tuple[None, None]]] = set()

    @property
    def url(self) -> str:
        """What the client is to connect to."""
        assert self._server is not None
        host, port = self._server.sockets[0].getsockname()
        return f"http://{host}:{port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        for pumps in self._pumps:
            pumps.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, onward = await asyncio.open_connection(self._target.hostname, self._target.port)
        self._writers |= {writer, onward}
        pumps = asyncio.gather(self._up(reader, onward), self._down(there, writer))
        self._pumps.add(pumps)
        with suppress(asyncio.CancelledError):
            await pumps
        self._pumps.discard(pumps)

    async def _up(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def _down(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self.cuts and len(data) >= self.cuts[0]:
                    writer.write(data[: self.cuts.pop(0)])
                    break
                if self.cuts:
                    self.cuts[0] -= len(data)
                writer.write(data)
                await writer.drain()
        writer.close()
