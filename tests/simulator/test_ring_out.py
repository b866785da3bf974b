from typing import Any

import httpx
import pytest

from rcdesk.core import ringout as core_ringout
from rcdesk.core.ringout import LegStatus, RingOutState
from rcdesk.simulator.server import Simulator
from tests.simulator.manual_clock import ManualClock

E = "/restapi/v1.0/account/~/extension/~"
CALLEE = "+14155551234"


async def start(client: httpx.AsyncClient, **body: Any) -> httpx.Response:
    standard = {"from": {"phoneNumber": "+16505550142"}, "to": {"phoneNumber": CALLEE}}
    return await client.post(E + "/ring-out", json=standard | body)


async def status(client: httpx.AsyncClient, ring_out_id: str) -> list[str]:
    answer = (await client.get(f"{E}/ring-out/{ring_out_id}")).json()["status"]
    return [answer[f"{which}Status"] for which in ("call", "caller", "callee")]


async def result(client: httpx.AsyncClient, session_id: str) -> tuple[str, str, int]:
    answer = await client.get(E + "/call-log", params={"sessionId": session_id})
    (record,) = answer.json()["records"]
    return record["action"], record["result"], record["duration"]


async def active_calls(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get(E + "/presence", params={"detailedTelephonyState": "true"})
    calls: list[dict[str, Any]] = answer.json()["activeCalls"]
    return calls


async def test_both_legs_progress_in_time(signed_in: httpx.AsyncClient, clock: ManualClock) -> None:
    ring_out = (await start(signed_in)).json()
    assert list(ring_out["status"].values()) == ["InProgress"] * 3
    outbound, twin = await active_calls(signed_in)
    assert (outbound["direction"], twin["direction"]) == ("Outbound", "Inbound")
    assert (outbound["from"], outbound["to"]) == (twin["to"], twin["from"])
    assert int(twin["sessionId"]) - int(outbound["sessionId"]) == 1000
    clock.advance(2)
    assert await status(signed_in, ring_out["id"]) == ["InProgress", "Success", "InProgress"]
    assert {c["telephonyStatus"] for c in await active_calls(signed_in)} == {"CallConnected"}
    clock.advance(3)
    assert await status(signed_in, ring_out["id"]) == ["Success"] * 3
    clock.advance(7)
    await signed_in.post(f"/_sim/calls/{outbound['sessionId']}/hangup")
    assert await active_calls(signed_in) == []
    assert await status(signed_in, ring_out["id"]) == ["Finished", "Success", "Success"]
    clock.advance(15)
    expected = ("RingOut Web", "Call connected", 7)
    assert await result(signed_in, outbound["sessionId"]) == expected
    clock.advance(45)
    assert (await signed_in.get(f"{E}/ring-out/{ring_out['id']}")).status_code == 404


@pytest.mark.parametrize(
    ("from_end", "to_end", "after", "log_result"),
    [
        ("0142", "9901", ["Busy", "Success", "Busy"], "Busy"),
        ("0142", "9902", ["NoAnswer", "Success", "NoAnswer"], "No Answer"),
        ("0142", "9903", ["Rejected", "Success", "Rejected"], "Rejected"),
        ("0142", "9906", ["CannotReach", "Success", "CannotReach"], "Call Failed"),
        ("9902", "1234", ["NoAnswer", "NoAnswer", "InProgress"], "No Answer"),
    ],
)
async def test_the_last_digits_choose_how_a_leg_ends(
    signed_in: httpx.AsyncClient,
    clock: ManualClock,
    *,
    from_end: str,
    to_end: str,
    after: list[str],
    log_result: str,
) -> None:
    ends = {"from": f"+1650555{from_end}", "to": f"+1415555{to_end}"}
    body = {which: {"phoneNumber": number} for which, number in ends.items()}
    ring_out = (await start(signed_in, **body)).json()
    session_id = (await active_calls(signed_in))[0]["sessionId"]
    clock.advance(5)
    assert await status(signed_in, ring_out["id"]) == after
    assert await active_calls(signed_in) == []
    clock.advance(15)
    assert await result(signed_in, session_id) == ("RingOut Web", log_result, 0)


def folded(statuses: list[str]) -> RingOutState:
    call, caller, callee = map(LegStatus, statuses)
    return core_ringout.RingOut("1", "", "", call, caller, callee).state


@pytest.mark.parametrize("after_s", [0, 2, 4.9])
async def test_a_cancelled_ring_out_is_gone_and_listed_as_hung_up(
    signed_in: httpx.AsyncClient, clock: ManualClock, after_s: float
) -> None:
    ring_out = (await start(signed_in)).json()
    session_id = (await active_calls(signed_in))[0]["sessionId"]
    clock.advance(after_s)
    answer = await signed_in.delete(f"{E}/ring-out/{ring_out['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert await active_calls(signed_in) == []
    for method in ("GET", "DELETE"):
        again = await signed_in.request(method, f"{E}/ring-out/{ring_out['id']}")
        assert (again.status_code, again.json()["errors"][0]["errorCode"]) == (404, "CMN-102")
    clock.advance(15)
    (record,) = (await signed_in.get(E + "/active-calls?direction=Outbound")).json()["records"]
    assert (record["action"], record["result"]) == ("RingOut Web", "Hang Up")
    assert await result(signed_in, session_id) == ("RingOut Web", "Hang Up", 0)


async def test_a_connected_ring_out_cannot_be_cancelled(
    signed_in: httpx.AsyncClient, clock: ManualClock
) -> None:
    ring_out = (await start(signed_in)).json()
    clock.advance(5)
    assert (await signed_in.delete(f"{E}/ring-out/{ring_out['id']}")).status_code == 409


async def test_an_unanswered_callee_was_never_talked_to(
    signed_in: httpx.AsyncClient, clock: ManualClock
) -> None:
    ring_out = (await start(signed_in)).json()
    session_id = (await active_calls(signed_in))[0]["sessionId"]
    clock.advance(3)
    await signed_in.post(f"/_sim/calls/{session_id}/hangup")
    assert folded(await status(signed_in, ring_out["id"])) is RingOutState.FAILED
    clock.advance(15)
    assert await result(signed_in, session_id) == ("RingOut Web", "Hang Up", 0)


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"to": {"phoneNumber": "not a number"}}, "to.phoneNumber"),
        ({"to": {"phoneNumber": ""}}, "to.phoneNumber"),
        ({"to": {"phoneNumber": 4155551234}}, "to.phoneNumber"),
        ({"to": None}, "to.phoneNumber"),
        ({"from": {"phoneNumber": "x"}}, "from.phoneNumber"),
        ({"callerId": {"phoneNumber": "x"}}, "callerId.phoneNumber"),
    ],
)
async def test_an_invalid_number_is_refused(
    signed_in: httpx.AsyncClient, body: dict[str, Any], parameter: str
) -> None:
    answer = await start(signed_in, **body)
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["errorCode"], error["parameterName"]) == ("CMN-101", parameter)


