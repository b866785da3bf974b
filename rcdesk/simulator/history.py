"""The call history that the simulated platform serves."""

import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Self

from rcdesk.simulator.company import Company
from rcdesk.simulator.past_calls import past_calls

Record = dict[str, Any]

_COLLEAGUES_CALLS_MAX = 2_000


class CallLog:
    """Call records of one mailbox, sorted by start time, with every change numbered.

    A record is a dict in the wire shape of a Detailed record, but for two things: it has no
    URIs, which depend on the address of the server, and a call with one leg has that leg's
    `legType` in place of `legs`. `colleagues` is the log of the rest of the account.
    `epoch` differs between logs, so that a sync token of one is not taken for another's.
    `has_deleted` tells whether any record is marked as deleted.
    """

    def __init__(self) -> None:
        self._starts: list[float] = []
        self._records: list[Record] = []
        self._by_id: dict[str, Record] = {}
        self._changes: list[str] = []
        self.colleagues: CallLog | None = None
        self.epoch = 0
        self.has_deleted = False

    @classmethod
    def seeded(cls, company: Company, count: int, seed: int, now: datetime) -> Self:
        """Return `count` believable calls of the user that ended before `now` (aware)."""
        log = cls()
        log._load(past_calls(company, company.user, count, f"history {seed}", now))
        log.epoch = zlib.crc32(f"{seed} {count} {now.isoformat()}".encode())
        log.colleagues = cls()
        share = min(count // 3, _COLLEAGUES_CALLS_MAX) // max(1, len(company.colleagues))
        for index, person in enumerate(company.colleagues):
            log.colleagues.extend(past_calls(company, person, share, f"{seed}/{index}", now))
        return log

    def _load(self, timed: Iterable[tuple[float, Record]]) -> None:
        for start, record in timed:
            self._starts.append(start)
            self._records.append(record)
            self._by_id[record["id"]] = record
            self._changes.append(record["id"])

    def extend(self, timed: Iterable[tuple[float, Record]]) -> None:
        """Add records with their start as a POSIX timestamp, in any order."""
        self._load(timed)
        order = sorted(range(len(self._starts)), key=self._starts.__getitem__)
        self._starts = [self._starts[i] for i in order]
        self._records = [self._records[i] for i in order]

    def add(self, record: Record) -> None:
        """Add a finished call; a record with the same id is replaced."""
        self._discard(record["id"])
        start = datetime.fromisoformat(record["startTime"]).timestamp()
        at = bisect_right(self._starts, start)
        self._starts.insert(at, start)
        self._records.insert(at, record)
        self._by_id[record["id"]] = record
        self._changes.append(record["id"])

    def _discard(self, record_id: str) -> None:
        old = self._by_id.pop(record_id, None)
        if old is not None:
            start = datetime.fromisoformat(old["startTime"]).timestamp()
            at = bisect_left(self._starts, start)
            while self._records[at] is not old:
                at += 1
            del self._starts[at], self._records[at]

    @property
    def records(self) -> list[Record]:
        """All records, newest first."""
        return self._records[::-1]

    @property
    def revision(self) -> int:
        """Number of changes so far."""
        return len(self._changes)

    def __len__(self) -> int:
        return len(self._records)

    def get(self, record_id: str) -> Record | None:
        """Return the record with this id."""
        return self._by_id.get(record_id)

    def between(self, since: datetime, until: datetime) -> Iterator[Record]:
        """Yield the records that started in [since, until], newest first."""
        first = bisect_left(self._starts, since.timestamp())
        end = bisect_right(self._starts, until.timestamp())
        return (self._records[i] for i in range(end - 1, first - 1, -1))

    def delete_until(self, until: datetime) -> None:
        """Mark everything that started at or before `until` as deleted."""
        for record in self._records[: bisect_right(self._starts, until.timestamp())]:
            if not record.get("deleted"):
                record["deleted"] = self.has_deleted = True
                self._changes.append(record["id"])

    def changed_since(self, revision: int) -> list[Record]:
        """Return the records that were added or deleted after `revision`, newest first."""
        changed = (self._by_id[record_id] for record_id in set(self._changes[revision:]))
        return sorted(changed, key=lambda record: str(record["startTime"]), reverse=True)
