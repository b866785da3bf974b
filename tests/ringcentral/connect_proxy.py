"""An HTTP proxy that knows CONNECT, and notes who was asked for."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field


@dataclass
class ConnectProxy:
    """Every tunnel leads to `target`, whatever name was asked for.

    `credentials` (`name:password`) are demanded where given; `refuses` is a status for all.
    `tunnels` are the names and ports asked for that got through.
    """

    target: tuple[str, int]
    credentials: str = ""
    refuses: str = ""
    port: int = 0
    asked: list[str] = field(default_factory=list)
    tunnels: list[str] = field(default_factory=list)
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["ConnectProxy"]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._serving:
                task.cancel()
            await asyncio.gather(*self._serving, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A tunnel can outlive whoever listens: both of its ends may be waiting.
        self._serving.add(asyncio.create_task(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(OSError, asyncio.IncompleteReadError):
            request_line, *fields = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            method, name, _ = request_line.split()
            self.asked.append(f"{method} {name}")
            refusal = self._refusal(method, fields)
            if refusal:
                writer.write(f"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\n\r\n".encode())
                await writer.drain()
                return
            there = await asyncio.open_connection(*self.target)
            self.tunnels.append(name)
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with closing(there[1]):
                await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))

    def _refusal(self, method: str, fields: list[str]) -> str:
        if method != "CONNECT":
            return "405 Method Not Allowed"
        expected = base64.b64encode(self.credentials.encode()).decode()
        given = f"proxy-authorization: basic {expected.lower()}"
        if self.credentials and given not in map(str.lower, fields):
            return "407 Proxy Authentication Required"
        return self.refuses


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
