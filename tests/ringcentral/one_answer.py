"""A server that has one answer to everything, and is not RingCentral."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def answering(status: int, body: str, *, gap_s: float | None = None) -> AsyncIterator[str]:
    """Its address; with `gap_s` its answers trickle: a space each, and no end."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            length = 10_000_000 if gap_s else len(body)
            writer.write(f"HTTP/1.1 {status} So\r\nContent-Length: {length}\r\n\r\n".encode())
            while gap_s:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(gap_s)
            writer.write(body.encode())
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    try:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}"
    finally:
        server.close()
