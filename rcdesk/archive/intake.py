"""Calls taken in many at a time: matched with those that are there, merged, then written."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import msgspec
from msgspec.structs import replace

from rcdesk.archive import annotations, unresolved
from rcdesk.archive.parties import Parties
from rcdesk.archive.rows import CALL, JOINED, entry_of, legs_of, ms_of
from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.events import LogLeg
from rcdesk.core.history import HistoryEntry, entry_key, is_twin, merged

# So far apart are the session ids of a RingOut's legs (rcdesk.core.twins).
_TWIN_DISTANCES = tuple(sign * step for sign in (1, -1) for step in (1000, 2000, 3000, 4000))
_LONGEST_TWIN_ID = 30

# Joined, not by IN, which would first make an index of what is wanted.
_KNOWN = f"""
SELECT {CALL}, call.id, ring_ms, is_resolved, call.person_id FROM {JOINED} WHERE call.id IN (
    SELECT call.id FROM json_each(?1) AS wanted CROSS JOIN call ON session_id = wanted.value
    UNION ALL
    SELECT call.id FROM json_each(?2) AS wanted CROSS JOIN call
    ON telephony_session_id = wanted.value AND telephony_session_id <> ''
) ORDER BY call.id
"""  # noqa: S608 - own words
_REMOVED = """
SELECT session_id, is_inbound FROM json_each(?) AS wanted CROSS JOIN removed
ON session_id = wanted.value
"""
_COLUMNS = (
    "session_id", "is_inbound", "telephony_session_id", "record_id", "started_ms", "duration_ms",
    "ring_ms", "outcome", "other_id", "own_id", "person_id", "queue", "type", "result", "action",
    "reason", "recording_id", "message_id", "is_too_short", "is_final", "is_open", "is_resolved",
    "id",
)  # fmt: skip
_PLACES = ", ".join("?" * len(_COLUMNS))
_INSERT = f"INSERT INTO call ({', '.join(_COLUMNS)}) VALUES ({_PLACES})"  # noqa: S608 - own words
_UPDATE = f"UPDATE call SET {' = ?, '.join(_COLUMNS[:-1])} = ? WHERE id = ?"  # noqa: S608 - same
_INSERT_LEG = "INSERT INTO leg VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_MOVE_LEGS = """
UPDATE leg SET call_id = :heir
WHERE call_id = :gone AND NOT EXISTS (SELECT 1 FROM leg WHERE call_id = :heir)
"""


class Said(msgspec.Struct, frozen=True, gc=False):
    """What one source says of a call that has ended; its text can be stored (rows.plain_entry)."""

    entry: HistoryEntry
    legs: tuple[LogLeg, ...] = ()
    ring_ms: int | None = None


@dataclass(slots=True, eq=False)
class _Call:
    """A call as it is going to be; `stored` is what its row `id` says, None without one.

    `legs` are None where nothing was said of them, so that those of the row hold.
    """

    entry: HistoryEntry
    ring_ms: int | None = None
    is_resolved: bool = False
    legs: tuple[LogLeg, ...] | None = None
    id: int | None = None
    stored: HistoryEntry | None = None
    stored_ring_ms: int | None = None
    person: int | None = None

    @property
    def is_news(self) -> bool:
        """The row says something else."""
        return (
            self.stored != self.entry
            or self.ring_ms != self.stored_ring_ms
            or self.legs is not None
        )


@dataclass(slots=True)
class _Known:
    """The calls of one direction by either id."""

    by_session: dict[str, _Call] = field(default_factory=dict)
    by_telephony: dict[str, list[_Call]] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)


class Intake:
    """One batch within one transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._parties = Parties(db)
        self._calls: dict[_Call, None] = {}
        self._inbound, self._outbound = _Known(), _Known()
        self._heirs: dict[_Call, _Call] = {}
        self._has_ringouts = False

    def take(self, said: Sequence[Said]) -> tuple[list[HistoryEntry], list[HistoryEntry]]:
        """Write what is new; returns the calls that are new, and those that were changed."""
        self._load(said)
        for one in said:
            self._apply(one)
        return self._write()

    def _load(self, said: Sequence[Said]) -> None:
        own = [id_ for one in said for id_ in _ids(one.entry)]
        twins = [id_ for one in said if _may_be_a_twin(one.entry) for id_ in _twin_ids(one.entry)]
        ids = json.dumps(own)
        for row in self._db.execute(_KNOWN, (json.dumps(own + twins), ids)):
            entry = entry_of(row)
            id_, ring_ms, is_resolved, person = row[-4:]
            call = _Call(entry, ring_ms, bool(is_resolved), None, id_, entry, ring_ms, person)
            self._index(call)
        for session_id, is_inbound in self._db.execute(_REMOVED, (ids,)):
            (self._inbound if is_inbound else self._outbound).removed.add(session_id)

    def _known(self, direction: Direction) -> _Known:
        return self._inbound if direction is Direction.INBOUND else self._outbound

    def _index(self, call: _Call) -> None:
        entry = call.entry
        self._calls[call] = None
        known = self._known(entry.direction)
        known.by_session[entry.session_id] = call
        self._has_ringouts = self._has_ringouts or _is_ringout(entry)
        if entry.telephony_session_id:
            same = known.by_telephony.setdefault(entry.telephony_session_id, [])
            if call not in same:
                same.append(call)

    def _apply(self, said: Said) -> None:
        entry = said.entry
        if not self._known(entry.direction).removed.isdisjoint(_ids(entry)):
            return
        call, *others = self._matching(entry) or [_Call(entry)]
        for other in others:
            if _may_be_one(call.entry, other.entry):
                self._unite(other, call)
        call.entry = _united(call.entry, entry)
        call.legs = said.legs or call.legs
        call.ring_ms = call.ring_ms if said.ring_ms is None else said.ring_ms
        self._index(call)
        self._drop_twins(call)

    def _matching(self, entry: HistoryEntry) -> list[_Call]:
        """The calls that this one is, those with a row first.

        Several where nothing said before that they are one: reports that lack the session's id
        carry the telephony session's in its place.
        """
        found: dict[_Call, None] = {}
        known = self._known(entry.direction)
        for id_ in _ids(entry):
            for call in (known.by_session.get(id_), *known.by_telephony.get(id_, ())):
                if call is None or call not in self._calls:
                    continue
                if id_ == call.entry.session_id == entry.session_id or _may_be_one(
                    call.entry, entry
                ):
                    found[call] = None
        return sorted(found, key=lambda call: call.id is None)

    def _unite(self, gone: _Call, heir: _Call) -> None:
        heir.entry = _united(gone.entry, heir.entry)
        heir.legs = heir.legs or gone.legs
        heir.ring_ms = gone.ring_ms if heir.ring_ms is None else heir.ring_ms
        heir.is_resolved = heir.is_resolved or gone.is_resolved
        self._bequeath(gone, heir)
        self._known(gone.entry.direction).by_session[gone.entry.session_id] = heir

    def _drop_twins(self, call: _Call) -> None:
        """A RingOut's leg to the user's own phone is no call."""
        if not self._has_ringouts:
            return
        is_inbound = call.entry.direction is Direction.INBOUND
        opposite = self._outbound if is_inbound else self._inbound
        for id_ in _twin_ids(call.entry):
            other = opposite.by_session.get(id_)
            if other is None or other not in self._calls:
                continue
            inbound, outbound = (call, other) if is_inbound else (other, call)
            if _is_ringout(outbound.entry) and is_twin(inbound.entry, outbound.entry):
                self._bequeath(inbound, outbound)
                if is_inbound:
                    return

    def _bequeath(self, gone: _Call, heir: _Call) -> None:
        del self._calls[gone]
        self._heirs[gone] = heir

    def _write(self) -> tuple[list[HistoryEntry], list[HistoryEntry]]:
        self._pass_over_known_legs()
        news = [call for call in self._calls if call.is_news]
        people = {call.person for call in (*news, *self._heirs)}
        # Before the others, since an heir may take over the session's id.
        self._delete(lambda heir: heir.id is not None)
        for call, id_ in zip(
            (call for call in news if call.id is None), self._unused_ids(), strict=False
        ):
            call.id = id_
        self._parties.load(end for call in news for end in _ends(call))
        self._write_calls(news)
        self._write_legs(news)
        self._delete(lambda heir: heir.stored is None)
        people |= {call.person for call in news}
        unresolved.reconsider(self._db, [person for person in people if person is not None])
        return (
            [call.entry for call in news if call.stored is None],
            [call.entry for call in news if call.stored is not None],
        )

    def _pass_over_known_legs(self) -> None:
        told = {call.id: call for call in self._calls if call.legs and call.id is not None}
        for id_, legs in legs_of(self._db, told).items():
            if told[id_].legs == legs:
                told[id_].legs = None

    def _delete(self, is_due: Callable[[_Call], bool]) -> None:
        for gone, heir in self._heirs.items():
            while heir in self._heirs:
                heir = self._heirs[heir]  # noqa: PLW2901 - the last of the line
            if gone.id is None or heir.id is None or not is_due(heir):
                continue
            annotations.move(self._db, gone.id, heir.id)
            if gone.entry.direction is heir.entry.direction:
                self._db.execute(_MOVE_LEGS, {"gone": gone.id, "heir": heir.id})
            self._db.execute("DELETE FROM call WHERE id = ?", (gone.id,))

    def _unused_ids(self) -> Iterator[int]:
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'call'").fetchone()
        return count(1 if row is None else row[0] + 1)

    def _write_calls(self, news: Iterable[_Call]) -> None:
        # Row by row: of ten thousand at once the garbage collector would visit every one.
        for sql, is_new in ((_INSERT, True), (_UPDATE, False)):
            of_these = (call for call in news if (call.stored is None) is is_new)
            self._db.executemany(sql, map(self._row, of_these))

    def _row(self, call: _Call) -> tuple[str | int | None, ...]:
        # Plain numbers and text: anything derived of them sqlite3 first tries to adapt.
        entry = call.entry
        other, own = self._parties.of(entry.other), self._parties.of(entry.own)
        call.person = other.person
        return (
            entry.session_id,
            1 if entry.direction is Direction.INBOUND else 0,
            entry.telephony_session_id,
            entry.record_id,
            ms_of(entry.started_at),
            round(entry.duration_s * 1000),
            call.ring_ms,
            (entry.outcome or Outcome.UNKNOWN).value,
            other.id,
            own.id,
            other.person,
            entry.queue,
            entry.type,
            entry.result,
            entry.action,
            entry.reason,
            entry.recording_id,
            entry.message_id,
            1 if entry.is_too_short else 0,
            1 if entry.is_final else 0,
            1 if entry.is_missed and not call.is_resolved else 0,
            1 if call.is_resolved else 0,
            call.id,
        )

    def _write_legs(self, news: Iterable[_Call]) -> None:
        told = [call for call in news if call.legs is not None]
        self._db.executemany(
            "DELETE FROM leg WHERE call_id = ?", [(call.id,) for call in told if call.stored]
        )
        self._db.executemany(
            _INSERT_LEG,
            (
                self._leg_row(call.id, position, leg)
                for call in told
                for position, leg in enumerate(call.legs or ())
            ),
        )

    def _leg_row(
        self, call: int | None, position: int, leg: LogLeg
    ) -> tuple[str | int | None, ...]:
        return (
            call,
            position,
            leg.kind,
            leg.action,
            leg.result,
            None if leg.direction is None else 1 if leg.direction is Direction.INBOUND else 0,
            self._parties.of(leg.caller).id,
            self._parties.of(leg.callee).id,
            None if leg.started_at is None else ms_of(leg.started_at),
            round(leg.duration_s * 1000),
            leg.extension_id,
            leg.recording_id,
            1 if leg.is_master else 0,
        )


