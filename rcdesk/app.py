"""The tray app: builds everything, owns the loop and the stop event."""

import asyncio
import builtins
import logging
import os
import sys
import time
from contextlib import AsyncExitStack

from rcdesk.core.errors import BadInput, RcdeskError
from rcdesk.system.handover import Request, Verb, activation_token, send_now, socket_file
from rcdesk.system.instance import SingleInstance
from rcdesk.system.logs import configure_logging
from rcdesk.system.memory import keep_little
from rcdesk.system.paths import Paths
from rcdesk.system.settings import Settings, load_settings

_log = logging.getLogger(__name__)

_START_PATIENCE_S = 5.0
_START_RETRY_S = 0.1


def run(uri: str = "", *, verbose: bool = False) -> int:
    """Start the app, or hand `uri` to the one that runs; returns the exit code.

    Settings that cannot be used are told in a window: whoever starts rcdesk from the desktop
    sees no terminal.

    Raises:
        RcdeskError: it cannot start; the sentence says why.
    """
    verb = Verb.OPEN_URI if uri else Verb.SHOW
    request = Request(verb, uri, activation_token(os.environ))
    paths = Paths.from_environment()
    instance = SingleInstance(paths)
    if not _become_the_one(instance, request):
        return 0
    _require_screen()
    keep_little()
    configure_logging(paths, verbose=verbose)
    settings, problem = _read_settings(paths)
    return _run_qt(paths, settings, problem, instance, request if uri else None)


def _read_settings(paths: Paths) -> tuple[Settings, str]:
    """The settings, or the defaults and why the user's own cannot be had."""
    try:
        settings = load_settings(paths)
    except RcdeskError as problem:
        return Settings(), str(problem)
    for warning in settings.warnings:
        _log.warning("%s", warning)
    return settings, ""


def _become_the_one(instance: SingleInstance, request: Request) -> bool:
    """False once the running app has taken the request."""
    give_up_s = time.monotonic() + _START_PATIENCE_S
    while True:
        if send_now(socket_file(os.environ), request):
            return False
        if instance.acquire():
            return True
        # It holds the lock but does not listen yet: it is starting, or ending.
        if time.monotonic() > give_up_s:
            raise RcdeskError("rcdesk is running but does not answer: end it, then start it again.")
        time.sleep(_START_RETRY_S)


def _require_screen() -> None:
    """Qt itself would abort the process, with a page of text."""
    if sys.platform != "linux" or "QT_QPA_PLATFORM" in os.environ:
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise BadInput(
            "rcdesk needs a screen, and there is none here: "
            "start it on a desktop, or use a command such as `rcdesk watch`."
        )


def _take_import_back() -> None:
    """End what PySide does at each `import` that comes after it.

    WORKAROUND for PySide6 (6.11): so that `from __feature__ import snake_case` can be had, it
    puts an `__import__` of its own in the place of Python's, which reads the source of every
    module and leaves all of it in `linecache`. That is 13 MB and a fifth of the time that the
    imports take, for a switch that rcdesk does not use.
    """
    original = vars(builtins).get("__orig_import__")
    if original is not None:
        builtins.__import__ = original


def _run_qt(
    paths: Paths,
    settings: Settings,
    problem: str,
    instance: SingleInstance,
    request: Request | None,
) -> int:
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415 - a second start needs no Qt
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    _take_import_back()
    from rcdesk.ui.shell import Shell  # noqa: PLC0415
    from rcdesk.ui.style.icons import icon  # noqa: PLC0415

    QApplication.setApplicationName("rcdesk")
    QApplication.setApplicationDisplayName("rcdesk")
    QGuiApplication.setDesktopFileName("io.github.rcdesk.rcdesk")
    qt = QApplication(sys.argv[:1])
    qt.setWindowIcon(icon("rcdesk"))
    shell = Shell(qt, paths, settings, problem)
    # The icon is on its way to the tray before the rest is even loaded.
    qt.processEvents()

    from rcdesk.ui.loop import run as run_loop  # noqa: PLC0415

    async def main(stop: asyncio.Event) -> None:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(shell.close)
            stack.push_async_callback(instance.close)
            await instance.serve(shell.take_request)
            await shell.start(stop)
            if request is not None:
                shell.take_request(request)
            await stop.wait()

    return run_loop(main, qt)
