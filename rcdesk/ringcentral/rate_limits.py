"""One gate per rate group: waits instead of being refused.

RingCentral counts requests per user, app and group in a sliding window. After a refusal every
further request restarts the penalty, so nobody of the group sends until it is over: no process
of this user either.
"""

import asyncio
import heapq
import itertools
import math
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from rcdesk.core.errors import RateLimited
from rcdesk.core.waits import LONGEST_ASKED_S
from rcdesk.ringcentral.clock import elapsed_s
from rcdesk.ringcentral.http_dates import http_date

# Requests that arrive late in the platform's window may still count there when ours is over.
_MARGIN_S = 0.5
_GROUP_PENALTY_S = 60.0
_ACCOUNT_PENALTY_S = 30.0
_LARGEST_LIMIT = 10_000
_MOST_DIGITS = 9
# Shorter waits are over before anyone has read about them.
_TELL_FROM_S = 1.0


class RateGroup(StrEnum):
    """RingCentral's usage plan groups, as spelled in `X-Rate-Limit-Group`."""

    LIGHT = "light"
    MEDIUM = "medium"
    HEAVY = "heavy"
    AUTH = "auth"


# A duplicate of a request that is still under way, and the limit on sending messages.
_LIMITS_OF_ONE_CALL = frozenset({"CMN-304", "MSG-305"})
_DEFAULT_LIMITS = {
    RateGroup.LIGHT: 50,
    RateGroup.MEDIUM: 40,
    RateGroup.HEAVY: 10,
    RateGroup.AUTH: 5,
}
_USER_RESERVE = {RateGroup.HEAVY: 3}


def retry_after_header_s(headers: Mapping[str, str]) -> float | None:
    """`Retry-After` in seconds, from either of its forms (RFC 9110, 10.2.3).

    A date is reckoned by the server's own clock where it tells: ours may be wrong.
    """
    value = headers.get("Retry-After", "")
    try:
        wait_s = float(value)
    except ValueError:
        until = http_date(value)
        if until is None:
            return None
        now = http_date(headers.get("Date", "")) or datetime.now(UTC)
        wait_s = (until - now).total_seconds()
    if math.isnan(wait_s):
        return None
    return min(max(wait_s, 0.0), LONGEST_ASKED_S)


@dataclass(slots=True)
class _Gate:
    limit: int
    reserve: int
    window_s: float = 60.0
    penalty_until: float = 0.0
    sent: deque[float] = field(default_factory=deque)
    queue: list[tuple[bool, int]] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def allowed(self, *, user: bool) -> int:
        """How many requests a window may have."""
        return max(self.limit if user else self.limit - self.reserve, 1)

    def delay_s(self, now: float, *, user: bool) -> float:
        """How long until one more request may be sent; 0 for now."""
        oldest = now - self.window_s - _MARGIN_S
        while self.sent and self.sent[0] <= oldest:
            self.sent.popleft()
        allowed = self.allowed(user=user)
        full_s = 0.0
        if len(self.sent) >= allowed:
            full_s = self.sent[len(self.sent) - allowed] - oldest
        return max(self.penalty_until - now, full_s, 0.0)

    def penalise(self, until: float) -> None:
        self.penalty_until = max(self.penalty_until, until)
        self.wake()

    def wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()


class Penalties(Protocol):
    """What every process of this user is to know of penalties; no method raises.

    Groups are RateGroups.
    """

    async def left_s(self, group: str, /) -> float:
        """How long nobody may ask anything of `group`; 0 where there is no penalty."""

    async def keep(self, groups: Iterable[str], lasts_s: float, /) -> None:
        """Tell every process that nobody may ask anything of `groups`, from now on."""


