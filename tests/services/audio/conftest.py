from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rcdesk.core.sounds import Sound, SoundKind
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.services.desk import Desk
from rcdesk.simulator.server import Simulator
from tests.services.audio.audio_desk import made
from tests.services.desks import signed_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "audio"


@pytest.fixture
async def desk(app: AppRegistration, simulator: Simulator, folder: Path) -> AsyncIterator[Desk]:
    async with signed_in(made(app, folder), simulator) as desk:
        yield desk


@pytest.fixture
def recording(simulator: Simulator) -> Sound:
    recorded = [each for each in simulator.world.call_log.records if "recording" in each]
    longest = max(recorded, key=lambda each: int(each["duration"]))
    return Sound(SoundKind.RECORDING, longest["recording"]["id"])


@pytest.fixture
def voicemail(simulator: Simulator) -> Sound:
    return Sound(SoundKind.VOICEMAIL, simulator.world.mailbox.receive("VoiceMail", "", "Hi").id)
