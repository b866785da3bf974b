"""Calls as desktop notifications, where windows cannot place themselves (Wayland)."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from rcdesk.core.call import Call, CallChange, CallState, ChangeKind, Direction, Outcome
from rcdesk.services.tasks import Tasks
from rcdesk.system.notifications import DEFAULT_ACTION, Action, Notifier, open_notifier
from rcdesk.ui import words

_CALL_BACK = "call-back"


class CallAlerts(QObject):
    """One notification per inbound call: while it rings, and when it was missed."""

    call_back_requested = Signal(str)
    opened = Signal()

    def __init__(self, tasks: Tasks, region: Callable[[], str], parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._region = region
        self._notifier: Notifier | None = None
        self._shown: dict[str, Call] = {}

    async def open(self) -> bool:
        """Connect to the desktop; False where it shows no notifications."""
        self._notifier = await open_notifier(self._acted, "io.github.rcdesk.rcdesk")
        return self._notifier.is_available

    async def close(self) -> None:
        """Take every notification away."""
        if self._notifier is not None:
            await self._notifier.close()

    def show_change(self, change: CallChange) -> None:
        """Follow a call; look at where it is, not only at what is announced."""
        call = change.call
        if call.direction is not Direction.INBOUND or self._notifier is None or change.is_late:
            return
        rings = call.state is CallState.RINGING
        if rings or (call.key in self._shown and call.outcome is Outcome.MISSED):
            if change.kind is ChangeKind.UPDATED and self._shown.get(call.key) == call:
                return
            self._shown[call.key] = call
            self._tasks.start(self._show(self._notifier, call), "notification")
        elif self._shown.pop(call.key, None) is not None:
            self._tasks.start(self._notifier.close_call(call.key), "notification")

    def clear(self) -> None:
        """Take every call's notification away: nobody will tell how they go on."""
        shown, self._shown = self._shown, {}
        if self._notifier is not None:
            for key in shown:
                self._tasks.start(self._notifier.close_call(key), "notification")

    async def _show(self, notifier: Notifier, call: Call) -> None:
        who = words.who(call.other, self._region())
        look = words.state(call)
        body = words.joined(who.subtitle, words.called(call, self._region()))
        missed = call.outcome is Outcome.MISSED
        actions = [Action(_CALL_BACK, "Call back")] if missed and call.other.number else []
        await notifier.show_call(call.key, f"{look.text}: {who.title}", body, actions)

    def _acted(self, key: str, action: str) -> None:
        call = self._shown.get(key)
        if action == _CALL_BACK and call is not None:
            self.call_back_requested.emit(call.other.number)
        elif action in (DEFAULT_ACTION, _CALL_BACK):
            self.opened.emit()
