"""The floor of a popup, given URL, client id, client secret, JWT and event filter.

Reads each frame of the gateway by `websockets` and `json`, writes caller and number into a
window of a card's kind and size that was built before, shows it and, once it is painted, prints
`painted_s` (a moment on the monotonic clock) as a JSON line.
"""

import asyncio
import json
import sys
import time

import httpx
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from websockets.asyncio.client import ClientConnection, connect

from rcdesk.ui.loop import run

_POPUP = (
    Qt.WindowType.Tool
    | Qt.WindowType.FramelessWindowHint
    | Qt.WindowType.X11BypassWindowManagerHint
    | Qt.WindowType.WindowDoesNotAcceptFocus
)
_SHOWN_MS = 30


class BareCard(QWidget):
    """As many lines of text as a card has, in fixed places."""

    def __init__(self) -> None:
        super().__init__(None, _POPUP)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.resize(396, 160)
        self.lines = [QLabel(self) for _ in range(4)]
        for row, line in enumerate(self.lines):
            line.setGeometry(80, 20 + 30 * row, 300, 24)
        self.installEventFilter(self)
        self.winId()  # as a card's, its window exists before the call

    def ring(self, frame: str | bytes) -> None:
        """Show whom the frame is about."""
        call = json.loads(frame)[1]["body"]["activeCalls"][0]
        said = ("Incoming call", call["fromName"], call["from"], call["to"])
        for line, text in zip(self.lines, said, strict=True):
            line.setText(text)
        self.show()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """It is about to be painted: once Qt comes back to its loop, it is."""
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self, self._painted)
        return False

    def _painted(self) -> None:
        _tell(painted_s=time.monotonic())
        QTimer.singleShot(_SHOWN_MS, self, self.hide)


async def _show(stop: asyncio.Event) -> None:
    socket = await _subscribed(*sys.argv[1:])
    card = BareCard()
    _tell(ready_s=time.monotonic())
    reading = asyncio.create_task(_read(socket, card))
    await stop.wait()
    reading.cancel()
    await socket.close()


async def _read(socket: ClientConnection, card: BareCard) -> None:
    while True:
        card.ring(await socket.recv())


async def _subscribed(
    url: str, client_id: str, client_secret: str, jwt: str, event_filter: str
) -> ClientConnection:
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": jwt}
    async with httpx.AsyncClient(base_url=url) as http:
        signed_in = await http.post(
            "/restapi/oauth/token", data=grant, auth=(client_id, client_secret)
        )
        bearer = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}
        offered = (await http.post("/restapi/oauth/wstoken", headers=bearer)).json()
    socket = await connect(f"{offered['uri']}?access_token={offered['ws_access_token']}")
    await socket.recv()
    head = {
        "type": "ClientRequest",
        "messageId": "1",
        "method": "POST",
        "path": "/restapi/v1.0/subscription",
    }
    wish = {"eventFilters": [event_filter], "deliveryMode": {"transportType": "WebSocket"}}
    await socket.send(json.dumps([head, wish]))
    if json.loads(await socket.recv())[0]["status"] != 200:
        raise RuntimeError("the simulator sends the floor no events")
    return socket


def _tell(**values: float) -> None:
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    sys.exit(run(_show, QApplication(sys.argv)))
