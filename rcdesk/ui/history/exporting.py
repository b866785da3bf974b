"""Exporting calls: asks what and where to, then says how it goes on."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QProgressBar

from rcdesk.core.errors import RcdeskError
from rcdesk.core.past_calls import EVERYTHING
from rcdesk.ui import words
from rcdesk.ui.history.model import Spawn
from rcdesk.ui.history.source import CallSource
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.widgets.banner import Banner

if TYPE_CHECKING:
    from rcdesk.services.exporting import Exporter, ExportProgress
    from rcdesk.ui.history.export_dialog import ExportDialog, Offer, Wish

_log = logging.getLogger(__name__)

_STEPS = 1000


class Exporting(Banner):
    """Hidden until something is exported, and then there to its end.

    It goes on while the window is closed; its end is told when the window is seen again. Who
    signs out or quits ends it, and nothing of the file is left.
    """

    busy_changed = Signal(bool)
    """Whether a file is being written: no other can be begun meanwhile."""

    def __init__(self, theme: Theme, today: Callable[[], date], spawn: Spawn) -> None:
        super().__init__(theme, can_be_dismissed=True)
        self._theme, self._today, self._spawn = theme, today, spawn
        self._source: CallSource | None = None
        self._made: Exporter | None = None
        self._work: asyncio.Task[None] | None = None
        self._dialog: ExportDialog | None = None
        self._act: Callable[[], object] = self.hide
        self._bar = QProgressBar(maximum=_STEPS)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the export")
        self._bar.hide()
        self._column.addWidget(self._bar)
        self.acted.connect(self._do)

    def set_source(self, source: CallSource | None) -> None:
        """Whose calls can be exported; those of another account are exported no further."""
        if source is self._source:
            return
        self._source = source
        self._cancel()
        if self._dialog is not None:
            self._dialog.reject()

    def offer(self, offer: "Offer", wish: "Wish | None" = None) -> None:
        """Ask what is to be exported; `wish` is what was asked for before."""
        if self._source is not None:
            self._spawn(self._count(self._source, offer, wish), "export")

    def _do(self) -> None:
        self._act()

    @property
    def _exporter(self) -> "Exporter":
        from rcdesk.services.exporting import Exporter  # noqa: PLC0415 - seldom wanted
        from rcdesk.system.paths import Paths  # noqa: PLC0415 - as Exporter

        if self._made is None:
            self._made = Exporter(Paths.from_environment().state_dir / "export-folder")
        return self._made

    async def _count(self, source: CallSource, offer: "Offer", wish: "Wish | None") -> None:
        from rcdesk.ui.history.export_dialog import Wish  # noqa: PLC0415 - seldom wanted

        try:
            total = await source.count(EVERYTHING)
            shown = await source.count(offer.wanted) if offer.says else total
        except RcdeskError as error:
            self._fail(str(error), offer, wish)
            return
        if wish is None:
            wish = Wish(await self._exporter.folder(*_usual_folders()))
        if source is self._source and self._work is None and self._dialog is None:
            shown, total = (max(0, calls - len(offer.without)) for calls in (shown, total))
            self._ask(source, replace(offer, shown=shown, total=total), wish)

    def _ask(self, source: CallSource, offer: "Offer", wish: "Wish") -> None:
        from rcdesk.ui.history.export_dialog import ExportDialog  # noqa: PLC0415 - seldom wanted

        def check(wish: "Wish", may_replace: bool) -> None:
            self._spawn(self._check(source, offer, wish, may_replace=may_replace), "export")

        dialog = self._dialog = ExportDialog(self.window(), self._theme, offer, wish, self._today)
        dialog.asked.connect(check)
        dialog.finished.connect(self._forget_dialog)
        dialog.open()

    def _forget_dialog(self) -> None:
        self._dialog = None

    async def _check(
        self, source: CallSource, offer: "Offer", wish: "Wish", *, may_replace: bool
    ) -> None:
        """Nobody's file is replaced unasked."""
        is_there = not may_replace and await self._exporter.exists(wish.folder / wish.name)
        if self._dialog is None:
            return
        if is_there:
            self._dialog.ask_to_replace()
            return
        self._dialog.accept()
        self._begin(source, offer, wish)

    def _begin(self, source: CallSource, offer: "Offer", wish: "Wish") -> None:
        calls = offer.total if wish.takes_all else offer.shown
        self._act = self._cancel
        self.say("info", "export", f"Exporting {words.counted(calls)}…", "Cancel")
        self._show_busy(busy=True)
        self._bar.setValue(0)
        self._work = self._spawn(self._export(source, offer, wish), "export")
        self._work.add_done_callback(self._end)

    async def _export(self, source: CallSource, offer: "Offer", wish: "Wish") -> None:
        from rcdesk.services.exporting import Export  # noqa: PLC0415 - seldom wanted

        path = wish.folder / wish.name
        wanted = EVERYTHING if wish.takes_all else offer.wanted
        export = Export(wanted, path, wish.format, offer.without)
        try:
            done = await self._exporter.export(source, export, self._show_progress)
        except RcdeskError as error:
            _log.info("%s", error)
            self._fail(str(error), offer, wish)
        else:
            self._act = lambda: self._spawn(_show(path), "showing a file")
            name = words.isolate(words.plain(wish.name))
            said = f"{words.counted(done)} exported to {name}"
            self.say("info", "check", said, "Show in folder")

    def _end(self, work: asyncio.Task[None]) -> None:
        self._work = None
        self._show_busy(busy=False)
        if work.cancelled() or work.exception() is not None:
            self.hide()

    def _cancel(self) -> None:
        # What the disk still does to clean up, nobody has to watch.
        self.hide()
        if self._work is not None:
            self._work.cancel()

    def _fail(self, sentence: str, offer: "Offer", wish: "Wish | None") -> None:
        self._act = lambda: self.offer(offer, wish)
        self.say("danger", "warning", sentence, "Try again")

    def _show_progress(self, progress: "ExportProgress") -> None:
        self._bar.setValue(_STEPS * progress.done // max(progress.total, 1))

    def _show_busy(self, *, busy: bool) -> None:
        self._bar.setVisible(busy)
        if self._close is not None:
            self._close.setVisible(not busy)
        self.busy_changed.emit(busy)


async def _show(path: Path) -> None:
    from rcdesk.system.file_manager import select_file  # noqa: PLC0415 - brings D-Bus

    if not await select_file(path):
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def _usual_folders() -> list[Path]:
    """Nobody has to have the first."""
    of = QStandardPaths.StandardLocation
    places = map(QStandardPaths.writableLocation, (of.DocumentsLocation, of.DownloadLocation))
    return [*map(Path, filter(None, places)), Path.home()]
