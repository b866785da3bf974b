import asyncio
import contextlib
import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from rcdesk.ui.loop import QtEventLoop, keep_start_from_collector, run

TIMEOUT_S = 20


@pytest.mark.parametrize("delay_s", [0.0004, 0.001, 0.0125, 0.1, 0.25])
def test_timers_are_never_early(qloop: QtEventLoop, delay_s: float) -> None:
    async def measure() -> float:
        began_s = time.monotonic()
        await asyncio.sleep(delay_s)
        return time.monotonic() - began_s

    assert qloop.run_until_complete(measure()) >= delay_s


def test_callbacks_of_one_instant_run_in_the_order_they_came(qloop: QtEventLoop) -> None:
    async def collect() -> list[int]:
        seen: list[int] = []
        done = asyncio.Event()
        for number in range(1000):
            qloop.call_soon(seen.append, number)
        qloop.call_soon(done.set)
        await done.wait()
        return seen

    assert qloop.run_until_complete(collect()) == list(range(1000))


def test_equal_handles_each_run(qloop: QtEventLoop) -> None:
    async def collect() -> int:
        seen: list[None] = []
        when = qloop.time() + 0.01
        for _ in range(10):
            qloop.call_at(when, seen.append, None)
        qloop.call_at(when, seen.append, None).cancel()
        await asyncio.sleep(0.05)
        return len(seen)

    assert qloop.run_until_complete(collect()) == 10


def test_one_lookup_starts_one_thread(qloop: QtEventLoop) -> None:
    async def thread_of_lookup() -> str:
        name: str = await qloop.run_in_executor(None, lambda: threading.current_thread().name)
        return name

    before = threading.active_count()
    assert qloop.run_until_complete(thread_of_lookup()).startswith("lookup")
    assert threading.active_count() == before + 1


def test_nothing_takes_a_step_while_the_loop_does_not_run(qloop: QtEventLoop) -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    async def step() -> None:
        loops.append(asyncio.get_running_loop())

    task = qloop.create_task(step())
    dropped = qloop.call_soon(loops.append, qloop)
    QApplication.processEvents()
    dropped.cancel()
    assert loops == []
    qloop.run_until_complete(task)
    assert loops == [qloop]
    assert qloop.pending_timers == 0


def test_a_timer_tells_when_it_is_due(qloop: QtEventLoop) -> None:
    handle = qloop.call_later(60, print)
    assert handle.when() == pytest.approx(qloop.time() + 60, abs=5)
    handle.cancel()


def test_cancelled_timers_leave_nothing_behind(qloop: QtEventLoop) -> None:
    async def leave() -> int:
        for _ in range(1000):
            qloop.call_later(3600, print).cancel()
        for _ in range(200):
            async with asyncio.timeout(3600):
                await asyncio.sleep(0)
        return qloop.pending_timers

    before = qloop.pending_timers
    assert qloop.run_until_complete(leave()) <= before + 1


def test_a_wait_longer_than_qt_can_count_is_kept(qloop: QtEventLoop) -> None:
    async def wait() -> bool:
        handle = qloop.call_later(10 * 365 * 86400, print)
        await asyncio.sleep(0.01)
        pending = not handle.cancelled() and qloop.pending_timers >= 1
        handle.cancel()
        return pending

    assert qloop.run_until_complete(wait())


def test_a_timeout_cancels_what_it_guards(qloop: QtEventLoop) -> None:
    async def wait() -> None:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        qloop.run_until_complete(wait())


def test_a_child_process_is_run_and_read(qloop: QtEventLoop) -> None:
    async def child() -> tuple[bytes, int | None]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "print('hello')", stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(TIMEOUT_S):
            said, _ = await process.communicate()
        return said, process.returncode

    assert qloop.run_until_complete(child()) == (b"hello\n", 0)


def test_a_thread_can_call_in(qloop: QtEventLoop) -> None:
    async def call() -> int:
        return await asyncio.to_thread(
            lambda: asyncio.run_coroutine_threadsafe(answer(), qloop).result(TIMEOUT_S)
        )

    async def answer() -> int:
        return 42

    assert qloop.run_until_complete(call()) == 42


