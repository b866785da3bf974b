import asyncio
from typing import Any

import httpx
import pytest
import websockets

from rcdesk.simulator.server import Simulator
from tests.simulator.manual_clock import ManualClock

E = "/restapi/v1.0/account/~/extension/~"
PRESENCE = E + "/presence?detailedTelephonyState=true"
SUBSCRIPTION = "/restapi/v1.0/subscription"


async def closed(client: Any) -> tuple[int, str]:
    async with asyncio.timeout(5):
        await client.socket.wait_closed()
    return client.socket.close_code, client.socket.close_reason


async def test_the_first_frame_describes_the_connection(connect: Any) -> None:
    meta, body = (await connect()).details
    assert meta["type"] == "ConnectionDetails"
    assert meta["status"] == 200
    assert meta["wsc"]["sequence"] == 1
    assert "recoveryState" not in body
    assert body["recoveryTimeout"] == 180
    assert body["recoveryBufferSize"] == 100


@pytest.mark.parametrize("query", ["", "?access_token=wrong"])
async def test_a_connection_needs_a_token(simulator: Simulator, query: str) -> None:
    uri = simulator.url.replace("http", "ws", 1) + "/ws" + query
    async with websockets.connect(uri, proxy=None) as socket:
        with pytest.raises(websockets.ConnectionClosedError):
            await socket.recv()
    assert socket.close_code == 4400


async def test_a_ws_token_works_once_and_for_half_a_minute(
    signed_in: httpx.AsyncClient, clock: ManualClock
) -> None:
    answer = (await signed_in.post("/restapi/oauth/wstoken")).json()
    assert answer["expires_in"] == 30
    uri = f"{answer['uri']}?access_token={answer['ws_access_token']}"
    async with websockets.connect(uri, proxy=None) as socket:
        await socket.recv()
    async with websockets.connect(uri, proxy=None) as socket:
        await socket.wait_closed()
        assert socket.close_code == 4400
    answer = (await signed_in.post("/restapi/oauth/wstoken")).json()
    clock.advance(30)
    uri = f"{answer['uri']}?access_token={answer['ws_access_token']}"
    async with websockets.connect(uri, proxy=None) as socket:
        await socket.wait_closed()
        assert socket.close_code == 4400


async def test_rest_works_over_the_socket(connect: Any, simulator: Simulator) -> None:
    client = await connect()
    meta, body = await client.request("GET", E)
    assert meta["status"] == 200
    assert meta["headers"]["X-Rate-Limit-Group"] == "light"
    assert meta["headers"]["RCRequestId"]
    assert body["name"] == simulator.world.company.user.name
    meta, body = await client.request(
        "GET", E + "/call-log", query={"perPage": 2, "dateFrom": "2000-01-01"}
    )
    assert len(body["records"]) == 2
    meta, body = await client.request("GET", E + "/nothing")
    assert meta["status"] == 404
    assert body["errors"][0]["errorCode"] == "CMN-120"


async def test_filters_of_which_none_exists_are_refused(connect: Any) -> None:
    client = await connect()
    body = {"eventFilters": ["/a", "/b"], "deliveryMode": {"transportType": "WebSocket"}}
    meta, refusal = await client.request("POST", "/restapi/v1.0/subscription", body)
    (error,) = refusal["errors"]
    assert (meta["status"], error["errorCode"]) == (400, "SUB-508")
    assert error["message"] == "Invalid event filters: [/a, /b]"


async def test_a_subscription_renews_itself_as_long_as_its_session_lives(
    connect: Any, clock: ManualClock, simulator: Simulator, start_call: Any
) -> None:
    simulator.world.gateway.idle_timeout_s = simulator.world.gateway.absolute_timeout_s = 1e9
    client = await connect()
    created = await client.subscribe(PRESENCE)
    clock.advance(86_400 + 3600)
    _, renewed = await client.request("GET", f"/restapi/v1.0/subscription/{created['id']}")
    assert renewed["expiresIn"] == created["expiresIn"] - 3600
    assert renewed["expirationTime"] > created["expirationTime"]
    await start_call()
    assert (await client.event())["subscriptionId"] == created["id"]


async def test_a_subscription_lives_changes_and_ends(connect: Any) -> None:
    client = await connect()
    created = await client.subscribe(PRESENCE, "/restapi/v1.0/nonsense")
    user_path = created["eventFilters"][0]
    assert "~" not in user_path
    assert user_path.endswith("/presence?detailedTelephonyState=true")
    assert [each["filter"] for each in created["disabledFilters"]] == ["/restapi/v1.0/nonsense"]
    assert 86_390 < created["expiresIn"] <= 86_400
    path = f"{SUBSCRIPTION}/{created['id']}"
    meta, changed = await client.request("PUT", path, {"eventFilters": [E + "/message-store"]})
    assert meta["headers"]["WSG-SubscriptionId"] == created["id"]
    assert changed["eventFilters"][0].endswith("/message-store")
    (meta,) = await client.request("DELETE", path)
    assert meta["status"] == 204
    meta, _ = await client.request("PUT", path, {"eventFilters": [PRESENCE]})
    assert meta["status"] == 404


