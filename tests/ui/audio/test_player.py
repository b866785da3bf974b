import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu, QProgressBar, QWidget

from rcdesk.core.call import Call, CallChange, CallState, ChangeKind, Direction
from rcdesk.core.errors import NotFound, StorageTrouble, Unreachable
from rcdesk.core.events import LogLeg
from rcdesk.core.past_calls import CallDetails
from rcdesk.ui.audio.player import AudioPlayer
from rcdesk.ui.audio.seek_bar import SeekBar
from tests.ui.audio.conftest import Room
from tests.ui.audio.sounds import R1, R2, V1
from tests.ui.history.calls import listed

# pytest-qt takes Qt's messages by a function of Python's, which a thread of QtMultimedia's may
# wait to call while the interpreter waits for that thread.
pytestmark = pytest.mark.no_qt_log
audible = pytest.mark.usefixtures("loudspeaker")


def times(player: AudioPlayer) -> list[str]:
    labels = player.findChildren(QLabel)
    return [label.text() for label in labels if label.property("role") == "time"]


def button(player: AudioPlayer) -> str:
    return player._play.accessibleName()


def seek_bar(player: AudioPlayer) -> SeekBar:
    bar = player.findChild(SeekBar)
    assert isinstance(bar, SeekBar)
    return bar


def test_a_call_has_a_player_for_each_sound(room: Room) -> None:
    room.show(recording_id="1", message_id="1")
    assert [player.title for player in room.audio.players] == ["Recording", "Voicemail"]
    legs = (LogLeg(recording_id="1"), LogLeg(recording_id="2"))
    room.audio.show_call(CallDetails(listed(2, recording_id="1"), legs=legs), "US")
    assert [player.title for player in room.audio.players] == ["Recording 1", "Recording 2"]
    room.show(3, message_id="9", type="Fax")
    assert room.audio.players == []
    assert room.audio.isHidden()


def test_what_may_not_be_had_is_not_offered(room: Room) -> None:
    room.shelf.refused = {R1}
    room.show(recording_id="1", message_id="1")
    assert [player.sound for player in room.audio.players] == [V1]


@audible
def test_a_sound_plays_to_its_end_and_can_be_played_again(room: Room) -> None:
    room.show(message_id="1")
    player = room.player
    assert button(player) == "Play the voicemail"
    assert not seek_bar(player).isEnabled()
    assert times(player) == ["0:00", ""]
    room.play()
    assert button(player) == "Pause the voicemail"
    assert seek_bar(player).maximum() == 1000
    room.playback.seek(900)
    room.until(lambda: not room.playback.is_playing)
    room.until(lambda: seek_bar(player).value() == 0)
    assert button(player) == "Play the voicemail"
    assert times(player) == ["0:00", "\u22120:01"]
    player.toggle()
    room.until(lambda: room.playback.is_playing)


@audible
def test_a_click_leads_to_where_it_was_made(room: Room) -> None:
    room.show(recording_id="1")
    room.audio.show()
    bar = seek_bar(room.play())
    room.playback.pause()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() // 2, 10))
    assert bar.value() == pytest.approx(15_000, abs=300)
    room.until(lambda: room.playback.position_ms == bar.value())
    assert times(room.player) == ["0:15", "\u22120:15"]


@audible
def test_what_is_held_is_not_moved_by_what_plays(room: Room) -> None:
    room.show(recording_id="1")
    room.audio.show()
    bar = seek_bar(room.play())
    end = QPoint(bar.width() - 2, 10)
    QTest.mousePress(bar, Qt.MouseButton.LeftButton, pos=QPoint(4, 10))
    QTest.mouseMove(bar, end)
    room.playback.moved.emit(1000)
    assert times(room.player) == ["0:30", "\u22120:00"]
    assert room.playback.position_ms < 5000
    room.playback.pause()
    QTest.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=end)
    room.until(lambda: room.playback.position_ms > 29_000)


@audible
@pytest.mark.parametrize(
    ("key", "position_ms"),
    [
        (Qt.Key.Key_Right, 15_000),
        (Qt.Key.Key_Left, 5_000),
        (Qt.Key.Key_Up, 15_000),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_PageDown, 0),
    ],
)
def test_the_keyboard_seeks(room: Room, key: Qt.Key, position_ms: int) -> None:
    room.show(recording_id="1")
    player = room.play()
    room.playback.pause()
    room.playback.seek(10_000)
    room.until(lambda: seek_bar(player).value() == 10_000)
    QTest.keyClick(seek_bar(player), key)
    room.until(lambda: room.playback.position_ms == position_ms)


