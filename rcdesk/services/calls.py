"""The calls of the user's extension, live."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from rcdesk.core.abilities import NEEDS, Ability
from rcdesk.core.call import Call, CallChange, ChangeKind, Direction
from rcdesk.core.calls import CallTracker
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.errors import RcdeskError
from rcdesk.core.events import (
    ContinuityLost,
    CoreEvent,
    LogReport,
    RingOutPlaced,
    TimePassed,
)
from rcdesk.core.presence import Presence
from rcdesk.ringcentral.call_log import list_active_calls
from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.ringcentral.events import Notification
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.presence import get_presence
from rcdesk.services.catch_up import CatchUp
from rcdesk.services.listeners import Listeners
from rcdesk.services.places import Places
from rcdesk.services.tasks import Debounce, Tasks
from rcdesk.system.wakeups import watch_wakeups

if TYPE_CHECKING:
    from rcdesk.ringcentral.gateway import Gateway

_log = logging.getLogger(__name__)

PRESENCE_FILTER = "/restapi/v1.0/account/~/extension/~/presence?detailedTelephonyState=true"
TELEPHONY_FILTER = "/restapi/v1.0/account/~/extension/~/telephony/sessions"
"""Tells more about how a call ended; only for apps that RingCentral granted CallControl."""
_MOST_UNPLACED = 50
_ACTIVE_CALLS_PATIENCE_S = 3.0
_ENDED = (ConnectionState.SIGNED_OUT, ConnectionState.OFFLINE)
_CATCHING_UP = (ConnectionState.CONNECTING, ConnectionState.SYNCING)
RECONCILE_S = 240.0
"""RingCentral advises two to five minutes (brief, "Call Information During Call")."""


class CallService:
    """Feeds the call tracker from the gateway and from snapshots, and tells what changed."""

    def __init__(
        self,
        platform: Platform,
        tasks: Tasks,
        *,
        places: Places | None = None,
        region: Callable[[], str] = lambda: "US",
        clock: Clock = instant_now,
        watch_wakeups: Callable[[Callable[[str], None]], Coroutine[None, None, None]] = (
            watch_wakeups
        ),
    ) -> None:
        self.changed: Listeners[CallChange] = Listeners()
        self.presence_changed: Listeners[Presence] = Listeners()
        self.connection_changed: Listeners[Connection] = Listeners()
        self.log_seen: Listeners[LogReport] = Listeners()
        self.connection = Connection(ConnectionState.OFFLINE)
        self._platform = platform
        self._tracker = CallTracker()
        self._tasks = tasks
        self._places = places
        self._region = region
        self._clock = clock
        self._watch_wakeups = watch_wakeups
        self._gateway: Gateway | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._unplaced: dict[str, Call] = {}
        self._catch_up = CatchUp(lambda: self._tracker.settling)
        self._snapshot = Debounce(
            tasks, self._take_snapshot, delay_s=2, longest_s=4, name="presence snapshot"
        )
        if places is not None:
            places.found.subscribe(self._place_found)

    @property
    def calls(self) -> list[Call]:
        """The calls going on, oldest first."""
        return [self._placed(call) for call in self._tracker.calls]

    @property
    def presence(self) -> Presence:
        """The user's presence as last heard."""
        return self._tracker.presence

    async def run(self) -> None:
        """Stay connected until cancelled, the session has ended or live events are forbidden.

        `connection` says which: signed out, or offline for a reason.
        """
        scopes = self._platform.session.granted_scopes
        controls = not scopes.isdisjoint(NEEDS[Ability.CALL_CONTROL].scopes)
        telephony = (TELEPHONY_FILTER,) if controls else ()
        gateway = self._platform.gateway(
            (PRESENCE_FILTER, *telephony),
            sync=self._sync,
            deliver=self._deliver,
            state_changed=self._set_connection,
        )
        self._gateway = gateway
        reconcile = self._tasks.start(self._reconcile(), "reconcile")
        wakeups = self._tasks.start(self._watch_wakeups(self._woken), "wakeups")
        try:
            await gateway.run()
        finally:
            reconcile.cancel()
            wakeups.cancel()
            self._gateway = None
            self._snapshot.cancel()
            if self.connection.state not in _ENDED:
                self._set_connection(Connection(ConnectionState.OFFLINE))

    def nudge(self) -> None:
        """Reconnect at once, or prove the connection alive; what waits looks at the clock again."""
        self._platform.limits.look_again()
        if self._gateway is not None:
            self._gateway.nudge()

    def _woken(self, sign: str) -> None:
        _log.info("The connection is looked after: %s", sign)
        self.nudge()

    def expect_ringout(self, from_number: str, to_number: str) -> None:
        """A RingOut is about to be placed: its first leg is no incoming call."""
        self._apply(RingOutPlaced(from_number, to_number))

    def correct(self, report: LogReport) -> None:
        """Correct calls by what active-calls or the call log say of them."""
        self._apply(report)

    def forget(self) -> None:
        """Start from nothing: another user may sign in."""
        self._tracker = CallTracker()
        self._unplaced.clear()
        self._schedule()
        self.presence_changed.tell(self._tracker.presence)

    async def _sync(self, recovered: bool) -> None:
        """Fetch what was missed; the gateway holds events back meanwhile (no gap).

        Raises PlatformError or SignedOut where presence cannot be had; the gateway asks again.
        """
        self._catch_up.begin()
        if not recovered:
            self._apply(ContinuityLost())
        # The user waits for the calls: reading old ones in must not take the requests for it.
        active_calls = self._tasks.start(self._take_active_calls(user=True), "active calls")
        self._apply(await get_presence(self._platform.http, asked_at=self._clock()))
        # Their rate group may be exhausted, and presence has the calls that go on.
        await asyncio.wait({active_calls}, timeout=_ACTIVE_CALLS_PATIENCE_S)

    def _deliver(self, notification: Notification) -> None:
        if notification.core_event is not None:
            self._apply(notification.core_event)

    def _apply(self, event: CoreEvent) -> None:
        before = self._tracker.presence
        changes = self._tracker.apply(event, self._clock())
        self._tell(self._catch_up.passed(changes))
        if self._tracker.presence != before:
            self.presence_changed.tell(self._tracker.presence)
        if self._tracker.wants_snapshot and self._gateway is not None:
            self._snapshot.ask()
        self._schedule()

    def _tell(self, changes: Iterable[CallChange]) -> None:
        for change in changes:
            self.changed.tell(change._replace(call=self._placed(change.call)))

    def _schedule(self) -> None:
        """Come back when the tracker has something to settle."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due_s = self._tracker.due_s
        if due_s is not None:
            delay_s = max(0.0, due_s - self._clock().monotonic_s)
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(delay_s, self._apply, TimePassed())

    async def _take_snapshot(self) -> None:
        try:
            self._apply(await get_presence(self._platform.http, asked_at=self._clock()))
        except RcdeskError as error:
            _log.warning("No presence snapshot: %s", error)

    async def _take_active_calls(self, *, user: bool = False) -> None:
        if not self._platform.http.abilities.has(Ability.CALL_LOG):
            return
        try:
            report = await list_active_calls(self._platform.http, user=user)
        except RcdeskError as error:
            _log.warning("No active calls: %s", error)
            return
        self._apply(report)
        self.log_seen.tell(report)

    async def _reconcile(self) -> None:
        while True:
            await asyncio.sleep(RECONCILE_S)
            if self.connection.state is ConnectionState.ONLINE:
                await self._take_snapshot()
                await self._take_active_calls()

    def _set_connection(self, connection: Connection) -> None:
        if connection == self.connection:
            return
        self.connection = connection
        if connection.reason or connection.state not in _CATCHING_UP:
            self._tell(self._catch_up.end())
        self.connection_changed.tell(connection)

    def _placed(self, call: Call) -> Call:
        """The call with the other end's place, where the platform told none."""
        # What is kept is the newest state or nothing: an old one would bring a call back to life.
        self._unplaced.pop(call.key, None)
        if self._places is None or call.other.location:
            return call
        place = self._places.of(call.other.number, self._region())
        if not place:
            self._unplaced[call.key] = call
            if len(self._unplaced) > _MOST_UNPLACED:
                del self._unplaced[next(iter(self._unplaced))]
            return call
        other = msgspec.structs.replace(call.other, location=place)
        inbound = call.direction is Direction.INBOUND
        return replace(call, caller=other) if inbound else replace(call, callee=other)

    def _place_found(self, number: str) -> None:
        """Tell it of every call with that number, the ended ones too: a lookup takes seconds."""
        waiting = [call for call in self._unplaced.values() if call.other.number == number]
        for call in waiting:
            self.changed.tell(CallChange(ChangeKind.UPDATED, self._placed(call)))
