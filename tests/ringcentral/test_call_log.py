import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rcdesk.ringcentral.call_log import queue_of
from rcdesk.ringcentral.wire import CallLogAnswer, CallLogEntry

SAMPLES = Path(__file__).parents[2].parent / "shared" / "platform" / "samples"
QUEUE = {"phoneNumber": "+16505550110", "extensionId": "63", "name": "Support"}
ANN: dict[str, Any] = {"legType": "Hunting", "to": {"extensionId": "101", "name": "Ann"}}
ACCEPT: dict[str, Any] = {"legType": "Accept", "to": QUEUE}


def inbound(**fields: Any) -> CallLogEntry:
    record = {"sessionId": "1", "direction": "Inbound", "to": QUEUE} | fields
    return msgspec.json.decode(json.dumps(record), type=CallLogEntry)


@pytest.mark.parametrize(
    ("record", "queue"),
    [
        ({"legs": [ACCEPT, ANN]}, "Support"),
        ({"legs": [ACCEPT, {"legType": "PstnToSip", "action": "Hunting"}]}, "Support"),
        ({"delegationType": "QueueForwarding"}, "Support"),
        ({"legs": [ANN], "to": ANN["to"]}, ""),
        ({"legs": [ANN], "to": None}, ""),
        ({"legs": [ANN], "to": {"phoneNumber": "+16505550110"}}, ""),
        ({"legs": [ACCEPT, {"legType": "PstnToSip"}]}, None),
        ({"legs": []}, None),
        ({}, None),
        ({"delegationType": "Coworker"}, None),
        ({"legs": [ANN], "direction": "Outbound"}, None),
    ],
)
def test_the_queue_is_told_by_the_legs(record: dict[str, Any], queue: str | None) -> None:
    assert queue_of(inbound(**record)) == queue


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the platform's samples are not here")
@pytest.mark.parametrize("name", ["call-log-detailed", "call-log-simple"])
def test_calls_of_no_queue_stay_so(name: str) -> None:
    answer = msgspec.json.decode(
        (SAMPLES / "voice" / f"{name}.json").read_bytes(), type=CallLogAnswer
    )
    assert answer.records
    assert [queue_of(entry) for entry in answer.records] == [None] * len(answer.records)
