"""One presence event, from the gateway's frame to the core's report."""

import json
from collections.abc import Callable
from typing import Any

from rcdesk.ringcentral.events import notification
from rcdesk.ringcentral.gateway_socket import Frame
from tests.benchmarks.burst import presence_event
from tests.benchmarks.floors import json_decode_s
from tests.benchmarks.harness import Measurement, fastest_s

_FRAMES = 2000

Event = dict[str, Any]


def decode_presence_event() -> Measurement:
    """Decode each kind that the platform sends; the one that compares worst is told.

    No two frames of a kind tell of the same call, so nothing is remembered from the one before.
    """
    costs_s = [_decode_s(kind) for kind in (presence_event, _of_2015, _simple, _two_calls, _dnd)]
    value_s, floor_s = max(costs_s, key=lambda cost_s: cost_s[0] / cost_s[1])
    return Measurement("decode_presence_event", value_s * 1e6, "us", floor_s * 1e6, budget=3)


def _decode_s(kind: Callable[[int], Event]) -> tuple[float, float]:
    """What one frame takes, by rcdesk and by the standard library."""
    frames = [_frame(number, kind(number)) for number in range(_FRAMES)]
    value_s, floor_s = fastest_s(lambda: _report(frames), lambda: json_decode_s(frames))
    return value_s / _FRAMES, floor_s / _FRAMES


def _report(frames: list[bytes]) -> None:
    for frame in frames:
        if notification(Frame.parse(frame).body).core_event is None:
            raise AssertionError("a presence event told the core nothing")


def _frame(number: int, event: Event) -> bytes:
    """The event as it comes over the socket."""
    head = {
        "type": "ServerNotification",
        "messageId": f"{5_745_390_252_954_000_000 + number}",
        "status": 200,
        "headers": {"RCRequestId": f"8d38dba2-8a4d-11ec-{number:016x}"},
        "wsc": {"token": "eyJzIjoiMTIzNDU2Nzg5MCJ9" * 3, "sequence": number},
    }
    for call in event["body"].get("activeCalls", ()):
        call["from"] = f"+1650{number:07}"
    return json.dumps([head, event], separators=(",", ":")).encode()


def _of_2015(number: int) -> Event:
    """Little more than the session and a status, ids as numbers."""
    call = {
        "direction": "Inbound",
        "to": "18445550100",
        "telephonyStatus": "Ringing",
        "sessionId": 67_029_000_000 + number,
        "id": f"61803278cbf74d74{number:016x}",
    }
    return {
        "uuid": f"c394ccf6-85dd-4da4-a87e-{number:012x}",
        "event": "/restapi/v1.0/account/~/extension/607457016/presence?detailedTelephonyState=true",
        "timestamp": "2015-04-10T18:49:20.858+0000",
        "body": {
            "extensionId": 607457016,
            "telephonyStatus": "Ringing",
            "activeCalls": [call],
            "sequence": number,
        },
    }


def _simple(number: int) -> Event:
    """The form that leaves calls out."""
    event = presence_event(number)
    event["event"] = event["event"].partition("?")[0]
    del event["body"]["activeCalls"], event["body"]["totalActiveCalls"]
    event["body"] |= {
        "meetingStatus": "Disconnected",
        "allowSeeMyPresence": True,
        "ringOnMonitoredCall": False,
        "pickUpCallsOnHold": False,
    }
    return event


def _two_calls(number: int) -> Event:
    """A queue's call rings while another one goes on, with SIP data."""
    event, second = presence_event(number), presence_event(number + _FRAMES * 5)
    calls = [*event["body"]["activeCalls"], *second["body"]["activeCalls"]]
    for call in calls:
        tag = f"10.14.20.199-5070-{number:014x}"
        call["sipData"] = {"toTag": "7lcee2ho88", "fromTag": tag, "remoteUri": "-", "localUri": "-"}
        call["toName"] = "Grace Hopper"
    calls[0] |= {
        "queueCall": True,
        "callInfo": {"primary": {"type": "QueueName", "value": "Sales"}},
    }
    event["body"] |= {"activeCalls": calls, "totalActiveCalls": len(calls)}
    return event


def _dnd(number: int) -> Event:
    event = presence_event(number)
    event["event"] = event["event"].partition("?")[0] + "/dnd"
    event["body"] = {"extensionId": event["ownerId"], "dndStatus": "DoNotAcceptAnyCalls"}
    return event
