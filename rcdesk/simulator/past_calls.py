"""Makes up the calls of one person's past, from a seed."""

import itertools
import random
from base64 import urlsafe_b64encode
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from rcdesk.simulator.company import Company, Person
from rcdesk.simulator.past_legs import legs_of
from rcdesk.simulator.scenarios_data import (
    COMMON,
    RARE,
    RARE_SHARE,
    REASON_DESCRIPTIONS,
    Scenario,
)

Record = dict[str, Any]

_OFFICE = timezone(timedelta(hours=-8))
_HOURS = (0, 0, 0, 0, 0, 0.1, 0.5, 2, 6, 10, 11, 9, 5, 7, 7, 6.5, 5, 3, 1.5, 0.8, 0.4, 0.2, 0.1, 0)
_WEEKDAYS = (1.15, 1.05, 1, 1, 0.85, 0.09, 0.05)
_CALLS_A_DAY = 18
_SHORTEST_DAYS = 21
_LONGEST_DAYS = 730
_CALL_BACK_SHARE = 0.5
# Recordings shorter than this are not kept.
_KEPT_RECORDING_S = 30
_ENDED_BEFORE_NOW_S = 45.0


def past_calls(
    company: Company, person: Person, count: int, seed: str, now: datetime
) -> Iterator[tuple[float, Record]]:
    """Yield `count` calls of `person`, oldest first, each with its start as a POSIX timestamp."""
    rng = random.Random(seed)
    return _Past(company, person, rng).calls(_starts(rng, count, now), now.timestamp())


