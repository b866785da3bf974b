import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from rcdesk.simulator.server import Simulator
from tests.simulator.manual_clock import ManualClock

E = "/restapi/v1.0/account/~/extension/~"
PRESENCE = E + "/presence?detailedTelephonyState=true"
SAMPLES = Path(__file__).parents[2] / "../shared/platform/samples"


async def test_a_queue_call_shows_the_queue(
    connect: Any, start_call: Any, simulator: Simulator
) -> None:
    queue = simulator.world.company.queues[0]
    client = await connect()
    await client.subscribe(PRESENCE)
    await start_call(queue=queue.name.upper())
    (call,) = (await client.event())["body"]["activeCalls"]
    assert call["queueCall"] is True
    assert call["to"] == queue.number
    assert call["callInfo"]["primary"] == {"type": "QueueName", "value": queue.name}


async def test_any_queue_name_is_a_queue_from_then_on(
    connect: Any, start_call: Any, signed_in: httpx.AsyncClient
) -> None:
    client = await connect()
    await client.subscribe(PRESENCE)
    for name in ("Night Desk <b>", "night desk <b>"):
        await start_call(queue=name)
        call = (await client.event())["body"]["activeCalls"][0]
        assert call["callInfo"]["primary"]["value"] == call["toName"] == "Night Desk <b>"
    answer = await signed_in.get("/restapi/v1.0/account/~/call-queues")
    assert [queue["name"] for queue in answer.json()["records"]].count("Night Desk <b>") == 1


@pytest.mark.parametrize("direction", ["Inbound", "outbound", "OUTBOUND"])
@pytest.mark.parametrize(
    ("text", "number", "name"),
    [
        ("+12125550188", "+12125550188", None),
        ("16505550143", "16505550143", "colleague"),
        ("102", "102", "colleague"),
        ("+1855201XXXX", "+1855201XXXX", None),
        ("", "", None),
        ("Ada Byron", "", "Ada Byron"),
    ],
)
async def test_ends_are_taken_as_written(
    *,
    connect: Any,
    start_call: Any,
    simulator: Simulator,
    clock: ManualClock,
    signed_in: httpx.AsyncClient,
    direction: str,
    text: str,
    number: str,
    name: str | None,
) -> None:
    client = await connect()
    await client.subscribe(PRESENCE + "&sipData=true")
    which = "from" if direction == "Inbound" else "to"
    await start_call(direction=direction, **{which: text}, colour="ignored")
    call = (await client.event())["body"]["activeCalls"][0]
    expected = simulator.world.company.colleagues[0].name if name == "colleague" else name
    assert (call["direction"], call[which]) == (direction.capitalize(), number)
    assert call.get(f"{which}Name") == expected
    clock.advance(3)
    (record,) = (await signed_in.get(E + "/active-calls")).json()["records"]
    spelled = record[which].get("phoneNumber") or record[which].get("extensionNumber", "")
    assert spelled == number


async def test_who_has_only_a_name_has_no_number(connect: Any, start_call: Any) -> None:
    client = await connect()
    await client.subscribe(PRESENCE)
    await start_call(from_name="Ada Byron")
    call = (await client.event())["body"]["activeCalls"][0]
    assert (call["from"], call["fromName"]) == ("", "Ada Byron")


@pytest.mark.parametrize("which", ["session_id", "telephony_session_id", "party_id"])
@pytest.mark.parametrize("body", [b"", b"{}"])
async def test_a_call_goes_by_any_of_its_ids(
    http: httpx.AsyncClient, which: str, body: bytes
) -> None:
    ids = (await http.post("/_sim/calls", json={})).json()
    answer = await http.post(f"/_sim/calls/{ids[which]}/answer-elsewhere", content=body)
    assert (answer.status_code, answer.json()["telephony_status"]) == (200, "NoCall")


async def test_names_of_known_numbers_are_filled_in(
    connect: Any, start_call: Any, simulator: Simulator
) -> None:
    contact = simulator.world.company.contacts[0]
    client = await connect()
    await client.subscribe(PRESENCE)
    await start_call(**{"from": contact.number})
    assert (await client.event())["body"]["activeCalls"][0]["fromName"] == contact.name


