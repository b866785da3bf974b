from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rcdesk.simulator.scenarios_data import COMMON
from rcdesk.simulator.server import Simulator
from tests.simulator.manual_clock import ManualClock

PRESENCE = "/restapi/v1.0/account/~/extension/~/presence?detailedTelephonyState=true"
SESSIONS = "/restapi/v1.0/account/~/extension/~/telephony/sessions"
LOG = "/restapi/v1.0/account/~/extension/~/call-log"
CALLER = "+12125550188"

SEEDED = {(each.direction, each.result, each.reason) for each in COMMON} | {
    ("Outbound", "Rejected", "Line Busy")
}
StartCall = Callable[..., Any]


async def test_an_inbound_call_rings_connects_and_ends_in_presence(
    connect: Any, start_call: StartCall, http: httpx.AsyncClient, simulator: Simulator
) -> None:
    client = await connect()
    await client.subscribe(PRESENCE)
    session_id = await start_call(**{"from": CALLER, "from_name": "Ada Byron"})
    ringing = (await client.event())["body"]
    await http.post(f"/_sim/calls/{session_id}/answer")
    connected = (await client.event())["body"]
    await http.post(f"/_sim/calls/{session_id}/hangup")
    ended = (await client.event())["body"]

    statuses = [body["telephonyStatus"] for body in (ringing, connected, ended)]
    assert statuses == ["Ringing", "CallConnected", "NoCall"]
    assert ringing["sequence"] < connected["sequence"] < ended["sequence"]
    entry = ringing["activeCalls"][0]
    assert entry["from"] == CALLER
    assert entry["fromName"] == "Ada Byron"
    assert entry["to"] == simulator.username
    assert entry["sessionId"] == session_id
    assert "terminationType" not in entry
    assert ended["activeCalls"][0]["terminationType"] == "final"
    assert connected["presenceStatus"] == "Busy"


@pytest.mark.parametrize(
    ("direction", "actions", "result", "codes"),
    [
        ("inbound", ["hangup"], "Missed", ["Setup", "Proceeding", "Disconnected"]),
        ("Inbound", ["reject"], "Rejected", ["Setup", "Proceeding", "Disconnected"]),
        (
            "Inbound",
            ["answer", "hold", "resume", "hangup"],
            "Accepted",
            ["Setup", "Proceeding", "Answered", "Hold", "Answered", "Disconnected"],
        ),
        (
            "Inbound",
            ["answer", "park", "hangup"],
            "Accepted",
            ["Setup", "Proceeding", "Answered", "Parked", "Disconnected"],
        ),
        ("Inbound", ["answer-elsewhere"], "Answered Elsewhere", None),
        ("Inbound", ["voicemail", "hangup"], "Voicemail", None),
        ("Inbound", ["answer", "transfer"], "Accepted", None),
        ("Outbound", ["answer", "hangup"], "Call connected", None),
        ("Outbound", ["hangup"], "Hang Up", None),
        ("Outbound", ["reject"], "Rejected", None),
    ],
)
async def test_the_log_has_the_result_after_the_delay(
    *,
    connect: Any,
    start_call: StartCall,
    signed_in: httpx.AsyncClient,
    clock: ManualClock,
    direction: str,
    actions: list[str],
    result: str,
    codes: list[str] | None,
) -> None:
    client = await connect()
    await client.subscribe(SESSIONS)
    session_id = await start_call(direction=direction)
    for action in actions:
        clock.advance(4)
        answer = await signed_in.post(f"/_sim/calls/{session_id}/{action}")
        assert answer.status_code == 200, answer.text
    clock.advance(14)
    assert (await signed_in.get(LOG, params={"sessionId": session_id})).json()["records"] == []
    clock.advance(1)
    (record,) = (await signed_in.get(LOG, params={"sessionId": session_id})).json()["records"]
    assert record["result"] == result
    assert record["direction"] == direction.capitalize()
    listened = actions[0] in ("answer", "voicemail")
    assert record["duration"] == (4 * (len(actions) - 1) if listened else 0)
    assert (record["direction"], result, record["reason"]) in SEEDED
    if codes is not None:
        seen = [(await client.event())["body"] for _ in codes]
        assert [body["parties"][0]["status"]["code"] for body in seen] == codes
        assert [body["sequence"] for body in seen] == list(range(1, len(codes) + 1))
        assert seen[-1]["parties"][0]["missedCall"] is (result == "Missed")
