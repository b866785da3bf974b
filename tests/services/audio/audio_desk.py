"""A desk that can be listened at, and what is looked at beside it."""

import asyncio
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from rcdesk.core.sounds import Sound
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.services.audio import AudioKeeping
from rcdesk.services.desk import Desk
from rcdesk.simulator.audio import Audio
from rcdesk.simulator.server import Simulator
from tests.until import until


def made(
    app: AppRegistration, folder: Path, days: int = 7, *, wipes: bool = False, **how: Any
) -> Desk:
    keeping = AudioKeeping(folder, timedelta(days=days), wipes)
    return Desk(app, MemorySessionStore(), with_places=False, audio_keeping=keeping, **how)


def content(simulator: Simulator, sound: Sound) -> bytes:
    record = next(
        each
        for each in simulator.world.call_log.records
        if each.get("recording", {}).get("id") == sound.id
    )
    whole = Audio(record["duration"], seed=int(sound.id) // 1000)
    return whole.read(0, whole.size)


def one(folder: Path, pattern: str) -> Path:
    (found,) = folder.glob(pattern)
    return found


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*/*"))


def asked(simulator: Simulator) -> list[tuple[str, str]]:
    """Last part of the path, and the Range, of everything that was asked for audio."""
    return [
        (entry["path"].rpartition("/")[2], entry["headers"].get("range", ""))
        for entry in simulator.world.journal.entries
        if "/recording" in entry["path"] or "/message-store" in entry["path"]
    ]


async def break_next(
    control: httpx.AsyncClient, path: str, status: int, body: Any = None, **how: Any
) -> None:
    fault = {"path": f"/restapi/v1.0/account/~/{path}", "status": status, "body": body, **how}
    (await control.post("/faults", json=fault)).raise_for_status()


async def begun(desk: Desk, sound: Sound) -> "asyncio.Task[Path]":
    """A fetch that has brought its first bytes."""
    task = asyncio.create_task(desk.audio.fetch(sound))
    await until(lambda: (state := desk.audio.fetching(sound)) and state.received)
    return task
