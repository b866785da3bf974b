"""The asyncio event loop inside Qt's, and how the app starts and ends on it."""

import asyncio
import gc
import logging
import math
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import Context
from types import TracebackType
from typing import Any, TypeVar

import qasync
from PySide6.QtCore import QObject, Qt, QTimer, QTimerEvent
from PySide6.QtWidgets import QApplication

from rcdesk.system.memory import give_back

_log = logging.getLogger(__name__)
T = TypeVar("T")

_LONGEST_TIMER_MS = 2**31 - 1
_SIGNAL_POLL_MS = 250
# A thread that works for the archive gives way after this. A frame waits for it some ten times,
# whenever Qt has done something and Python goes on: a millisecond each would be seen.
_GIVE_WAY_S = 0.0002
_STARTED_S = 5.0
_LOOKUPS = 4
_END_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _QtTimerHandle(asyncio.TimerHandle):
    """A handle that knows its Qt timer: handles of equal content compare equal."""

    __slots__ = ("timer_id",)
    timer_id: int


class _Timers(QObject):
    """Runs each handle at its time, never before it, and only while the loop runs.

    Qt brings timers whenever somebody processes events, also after the loop has ended: a task
    that took a step there would find no loop, and asyncio would make up another one for it.

    qasync's own timers are coarse (5 % early or late, 0 below a millisecond) and stay with Qt
    until they expire even when cancelled.
    """

    def __init__(self, is_running: Callable[[], bool]) -> None:
        super().__init__()
        self._is_running = is_running
        self._handles: dict[int, _QtTimerHandle] = {}
        self._held: list[_QtTimerHandle] = []

    def __len__(self) -> int:
        return len(self._handles) + len(self._held)

    def add(self, handle: _QtTimerHandle, delay_s: float) -> None:
        """Run `handle` once, `delay_s` from now."""
        # Qt counts milliseconds in 32 bits; timerEvent sends a longer wait round again.
        delay_ms = min(math.ceil(max(0, delay_s) * 1000), _LONGEST_TIMER_MS)
        handle.timer_id = self.startTimer(delay_ms, Qt.TimerType.PreciseTimer)
        self._handles[handle.timer_id] = handle

    def go_on(self) -> None:
        """Run what came while the loop did not run."""
        held, self._held = self._held, []
        for handle in held:
            self.add(handle, 0)

    def discard(self, handle: _QtTimerHandle) -> None:
        """Forget a handle that will not run."""
        if self._handles.pop(handle.timer_id, None) is not None:
            self.killTimer(handle.timer_id)
        else:
            self._held = [held for held in self._held if held is not handle]

    def timerEvent(self, event: QTimerEvent) -> None:
        """Run what the timer is for; it may add and discard others."""
        timer_id = event.timerId()
        self.killTimer(timer_id)
        handle = self._handles.pop(timer_id, None)
        if handle is None:
            return
        remaining_s = handle.when() - time.monotonic()
        if remaining_s > 0:
            self.add(handle, remaining_s)
        elif not self._is_running():
            self._held.append(handle)
        else:
            handle._run()  # noqa: SLF001 - a loop is what runs its handles

    def stop(self) -> None:
        """Forget all handles; qasync calls it when the loop closes."""
        self._held.clear()
        for handle in tuple(self._handles.values()):
            self.discard(handle)

    def set_debug(self, enabled: bool) -> None:
        """Do nothing; qasync expects it."""


