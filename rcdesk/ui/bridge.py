"""Between the services and the windows: changes come up as signals, clicks go down as work."""

import asyncio
import logging
from collections.abc import Coroutine

from PySide6.QtCore import QObject, Signal

from rcdesk.core.errors import RcdeskError
from rcdesk.services.desk import Desk

_log = logging.getLogger(__name__)


class Bridge(QObject):
    """The one place where services and Qt meet.

    Signals carry core types: CallChange, Presence, Connection, SessionStatus, RingOut, Digest,
    and the SyncProgress; `archive_changed` says that other calls are kept, or elsewhere. A
    notice is a sentence for the user; `waiting` says for how many seconds RingCentral asks us
    to wait (0: no longer).
    """

    call_changed = Signal(object)
    presence_changed = Signal(object)
    connection_changed = Signal(object)
    session_changed = Signal(object)
    history_changed = Signal()
    archive_changed = Signal()
    sync_changed = Signal(object)
    ringout_changed = Signal(object)
    absence_ended = Signal(object)
    session_ends = Signal(str)
    notice = Signal(str)
    waiting = Signal(float)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        desk.calls.changed.subscribe(self.call_changed.emit)
        desk.calls.presence_changed.subscribe(self.presence_changed.emit)
        desk.calls.connection_changed.subscribe(self.connection_changed.emit)
        desk.session.changed.subscribe(self.session_changed.emit)
        desk.history.changed.subscribe(lambda _none: self.history_changed.emit())
        desk.archiving.changed.subscribe(lambda _none: self.archive_changed.emit())
        desk.archiving.sync.changed.subscribe(self.sync_changed.emit)
        desk.session.notice.subscribe(self.session_ends.emit)
        desk.archiving.notice.subscribe(self.notice.emit)
        desk.audio.notice.subscribe(self.notice.emit)
        desk.absence.ended.subscribe(self.absence_ended.emit)
        desk.dialing.changed.subscribe(self.ringout_changed.emit)
        desk.platform.limits.waiting = lambda _group, left_s: self.waiting.emit(left_s)

    def close(self) -> None:
        """Tell nothing any more: the windows are gone, and the services end after them."""
        self.blockSignals(True)

    def spawn(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        """Do what the user asked for; what goes wrong becomes a notice."""
        task = self._desk.tasks.start(self._guarded(work), name)
        # Who is cancelled before its first step has not begun to await the work.
        task.add_done_callback(lambda _task: work.close())
        return task

    async def _guarded(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except RcdeskError as error:
            _log.info("%s", error)
            self.notice.emit(str(error))
