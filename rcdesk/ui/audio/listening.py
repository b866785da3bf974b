"""What all players of the windows share: the sounds, the loudspeaker, what is being saved."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal

from rcdesk.core.call import CallChange, CallState
from rcdesk.core.errors import RcdeskError
from rcdesk.core.sounds import Sound
from rcdesk.ui.audio.playback import Playback
from rcdesk.ui.audio.source import AudioSource
from rcdesk.ui.history.model import Spawn

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Saved:
    """How saving ended: as a file, or with a sentence that says why not."""

    path: Path | None = None
    trouble: str = ""


class Listening(QObject):
    """Saving goes on while another call is shown; how it ended shows with its call again.

    `memory` is a file that keeps over a restart which folder was used last.
    """

    changed = Signal(object)
    """Something of the Sound has: its fetch, or how saving it ended; None: perhaps of all."""

    def __init__(
        self, source: AudioSource, spawn: Spawn, memory: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.source = source
        self.spawn = spawn
        self.playback = Playback(self)
        self._memory = memory
        self._saved: dict[Sound, Saved] = {}
        source.changed.subscribe(self.changed.emit)

    def heed_call(self, change: CallChange) -> None:
        """Nothing is to be talked over: a call that rings or is answered makes it silent."""
        if change.call.state in (CallState.RINGING, CallState.CONNECTED):
            self.playback.pause()

    def heed_wait(self) -> None:
        """RingCentral asks us to wait, or no longer."""
        self.changed.emit(None)

    def saved(self, sound: Sound) -> Saved | None:
        """How saving it ended last; None before that, and after `forget`."""
        return self._saved.get(sound)

    def forget(self, sound: Sound) -> None:
        """It has been read how saving ended."""
        self._saved.pop(sound, None)

    def save(self, sound: Sound, wanted: Path) -> None:
        """Make a file of it, or of its name with a number where there is one already."""
        self.forget(sound)
        self.spawn(self._save(sound, wanted), "saving audio")

    async def folder(self) -> Path:
        """Where a file was saved last, else where downloads go."""
        return await asyncio.to_thread(_read_folder, self._memory)

    async def _save(self, sound: Sound, wanted: Path) -> None:
        try:
            path = await self.source.save(sound, wanted)
        except RcdeskError as error:
            self._saved[sound] = Saved(trouble=str(error))
        else:
            self._saved[sound] = Saved(path)
            await asyncio.to_thread(_write_folder, self._memory, path.parent)
        self.changed.emit(sound)


def _read_folder(memory: Path) -> Path:
    with suppress(OSError, ValueError):
        folder = Path(memory.read_text("utf-8"))
        if folder.is_absolute() and folder.is_dir():
            return folder
    kind = QStandardPaths.StandardLocation.DownloadLocation
    downloads = Path(QStandardPaths.writableLocation(kind))
    return downloads if downloads.is_dir() else Path.home()


def _write_folder(memory: Path, folder: Path) -> None:
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        memory.write_text(str(folder), "utf-8")
    except (OSError, ValueError) as error:
        _log.info("The folder is not remembered: %s", error)
