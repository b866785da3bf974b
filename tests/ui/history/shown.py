"""A call shown in the details pane, and what the tests do to it."""

import asyncio
from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from rcdesk.archive.archive import Archive
from rcdesk.core.errors import StorageTrouble
from rcdesk.core.past_calls import CallDetails
from rcdesk.ui.history.call_detail import CallDetail
from rcdesk.ui.history.note_field import NoteField
from rcdesk.ui.history.tag_field import TagField
from tests.ui.history.calls import ANN, entry
from tests.ui.history.conftest import Stage

KEY = Qt.Key
SENTENCE = "The disk is full: nothing was lost; make room and it goes on."


def detail(stage: Stage) -> CallDetail:
    (found,) = stage.page.details.findChildren(CallDetail)
    assert isinstance(found, CallDetail)
    return found


def note(stage: Stage) -> NoteField:
    return detail(stage).note


def tags(stage: Stage) -> TagField:
    return detail(stage).tags


def buttons(within: QWidget) -> list[str]:
    found = within.findChildren(QAbstractButton)
    return [button.accessibleName() or button.text() for button in found if button.isVisible()]


def press(within: QWidget, says: str) -> None:
    found = within.findChildren(QAbstractButton)
    button = next(b for b in found if says in (b.text(), b.accessibleName()) and b.isVisible())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def call_id(stage: Stage, session_id: str) -> int:
    return stage.run(stage.archive.find(session_id))[0].id


def show(stage: Stage, session_id: str) -> None:
    (call,) = stage.run(stage.archive.find(session_id))
    stage.page.view.opened.emit(call, False)
    stage.until(lambda: stage.page.details.is_filled and detail(stage).call_id == call.id)


def open_first(stage: Stage, *others: str) -> None:
    """Show `s1`, in the list's place, as Enter does."""
    stage.show(entry(1, other=ANN), *(entry(int(other[1:])) for other in others))
    stage.select("s1")
    QTest.keyClick(stage.page.view, KEY.Key_Return)
    stage.until(lambda: stage.page.details.is_filled)


def type_note(stage: Stage, text: str) -> None:
    note(stage).edit()
    QTest.keyClicks(note(stage).editor, text)


def finish(stage: Stage) -> None:
    """Let nothing be under way that pytest-qt would go on with where no loop runs."""
    stage.run(stage.page.details.finish())
    stage.settle()


def kept(stage: Stage, session_id: str) -> CallDetails:
    found = stage.run(stage.archive.details(call_id(stage, session_id)))
    assert found is not None
    return found


def until_kept(stage: Stage, session_id: str, text: str) -> None:
    wanted = call_id(stage, session_id)

    async def note_of(call: int) -> str | None:
        found = await stage.archive.details(call)
        return None if found is None else found.note

    async def wait() -> None:
        async with asyncio.timeout(20):
            while await note_of(wanted) != text:  # noqa: ASYNC110 - any turn may bring it
                await asyncio.sleep(0.01)

    stage.run(wait())


class Troubled:
    """A source whose disk is full, or slow."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.is_full = True
        self.may_read: asyncio.Event | None = None
        self.has_read = asyncio.Event()
        self.page, self.full_page = archive.page, archive.full_page
        self.count = archive.count
        self.lines = archive.lines
        self.queues = archive.queues
        self.tags = archive.tags

    async def details(self, call: int) -> CallDetails | None:
        found = await self._archive.details(call)
        self.has_read.set()
        if self.may_read is not None:
            await self.may_read.wait()
        return found

    async def set_note(self, call: int, text: str) -> None:
        if self.is_full:
            raise StorageTrouble(SENTENCE)
        await self._archive.set_note(call, text)

    async def set_tags(self, call: int, names: Iterable[str]) -> None:
        if self.is_full:
            raise StorageTrouble(SENTENCE)
        await self._archive.set_tags(call, names)


def chips(stage: Stage) -> list[str]:
    return [chip.text() for chip in tags(stage).findChildren(QPushButton) if chip.isVisible()]
