"""The call history's page over an archive, given its file and what to measure.

`rest` tells `memory_mib`, as JSON; `speed` all the rest: moments and times in seconds, each list
with an item for each choice or keystroke, and the floors that the bare SQLite query sets.
"""

import asyncio
import json
import re
import sqlite3
import sys
import time
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import closing
from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from rcdesk.archive import reading
from rcdesk.archive.archive import Archive
from rcdesk.core.events import LogRecord
from rcdesk.ui.history.choices import Choices
from rcdesk.ui.history.page import HistoryPage
from rcdesk.ui.loop import run
from rcdesk.ui.style.theme import Theme
from tests.benchmarks.frames import Frames
from tests.benchmarks.history_calls import records
from tests.benchmarks.history_searches import FILTERS, TODAY, typed

_PAGE = 200
_PAGES_ROUNDS = 5
_ROUNDS = 2
_INSERTED = 10_000
_SETTLE_S = 1.0
_PSS = re.compile(r"^Pss: +(\d+) kB", re.MULTILINE)


def bare_s(path: Path, asked: Iterable[Choices]) -> list[float]:
    """How long SQLite alone takes to find the first page of each of them."""
    with closing(sqlite3.connect(path)) as db:
        return [_bare_s(db, choices) for choices in asked]


def _bare_s(db: sqlite3.Connection, choices: Choices) -> float:
    sql = reading.page_sql(db, choices.wanted(TODAY), None, limit=_PAGE + 1)
    began_s = time.perf_counter()
    db.execute(*sql).fetchall()
    return time.perf_counter() - began_s


async def archive_s(archive: Archive, asked: Iterable[Choices]) -> list[float]:
    """How long the archive takes to answer with it."""
    took_s = []
    for choices in asked:
        began_s = time.perf_counter()
        await archive.page(choices.wanted(TODAY))
        took_s.append(time.perf_counter() - began_s)
    return took_s


class Stage:
    """A window of its own with the history's page, and a user in front of it."""

    def __init__(self, theme: Theme, archive: Archive) -> None:
        self._archive = archive
        self._has_changed = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._settled = asyncio.Event()
        self._settled_s = 0.0
        self.page = HistoryPage(theme, lambda: TODAY, self._spawn)
        self.frames = Frames(self.page)
        self.page.model.rows_changed.connect(self._note_change)
        self.page.model.settled.connect(self._note_settled)
        self.page.resize(480, 700)

    async def open(self) -> float:
        """Show it; returns when the first calls were painted."""
        self._begin()
        self.page.set_source(self._archive)
        self.page.listing.show_loaded()
        self.page.show()
        return await self._shown_s()

    async def choose_s(self, choices: Choices) -> float:
        """How long it takes from a choice to its calls on the screen."""
        began_s = self._begin()
        self.page.bar.choose(choices)
        return await self._shown_s() - began_s

    async def type_s(self, choices: Choices) -> float:
        """How long it takes from the key that is the last of the text to its calls."""
        bar = self.page.bar
        before, letter = choices.text[:-1], choices.text[-1]
        beginning = choices.having("text", before)
        if beginning != bar.choices:
            await self.choose_s(beginning)
        began_s = self._begin()
        press = QKeyEvent(
            QEvent.Type.KeyPress, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, letter
        )
        QApplication.sendEvent(bar.search, press)
        if bar.choices != choices:
            raise RuntimeError(f"typed {choices}, but there is {bar.choices}")
        return await self._shown_s() - began_s

    async def scroll_s(self) -> float:
        """The longest frame on the way from the first call to the last, eight heights at a time."""
        view = self.page.view
        view.go_to_top()
        await asyncio.sleep(_SETTLE_S)
        bar = view.verticalScrollBar()
        step = view.viewport().height() * 8
        self.frames.longest_so_far_s()
        while bar.value() < bar.maximum() or self.page.model.has_older:
            bar.setValue(bar.value() + step)
            view.viewport().update()
            await self.frames.next()
        return self.frames.longest_so_far_s()

    async def insert_s(self, found: Sequence[LogRecord]) -> float:
        """How long it takes to take these calls in; shows how things are then."""
        began_s = time.perf_counter()
        await self._archive.add_records(found)
        took_s = self._begin() - began_s
        self.page.refresh()
        await self._shown_s()
        return took_s

    def _begin(self) -> float:
        self._has_changed = False
        self._settled.clear()
        return time.perf_counter()

    async def _shown_s(self) -> float:
        """When what was asked for was there, and painted if that changed anything."""
        if not self.page.model.is_busy:
            return time.perf_counter()  # a space at the end asks for nothing else
        await self._settled.wait()
        return await self.frames.after(self._settled_s) if self._has_changed else self._settled_s

    def _note_settled(self) -> None:
        self._settled_s = time.perf_counter()
        # Also where all that has changed lies below the window's edge.
        self.page.view.viewport().update()
        self._settled.set()

    def _note_change(self) -> None:
        self._has_changed = True

    def _spawn(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


async def _speed(path: Path, theme: Theme) -> None:
    keys = list(typed())
    # The first of them is in force when the window opens.
    pages = [*FILTERS[1:], FILTERS[0]] * _PAGES_ROUNDS
    async with await Archive.open(path) as archive:
        for name, asked in (("page", pages), ("key", keys)):
            rounds = [
                (bare_s(path, asked), await archive_s(archive, asked)) for _ in range(_ROUNDS)
            ]
            bare, archives = zip(*rounds, strict=True)
            _tell(**{f"bare_{name}_s": _fastest(bare), f"archive_{name}_s": _fastest(archives)})
        began_s = time.perf_counter()
        stage = Stage(theme, archive)
        _tell(open_s=await stage.open() - began_s)
        await asyncio.sleep(_SETTLE_S)
        _tell(
            page_s=_fastest(
                [[await stage.choose_s(choices) for choices in pages] for _ in range(_ROUNDS)]
            ),
            key_s=_fastest(
                [[await stage.type_s(choices) for choices in keys] for _ in range(_ROUNDS)]
            ),
        )
        await stage.choose_s(FILTERS[0])
        viewport = stage.page.view.viewport()
        _tell(rest_frame_s=await stage.frames.longest_s(viewport, asyncio.sleep(_SETTLE_S)))
        _tell(scroll_frame_s=await stage.scroll_s())
        found = list(records(_INSERTED, seed=2))
        await asyncio.sleep(_SETTLE_S)
        insert = asyncio.ensure_future(stage.insert_s(found))
        _tell(insert_frame_s=await stage.frames.longest_s(viewport, insert))
        _tell(insert_s=insert.result())


def _fastest(rounds: Sequence[Sequence[float]]) -> list[float]:
    """Of each, the least of all rounds."""
    return [min(each) for each in zip(*rounds, strict=True)]


async def _rest(path: Path, theme: Theme) -> None:
    async with await Archive.open(path) as archive:
        stage = Stage(theme, archive)
        await stage.open()
        await asyncio.sleep(_SETTLE_S)
        stage.page.hide()
        await asyncio.sleep(_SETTLE_S)
        _tell(memory_mib=_pss_mib())


def _pss_mib() -> float:
    (pss_kib,) = _PSS.findall(Path("/proc/self/smaps_rollup").read_text())
    return int(pss_kib) / 1024


def _tell(**values: float | list[float]) -> None:
    print(json.dumps(values), flush=True)


async def _measure(_stop: asyncio.Event) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    what, path = sys.argv[1:]
    await {"speed": _speed, "rest": _rest}[what](Path(path), Theme(application, "light"))


if __name__ == "__main__":
    sys.exit(run(_measure, QApplication(sys.argv)))
