"""RingOut: the platform rings the user's phone first, then the callee."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from rcdesk.core.abilities import Ability
from rcdesk.core.call import Direction
from rcdesk.core.errors import NotFound, UnexpectedAnswer
from rcdesk.core.events import LogRecord
from rcdesk.core.ringout import LegStatus, RingOut, RingOutState
from rcdesk.core.twins import same_number
from rcdesk.ringcentral import decode
from rcdesk.ringcentral.call_log import list_active_calls
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.outcomes import ring_out_end
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
        "POST",
        _PATH,
        into=RingOutAnswer,
        group=RateGroup.HEAVY,
        user=user,
        json=order,
        needs=Ability.RINGOUT,
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


async def settle(http: PlatformHttp, closed: RingOut, since: datetime) -> RingOut:
    """How `closed`, which is gone, ended, as far as active-calls tells; it lags 3 to 10 s behind.

    Nothing there names a RingOut, so its call is the newest RingOut to that number since `since`.
    A cancelled one is listed as hung up by its caller; any other failure leaves open which of
    the phones it was, so that `closed` is returned as it is. Raises PlatformError or SignedOut.
    """
    # Somebody waits to hear it.
    records = [
        record
        for record in (await list_active_calls(http, user=True)).records
        if _is_call_of(record, closed) and record.started_at and record.started_at >= since
    ]
    latest = max(records, key=lambda record: record.started_at or since, default=None)
    end = None if latest is None else ring_out_end(latest.result)
    if end is RingOutState.CONNECTED:
        done = LegStatus.SUCCESS
        return replace(closed, call=LegStatus.FINISHED, caller=done, callee=done)
    return replace(closed, was_cancelled=True) if end is RingOutState.CANCELLED else closed


def _is_call_of(record: LogRecord, ring_out: RingOut) -> bool:
    return (
        record.direction is Direction.OUTBOUND
        and record.action.startswith("RingOut")
        and same_number(record.callee.number, ring_out.to_number)
    )


def _one(ring_out: RingOut) -> str:
    return f"{_PATH}/{quote(ring_out.id, safe='')}"
