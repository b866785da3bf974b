from collections.abc import Sequence
from dataclasses import replace

import pytest
from PySide6.QtCore import QObject

from rcdesk.core.call import Call, CallChange, CallState, ChangeKind, Direction, Endpoint, Outcome
from rcdesk.services.tasks import Tasks
from rcdesk.system.notifications import DEFAULT_ACTION, Action
from rcdesk.ui.alerts import CallAlerts
from rcdesk.ui.loop import QtEventLoop

ANN = Endpoint("+16505550112", "Ann Ferreira")
RINGING = Call("1", "1", Direction.INBOUND, CallState.RINGING, ANN)
MISSED = replace(RINGING, state=CallState.ENDED, outcome=Outcome.MISSED)


class Shown:
    """A desktop's notifications: title and buttons, by the call's key."""

    is_available = has_actions = True

    def __init__(self) -> None:
        self.calls: dict[str, tuple[str, list[str]]] = {}

    async def show_call(
        self, key: str, title: str, body: str, actions: Sequence[Action] = ()
    ) -> None:
        self.calls[key] = (title, [action.label for action in actions])

    async def close_call(self, key: str) -> None:
        self.calls.pop(key, None)

    async def close(self) -> None:
        self.calls.clear()


class Stage:
    """Alerts on a desktop, and the loop that their work is done on."""

    def __init__(self, loop: QtEventLoop) -> None:
        self._loop = loop
        self._tasks = Tasks()
        self._parent = QObject()
        self.desktop = Shown()
        self.alerts = CallAlerts(self._tasks, lambda: "US", self._parent)
        self.alerts._notifier = self.desktop

    def tell(self, *calls: Call, kind: ChangeKind = ChangeKind.UPDATED) -> None:
        async def tell() -> None:
            for call in calls:
                self.alerts.show_change(CallChange(kind, call))

        self._loop.run_until_complete(tell())
        self.settle()

    def clear(self) -> None:
        async def clear() -> None:
            self.alerts.clear()

        self._loop.run_until_complete(clear())
        self.settle()

    def settle(self) -> None:
        async def work_is_done() -> None:
            while self._tasks._tasks:
                await next(iter(self._tasks._tasks))

        self._loop.run_until_complete(work_is_done())


@pytest.fixture
def stage(qloop: QtEventLoop) -> Stage:
    return Stage(qloop)


def test_a_ringing_call_is_told_and_goes_once_answered(stage: Stage) -> None:
    stage.tell(RINGING, kind=ChangeKind.RINGING)
    ((title, actions),) = stage.desktop.calls.values()
    assert "Ann Ferreira" in title
    assert actions == []
    stage.tell(replace(RINGING, state=CallState.CONNECTED), kind=ChangeKind.CONNECTED)
    assert stage.desktop.calls == {}


def test_a_missed_call_can_be_called_back(stage: Stage) -> None:
    numbers: list[str] = []
    stage.alerts.call_back_requested.connect(numbers.append)
    stage.tell(RINGING, MISSED)
    ((title, actions),) = stage.desktop.calls.values()
    assert title == "Missed call: Ann Ferreira"
    assert actions == ["Call back"]
    stage.alerts._acted("1", "call-back")
    assert numbers == [ANN.number]


def test_a_click_opens_the_window(stage: Stage) -> None:
    opened: list[None] = []
    stage.alerts.opened.connect(lambda: opened.append(None))
    stage.tell(RINGING)
    stage.alerts._acted("1", DEFAULT_ACTION)
    assert len(opened) == 1


def test_what_is_no_news_or_rang_elsewhere_tells_nothing(stage: Stage) -> None:
    stage.tell(MISSED, replace(RINGING, key="2", direction=Direction.OUTBOUND))
    stage.alerts.show_change(CallChange(ChangeKind.RINGING, RINGING, is_late=True))
    stage.settle()
    assert stage.desktop.calls == {}


def test_without_a_session_no_call_stays_on_the_desktop(stage: Stage) -> None:
    stage.tell(RINGING, replace(RINGING, key="2"))
    assert len(stage.desktop.calls) == 2
    stage.clear()
    assert stage.desktop.calls == {}
