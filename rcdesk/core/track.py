"""One call as its reports add up, whatever order they came in.

Reports of one source are kept in the order of their sequence, not of their arrival, and
what is known of the call is their fold in that order. So any permutation of the same
reports ends in the same call; a late report still tells that the call rang or was
connected, it just does not move the call back.
"""

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import datetime

import msgspec

from rcdesk.core.call import NOBODY, Call, CallState, Direction, Endpoint, Instant, Outcome
from rcdesk.core.events import LegReport, LogRecord, Termination
from rcdesk.core.presence import TelephonyStatus

_STATES = {
    TelephonyStatus.RINGING: CallState.RINGING,
    TelephonyStatus.CALL_CONNECTED: CallState.CONNECTED,
    TelephonyStatus.ON_HOLD: CallState.ON_HOLD,
    TelephonyStatus.PARKED_CALL: CallState.PARKED,
}
_KEPT_REPORTS = 32
_BEFORE_ALL = -1.0


class Heard(msgspec.Struct, frozen=True):
    """A report and when it arrived; `order` is its sequence, or a snapshot's place among them.

    Attributes:
        age_s: how long before it was told the call had begun, by the platform's clock alone;
            0 where that is not known.
    """

    order: float
    leg: LegReport
    at: datetime | None
    arrived: Instant
    age_s: float = 0.0


@dataclass(slots=True, eq=False)
class Facts:
    """What the reports of one source say, folded in their order.

    `live_state` is where the call was last heard of going on; `ends` says that it is over
    since.
    """

    last: Heard | None = None
    live_state: CallState | None = None
    ends: bool = False
    is_final: bool = False
    rang: bool = False
    connected: Heard | None = None
    caller: Endpoint = NOBODY
    callee: Endpoint = NOBODY
    queue: str | None = None
    telephony_session_id: str = ""
    started_at: datetime | None = None
    outcome: Outcome | None = None
    is_ringout: bool = False

    def take(self, heard: Heard) -> None:
        """Add one more report, which is the newest in order."""
        leg = heard.leg
        self.last = heard
        self._take_status(heard)
        # A blank erases nothing: events of 2015 end in `"to": ""`.
        self.caller = leg.caller.completed_by(self.caller)
        self.callee = leg.callee.completed_by(self.callee)
        self.queue = _queue(self.queue, leg.queue)
        self.telephony_session_id = leg.telephony_session_id or self.telephony_session_id
        self.started_at = leg.started_at or self.started_at
        self.outcome = leg.outcome or self.outcome
        self.is_ringout = self.is_ringout or leg.is_ringout

    def _take_status(self, heard: Heard) -> None:
        status, termination = heard.leg.status, heard.leg.termination
        state = _STATES.get(status)
        if state is not None:
            self.ends = False
        if state is CallState.RINGING:
            self.rang = True
            # Once connected, another device rings on; the call stays with the one that answered.
            if self.connected is None:
                self.live_state = state
        elif state is not None:
            self.live_state = state
            self.connected = self.connected or heard
        elif status is TelephonyStatus.NO_CALL and termination is not Termination.INTERMEDIATE:
            self.ends = True
            self.is_final = self.is_final or termination is Termination.FINAL


@dataclass(slots=True, eq=False)
class Source:
    """The reports one source (presence, telephony sessions) gave about a call.

    `facts` is `base`, what reports that are no longer kept said, and then each of `heard`.
    """

    base: Facts = field(default_factory=Facts)
    heard: list[Heard] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)

    @property
    def order(self) -> float:
        """The largest sequence heard."""
        return self.heard[-1].order if self.heard else _BEFORE_ALL

    def hear(self, heard: Heard) -> bool:
        """Take a report in; False when it says nothing that was not known."""
        if heard.order > self.order:
            self.heard.append(heard)
            self.facts.take(heard)
        elif any(known.order == heard.order and known.leg == heard.leg for known in self.heard):
            return False
        else:
            index = bisect_right(self.heard, heard.order, key=lambda known: known.order)
            self.heard.insert(index, heard)
            self._fold()
        if len(self.heard) > _KEPT_REPORTS:
            self.base.take(self.heard.pop(0))
        return True

    def forget_order(self) -> None:
        """Start sequences anew, keeping what is known."""
        self.base = replace(self.facts)
        self.heard.clear()

    def _fold(self) -> None:
        self.facts = replace(self.base)
        for heard in self.heard:
            self.facts.take(heard)


