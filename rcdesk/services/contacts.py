"""Whose a number is, by the user's contacts and the company directory."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from rcdesk.core.abilities import Ability
from rcdesk.core.errors import BadInput, PermissionMissing, Unreachable
from rcdesk.core.numbers import can_be_looked_up, e164, is_extension, is_mobile, is_public
from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.ringcentral.contacts import Contact, ContactQuery, create_contact, list_contacts
from rcdesk.ringcentral.directory import DirectoryEntry, DirectorySearch, search_directory
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.services.session import SessionService

ADDABLE_KINDS = (
    *("mobile_phone", "business_phone", "home_phone", "other_phone"),
    *("business_fax", "other_fax"),
)
"""What the number of a new contact can be, by a Contact's fields."""

_HIDDEN_DIGITS = "Some of this number's digits are hidden, so nobody can be found by it."
_NAMELESS = "Give the contact a name or a company."
_FRESH_S = 600.0
_DIRECTORY_PAGE = 1000
_EXTENSION = "extension"


class Origin(StrEnum):
    """Where somebody was found."""

    CONTACTS = "contacts"
    DIRECTORY = "directory"


class CardNumber(NamedTuple):
    """One way to call somebody.

    `number` is E.164 where it has that, otherwise as it was written down. `kind` is a phone field
    of a Contact, `extension`, or RingCentral's usage type; `label` what an admin calls it.
    """

    number: str
    kind: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class ContactCard:
    """Somebody; everything but `origin` is as others wrote it, and may be empty.

    `type` is RingCentral's extension type (User, Department for a call queue) in the directory.
    """

    origin: Origin
    name: str = ""
    company: str = ""
    department: str = ""
    job_title: str = ""
    numbers: tuple[CardNumber, ...] = ()
    emails: tuple[str, ...] = ()
    notes: str = ""
    type: str = ""


class NewContact(NamedTuple):
    """What the user wants in their contacts; `kind` is one of ADDABLE_KINDS."""

    first_name: str
    last_name: str
    company: str
    number: str
    kind: str


@dataclass(slots=True)
class _Kept:
    """What was learnt in one session.

    Attributes:
        cards: by number, the oldest first, each with the time it was read.
        unsure: numbers that RingCentral may have been given a contact for.
    """

    session: tuple[str, str]
    cards: dict[str, tuple[float, ContactCard]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)


def likely_kind(number: str, region: str, *, is_fax: bool, is_company: bool) -> str:
    """Which of ADDABLE_KINDS a number (E.164) most likely is."""
    if is_fax:
        return "business_fax"
    return "mobile_phone" if not is_company and is_mobile(number, region) else "business_phone"