async def test_active_calls_and_session_know_the_call(
    signed_in: httpx.AsyncClient, clock: ManualClock
) -> None:
    ids = (await signed_in.post("/_sim/calls", json={})).json()
    await signed_in.post(f"/_sim/calls/{ids['session_id']}/answer")
    assert (await signed_in.get(E + "/active-calls")).json()["records"] == []
    clock.advance(3)
    (record,) = (await signed_in.get(E + "/active-calls")).json()["records"]
    assert (record["sessionId"], record["result"]) == (ids["session_id"], "In Progress")
    path = f"/restapi/v1.0/account/~/telephony/sessions/{ids['telephony_session_id']}"
    (party,) = (await signed_in.get(path)).json()["parties"]
    assert (party["id"], party["status"]["code"]) == (ids["party_id"], "Answered")
    held = await signed_in.post(f"{path}/parties/{ids['party_id']}/hold", json={})
    assert held.status_code == 200
    assert held.json()["status"]["code"] == "Hold"
    again = await signed_in.post(f"{path}/parties/{ids['party_id']}/hold", json={})
    assert (again.status_code, again.json()["errorCode"]) == (409, "TAS-102")
    assert (await signed_in.delete(path)).status_code == 204
    assert (await signed_in.get(path)).status_code == 404
    clock.advance(119)
    assert len((await signed_in.get(E + "/active-calls")).json()["records"]) == 1
    clock.advance(1)
    assert (await signed_in.get(E + "/active-calls")).json()["records"] == []


@pytest.mark.parametrize(
    ("path", "body", "status", "sentence"),
    [
        ("/calls", b"{", 400, "not valid JSON"),
        ("/calls", b"[]", 400, "must be a JSON object"),
        ("/calls", b'{"direction":"Sideways"}', 400, "use Inbound or Outbound"),
        ("/calls", b'{"from":5}', 400, "from must be text"),
        ("/calls", b'{"from_name":5}', 400, "from_name must be text"),
        ("/calls", b'{"queue":5}', 400, "queue must be text"),
        ("/calls", b"[" * 100_000, 400, "not valid JSON"),
        ("/calls/123/answer", b"", 404, "There is no call 123"),
        ("/calls/123/explode", b"", 404, "use answer, hangup"),
        ("/notifications", b"{}", 400, "event is missing"),
        ("/messages", b'{"type":"Pigeon"}', 400, "use SMS"),
        ("/faults", b"{}", 400, "needs a status"),
        ("/faults", b'{"status":99}', 400, "use an HTTP status"),
        ("/faults", b'{"status":500,"times":0}', 400, "positive number"),
        ("/faults", b'{"status":500,"when":"now"}', 400, "Unknown field 'when'"),
        ("/faults", b'{"gateway":"melt"}', 400, "use close, drop or stall"),
        ("/faults", b'{"gateway":"close","code":3}', 400, "WebSocket close code"),
        ("/faults", b'{"tokens":"lose"}', 400, "use expire or revoke"),
        ("/faults", b'{"status":500,"delay_s":-1}', 400, "not negative"),
    ],
)
async def test_bad_control_requests_get_a_sentence(
    http: httpx.AsyncClient, path: str, body: bytes, status: int, sentence: str
) -> None:
    answer = await http.post(f"/_sim{path}", content=body)
    assert answer.status_code == status
    assert sentence in answer.json()["error"]


@pytest.mark.parametrize("text", [b'{"from": Infinity}', b"\xff\xfe{", b'{"queue":{"a":[]}}'])
async def test_odd_bodies_are_no_server_error(http: httpx.AsyncClient, text: bytes) -> None:
    assert (await http.post("/_sim/calls", content=text)).status_code == 400


@pytest.mark.parametrize(
    ("before", "action"),
    [
        ([], "hold"),
        ([], "resume"),
        ([], "park"),
        (["answer"], "answer"),
        (["answer"], "reject"),
        (["answer", "park"], "hold"),
        (["hangup"], "hangup"),
        (["hangup"], "answer"),
        (["answer", "transfer"], "hangup"),
    ],
)
async def test_an_impossible_action_is_a_conflict(
    http: httpx.AsyncClient, start_call: Any, before: list[str], action: str
) -> None:
    session_id = await start_call()
    for each in before:
        await http.post(f"/_sim/calls/{session_id}/{each}")
    answer = await http.post(f"/_sim/calls/{session_id}/{action}")
    assert answer.status_code == 409
    assert f"{action} is not possible" in answer.json()["error"]


