"""RingOut: the platform rings the user's phone first, then the callee."""

from dataclasses import replace
from urllib.parse import quote

from rcdesk.core.errors import NotFound, UnexpectedAnswer
from rcdesk.core.ringout import RingOut
from rcdesk.ringcentral import decode
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import RingOutAnswer

_PATH = "/restapi/v1.0/account/~/extension/~/ring-out"


async def place(
    http: PlatformHttp,
    from_number: str,
    to_number: str,
    caller_id: str | None = None,
    *,
    prompt: bool = False,
    user: bool = True,
) -> RingOut:
    """Ring `from_number`, then `to_number`; with `prompt` the first party presses 1 first.

    Never repeated by itself: after Unreachable the phones may be ringing.
    Raises PlatformError or SignedOut.
    """
    order: dict[str, object] = {
        "from": {"phoneNumber": from_number},
        "to": {"phoneNumber": to_number},
        "playPrompt": prompt,
    }
    if caller_id:
        order["callerId"] = {"phoneNumber": caller_id}
    answer = await http.request(
        "POST", _PATH, into=RingOutAnswer, group=RateGroup.HEAVY, user=user, json=order
    )
    placed = decode.ring_out(answer, from_number=from_number, to_number=to_number)
    if not placed.id:
        raise UnexpectedAnswer("RingCentral took the call but did not say how to follow it.")
    return placed


async def poll(http: PlatformHttp, ring_out: RingOut, *, user: bool = True) -> RingOut:
    """How `ring_out` stands now; `is_gone` once the platform has closed it.

    Raises PlatformError or SignedOut.
    """
    try:
        answer = await http.request(
            "GET", _one(ring_out), into=RingOutAnswer, group=RateGroup.LIGHT, user=user
        )
    except NotFound:
        return replace(ring_out, is_gone=True)
    now = decode.ring_out(answer, from_number=ring_out.from_number, to_number=ring_out.to_number)
    return replace(now, id=ring_out.id, was_cancelled=ring_out.was_cancelled)


async def cancel(http: PlatformHttp, ring_out: RingOut, *, user: bool = True) -> RingOut:
    """Stop `ring_out`; where it was over already, `is_gone` instead of `was_cancelled`.

    The guide contradicts itself on how long cancelling is possible: raises Refused when the
    platform says no, and PlatformError or SignedOut otherwise.
    """
    try:
        await http.request("DELETE", _one(ring_out), into=None, group=RateGroup.HEAVY, user=user)
    except NotFound:
        return replace(ring_out, is_gone=True)
    return replace(ring_out, was_cancelled=True)


def _one(ring_out: RingOut) -> str:
    return f"{_PATH}/{quote(ring_out.id, safe='')}"
