"""A hundred thousand calls of three years."""

import random
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate, islice
from pathlib import Path

from rcdesk.archive import annotations, writing
from rcdesk.archive.database import Database
from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.events import LogLeg, LogRecord
from rcdesk.simulator.names_data import BUSINESSES, CARRIER_NAMES, FIRST_NAMES, LAST_NAMES
from rcdesk.simulator.places_data import NORTH_AMERICA

CALLS = 100_000

NEWEST = datetime(2026, 11, 20, 17, tzinfo=UTC)
_BETWEEN_CALLS = timedelta(days=3 * 365) / CALLS
_PEOPLE = 12_000
_BATCH = 5_000

LINES = (
    Endpoint("+16505550142", "Alex Navarro"),
    Endpoint("+16505550100", "Sequoia Instruments"),
    Endpoint("+18885550100", "Sequoia Instruments"),
)
QUEUES = ("Sales", "Customer Support", "Billing & Returns")
_COLLEAGUES = tuple(Endpoint(str(number), f"Colleague {number}") for number in range(101, 121))
_NOTES = (
    "Wants the roof done before the winter", "Asked for the invoice again", "Call back on Friday",
    "Very unhappy about the delivery", "Agreed: 20 % off, two years", "Rückruf morgen früh",
    "The number of their new office is (415) 555-0188",
)  # fmt: skip
TAGS = ("urgent", "invoice", "Renewal", "complaint")
_OUTCOMES = {
    Direction.INBOUND: (
        *[Outcome.ANSWERED] * 11, *[Outcome.MISSED] * 5, *[Outcome.VOICEMAIL] * 2,
        Outcome.ANSWERED_ELSEWHERE,
    ),
    Direction.OUTBOUND: (*[Outcome.ANSWERED] * 8, *[Outcome.CANCELLED] * 2),
}  # fmt: skip
_RESULTS = {
    Outcome.ANSWERED: "Call connected",
    Outcome.MISSED: "Missed",
    Outcome.VOICEMAIL: "Voicemail",
    Outcome.ANSWERED_ELSEWHERE: "Answered Elsewhere",
    Outcome.CANCELLED: "Hang Up",
}


def records(count: int, seed: int = 1) -> Iterator[LogRecord]:
    """Newest first and in detail, as the log lists them; another seed is other calls with them."""
    people_rng, rng = random.Random(0), random.Random(seed)
    people = [_spellings(people_rng) for _ in range(_PEOPLE)]
    # A few regulars make many of the calls.
    weights = list(accumulate(1 / (rank + 20) for rank in range(len(people))))
    for number, person in enumerate(rng.choices(people, cum_weights=weights, k=count)):
        began = NEWEST - number * _BETWEEN_CALLS - timedelta(seconds=rng.randrange(900))
        yield _record(rng, f"{seed}{number:09}008", rng.choice(person), began)


def write_archive(path: Path, count: int) -> None:
    """Make a file of so many calls, one in forty with a note, one in thirty with a tag."""
    database = Database.open(path)
    found = records(count)
    try:
        while batch := list(islice(found, _BATCH)):
            database.write(partial(writing.add_records, records=batch))
        database.write(partial(_annotate, calls=range(1, count)))
    finally:
        database.close()


def _spellings(rng: random.Random) -> list[Endpoint]:
    """One number as its calls come with it: by caller ID, by the address book, or bare."""
    prefix = rng.choice(list(NORTH_AMERICA))
    number, place = f"+{prefix}555{rng.randrange(10_000):04}", NORTH_AMERICA[prefix]
    name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    if rng.random() < 0.2:
        name = f"{rng.choice(LAST_NAMES)} {rng.choice(BUSINESSES)}"
    spellings = [Endpoint(number, name, place)]
    if rng.random() < 0.4:
        spellings.append(Endpoint(number, rng.choice((name.upper()[:15], *CARRIER_NAMES)), place))
    if rng.random() < 0.3:
        spellings.append(Endpoint(number, "", place))
    return spellings


def _record(rng: random.Random, session: str, other: Endpoint, began: datetime) -> LogRecord:
    direction = rng.choice(list(Direction))
    inbound = direction is Direction.INBOUND
    outcome = rng.choice(_OUTCOMES[direction])
    duration_s = round(rng.lognormvariate(4.9, 1), 3) if outcome is Outcome.ANSWERED else 0.0
    queue = rng.choice(QUEUES) if inbound and rng.random() < 0.2 else None
    own = rng.choice(LINES)
    caller, callee = (other, own) if inbound else (own, other)
    recording_id = ""
    if duration_s > 30 and rng.random() < 0.3:
        recording_id = str(rng.randrange(10**9, 10**10))
    leg = LogLeg(
        "Accept", "Phone Call", _RESULTS[outcome], direction, caller, callee, began, duration_s,
        "400123456008", recording_id, is_master=True,
    )  # fmt: skip
    return LogRecord(
        session,
        record_id=f"{rng.getrandbits(88):022x}"[:15],
        telephony_session_id=f"s-{rng.getrandbits(64):016x}z{rng.getrandbits(44):011x}z"
        f"{rng.getrandbits(40):010x}",
        direction=direction,
        caller=caller,
        callee=callee,
        started_at=began,
        duration_s=duration_s,
        outcome=outcome,
        result=_RESULTS[outcome],
        action="Phone Call" if inbound else "VoIP Call",
        type="Fax" if rng.random() < 0.02 else "Voice",
        queue=queue,
        recording_id=recording_id,
        message_id=session if outcome is Outcome.VOICEMAIL else "",
        reason="No Answer" if outcome is Outcome.MISSED else "",
        legs=(leg, *_hunted(rng, leg, 3 if queue else rng.choice((0, 0, 0, 1)))),
    )


def _hunted(rng: random.Random, leg: LogLeg, count: int) -> Iterable[LogLeg]:
    """Phones of colleagues that rang as well."""
    for colleague in rng.sample(_COLLEAGUES, count):
        yield LogLeg(
            "Hunting", "Hunting", "Missed", leg.direction, leg.caller, colleague, leg.started_at,
            extension_id=f"400{colleague.number}456008",
        )  # fmt: skip


def _annotate(db: sqlite3.Connection, calls: range) -> None:
    rng = random.Random(1)
    for call in calls[::40]:
        annotations.set_note(db, call, rng.choice(_NOTES))
    for call in calls[::30]:
        annotations.set_tags(db, call, [rng.choice(TAGS)])