async def test_a_notification_arrives_exactly_as_given(
    connect: Any, http: httpx.AsyncClient
) -> None:
    client = await connect()
    created = await client.subscribe(PRESENCE)
    event = "/restapi/v1.0/account/~/extension/607457016/presence?detailedTelephonyState=true"
    given = {"event": event, "body": {"sequence": 1, "strange": None}, "uuid": "u-1"}
    answer = await http.post("/_sim/notifications", json=given)
    assert answer.json() == {"delivered": 1}
    arrived = await client.event()
    assert {key: arrived[key] for key in given} == given
    assert arrived["subscriptionId"] == created["id"]
    assert arrived["timestamp"]


@pytest.mark.parametrize(
    ("name", "subscribed"),
    [
        ("seed/missed-1-ringing", PRESENCE),
        ("events/extension-presence", PRESENCE),
        ("events/extension-telephony-sessions.unwrapped", E + "/telephony/sessions"),
        ("events/extension-telephony-sessions", E + "/telephony/sessions"),
        ("events/message", E + "/message-store"),
        ("events/extension-dnd-status", E + "/presence/dnd"),
        ("events/extension-info", E),
        ("events/extension-list", "/restapi/v1.0/account/~/extension"),
    ],
)
async def test_recorded_events_reach_those_who_subscribed_to_their_kind(
    connect: Any, http: httpx.AsyncClient, name: str, subscribed: str
) -> None:
    if not SAMPLES.exists():
        pytest.skip("the recorded platform samples are not beside the project")
    sample = json.loads((SAMPLES / f"{name}.json").read_text())
    client = await connect()
    await client.subscribe(subscribed)
    await http.post("/_sim/notifications", json=sample)
    arrived = await client.event()
    assert {key: arrived[key] for key in sample} == sample


async def test_nobody_hears_what_nobody_subscribed_to(
    connect: Any, http: httpx.AsyncClient
) -> None:
    client = await connect()
    await client.subscribe(E + "/message-store")
    body = {"event": E + "/presence", "body": {}}
    assert (await http.post("/_sim/notifications", json=body)).json() == {"delivered": 0}
    assert (await http.post("/_sim/messages", json={"type": "SMS"})).status_code == 201
    assert (await client.event())["body"]["changes"][0]["type"] == "SMS"


async def test_a_request_fault_hits_as_often_as_asked(signed_in: httpx.AsyncClient) -> None:
    fault = {"method": "GET", "path": E, "status": 503, "headers": {"Retry-After": "7"}}
    fault |= {"body": {"errorCode": "CMN-201"}, "times": 2}
    assert (await signed_in.post("/_sim/faults", json=fault)).status_code == 204
    statuses = [(await signed_in.get(E)).status_code for _ in range(3)]
    assert statuses == [503, 503, 200]


async def test_a_fault_may_be_a_page_and_ends_when_cleared(signed_in: httpx.AsyncClient) -> None:
    fault = {"path": "*/call-log*", "status": 502, "body": "<html>Bad gateway</html>"}
    await signed_in.post("/_sim/faults", json=fault | {"times": None})
    for _ in range(3):
        answer = await signed_in.get(E + "/call-log")
        assert (answer.status_code, answer.headers["content-type"]) == (
            502,
            "text/html; charset=utf-8",
        )
    await signed_in.delete("/_sim/faults")
    assert (await signed_in.get(E + "/call-log")).status_code == 200


async def test_a_delay_holds_the_answer_back(
    signed_in: httpx.AsyncClient, clock: ManualClock
) -> None:
    await signed_in.post("/_sim/faults", json={"path": E, "delay_s": 30})
    asked = asyncio.create_task(signed_in.get(E))
    async with asyncio.timeout(5):
        while not clock.has_timers:
            await signed_in.get("/_sim/state")
    assert not asked.done()
    clock.advance(30)
    assert (await asked).status_code == 200


async def test_expired_tokens_are_refused_until_refreshed(signed_in: httpx.AsyncClient) -> None:
    await signed_in.post("/_sim/faults", json={"tokens": "expire"})
    answer = await signed_in.get(E)
    assert (answer.status_code, answer.json()["errorCode"]) == (401, "TokenExpired")


