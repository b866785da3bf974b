"""Sounds to be listened to, without RingCentral."""

import asyncio
import wave
from dataclasses import dataclass
from pathlib import Path

from rcdesk.core.errors import RcdeskError
from rcdesk.core.sounds import Sound, SoundKind
from rcdesk.services.listeners import Listeners

R1 = Sound(SoundKind.RECORDING, "1")
R2 = Sound(SoundKind.RECORDING, "2")
V1 = Sound(SoundKind.VOICEMAIL, "1")
RATE_HZ = 8000


@dataclass
class Part:
    received: int = 0
    size: int | None = None


def wav(path: Path, duration_s: float | None) -> Path:
    """A file of silence, or of nothing that can be played."""
    if duration_s is None:
        path.write_text("This is no sound. " * 100)
        return path
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(bytes(2 * int(RATE_HZ * duration_s)))
    return path


class Shelf:
    """An AudioSource; what it has is there at once, unless it was told to wait.

    Attributes:
        trouble: what the next fetch ends with.
        gate: fetches wait for it.
    """

    def __init__(self, folder: Path) -> None:
        self.changed: Listeners[Sound] = Listeners()
        self.folder = folder
        self.trouble: RcdeskError | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.left_s = 0.0
        self.refused: set[Sound] = set()
        self.parts: dict[Sound, Part] = {}
        self.tasks: dict[Sound, asyncio.Task[object]] = {}
        self.durations_s: dict[Sound, float | None] = {R1: 30.0, R2: 30.0, V1: 1.0}

    def is_offered(self, sound: Sound) -> bool:
        return sound not in self.refused

    def fetching(self, sound: Sound) -> Part | None:
        return self.parts.get(sound)

    def wait_s(self, _sound: Sound) -> float:
        return self.left_s

    async def ending(self, _sound: Sound) -> str:
        if self.trouble is not None:
            raise self.trouble
        return ".wav"

    async def fetch(self, sound: Sound) -> Path:
        self.parts[sound] = Part()
        task = asyncio.current_task()
        assert task is not None
        self.tasks[sound] = task
        self.changed.tell(sound)
        try:
            await self.gate.wait()
            if self.trouble is not None:
                raise self.trouble
            return wav(self.folder / f"{sound.kind}-{sound.id}.wav", self.durations_s[sound])
        finally:
            del self.parts[sound]
            self.changed.tell(sound)

    def receive(self, sound: Sound, received: int, size: int) -> None:
        self.parts[sound] = Part(received, size)
        self.changed.tell(sound)

    def cancel(self, sound: Sound) -> None:
        self.tasks[sound].cancel()

    async def save(self, sound: Sound, wanted: Path) -> Path:
        path = await self.fetch(sound)
        return path.replace(wanted)
