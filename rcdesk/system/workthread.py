"""A thread for calls that may never return."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")

_Jobs = queue.SimpleQueue[Callable[[], None] | None]


class WorkThread:
    """Runs jobs one after another in a daemon thread, started by the first.

    Not an executor: those are joined when the interpreter ends, and a prompt that nobody
    answers would keep the process from ending.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: _Jobs | None = None

    def submit(self, work: Callable[[], T]) -> "Future[T]":
        """Queue `work`; a future cancelled before its turn is skipped."""
        future: Future[T] = Future()

        def job() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(work())
            except BaseException as error:  # noqa: BLE001 - handed to the waiting coroutine
                future.set_exception(error)

        if self._jobs is None:
            self._jobs = queue.SimpleQueue()
            threading.Thread(target=_work, args=(self._jobs,), name=self._name, daemon=True).start()
        self._jobs.put(job)
        return future

    def end(self) -> None:
        """Let the thread go once it has done what was queued; a later job starts another."""
        jobs, self._jobs = self._jobs, None
        if jobs is not None:
            jobs.put(None)


def _work(jobs: _Jobs) -> None:
    while True:
        job = jobs.get()
        if job is None:
            return
        job()
        # Nothing of it shall be kept until the next one comes.
        del job
