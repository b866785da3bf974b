"""One sound of a call: play, seek, speed, download."""

import asyncio
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QActionGroup, QDesktopServices, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from rcdesk.core import waits
from rcdesk.core.errors import NotFound, PermissionMissing, RcdeskError
from rcdesk.core.file_names import unused
from rcdesk.core.sounds import Sound, SoundKind
from rcdesk.ui import words
from rcdesk.ui.audio.listening import Listening
from rcdesk.ui.audio.playback import SPEEDS, CannotPlay
from rcdesk.ui.audio.seek_bar import STEP_MS, SeekBar
from rcdesk.ui.audio.source import Progress
from rcdesk.ui.audio.status_line import StatusLine
from rcdesk.ui.style.icons import icon
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.style.tokens import CONTROL, SPACE
from rcdesk.ui.widgets.buttons import push_button
from rcdesk.ui.widgets.icons import IconView, icon_button
from rcdesk.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from rcdesk.ui.audio.listening import Saved

_ICONS = {SoundKind.RECORDING: "recording", SoundKind.VOICEMAIL: "voicemail"}
_COLORS = {SoundKind.RECORDING: "text_muted", SoundKind.VOICEMAIL: "voicemail"}
_SILENT = "No loudspeaker or headset was found: nothing can be heard."


