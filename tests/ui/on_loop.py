"""Widgets that start work in the background, on Qt's loop."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from rcdesk.ui.loop import QtEventLoop
from tests.until import until

T = TypeVar("T")


class OnLoop:
    """What is on the screen; `run` and `until` let time pass."""

    def __init__(self, loop: QtEventLoop) -> None:
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def until(self, condition: Callable[[], object]) -> None:
        self.run(until(condition))

    def spawn(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        task: asyncio.Task[None] = self._loop.create_task(work, name=name)
        return task

    def end_tasks(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
