"""The calls on this computer between the services and the windows that show and change them."""

import logging
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from rcdesk.core.abilities import Ability
from rcdesk.core.errors import RcdeskError, StorageTrouble
from rcdesk.services.archiving import Keeping
from rcdesk.services.desk import Desk
from rcdesk.services.log_sync import SyncProgress, SyncState
from rcdesk.ui.bridge import Bridge
from rcdesk.ui.lag import Lag
from rcdesk.ui.tray import RECENT_CALLS, Tray

if TYPE_CHECKING:
    from rcdesk.archive.archive import Archive
    from rcdesk.ui.history.choices import Person
    from rcdesk.ui.history.page import HistoryPage
    from rcdesk.ui.statistics.opener import StatisticsOpener

_log = logging.getLogger(__name__)


class ToldProgress(NamedTuple):
    """How far back the history has been read, in words; an empty sentence: nothing to tell."""

    state: str
    sentence: str


def told_progress(progress: SyncProgress) -> ToldProgress:
    """What to say while older calls are being read; that newer ones are needs no word."""
    if progress.back_to is None or progress.state is SyncState.OFF:
        return ToldProgress(progress.state, "")
    calls = "1 call" if progress.calls == 1 else f"{progress.calls:,} calls"
    sentence = f"{calls}, back to {_day(progress.back_to)}"
    if progress.state is SyncState.WAITING:
        sentence = f"{sentence}. {progress.sentence}"
    return ToldProgress(progress.state, sentence)


def _day(moment: datetime) -> str:
    from rcdesk.ui.history.texts import date_text  # noqa: PLC0415 - comes with the window

    return date_text(moment.astimezone().date())


class KeptCallsControl(QObject):
    """Shows the archive in tray and window, and does to it what the user wants."""

    def __init__(
        self, desk: Desk, bridge: Bridge, tray: Tray, save: Callable[[Mapping[str, object]], None]
    ) -> None:
        """`save` keeps settings."""
        super().__init__(bridge)
        self._save = save
        self._desk = desk
        self._bridge = bridge
        self._tray = tray
        self._page: HistoryPage | None = None
        self._statistics: StatisticsOpener | None = None
        self._lag = Lag(self)
        self._lag.timeout.connect(self._show)
        bridge.history_changed.connect(self._lag.ask)
        bridge.archive_changed.connect(self._archive_changed)
        bridge.sync_changed.connect(self._show_progress)

    def attach(self, page: "HistoryPage", statistics: "StatisticsOpener") -> None:
        """Serve the main window, too."""
        self._page, self._statistics = page, statistics
        page.paused.connect(self._desk.archiving.sync.pause)
        page.resumed.connect(self._desk.archiving.sync.resume)
        page.retry_requested.connect(self.refresh)
        page.call_actions.block_requested.connect(self._block)
        page.call_actions.resolve_requested.connect(self._resolve)
        page.remove_requested.connect(self._remove)
        page.call_actions.forget_requested.connect(self._forget)
        self._give_source()
        self._show_progress(self._desk.archiving.sync.progress)
        self._show()

    def ask_how_long(self, parent: QWidget) -> None:
        """Show how many calls are kept, and let the user say for how long."""
        if (archive := self._archive) is not None:
            self._bridge.spawn(self._ask_how_long(parent, archive), "how long calls are kept")

    def close(self) -> None:
        """Show nothing any more."""
        self._lag.stop()

    def refresh(self) -> None:
        """Ask RingCentral for what is new."""
        self._desk.archiving.sync.ask()
        self._bridge.spawn(self._desk.history.refresh(), "refreshing the history")

    @property
    def _archive(self) -> "Archive | None":
        return self._desk.archiving.archive

    def _archive_changed(self) -> None:
        # Another account's calls must not be seen for another moment.
        self._give_source()
        self._lag.ask()

    def _give_source(self) -> None:
        if self._page is not None and self._statistics is not None:
            self._page.set_source(self._archive)
            self._statistics.set_source(self._archive)

    def _show(self) -> None:
        history = self._desk.history
        self._tray.show_missed(history.missed)
        self._bridge.spawn(self._show_recent(), "recent calls")
        if self._page is None or self._statistics is None:
            return
        self._page.refresh()
        self._statistics.refresh()
        if history.failure:
            is_off = bool(self._desk.platform.http.abilities.why_not(Ability.CALL_LOG))
            self._page.listing.show_failure(history.failure, can_retry=not is_off)
        elif history.is_loaded:
            self._page.listing.show_loaded()

    async def _show_recent(self) -> None:
        archive = self._archive
        try:
            calls = () if archive is None else await archive.recent(RECENT_CALLS)
        except StorageTrouble as trouble:
            # What writes tells of it; the list tries again by itself.
            _log.info("The newest calls could not be read: %s", trouble)
            return
        if archive is self._archive:
            self._tray.show_recent([call.entry for call in calls])

    async def _ask_how_long(self, parent: QWidget, archive: "Archive") -> None:
        from rcdesk.ui.windows.keeping import KeepingDialog, Kept  # noqa: PLC0415 - seldom opened

        extent = await archive.extent()
        keeping = self._desk.archiving.keeping
        if keeping is None:
            return
        kept = Kept(
            calls=extent.calls,
            oldest=extent.oldest.astimezone().date() if extent.oldest else None,
            size_mb=extent.size_bytes / 1e6,
            days=keeping.longest.days if keeping.longest else 0,
            wipes=keeping.wipes,
            is_in_memory=archive.is_in_memory,
        )
        dialog = KeepingDialog(parent, kept)
        dialog.chosen.connect(self._keep)
        dialog.open()

    def _keep(self, days: int, wipes: bool) -> None:  # a slot
        longest = timedelta(days=days) if days else None
        self._desk.archiving.keep(Keeping(longest=longest, wipes=wipes))
        self._save({"keep_calls_days": days, "wipe_on_sign_out": wipes})

    def _show_progress(self, progress: SyncProgress) -> None:
        if self._page is not None:
            self._page.show_progress(told_progress(progress))

    def _resolve(self, ids: tuple[int, ...]) -> None:
        if (archive := self._archive) is not None:
            self._change(archive.resolve(ids), "resolving calls")

    def _remove(self, ids: tuple[int, ...]) -> None:
        if (archive := self._archive) is not None:
            self._desk.audio.forget()
            self._change(archive.remove(ids), "deleting calls")

    def _forget(self, person: "Person") -> None:
        if (archive := self._archive) is not None:
            self._desk.audio.forget()
            self._change(archive.forget_person(person.id), "forgetting somebody")

    def _change(self, work: Coroutine[None, None, object], name: str) -> None:
        self._bridge.spawn(self._changing(work), name)

    async def _changing(self, work: Coroutine[None, None, object]) -> None:
        try:
            await work
        finally:
            if self._page is not None:
                self._page.end_removal()
            self._lag.ask()

    def _block(self, number: str, name: str) -> None:
        self._bridge.spawn(self._blocking(number, name), "blocking a number")

    async def _blocking(self, number: str, name: str) -> None:
        from rcdesk.ringcentral.caller_blocking import (  # noqa: PLC0415 - seldom wanted
            ListedNumber,
            add_number,
        )

        try:
            await add_number(self._desk.platform.http, ListedNumber(number, label=name))
        except RcdeskError as error:
            self._bridge.notice.emit(f"The number was not blocked. {error}")
        else:
            self._bridge.notice.emit(f"{name} is blocked on all of your phones.")
