"""The call tracker: from the platform's reports to what happens to each call.

Pure: no clock, no I/O. Every rule is from the platform reference, section 6, or from the
2015 brief it cites; tests/core/test_calls.py has a table for each.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from math import floor

from rcdesk.core.call import Call, CallChange, CallState, ChangeKind, Direction, Instant, Outcome
from rcdesk.core.events import (
    ContinuityLost,
    CoreEvent,
    LegReport,
    LogRecord,
    LogReport,
    PresenceReport,
    RingOutPlaced,
    SessionReport,
    TimePassed,
)
from rcdesk.core.presence import Presence, TelephonyStatus
from rcdesk.core.track import Heard, Track
from rcdesk.core.twins import is_own, is_twin

TRANSITION_S = 2.0
"""How long a bare NoCall may be followed by Ringing or CallConnected on the same session."""

HINT_S = 0.5
"""How long an unanswered call that presence says is over waits for its telephony event, which
follows at once and alone tells rejected, voicemail and answered elsewhere from missed."""

RINGOUT_S = 15.0
"""How long after placing a RingOut its legs may appear. Short, because an inbound call between
the same numbers is taken for its first leg meanwhile, and the callee may well call back."""

_KEPT_ENDED = 100
_SEQUENCE_WRAP = 2**31

_STRONGEST_FIRST = (
    (CallState.RINGING, TelephonyStatus.RINGING),
    (CallState.CONNECTED, TelephonyStatus.CALL_CONNECTED),
    (CallState.ON_HOLD, TelephonyStatus.ON_HOLD),
    (CallState.PARKED, TelephonyStatus.PARKED_CALL),
)
_LIVE = frozenset(telephony for _state, telephony in _STRONGEST_FIRST)
_KINDS = {
    CallState.CONNECTED: ChangeKind.CONNECTED,
    CallState.ON_HOLD: ChangeKind.ON_HOLD,
    CallState.PARKED: ChangeKind.PARKED,
    CallState.ENDED: ChangeKind.ENDED,
}


class CallTracker:
    """Follows every call of one extension.

    Attributes:
        presence: the extension's presence, `telephony` aggregated over its calls.
        wants_snapshot: something can only be settled by asking the platform for presence;
            the next snapshot clears it.
    """

    def __init__(self) -> None:
        self.presence = Presence()
        self.wants_snapshot = False
        self._tracks: dict[str, Track] = {}
        self._open: dict[str, Track] = {}
        self._by_session: dict[str, list[Track]] = {}
        self._sequences: dict[str, int] = {}
        self._lists_calls = False
        self._placed: list[tuple[RingOutPlaced, float]] = []

    @property
    def calls(self) -> list[Call]:
        """The calls going on, oldest first."""
        return [track.said for track in self._open.values() if track.said and not track.twin_of]

    @property
    def settling(self) -> frozenset[str]:
        """Keys of calls of which it is not sure yet whether they still go on."""
        return frozenset(
            track.key for track in self._open.values() if track.settles_at_s is not None
        )

    @property
    def due_s(self) -> float | None:
        """Monotonic time at which to apply `TimePassed`; None when nothing waits."""
        return min(
            (track.settles_at_s for track in self._open.values() if track.settles_at_s is not None),
            default=None,
        )

    def apply(self, event: CoreEvent, now: Instant) -> list[CallChange]:
        """Take one event in; the changes are in the order in which they happened."""
        touched: list[Track] = []
        match event:
            case PresenceReport():
                touched = self._apply_presence(event, now)
            case SessionReport():
                touched = self._hear(event.leg, event, now)
            case LogReport(records):
                touched = [track for record in records for track in self._apply_log(record, now)]
            case RingOutPlaced():
                self._placed.append((event, now.monotonic_s + RINGOUT_S))
            case ContinuityLost():
                self._forget_sequences()
            case TimePassed():
                pass
        touched += self._settle(now)
        changes = [
            change for track in dict.fromkeys(touched) for change in self._announce(track, now)
        ]
        self._aggregate()
        self._prune()
        return changes

    def _apply_presence(self, report: PresenceReport, now: Instant) -> list[Track]:
        is_fresh = self._take_sequence(report)
        if is_fresh:
            self._take_body(report)
        if report.legs is None:
            return []
        self._lists_calls = True
        touched: list[Track] = []
        # Outbound first: an inbound twin is then known for what it is before it could ring.
        for leg in sorted(report.legs, key=lambda leg: leg.direction is Direction.INBOUND):
            touched += self._hear(leg, report, now)
        if is_fresh:
            touched += self._miss(report, now)
        return touched

    def _take_sequence(self, report: PresenceReport) -> bool:
        """Whether a body is news for its extension as a whole."""
        sequence = report.sequence
        if sequence is None:
            return True
        largest = self._sequences.get(report.extension_id, sequence)
        if largest - sequence > _SEQUENCE_WRAP:
            self._forget_sequences()
        elif sequence < largest:
            return False
        self._sequences[report.extension_id] = sequence
        return True

    def _take_body(self, report: PresenceReport) -> None:
        known = self.presence
        self.presence = Presence(
            presence=report.presence or known.presence,
            user=report.user or known.user,
            dnd=report.dnd or known.dnd,
            telephony=report.telephony or known.telephony,
        )

    def _hear(
        self, leg: LegReport, report: PresenceReport | SessionReport, now: Instant
    ) -> list[Track]:
        track = self._find(leg, report.at)
        if track is None:
            if leg.status is TelephonyStatus.UNKNOWN:
                return []
            track = self._start(leg, now)
        elif _is_outdated(report, track):
            return []
        source = track.telephony if isinstance(report, SessionReport) else track.presence
        order = floor(source.order) + 0.5 if report.sequence is None else float(report.sequence)
        if not track.hear(source, Heard(order, leg, report.at, now, _age_s(leg, report))):
            return []
        if isinstance(report, PresenceReport):
            track.extension_id = report.extension_id
        track.party_id = track.party_id or leg.party_id
        if leg.leg_id:
            track.leg_ids.add(leg.leg_id)
        track.is_missing = False
        self._time_end(track, now)
        if self._placed or len(self._open) > 1:
            self._match_ringout(track, now)
        return [track]

    def _find(self, leg: LegReport, at: datetime | None) -> Track | None:
        """The call a leg belongs to: by its ids, else by direction within the session."""
        tracks = self._by_session.get(leg.session_id, [])
        for track in tracks:
            if track.is_named_by(leg):
                return track
        for track in reversed(tracks):
            if leg.direction not in (None, track.direction):
                continue
            if not track.differs_from(leg):
                return track
            if leg.status in _LIVE and _is_in_transition(track, at):
                # The next device of the same call rings, as a party of its own.
                track.party_id = leg.party_id
                return track
        return None

    def _start(self, leg: LegReport, now: Instant) -> Track:
        direction = leg.direction or Direction.INBOUND
        tracks = self._by_session.setdefault(leg.session_id, [])
        key = leg.session_id
        if key in self._tracks:
            key = f"{leg.session_id}/{leg.party_id or leg.leg_id or direction}"
        while key in self._tracks:
            # A party's call has gone on as another party, and now the first one is back.
            key += "+"
        track = Track(key, leg.session_id, direction, now, now, leg.party_id)
        tracks.append(track)
        self._tracks[key] = self._open[key] = track
        return track

    def _time_end(self, track: Track, now: Instant) -> None:
        if track.ended_at is not None:
            return
        if not track.ends:
            track.settles_at_s = None
        elif track.is_final:
            due_s = now.monotonic_s + (HINT_S if track.awaits_hint else 0.0)
            track.settles_at_s = min(track.settles_at_s or due_s, due_s)
        elif track.settles_at_s is None:
            track.settles_at_s = now.monotonic_s + TRANSITION_S

    def _match_ringout(self, track: Track, now: Instant) -> None:
        self._placed = [placed for placed in self._placed if placed[1] > now.monotonic_s]
        own = next((placed for placed in self._placed if is_own(track, placed[0])), None)
        if track.direction is Direction.OUTBOUND:
            if own is not None:
                track.is_ringout = True
                self._placed.remove(own)
            for other in self._open.values():
                if not other.twin_of and is_twin(other, track):
                    _pair(other, track)
        elif not track.twin_of:
            outbound = next((it for it in self._open.values() if is_twin(track, it)), None)
            if outbound is not None:
                _pair(track, outbound)
            elif own is not None:
                track.twin_of = track.key

    def _miss(self, report: PresenceReport, now: Instant) -> list[Track]:
        """Look for calls that the report should list and does not."""
        legs = report.legs or ()
        if (report.total_active_calls or 0) > len(legs):
            # The list is capped at seven: what is absent may well go on.
            self.wants_snapshot = report.sequence is not None
            return []
        listed = {leg.session_id for leg in legs}
        touched = []
        for track in self._open.values():
            if track.session_id in listed or track.ends:
                continue
            if track.extension_id != report.extension_id:
                # Also None, for a call that only telephony sessions told of.
                continue
            if report.sequence is not None:
                track.is_missing = True
                self.wants_snapshot = True
            elif not _is_outdated(report, track):
                track.settles_at_s = track.settles_at_s or now.monotonic_s + TRANSITION_S
                touched.append(track)
        if report.sequence is None:
            self.wants_snapshot = False
        return touched

    def _apply_log(self, record: LogRecord, now: Instant) -> Iterator[Track]:
        for track in self._by_session.get(record.session_id, []):
            if record.direction not in (None, track.direction) and not track.is_ringout:
                continue
            if record.outcome is None and track.log is not None:
                continue
            track.log = record
            if record.outcome is not None and track.ended_at is None and not track.ends:
                # The log is late, never early: this call has ended without our hearing of it,
                # unless it is the record of a leg that another leg follows.
                self.wants_snapshot = True
                if track.is_missing:
                    track.settles_at_s = now.monotonic_s
            yield track

    def _settle(self, now: Instant) -> list[Track]:
        settled = [
            track
            for track in self._open.values()
            if track.settles_at_s is not None and track.settles_at_s <= now.monotonic_s
        ]
        for track in settled:
            track.ended_at, track.settles_at_s = now, None
            del self._open[track.key]
        return settled

    def _announce(self, track: Track, now: Instant) -> list[CallChange]:
        if track.twin_of:
            return self._retract(track, now)
        said = track.said
        if said is None and track.settles_at_s is not None:
            # Nothing but its end is known for sure; what else it was is told with the end.
            return []
        if not (track.rang or track.connected):
            return []
        call = track.call()
        if said == call:
            return []
        track.said = call
        return [CallChange(kind, call) for kind in _steps(said, call)]

    def _retract(self, track: Track, now: Instant) -> list[CallChange]:
        """A call that was announced and turns out to be a RingOut's twin ends quietly."""
        changes = []
        if track.said is not None and track.said.is_live:
            gone = replace(track.call(), state=CallState.ENDED, ended_at=now, duration_s=0.0)
            track.said = replace(gone, outcome=Outcome.UNKNOWN)
            changes.append(CallChange(ChangeKind.ENDED, track.said))
        outbound = self._tracks.get(track.twin_of)
        if outbound is not None and outbound is not track:
            changes += self._announce(outbound, now)
        return changes

    def _aggregate(self) -> None:
        """Fold the calls into one telephonyStatus, unless presence came without any calls."""
        if not self._lists_calls:
            return
        states = {call.state for call in self.calls}
        live = (telephony for state, telephony in _STRONGEST_FIRST if state in states)
        telephony = next(live, TelephonyStatus.NO_CALL)
        if telephony is not self.presence.telephony:
            self.presence = replace(self.presence, telephony=telephony)

    def _forget_sequences(self) -> None:
        self._sequences.clear()
        for track in self._tracks.values():
            track.presence.forget_order()
            track.telephony.forget_order()

    def _prune(self) -> None:
        excess = len(self._tracks) - _KEPT_ENDED
        if excess <= 0:
            return
        ended = (track for track in self._tracks.values() if track.ended_at)
        for track in list(islice(ended, excess)):
            del self._tracks[track.key]
            siblings = self._by_session[track.session_id]
            siblings.remove(track)
            if not siblings:
                del self._by_session[track.session_id]


