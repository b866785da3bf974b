from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from rcdesk.core.past_calls import ListedCall
from rcdesk.core.sounds import SoundKind
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.services.archiving import Keeping
from rcdesk.services.audio import AudioKeeping
from rcdesk.services.desk import Desk
from rcdesk.services.stored_session import VaultSessionStore
from rcdesk.simulator.scopes import SCOPES
from rcdesk.simulator.server import Simulator, running
from rcdesk.system.settings import Settings
from rcdesk.ui.audio.call_audio import CallAudio
from rcdesk.ui.desktop import Desktop
from rcdesk.ui.history.choices import Person
from rcdesk.ui.loop import QtEventLoop
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.tray import Tray
from tests.memory_vault import MemoryVault
from tests.until import until

pytestmark = pytest.mark.no_qt_log  # as in test_player.py
CALLS = 30


class Opened:
    """The main window of a signed-in user; `show` opens a call."""

    def __init__(self, simulator: Simulator, desk: Desk, desktop: Desktop) -> None:
        self.simulator, self.desk, self.desktop = simulator, desk, desktop
        self.page = desktop._window.history

    @property
    def audio(self) -> CallAudio:
        assert self.page.details._audio is not None
        return self.page.details._audio

    async def show(self, wanted: Callable[[ListedCall], object]) -> CallAudio:
        await until(lambda: any(wanted(call) for call in self.page.model.listed()))
        call = next(call for call in self.page.model.listed() if wanted(call))
        self.page.details.show_call(call.id)
        await until(lambda: self.page.details._audio and self.audio._call_id == call.id)
        return self.audio


@asynccontextmanager
async def opened(
    theme: Theme, folder: Path, scopes: tuple[str, ...] = SCOPES
) -> AsyncIterator[Opened]:
    async with running(calls=CALLS, seed=7, speed=10, scopes=scopes) as simulator:
        store = VaultSessionStore(MemoryVault(), print)
        app = AppRegistration(simulator.url, simulator.client_id, simulator.client_secret)
        keeping, audio_keeping = (
            Keeping(folder / "data"),
            AudioKeeping(folder / "audio", wipes=True),
        )
        async with Desk(app, store, keeping=keeping, audio_keeping=audio_keeping) as desk:
            tray = Tray(theme)
            desktop = Desktop(
                desk, store, theme, tray, settings=Settings(), save=lambda _changes: None
            )
            await desk.session.sign_in_with_jwt(simulator.jwt)
            desktop.raise_window()
            yield Opened(simulator, desk, desktop)
            await desktop.close()


def is_recorded(call: ListedCall) -> bool:
    return bool(call.entry.recording_id)


def has_voicemail(call: ListedCall) -> bool:
    is_kept = datetime.now(UTC) - call.entry.started_at < timedelta(days=80)
    return bool(call.entry.message_id) and call.entry.type != "Fax" and is_kept


@pytest.mark.usefixtures("loudspeaker", "profile")
@pytest.mark.parametrize("wanted", [is_recorded, has_voicemail])
def test_a_ringing_call_silences_what_plays(
    qloop: QtEventLoop, theme: Theme, tmp_path: Path, wanted: Callable[[ListedCall], object]
) -> None:
    async def listen() -> None:
        async with opened(theme, tmp_path) as window:
            (player,) = (await window.show(wanted)).players
            playback = player._listening.playback
            player.toggle()
            await until(lambda: playback.is_playing)
            async with httpx.AsyncClient(base_url=window.simulator.control) as control:
                await control.post("/calls", json={"from": "+14155550123"})
            await until(lambda: not playback.is_playing)
            assert playback.sound == player.sound
            player.toggle()
            window.desktop._window.close()
            assert not playback.is_playing
            assert len(list((tmp_path / "audio").glob("*/*.wav"))) == 1
            await window.desk.session.sign_out()
            await until(lambda: playback.sound is None)
            await until(lambda: not list((tmp_path / "audio").glob("*")))

    qloop.run_until_complete(listen())


@pytest.mark.usefixtures("profile")
def test_a_saved_recording_is_whole(qloop: QtEventLoop, theme: Theme, tmp_path: Path) -> None:
    async def save() -> None:
        async with opened(theme, tmp_path) as window:
            (player,) = (await window.show(is_recorded)).players
            player._listening.save(player.sound, tmp_path / "a.wav")
            await until(lambda: player.status.action == "Show folder")
            (kept,) = (tmp_path / "audio").glob("*/*.wav")
            assert (tmp_path / "a.wav").read_bytes() == kept.read_bytes()
            assert await player._listening.folder() == tmp_path

    qloop.run_until_complete(save())


@pytest.mark.usefixtures("profile")
@pytest.mark.parametrize("wish", ["remove", "forget"])
def test_of_calls_that_are_gone_nothing_is_heard(
    qloop: QtEventLoop, theme: Theme, tmp_path: Path, wish: str
) -> None:
    async def forget() -> None:
        async with opened(theme, tmp_path) as window:
            (player,) = (await window.show(is_recorded)).players
            path = await window.desk.audio.fetch(player.sound)
            call = next(call for call in window.page.model.listed() if is_recorded(call))
            if wish == "remove":
                window.page.remove_requested.emit((call.id,))
            else:
                assert call.person is not None
                window.page.call_actions.forget_requested.emit(Person(call.person, "Ann"))
            await until(lambda: not path.exists())

    qloop.run_until_complete(forget())


@pytest.mark.usefixtures("profile")
def test_recordings_are_not_offered_without_their_scope(
    qloop: QtEventLoop, theme: Theme, tmp_path: Path
) -> None:
    async def look() -> None:
        scopes = tuple(scope for scope in SCOPES if scope != "ReadCallRecording")
        async with opened(theme, tmp_path, scopes) as window:
            await window.show(has_voicemail)
            assert [player.sound.kind for player in window.audio.players] == [SoundKind.VOICEMAIL]
            audio = await window.show(lambda call: is_recorded(call) and not has_voicemail(call))
            assert audio.players == []
            assert not audio.isVisible()

    qloop.run_until_complete(look())
