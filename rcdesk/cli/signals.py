"""Ctrl+C and SIGTERM as something a coroutine can wait for."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def on_stop_signal(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` on the running loop at the first SIGINT or SIGTERM; a second one interrupts."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()

    def stop_once(number: int, _frame: object) -> None:
        signal.signal(number, signal.default_int_handler)
        loop.call_soon_threadsafe(stop)

    before = {number: signal.signal(number, stop_once) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
