"""A few hundred calls of every kind, and what a plain loop finds among them."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from rcdesk.archive import annotations, reading, writing
from rcdesk.archive.database import Database
from rcdesk.archive.folding import digits, fold, person_key
from rcdesk.archive.search import terms
from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.history import HistoryEntry, entry_key
from rcdesk.core.past_calls import EVERYTHING, CallFilter, ListedCall
from tests.core.reports import START

NAMES = (
    "", "Ann", "anna", "Zoë Nguyễn", 'Pat "50%" O\'Brien', "a_b*c", "ŁUKASZ", "مريم", "🦄 & Sons",
    "NEAR (AND) OR", "Studio 303 555", "Denver Roofing", "-", "x\ny",
)  # fmt: skip
NUMBERS = (
    "", "+13035550142", "13035550142", "+13035550143", "101", "+442079460123", "+1855201XXXX",
    "911", "+498912345", "Anonymous",
)  # fmt: skip
PLACES = ("", "Denver, CO", "Köln", "México")
OWN = (
    Endpoint("+18885434778", "Us"),
    Endpoint("18885434778", "Us"),
    Endpoint("+16505550110", "Sales"),
    Endpoint("101", "Us"),
    Endpoint(name="Us"),
)
QUEUES = (None, None, "", "Sales", "Billing & Returns", "Störung")
NOTES = ("Asked about the roof", "ann: call (303) 555-0142", "50% off_now", "é", "a\nb")
TAGS = ("roof", "Urgent", "été")


@dataclass(frozen=True)
class ManyCalls:
    """`listed` are all of them, newest first; `notes` are by their ids."""

    database: Database
    listed: tuple[ListedCall, ...]
    notes: Mapping[int, str]

    def passing(self, wanted: CallFilter) -> list[ListedCall]:
        """By a plain loop."""
        return [call for call in self.listed if passes(call, self.notes.get(call.id, ""), wanted)]


def many_calls(path: Path | None, count: int = 300, seed: int = 1) -> ManyCalls:
    """A file of them, and what is in it by what was put into it."""
    rng = random.Random(seed)
    database = Database.open(path)
    entries = [_entry(rng, number) for number in range(count)]
    for entry in entries:
        ring_s = rng.choice((None, rng.uniform(0, 30)))
        database.write(partial(writing.add_call, entry=entry, ring_s=ring_s))
    stored = {
        call.entry.key: call
        for call in database.read(lambda db: reading.page(db, EVERYTHING, None, limit=count)).calls
    }
    assert [stored[entry.key].entry for entry in entries] == entries
    listed, notes = list[ListedCall](), dict[int, str]()
    for call in stored.values():
        note = rng.choice((*NOTES, *[""] * 10))
        tags = tuple(sorted(rng.sample(TAGS, rng.choice((0, 0, 0, 1, 2))), key=fold))
        database.write(partial(annotations.set_note, call=call.id, text=note))
        database.write(partial(annotations.set_tags, call=call.id, names=tags))
        notes[call.id] = note
        listed.append(replace(call, tags=tags, has_note=bool(note)))
    listed.sort(key=lambda call: call.position, reverse=True)
    return ManyCalls(database, tuple(listed), notes)


def _entry(rng: random.Random, number: int) -> HistoryEntry:
    direction = rng.choice(list(Direction))
    return HistoryEntry(
        entry_key(str(number), direction),
        str(number),
        direction,
        Endpoint(rng.choice(NUMBERS), rng.choice(NAMES), rng.choice(PLACES)),
        rng.choice(OWN),
        # Some at the same moment.
        START - timedelta(minutes=rng.randrange(60 * 24 * 400) // 500 * 500),
        rng.choice((0, rng.randrange(7200))),
        rng.choice(list(Outcome)),
        queue=rng.choice(QUEUES),
        type=rng.choice(("Voice", "Voice", "Fax")),
        recording_id=rng.choice(("", "", "401486008")),
    )


def passes(call: ListedCall, note: str, wanted: CallFilter) -> bool:
    """As CallFilter says."""
    entry = call.entry
    return all(
        (
            not wanted.outcomes or entry.outcome in wanted.outcomes,
            wanted.direction in (None, entry.direction),
            not wanted.recorded or entry.has_recording,
            not wanted.unresolved or call.is_unresolved,
            not wanted.line or _is_line(entry.own, wanted.line),
            wanted.queue in ("", entry.queue),
            wanted.type in ("", entry.type),
            wanted.person in (None, call.person),
            wanted.date_from is None or entry.started_at >= wanted.date_from,
            wanted.date_to is None or entry.started_at < wanted.date_to,
            not wanted.tag or wanted.tag.lower() in [tag.lower() for tag in call.tags],
            says(call, note, wanted.text),
        )
    )


def says(call: ListedCall, note: str, text: str) -> bool:
    """Each term occurs somewhere in it."""
    other = call.entry.other
    texts = [other.name, other.location, note, call.entry.queue or ""]
    places = [*map(fold, texts), digits(other.number)]
    return all(any(term.occurs_in(place) for place in places) for term in terms(text))


def _is_line(own: Endpoint, line: str) -> bool:
    return person_key(own.number, own.name) == person_key(line, "")