@pytest.mark.parametrize("label", ["My Mobile", "Alex Navarro Desk Phone"])
async def test_a_forwarding_number_is_rung_by_its_id(
    signed_in: httpx.AsyncClient, label: str
) -> None:
    numbers = (await signed_in.get(E + "/forwarding-number")).json()["records"]
    (number,) = (each for each in numbers if each["label"] == label)
    await start(signed_in, **{"from": {"forwardingNumberId": number["id"]}})
    assert (await active_calls(signed_in))[0]["from"] == number["phoneNumber"]


async def test_an_unknown_forwarding_number_is_refused(signed_in: httpx.AsyncClient) -> None:
    answer = await start(signed_in, **{"from": {"forwardingNumberId": "1"}})
    assert (answer.status_code, answer.json()["errors"][0]["errorCode"]) == (404, "CMN-102")
    assert await active_calls(signed_in) == []


async def test_numbers_are_read_as_people_write_them(
    signed_in: httpx.AsyncClient, simulator: Simulator
) -> None:
    await start(signed_in, to={"phoneNumber": "1 (415) 555-1234"})
    assert (await active_calls(signed_in))[0]["to"] == CALLEE


async def test_session_events_tell_the_role(
    connect: Any, signed_in: httpx.AsyncClient, clock: ManualClock
) -> None:
    client = await connect()
    await client.subscribe(E + "/telephony/sessions")
    await start(signed_in)
    body = (await client.event())["body"]
    party = body["parties"][0]
    assert body["origin"] == {"type": "RingOut"}
    assert (party["ringOutRole"], party["direction"]) == ("Initiator", "Inbound")
    assert party["from"]["phoneNumber"] == CALLEE
