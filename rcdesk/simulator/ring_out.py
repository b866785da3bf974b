"""RingOut: two legs that progress in time.

How a leg ends is chosen by the last four digits of its number: 9901 Busy, 9902 NoAnswer,
9903 Rejected, 9904 InternationalDisabled, 9905 DestinationBlocked, 9906 CannotReach,
9907 NotEnoughFunds, 9908 NosuchUser, 9909 Invalid. Every other number answers.

One that was cancelled is gone: none of the eighteen statuses says cancelled, and the guide tells
of nothing after the DELETE. Only active-calls and the call log tell its other followers, by the
result Hang Up. Whether RingCentral keeps it for a while with statuses of before is not known.

One that was hung up early ends as one that nobody took: a phone that still rang says NoAnswer,
one that had answered Finished, and the call NoAnswer. So no leg stays InProgress, which a client
would poll for ever, and the end is not taken for a talk.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator.account_records import forwarding_numbers
from rcdesk.simulator.account_state import EXTENSION, Links, own_extension_asked
from rcdesk.simulator.endpoints import json_object
from rcdesk.simulator.errors import ApiError, invalid_parameter, resource_not_found
from rcdesk.simulator.live_calls import CallEnd, Ending, Phase

if TYPE_CHECKING:
    from starlette.requests import Request

    from rcdesk.simulator.live_calls import LiveCall
    from rcdesk.simulator.world import World

CALLER_RINGS_S = 2.0
CALLEE_RINGS_S = 3.0
TALK_S = 60.0
KEPT_S = 60.0
_OUTCOMES = {
    "9901": "Busy",
    "9902": "NoAnswer",
    "9903": "Rejected",
    "9904": "InternationalDisabled",
    "9905": "DestinationBlocked",
    "9906": "CannotReach",
    "9907": "NotEnoughFunds",
    "9908": "NosuchUser",
    "9909": "Invalid",
}
_ENDINGS = {"Busy": Ending.BUSY, "NoAnswer": Ending.NO_ANSWER, "Rejected": Ending.REJECTED}
_NUMBER = re.compile(r"\+?\d{3,15}")


@dataclass(eq=False)
class RingOut:
    """One RingOut and its two legs in presence."""

    id: str
    outbound: LiveCall
    twin: LiveCall
    call_status: str = "InProgress"
    caller_status: str = "InProgress"
    callee_status: str = "InProgress"

    @property
    def is_in_progress(self) -> bool:
        """One of the phones still rings."""
        return self.call_status == "InProgress"


class RingOuts:
    """The RingOut resources; each is gone a while after its call."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ring_outs: dict[str, RingOut] = {}

    def start(self, from_number: str, to_number: str) -> RingOut:
        """Let the caller's phone ring."""
        world = self._world
        user = world.company.user
        caller = CallEnd(from_number, user.name, user.extension_id, user.extension_number)
        callee = world.call_end(to_number)
        outbound = world.calls.start("Outbound", caller, callee, origin="RingOut")
        twin = world.calls.start("Inbound", callee, caller, origin="RingOut", twin_of=outbound)
        ring_out = RingOut(secrets.token_urlsafe(30), outbound, twin)
        self._ring_outs[ring_out.id] = ring_out
        self._later(CALLER_RINGS_S, lambda: self._caller_decides(ring_out))
        return ring_out

    def find(self, ring_out_id: str) -> RingOut:
        """Return the RingOut.

        Raises:
            ApiError: 404, there is none (any more).
        """
        try:
            return self._ring_outs[ring_out_id]
        except KeyError:
            raise resource_not_found("ringoutId") from None

    def cancel(self, ring_out: RingOut) -> None:
        """Hang up both legs and forget the RingOut.

        Raises:
            ApiError: 409, both legs have answered or it has failed.
        """
        if not ring_out.is_in_progress:
            raise ApiError(409, "TAS-102", "Incorrect State")
        self._give_up(ring_out)
        del self._ring_outs[ring_out.id]
        self._end_legs(ring_out, Ending.CALLER_GAVE_UP)

    def call_ended(self, call: LiveCall) -> None:
        """Follow a leg that was hung up by other means: the other leg ends with it."""
        for ring_out in list(self._ring_outs.values()):
            if call not in (ring_out.outbound, ring_out.twin):
                continue
            if ring_out.call_status not in ("InProgress", "Success"):
                return  # this class ends both legs itself
            if ring_out.is_in_progress:
                self._give_up(ring_out)
                ring_out.outbound.ending = Ending.CALLER_GAVE_UP
            else:
                ring_out.call_status = "Finished"
            self._end_legs(ring_out, Ending.HUNG_UP)
            self._forget_later(ring_out)
            return

    def _caller_decides(self, ring_out: RingOut) -> None:
        if not ring_out.is_in_progress:
            return
        outcome = _OUTCOMES.get(ring_out.outbound.caller.number[-4:], "Success")
        ring_out.caller_status = outcome
        if outcome != "Success":
            self._fail(ring_out, outcome)
            return
        # As on the platform: connected means that the first leg answered.
        for leg in (ring_out.outbound, ring_out.twin):
            if leg.phase is Phase.RINGING:
                self._world.calls.act(leg, "answer")
        self._later(CALLEE_RINGS_S, lambda: self._callee_decides(ring_out))

    def _callee_decides(self, ring_out: RingOut) -> None:
        if not ring_out.is_in_progress:
            return
        outcome = _OUTCOMES.get(ring_out.outbound.callee.number[-4:], "Success")
        ring_out.callee_status = outcome
        if outcome != "Success":
            ring_out.outbound.connected_at = None  # nobody talked, whatever presence said
            self._fail(ring_out, outcome)
            return
        ring_out.call_status = "Success"
        ring_out.outbound.connected_at = self._world.clock.utc()
        self._later(TALK_S, lambda: self._hang_up(ring_out))

    def _fail(self, ring_out: RingOut, outcome: str) -> None:
        ring_out.call_status = outcome
        self._end_legs(ring_out, _ENDINGS.get(outcome, Ending.UNREACHABLE))
        self._forget_later(ring_out)

    def _give_up(self, ring_out: RingOut) -> None:
        """Settle the statuses of a RingOut that ends before the callee has answered."""
        settled = {"InProgress": "NoAnswer", "Success": "Finished"}
        ring_out.caller_status = settled[ring_out.caller_status]
        ring_out.callee_status = settled[ring_out.callee_status]
        ring_out.call_status = "NoAnswer"
        ring_out.outbound.connected_at = None

    def _forget_later(self, ring_out: RingOut) -> None:
        self._later(KEPT_S, lambda: self._ring_outs.pop(ring_out.id, None))

    def _hang_up(self, ring_out: RingOut) -> None:
        if ring_out.outbound.phase is not Phase.ENDED:
            self._world.calls.end(ring_out.outbound, Ending.HUNG_UP)

    def _end_legs(self, ring_out: RingOut, ending: Ending) -> None:
        for leg in (ring_out.twin, ring_out.outbound):
            if leg.phase is not Phase.ENDED:
                self._world.calls.end(leg, ending)

    def _later(self, delay_s: float, callback: Any) -> None:
        self._world.clock.call_later(delay_s / self._world.speed, callback)