class AudioPlayer(QFrame):
    """Shows how it stands with a sound; all that lasts is in `listening`.

    Attributes:
        name_file: makes a file's name from its ending.
    """

    def __init__(self, theme: Theme, listening: Listening, sound: Sound, title: str) -> None:
        super().__init__()
        self.sound, self.title = sound, title
        self.name_file: Callable[[str], str] = lambda ending: f"{title}{ending}"
        self._theme, self._listening = theme, listening
        self._work: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._trouble = ""
        self._can_retry = True
        self._elsewhere: Path | None = None
        self._icon = IconView(theme, "recording", size_px=CONTROL.icon_small)
        self._heading = PlainLabel(role="section")
        self._play = push_button()
        self._seek = SeekBar()
        self._position, self._left = PlainLabel(role="time"), PlainLabel(role="time")
        self._speed = push_button()
        self._download = icon_button(theme, "download", "Save as a file")
        self._status = StatusLine(theme)
        self._tick = QTimer(self, interval=1000)
        self._lay_out()
        self._connect()
        self.show_sound(sound, title)

    def show_sound(self, sound: Sound, title: str) -> None:
        """Serve another sound, called `title`."""
        self.close_sound()
        self.sound, self.title = sound, title
        self._trouble, self._can_retry, self._elsewhere = "", True, None
        self.setAccessibleName(title)
        self._icon.show_icon(_ICONS[sound.kind], _COLORS[sound.kind])
        self._heading.setText(title)
        self._download.setAccessibleName(f"Save the {title.lower()} as a file")
        self.settle()

    @property
    def is_open(self) -> bool:
        """It is this sound that plays, or is paused."""
        return self._listening.playback.sound == self.sound

    @property
    def status(self) -> StatusLine:
        """What is going on, in words."""
        return self._status

    def close_sound(self) -> None:
        """It is not shown any more: be silent, and fetch no further what nobody will hear."""
        for work in (self._work, self._asking):
            if work is not None:
                work.cancel()
        self._work = self._asking = None
        if self.is_open:
            self._listening.playback.close()

    def toggle(self) -> None:
        """Play or pause, fetching first what is not there."""
        if self.is_open:
            self._listening.playback.toggle()
        elif _is_done(self._work):
            self._trouble, self._elsewhere = "", None
            self._work = self._start(self._fetch_and_play(), "playing audio")
            self.settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space plays and pauses, wherever in the player the keyboard is."""
        playback = self._listening.playback
        key = Qt.Key(event.key())
        if key is Qt.Key.Key_Space:
            self.toggle()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self.is_open:
            step_ms = -STEP_MS if key is Qt.Key.Key_Left else STEP_MS
            playback.seek(playback.position_ms + step_ms)
        else:
            super().keyPressEvent(event)

    def settle(self) -> None:
        """Show how things stand."""
        playback, fetching = self._listening.playback, self._listening.source.fetching(self.sound)
        is_playing = self.is_open and playback.is_playing
        name = "Pause" if is_playing else "Play"
        self._play.setAccessibleName(f"{name} the {self.title.lower()}")
        self._play.setToolTip(name)
        self._dress()
        self._seek.setEnabled(self.is_open)
        self._seek.setRange(0, playback.duration_ms if self.is_open else 0)
        self._show_position(playback.position_ms if self.is_open else 0)
        self._speed.setText(_times(playback.speed))
        self._speed.setAccessibleName(f"Speed: {_times(playback.speed)}")
        self._download.setEnabled(_is_done(self._asking))
        self._say(fetching)

    def _say(self, fetching: Progress | None) -> None:
        saved = self._listening.saved(self.sound)
        self._tick.stop()
        about = self.title.lower()
        if fetching is not None:
            self._say_fetching(fetching)
        elif not _is_done(self._asking):
            self._status.show_progress(0, None, "Asking RingCentral…", "Cancel", about)
        elif not _is_done(self._work):
            self._status.say("clock", "text_muted", "Loading the player…")
        elif self._trouble:
            action = "Open elsewhere" if self._elsewhere else "Try again" if self._can_retry else ""
            self._status.say("warning", "warning", self._trouble, action, about)
        elif saved is not None:
            self._say_saved(saved)
        elif self.is_open and not self._listening.playback.has_loudspeaker:
            self._status.say("info", "text_muted", _SILENT)
        else:
            self._status.hide()

    def _say_fetching(self, fetching: Progress) -> None:
        wait_s = self._listening.source.wait_s(self.sound)
        if not fetching.received and wait_s >= 1:
            text = f"RingCentral asks us to wait {waits.asked(wait_s)}"
            self._tick.start()
        elif fetching.size is None:
            text = "Asking RingCentral…"
        else:
            text = f"{_megabytes(fetching.received)} of {_megabytes(fetching.size)} MB"
        received, size = fetching.received, fetching.size
        self._status.show_progress(received, size, text, "Cancel", self.title.lower())

    def _say_saved(self, saved: "Saved") -> None:
        if saved.path is None:
            self._status.say("warning", "warning", saved.trouble, "Try again", "saving")
        else:
            name = words.isolate(words.plain(saved.path.name, 200))
            self._status.say("check", "success", f"Saved as {name}", "Show folder")

    def _act(self) -> None:
        saved = self._listening.saved(self.sound)
        if self._listening.source.fetching(self.sound) is not None:
            self._listening.source.cancel(self.sound)
        elif self._asking is not None and not _is_done(self._asking):
            self._asking.cancel()
        elif self._elsewhere is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._elsewhere)))
        elif self._trouble:
            self.toggle()
        elif saved is not None and saved.path is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(saved.path.parent)))
        elif saved is not None:
            self._ask_where()

    async def _fetch_and_play(self) -> None:
        path: Path | None = None
        try:
            path = await self._listening.source.fetch(self.sound)
            # Loading the player takes a moment in which nothing is painted.
            self._status.say("clock", "text_muted", "Loading the player…")
            self._status.repaint()
            self._listening.playback.open(self.sound, path)
        except CannotPlay as error:
            self._trouble, self._elsewhere = str(error), path
        except RcdeskError as error:
            self._fail(error)

    def _fail(self, error: RcdeskError) -> None:
        self._trouble = str(error)
        self._can_retry = not isinstance(error, NotFound | PermissionMissing)

    def _ask_where(self) -> None:
        if _is_done(self._asking):
            self._trouble = ""
            self._listening.forget(self.sound)
            self._asking = self._start(self._find_name(), "naming a file")
            self.settle()

    async def _find_name(self) -> None:
        try:
            ending = await self._listening.source.ending(self.sound)
        except RcdeskError as error:
            self._fail(error)
            return
        folder = await self._listening.folder()
        wanted = await asyncio.to_thread(unused, folder / self.name_file(ending))
        self._open_dialog(wanted)

    def _open_dialog(self, wanted: Path) -> None:
        dialog = QFileDialog(self, f"Save {self.title.lower()}", str(wanted.parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        # It would ask in an event loop of its own, and a file that is there is kept anyway.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setDefaultSuffix(wanted.suffix)
        dialog.setNameFilters([f"Audio (*{wanted.suffix})", "All files (*)"])
        dialog.selectFile(wanted.name)
        listening, sound = self._listening, self.sound
        dialog.fileSelected.connect(lambda name: listening.save(sound, Path(name)))
        dialog.open()

    def _start(self, work: "Coroutine[None, None, None]", name: str) -> "asyncio.Task[None]":
        task = self._listening.spawn(work, name)
        task.add_done_callback(self._worked)
        return task

    def _worked(self, task: "asyncio.Task[None]") -> None:
        # Another call may be shown by now, and nothing is left here to be told.
        if task in (self._work, self._asking):
            self.settle()

    def _show_position(self, position_ms: int) -> None:
        if not self.is_open:
            self._position.setText(words.duration(0))
            self._left.setText("")
            return
        self._seek.show_position(position_ms)
        self._tell_position(self._seek.value())

    def _tell_position(self, position_ms: int) -> None:
        left_s = max(0, self._listening.playback.duration_ms - position_ms + 500) // 1000
        self._position.setText(words.duration(position_ms // 1000))
        self._left.setText(f"\u2212{words.duration(left_s)}")
        if not self._listening.playback.is_playing:
            # A screen reader says it where the user went, and is silent while something plays.
            self._seek.setAccessibleDescription(
                f"{self._position.text()}, {words.duration(left_s)} left"
            )

    def _playback_moved(self, position_ms: int) -> None:
        if self.is_open:
            self._show_position(position_ms)

    def _playback_failed(self, sentence: str) -> None:
        if self.is_open:
            self._trouble, self._can_retry = sentence, True

    def _offer_speeds(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        for speed in SPEEDS:
            action = menu.addAction(_times(speed))
            action.setCheckable(True)
            action.setChecked(speed == self._listening.playback.speed)
            action.triggered.connect(partial(self._choose_speed, speed))
            group.addAction(action)
        menu.popup(self._speed.mapToGlobal(self._speed.rect().bottomLeft()))

    def _choose_speed(self, speed: float) -> None:
        self._listening.playback.speed = speed

    def _dress(self) -> None:
        is_playing = self.is_open and self._listening.playback.is_playing
        color = self._theme.color("accent_text")
        self._play.setIcon(icon("pause" if is_playing else "play-solid", color))

    def _lay_out(self) -> None:
        self.setProperty("card", True)
        self._play.setProperty("kind", "primary")
        self._play.setProperty("round", True)
        self._play.setIconSize(QSize(CONTROL.icon, CONTROL.icon))
        self._speed.setProperty("kind", "quiet")
        self._speed.setProperty("small", True)
        self._speed.setToolTip("Speed")
        width = self._left.fontMetrics().horizontalAdvance("\u22120:00:00")
        self._position.setMinimumWidth(width)
        self._left.setMinimumWidth(width)
        self._position.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._left.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._left.setAccessibleDescription("Time left")
        head = QHBoxLayout()
        head.setSpacing(SPACE.sm)
        head.addWidget(self._icon)
        head.addWidget(self._heading, 1)
        head.addWidget(self._speed)
        head.addWidget(self._download)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE.md, SPACE.sm, SPACE.md, SPACE.md)
        column.setSpacing(SPACE.sm)
        column.addLayout(head)
        column.addWidget(self._transport())
        column.addWidget(self._status)
        chain = (self._play, self._seek, self._speed, self._download, self._status.button)
        for one, following in pairwise(chain):
            QWidget.setTabOrder(one, following)

    def _transport(self) -> QWidget:
        """What looks like a tape runs from left to right wherever people read."""
        transport = QWidget()
        for widget in (transport, self._speed):
            widget.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        times = QHBoxLayout()
        times.addWidget(self._position)
        times.addStretch(1)
        times.addWidget(self._left)
        track = QVBoxLayout()
        track.setSpacing(0)
        track.addWidget(self._seek)
        track.addLayout(times)
        row = QHBoxLayout(transport)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE.md)
        row.addWidget(self._play, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(track, 1)
        return transport

    def _connect(self) -> None:
        playback = self._listening.playback
        self._play.clicked.connect(self.toggle)
        self._seek.sought.connect(playback.seek)
        self._seek.valueChanged.connect(self._tell_position)
        self._speed.clicked.connect(self._offer_speeds)
        self._download.clicked.connect(self._ask_where)
        self._status.acted.connect(self._act)
        self._tick.timeout.connect(self.settle)
        self._theme.changed.connect(self._dress)
        playback.changed.connect(self.settle)
        playback.moved.connect(self._playback_moved)
        playback.failed.connect(self._playback_failed)


def _is_done(work: "asyncio.Task[None] | None") -> bool:
    return work is None or work.done()


def _times(speed: float) -> str:
    # The first character keeps the order where people read from right to left.
    return f"\u200e{speed:g}\u00d7"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f}"