async def test_a_second_subscription_replaces_the_first(connect: Any, simulator: Simulator) -> None:
    client = await connect()
    first = await client.subscribe(PRESENCE)
    second = await client.subscribe(PRESENCE)
    assert [each.id for each in simulator.world.subscriptions.active] == [second["id"]]
    assert first["id"] != second["id"]


@pytest.mark.parametrize(
    "body",
    [
        {"eventFilters": ["/nonsense"], "deliveryMode": {"transportType": "WebSocket"}},
        {"eventFilters": [], "deliveryMode": {"transportType": "WebSocket"}},
        {"eventFilters": [1], "deliveryMode": {"transportType": "WebSocket"}},
        {"eventFilters": [PRESENCE], "deliveryMode": {"transportType": "PubNub"}},
        {"eventFilters": [PRESENCE]},
        [],
    ],
)
async def test_a_bad_subscription_is_refused(connect: Any, body: Any) -> None:
    client = await connect()
    meta, answer = await client.request("POST", SUBSCRIPTION, body)
    assert meta["status"] == 400
    assert answer["errors"][0]["errorCode"]


async def test_plain_http_cannot_subscribe(signed_in: httpx.AsyncClient) -> None:
    body = {"eventFilters": [PRESENCE], "deliveryMode": {"transportType": "WebSocket"}}
    answer = await signed_in.post(SUBSCRIPTION, json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["errorCode"] == "SUB-506"


async def test_the_most_detailed_presence_filter_wins(connect: Any, start_call: Any) -> None:
    client = await connect()
    await client.subscribe(E + "/presence", PRESENCE + "&sipData=true", PRESENCE)
    await start_call()
    event = await client.event()
    assert event["event"].endswith("detailedTelephonyState=true&sipData=true")
    assert event["body"]["activeCalls"][0]["sipData"]["fromTag"]
    await start_call()
    assert len((await client.event())["body"]["activeCalls"]) == 2


async def test_simple_presence_has_no_calls(connect: Any, start_call: Any) -> None:
    client = await connect()
    await client.subscribe(E + "/presence")
    await start_call()
    body = (await client.event())["body"]
    assert body["telephonyStatus"] == "Ringing"
    assert "activeCalls" not in body


async def test_seven_calls_are_listed_and_all_are_counted(connect: Any, start_call: Any) -> None:
    client = await connect()
    await client.subscribe(PRESENCE)
    for _ in range(9):
        await start_call()
        event = await client.event()
    assert len(event["body"]["activeCalls"]) == 7
    assert event["body"]["totalActiveCalls"] == 9


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["Setup", "Proceeding", "Answered", "Disconnected"]),
        ("?statusCode=Answered,Disconnected", ["Answered", "Disconnected"]),
        ("?direction=Inbound&statusCode=Setup", ["Setup"]),
        ("?direction=Outbound", []),
        ("?missedCall=true", []),
    ],
)
async def test_session_filters_choose_events(
    connect: Any, start_call: Any, http: httpx.AsyncClient, query: str, codes: list[str]
) -> None:
    client = await connect()
    await client.subscribe(E + "/telephony/sessions" + query, E + "/presence/dnd")
    session_id = await start_call()
    await http.post(f"/_sim/calls/{session_id}/answer")
    await http.post(f"/_sim/calls/{session_id}/hangup")
    await http.post("/_sim/notifications", json={"event": E + "/presence/dnd", "body": {}})
    seen = []
    while "parties" in (body := (await client.event())["body"]):
        seen.append(body["parties"][0]["status"]["code"])
    assert seen == codes


async def test_a_heartbeat_comes_back(connect: Any) -> None:
    client = await connect()
    await client.send({"type": "Heartbeat", "messageId": "beat"})
    assert await client.frame() == [{"type": "Heartbeat", "messageId": "beat"}]


@pytest.mark.parametrize("text", ["", "not json", "{}", "[]", "[1]", '[{"type":"Nonsense"}]'])
async def test_garbage_is_answered_and_survived(connect: Any, text: str) -> None:
    client = await connect()
    await client.socket.send(text)
    meta, body = await client.frame()
    assert meta["type"] == "Error"
    assert body["errorCode"] == "WSG-400"
    assert (await client.request("GET", E))[0]["status"] == 200


async def test_binary_frames_are_survived(connect: Any) -> None:
    client = await connect()
    await client.socket.send(b"\xff\xfe")
    assert (await client.frame())[0]["type"] == "Error"
    assert (await client.request("GET", E))[0]["status"] == 200


async def test_odd_requests_do_not_end_the_connection(connect: Any) -> None:
    client = await connect()
    await client.send({"type": "ClientRequest", "messageId": "odd", "method": 5, "headers": 7})
    assert (await client.frame())[0]["messageId"] == "odd"
    assert (await client.request("GET", E))[0]["status"] == 200


async def test_silence_ends_the_connection(connect: Any, clock: ManualClock) -> None:
    client = await connect()
    clock.advance(1800)
    assert (await client.frame())[1]["errorCode"] == "WSG-902"
    await closed(client)


