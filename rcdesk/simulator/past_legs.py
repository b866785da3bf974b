"""The legs of calls that had more than one, past or just ended."""

import random
from collections.abc import Callable
from typing import Any

from rcdesk.simulator.company import Company, Person
from rcdesk.simulator.scenarios_data import Shape

Record = dict[str, Any]

_CARRIED = (
    "startTime", "duration", "durationMs", "type", "internalType", "direction", "action",
    "result", "reason", "reasonDescription", "from", "to", "transport", "telephonySessionId",
    "extension", "recording", "shortRecording", "message", "delegate",
)  # fmt: skip

_RINGOUT_LEGS = {"RingOut Web": "RingOutWeb", "RingOut PC": "RingOutClient"}


def leg_from(record: Record, leg_type: str, **changes: Any) -> Record:
    """Return a leg that says what `record` says, but for `changes`."""
    leg = {key: record[key] for key in _CARRIED if key in record}
    return leg | changes | {"legType": leg_type}


def legs_of(
    record: Record, shape: Shape, company: Company, person: Person, rng: random.Random
) -> list[Record]:
    """Return the legs of a call of this shape (any but `direct`), the master leg first."""
    legs = _SHAPES[shape](record, company, person, rng)
    legs[0]["master"] = True
    return legs


def member_legs(record: Record, person: Person) -> list[Record]:
    """Return the legs of a queue call that rang one member, the master leg first."""
    queue_id = int(record["to"]["extensionId"])
    return [
        leg_from(record, "Accept", extension={"id": queue_id}, master=True),
        leg_from(record, "Hunting", action="Hunting", to=_end(person), transport="VoIP"),
    ]


def _end(person: Person) -> Record:
    return {
        "extensionNumber": person.extension_number,
        "extensionId": person.extension_id,
        "name": person.name,
    }


def _queue(record: Record, company: Company, person: Person, rng: random.Random) -> list[Record]:
    queue_leg = leg_from(record, "Accept", extension={"id": int(record["to"]["extensionId"])})
    legs = [queue_leg]
    for colleague in rng.sample(company.colleagues, 2):
        legs.append(
            leg_from(
                record,
                "Hunting",
                action="Hunting",
                result="Missed",
                reason="Stopped",
                duration=0,
                durationMs=0,
                to=_end(colleague),
                extension={"id": int(colleague.extension_id)},
                transport="VoIP",
            )
        )
        legs[-1].pop("reasonDescription", None)
    answered = record["result"] == "Accepted"
    legs.append(
        leg_from(
            record,
            "Hunting" if answered else "PstnToSip",
            direction="Outbound",
            action="VoIP Call",
            result="Call connected" if answered else "Stopped",
            to=_end(person),
            transport="VoIP",
        )
    )
    return legs


def _transfer(record: Record, company: Company, person: Person, rng: random.Random) -> list[Record]:
    colleague = rng.choice(company.colleagues)
    first_ms = record["durationMs"] // 4
    rest_ms = record["durationMs"] - first_ms
    return [
        leg_from(record, "Accept"),
        leg_from(
            record,
            "PstnToSip",
            action="VoIP Call",
            direction="Outbound",
            to=_end(person),
            duration=first_ms // 1000,
            durationMs=first_ms,
            transport="VoIP",
        ),
        leg_from(
            record,
            "TransferCall",
            action="Transfer",
            direction="Outbound",
            result="Call connected",
            to=_end(colleague),
            duration=rest_ms // 1000,
            durationMs=rest_ms,
            transport="VoIP",
        ),
    ]


def _ringout(record: Record, company: Company, _person: Person, rng: random.Random) -> list[Record]:
    kind = _RINGOUT_LEGS.get(record["action"], "RingOutDevice")
    phone = rng.choice((company.mobile_number, record["from"]["phoneNumber"]))
    return [
        leg_from(record, f"{kind}ToSubscriber"),
        leg_from(
            record,
            f"{kind}ToCaller",
            to={"phoneNumber": phone, "name": record["from"]["name"]},
            result="Call connected",
        ),
    ]


def _follow_me(
    record: Record, company: Company, person: Person, _rng: random.Random
) -> list[Record]:
    mobile = {"phoneNumber": company.mobile_number, "name": person.name}
    return [
        leg_from(record, "Accept"),
        leg_from(record, "FollowMe", direction="Outbound", to=mobile, transport="PSTN"),
    ]


def _park(record: Record, company: Company, _person: Person, rng: random.Random) -> list[Record]:
    orbit = f"*8{rng.randrange(1, 100):02d}"
    colleague = rng.choice(company.colleagues)
    return [
        leg_from(record, "Accept"),
        leg_from(record, "CallPark", action="Call Park", to={"extensionNumber": orbit}),
        leg_from(record, "Pickup", action="Pickup", to=_end(colleague), transport="VoIP"),
    ]


_SHAPES: dict[Shape, Callable[[Record, Company, Person, random.Random], list[Record]]] = {
    "queue": _queue,
    "transfer": _transfer,
    "ringout": _ringout,
    "follow_me": _follow_me,
    "park": _park,
}