class RateLimits:
    """The gates of one session, for all requests of this process.

    Args:
        penalties: asked before every request, since other processes of this user come and go;
            None where there can be none.

    Attributes:
        waiting: called with the group and the seconds left when requests of the user begin to
            wait, or any after a 429; when the wait grows, and with 0 when it is over. That work in
            the background keeps to its pace is no news.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = elapsed_s,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        penalties: Penalties | None = None,
    ) -> None:
        self.waiting: Callable[[RateGroup, float], None] = lambda _group, _seconds: None
        self._clock = clock
        self._sleep = sleep
        self._penalties = penalties
        self._order = itertools.count()
        self._told_until: dict[RateGroup, float] = {}
        self._gates = {
            group: _Gate(limit, _USER_RESERVE.get(group, 0))
            for group, limit in _DEFAULT_LIMITS.items()
        }

    def delay_s(self, group: RateGroup, *, user: bool = False) -> float:
        """How long a request sent now would have to wait, leaving the queue aside."""
        return self._gates[group].delay_s(self._clock(), user=user)

    def pace_s(self, group: RateGroup) -> float:
        """From one request to the next, where work in the background spreads all it may send."""
        gate = self._gates[group]
        return (gate.window_s + _MARGIN_S) / gate.allowed(user=False)

    async def acquire(
        self, group: RateGroup, *, user: bool = False, max_wait_s: float = 120.0
    ) -> None:
        """Return when one request of `group` may be sent; the caller sends it at once.

        Requests of the user go first. Raises RateLimited, without having counted, as soon as
        it is clear that the wait would be longer than `max_wait_s`.
        """
        gate = self._gates[group]
        ticket = (not user, next(self._order))
        give_up_at = self._clock() + max_wait_s
        heapq.heappush(gate.queue, ticket)
        knows_of_others = self._penalties is None
        try:
            while True:
                now = self._clock()
                delay_s = gate.delay_s(now, user=user)
                is_next = gate.queue[0] == ticket
                if is_next and delay_s <= 0:
                    if knows_of_others:
                        gate.sent.append(now)
                        return
                    await self._heed_others(group)
                    knows_of_others = True
                    continue
                knows_of_others = self._penalties is None
                if now + delay_s > give_up_at:
                    raise RateLimited(retry_after_s=delay_s)
                if user or gate.penalty_until > now:
                    self._tell(group, now, delay_s)
                # Behind others there is nothing to measure: they wake us when they are done.
                await self._pause(gate, max(delay_s, 0.01) if is_next else give_up_at - now)
        finally:
            gate.queue.remove(ticket)
            heapq.heapify(gate.queue)
            gate.wake()
            self._tell_over(group, gate)

    def look_again(self) -> None:
        """The computer woke up: what was to be waited for may have passed meanwhile."""
        for gate in self._gates.values():
            gate.wake()

    def observe(self, group: RateGroup, headers: Mapping[str, str]) -> None:
        """Learn from an answer to a request of `group`; names and limits are the platform's."""
        gate = self._gates[_named(headers, group)]
        limit = _number(headers.get("X-Rate-Limit-Limit"))
        remaining = _number(headers.get("X-Rate-Limit-Remaining"))
        window_s = _number(headers.get("X-Rate-Limit-Window"))
        if limit:
            gate.limit = min(limit, _LARGEST_LIMIT)
        if window_s:
            gate.window_s = min(float(window_s), LONGEST_ASKED_S)
        if remaining is not None:
            # Other processes of this user draw from the same window.
            now = self._clock()
            unseen = gate.limit - remaining - len(gate.sent)
            gate.sent.extend([now] * max(unseen, 0))
        gate.wake()

    async def penalise(
        self, group: RateGroup, headers: Mapping[str, str], codes: Iterable[str] = ()
    ) -> float:
        """Close the gate after a 429 with RingCentral's `codes`; returns for how many seconds.

        Without rate headers it was the account's or the address's limit, which all groups
        share, unless a code says otherwise. Other processes know of it when this returns.
        """
        has_rate_headers = any(name.lower().startswith("x-rate-limit") for name in headers)
        wait_s = retry_after_header_s(headers)
        if wait_s is None:
            wait_s = _GROUP_PENALTY_S if has_rate_headers else _ACCOUNT_PENALTY_S
        is_own = has_rate_headers or not _LIMITS_OF_ONE_CALL.isdisjoint(codes)
        groups = {group, _named(headers, group)} if is_own else set(RateGroup)
        until = self._clock() + wait_s
        for each in groups:
            self._gates[each].penalise(until)
        if self._penalties is not None:
            await self._penalties.keep(groups, wait_s)
        return wait_s

    async def _heed_others(self, group: RateGroup) -> None:
        left_s = await self._penalties.left_s(group) if self._penalties is not None else 0.0
        if left_s > 0:
            self._gates[group].penalise(self._clock() + left_s)

    async def _pause(self, gate: _Gate, longest_s: float) -> None:
        """Until the gate changes, at most `longest_s`."""
        waits = {
            asyncio.ensure_future(gate.changed.wait()),
            asyncio.ensure_future(self._sleep(longest_s)),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _tell(self, group: RateGroup, now: float, delay_s: float) -> None:
        until = now + delay_s
        if delay_s >= _TELL_FROM_S and until > self._told_until.get(group, 0.0) + _TELL_FROM_S:
            self._told_until[group] = until
            self.waiting(group, delay_s)

    def _tell_over(self, group: RateGroup, gate: _Gate) -> None:
        is_waited_for = any(not is_background for is_background, _ in gate.queue)
        is_over = not gate.queue or (not is_waited_for and gate.penalty_until <= self._clock())
        if is_over and self._told_until.pop(group, None) is not None:
            self.waiting(group, 0.0)


def _named(headers: Mapping[str, str], asked: RateGroup) -> RateGroup:
    try:
        return RateGroup(headers.get("X-Rate-Limit-Group", asked).lower())
    except ValueError:
        return asked


def _number(value: str | None) -> int | None:
    if not value or len(value) > _MOST_DIGITS or not (value.isascii() and value.isdigit()):
        return None
    return int(value)