async def test_a_day_ends_the_connection(connect: Any, clock: ManualClock) -> None:
    client = await connect()
    for _ in range(48):
        clock.advance(1799)
        await client.send({"type": "Heartbeat", "messageId": "beat"})
        await client.frame()
    clock.advance(86_400 - 48 * 1799)
    assert (await client.frame())[1]["errorCode"] == "WSG-903"
    await closed(client)


async def test_recovery_replays_exactly_what_was_missed(
    connect: Any, start_call: Any, http: httpx.AsyncClient
) -> None:
    client = await connect()
    await client.subscribe(PRESENCE)
    session_id = await start_call()
    meta, ringing = await client.frame()
    await client.socket.close()
    await http.post(f"/_sim/calls/{session_id}/answer")
    await http.post(f"/_sim/calls/{session_id}/hangup")
    again = await connect(wsc=meta["wsc"]["token"])
    assert again.details[1]["recoveryState"] == "Successful"
    assert again.details[0]["wsc"]["sequence"] == meta["wsc"]["sequence"]
    frames = [await again.frame(), await again.frame()]
    assert [body["body"]["telephonyStatus"] for _, body in frames] == ["CallConnected", "NoCall"]
    assert [m["wsc"]["sequence"] for m, _ in frames] == [3, 4]
    assert {body["subscriptionId"] for _, body in frames} == {ringing["subscriptionId"]}
    await start_call()
    assert (await again.event())["body"]["telephonyStatus"] == "Ringing"


async def test_the_oldest_of_more_than_a_hundred_events_are_lost(
    connect: Any, http: httpx.AsyncClient
) -> None:
    client = await connect()
    await client.subscribe(PRESENCE)
    await client.socket.close()
    for number in range(103):
        body = {"event": E + "/presence", "body": {"number": number}}
        await http.post("/_sim/notifications", json=body)
    again = await connect(wsc=client.details[0]["wsc"]["token"])
    numbers = [(await again.event())["body"]["number"] for _ in range(100)]
    assert numbers == list(range(3, 103))


async def test_recovery_fails_without_a_subscription(connect: Any) -> None:
    client = await connect()
    await client.socket.close()
    again = await connect(wsc=client.details[0]["wsc"]["token"])
    assert again.details[1]["recoveryState"] == "Failed"
    assert again.details[1]["recoveryErrorCode"] == "WSG-1005"
    assert (await again.request("GET", E))[0]["status"] == 200


async def test_recovery_fails_after_its_time(
    connect: Any, simulator: Simulator, http: httpx.AsyncClient, clock: ManualClock
) -> None:
    client = await connect()
    await client.subscribe(PRESENCE)
    await client.socket.close()
    async with asyncio.timeout(5):
        while (await http.get("/_sim/state")).json()["connections"]:
            pass
    clock.advance(180)
    assert simulator.world.subscriptions.active == []
    again = await connect(wsc=client.details[0]["wsc"]["token"])
    assert again.details[1]["recoveryState"] == "Failed"


async def test_a_malformed_wsc_is_refused(connect: Any) -> None:
    client = await connect(wsc="nonsense")
    assert client.details[1]["errorCode"] == "WSG-400"
    await closed(client)


async def test_a_close_fault_closes_with_its_code_and_keeps_clients_away(
    connect: Any, http: httpx.AsyncClient, clock: ManualClock
) -> None:
    client = await connect()
    await http.post("/_sim/faults", json={"gateway": "close", "code": 4123, "for_s": 30})
    assert (await closed(client))[0] == 4123
    with pytest.raises(websockets.InvalidStatus):
        await connect()
    clock.advance(30)
    assert (await connect()).details[0]["type"] == "ConnectionDetails"


async def test_a_drop_fault_cuts_the_connection(connect: Any, http: httpx.AsyncClient) -> None:
    client = await connect()
    await http.post("/_sim/faults", json={"gateway": "drop"})
    assert (await closed(client))[0] == 1006


async def test_a_stalled_connection_answers_nothing_until_it_flows_again(
    connect: Any, http: httpx.AsyncClient, clock: ManualClock, start_call: Any
) -> None:
    client = await connect()
    await client.subscribe(PRESENCE)
    await http.post("/_sim/faults", json={"gateway": "stall", "for_s": 60})
    pong = await client.socket.ping()
    await client.send({"type": "Heartbeat", "messageId": "beat"})
    await start_call()
    other = await connect()
    assert (await other.request("GET", E))[0]["status"] == 200
    assert not pong.done()
    clock.advance(60)
    async with asyncio.timeout(5):
        await pong
    types = {(await client.frame())[0]["type"], (await client.frame())[0]["type"]}
    assert types == {"ServerNotification", "Heartbeat"}


async def test_the_end_of_the_session_closes_the_socket(
    connect: Any, http: httpx.AsyncClient
) -> None:
    client = await connect()
    await http.post("/_sim/faults", json={"tokens": "revoke"})
    assert (await closed(client))[0] == 1000