def routes(world: World) -> list[Route]:
    """Return the RingOut resource."""
    path = EXTENSION + "/ring-out"

    async def create(request: Request) -> Response:
        own_extension_asked(request, world.company)
        body = await json_object(request)
        to_number = _number(body.get("to"), "to.phoneNumber")
        from_number = _from_number(body.get("from"), request, world)
        if body.get("callerId") is not None:
            _number(body["callerId"], "callerId.phoneNumber")
        return JSONResponse(_wire(world.ring_outs.start(from_number, to_number), request, world))

    async def read(request: Request) -> Response:
        ring_out = _find(request, world)
        return JSONResponse(_wire(ring_out, request, world))

    async def cancel(request: Request) -> Response:
        world.ring_outs.cancel(_find(request, world))
        return Response(status_code=204)

    return [
        Route(path, create, methods=["POST"]),
        Route(path + "/{ring_out_id}", read, methods=["GET"]),
        Route(path + "/{ring_out_id}", cancel, methods=["DELETE"]),
    ]


def _find(request: Request, world: World) -> RingOut:
    own_extension_asked(request, world.company)
    return world.ring_outs.find(request.path_params["ring_out_id"])


def _number(end: Any, parameter: str) -> str:
    text = end.get("phoneNumber") if isinstance(end, dict) else None
    digits = re.sub(r"[\s().\-\u2010-\u2015]", "", text) if isinstance(text, str) else ""
    if not _NUMBER.fullmatch(digits):
        raise invalid_parameter(parameter)
    return digits if digits.startswith("+") or len(digits) <= 6 else f"+{digits}"


def _from_number(end: Any, request: Request, world: World) -> str:
    if isinstance(end, dict) and "forwardingNumberId" in end and "phoneNumber" not in end:
        company = world.company
        known = forwarding_numbers(company.user, company, Links(request, company))
        for number in known:
            if str(end["forwardingNumberId"]) == number["id"]:
                return str(number["phoneNumber"])
        raise resource_not_found("from.forwardingNumberId")
    if end is None:
        return world.company.user.direct_number
    return _number(end, "from.phoneNumber")


def _wire(ring_out: RingOut, request: Request, world: World) -> dict[str, Any]:
    company = world.company
    extension = Links(request, company).extension(company.user.extension_id)
    return {
        "uri": f"{extension}/ring-out/{ring_out.id}",
        "id": ring_out.id,
        "status": {
            "callStatus": ring_out.call_status,
            "callerStatus": ring_out.caller_status,
            "calleeStatus": ring_out.callee_status,
        },
    }
