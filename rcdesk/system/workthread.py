"""A thread for calls that may never return."""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class WorkThread:
    """Runs jobs one after another in a daemon thread, started by the first.

    Not an executor: those are joined when the interpreter ends, and a prompt that nobody
    answers would keep the process from ending.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

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

        if self._thread is None:
            self._thread = threading.Thread(target=self._loop, name=self._name, daemon=True)
            self._thread.start()
        self._jobs.put(job)
        return future

    def _loop(self) -> None:
        while True:
            self._jobs.get()()
