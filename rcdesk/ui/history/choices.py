"""What the user chose to see of the call history."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from rcdesk.core.call import Direction, Outcome
from rcdesk.core.past_calls import CallFilter, Line
from rcdesk.ui import words
from rcdesk.ui.history.texts import date_text

# An inbound call that nobody answered before the caller gave up is missed to a person.
_MISSED = frozenset({Outcome.MISSED, Outcome.CANCELLED})


class Quick(StrEnum):
    """A filter that is one press away; its value is what it is called."""

    MISSED = "Missed"
    INBOUND = "Inbound"
    OUTBOUND = "Outbound"
    RECORDED = "Recorded"
    UNRESOLVED = "Unresolved"


_EXCLUDES: Mapping[Quick, frozenset[Quick]] = {
    Quick.MISSED: frozenset({Quick.INBOUND, Quick.OUTBOUND}),
    Quick.INBOUND: frozenset({Quick.MISSED, Quick.OUTBOUND}),
    Quick.OUTBOUND: frozenset({Quick.MISSED, Quick.INBOUND, Quick.UNRESOLVED}),
    Quick.RECORDED: frozenset(),
    Quick.UNRESOLVED: frozenset({Quick.OUTBOUND}),
}


class Period(StrEnum):
    """Days counted from today; its value is what it is called."""

    TODAY = "Today"
    YESTERDAY = "Yesterday"
    WEEK = "This week"
    MONTH = "This month"
    LAST_30_DAYS = "Last 30 days"

    def days(self, today: date) -> "Days":
        """Which days those are."""
        if self is Period.YESTERDAY:
            yesterday = today - timedelta(days=1)
            return Days(yesterday, yesterday)
        first = {
            Period.TODAY: today,
            Period.WEEK: today - timedelta(days=today.weekday()),
            Period.MONTH: today.replace(day=1),
            Period.LAST_30_DAYS: today - timedelta(days=29),
        }[self]
        return Days(first, today)


class Days(NamedTuple):
    """From one local day to another, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        if self.first == self.last:
            return date_text(self.first)
        return f"{date_text(self.first)} to {date_text(self.last)}"


class Person(NamedTuple):
    """Somebody of the archive, and what to call them."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """See CallFilter; `span` are days, or a period that moves on with them."""

    text: str = ""
    quick: frozenset[Quick] = frozenset()
    line: str = ""
    queue: str = ""
    type: str = ""
    tag: str = ""
    span: Period | Days | None = None
    person: Person | None = None

    @property
    def chosen(self) -> tuple[tuple[str, str], ...]:
        """Everything but text and quick ones: the attribute's name, and what to call it."""
        return tuple(
            (name, said)
            for name, said in (
                ("span", str(self.span or "")),
                ("person", words.plain(self.person.name, 40) if self.person else ""),
                ("line", words.plain(self.line, 40)),
                ("queue", words.plain(self.queue, 40)),
                ("type", {"Voice": "Voice calls", "Fax": "Faxes"}.get(self.type, self.type)),
                ("tag", words.plain(self.tag, 40)),
            )
            if said
        )

    @property
    def sentence(self) -> str:
        """All that is in force, in words; empty where nothing is."""
        text = f"“{words.plain(self.text, 40)}”" if self.text.strip() else ""
        quick = [each.value for each in Quick if each in self.quick]
        return words.joined(text, *quick, *(said for _, said in self.chosen))

    def having(self, name: str, value: object) -> "Choices":
        """With another value of one attribute."""
        changed: dict[str, Any] = {name: value}
        return replace(self, **changed)

    def without(self, name: str) -> "Choices":
        """All but one of `chosen`."""
        return self.having(name, getattr(EVERYTHING, name))

    def pressed(self, quick: Quick) -> "Choices":
        """With a quick filter switched; what it cannot go together with gives way."""
        if quick in self.quick:
            return replace(self, quick=self.quick - {quick})
        return replace(self, quick=(self.quick - _EXCLUDES[quick]) | {quick})

    def wanted(self, today: date) -> CallFilter:
        """What to ask of the archive on that day."""
        is_missed = Quick.MISSED in self.quick
        direction = None
        if is_missed or Quick.INBOUND in self.quick:
            direction = Direction.INBOUND
        elif Quick.OUTBOUND in self.quick:
            direction = Direction.OUTBOUND
        days = self.span.days(today) if isinstance(self.span, Period) else self.span
        return CallFilter(
            text=self.text.strip(),
            outcomes=_MISSED if is_missed else frozenset(),
            direction=direction,
            recorded=Quick.RECORDED in self.quick,
            unresolved=Quick.UNRESOLVED in self.quick,
            line=self.line,
            queue=self.queue,
            type=self.type,
            person=self.person.id if self.person else None,
            date_from=_midnight(days.first) if days else None,
            date_to=_midnight(days.last + timedelta(days=1)) if days else None,
            tag=self.tag,
        )


EVERYTHING = Choices()


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What there is to choose from, the most used first."""

    lines: tuple[Line, ...] = ()
    queues: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min).astimezone()
