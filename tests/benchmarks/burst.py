"""10,000 presence events, from the gateway's bytes to the calls they change."""

import json
import time
from datetime import UTC, datetime
from typing import Any

from rcdesk.core.call import Instant
from rcdesk.core.calls import CallTracker
from rcdesk.ringcentral.events import notification
from tests.benchmarks.floors import json_decode_s
from tests.benchmarks.harness import Measurement, fastest_s

BURST = 10_000
LIFE = ("Ringing", "CallConnected", "OnHold", "CallConnected", "NoCall")
_EXTENSION_ID = "6610372004"


def frames(count: int) -> list[bytes]:
    """Presence events of one call after another, each ringing, talking, on hold and ended."""
    events = (presence_event(number) for number in range(count))
    return [json.dumps(event, separators=(",", ":")).encode() for event in events]


def presence_event(number: int) -> dict[str, Any]:
    """One event of the burst; `LIFE` of them are a call."""
    session, status = f"{17_000_000_000 + number // len(LIFE)}", LIFE[number % len(LIFE)]
    call = {
        "id": session,
        "direction": "Inbound",
        "from": "+16505550123",
        "fromName": "Ada Lovelace",
        "to": "+18445550100",
        "telephonyStatus": status,
        "startTime": "2026-11-23T09:37:24.322Z",
        "sessionId": session,
        "partyId": f"p-{session}-2",
        "telephonySessionId": f"s-{session}",
    }
    if status == "NoCall":
        call["terminationType"] = "final"
    return {
        "uuid": f"045b81dc-9f73-4864-84de-{number:012x}",
        "event": f"/restapi/v1.0/account/~/extension/{_EXTENSION_ID}/presence"
        "?detailedTelephonyState=true",
        "timestamp": "2026-11-23T09:37:24.597Z",
        "subscriptionId": "9d38419f-645f-4ee3-a053-8cf1368c21c4",
        "ownerId": _EXTENSION_ID,
        "body": {
            "extensionId": _EXTENSION_ID,
            "telephonyStatus": status,
            "activeCalls": [call],
            "sequence": number + 1,
            "presenceStatus": "Available" if status == "NoCall" else "Busy",
            "userStatus": "Available",
            "dndStatus": "TakeAllCalls",
            "totalActiveCalls": 1,
        },
    }


def presence_burst(count: int = BURST) -> Measurement:
    """Decode and track a burst; the floor is the standard library's decoding alone."""
    burst = frames(count)
    value_s, floor_s = fastest_s(lambda: _track(burst), lambda: json_decode_s(burst))
    return Measurement("presence_burst_10k", value_s * 1000, "ms", floor_s * 1000, budget=5)


def _track(burst: list[bytes]) -> None:
    tracker = CallTracker()
    utc = datetime.now(UTC)
    changes = 0
    for frame in burst:
        event = notification(frame).core_event
        if event is not None:
            changes += len(tracker.apply(event, Instant(utc, time.monotonic())))
    if changes < len(burst):
        raise AssertionError(f"the burst changed calls {changes} times only: it is not tracked")