def test_a_socket_is_served(qloop: QtEventLoop) -> None:
    async def exchange() -> bytes:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readline())
            writer.close()
            await writer.wait_closed()

        async with await asyncio.start_server(echo, "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"ping\n")
            async with asyncio.timeout(TIMEOUT_S):
                said = await reader.read()
            writer.close()
            await writer.wait_closed()
            return said

    assert qloop.run_until_complete(exchange()) == b"ping\n"


@pytest.fixture
def hooks_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)


@pytest.mark.usefixtures("hooks_restored")
def test_run_ends_when_the_event_is_set(qapp: QApplication) -> None:
    ended: list[str] = []

    async def main(stop: asyncio.Event) -> None:
        asyncio.get_running_loop().call_later(0.01, stop.set)
        await stop.wait()
        ended.append("closed")

    assert run(main, qapp) == 0
    assert ended == ["closed"]


@pytest.mark.usefixtures("hooks_restored")
def test_what_main_raises_goes_through(qapp: QApplication) -> None:
    async def main(stop: asyncio.Event) -> None:
        raise LookupError("no such thing")

    with pytest.raises(LookupError, match="no such thing"):
        run(main, qapp)


def test_what_the_start_made_is_not_walked_over_again() -> None:
    keep_start_from_collector()
    try:
        assert gc.get_freeze_count() > len(gc.get_objects())
    finally:
        gc.unfreeze()


async def _fail_in_a_callback() -> None:
    asyncio.get_running_loop().call_soon(_fail)


async def _fail_in_a_forgotten_task() -> None:
    task = asyncio.get_running_loop().create_task(_fail_later())
    await asyncio.wait([task])
    del task


async def _fail_in_a_slot() -> None:
    QTimer.singleShot(0, _fail)


def _fail() -> None:
    raise LookupError("lost")


async def _fail_later() -> None:
    _fail()


class LogWatch(logging.Handler):
    def __init__(self, logged: asyncio.Event) -> None:
        super().__init__()
        self._logged = logged

    def emit(self, record: logging.LogRecord) -> None:
        self._logged.set()


@pytest.mark.usefixtures("hooks_restored")
@pytest.mark.parametrize("fail", [_fail_in_a_callback, _fail_in_a_forgotten_task, _fail_in_a_slot])
def test_what_nobody_awaits_is_logged_and_the_app_goes_on(
    qapp: QApplication, caplog: pytest.LogCaptureFixture, fail: Callable[[], Awaitable[None]]
) -> None:
    async def main(stop: asyncio.Event) -> None:
        logged = asyncio.Event()
        watch = LogWatch(logged)
        logging.getLogger("rcdesk.ui.loop").addHandler(watch)
        await fail()
        async with asyncio.timeout(TIMEOUT_S):
            await logged.wait()
        logging.getLogger("rcdesk.ui.loop").removeHandler(watch)

    with caplog.at_level(logging.ERROR, logger="rcdesk.ui.loop"):
        assert run(main, qapp) == 0
    assert "LookupError: lost" in caplog.text


APP = """
import asyncio, sys
from PySide6.QtWidgets import QApplication
from rcdesk.ui.loop import run

async def main(stop):
    print("up", flush=True)
    await stop.wait()
    print("closed", flush=True)

sys.exit(run(main, QApplication([])))
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signals to send")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_app_in_order(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", APP], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        with contextlib.ExitStack() as stack:
            stack.callback(process.kill)
            assert process.stdout.readline() == "up\n"
            process.send_signal(number)
            said, _ = process.communicate(timeout=TIMEOUT_S)
    assert (said, process.returncode) == ("closed\n", 0)


QUIT = """
import asyncio, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from rcdesk.ui.loop import run

app = QApplication([])
window = QWidget()

async def main(stop):
    window.show()
    QTimer.singleShot(0, app.{how})
    await stop.wait()
    QTimer.singleShot(0, app.{how})
    await asyncio.sleep(0.05)
    print("closed", flush=True)

sys.exit(run(main, app))
"""


@pytest.mark.parametrize("how", ["quit", "exit"])
def test_a_quit_from_outside_ends_the_app_in_order(how: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", QUIT.format(how=how)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "closed\n", "")
