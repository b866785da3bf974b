"""JSON values with something changed that nobody would expect."""

import json
import random
import string
from typing import Any

Json = Any

EXTREMES: tuple[Json, ...] = (
    *(None, True, False, "", " ", "\x00\u202e\x1b[2J", "\ud83d", "NoSuchWord", "~", "0", "-1"),
    *(0, -1, 0.5, -0.0, 2**31, 2**53, -(2**53), 2**63, 2**64, -(2**63) - 1, 10**400),
    *(1e308, -1e308, 5e-324, float("nan"), float("inf"), 1e20),
    *([], [None], [[]], {}, {"": None}, {"id": {}}, "x" * 300, "9" * 40, "９" * 8),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999-14:00", "2026-02-30T25:61:61Z"),
    *("2026-11-23", "2026-W48-1", "-0001-01-01T00:00:00Z", "1970-01-01T00:00:00+0000"),
    *("2026-11-23T09:00:00+23:59:59.999999", "NaN", "1e400", "Infinity"),
)
"""What a field of any kind may turn out to hold."""

WORDS: tuple[str, ...] = (
    *("Ringing", "CallConnected", "OnHold", "ParkedCall", "NoCall", "Inbound", "Outbound"),
    *("final", "intermediate", "RingOut", "QueueName", "Initiator", "Setup", "Proceeding"),
    *("Answered", "Disconnected", "Gone", "Voicemail", "VMScreening", "FaxReceive", "CallSwitch"),
    *("Pickup", "Rejected", "AgentAnswered", "Available", "Busy", "Offline", "DoNotAcceptAnyCalls"),
)
"""What the platform says; one word in place of another makes stories nobody wrote."""

_NAMES = (
    *("sequence", "sessionId", "telephonySessionId", "partyId", "id", "extensionId", "direction"),
    *("activeCalls", "parties", "status", "code", "reason", "terminationType", "startTime", "from"),
    *("to", "body", "event", "timestamp", "pn_apns", "totalActiveCalls", "ringOutRole", "origin"),
    *("ownerId", "creationTime", "eventTime", "uiCallInfo", "callInfo", "primary", "type", "wsc"),
)


def mutated(value: Json, generator: random.Random) -> Json:
    """`value` with one or a few parts changed, missing, added or exchanged."""
    for _ in range(generator.choice((1, 1, 1, 2, 4))):
        value = _mutated_once(value, generator)
    return value


def changed_stream(stream: bytes, generator: random.Random) -> bytes:
    """A stream, a frame a line, with one frame changed, moved or repeated."""
    lines = stream.split(b"\n")
    at = generator.randrange(len(lines))
    match generator.randrange(4):
        case 0:
            lines.insert(generator.randrange(len(lines)), lines.pop(at))
        case 1:
            lines.insert(at, generator.choice(lines))
        case _:
            lines[at] = changed_frame(lines[at], generator)
    return b"\n".join(lines)


def changed_frame(frame: bytes, generator: random.Random) -> bytes:
    """A frame that is JSON still, if it was."""
    try:
        return json.dumps(mutated(json.loads(frame), generator)).encode()
    except (ValueError, RecursionError):
        return frame + b"]"


def _mutated_once(value: Json, generator: random.Random) -> Json:
    is_deep = isinstance(value, dict | list) and len(value) > 0
    if is_deep and generator.random() < 0.85:
        # Mostly further down: there is more of it.
        return _below(value, generator)
    if isinstance(value, dict) and generator.random() < 0.5:
        return value | {generator.choice(_NAMES): _anything(generator)}
    if isinstance(value, list) and generator.random() < 0.5:
        return value * generator.choice((0, 2, 9))
    if isinstance(value, int) and generator.random() < 0.5:
        return value + generator.choice((1, -1, 1000))
    if isinstance(value, str) and generator.random() < 0.2:
        return value + generator.choice(string.printable)
    return _anything(generator)


def _below(value: Json, generator: random.Random) -> Json:
    at = generator.choice(list(value) if isinstance(value, dict) else range(len(value)))
    if generator.random() < 0.1:
        if isinstance(value, dict):
            return {name: part for name, part in value.items() if name != at}
        return value[:at] + value[at + 1 :]
    changed = value.copy()
    changed[at] = _mutated_once(value[at], generator)
    return changed


def _anything(generator: random.Random) -> Json:
    return generator.choice(EXTREMES if generator.random() < 0.6 else WORDS)