def _starts(rng: random.Random, count: int, now: datetime) -> list[float]:
    """Draw start times from the hours before `now`, by the office's day and week."""
    hours = 24 * min(max(_SHORTEST_DAYS, count // _CALLS_A_DAY), _LONGEST_DAYS)
    office_now = now.astimezone(_OFFICE)
    weights = []
    for back in range(hours):
        middle = office_now - timedelta(hours=back, minutes=30)
        weights.append(_HOURS[middle.hour] * _WEEKDAYS[middle.weekday()])
    slots = rng.choices(range(hours), cum_weights=list(itertools.accumulate(weights)), k=count)
    end = now.timestamp() - 2 * _ENDED_BEFORE_NOW_S
    # Whole milliseconds, so that a record's text and its place in the order agree.
    return sorted(round(end - 3600 * (slot + rng.random()), 3) for slot in slots)


class _Past:
    def __init__(self, company: Company, person: Person, rng: random.Random) -> None:
        self._company = company
        self._person = person
        self._rng = rng
        self._session = 1_039_000_000 + rng.randrange(10**6)
        self._rare = itertools.cycle(rng.sample(RARE, len(RARE)))
        self._common_weights = list(itertools.accumulate(s.weight for s in COMMON))
        contacts = company.contacts
        # A few regulars make most of the calls.
        self._contact_weights = list(
            itertools.accumulate(1 / (rank + 3) for rank in range(len(contacts)))
        )
        self._abroad = [c for c in contacts if not c.number.startswith("+1")]
        self._to_call_back: deque[tuple[float, str]] = deque(maxlen=20)

    def calls(self, starts: list[float], now: float) -> Iterator[tuple[float, Record]]:
        for start in starts:
            scenario = self._scenario()
            yield start, self._record(scenario, start, now)

    def _scenario(self) -> Scenario:
        if self._rng.random() < RARE_SHARE:
            return next(self._rare)
        return self._rng.choices(COMMON, cum_weights=self._common_weights)[0]

    def _record(self, scenario: Scenario, start: float, now: float) -> Record:
        rng = self._rng
        duration_ms = self._duration_ms(scenario, now - start - _ENDED_BEFORE_NOW_S)
        other = self._other_end(scenario, start)
        own = self._own_end(scenario)
        inbound = scenario.direction == "Inbound"
        self._session += rng.randrange(5, 400)
        telephony_id = f"{rng.getrandbits(64):x}z{int(start * 1000):x}z{rng.getrandbits(40):x}"
        record: Record = {
            "id": urlsafe_b64encode(rng.randbytes(11)).decode()[:15],
            "sessionId": f"{self._session}008",
            "telephonySessionId": f"s-{telephony_id}",
            "partyId": f"p-{telephony_id}-{2 if inbound else 1}",
            "startTime": _wire_time(start),
            "duration": duration_ms // 1000,
            "durationMs": duration_ms,
            "type": scenario.call_type,
            "internalType": scenario.internal_type,
            "direction": scenario.direction,
            "action": scenario.action,
            "result": scenario.result,
            "to": own if inbound else other,
            "from": other if inbound else own,
            "transport": "PSTN" if inbound and "extensionId" not in other else "VoIP",
            "extension": {"id": int(self._person.extension_id)},
            "lastModifiedTime": _wire_time(start + duration_ms / 1000 + rng.uniform(15, 40)),
        }
        self._add_extras(record, scenario)
        if scenario.shape == "direct":
            record["legType"] = scenario.leg_type
        else:
            record["legs"] = legs_of(record, scenario.shape, self._company, self._person, rng)
        self._remember_missed(scenario, other, start)
        return record

    def _add_extras(self, record: Record, scenario: Scenario) -> None:
        rng = self._rng
        if scenario.reason:
            record["reason"] = scenario.reason
            description = REASON_DESCRIPTIONS.get(scenario.reason)
            if description is not None:
                record["reasonDescription"] = description
        if scenario.message:
            record["message"] = {
                "id": str(rng.randrange(10**9, 10**10) * 1000 + 8),
                "type": scenario.message,
            }
        if scenario.may_record and rng.random() < 0.3:
            if record["duration"] < _KEPT_RECORDING_S:
                record["shortRecording"] = True
            else:
                record["recording"] = {
                    "id": str(rng.randrange(10**6, 10**7) * 1000 + 8),
                    "type": "OnDemand" if rng.random() < 0.35 else "Automatic",
                }
        if scenario.direction == "Outbound" and rng.random() < 0.004:
            colleague = rng.choice(self._company.colleagues)
            record["delegate"] = {"id": colleague.extension_id, "name": colleague.name}

    def _remember_missed(self, scenario: Scenario, other: Record, start: float) -> None:
        number = other.get("phoneNumber", "")
        if scenario.is_missed and number.isascii() and self._rng.random() < _CALL_BACK_SHARE:
            self._to_call_back.append((start + self._rng.uniform(180, 5400), number))

    def _duration_ms(self, scenario: Scenario, at_most_s: float) -> int:
        rng = self._rng
        match scenario.length:
            case "talk":
                seconds = min(rng.lognormvariate(4.9, 1.05), 3 * 3600)
            case "short":
                seconds = min(rng.lognormvariate(3.9, 0.8), 1800)
            case "message":
                seconds = rng.uniform(4, 90)
            case "pages":
                seconds = 25.0 * rng.randrange(1, 9) + rng.uniform(5, 12)
            case "none":
                seconds = 0.0
        return int(max(0.0, min(seconds, at_most_s)) * 1000)

    def _own_end(self, scenario: Scenario) -> Record:
        person = self._person
        if scenario.shape == "queue":
            queue = self._rng.choice(self._company.queues)
            return {
                "phoneNumber": queue.number,
                "extensionNumber": queue.extension_number,
                "extensionId": queue.extension_id,
                "name": queue.name,
            }
        end: Record = {"name": person.name}
        if scenario.other == "colleague":
            end |= {
                "extensionNumber": person.extension_number,
                "extensionId": person.extension_id,
            }
        elif scenario.direction == "Inbound" and self._rng.random() < 0.2:
            end["phoneNumber"] = self._company.main_number
        else:
            end["phoneNumber"] = person.direct_number
        if scenario.action == "VoIP Call":
            end["device"] = {"id": person.device_id}
        return end

    def _other_end(self, scenario: Scenario, start: float) -> Record:
        match scenario.other:
            case "colleague":
                return self._colleague()
            case "hidden":
                return {"name": "Anonymous"} if self._rng.random() < 0.5 else {}
            case "masked":
                return {"phoneNumber": f"+1855201{self._rng.choice(('XXXX', '11XX'))}"}
            case "911" | "933":
                return {"phoneNumber": scenario.other}
            case "nuisance":
                number = self._rng.choice(self._company.contacts[-8:]).number
            case "abroad" if self._abroad:
                number = self._rng.choice(self._abroad).number
            case _:
                number = self._contact(scenario, start)
        return self._outside(number, named=scenario.direction == "Inbound")

    def _colleague(self) -> Record:
        colleagues = [p for p in self._company.people if p is not self._person]
        colleague = self._rng.choice(colleagues[:6])
        return {
            "extensionNumber": colleague.extension_number,
            "extensionId": colleague.extension_id,
            "name": colleague.name,
        }

    def _contact(self, scenario: Scenario, start: float) -> str:
        due = self._to_call_back
        if scenario.direction == "Outbound" and due and due[0][0] <= start:
            return due.popleft()[1]
        contacts = self._company.contacts
        return self._rng.choices(contacts, cum_weights=self._contact_weights)[0].number

    def _outside(self, number: str, *, named: bool) -> Record:
        # Some carriers deliver the digits without the plus.
        spelled = number.removeprefix("+") if self._rng.random() < 0.01 else number
        end: Record = {"phoneNumber": spelled}
        name = self._company.name_of(number)
        if name and (named or self._rng.random() < 0.6):
            end["name"] = name
        place = self._company.place_of(number)
        if place:
            end["location"] = place
        return end


def _wire_time(timestamp: float) -> str:
    moment = datetime.fromtimestamp(round(timestamp, 3), UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='milliseconds')}Z"
