from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from rcdesk.core.errors import BadInput, NotFound, PermissionMissing, Refused
from rcdesk.ringcentral import party_actions as actions
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.party_actions import ReplyPattern, Target, TargetKind, TimeUnit
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.telephony_records import CallMovedOn, PartyId
from rcdesk.simulator.call_wire import party
from rcdesk.simulator.live_calls import LiveCall, Phase
from rcdesk.simulator.server import Simulator
from tests.ringcentral.contract import (
    check_any_answer,
    needs_specification,
    operation,
    sent_faults,
    unpaced,
)

PARTY = "/restapi/v1.0/account/~/telephony/sessions/s-1/parties/p-1"
ONE = PartyId("s-1", "p-1")
Act = Callable[[PlatformHttp, PartyId], Awaitable[object]]


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield unpaced(signed_in, client)


class Calls:
    """Live calls of the simulator's user."""

    def __init__(self, simulator: Simulator) -> None:
        self.world = simulator.world
        self.device = simulator.world.company.user.device_id
        self._user = simulator.world.call_end(simulator.username)

    def ringing(self, *, is_queue_call: bool = False) -> LiveCall:
        queue = self.world.company.queues[0] if is_queue_call else None
        caller = self.world.call_end("+12125550199")
        return self.world.calls.start("Inbound", caller, self._user, queue=queue)

    def answered(self, *then: str) -> LiveCall:
        call = self.ringing()
        for action in ("answer", *then):
            self.world.calls.act(call, action)
        return call


@pytest.fixture
def calls(simulator: Simulator) -> Calls:
    return Calls(simulator)


def party_of(call: LiveCall) -> PartyId:
    return PartyId(call.telephony_session_id, call.party_id)


def to(kind: TargetKind, value: str) -> Target:
    return Target(kind, value)


async def test_a_call_is_led_through_its_life(http: PlatformHttp, calls: Calls) -> None:
    call = calls.ringing()
    own = party_of(call)

    assert (await actions.get_party(http, own)).code == "Proceeding"
    assert (await actions.answer(http, own, calls.device)).code == "Answered"
    assert (await actions.set_muted(http, own, is_muted=True)).is_muted
    assert not (await actions.set_muted(http, own, is_muted=False)).is_muted
    assert (await actions.hold(http, own)).code == "Hold"
    assert (await actions.unhold(http, own)).code == "Answered"
    parked = await actions.park(http, own)
    assert (parked.code, parked.park_location) == ("Parked", "*801")
    assert (await actions.pickup(http, own, calls.device)).code == "Answered"
    await actions.flip(http, own, "1")
    moved = await actions.transfer(http, own, to(TargetKind.PHONE_NUMBER, "+13125550142"))
    assert (moved.is_over, moved.reason) == (True, "BlindTransfer")
    assert call.phase is Phase.ENDED


async def test_a_recording_is_paused_and_goes_on(http: PlatformHttp, calls: Calls) -> None:
    own = party_of(calls.answered())
    begun = await actions.start_recording(http, own)
    paused = await actions.set_recording(http, own, begun.id, is_active=False)

    assert (begun.is_active, paused.is_active, paused.id) == (True, False, begun.id)
    assert (await actions.get_party(http, own)).recordings == (paused,)
    assert (await actions.set_recording(http, own, begun.id, is_active=True)).is_active


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (actions.reject, "Rejected"),
        (lambda http, own: actions.reply_with_text(http, own, "In a minute"), "CallReplied"),
        (
            lambda http, own: actions.reply_with_pattern(
                http, own, ReplyPattern.CALL_ME_BACK, time=5, time_unit=TimeUnit.HOUR
            ),
            "CallReplied",
        ),
        (
            lambda http, own: actions.forward(http, own, to(TargetKind.EXTENSION_NUMBER, "102")),
            "Pickup",
        ),
    ],
    ids=["reject", "reply-text", "reply-pattern", "forward"],
)
async def test_a_ringing_call_is_turned_away(
    http: PlatformHttp, calls: Calls, act: Act, reason: str
) -> None:
    call = calls.ringing()
    await act(http, party_of(call))

    ended = party(call, calls.world.company, call.party_code)
    assert (ended["status"]["code"], ended["status"]["reason"]) == ("Disconnected", reason)


async def test_a_call_goes_to_a_mailbox(http: PlatformHttp, calls: Calls) -> None:
    call = calls.ringing()
    mailbox = to(TargetKind.VOICEMAIL, calls.world.company.user.extension_id)
    assert (await actions.forward(http, party_of(call), mailbox)).code == "VoiceMail"


async def test_a_queue_call_is_left_to_the_next_agent(http: PlatformHttp, calls: Calls) -> None:
    call = calls.ringing(is_queue_call=True)
    await actions.ignore(http, party_of(call), calls.device)
    assert call.phase is Phase.ENDED


async def test_a_call_is_transferred_to_a_park_location(http: PlatformHttp, calls: Calls) -> None:
    call = calls.answered()
    parked = await actions.transfer(http, party_of(call), to(TargetKind.PARK_LOCATION, "*850"))
    assert (parked.code, parked.park_location) == ("Parked", "*850")


async def test_a_parked_call_is_removed(http: PlatformHttp, calls: Calls) -> None:
    call = calls.answered("park")
    await actions.remove_party(http, party_of(call))
    assert call.phase is Phase.ENDED


