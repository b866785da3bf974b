import asyncio
import json
from typing import Any

import websockets

from rcdesk.ringcentral.events import Notification
from rcdesk.ringcentral.gateway import Gateway
from rcdesk.ringcentral.gateway_socket import Connector
from rcdesk.ringcentral.platform import Platform

EVENT = '[{"type":"ServerNotification"},{"event":"/restapi/v1.0/account/~/extension/~"}]'
ENDED = '[{"type":"Error","status":503},{"errorCode":"WSG-902"}]'
TIMEOUT_S = 10


async def serve(socket: websockets.ServerConnection) -> None:
    await socket.send('[{"type":"ConnectionDetails","status":200},{}]')
    async for asked in socket:
        head = json.loads(asked)[0]
        await socket.send(json.dumps([head | {"status": 200}, {"id": "1"}]))
        await socket.send(EVENT)
        await socket.send(ENDED)


async def test_a_cancellation_together_with_the_end_of_the_socket_is_not_lost(
    signed_in: Platform,
) -> None:
    def deliver(_notification: Notification) -> None:
        # The frame that ends the socket is next, before anybody else gets a turn.
        running.cancel()

    async def nothing(*_: Any) -> None:
        pass

    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        gateway = Gateway(
            signed_in.http,
            ["/restapi/v1.0/account/~/extension/~"],
            sync=nothing,
            deliver=deliver,
            state_changed=lambda _state: None,
            connector=lambda _uri: Connector()(f"ws://127.0.0.1:{port}"),
        )
        running = asyncio.create_task(gateway.run())
        done, _ = await asyncio.wait({running}, timeout=TIMEOUT_S)
        running.cancel()
        assert done == {running}
        assert running.cancelled()
