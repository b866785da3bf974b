"""The simulated company: its people, its numbers and everybody it talks to."""

import random
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from rcdesk.simulator.names_data import (
    AWKWARD_NAMES,
    BUSINESSES,
    CARRIER_NAMES,
    COLLEAGUES,
    FIRST_NAMES,
    LAST_NAMES,
    QUEUES,
)
from rcdesk.simulator.places_data import ABROAD_NUMBERS, NORTH_AMERICA, PLACES

_DOMAIN = "sequoia-instruments.example"
_CONTACTS = 420
_COMPANIES = frozenset(BUSINESSES) | {name for name in AWKWARD_NAMES if "&" in name or "🦄" in name}
_LONGEST_PREFIX = max(map(len, PLACES))


@dataclass(frozen=True, slots=True)
class Person:
    """A user extension; numbers are E.164, `device_id` is that of the desk phone."""

    extension_id: str
    extension_number: str
    first_name: str
    last_name: str
    direct_number: str
    device_id: str

    @property
    def name(self) -> str:
        """First and last name, as call records show it."""
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        """An address in a domain that cannot exist."""
        decomposed = unicodedata.normalize("NFKD", f"{self.first_name}.{self.last_name}")
        local = "".join(c for c in decomposed.lower() if c.isascii() and (c.isalnum() or c in ".-"))
        return f"{local}@{_DOMAIN}"


@dataclass(frozen=True, slots=True)
class Queue:
    """A call queue (extension type Department) with a number of its own."""

    extension_id: str
    extension_number: str
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody outside; `name` is what caller ID delivers, empty when it delivers none.

    `full_name` is what they call themselves; `is_business` tells a company from a person.
    """

    number: str
    name: str
    full_name: str = ""
    is_business: bool = False


@dataclass(frozen=True)
class Company:
    """One account, its signed-in user and the outside world; equal seeds give equal companies.

    `contacts` is ordered by how much the company talks to them, most first. Only `queues`
    may grow.
    """

    account_id: str
    name: str
    main_number: str
    toll_free_number: str
    mobile_number: str
    user: Person
    colleagues: list[Person]
    queues: list[Queue]
    contacts: list[Contact]
    client_id: str = "rcdesk-simulator-app"
    client_secret: str = field(default="simulated-client-secret", repr=False)
    jwt: str = field(default="", repr=False)
    password: str = field(default="Correct-Horse-7", repr=False)

    @classmethod
    def seeded(cls, seed: int) -> Self:
        """Return the company of this seed."""
        rng = random.Random(f"company {seed}")
        account = str(400_000_000_000 + rng.randrange(10**8) * 1000 + 8)
        first_extension = int(account) + 2000
        people = [
            Person(
                extension_id=str(first_extension + 1000 * index),
                extension_number=str(101 + index),
                first_name=first,
                last_name=last,
                direct_number=f"+1650555{142 + index:04d}",
                device_id=str(802_000_000 + 1000 * index + rng.randrange(1000)),
            )
            for index, (first, last) in enumerate([("Alex", "Navarro"), *COLLEAGUES])
        ]
        queues = [
            Queue(
                extension_id=str(first_extension + 100_000 + 1000 * index),
                extension_number=str(801 + index),
                name=name,
                number=f"+1650555{110 + index:04d}",
            )
            for index, name in enumerate(QUEUES)
        ]
        return cls(
            account_id=account,
            name="Sequoia Instruments",
            main_number="+16505550100",
            toll_free_number="+18885550100",
            mobile_number="+14155550177",
            user=people[0],
            colleagues=people[1:],
            queues=queues,
            contacts=_contacts(rng),
            jwt=f"simulated.jwt.{rng.getrandbits(128):032x}",
        )

    def add_queue(self, name: str) -> Queue:
        """Open one more call queue, with a number of its own."""
        index = len(self.queues)
        queue = Queue(
            extension_id=str(int(self.account_id) + 102_000 + 1000 * index),
            extension_number=str(801 + index),
            name=name,
            number=f"+1650556{110 + index:04d}",
        )
        self.queues.append(queue)
        self._names[queue.number] = self._names[queue.extension_number] = name
        return queue

    @property
    def username(self) -> str:
        """What the user types to sign in: the direct number in E.164."""
        return self.user.direct_number

    @property
    def people(self) -> list[Person]:
        """Every user extension, the signed-in user first."""
        return [self.user, *self.colleagues]

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {contact.number: contact.name for contact in self.contacts}
        for person in self.people:
            names[person.direct_number] = names[person.extension_number] = person.name
        for queue in self.queues:
            names[queue.number] = names[queue.extension_number] = queue.name
        names[self.main_number] = names[self.toll_free_number] = self.name
        names[self.mobile_number] = self.user.name
        return names

    def name_of(self, number: str) -> str:
        """Return the name behind an E.164 or extension number (`+` optional), or `""`."""
        return self._names.get(number) or self._names.get(f"+{number}", "")

    def place_of(self, number: str) -> str:
        """Return the location text of an E.164 number (`+` optional), or `""`."""
        digits = number.removeprefix("+")
        if len(digits) < 7:
            return ""
        for length in range(_LONGEST_PREFIX, 2, -1):
            place = PLACES.get(digits[:length])
            if place is not None:
                return place
        return ""


def _contacts(rng: random.Random) -> list[Contact]:
    names = [f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}" for _ in range(_CONTACTS)]
    names[: len(BUSINESSES)] = BUSINESSES
    rng.shuffle(names)
    # Regulars near the top, so that even a short history meets them.
    for index, name in enumerate(AWKWARD_NAMES):
        names[5 + 6 * index] = name
    contacts: dict[str, Contact] = {}
    for index, name in enumerate(names):
        number = _outside_number(rng)
        while number in contacts:
            number = _outside_number(rng)
        caller_id = _caller_id(rng, number, name, index)
        contacts[number] = Contact(number, caller_id, name, is_business=name in _COMPANIES)
    return list(contacts.values())


def _outside_number(rng: random.Random) -> str:
    if rng.random() < 0.08:
        template = ABROAD_NUMBERS[rng.choice(list(ABROAD_NUMBERS))]
        return template.format(rng.randrange(1000))
    return f"+{rng.choice(list(NORTH_AMERICA))}555{rng.randrange(200, 10_000):04d}"


def _caller_id(rng: random.Random, number: str, name: str, index: int) -> str:
    if name in AWKWARD_NAMES or index < 4:
        return name
    kind = rng.random()
    if kind < 0.12:
        return ""
    if kind < 0.20:
        return rng.choice(CARRIER_NAMES)
    if kind < 0.28:
        city, _, region = PLACES.get(number[1:5], "").partition(", ")
        return f"{city[:12].upper():<12} {region}" if region else ""
    if kind < 0.36:
        return name.upper()[:15]
    return name
