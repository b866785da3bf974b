"""The user's personal contacts, every change numbered so that clients can keep in step."""

import random
import unicodedata
import zlib
from collections.abc import Iterable
from typing import Any, Self

from rcdesk.simulator.company import Company, Contact
from rcdesk.simulator.names_data import BUSINESSES

_Json = dict[str, Any]

ADDRESSES = ("homeAddress", "businessAddress", "otherAddress")
PHONES = (
    *("homePhone", "homePhone2", "businessPhone", "businessPhone2", "mobilePhone"),
    *("businessFax", "companyPhone", "assistantPhone", "carPhone"),
    *("otherPhone", "otherFax", "callbackPhone"),
)
TEXTS = (
    *("firstName", "lastName", "middleName", "nickName", "company", "jobTitle"),
    *("email", "email2", "email3", "birthday", "webPage", "notes", "ringtoneIndex", "appInfo"),
    *PHONES,
)
ADDRESS_PARTS = ("street", "city", "state", "zip", "country")
# Of those the company talks to most: who calls often gets into the address book.
_SEEDED = 90
_KNOWN_SHARE = 0.85
_JOB_TITLES = (
    *("Account Executive", "Buyer", "Controller", "Dispatcher", "Facilities Lead"),
    *("General Manager", "Head of Operations", "Office Manager", "Purchasing", "Receptionist"),
)
_STREETS = ("Castro St", "El Camino Real", "Harbor Blvd", "Maple Ave", "Market St", "Oak Lane")


class AddressBook:
    """Contacts in the platform's shape, without URIs; deleted ones stay known as such.

    `epoch` differs between address books, so that a sync token of one is none of another.
    """

    def __init__(
        self, contacts: Iterable[_Json] = (), *, first_id: int = 1, epoch: int = 0
    ) -> None:
        self.epoch = epoch
        self._next_id = first_id
        self._contacts: dict[int, _Json] = {}
        self._changes: list[int] = []
        for contact in contacts:
            self.add(contact)

    @classmethod
    def seeded(cls, company: Company) -> Self:
        """Return the contacts that the user of `company` keeps: most of those who call often."""
        rng = random.Random(f"address book {company.account_id}")
        kept = [c for c in company.contacts[:_SEEDED] if rng.random() < _KNOWN_SHARE]
        return cls(
            (_seeded_contact(rng, contact, company) for contact in kept),
            first_id=int(company.account_id) % 10**9 * 1000 + 8,
            epoch=zlib.crc32(company.account_id.encode()),
        )

    @property
    def revision(self) -> int:
        """How many changes there have been."""
        return len(self._changes)

    @property
    def contacts(self) -> list[_Json]:
        """All that are not deleted, in the order of their creation."""
        return [c for c in self._contacts.values() if c["availability"] == "Alive"]

    def get(self, contact_id: int) -> _Json | None:
        """Return a contact that is not deleted, or None."""
        contact = self._contacts.get(contact_id)
        return contact if contact is not None and contact["availability"] == "Alive" else None

    def add(self, fields: _Json) -> _Json:
        """Keep a new contact."""
        contact_id = self._next_id
        self._next_id += 1000
        return self.put(contact_id, fields)

    def put(self, contact_id: int, fields: _Json) -> _Json:
        """Let the contact have these fields and no others."""
        given = {name: value for name, value in fields.items() if value}
        contact = {"id": contact_id, "availability": "Alive", **given}
        self._contacts[contact_id] = contact
        self._changes.append(contact_id)
        return contact

    def delete(self, contact_id: int) -> None:
        """Forget all but that there was such a contact."""
        self._contacts[contact_id] = {"id": contact_id, "availability": "Deleted"}
        self._changes.append(contact_id)

    def changed_since(self, revision: int, at_most: int) -> tuple[list[_Json], int]:
        """Return each contact changed after `revision` once, and the revision they bring to."""
        changed: dict[int, _Json] = {}
        reached = revision
        for contact_id in self._changes[revision:]:
            if contact_id not in changed and len(changed) == at_most:
                break
            changed[contact_id] = self._contacts[contact_id]
            reached += 1
        return list(changed.values()), reached


def _seeded_contact(rng: random.Random, contact: Contact, company: Company) -> _Json:
    if contact.is_business:
        return {"company": contact.full_name, "businessPhone": contact.number} | _address(
            rng, "businessAddress", contact, company
        )
    first, _, last = contact.full_name.partition(" ")
    kept: _Json = {"firstName": first, "lastName": last}
    kept[rng.choice(("mobilePhone", "mobilePhone", "businessPhone", "homePhone"))] = contact.number
    if rng.random() < 0.6:
        kept |= {"company": rng.choice(BUSINESSES), "jobTitle": rng.choice(_JOB_TITLES)}
        kept["email"] = _email(first, last, kept["company"])
    if rng.random() < 0.15:
        kept["notes"] = rng.choice(("Prefers a call before noon.", "Met at the trade fair."))
    if "homePhone" in kept:
        kept |= _address(rng, "homeAddress", contact, company)
    return kept


def _address(rng: random.Random, kind: str, contact: Contact, company: Company) -> _Json:
    city, _, region = company.place_of(contact.number).partition(", ")
    if not region:
        return {}
    street = f"{rng.randrange(1, 999)} {rng.choice(_STREETS)}"
    where = "state" if contact.number.startswith("+1") else "country"
    return {kind: {"street": street, "city": city.partition(" (")[0], where: region}}


def _email(first: str, last: str, company: str) -> str:
    return f"{_ascii(first) or 'info'}.{_ascii(last) or 'office'}@{_ascii(company)}.example"


def _ascii(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in decomposed if c.isascii() and c.isalnum())