@audible
def test_space_plays_and_pauses_wherever_the_keyboard_is(room: Room) -> None:
    room.show(recording_id="1")
    room.audio.show()
    player = room.player
    QTest.keyClick(player._play, Qt.Key.Key_Space)
    room.until(lambda: room.playback.is_playing)
    QTest.keyClick(seek_bar(player), Qt.Key.Key_Space)
    assert not room.playback.is_playing
    QTest.keyClick(seek_bar(player), Qt.Key.Key_Space)
    assert room.playback.is_playing


@audible
def test_only_one_plays_at_a_time(room: Room) -> None:
    room.show(recording_id="1", message_id="1")
    recording, voicemail = room.audio.players
    room.play(0)
    room.play(1)
    assert (button(recording), button(voicemail)) == ("Play the recording", "Pause the voicemail")
    assert times(recording) == ["0:00", ""]
    assert not seek_bar(recording).isEnabled()


@audible
def test_a_speed_holds_for_all_that_follows(room: Room) -> None:
    room.show(recording_id="1")
    player = room.play()
    player._offer_speeds()
    menu = player.findChild(QMenu)
    assert isinstance(menu, QMenu)
    assert [action.text()[1:] for action in menu.actions() if action.isChecked()] == ["1×"]
    next(action for action in menu.actions() if "1.5" in action.text()).trigger()
    menu.close()
    assert player._speed.text()[1:] == "1.5×"
    media = room.playback._player
    assert media is not None
    assert media.playbackRate() == 1.5
    room.show(2, message_id="1")
    room.play()
    assert media.playbackRate() == 1.5


def test_what_comes_is_counted_and_can_be_cancelled(room: Room) -> None:
    room.show(recording_id="1")
    room.shelf.gate.clear()
    room.player.toggle()
    room.turn()
    status = room.player.status
    assert (status.text, status.action) == ("Asking RingCentral…", "Cancel")
    bar = status.findChild(QProgressBar)
    assert isinstance(bar, QProgressBar)
    assert bar.maximum() == 0
    room.shelf.receive(R1, 1_200_000, 4_800_000)
    assert status.text == "1.2 of 4.8 MB"
    assert (bar.value(), bar.maximum()) == (250, 1000)
    status.acted.emit()
    room.until(lambda: not room.shelf.parts)
    room.turn()
    assert status.text == ""
    assert room.playback.sound is None


def test_a_wait_is_told_with_the_time_that_is_left(room: Room) -> None:
    room.show(recording_id="1")
    room.shelf.gate.clear()
    room.player.toggle()
    room.turn()
    room.shelf.left_s = 42.4
    room.listening.heed_wait()
    assert room.player.status.text == "RingCentral asks us to wait 42 s"
    room.shelf.left_s = 41.4
    room.player._tick.timeout.emit()
    assert room.player.status.text == "RingCentral asks us to wait 41 s"
    room.shelf.left_s = 0
    room.listening.heed_wait()
    assert room.player.status.text == "Asking RingCentral…"
    assert not room.player._tick.isActive()


@audible
def test_what_failed_is_told_and_can_be_tried_again(room: Room) -> None:
    room.show(recording_id="1")
    room.shelf.trouble = Unreachable("The connection broke off.")
    room.player.toggle()
    room.until(lambda: room.player.status.action)
    assert room.player.status.text == "The connection broke off."
    assert room.player.status.action == "Try again"
    room.shelf.trouble = None
    room.player.status.acted.emit()
    room.until(lambda: room.playback.is_playing)


@audible
def test_where_it_cannot_be_played_it_can_be_opened_elsewhere_and_saved(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.show(recording_id="1")
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "PySide6.QtMultimedia", None)
        room.player.toggle()
        room.until(lambda: room.player.status.action == "Open elsewhere")
        assert "Qt's multimedia cannot be loaded" in room.player.status.text
        room.listening.save(R1, tmp_path / "a.wav")
        room.until((tmp_path / "a.wav").exists)
    room.play()
    assert room.player.status.action == "Show folder"


def test_what_is_gone_need_not_be_tried_again(room: Room) -> None:
    room.show(recording_id="1")
    room.shelf.trouble = NotFound("RingCentral no longer has it.")
    room.player.toggle()
    room.until(lambda: room.player.status.text == "RingCentral no longer has it.")
    assert room.player.status.action == ""


@audible
def test_a_file_that_is_no_sound_is_told(room: Room) -> None:
    room.show(recording_id="1")
    room.shelf.durations_s[R1] = None
    room.player.toggle()
    room.until(lambda: "cannot be played here" in room.player.status.text)
    assert room.playback.sound is None
    assert button(room.player) == "Play the recording"


@audible
def test_another_call_is_shown_in_silence(room: Room) -> None:
    room.show(1, recording_id="1")
    room.play()
    room.show(1, recording_id="1", duration_s=5)
    assert room.playback.is_playing
    room.show(2, recording_id="2")
    assert room.playback.sound is None
    assert [player.sound for player in room.audio.players] == [R2]