class ContactService:
    """Asks for whoever is signed in, and forgets what it learnt when somebody else is."""

    def __init__(
        self,
        platform: Platform,
        session: SessionService,
        *,
        most_kept: int = 100,
        clock: Clock = instant_now,
    ) -> None:
        self._platform = platform
        self._http = platform.http
        self._session = session
        self._clock = clock
        self._most_kept = most_kept
        self._kept = _Kept(platform.session.key)

    @property
    def wait_s(self) -> float:
        """How long RingCentral wants the next question to wait; 0 for not at all."""
        return self._platform.limits.delay_s(RateGroup.HEAVY, user=True)

    async def look_up(self, number: str) -> ContactCard | None:
        """Whose `number` (as the platform spells it) is; None for nobody who is known.

        Raises:
            BadInput: it is no number, or masked.
            PermissionMissing: neither place may be asked, or not the one where it belongs.
            PlatformError, SignedOut: RingCentral could not be asked.
        """
        region = (await self._session.load_account()).region
        number = e164(number, region)
        if not can_be_looked_up(number):
            raise BadInput(_HIDDEN_DIGITS)
        kept = self._current()
        read_s, card = kept.cards.get(number, (0.0, None))
        if card is None or self._clock().monotonic_s - read_s > _FRESH_S:
            card = await self._ask(number, region)
            if card is not None:
                self._keep(kept, number, card)
        return card

    async def add(self, new: NewContact) -> ContactCard:
        """Keep somebody in the user's contacts.

        Raises:
            BadInput: nobody is named, or the number cannot be kept.
            PermissionMissing, PlatformError, SignedOut: it was not added; after Unreachable
                perhaps it was, so the next attempt looks first.
        """
        region = (await self._session.load_account()).region
        number = e164(new.number, region)
        named = [" ".join(text.split()) for text in (new.first_name, new.last_name, new.company)]
        if not any(named):
            raise BadInput(_NAMELESS)
        if not is_public(number):
            raise BadInput(_HIDDEN_DIGITS)
        kept = self._current()
        card = await self._in_contacts(number, region) if number in kept.unsure else None
        if card is None:
            card = await self._create(named, number, new.kind, kept)
        kept.unsure.discard(number)
        self._keep(kept, number, card)
        return card

    def _current(self) -> _Kept:
        # Who asked under another session keeps what they hold, and nobody sees it again.
        if self._kept.session != self._platform.session.key:
            self._kept = _Kept(self._platform.session.key)
        return self._kept

    def _keep(self, kept: _Kept, number: str, card: ContactCard) -> None:
        kept.cards.pop(number, None)
        kept.cards[number] = (self._clock().monotonic_s, card)
        if len(kept.cards) > self._most_kept:
            del kept.cards[next(iter(kept.cards))]

    async def _create(self, named: list[str], number: str, kind: str, kept: _Kept) -> ContactCard:
        first_name, last_name, company = named
        phone: dict[str, Any] = {kind: number}
        contact = Contact(first_name=first_name, last_name=last_name, company=company, **phone)
        try:
            with self._http.abilities.needed(Ability.EDIT_CONTACTS):
                return _personal(await create_contact(self._http, contact))
        except Unreachable:
            kept.unsure.add(number)
            raise

    async def _ask(self, number: str, region: str) -> ContactCard | None:
        # Where it belongs is asked first: only a refusal there leaves something to be told.
        places = [self._in_contacts, self._in_directory]
        if is_extension(number):
            places.reverse()
        refusals: list[PermissionMissing | None] = []
        for find in places:
            try:
                card = await find(number, region)
            except PermissionMissing as error:
                refusals.append(error)
                continue
            if card is not None:
                return card
            refusals.append(None)
        if refusals[0] is not None:
            raise refusals[0]
        return None

    async def _in_contacts(self, number: str, _region: str) -> ContactCard | None:
        query = ContactQuery(phone_numbers=(number,))
        with self._http.abilities.needed(Ability.CONTACTS):
            page = await list_contacts(self._http, query, user=True)
        return _personal(page.contacts[0]) if page.contacts else None

    async def _in_directory(self, number: str, region: str) -> ContactCard | None:
        # Partners have extensions of the same numbers; and the search finds parts of numbers.
        search = DirectorySearch(
            text=number.removeprefix("+"),
            fields=("extensionNumber",) if is_extension(number) else ("phoneNumber",),
            show_federated=not is_extension(number),
            per_page=_DIRECTORY_PAGE,
        )
        page = await search_directory(self._http, search)
        for entry in page.entries:
            numbers = {entry.extension_number, *(e164(it.number, region) for it in entry.numbers)}
            if number in numbers and not entry.is_hidden:
                return _colleague(entry)
        return None


def _personal(contact: Contact) -> ContactCard:
    return ContactCard(
        Origin.CONTACTS,
        name=contact.name,
        company=contact.company,
        job_title=contact.job_title,
        numbers=tuple(CardNumber(number, kind) for kind, number in contact.phone_numbers),
        emails=_emails(contact.email, contact.email2, contact.email3),
        notes=contact.notes.strip(),
    )


def _colleague(entry: DirectoryEntry) -> ContactCard:
    direct = (CardNumber(it.number, it.usage_type, it.label) for it in entry.numbers)
    internal = [CardNumber(entry.extension_number, _EXTENSION)] if entry.extension_number else []
    return ContactCard(
        Origin.DIRECTORY,
        name=entry.name,
        company=entry.company,
        department=entry.department,
        job_title=entry.job_title,
        numbers=(*internal, *direct),
        emails=_emails(entry.email),
        type=entry.type,
    )


def _emails(*addresses: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for address in addresses if address.strip()))