def _steps(said: Call | None, call: Call) -> list[ChangeKind]:
    """From what was said to where the call is, each life stage included."""
    if said is not None and not said.is_live:
        return [ChangeKind.UPDATED]
    steps = [ChangeKind.RINGING] if said is None else []
    before = said.state if said is not None else CallState.RINGING
    was_connected = said is not None and said.connected_at is not None
    if call.connected_at and not was_connected and call.state is not CallState.CONNECTED:
        steps.append(ChangeKind.CONNECTED)
    if call.state is not before:
        if call.state in _KINDS:
            steps.append(_KINDS[call.state])
    elif said is not None:
        steps.append(ChangeKind.UPDATED)
    return steps


def _is_in_transition(track: Track, at: datetime | None) -> bool:
    """Whether the call has only just shown a bare NoCall, by the platform's clock if it tells."""
    if track.settles_at_s is None:
        return False
    last = track.newest.last
    if at is None or last is None or last.at is None:
        return True
    return abs((at - last.at).total_seconds()) <= TRANSITION_S


def _age_s(leg: LegReport, report: PresenceReport | SessionReport) -> float:
    """See `Heard.age_s`; this computer's clock may be wrong by hours."""
    told_at = report.at
    if told_at is None and isinstance(report, PresenceReport):
        told_at = report.answered_at
    if told_at is None or leg.started_at is None:
        return 0.0
    return max(0.0, (told_at - leg.started_at).total_seconds())


def _is_outdated(report: PresenceReport | SessionReport, track: Track) -> bool:
    """Whether a snapshot was asked for before the call was last heard of."""
    asked_at = report.asked_at if isinstance(report, PresenceReport) else None
    return asked_at is not None and track.last_heard.monotonic_s > asked_at.monotonic_s


def _pair(inbound: Track, outbound: Track) -> None:
    inbound.twin_of, outbound.twin, outbound.is_ringout = outbound.key, inbound, True
