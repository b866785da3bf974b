"""What `rcdesk calls` does with calls: a table's cells, which ended so, pages put together."""

from collections.abc import Iterable
from datetime import timedelta

from rcdesk.core.call import CallState, Direction, Outcome
from rcdesk.core.call_record import CallRecord, of_entry
from rcdesk.core.events import LogRecord
from rcdesk.core.history import History, HistoryEntry
from rcdesk.ui import words

_LEGS_APART = timedelta(hours=1)


def cells(record: CallRecord, region: str) -> tuple[str, ...]:
    """As cells of a table: when, which way, who, number, how it went, how long."""
    other, began = record.other, record.started_at
    who, number = words.plain(other.name, 40), words.number(other, region)
    return (
        f"{began.astimezone():%Y-%m-%d %H:%M}" if began else "",
        "←" if record.direction is Direction.INBOUND else "→",
        words.isolate(who or words.plain(other.location, 40) or words.UNKNOWN_CALLER),
        number,
        _how_it_went(record),
        words.duration(record.duration_s) if record.duration_s else "",
    )


def _how_it_went(record: CallRecord) -> str:
    if record.state is not CallState.ENDED:
        return record.state.value.replace("_", " ")
    if record.type == "Fax":
        return words.joined("fax", words.plain(record.platform_result, 40).lower())
    return (record.outcome or Outcome.UNKNOWN).value.replace("_", " ")


def has_result(entry: HistoryEntry, result: str | None) -> bool:
    """Whether the call ended so: an outcome, or the platform's words; None for any end."""
    if result is None:
        return True
    outcome = entry.outcome.value if entry.outcome else ""
    return folded(result) in (folded(outcome), folded(entry.result))


class Collection:
    """Calls out of pages of the call log, each once, newest first.

    A call may have its other leg on the next page: those at the end of a page are held back.

    Args:
        result: an outcome, or the platform's result text in any spelling; None for all.

    """

    def __init__(self, result: str | None) -> None:
        self._passed = 0
        self._result = result
        self._held: list[HistoryEntry] = []
        self._told: set[str] = set()

    def add(self, records: Iterable[LogRecord]) -> list[CallRecord]:
        """Take a page in; returns the calls of which no later page says anything."""
        history = History()
        history.add_entries(self._held)
        history.add_records(records)
        self._held = [entry for entry in history.entries if entry.key not in self._told]
        if not self._held:
            return []
        begins = self._held[-1].started_at + _LEGS_APART
        return self._tell([entry for entry in self._held if entry.started_at > begins])

    @property
    def found(self) -> int:
        """How many calls there are so far, those held back included."""
        return self._passed + sum(has_result(entry, self._result) for entry in self._held)

    def rest(self) -> list[CallRecord]:
        """There is no later page: the calls held back."""
        return self._tell(list(self._held))

    def _tell(self, entries: list[HistoryEntry]) -> list[CallRecord]:
        self._told.update(entry.key for entry in entries)
        self._held = self._held[len(entries) :]
        passing = [of_entry(entry) for entry in entries if has_result(entry, self._result)]
        self._passed += len(passing)
        return passing


def folded(text: str) -> str:
    """`answered_elsewhere`, `Answered Elsewhere` and `answered-elsewhere` are one."""
    return "".join(character for character in text.casefold() if character.isalnum())