def _ends(call: _Call) -> Iterator[Endpoint]:
    yield call.entry.other
    yield call.entry.own
    for leg in call.legs or ():
        yield leg.caller
        yield leg.callee


def _united(known: HistoryEntry, said: HistoryEntry) -> HistoryEntry:
    """What both say, under the session's own id if either knows it."""
    if known is said:
        return known
    result = merged(known, said)
    if result.session_id == result.telephony_session_id:
        for entry in (said, known):
            if entry.session_id != result.telephony_session_id:
                key = entry_key(entry.session_id, result.direction)
                return replace(result, session_id=entry.session_id, key=key)
    return result


def _may_be_one(one: HistoryEntry, other: HistoryEntry) -> bool:
    """Not two records of the log, which may share a telephony session."""
    are_final = one.is_final and other.is_final
    return not (are_final and one.record_id and other.record_id != one.record_id)


def _ids(entry: HistoryEntry) -> list[str]:
    """What the call may be known by."""
    session, telephony = entry.session_id, entry.telephony_session_id
    if session and telephony and session != telephony:
        return [session, telephony]
    return [session or telephony] if session or telephony else []


def _may_be_a_twin(entry: HistoryEntry) -> bool:
    return entry.direction is Direction.INBOUND or _is_ringout(entry)


def _twin_ids(entry: HistoryEntry) -> list[str]:
    id_ = entry.session_id
    if not (id_.isascii() and id_.isdecimal() and len(id_) <= _LONGEST_TWIN_ID):
        return []
    number = int(id_)
    return [str(number + distance) for distance in _TWIN_DISTANCES]


def _is_ringout(entry: HistoryEntry) -> bool:
    return entry.direction is Direction.OUTBOUND and entry.action.startswith("RingOut")
