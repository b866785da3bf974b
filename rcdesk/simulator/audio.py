"""Sound that is really there: telephone-quality WAV of any length, made as it is read."""

from __future__ import annotations

import array
import math
import random
import struct
import sys
from dataclasses import dataclass
from functools import lru_cache

RATE_HZ = 8000
_HEADER_BYTES = 44
_SAMPLE_BYTES = 2
_LOOP_S = 8
_LOUDNESS = 9000
_VOICES = 6
# Of a voice at 8 kHz: a pitch and the strongest overtones of a vowel.
_VOWELS = ((1, 0.6, 0.25), (1, 0.35, 0.5), (1, 0.8, 0.1))


@dataclass(frozen=True)
class Audio:
    """A mono 16-bit WAV of `duration_s`; the same `seed` sounds the same."""

    duration_s: int
    seed: int

    content_type = "audio/wav"

    @property
    def size(self) -> int:
        """Length of the file in bytes."""
        return _HEADER_BYTES + self._data_bytes

    @property
    def _data_bytes(self) -> int:
        return self.duration_s * RATE_HZ * _SAMPLE_BYTES

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes in [start, stop)."""
        stop = min(stop, self.size)
        head = self._header()[start:stop]
        return head + self._sound(max(start - _HEADER_BYTES, 0), stop - _HEADER_BYTES)

    def _sound(self, start: int, stop: int) -> bytes:
        if stop <= start:
            return b""
        loop = _babble(self.seed % _VOICES)
        first = start // len(loop)
        copies = -(-stop // len(loop)) - first
        return (loop * copies)[start - first * len(loop) : stop - first * len(loop)]

    def _header(self) -> bytes:
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            *(b"RIFF", self.size - 8, b"WAVE", b"fmt ", 16, 1, 1),
            *(RATE_HZ, RATE_HZ * _SAMPLE_BYTES, _SAMPLE_BYTES, 8 * _SAMPLE_BYTES),
            *(b"data", self._data_bytes),
        )


@lru_cache(_VOICES)
def _babble(voice: int) -> bytes:
    """Return a few seconds of somebody talking without words, in syllables and pauses."""
    rng = random.Random(f"voice {voice}")
    pitch_hz = rng.uniform(95, 220)
    samples = array.array("h")
    while len(samples) < _LOOP_S * RATE_HZ:
        samples.extend(_syllable(rng, pitch_hz))
        pause_s = 0.5 if rng.random() < 0.15 else rng.uniform(0.02, 0.08)
        samples.extend([0] * int(pause_s * RATE_HZ))
    del samples[_LOOP_S * RATE_HZ :]
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def _syllable(rng: random.Random, pitch_hz: float) -> list[int]:
    length = int(rng.uniform(0.1, 0.3) * RATE_HZ)
    step = 2 * math.pi * pitch_hz * rng.uniform(0.85, 1.2) / RATE_HZ
    overtones = rng.choice(_VOWELS)
    sound = []
    for at in range(length):
        wave = sum(share * math.sin((n + 1) * step * at) for n, share in enumerate(overtones))
        sound.append(int(_LOUDNESS * math.sin(math.pi * at / length) * wave / len(overtones)))
    return sound
