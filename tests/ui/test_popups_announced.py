"""What a screen reader hears of a call: AT-SPI on an accessibility bus of its own.

https://www.freedesktop.org/wiki/Accessibility/AT-SPI2/
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("AT-SPI is Linux's", allow_module_level=True)

SERVICE = Path("/usr/share/dbus-1/services/org.a11y.Bus.service")
pytestmark = [
    pytest.mark.skipif(not shutil.which("xvfb-run"), reason="xvfb-run is not installed"),
    pytest.mark.skipif(not shutil.which("dbus-run-session"), reason="D-Bus is not installed"),
    pytest.mark.skipif(not SERVICE.exists(), reason="at-spi2-core is not installed"),
]

TIMEOUT_S = 60
ASSERTIVE = 2
"""AtspiLive: it may interrupt what is being said."""

APP = """
from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
from rcdesk.core.call import Call, CallChange, CallState, ChangeKind, Direction, Endpoint
from rcdesk.ui.popups import CallPopups
from rcdesk.ui.style.theme import Theme

app = QApplication(["rcdesk"])
popups = CallPopups(Theme(app, "light"), lambda: "US")
ada = Endpoint("+16504445567", "Ada Lovelace")

def ring():
    # Qt finds out a while after its start that somebody listens.
    if QAccessible.isActive():
        active.stop()
        call = Call("1", "1", Direction.INBOUND, CallState.RINGING, ada)
        popups.show_change(CallChange(ChangeKind.RINGING, call))
        popups.show_change(CallChange(ChangeKind.UPDATED, call))

active = QTimer(interval=50)
active.timeout.connect(ring)
active.start()
app.exec()
"""

SCREEN_READER = """
import asyncio, json, os, sys
from dbus_fast import Message
from dbus_fast.aio import MessageBus

async def ask(bus, name, path, interface, member, *body):
    message = Message(name, path, interface, member, signature="s" * len(body), body=list(body))
    reply = await bus.call(message)
    assert not reply.error_name, reply.body
    return reply.body

async def main():
    session = await MessageBus().connect()
    (address,) = await ask(session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
    bus = await MessageBus(bus_address=address).connect()
    registry = "org.a11y.atspi.Registry"
    event = "object:announcement"
    await ask(bus, registry, "/org/a11y/atspi/registry", registry, "RegisterEvent", event)
    rule = "type='signal',interface='org.a11y.atspi.Event.Object',member='Announcement'"
    dbus = "org.freedesktop.DBus"
    await ask(bus, dbus, "/org/freedesktop/DBus", dbus, "AddMatch", rule)
    heard = asyncio.Queue()
    bus.add_message_handler(
        lambda m: heard.put_nowait(m.body) if m.member == "Announcement" else None
    )
    app = await asyncio.create_subprocess_exec(
        sys.executable, "-c", sys.argv[1],
        env={**os.environ, "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"},
    )
    _, politeness, _, sentence, _ = await asyncio.wait_for(heard.get(), 30)
    print(json.dumps([politeness, sentence.value]))
    app.kill()
    await app.wait()

asyncio.run(main())
"""


def test_a_new_call_is_announced_to_screen_readers() -> None:
    done = subprocess.run(
        ["dbus-run-session", "--", "xvfb-run", "--auto-servernum",
         sys.executable, "-c", SCREEN_READER, APP],
        env={**os.environ, "QT_QPA_PLATFORM": "xcb"},
        capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    # xvfb-run lets what the daemons write to standard error into standard output.
    said = json.dumps([ASSERTIVE, "Incoming call: Ada Lovelace, (650) 444-5567"])
    assert said in done.stdout.splitlines(), done.stdout
