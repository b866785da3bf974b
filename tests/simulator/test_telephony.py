from typing import Any

import httpx
import pytest

from rcdesk.simulator.live_calls import LiveCall, Phase
from rcdesk.simulator.server import Simulator
from tests.simulator.test_schema import ACCOUNT, PARTY, SPECIFICATION, faults, response_schema

CALL_OUT = ACCOUNT + "/telephony/call-out"
CONFERENCE = ACCOUNT + "/telephony/conference"
DEVICE = {"deviceId": "{device}"}
LISTEN = {"mode": "Listen", "supervisorDeviceId": "{device}", "agentExtensionId": "{user}"}
ACTIONS = [
    ("ringing", "/answer", DEVICE),
    ("ringing", "/reject", None),
    ("ringing", "/forward", {"phoneNumber": "+13125550142"}),
    ("ringing", "/forward", {"voicemail": "{user}"}),
    ("ringing", "/reply", {"replyWithText": "Soon"}),
    ("queued", "/ignore", DEVICE),
    ("answered", "/hold", {"proto": "Auto"}),
    ("held", "/unhold", None),
    ("answered", "/park", None),
    ("parked", "/pickup", DEVICE),
    ("answered", "/flip", {"callFlipId": "1"}),
    ("answered", "/transfer", {"extensionId": "{user}"}),
    ("answered", "/transfer", {"parkOrbit": "*842"}),
    ("recorded", "/hold", None),
    ("answered", "/recordings", None),
    ("answered", "/supervise", LISTEN),
]
REFUSED = [
    ("ringing", "/answer", {}, 400),
    ("ringing", "/answer", {"deviceId": "1"}, 404),
    ("answered", "/answer", DEVICE, 409),
    ("answered", "/reject", None, 409),
    ("answered", "/forward", {"phoneNumber": "+13125550142"}, 409),
    ("answered", "/transfer", {}, 400),
    ("answered", "/transfer", {"phoneNumber": "1", "extensionId": "2"}, 400),
    ("answered", "/transfer", {"extensionNumber": "999999"}, 404),
    ("ringing", "/forward", {"parkOrbit": "*801"}, 400),
    ("ringing", "/transfer", {"phoneNumber": "+13125550142"}, 409),
    ("answered", "/bridge", {"telephonySessionId": "s-1", "partyId": "p-1"}, 404),
    ("answered", "/hold", {"proto": "Loud"}, 400),
    ("parked", "/unhold", None, 409),
    ("held", "/pickup", DEVICE, 409),
    ("ringing", "/ignore", DEVICE, 400),
    ("ringing", "/flip", {"callFlipId": "1"}, 409),
    ("answered", "/reply", {"replyWithText": "Soon"}, 409),
    ("ringing", "/reply", {"replyWithPattern": {"pattern": "Shout"}}, 400),
    ("recorded", "/recordings", None, 409),
    ("ringing", "/recordings", None, 409),
    ("answered", "/supervise", LISTEN | {"mode": "Whisper"}, 400),
    ("ringing", "/supervise", LISTEN, 409),
    ("answered", "/juggle", None, 404),
]


def a_call(simulator: Simulator, state: str) -> LiveCall:
    world = simulator.world
    queue = world.company.queues[0] if state == "queued" else None
    user = world.call_end(simulator.username)
    call = world.calls.start("Inbound", world.call_end("+12125550199"), user, queue=queue)
    steps = {"ringing": "", "queued": "", "held": "answer hold", "parked": "answer park"}
    for step in steps.get(state, "answer").split():
        world.calls.act(call, step)
    call.recording = True if state == "recorded" else None
    return call


def filled_in(body: dict[str, Any] | None, simulator: Simulator) -> dict[str, Any] | None:
    user = simulator.world.company.user
    words = {"{device}": user.device_id, "{user}": user.extension_id}
    return body and {k: words.get(v, v) if isinstance(v, str) else v for k, v in body.items()}


async def do(
    http: httpx.AsyncClient, simulator: Simulator, call: LiveCall, action: str, body: Any
) -> httpx.Response:
    path = PARTY.format(
        accountId="~", telephonySessionId=call.telephony_session_id, partyId=call.party_id
    )
    return await http.post(path + action, json=filled_in(body, simulator))


@pytest.mark.skipif(not SPECIFICATION.exists(), reason=f"no specification at {SPECIFICATION}")
@pytest.mark.parametrize(("state", "action", "body"), ACTIONS)
async def test_actions_answer_as_specified(
    signed_in: httpx.AsyncClient, simulator: Simulator, state: str, action: str, body: Any
) -> None:
    answer = await do(signed_in, simulator, a_call(simulator, state), action, body)

    schema = response_schema("POST", PARTY + action, answer.status_code)
    found = [answer.text] if schema is None else faults(answer.json(), schema)
    assert [fault for fault in found if fault] == []


@pytest.mark.parametrize("attempt", REFUSED, ids=str)
async def test_what_cannot_be_done_is_refused_and_changes_nothing(
    signed_in: httpx.AsyncClient, simulator: Simulator, attempt: tuple[str, str, Any, int]
) -> None:
    state, action, body, status = attempt
    call = a_call(simulator, state)
    before = vars(call).copy()
    answer = await do(signed_in, simulator, call, action, body)

    assert answer.status_code == status, answer.text
    assert vars(call) == before


@pytest.mark.skipif(not SPECIFICATION.exists(), reason=f"no specification at {SPECIFICATION}")
@pytest.mark.parametrize("template", [CALL_OUT, CONFERENCE])
async def test_new_calls_answer_as_specified(
    signed_in: httpx.AsyncClient, simulator: Simulator, template: str
) -> None:
    order = {
        "from": {"deviceId": simulator.world.company.user.device_id},
        "to": {"phoneNumber": "+12125550199"},
    }
    answer = await signed_in.post(template.format(accountId="~"), json=order)

    schema = response_schema("POST", template, 201)
    assert schema is not None
    assert (answer.status_code, faults(answer.json(), schema)) == (201, [])


async def test_muting_is_told_to_subscribers(
    signed_in: httpx.AsyncClient, simulator: Simulator, connect: Any
) -> None:
    call = a_call(simulator, "answered")
    gateway = await connect()
    await gateway.subscribe("/restapi/v1.0/account/~/extension/~/telephony/sessions")
    path = PARTY.format(
        accountId="~", telephonySessionId=call.telephony_session_id, partyId=call.party_id
    )
    await signed_in.patch(path, json={"party": {"muted": True}})

    (party,) = (await gateway.event())["body"]["parties"]
    assert (party["muted"], party["status"]["code"]) == (True, "Answered")


async def test_a_recording_that_was_asked_for_is_in_the_log(
    signed_in: httpx.AsyncClient, simulator: Simulator, clock: Any
) -> None:
    call = a_call(simulator, "answered")
    started = await do(signed_in, simulator, call, "/recordings", None)
    clock.advance(45)
    simulator.world.calls.act(call, "hangup")

    assert call.phase is Phase.ENDED
    (record, *_) = simulator.world.active_records()
    assert record["recording"]["id"] == started.json()["id"]
    assert record["recording"]["type"] == "OnDemand"
