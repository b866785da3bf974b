from datetime import UTC, datetime, timedelta

import pytest

from rcdesk.core.call import CallChange
from rcdesk.core.errors import BadInput, Refused
from rcdesk.core.ringout import RingOut, RingOutState
from rcdesk.ringcentral.ring_out import settle
from rcdesk.services.desk import Desk
from rcdesk.simulator.faults import RequestFault
from rcdesk.simulator.server import Simulator
from tests.until import until

EXTENSION = "/restapi/v1.0/account/~/extension/~"
ACTIVE_CALLS = f"{EXTENSION}/active-calls"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter a number"),
        ("abc", "not a phone number"),
        ("911", "on a phone"),
        ("555-1234", "area code"),
    ],
)
async def test_what_cannot_be_dialed_is_never_sent(desk: Desk, text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        await desk.dialing.ring_out(text, "US")


async def test_the_users_phones_can_be_rung_first(online: Desk) -> None:
    numbers = await online.dialing.load_from_numbers()
    assert numbers
    assert all(number.number and number.label for number in numbers)
    with pytest.raises(BadInput, match="same phone"):
        await online.dialing.ring_out(numbers[0].number, "US")


async def test_a_ringout_is_followed_to_its_end_without_a_popup(online: Desk) -> None:
    steps: list[RingOut] = []
    changes: list[CallChange] = []
    online.dialing.changed.subscribe(steps.append)
    online.calls.changed.subscribe(changes.append)
    await online.dialing.ring_out("(650) 555-0177", "US")
    await until(lambda: steps[-1].state is RingOutState.CONNECTED)
    assert steps[0].state is RingOutState.RINGING_CALLER
    assert {change.call.direction.value for change in changes} == {"Outbound"}
    assert all(change.call.is_ringout for change in changes)


async def test_a_ringout_can_be_cancelled_while_it_rings(online: Desk) -> None:
    placed = await online.dialing.ring_out("(650) 555-0177", "US")
    assert (await online.dialing.cancel(placed)).state is RingOutState.CANCELLED
    later = await online.dialing.status(placed.id)
    assert not later.is_in_progress


@pytest.mark.parametrize(
    ("result", "state"),
    [
        ("Call connected", RingOutState.CONNECTED),
        ("Hang Up", RingOutState.CANCELLED),
        ("No Answer", RingOutState.GONE),
        ("In Progress", RingOutState.GONE),
    ],
)
async def test_a_ringout_that_is_gone_ended_as_active_calls_tells(
    simulator: Simulator, desk: Desk, result: str, state: RingOutState
) -> None:
    await desk.session.sign_in_with_jwt(simulator.jwt)
    closed = RingOut("1", "+16505550142", "+16505550177", is_gone=True)
    now = datetime.now(UTC)
    record = {
        "sessionId": "7",
        "direction": "Outbound",
        "action": "RingOut Web",
        "startTime": now.isoformat(),
        "to": {"phoneNumber": closed.to_number},
        "result": result,
    }
    before = record | {"startTime": (now - timedelta(hours=1)).isoformat(), "result": "Hang Up"}
    answer = RequestFault("GET", ACTIVE_CALLS, 200, body={"records": [before, record]})
    simulator.world.faults.add(answer)
    settled = await settle(desk.platform.http, closed, now - timedelta(seconds=1))
    assert settled.state is state


async def test_a_cancel_that_comes_too_late_says_so(simulator: Simulator, online: Desk) -> None:
    placed = await online.dialing.ring_out("(650) 555-0177", "US")
    talking = {"callStatus": "Success", "callerStatus": "Success", "calleeStatus": "Success"}
    path = f"{EXTENSION}/ring-out/{placed.id}"
    simulator.world.faults.add(RequestFault("DELETE", path, 204))
    simulator.world.faults.add(
        RequestFault("GET", path, 200, body={"id": placed.id, "status": talking}, times=None)
    )
    with pytest.raises(Refused, match="the call goes on"):
        await online.dialing.cancel(placed)


async def test_a_number_the_platform_refuses_is_one_sentence(online: Desk) -> None:
    with pytest.raises(Refused):
        await online.dialing.ring_out("*99", "US", from_text="+16505550142")
