"""Placing calls: RingOut, or handing the number to another program."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rcdesk.core.call import CallChange, ChangeKind
from rcdesk.core.errors import BadInput, PlatformError, Refused, SignedOut, Unreachable
from rcdesk.core.numbers import Interpretation, e164, interpret
from rcdesk.core.ringout import RingOut, RingOutState
from rcdesk.ringcentral import ring_out
from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.ringcentral.extension import list_forwarding_numbers, list_phone_numbers
from rcdesk.ringcentral.platform import Platform
from rcdesk.services.calls import CallService
from rcdesk.services.listeners import Listeners
from rcdesk.services.tasks import Tasks
from rcdesk.system.uris import open_uri, rcmobile_uri, tel_uri

_log = logging.getLogger(__name__)

FIRST_POLL_S = 2.5
"""RingCentral asks for 2.5 to 3 s, growing (brief, "Polling Outbound Call Status")."""

_POLL_GROWTH = 1.15
_SLOWEST_POLL_S = 10.0
_LONGEST_FOLLOWED_S = 300.0
# Active-calls lags 3 to 10 s behind.
_SETTLE_DELAYS_S = (0.0, 3.0, 4.0, 5.0)
_CLOCK_SLACK = timedelta(minutes=1)
_DIRECT_USAGE = frozenset({"DirectNumber"})


class DialVia(StrEnum):
    """Who places the call."""

    RINGOUT = "ringout"
    APP = "app"
    TEL = "tel"


@dataclass(frozen=True, slots=True)
class FromNumber:
    """A phone that RingOut can ring first."""

    number: str
    label: str = ""


class DialService:
    """Dials, never by itself: each call is one that the user just asked for."""

    def __init__(
        self,
        platform: Platform,
        calls: CallService,
        tasks: Tasks,
        *,
        clock: Clock = instant_now,
    ) -> None:
        self.changed: Listeners[RingOut] = Listeners()
        self.from_numbers: tuple[FromNumber, ...] = ()
        self._platform = platform
        self._calls = calls
        self._tasks = tasks
        self._clock = clock
        self._following: dict[str, asyncio.Task[None]] = {}
        self._moved = asyncio.Event()
        calls.changed.subscribe(self._call_changed)

    async def load_from_numbers(self) -> tuple[FromNumber, ...]:
        """The user's phones and direct numbers; raises PlatformError or SignedOut."""
        phones = await list_forwarding_numbers(self._platform.http, user=True)
        numbers = await list_phone_numbers(self._platform.http, user=True)
        found = {phone.number: FromNumber(phone.number, phone.label) for phone in phones}
        for number in numbers:
            if number.usage_type in _DIRECT_USAGE:
                label = number.label or "Direct number"
                found.setdefault(number.number, FromNumber(number.number, label))
        self.from_numbers = tuple(found.values())
        return self.from_numbers

    def read(self, text: str, region: str) -> Interpretation:
        """The number in `text`.

        Raises:
            BadInput: there is none that may be dialed; the sentence says why.
        """
        number = interpret(text, region)
        if not number.e164:
            raise BadInput(number.problem or "Enter a number to call.")
        return number

    async def hand_over(self, text: str, region: str, via: DialVia) -> None:
        """Let the RingCentral app or the program for `tel:` links call the number.

        Raises:
            BadInput: no number, or none that may be dialed.
            StorageTrouble: no program takes such links.
        """
        number = self.read(text, region)
        await open_uri((rcmobile_uri if via is DialVia.APP else tel_uri)(number.e164))

    async def ring_out(
        self,
        text: str,
        region: str,
        *,
        from_text: str = "",
        caller_id: str = "",
        prompt: bool = False,
    ) -> RingOut:
        """Place a RingOut; `changed` tells of it until it has ended.

        Without `from_text` the first of the user's phones is rung.

        Raises:
            BadInput: a number is none, may not be dialed, or there is no phone to ring first.
            PlatformError, SignedOut: the platform did not place it.
        """
        to_number = self.read(text, region).e164
        from_number = await self._from(from_text, region)
        own_id = self.read(caller_id, region).e164 if caller_id else None
        if from_number == to_number:
            raise BadInput("RingOut would ring the same phone twice: choose another one to call.")
        self._calls.expect_ringout(from_number, to_number)
        placed = await ring_out.place(
            self._platform.http, from_number, to_number, own_id, prompt=prompt
        )
        self.changed.tell(placed)
        self.follow(placed)
        return placed

    def follow(self, placed: RingOut) -> asyncio.Task[None]:
        """Poll a RingOut until it has ended, telling `changed` of each step."""
        task = self._tasks.start(self._follow(placed), "RingOut")
        self._following[placed.id] = task
        task.add_done_callback(lambda _done: self._following.pop(placed.id, None))
        return task

    async def followed(self, placed: RingOut) -> None:
        """Return once `placed` is followed no longer: it has ended, or cannot be asked about."""
        following = self._following.get(placed.id)
        if following is not None:
            await asyncio.wait({following})

    async def status(self, ring_out_id: str) -> RingOut:
        """How a RingOut stands; raises PlatformError or SignedOut."""
        return await ring_out.poll(self._platform.http, RingOut(ring_out_id, "", ""))

    async def cancel(self, placed: RingOut) -> RingOut:
        """Cancel, then look: the guide contradicts itself on how long cancelling works.

        Raises:
            Refused: the call is past cancelling, whatever the platform answered.
            PlatformError, SignedOut: the platform could not be asked.
        """
        following = self._following.get(placed.id)
        cancelled = await ring_out.cancel(self._platform.http, placed)
        if cancelled.was_cancelled and await self._goes_on(placed):
            raise Refused("RingCentral took the cancelling, but the call goes on.")
        if following is not None:
            following.cancel()
        self.changed.tell(cancelled)
        return cancelled

    async def _goes_on(self, cancelled: RingOut) -> bool:
        try:
            latest = await ring_out.poll(self._platform.http, cancelled)
        except (PlatformError, SignedOut):
            return False
        return latest.state is RingOutState.CONNECTED and not latest.is_gone

    async def _from(self, from_text: str, region: str) -> str:
        if from_text:
            return self.read(from_text, region).e164
        numbers = self.from_numbers or await self.load_from_numbers()
        if not numbers:
            raise BadInput("Choose the phone that RingOut shall ring first.")
        return e164(numbers[0].number, region)

    async def _follow(self, placed: RingOut) -> None:
        loop = asyncio.get_running_loop()
        since = self._clock().utc - _CLOCK_SLACK
        delay_s, until_s = FIRST_POLL_S, loop.time() + _LONGEST_FOLLOWED_S
        while placed.is_in_progress and loop.time() < until_s:
            await self._next_poll(delay_s)
            delay_s = min(delay_s * _POLL_GROWTH, _SLOWEST_POLL_S)
            try:
                latest = await ring_out.poll(self._platform.http, placed)
            except Unreachable as error:
                _log.warning("RingOut could not be followed for now: %s", error)
                continue
            except (PlatformError, SignedOut) as error:
                _log.warning("RingOut is followed no longer: %s", error)
                return
            if latest.is_gone:
                latest = await self._settled(latest, since)
            if latest != placed:
                placed = latest
                self.changed.tell(placed)

    async def _settled(self, closed: RingOut, since: datetime) -> RingOut:
        """Find out, as far as possible, how one ended that somebody else may have cancelled."""
        for delay_s in _SETTLE_DELAYS_S:
            await asyncio.sleep(delay_s)
            try:
                settled = await ring_out.settle(self._platform.http, closed, since)
            except (PlatformError, SignedOut) as error:
                _log.warning("How the RingOut ended could not be found out: %s", error)
                return closed
            if settled.state is not RingOutState.GONE:
                return settled
        return closed

    async def _next_poll(self, delay_s: float) -> None:
        """Wait `delay_s`, or until presence tells that a leg of the RingOut has moved on."""
        with suppress(TimeoutError):
            async with asyncio.timeout(delay_s):
                await self._moved.wait()
        self._moved.clear()

    def _call_changed(self, change: CallChange) -> None:
        if change.call.is_ringout and change.kind is not ChangeKind.UPDATED:
            self._moved.set()
