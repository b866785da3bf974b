"""The app as a whole: which windows there are, and what happens when their buttons are clicked."""

import asyncio
import logging
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from rcdesk.core.errors import BadInput, RcdeskError
from rcdesk.services.tasks import Tasks
from rcdesk.system.handover import Request, Verb
from rcdesk.system.paths import Paths
from rcdesk.system.settings import Settings, load_settings, save_settings
from rcdesk.system.uris import parse_link
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.tray import Tray

if TYPE_CHECKING:
    from rcdesk.services.desk import Desk
    from rcdesk.services.stored_session import VaultSessionStore
    from rcdesk.ui.desktop import Desktop
    from rcdesk.ui.windows.trouble import TroubleWindow
    from rcdesk.ui.windows.welcome import WelcomeWindow

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Shell(QObject):
    """Owns the windows from first start to quit.

    The tray's icon is there when this has been built; the windows and the platform client,
    which take three times as long to import, come with `start`. `problem` is a sentence on why
    `settings` are not those of the user, to be shown until they can be read.
    """

    def __init__(
        self, qt: QApplication, paths: Paths, settings: Settings, problem: str = ""
    ) -> None:
        super().__init__()
        self._stop = asyncio.Event()
        self._paths = paths
        self._settings = settings
        self._problem = problem
        self._theme = Theme(qt, settings.theme)
        self._tray = Tray(self._theme, lambda: self._desk.region if self._desk else "US")
        self._disk = ThreadPoolExecutor(1, "disk")
        self._welcome: WelcomeWindow | None = None
        self._trouble: TroubleWindow | None = None
        self._desk: Desk | None = None
        self._store: VaultSessionStore | None = None
        self._desktop: Desktop | None = None
        self._geometry_file = paths.state_dir / "window"
        self._tasks = Tasks()
        self._tray.quit_requested.connect(self.quit)
        self._tray.open_requested.connect(self.raise_window)
        self._tray.show()

    def quit(self) -> None:
        """End the app, in order."""
        self._stop.set()

    async def start(self, stop: asyncio.Event) -> None:
        """Open the welcome window, or everything; `stop` is set when the user quits."""
        if self._stop.is_set():
            stop.set()
        self._stop = stop
        if self._problem:
            self._open_trouble(self._problem)
        else:
            await self._begin()

    async def _begin(self) -> None:
        from rcdesk.services.desk import registration  # noqa: PLC0415 - after the icon

        try:
            registration(self._settings)
        except BadInput as problem:
            self._open_welcome(str(problem) if self._settings.client_id else "")
        else:
            await self._open_desk()

    async def close(self) -> None:
        """End everything; nothing is left running."""
        await self._tasks.cancel()
        if self._desktop is not None:
            await self._desktop.close()
        if self._desk is not None:
            if self._store is not None and self._store.is_in_memory:
                await self._desk.platform.session.revoke()
            await self._desk.__aexit__(None, None, None)
        for window in (self._welcome, self._trouble):
            if window is not None:
                window.close()
        self._tray.hide()
        self._disk.shutdown(wait=True)

    def take_request(self, request: Request) -> None:
        """Another start of rcdesk, or the desktop with a link, wants something."""
        number = ""
        if request.verb is Verb.OPEN_URI:
            try:
                number = parse_link(request.uri).number
            except BadInput as problem:
                _log.info("A link was refused: %s", problem)
        self.raise_window(request.activation_token)
        if self._desktop is not None and number:
            self._desktop.fill_dialer(number)

    def raise_window(self, activation_token: str = "") -> None:
        """Show the window there is in front."""
        if self._desktop is not None:
            self._desktop.raise_window(activation_token)
        elif window := self._welcome or self._trouble:
            window.show()
            window.raise_()
            window.activateWindow()

    def save(self, changes: Mapping[str, object]) -> None:
        """Keep choices, off the UI thread; a disk that refuses costs only the choice."""
        self._tasks.start(self._save(changes), "saving settings")

    async def _on_disk(self, work: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._disk, work, *arguments)

    def _keep_geometry(self, geometry: bytes) -> None:
        self._disk.submit(_write, self._geometry_file, geometry)

    async def _save(self, changes: Mapping[str, object]) -> None:
        try:
            await self._on_disk(save_settings, self._paths, changes)
        except RcdeskError as error:
            _log.warning("%s", error)
            if self._desktop is not None:
                self._desktop.show_notice(str(error))

    def _open_welcome(self, problem: str) -> None:
        from rcdesk.ui.windows.welcome import WelcomeWindow  # noqa: PLC0415 - first start only

        self._welcome = WelcomeWindow(self._theme, self._settings)
        self._welcome.continue_requested.connect(self._register)
        self._welcome.demo_requested.connect(self._start_demo)
        self._welcome.closed.connect(self.quit)
        self._welcome.show_problem(problem)
        self._welcome.show()

    def _register(
        self, client_id: str, server_url: str, client_secret: str, redirect_uri: str
    ) -> None:
        changes = {
            "client_id": client_id,
            "server_url": server_url,
            "client_secret": client_secret,
            "redirect_uri": redirect_uri,
        }
        self._tasks.start(self._finish_welcome(changes), "welcome")

    async def _finish_welcome(self, changes: Mapping[str, object]) -> None:
        from rcdesk.services.desk import registration  # noqa: PLC0415 - after the icon

        overrides = {name: str(value) for name, value in changes.items()}
        try:
            settings = load_settings(self._paths, overrides=overrides)
            registration(settings)
        except BadInput as problem:
            if self._welcome is not None:
                self._welcome.show_problem(str(problem))
            return
        self._settings = settings
        await self._save(changes)
        await self._open_desk()
        if self._welcome is not None:
            self._welcome.closed.disconnect(self.quit)
            self._welcome.close()
            self._welcome = None

    async def _open_desk(self) -> None:
        from rcdesk.services.desk import (  # noqa: PLC0415 - after the icon
            Desk,
            audio_keeping,
            keeping,
            network,
            penalties,
            registration,
            session_store,
        )
        from rcdesk.system.keyring_process import KeyringProcess  # noqa: PLC0415
        from rcdesk.ui.desktop import Desktop  # noqa: PLC0415 - after the icon

        app = registration(self._settings)
        store = session_store(
            self._settings, self._paths, self._show_keyring_trouble, vault=KeyringProcess
        )
        self._store = store
        try:
            self._desk = Desk(
                app,
                store,
                network=network(self._settings),
                penalties=penalties(self._settings, self._paths),
                keeping=keeping(self._settings, self._paths),
                audio_keeping=audio_keeping(self._settings, self._paths),
            )
        except BadInput as problem:
            self._open_trouble(str(problem))
            return
        await self._desk.__aenter__()
        self._desktop = Desktop(
            self._desk, store, self._theme, self._tray, settings=self._settings, save=self.save
        )
        self._desktop.quit_requested.connect(self.quit)
        self._desktop.geometry_changed.connect(self._keep_geometry)
        self._desktop.restore_geometry(await self._on_disk(_read, self._geometry_file))
        self._desktop.warn_of_settings(self._settings.warnings, self._show_folder)
        await self._desktop.start()

    def _open_trouble(self, problem: str) -> None:
        from rcdesk.ui.windows.trouble import TroubleWindow  # noqa: PLC0415 - hardly ever

        _log.warning("%s", problem)
        if self._trouble is None:
            self._trouble = TroubleWindow(self._theme)
            self._trouble.retry_requested.connect(self._retry)
            self._trouble.folder_requested.connect(self._show_folder)
            self._trouble.closed.connect(self.quit)
        self._trouble.show_problem(problem)
        self._trouble.show()

    def _retry(self) -> None:
        self._tasks.start(self._start_over(), "starting over")

    async def _start_over(self) -> None:
        """Begin again with what the settings say now."""
        try:
            self._settings = await self._on_disk(load_settings, self._paths)
        except RcdeskError as problem:
            self._open_trouble(str(problem))
            return
        self._theme.set_preference(self._settings.theme)
        await self._begin()
        if self._trouble is not None and (self._desktop or self._welcome):
            self._trouble.closed.disconnect(self.quit)
            self._trouble.close()
            self._trouble = None

    def _show_folder(self) -> None:
        """Show where the settings are, or would be."""
        folder = self._paths.config_dir
        found = next(each for each in (folder, *folder.parents) if each.is_dir())
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(found)))

    def _show_keyring_trouble(self, sentence: str) -> None:
        if self._desktop is not None:
            self._desktop.show_keyring_trouble(sentence)

    def _start_demo(self) -> None:
        """A demo is an rcdesk of its own, with its own profile; this one makes room."""
        from PySide6.QtCore import QProcess  # noqa: PLC0415 - only on this click

        started, _pid = QProcess.startDetached(sys.executable, ["-m", "rcdesk", "demo"])
        if started:
            QTimer.singleShot(0, self.quit)
        elif self._welcome is not None:
            self._welcome.show_problem("The demo could not be started: see the log.")


def _read(file: Path) -> bytes:
    """What is in `file`; nothing where it cannot be read."""
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _write(file: Path, content: bytes) -> None:
    """Keep `content`, if the disk takes it; it is worth no message where not."""
    try:
        file.write_bytes(content)
    except OSError as error:
        _log.info("The window's place is not kept: %s", error)