async def test_requests_are_remembered(signed_in: httpx.AsyncClient) -> None:
    await signed_in.delete("/_sim/requests")
    await signed_in.put(E + "/presence?a=1&a=2", json={"message": "out"})
    (request,) = (await signed_in.get("/_sim/requests")).json()["requests"]
    assert (request["method"], request["path"]) == ("PUT", E + "/presence")
    assert request["query"] == {"a": ["1", "2"]}
    assert request["body"] == {"message": "out"}


async def test_presence_changes_are_published(connect: Any, signed_in: httpx.AsyncClient) -> None:
    client = await connect()
    await client.subscribe(E + "/presence", E + "/presence/dnd")
    answer = await signed_in.put(E + "/presence", json={"dndStatus": "DoNotAcceptAnyCalls"})
    assert answer.json()["presenceStatus"] == "Busy"
    assert (await client.event())["body"]["dndStatus"] == "DoNotAcceptAnyCalls"
    assert (await client.event())["event"].endswith("/presence/dnd")


async def test_account_presence_comes_in_pages(
    signed_in: httpx.AsyncClient, simulator: Simulator
) -> None:
    company = simulator.world.company
    path = "/restapi/v1.0/account/~/presence"
    first = (await signed_in.get(path, params={"perPage": 2})).json()
    assert (len(first["records"]), first["paging"]["perPage"]) == (2, 2)
    assert first["paging"]["totalElements"] == len(company.people) + len(company.queues)
    assert f"/account/{company.account_id}/presence?" in first["navigation"]["nextPage"]["uri"]
    second = (await signed_in.get(first["navigation"]["nextPage"]["uri"])).json()
    ids = [each["extension"]["id"] for each in (*first["records"], *second["records"])]
    assert len(set(ids)) == 4
    assert "~" not in first["uri"]


async def test_a_queue_is_always_offline(
    signed_in: httpx.AsyncClient, simulator: Simulator
) -> None:
    queue = simulator.world.company.queues[0]
    answer = await signed_in.get(
        E.replace("/~/extension/~", f"/~/extension/{queue.extension_id}/presence")
    )
    assert answer.json()["presenceStatus"] == "Offline"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/extension/~/presence"),
        ("PUT", "/extension/~/presence"),
        ("GET", "/presence"),
        ("POST", "/extension/~/ring-out"),
        ("GET", "/extension/~/ring-out/1"),
        ("DELETE", "/extension/~/ring-out/1"),
        ("GET", "/telephony/sessions/1"),
    ],
)
async def test_other_accounts_are_not_found(
    signed_in: httpx.AsyncClient, method: str, path: str
) -> None:
    answer = await signed_in.request(method, f"/restapi/v1.0/account/1{path}", json={})
    assert (answer.status_code, answer.json()["parameterName"]) == (404, "accountId")


@pytest.mark.parametrize(("method", "path"), [("PUT", "/presence"), ("POST", "/ring-out")])
async def test_acting_for_another_extension_is_refused(
    signed_in: httpx.AsyncClient, simulator: Simulator, method: str, path: str
) -> None:
    other = simulator.world.company.colleagues[0].extension_id
    answer = await signed_in.request(
        method, f"/restapi/v1.0/account/~/extension/{other}{path}", json={}
    )
    assert (answer.status_code, answer.json()["errorCode"]) == (403, "CMN-404")


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", E + "/ring-out", b"{", (400, "CMN-103")),
        ("POST", E + "/ring-out", b"[" * 100_000, (400, "CMN-103")),
        ("GET", "/restapi/v1.0/nothing", b"", (404, "CMN-120")),
        ("PATCH", E, b"", (405, "CMN-202")),
        ("GET", E + "/presence?detailedTelephonyState=maybe", b"", (400, "CMN-101")),
        ("GET", E + "/presence?sipData=1", b"", (400, "CMN-101")),
    ],
)
async def test_refusals_have_the_vendors_codes(
    *, signed_in: httpx.AsyncClient, method: str, path: str, body: bytes, expected: tuple[int, str]
) -> None:
    answer = await signed_in.request(method, path, content=body)
    assert (answer.status_code, answer.json()["errors"][0]["errorCode"]) == expected


@pytest.mark.parametrize(
    "body", [{"userStatus": "Sleepy"}, {"dndStatus": 1}, {"message": "x" * 76}]
)
async def test_bad_presence_is_refused(signed_in: httpx.AsyncClient, body: Any) -> None:
    answer = await signed_in.put(E + "/presence", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["errorCode"]) == (400, "CMN-101")
