"""Background work of a service: kept, logged, cancelled together."""

import asyncio
import logging
from collections.abc import Callable, Coroutine

_log = logging.getLogger(__name__)


class Tasks:
    """Tasks that live no longer than the service that started them.

    Attributes:
        is_over: everything was cancelled, and nothing is to be put off any longer.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[None, None, None], name: str) -> asyncio.Task[None]:
        """Run `work` in the background; what it raises is logged, not lost."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    async def cancel(self) -> None:
        """Cancel everything and wait until it has ended."""
        self.is_over = True
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("%s failed", task.get_name(), exc_info=error)


class Debounce:
    """Runs `work` once, `delay_s` after the last of a burst, at most `longest_s` after the first.

    `longest_s` keeps a steady stream of events from putting the work off for ever.
    """

    def __init__(
        self,
        tasks: Tasks,
        work: Callable[[], Coroutine[None, None, None]],
        *,
        delay_s: float,
        longest_s: float,
        name: str,
    ) -> None:
        self._tasks = tasks
        self._work = work
        self._delay_s = delay_s
        self._longest_s = longest_s
        self._name = name
        self._timer: asyncio.TimerHandle | None = None
        self._due_s = self._latest_s = 0.0
        self._task: asyncio.Task[None] | None = None

    def ask(self) -> None:
        """Want the work done soon."""
        now_s = asyncio.get_running_loop().time()
        if self._timer is None:
            self._latest_s = now_s + self._longest_s
        self._due_s = min(now_s + self._delay_s, self._latest_s)
        if self._timer is None:
            self._wait()

    def cancel(self) -> None:
        """Want it no more; work under way goes on."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_at(self._due_s, self._run)

    def _run(self) -> None:
        if self._tasks.is_over:
            return
        if asyncio.get_running_loop().time() < self._due_s:
            self._wait()
            return
        self._timer = None
        if self._task is not None and not self._task.done():
            self.ask()
        else:
            self._task = self._tasks.start(self._work(), self._name)
