"""What a refusal on the way to live events means for the next attempt."""

import logging
from typing import TypeVar

import httpx

from rcdesk.core.errors import PermissionMissing, PlatformError, RateLimited, RcdeskError, SignedOut
from rcdesk.core.reconnect import Ending, Outcome
from rcdesk.ringcentral.faults import Refusal, ServerBusy
from rcdesk.ringcentral.gateway_socket import Frame
from rcdesk.ringcentral.mending import Undecodable, decode
from rcdesk.ringcentral.rate_limits import retry_after_header_s

T = TypeVar("T")

_log = logging.getLogger(__name__)

# Of about thirty for a user and app; those that nobody listens to any more expire.
_TOO_MANY = "SUB-505"
_TOO_MANY_SENTENCE = (
    "Too many programs or computers take live events with this sign-in: end some of them."
)
_TOO_MANY_WAIT_S = 60.0


def refused(error: RcdeskError) -> Outcome:
    """What an error on the way to a socket means for the next attempt."""
    reason = str(error)
    if isinstance(error, SignedOut):
        return Outcome(Ending.SIGNED_OUT, reason)
    if isinstance(error, PermissionMissing):
        return Outcome(Ending.FORBIDDEN, reason)
    if isinstance(error, RateLimited | ServerBusy):
        return Outcome(Ending.BUSY, reason, error.retry_after_s, reached_server=True)
    answered = isinstance(error, PlatformError) and error.status != 0
    return Outcome(Ending.BUSY if answered else Ending.UNREACHABLE, reason, reached_server=answered)


def subscription_refused(answer: Frame) -> Outcome:
    """What an answer to the subscription that is no success means."""
    status = answer.head.status or 0
    refusal = Refusal(httpx.Response(status, content=answer.body))
    reason = f"RingCentral refused live events: {refusal.message or f'HTTP {status}'}"
    _log.warning("The subscription was refused (HTTP %d %s)", status, ", ".join(refusal.codes))
    if _TOO_MANY in refusal.codes:
        return Outcome(Ending.BUSY, _TOO_MANY_SENTENCE, _TOO_MANY_WAIT_S, reached_server=True)
    if status == 403:
        return Outcome(Ending.FORBIDDEN, reason)
    wait_s = retry_after_header_s(httpx.Headers(dict(answer.headers)))
    if status == 429 and wait_s is None:
        wait_s = 60.0
    return Outcome(Ending.BUSY, reason, wait_s, reached_server=True)


def body_of(frame: Frame, into: type[T]) -> T | None:
    """The frame's body; None where it is none of that kind."""
    try:
        return decode(frame.body, into)
    except Undecodable:
        return None
