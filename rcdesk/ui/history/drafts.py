"""What the user wrote about calls, until it is kept."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QTimer

from rcdesk.core.errors import RcdeskError
from rcdesk.ui.history.model import Spawn
from rcdesk.ui.history.source import CallSource

T = TypeVar("T")
Written = Coroutine[None, None, None]

NOTE_DELAY_MS = 500
"""Half of the second that may be lost when the process is killed; the disk may take the rest."""
RETRY_MS = 5000

_log = logging.getLogger(__name__)


@dataclass
class _Draft(Generic[T]):
    value: T
    is_going: bool = False
    is_kept: bool = False
    trouble: str = ""


class Drafts(Generic[T]):
    """The newest word on each call until it is kept; nothing typed is dropped.

    What was read of a call may be older than what was written meanwhile. Hence the rule: say
    `reading` when reading begins, and show `value` of what was read.

    Attributes:
        told: called with a call's id when it was kept, or could not be (see `trouble`).
    """

    def __init__(self, write: Callable[[int, T], Written], spawn: Spawn, *, delay_ms: int) -> None:
        self.told: Callable[[int], None] = lambda _call: None
        self._write, self._spawn, self._delay_ms = write, spawn, delay_ms
        self._drafts: dict[int, _Draft[T]] = {}
        self._works: set[asyncio.Task[None]] = set()
        self._timer = QTimer(singleShot=True)
        self._timer.timeout.connect(self.keep)

    def add(self, call: int, value: T) -> None:
        """This is wanted for the call; it is written after the delay, which more puts not off."""
        self._drafts[call] = _Draft(value, trouble=self.trouble(call))
        if not self._timer.isActive() or self._timer.remainingTime() > self._delay_ms:
            self._timer.start(self._delay_ms)

    def keep(self) -> None:
        """Write now what is not kept yet; it has begun when this returns."""
        self._timer.stop()
        for call, draft in self._drafts.items():
            if not draft.is_kept and not draft.is_going:
                draft.is_going = True
                written = self._write(call, draft.value)
                work = self._spawn(self._wait(call, draft, written), "notes and tags")
                self._works.add(work)
                work.add_done_callback(self._works.discard)
                # Who is cancelled before its first step has not begun to await it.
                work.add_done_callback(partial(_close, written))

    def reading(self, call: int) -> None:
        """From now on what is read of the call knows what was kept before."""
        if (draft := self._drafts.get(call)) is not None and draft.is_kept:
            del self._drafts[call]

    def value(self, call: int, read: T) -> T:
        """What holds for the call: `read`, or what was written since reading began."""
        draft = self._drafts.get(call)
        return read if draft is None else draft.value

    def is_kept(self, call: int) -> bool:
        """Nothing of the call is waiting to be written."""
        draft = self._drafts.get(call)
        return draft is None or draft.is_kept

    def trouble(self, call: int) -> str:
        """Why what was written of the call could not be kept so far; empty for no reason."""
        draft = self._drafts.get(call)
        return "" if draft is None else draft.trouble

    def drop(self, call: int) -> None:
        """The call is gone."""
        self._drafts.pop(call, None)

    async def finish(self) -> str:
        """Write what is left and wait for it; a sentence if that cannot be done."""
        self.keep()
        if self._works:
            await asyncio.wait(self._works)
        self._timer.stop()
        return next((draft.trouble for draft in self._drafts.values() if draft.trouble), "")

    async def _wait(self, call: int, draft: _Draft[T], written: Written) -> None:
        trouble = ""
        try:
            await written
            draft.is_kept = True
        except RcdeskError as error:
            trouble = str(error)
            if draft.trouble != trouble:
                _log.warning("What was written about a call could not be kept: %s", trouble)
            self._timer.start(RETRY_MS)
        finally:
            draft.is_going = False
            draft.trouble = trouble
        if self._drafts.get(call) is draft:
            self.told(call)


def _close(written: Written, _work: asyncio.Task[None]) -> None:
    written.close()


class Annotations:
    """Notes and tags on their way to one source."""

    def __init__(self, source: CallSource, spawn: Spawn) -> None:
        self.notes = Drafts(source.set_note, spawn, delay_ms=NOTE_DELAY_MS)
        self.tags = Drafts[tuple[str, ...]](source.set_tags, spawn, delay_ms=0)

    def keep(self) -> None:
        """See Drafts."""
        self.notes.keep()
        self.tags.keep()

    def reading(self, call: int) -> None:
        """See Drafts."""
        self.notes.reading(call)
        self.tags.reading(call)

    def drop(self, call: int) -> None:
        """See Drafts."""
        self.notes.drop(call)
        self.tags.drop(call)

    async def finish(self) -> str:
        """See Drafts."""
        notes, tags = await self.notes.finish(), await self.tags.finish()
        return notes or tags
