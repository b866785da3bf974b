"""The loudspeaker: one sound plays at a time, through QtMultimedia."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLoggingCategory, QObject, QUrl, Signal, SignalInstance

from rcdesk.core.errors import RcdeskError
from rcdesk.core.sounds import Sound

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer

_log = logging.getLogger(__name__)

SPEEDS = (0.75, 1.0, 1.25, 1.5, 2.0)

_QUIET = "qt.multimedia.symbolsresolver=false\nqt.multimedia.ffmpeg.info=false"
_NO_PULSE = (
    "To play it here, install libpulse0 (“sudo apt install libpulse0”), then press play again."
)
_NOT_LOADED = "It cannot be played here, because Qt's multimedia cannot be loaded: {reason}."
_UNPLAYABLE = "It cannot be played here: the file is damaged, or of an unknown kind."


class CannotPlay(RcdeskError):
    """Something is missing on this computer."""


class Playback(QObject):
    """Plays files; `sound` says whose file is open, None for none.

    QtMultimedia is loaded by the first `open`. It takes up to a tenth of a second, in which nothing
    else happens: show before that it is coming. The process keeps its 20 MB; 17 of them are pages
    of libraries, which the system takes back when it is short of memory.

    Its threads log while `stop` waits for them with the interpreter's lock held: no message handler
    (qInstallMessageHandler) may be written in Python, it would wait for that lock.
    """

    changed = Signal()
    """Another sound is open, or it plays, or plays no more."""
    moved = Signal(int)
    """The position in ms."""
    failed = Signal(str)
    """A sentence: what is open cannot be played."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sound: Sound | None = None
        self._speed = 1.0
        self._player: QMediaPlayer | None = None
        self._output: QAudioOutput | None = None

    @property
    def is_playing(self) -> bool:
        """It can be heard, if there is a loudspeaker."""
        return self._player is not None and self._player.isPlaying()

    @property
    def duration_ms(self) -> int:
        """Of what is open."""
        return self._player.duration() if self._player is not None else 0

    @property
    def position_ms(self) -> int:
        """In what is open."""
        return self._player.position() if self._player is not None else 0

    @property
    def has_loudspeaker(self) -> bool:
        """Where nothing is open nobody knows."""
        return self._output is None or not self._output.device().isNull()

    @property
    def speed(self) -> float:
        """1 is as it was spoken."""
        return self._speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._speed = speed
        if self._player is not None:
            self._player.setPlaybackRate(speed)
        self.changed.emit()

    def open(self, sound: Sound, path: Path) -> None:
        """Play a file from its beginning, in the place of what is open.

        Raises:
            CannotPlay: the sentence says what to install.
        """
        self.close()
        player = self._player or self._load()
        self._choose_loudspeaker()
        self.sound = sound
        player.setSource(QUrl.fromLocalFile(str(path)))
        player.setPlaybackRate(self._speed)
        player.play()
        self.changed.emit()

    def toggle(self) -> None:
        """Pause what plays, go on with what does not; after the end, from the beginning."""
        if self._player is None or self.sound is None:
            return
        if self.is_playing:
            self._player.pause()
        else:
            self._choose_loudspeaker()
            self._player.play()

    def pause(self) -> None:
        """Be silent, and stay where it is."""
        if self._player is not None and self.is_playing:
            self._player.pause()

    def seek(self, position_ms: int) -> None:
        """Go on from there."""
        if self._player is not None and self.sound is not None:
            self._player.setPosition(max(0, min(position_ms, self.duration_ms)))

    def close(self) -> None:
        """Be silent and let the file go: it may be deleted from now on."""
        if self._player is None or self.sound is None:
            return
        self.sound = None
        self._player.stop()
        self._player.setSource(QUrl())
        self.changed.emit()

    def _load(self) -> "QMediaPlayer":
        # It tells a terminal of every library that it would use and does not find.
        QLoggingCategory.setFilterRules(_QUIET)
        try:
            from PySide6.QtMultimedia import QAudioOutput, QMediaPlayer  # noqa: PLC0415 - see above
        except ImportError as error:
            _log.warning("QtMultimedia cannot be loaded: %s", error)
            raise CannotPlay(_advice(error)) from error
        player = self._player = QMediaPlayer(self)
        self._output = QAudioOutput(self)
        _make_independent(player.sourceChanged)
        _make_independent(self._output.mutedChanged)
        player.setAudioOutput(self._output)
        if hasattr(player, "setPitchCompensation"):  # Qt 6.10: voices stay voices at any speed
            player.setPitchCompensation(True)
        player.playbackStateChanged.connect(lambda _state: self.changed.emit())
        player.durationChanged.connect(lambda _ms: self.changed.emit())
        player.positionChanged.connect(lambda ms: self.moved.emit(ms))  # noqa: PLW0108 - 64 bits
        player.mediaStatusChanged.connect(self._status_changed)
        player.errorOccurred.connect(self._fail)
        return player

    def _choose_loudspeaker(self) -> None:
        """The default one as it is now: a headset may have been plugged in since."""
        from PySide6.QtMultimedia import QMediaDevices  # noqa: PLC0415 - loaded by now

        if self._output is not None:
            self._output.setDevice(QMediaDevices.defaultAudioOutput())

    def _status_changed(self) -> None:
        player = self._player
        if player is not None and player.mediaStatus() is player.MediaStatus.EndOfMedia:
            player.setPosition(0)
            self.moved.emit(0)

    def _fail(self) -> None:
        if self._player is None or self.sound is None:
            return
        # Qt's own words name the file, and no way out.
        _log.warning("A sound cannot be played: %s", self._player.error().name)
        self.failed.emit(_UNPLAYABLE)
        self.close()


def _make_independent(signal: SignalInstance) -> None:
    """Let no other thread need the interpreter where it drops connections to the signal's object.

    WORKAROUND for PySide6 (6.11): what Python made asks Python, the first time only, whether it
    overrides `disconnectNotify`. FFmpeg's audio thread would do that, holding a lock of Qt's for
    which the main thread then waits in `stop` with the interpreter: for ever.
    """
    signal.disconnect(signal.connect(lambda _value: None))


def _advice(error: ImportError) -> str:
    reason = str(error)
    if "libpulse" in reason:
        return _NO_PULSE
    return _NOT_LOADED.format(reason=reason[:200])