@dataclass(slots=True, eq=False)
class Track:
    """A call being followed.

    Attributes:
        newest: facts of the source that spoke last, by the platform's clock where it tells.
        older: facts of the other source; None while it said nothing.
        connected: the first report that it was connected.
        rang: some report, however late, said that it rang.
        extension_id: whose presence tells of it; None while none has.
        settles_at_s: monotonic time at which a bare NoCall, or its absence from a snapshot,
            becomes the end.
        is_missing: the platform stopped listing it without saying that it ended.
        twin_of: key of the RingOut whose second leg this is; such a track is never a call.
        twin: the second leg of this RingOut.
    """

    key: str
    session_id: str
    direction: Direction
    first_heard: Instant
    last_heard: Instant
    party_id: str = ""
    leg_ids: set[str] = field(default_factory=set)
    extension_id: str | None = None
    presence: Source = field(default_factory=Source)
    telephony: Source = field(default_factory=Source)
    settles_at_s: float | None = None
    ended_at: Instant | None = None
    is_missing: bool = False
    twin_of: str = ""
    twin: "Track | None" = None
    is_ringout: bool = False
    log: LogRecord | None = None
    said: Call | None = None
    newest: Facts = field(init=False)
    older: Facts | None = field(init=False, default=None)
    connected: Heard | None = field(init=False, default=None)
    rang: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.newest = self.presence.facts

    def hear(self, source: Source, heard: Heard) -> bool:
        """Take in what one of its two sources reports; False when it is nothing new."""
        if not source.hear(heard):
            return False
        self.last_heard = heard.arrived
        newest, older = self.telephony.facts, self.presence.facts
        if _is_older(newest, older):
            newest, older = older, newest
        self.newest, self.older = newest, older if older.last is not None else None
        self.connected = _first(self.presence.facts.connected, self.telephony.facts.connected)
        self.rang = self.presence.facts.rang or self.telephony.facts.rang
        return True

    @property
    def ends(self) -> bool:
        """Its newest report says that it is over, at once or after the transition time."""
        return self.is_final or self.newest.ends

    @property
    def is_final(self) -> bool:
        """A report said that it is over for good."""
        return self.presence.facts.is_final or self.telephony.facts.is_final

    @property
    def awaits_hint(self) -> bool:
        """Telephony sessions tell of this call too, and have yet to say how it ended."""
        telephony = self.telephony.facts
        return telephony.last is not None and not telephony.ends and self.connected is None

    def is_named_by(self, leg: LegReport) -> bool:
        """`leg` carries an id of this very call."""
        if leg.party_id and self.party_id:
            return leg.party_id == self.party_id
        return leg.leg_id in self.leg_ids

    def differs_from(self, leg: LegReport) -> bool:
        """`leg` is of another call, as far as ids tell."""
        if leg.party_id and self.party_id:
            return leg.party_id != self.party_id
        return bool(leg.leg_id and self.leg_ids) and leg.leg_id not in self.leg_ids

    def state(self) -> CallState | None:
        """Where the call is; None while nothing but an end was heard of it."""
        if self.ended_at is not None:
            return CallState.ENDED
        # While a bare NoCall waits to settle, the call is still where it was.
        state = self.newest.live_state
        if state is None or (state is CallState.RINGING and self.connected):
            state = CallState.CONNECTED if self.connected else state
        if state is None and self.rang:
            state = CallState.RINGING
        if state is CallState.CONNECTED and self.twin is not None:
            # Only the twin, which is the user's phone, is put on hold.
            is_held = self.twin.newest.live_state is CallState.ON_HOLD
            state = CallState.ON_HOLD if is_held else state
        return state

    def call(self) -> Call:
        """The call as it now stands."""
        newest, older, record = self.newest, self.older, self.log
        caller, callee, queue = newest.caller, newest.callee, newest.queue
        started_at = newest.started_at
        if older is not None:
            started_at = started_at or older.started_at
            caller = caller.completed_by(older.caller)
            callee = callee.completed_by(older.callee)
            queue = _queue(older.queue, queue)
        if record is not None:
            caller = caller.completed_by(record.caller)
            callee = callee.completed_by(record.callee)
            queue = _queue(record.queue, queue)
        ended = self.ended_at is not None
        return Call(
            key=self.key,
            session_id=self.session_id,
            direction=self.direction,
            state=self.state() or CallState.ENDED,
            caller=caller,
            callee=callee,
            telephony_session_id=newest.telephony_session_id,
            party_id=self.party_id,
            queue=queue,
            started_at=started_at or (record.started_at if record else None),
            heard_at=self.first_heard,
            connected_at=self._connected_at(),
            ended_at=self.ended_at,
            outcome=self._outcome() if ended else None,
            duration_s=self._duration_s() if ended else None,
            is_ringout=self.is_ringout or newest.is_ringout,
        )

    def _connected_at(self) -> Instant | None:
        connected = self.connected
        if connected is None:
            return None
        began = connected.leg.started_at
        found_running = not self.rang and connected.arrived == self.first_heard
        if found_running and began is not None:
            # Found already talking (rcdesk started in the middle of it): the start of the
            # call is the closest the platform tells.
            return Instant(began, connected.arrived.monotonic_s - connected.age_s)
        return connected.arrived

    def _outcome(self) -> Outcome:
        if self.log is not None and self.log.outcome is not None:
            return self.log.outcome
        if self.connected:
            # The first leg of a RingOut answering says nothing about the callee.
            is_ringout = self.is_ringout or self.newest.is_ringout
            return Outcome.UNKNOWN if is_ringout else Outcome.ANSWERED
        hints = (self.telephony.facts.outcome, self.presence.facts.outcome)
        hint = next((hint for hint in hints if hint is not None), None)
        if hint is not None:
            return hint
        return Outcome.MISSED if self.direction is Direction.INBOUND else Outcome.CANCELLED

    def _duration_s(self) -> float:
        if self.log is not None and self.log.outcome is not None:
            return self.log.duration_s
        connected, ended = self.connected, self.newest.last
        if connected is None or self.ended_at is None:
            return 0.0
        if connected.at is not None and ended is not None and ended.at is not None:
            return max(0.0, (ended.at - connected.at).total_seconds())
        began = self._connected_at() or connected.arrived
        return max(0.0, self.ended_at.monotonic_s - began.monotonic_s)


def _queue(known: str | None, said: str | None) -> str | None:
    """A name beats knowing only that there is a queue, which beats not knowing."""
    return said or (known if said is None else known or "")


def _first(one: Heard | None, other: Heard | None) -> Heard | None:
    if one is None or other is None:
        return one or other
    return min(one, other, key=lambda heard: heard.at or heard.arrived.utc)


def _is_older(facts: Facts, other: Facts) -> bool:
    if facts.last is None or other.last is None:
        return facts.last is None
    if facts.last.at is not None and other.last.at is not None:
        return facts.last.at < other.last.at
    return facts.last.arrived.monotonic_s < other.last.arrived.monotonic_s