def test_what_nobody_will_hear_is_fetched_no_further(room: Room) -> None:
    room.show(1, recording_id="1")
    room.shelf.gate.clear()
    room.player.toggle()
    room.until(lambda: R1 in room.shelf.parts)
    room.show(2, recording_id="2")
    room.until(lambda: R1 not in room.shelf.parts)


@audible
def test_nothing_is_heard_from_a_hidden_window(room: Room) -> None:
    room.show(recording_id="1")
    window = QWidget()
    room.audio.setParent(window)
    window.show()
    room.audio.show()
    room.play()
    window.hide()
    assert not room.playback.is_playing
    assert room.playback.sound == R1
    room.audio.setParent(None)


@audible
@pytest.mark.parametrize(
    ("state", "plays"),
    [
        (CallState.RINGING, False),
        (CallState.CONNECTED, False),
        (CallState.ON_HOLD, True),
        (CallState.ENDED, True),
    ],
)
def test_no_call_is_talked_over(room: Room, state: CallState, plays: bool) -> None:
    room.show(recording_id="1")
    room.play()
    call = Call(key="1", session_id="1", direction=Direction.INBOUND, state=state)
    room.listening.heed_call(CallChange(ChangeKind.RINGING, call))
    assert room.playback.is_playing is plays


def dialog_of(player: AudioPlayer) -> QFileDialog:
    dialog = player.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    return dialog


def ask(room: Room) -> QFileDialog:
    player = room.player
    player._download.click()
    room.until(lambda: player.findChild(QFileDialog))
    return dialog_of(player)


def test_a_download_has_a_name_that_says_when_and_who(room: Room, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    entry = room.show(recording_id="1")
    began = f"{entry.started_at.astimezone():%Y-%m-%d %H.%M}"
    dialog = ask(room)
    (suggested,) = dialog.selectedFiles()
    assert Path(suggested).name == f"{began} Caller 1 +1 650 555 0001.wav"
    dialog.fileSelected.emit(str(folder / "a.wav"))
    dialog.close()
    room.until(lambda: room.player.status.action == "Show folder")
    assert room.player.status.text == "Saved as a.wav"
    assert (folder / "a.wav").stat().st_size > 30 * 16_000
    room.show(2, recording_id="2")
    (suggested,) = ask(room).selectedFiles()
    assert Path(suggested).parent == folder


def test_a_folder_that_is_gone_is_not_offered(room: Room, tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "folder").write_text(str(tmp_path / "gone"))
    assert room.run(room.listening.folder()) == Path.home()


def test_saving_goes_on_while_another_call_is_shown(room: Room, tmp_path: Path) -> None:
    room.show(1, recording_id="1")
    room.shelf.gate.clear()
    room.listening.save(R1, tmp_path / "a.wav")
    room.turn()
    room.show(2, recording_id="2")
    assert room.player.status.text == ""
    room.turn()
    assert R1 in room.shelf.parts
    room.shelf.gate.set()
    room.until(lambda: room.listening.saved(R1))
    room.show(1, recording_id="1")
    assert room.player.status.text == "Saved as a.wav"


def test_where_nothing_can_be_saved_another_folder_is_asked_for(room: Room) -> None:
    room.show(recording_id="1")
    room.shelf.trouble = StorageTrouble("The disk is full: choose another folder.")
    room.listening.save(R1, Path("/a.wav"))
    room.until(lambda: room.player.status.text == "The disk is full: choose another folder.")
    room.shelf.trouble = None
    room.player.status.acted.emit()
    room.until(lambda: room.player.findChild(QFileDialog))


def test_a_name_that_cannot_be_found_out_is_told(room: Room) -> None:
    room.show(recording_id="1")
    room.shelf.trouble = Unreachable("RingCentral did not answer.")
    room.player._download.click()
    room.until(lambda: room.player.status.text == "RingCentral did not answer.")
    assert room.player.findChild(QFileDialog) is None


def test_every_control_has_a_name(room: Room) -> None:
    room.show(recording_id="1", message_id="1")
    room.audio.show()
    for player in room.audio.players:
        for widget in player.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
                assert widget.accessibleName(), widget


def test_the_keyboard_comes_to_play_first(room: Room) -> None:
    room.show(recording_id="1")
    room.audio.show()
    player = room.player
    order: list[str] = []
    widget: QWidget | None = player._play
    while widget is not None and len(order) < 4:
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            order.append(widget.accessibleName())
        widget = widget.nextInFocusChain()
    assert [name.replace("\u200e", "") for name in order] == [
        "Play the recording",
        "Position",
        "Speed: 1×",
        "Save the recording as a file",
    ]