class QtEventLoop(qasync.QEventLoop):  # type: ignore[misc]  # an untyped base
    """qasync's loop with timers that keep their time and go when they are cancelled.

    WORKAROUND for qasync 0.28: `_timer` is private there, so pyproject.toml pins the series
    and tests/ui/test_loop.py watches what depends on it.
    """

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._timer = _Timers(self.is_running)
        # Looks up names; qasync's own would start ten threads at the first of them.
        self.set_default_executor(ThreadPoolExecutor(_LOOKUPS, "lookup"))
        self.quit_asked: Callable[[], None] | None = None

    @property
    def pending_timers(self) -> int:
        """How many callbacks wait for their turn."""
        return len(self._timer)

    def run_forever(self) -> object:
        """See asyncio."""
        self._timer.go_on()
        return super().run_forever()

    def run_until_complete(self, future: Awaitable[T]) -> T:
        """See asyncio; `quit_asked` is called when Qt is told to quit before `future` is done.

        The dock of macOS and the end of a desktop session do that, and what is open must be
        closed first.
        """
        task = asyncio.ensure_future(future, loop=self)
        while True:
            self._run_until_done(task)
            if task.done():
                return task.result()
            if self.quit_asked is None:
                raise RuntimeError("Qt was told to quit before the future was done.")
            self.quit_asked()

    def _run_until_done(self, task: "asyncio.Future[T]") -> None:
        """Run until `task` is done, or Qt is told to quit.

        WORKAROUND for qasync 0.28: its own lets events come once more after the loop has ended,
        in which tasks take a step without a running loop, and fail.
        """

        def stop(_task: "asyncio.Future[T]") -> None:
            self.stop()

        task.add_done_callback(stop)
        try:
            self.run_forever()
        finally:
            task.remove_done_callback(stop)

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """See `asyncio.loop.call_later`; `call_soon` and `call_at` come here too."""
        self._check_closed()
        handle = _QtTimerHandle(self.time() + delay, callback, args, self, context)
        self._timer.add(handle, delay)
        return handle

    def _add_callback(self, handle: asyncio.Handle, delay: float = 0) -> None:
        """Run a handle that asyncio made itself: that of a signal."""

        def run_unless_cancelled() -> None:
            if not handle.cancelled():
                handle._run()  # noqa: SLF001 - a loop is what runs its handles

        self.call_later(delay, run_unless_cancelled)

    def _timer_handle_cancelled(self, handle: _QtTimerHandle) -> None:
        self._timer.discard(handle)


def run(main: Callable[[asyncio.Event], Coroutine[Any, Any, None]], app: QApplication) -> int:
    """Run `main` to its end on the Qt loop and return the exit code, 0.

    The event given to `main` is set by SIGINT and SIGTERM, and when Qt is told to quit; `main`
    sets it too when the user quits, waits for it and then closes what it opened. What `main`
    raises goes through.
    """
    app.setQuitOnLastWindowClosed(False)
    sys.excepthook = _log_uncaught
    sys.setswitchinterval(_GIVE_WAY_S)
    with asyncio.Runner(loop_factory=lambda: QtEventLoop(app)) as runner:
        runner.run(_until_stopped(main))
    return 0


async def _until_stopped(main: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_forgotten)
    stop = asyncio.Event()
    if isinstance(loop, QtEventLoop):
        loop.quit_asked = stop.set
    watch_signals = _poll_signals if sys.platform == "win32" else _receive_signals
    started = loop.call_later(_STARTED_S, keep_start_from_collector)
    with watch_signals(loop, stop):
        try:
            await main(stop)
        finally:
            started.cancel()


def keep_start_from_collector() -> None:
    """Let the garbage collector leave alone what is there now.

    What the start made stays until the end, and walking over all of it again and again, in the
    middle of a burst of calls, holds the windows up for 50 ms and more. What the start needed
    for itself, such as modules' bytes, goes back to the system.
    """
    give_back()
    gc.freeze()


@contextmanager
def _receive_signals(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> Iterator[None]:
    for number in _END_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in _END_SIGNALS:
            loop.remove_signal_handler(number)


@contextmanager
def _poll_signals(_loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> Iterator[None]:
    """Do it the way Windows needs: only a running Python hears a signal, so let it run."""
    pulse = QTimer()
    pulse.timeout.connect(_do_nothing)
    pulse.start(_SIGNAL_POLL_MS)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in _END_SIGNALS}
    try:
        yield
    finally:
        pulse.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def _do_nothing() -> None:
    """Give Python a moment to run signal handlers."""


def _log_uncaught(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    """Log what was raised in a Qt slot or event handler; Qt goes on after it."""
    _log.error("Uncaught in a Qt callback", exc_info=(kind, error, traceback))


def _log_forgotten(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what was raised in a callback or in a task that nobody awaits."""
    error = context.get("exception")
    _log.error("Uncaught in the event loop: %s", context.get("message"), exc_info=error)
