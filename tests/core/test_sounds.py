import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from rcdesk.core.call import NOBODY, Direction, Endpoint
from rcdesk.core.events import LogLeg
from rcdesk.core.history import HistoryEntry
from rcdesk.core.sounds import Sound, SoundKind, ending_of, file_name, sounds_of

ANN = Endpoint("+13035550199", "Ann Lee")
R, V = SoundKind.RECORDING, SoundKind.VOICEMAIL


def entry(**changes: Any) -> HistoryEntry:
    given: dict[str, Any] = {
        "key": "1/Inbound",
        "session_id": "1",
        "direction": Direction.INBOUND,
        "other": ANN,
        "own": NOBODY,
        "started_at": datetime(2026, 11, 24, 14, 5, 59, tzinfo=UTC),
    }
    return HistoryEntry(**(given | changes))


@pytest.fixture
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("changes", "legs", "expected"),
    [
        ({}, (), ()),
        ({"recording_id": "7"}, (), (Sound(R, "7"),)),
        ({"recording_id": "7"}, ("7", "", "8", "8"), (Sound(R, "7"), Sound(R, "8"))),
        ({}, ("", "9"), (Sound(R, "9"),)),
        ({"message_id": "5"}, (), (Sound(V, "5"),)),
        ({"message_id": "5", "recording_id": "7"}, (), (Sound(R, "7"), Sound(V, "5"))),
        ({"message_id": "5", "type": "Fax"}, (), ()),
    ],
)
def test_what_there_is_to_hear(
    changes: dict[str, Any], legs: tuple[str, ...], expected: tuple[Sound, ...]
) -> None:
    made = [LogLeg(recording_id=each) for each in legs]
    assert sounds_of(entry(**changes), made) == expected


@pytest.mark.parametrize(
    ("other", "kind", "expected"),
    [
        (ANN, R, "2026-11-24 14.05 Ann Lee +1 303 555 0199.mp3"),
        (ANN, V, "2026-11-24 14.05 Ann Lee +1 303 555 0199 voicemail.mp3"),
        (Endpoint("+442079460000"), R, "2026-11-24 14.05 +44 20 7946 0000.mp3"),
        (Endpoint("3035550199", "3035550199"), R, "2026-11-24 14.05 +1 303 555 0199.mp3"),
        (Endpoint("102", "Bo"), R, "2026-11-24 14.05 Bo 102.mp3"),
        (Endpoint("", "Anonymous"), R, "2026-11-24 14.05 Anonymous.mp3"),
        (Endpoint("+1855201XXXX"), R, "2026-11-24 14.05 +1855201XXXX.mp3"),
        (NOBODY, R, "2026-11-24 14.05 Unknown caller.mp3"),
        (Endpoint("", "../x"), R, "2026-11-24 14.05 -x.mp3"),
        (Endpoint("", "\u202e\u200f"), V, "2026-11-24 14.05 Unknown caller voicemail.mp3"),
    ],
)
@pytest.mark.usefixtures("in_utc")
def test_a_files_name_says_when_and_who(other: Endpoint, kind: SoundKind, expected: str) -> None:
    assert file_name(entry(other=other), kind, ".mp3", "US") == expected


@pytest.mark.parametrize(
    ("content_type", "first", "ending"),
    [
        ("audio/mpeg", b"", ".mp3"),
        ("audio/wav; charset=x", b"", ".wav"),
        ("Audio/X-WAV", b"ID3", ".wav"),
        ("application/octet-stream", b"RIFF$..WAVE", ".wav"),
        ("", b"ID3\x04", ".mp3"),
        ("", b"\xff\xfb\x90", ".mp3"),
        ("", b"", ".audio"),
        ("video/x", b"what", ".audio"),
    ],
)
def test_a_files_ending_says_what_it_is(content_type: str, first: bytes, ending: str) -> None:
    assert ending_of(content_type, first) == ending
