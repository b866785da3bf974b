"""All that there is to hear of the call that is shown."""

from functools import partial

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rcdesk.core.past_calls import CallDetails
from rcdesk.core.sounds import Sound, SoundKind, file_name, sounds_of
from rcdesk.ui.audio.listening import Listening
from rcdesk.ui.audio.player import AudioPlayer
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import SPACE


class CallAudio(QWidget):
    """A player for each sound; hidden while there is none.

    Attributes:
        players: those that are shown; they serve one call after the other.
    """

    def __init__(self, theme: Theme, listening: Listening) -> None:
        super().__init__()
        self._theme, self._listening = theme, listening
        self._call_id: int | None = None
        self.players: list[AudioPlayer] = []
        self._made: list[AudioPlayer] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE.sm)
        listening.changed.connect(self._settle)
        self.hide()

    def show_call(self, details: CallDetails, region: str) -> None:
        """Offer what the call has; what plays goes on if it is still the same call."""
        entry = details.call.entry
        source = self._listening.source
        sounds = [each for each in sounds_of(entry, details.legs) if source.is_offered(each)]
        is_same = details.call.id == self._call_id
        if not is_same or sounds != [player.sound for player in self.players]:
            self.clear()
            self._call_id = details.call.id
            for sound in sounds:
                self._add(sound, _title(sound, sounds))
        for player in self.players:
            player.name_file = partial(file_name, entry, player.sound.kind, region=region)
        self.setVisible(bool(sounds))

    def clear(self) -> None:
        """Be silent: no call is shown, or another will be."""
        self._call_id = None
        for player in self.players:
            player.close_sound()
            player.hide()
        self.players = []
        self.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody hears what they cannot stop; a window that is only minimised they can."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._listening.playback.pause()

    def _add(self, sound: Sound, title: str) -> None:
        if len(self.players) < len(self._made):
            player = self._made[len(self.players)]
            player.show_sound(sound, title)
            player.show()
        else:
            player = AudioPlayer(self._theme, self._listening, sound, title)
            self._made.append(player)
            self._column.addWidget(player)
        self.players.append(player)

    def _settle(self, sound: Sound | None) -> None:
        for player in self.players:
            if sound in (None, player.sound):
                player.settle()


def _title(sound: Sound, among: list[Sound]) -> str:
    name = "Recording" if sound.kind is SoundKind.RECORDING else "Voicemail"
    alike = [each for each in among if each.kind is sound.kind]
    return name if len(alike) == 1 else f"{name} {alike.index(sound) + 1}"
