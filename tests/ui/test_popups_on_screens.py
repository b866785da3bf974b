"""Popups while screens come and go: monitors of an X server of their own, plugged by xrandr."""

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

pytestmark = [
    pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")
    for program in ("xvfb-run", "xrandr")
]

TIMEOUT_S = 60
LEFT, RIGHT = [0, 0, 800, 1000], [800, 0, 800, 1000]

DESKTOP = """
import json, subprocess, sys
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication
from rcdesk.core.call import Call, CallChange, CallState, ChangeKind, Direction, Endpoint
from rcdesk.ui.popups import CallPopups
from rcdesk.ui.style.theme import Theme

app = QApplication(["rcdesk"])
popups = CallPopups(Theme(app, "light"), lambda: "US")

def monitor(verb, *arguments):
    heard = QEventLoop()
    changed = app.screenAdded if verb == "set" else app.screenRemoved
    changed.connect(heard.quit)
    QTimer.singleShot(10_000, heard, lambda: heard.exit(1))
    subprocess.run(["xrandr", f"--{verb}monitor", *arguments], check=True, capture_output=True)
    if heard.exec():
        sys.exit(f"Qt has not noticed: {verb} {arguments}")

def ring(key):
    call = Call(key, key, Direction.INBOUND, CallState.RINGING, Endpoint("+16504445567", "Ada"))
    popups.show_change(CallChange(ChangeKind.RINGING, call))

def tell(moment):
    app.processEvents()
    cards = {
        card.call.key: card.surface().toRect().translated(card.pos()).getRect()
        for card in popups.cards
        if card.isVisible()
    }
    print(json.dumps([moment, cards]), flush=True)

monitor("set", "left", "800/1x1000/1+0+0", app.screens()[0].name())
monitor("set", "right", "800/1x1000/1+800+0", "none")
"""


def told(scenario: str) -> dict[str, Any]:
    """Where the visible cards were at each moment that the scenario tells of."""
    done = subprocess.run(
        ["xvfb-run", "--auto-servernum", "--server-args=-screen 0 1600x1000x24",
         sys.executable, "-c", DESKTOP + scenario],
        env={**os.environ, "QT_QPA_PLATFORM": "xcb"},
        capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(line) for line in done.stdout.splitlines())


def is_within(card: list[int], screen: list[int]) -> bool:
    return (
        screen[0] <= card[0]
        and screen[1] <= card[1]
        and card[0] + card[2] <= screen[0] + screen[2]
        and card[1] + card[3] <= screen[1] + screen[3]
    )


def test_cards_of_an_unplugged_screen_move_to_the_one_that_is_left() -> None:
    seen = told(
        """
QCursor.setPos(1200, 500)
ring("1"); ring("2")
tell("plugged")
monitor("del", "right")
tell("unplugged")
ring("3")
tell("ringing again")
"""
    )
    assert list(seen["plugged"]) == ["1", "2"]
    assert all(is_within(card, RIGHT) for card in seen["plugged"].values())
    assert all(is_within(card, LEFT) for card in seen["unplugged"].values())
    assert list(seen["ringing again"]) == ["1", "2", "3"]
    assert all(is_within(card, LEFT) for card in seen["ringing again"].values())
    tops = [card[1] for card in seen["ringing again"].values()]
    assert tops == sorted(tops, reverse=True)


def test_a_stack_stays_on_its_screen_and_the_next_follows_the_pointer() -> None:
    seen = told(
        """
QCursor.setPos(400, 500)
ring("1")
QCursor.setPos(1200, 500)
ring("2")
tell("one stack")
popups.clear()
ring("3")
tell("the next")
"""
    )
    assert all(is_within(card, LEFT) for card in seen["one stack"].values())
    assert len(seen["one stack"]) == 2
    assert is_within(seen["the next"]["3"], RIGHT)
