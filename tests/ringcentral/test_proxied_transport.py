import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from rcdesk.ringcentral.proxies import ProxiedTransport, Proxies

TIMEOUT_S = 10


class SlowServer:
    """Answers once `may_answer` is set; counts connections and those that were closed."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.asked = asyncio.Event()
        self.closed = asyncio.Event()
        self.connections = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                self.asked.set()
                await self.may_answer.wait()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self.closed.set()


@pytest.fixture
async def server() -> SlowServer:
    return SlowServer()


@pytest.fixture
def transport() -> ProxiedTransport:
    return ProxiedTransport(Proxies("direct"), ssl.create_default_context())


async def test_what_is_under_way_when_the_socket_is_lost_still_gets_its_answer(
    server: SlowServer, transport: ProxiedTransport
) -> None:
    async with server.listening() as url, httpx.AsyncClient(transport=transport) as client:
        asking = asyncio.create_task(client.get(url))
        async with asyncio.timeout(TIMEOUT_S):
            await server.asked.wait()
            await transport.renew(are_dead=False)
            assert not server.closed.is_set()
            server.may_answer.set()
            assert (await asking).text == "ok"
            await server.closed.wait()
            assert (await client.get(url)).text == "ok"
    assert server.connections == 2


async def test_what_is_under_way_on_a_dead_connection_fails_at_once(
    server: SlowServer, transport: ProxiedTransport
) -> None:
    async with server.listening() as url, httpx.AsyncClient(transport=transport) as client:
        asking = asyncio.create_task(client.get(url))
        async with asyncio.timeout(TIMEOUT_S):
            await server.asked.wait()
            await transport.renew(are_dead=True)
            with pytest.raises(httpx.TransportError):
                await asking


async def test_idle_connections_are_given_up(
    server: SlowServer, transport: ProxiedTransport
) -> None:
    server.may_answer.set()
    async with server.listening() as url, httpx.AsyncClient(transport=transport) as client:
        async with asyncio.timeout(TIMEOUT_S):
            await client.get(url)
            await client.get(url)
            assert server.connections == 1
            await transport.renew(are_dead=False)
            await server.closed.wait()
            await client.get(url)
    assert server.connections == 2
