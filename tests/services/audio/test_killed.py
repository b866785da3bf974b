"""kill -9 in the middle of a download, as often as RCDESK_KILLS says."""

import asyncio
import json
import os
import random
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from rcdesk.core.sounds import Sound, SoundKind
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.simulator.server import Simulator, running
from tests.services.audio.audio_desk import made
from tests.services.desks import signed_in

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the children are forked")

ROOT = Path(__file__).parents[3]
NEVER = 1 << 60
TIMES = int(os.environ.get("RCDESK_KILLS", "5"))


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    async with running(calls=60, seed=7) as simulator:
        simulator.world.rate_limits.limits.update(heavy=10_000, auth=10_000, light=10_000)
        yield simulator


@pytest.fixture
def recording(simulator: Simulator) -> str:
    """One of a few megabytes."""
    recorded = [each for each in simulator.world.call_log.records if "recording" in each]
    found = min(recorded, key=lambda each: abs(int(each["duration"]) - 150))
    return str(found["recording"]["id"])


async def killed(process: asyncio.subprocess.Process, at: int) -> int:
    """Bytes that a child said it had when it was killed, once it had `at`, or came to its end."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\n")
    pid, said = int(await process.stdout.readline()), 0
    while (line := (await process.stdout.readline()).strip()) != b"end":
        said = int(line)
        if said >= at:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    return said


async def test_a_recording_is_whole_however_often_rcdesk_was_killed(
    simulator: Simulator, app: AppRegistration, recording: str, tmp_path: Path
) -> None:
    given = {
        "url": simulator.url,
        "client_id": simulator.client_id,
        "client_secret": simulator.client_secret,
        "jwt": simulator.jwt,
        "recording": recording,
    }
    sound = Sound(SoundKind.RECORDING, recording)
    resumed = 0
    async with signed_in(made(app, tmp_path / "whole"), simulator) as desk:
        whole = (await desk.audio.fetch(sound)).read_bytes()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.services.audio.killed_fetch"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    folder = tmp_path / "killed"
    process.stdin.write(json.dumps(given | {"folder": str(folder)}).encode() + b"\n")
    for _ in range(TIMES):
        await killed(process, random.randrange(len(whole) + 1))
        had = sum(path.stat().st_size for path in folder.glob("*/*.part"))
        resumed += 0 < had < len(whole)
        await killed(process, NEVER)
        (path,) = folder.glob("*/*")
        assert path.read_bytes() == whole
        shutil.rmtree(folder)
    process.stdin.close()
    await process.wait()
    asked = [entry["headers"].get("range", "") for entry in simulator.world.journal.entries]
    assert len([each for each in asked if each]) >= resumed > 0
