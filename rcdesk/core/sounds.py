"""What there is to hear of a call, and what a file of it is called."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from rcdesk.core.events import LogLeg
from rcdesk.core.file_names import fitted, spelled
from rcdesk.core.history import HistoryEntry
from rcdesk.core.numbers import international

UNKNOWN_ENDING = ".audio"

_ENDINGS = {
    "audio/mpeg": ".mp3",
    "audio/mp3": ".mp3",
    "audio/wav": ".wav",
    "audio/wave": ".wav",
    "audio/x-wav": ".wav",
    "audio/vnd.wave": ".wav",
    "audio/ogg": ".ogg",
    "audio/mp4": ".m4a",
    "audio/aac": ".aac",
}
_FIRST_BYTES = {b"RIFF": ".wav", b"ID3": ".mp3", b"OggS": ".ogg"}


class SoundKind(StrEnum):
    """Where a sound comes from."""

    RECORDING = "recording"
    VOICEMAIL = "voicemail"


class Sound(NamedTuple):
    """Something to be heard; `id` is the recording's, or that of the voicemail's message."""

    kind: SoundKind
    id: str


def sounds_of(entry: HistoryEntry, legs: Iterable[LogLeg] = ()) -> tuple[Sound, ...]:
    """The call's recording and those of its legs, each once, then its voicemail."""
    ids = (entry.recording_id, *(leg.recording_id for leg in legs))
    sounds = [Sound(SoundKind.RECORDING, each) for each in dict.fromkeys(ids) if each]
    # A fax leaves a message too, which has pages.
    if entry.message_id and entry.type != "Fax":
        sounds.append(Sound(SoundKind.VOICEMAIL, entry.message_id))
    return tuple(sounds)


def ending_of(content_type: str, first_bytes: bytes = b"") -> str:
    """`.mp3`, `.wav`, …; UNKNOWN_ENDING where neither the type nor the content says which."""
    if ending := _ENDINGS.get(content_type.partition(";")[0].strip().lower()):
        return ending
    for beginning, ending in _FIRST_BYTES.items():
        if first_bytes.startswith(beginning):
            return ending
    # The frames of an MP3 without a head begin with eleven bits that are set.
    is_frame = len(first_bytes) > 1 and first_bytes[0] == 0xFF and first_bytes[1] >= 0xE0
    return ".mp3" if is_frame else UNKNOWN_ENDING


def file_name(entry: HistoryEntry, kind: SoundKind, ending: str, region: str) -> str:
    """`2026-11-24 14.05 Ann Lee +1 303 555 0199.mp3`, by this computer's time.

    A name that is too long for a file is cut in the middle: the number stays.
    """
    began = entry.started_at.astimezone()
    other = entry.other
    number = spelled(international(other.number, region).replace("-", " "))
    name = "" if other.name == other.number else spelled(other.name)
    tail = [number] if number or name else ["Unknown caller"]
    if kind is SoundKind.VOICEMAIL:
        tail.append("voicemail")
    return fitted(f"{began:%Y-%m-%d %H.%M} {name}".rstrip(), " ".join(filter(None, tail)), ending)