async def test_a_warm_transfer_ends_both_of_the_users_legs(
    http: PlatformHttp, calls: Calls
) -> None:
    call, consulted = calls.answered("hold"), calls.answered()
    bridged = await actions.bridge(http, party_of(call), party_of(consulted))

    assert bridged.reason == "AttendedTransfer"
    assert (call.phase, consulted.phase) == (Phase.ENDED, Phase.ENDED)


async def test_a_supervisor_listens(http: PlatformHttp, calls: Calls) -> None:
    listening = await actions.supervise_party(
        http,
        party_of(calls.answered()),
        agent_extension_id=calls.world.company.colleagues[0].extension_id,
        supervisor_device_id=calls.device,
    )
    assert listening.is_muted


async def test_a_call_cannot_be_forwarded_to_a_park_location(http: PlatformHttp) -> None:
    with pytest.raises(BadInput, match="answered"):
        await actions.forward(http, ONE, to(TargetKind.PARK_LOCATION, "*801"))


async def test_when_the_call_has_moved_on_its_state_comes_with_the_error(
    http: PlatformHttp, calls: Calls
) -> None:
    call = calls.answered("hold")
    with pytest.raises(CallMovedOn, match="moved on") as refused:
        await actions.hold(http, party_of(call))

    session = refused.value.session
    assert session is not None
    own = session.own_party(calls.world.company.user.extension_id)
    assert own is not None
    assert (own.code, refused.value.codes) == ("Hold", ("TAS-102",))


async def test_when_the_call_is_over_the_error_says_so(
    http: PlatformHttp, calls: Calls, control: Any
) -> None:
    body = {"errorCode": "TAS-102", "message": "Incorrect State"}
    await control.post("faults", method="POST", path=f"{PARTY}/hold", status=409, body=body)
    with pytest.raises(CallMovedOn, match="over already") as refused:
        await actions.hold(http, ONE)
    assert refused.value.session is None


@pytest.mark.parametrize("code", ["TAS-101", "TAS-115"])
async def test_a_call_that_may_not_be_recorded_is_told_so(
    http: PlatformHttp, control: Any, code: str
) -> None:
    path = f"{PARTY}/recordings"
    await control.post("faults", method="POST", path=path, status=403, body={"errorCode": code})
    with pytest.raises(Refused, match="does not let this call be recorded"):
        await actions.start_recording(http, ONE)


@pytest.mark.parametrize("named", [{}, {"permissionName": "CallControl"}])
async def test_a_missing_scope_is_named(
    http: PlatformHttp, control: Any, named: dict[str, str]
) -> None:
    body = {"errorCode": "InsufficientPermissions", "errors": [{"errorCode": "CMN-401", **named}]}
    await control.post("faults", method="POST", path=f"{PARTY}/hold", status=403, body=body)
    with pytest.raises(PermissionMissing, match="CallControl scope") as refused:
        await actions.hold(http, ONE)
    assert refused.value.permission == "CallControl"


REQUESTS: dict[str, Act] = {
    "PATCH ": lambda http, own: actions.set_muted(http, own, is_muted=True),
    "GET ": actions.get_party,
    "POST /answer": lambda http, own: actions.answer(http, own, "1"),
    "POST /forward": lambda http, own: actions.forward(http, own, to(TargetKind.VOICEMAIL, "1")),
    "POST /transfer": lambda http, own: actions.transfer(
        http, own, to(TargetKind.PARK_LOCATION, "*801")
    ),
    "POST /bridge": lambda http, own: actions.bridge(http, own, ONE),
    "POST /hold": actions.hold,
    "POST /unhold": actions.unhold,
    "POST /park": actions.park,
    "POST /pickup": lambda http, own: actions.pickup(http, own, "1"),
    "POST /reply": lambda http, own: actions.reply_with_text(http, own, "Soon"),
    "POST /recordings": actions.start_recording,
    "PATCH /recordings/1": lambda http, own: actions.set_recording(http, own, "1", is_active=False),
    "POST /supervise": lambda http, own: actions.supervise_party(
        http, own, agent_extension_id="1", supervisor_device_id="2"
    ),
}
MORE_REQUESTS: dict[str, Act] = {
    "DELETE ": actions.remove_party,
    "POST /reject": actions.reject,
    "POST /ignore": lambda http, own: actions.ignore(http, own, "1"),
    "POST /flip": lambda http, own: actions.flip(http, own, "1"),
    "POST /reply": lambda http, own: actions.reply_with_pattern(
        http, own, ReplyPattern.WILL_CALL_YOU_BACK, time=5
    ),
}


@needs_specification
@pytest.mark.parametrize(
    "act", [*REQUESTS.values(), *MORE_REQUESTS.values()], ids=[*REQUESTS, *MORE_REQUESTS]
)
async def test_the_request_is_valid(http: PlatformHttp, simulator: Simulator, act: Act) -> None:
    with pytest.raises(NotFound):
        await act(http, ONE)
    # The guide and the SDK send it flat; the specification, which forbids no more fields than
    # it lists, nests it in `party`.
    flat = "PATCH /restapi/v1.0/account/{accountId}/telephony/sessions/{telephonySessionId}"
    assert [f for f in sent_faults(simulator) if not (f.startswith(flat) and "muted" in f)] == []


@needs_specification
@pytest.mark.parametrize(
    "answered", ["GET ", "POST /forward", "POST /reply", "POST /recordings", "POST /supervise"]
)
async def test_any_answer_is_taken(http: PlatformHttp, simulator: Simulator, answered: str) -> None:
    method, _, action = answered.partition(" ")
    asked = operation(method, PARTY + action)
    act = REQUESTS[answered]
    await check_any_answer(simulator, asked, lambda: act(http, ONE), list_of="mobilePickupData")
