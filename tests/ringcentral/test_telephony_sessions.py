from collections.abc import AsyncIterator

import httpx
import pytest

from rcdesk.core.errors import NotFound, UnexpectedAnswer
from rcdesk.ringcentral import party_actions
from rcdesk.ringcentral import telephony_sessions as sessions
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.telephony_records import (
    CallMovedOn,
    Party,
    PartyId,
    TelephonySession,
)
from rcdesk.simulator.live_calls import LiveCall, Phase
from rcdesk.simulator.server import Simulator
from tests.ringcentral.contract import (
    check_any_answer,
    check_good_records,
    give,
    needs_specification,
    operation,
    sent_faults,
    unpaced,
)

TELEPHONY = "/restapi/v1.0/account/~/telephony"
SESSION = f"{TELEPHONY}/sessions/s-1"


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


@pytest.fixture
def call(simulator: Simulator) -> LiveCall:
    world = simulator.world
    user = world.call_end(simulator.username)
    call = world.calls.start("Inbound", world.call_end("+12125550199"), user)
    world.calls.act(call, "answer")
    return call


async def test_a_session_has_the_users_party(
    http: PlatformHttp, simulator: Simulator, call: LiveCall
) -> None:
    session = await sessions.get_session(http, call.telephony_session_id)
    own = session.own_party(simulator.world.company.user.extension_id)

    assert (session.id, session.origin) == (call.telephony_session_id, "Call")
    assert own is not None
    assert (own.id, own.code, own.caller.number) == (call.party_id, "Answered", "+12125550199")


@pytest.mark.parametrize(
    ("parties", "own"),
    [
        ((), None),
        ((Party("1", "Disconnected", extension_id="7"),), "1"),
        ((Party("1", "Hold", extension_id="7"), Party("2", "Gone", extension_id="7")), "1"),
        ((Party("1", "Gone", extension_id="7"), Party("2", "Setup", extension_id="8")), "1"),
        ((Party("1", "Setup", extension_id="7"), Party("2", "Setup", extension_id="7")), "2"),
    ],
)
def test_the_users_own_party_is_the_last_one_that_is_not_over(
    parties: tuple[Party, ...], own: str | None
) -> None:
    found = TelephonySession("s", parties=parties).own_party("7")
    assert (found and found.id) == own


async def test_a_session_is_dropped_and_dropping_it_again_does_no_harm(
    http: PlatformHttp, call: LiveCall
) -> None:
    await sessions.drop_session(http, call.telephony_session_id)
    await sessions.drop_session(http, call.telephony_session_id)

    assert call.phase is Phase.ENDED
    with pytest.raises(NotFound):
        await sessions.get_session(http, call.telephony_session_id)


@pytest.mark.parametrize(("number", "extension"), [("+12125550199", ""), ("", "102")])
async def test_a_call_out_rings(
    http: PlatformHttp, simulator: Simulator, number: str, extension: str
) -> None:
    device = simulator.world.company.user.device_id
    session = await sessions.call_out(http, device, phone_number=number, extension_number=extension)

    assert session.origin == "CallOut"
    found = simulator.world.calls.find(session.id)
    assert found is not None
    assert found.callee.number == number + extension


async def test_only_a_phone_of_the_users_own_can_call_out(http: PlatformHttp) -> None:
    with pytest.raises(NotFound):
        await sessions.call_out(http, "no-such-device", phone_number="+12125550199")


async def test_a_conference_takes_a_call_in_and_lets_it_go(
    http: PlatformHttp, simulator: Simulator, call: LiveCall
) -> None:
    conference = await sessions.start_conference(http)
    member = PartyId(call.telephony_session_id, call.party_id)
    brought_in = await sessions.bring_in(http, conference.id, member)

    assert conference.voice_call_token
    assert (brought_in.id, brought_in.code) == (call.party_id, "Answered")
    parties = (await sessions.get_session(http, conference.id)).parties
    assert brought_in.id in [party.id for party in parties]
    await party_actions.remove_party(http, PartyId(conference.id, brought_in.id))
    assert len((await sessions.get_session(http, conference.id)).parties) == 1


async def test_only_a_conference_takes_calls_in(http: PlatformHttp, call: LiveCall) -> None:
    with pytest.raises(CallMovedOn):
        await sessions.bring_in(http, call.telephony_session_id, PartyId("s-1", "p-1"))


async def test_a_supervisor_listens(
    http: PlatformHttp, simulator: Simulator, call: LiveCall
) -> None:
    user = simulator.world.company.user

    async def listen(device_id: str) -> Party:
        return await sessions.supervise_session(
            http,
            call.telephony_session_id,
            agent_extension_id=user.extension_id,
            supervisor_device_id=device_id,
        )

    assert (await listen(user.device_id)).code == "Setup"
    with pytest.raises(NotFound):
        await listen("no-such-device")


async def test_a_new_call_that_cannot_be_followed_is_no_answer(
    http: PlatformHttp, simulator: Simulator
) -> None:
    give(simulator, {"session": {"origin": {"type": "CallOut"}}}, status=201)
    with pytest.raises(UnexpectedAnswer, match="how to follow"):
        await sessions.call_out(http, "1", phone_number="+12125550199")


@needs_specification
async def test_the_requests_are_valid(
    http: PlatformHttp, simulator: Simulator, call: LiveCall
) -> None:
    company = simulator.world.company
    await sessions.get_session(http, call.telephony_session_id)
    await sessions.supervise_session(
        http,
        call.telephony_session_id,
        agent_extension_id=company.user.extension_id,
        supervisor_device_id=company.user.device_id,
    )
    await sessions.call_out(http, company.user.device_id, extension_number="102")
    await sessions.call_out(http, company.user.device_id, phone_number="+12125550199")
    conference = await sessions.start_conference(http)
    member = PartyId(call.telephony_session_id, call.party_id)
    await sessions.bring_in(http, conference.id, member)
    await sessions.drop_session(http, conference.id)

    assert sent_faults(simulator) == []


@needs_specification
async def test_any_session_is_taken(http: PlatformHttp, simulator: Simulator) -> None:
    await check_any_answer(
        simulator,
        operation("GET", SESSION),
        lambda: sessions.get_session(http, "s-1"),
        list_of="metadata",
    )


@needs_specification
async def test_no_bad_party_costs_a_good_one(http: PlatformHttp, simulator: Simulator) -> None:
    async def parties() -> tuple[Party, ...]:
        return (await sessions.get_session(http, "s-1")).parties

    await check_good_records(simulator, operation("GET", SESSION), parties, list_of="parties")


@needs_specification
@pytest.mark.parametrize("path", ["/call-out", "/conference"])
async def test_any_new_session_is_taken(
    http: PlatformHttp, simulator: Simulator, path: str
) -> None:
    async def ask() -> object:
        if path == "/conference":
            return await sessions.start_conference(http)
        return await sessions.call_out(http, "1", phone_number="1")

    asked = operation("POST", TELEPHONY + path)
    await check_any_answer(simulator, asked, ask, list_of="parties")
