import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rcdesk.core.history import HistoryEntry
from rcdesk.core.past_calls import CallDetails
from rcdesk.ui.audio.call_audio import CallAudio
from rcdesk.ui.audio.listening import Listening
from rcdesk.ui.audio.player import AudioPlayer
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.style.theme import Theme
from tests.ui.audio.sounds import Shelf
from tests.ui.history.calls import listed
from tests.ui.on_loop import OnLoop


class Room(OnLoop):
    """Something to listen with; `run` and `until` let time pass."""

    def __init__(self, loop: QtEventLoop, theme: Theme, folder: Path) -> None:
        super().__init__(loop)
        self.shelf = Shelf(folder)
        self.listening = Listening(self.shelf, self.spawn, folder / "state" / "folder")
        self.playback = self.listening.playback
        self.audio = CallAudio(theme, self.listening)
        self.audio.resize(360, 200)

    @property
    def player(self) -> AudioPlayer:
        return self.audio.players[0]

    def show(self, number: int = 1, **changes: Any) -> HistoryEntry:
        """Show a call as the details do."""
        call = listed(number, **changes)
        self.audio.show_call(CallDetails(call), "US")
        return call.entry

    def play(self, at: int = 0) -> AudioPlayer:
        player = self.audio.players[at]
        player.toggle()
        self.until(lambda: player.is_open and self.playback.is_playing)
        return player

    def turn(self) -> None:
        self.run(asyncio.sleep(0.01))

    def close(self) -> None:
        self.audio.clear()
        self.playback.close()
        self.end_tasks()
        self.turn()
        self.audio.deleteLater()
        self.listening.deleteLater()


@pytest.fixture
def room(qloop: QtEventLoop, theme: Theme, tmp_path: Path) -> Iterator[Room]:
    made = Room(qloop, theme, tmp_path)
    yield made
    made.close()


@pytest.fixture
def loudspeaker() -> None:
    """QtMultimedia, where its libraries are."""
    try:
        from PySide6 import QtMultimedia
    except ImportError as missing:
        pytest.skip(str(missing))
    del QtMultimedia
