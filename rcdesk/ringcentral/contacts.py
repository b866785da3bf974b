"""The user's personal contacts: one by one, and kept in step through sync tokens."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from msgspec.structs import fields as struct_fields

from rcdesk.core.errors import BadInput, NotFound, Refused, UnexpectedAnswer
from rcdesk.ringcentral.http import Params, PlatformHttp
from rcdesk.ringcentral.paging import next_page_uri
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_contacts import (
    AddressEntry,
    ContactEntry,
    ContactsAnswer,
    ContactsSyncAnswer,
)

_EXTENSION = "/restapi/v1.0/account/~/extension/~"
_CONTACTS = f"{_EXTENSION}/address-book/contact"
_SYNC = f"{_EXTENSION}/address-book-sync"
_SYNC_PAGE = 250
# Of the 10,000 contacts a user may have, with room to spare.
_MOST_SYNC_PAGES = 60
_ID = re.compile(r"[0-9]{1,19}", re.ASCII)


class ContactOrder(StrEnum):
    """What contacts can be sorted by."""

    FIRST_NAME = "FirstName"
    LAST_NAME = "LastName"
    COMPANY = "Company"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address."""

    street: str = ""
    city: str = ""
    state: str = ""
    zip_code: str = ""
    country: str = ""


_NOWHERE = Address()


@dataclass(frozen=True, slots=True)
class Contact:
    """A personal contact; `id` is empty until the platform has it.

    Phone numbers are E.164. `birthday` is a platform time, at midnight.
    """

    id: str = ""
    first_name: str = ""
    last_name: str = ""
    middle_name: str = ""
    nick_name: str = ""
    company: str = ""
    job_title: str = ""
    email: str = ""
    email2: str = ""
    email3: str = ""
    birthday: str = ""
    web_page: str = ""
    notes: str = ""
    home_phone: str = ""
    home_phone2: str = ""
    business_phone: str = ""
    business_phone2: str = ""
    mobile_phone: str = ""
    business_fax: str = ""
    company_phone: str = ""
    assistant_phone: str = ""
    car_phone: str = ""
    other_phone: str = ""
    other_fax: str = ""
    callback_phone: str = ""
    home_address: Address = _NOWHERE
    business_address: Address = _NOWHERE
    other_address: Address = _NOWHERE
    ringtone_index: str = ""
    app_info: str = ""

    @property
    def name(self) -> str:
        """What to call them: the person, else the nickname, else the company; may be empty."""
        person = " ".join(filter(None, (self.first_name, self.middle_name, self.last_name)))
        return person or self.nick_name or self.company

    @property
    def phone_numbers(self) -> tuple[tuple[str, str], ...]:
        """Every number with what it is (`mobile_phone`, `business_fax`), none twice."""
        numbers: dict[str, str] = {}
        for kind in _NUMBERS:
            number = getattr(self, kind)
            if number:
                numbers.setdefault(number, kind)
        return tuple((kind, number) for number, kind in numbers.items())


_FIELDS = tuple(field.name for field in fields(Contact) if field.name != "id")
_ADDRESSES = tuple(name for name in _FIELDS if name.endswith("_address"))
_TEXTS = tuple(name for name in _FIELDS if name not in _ADDRESSES)
# The fax machines last: a number that is both is a phone.
_NUMBERS = (
    "mobile_phone",
    *(name for name in _FIELDS if "_phone" in name and name != "mobile_phone"),
    *("business_fax", "other_fax"),
)
_WIRE_NAMES = {
    field.name: field.encode_name
    for struct in (ContactEntry, AddressEntry)
    for field in struct_fields(struct)
}


@dataclass(frozen=True, slots=True)
class ContactQuery:
    """What to list.

    Attributes:
        starts_with: beginning of a first or last name, in any case.
        phone_numbers: E.164; whoever has one of them.
    """

    starts_with: str = ""
    phone_numbers: tuple[str, ...] = ()
    sort_by: ContactOrder | None = None
    per_page: int = 100

    def params(self, page: int) -> dict[str, str | Sequence[str]]:
        """The query of page `page`, counted from 1."""
        optional: dict[str, str | Sequence[str]] = {
            "startsWith": self.starts_with,
            "phoneNumber": self.phone_numbers,
            "sortBy": self.sort_by.value if self.sort_by else "",
        }
        wanted = {name: value for name, value in optional.items() if value}
        return {"page": str(page), "perPage": str(self.per_page)} | wanted


@dataclass(frozen=True, slots=True)
class ContactPage:
    """One page of contacts."""

    contacts: tuple[Contact, ...]
    has_next: bool


@dataclass(frozen=True, slots=True)
class ContactChanges:
    """What a synchronization brought.

    Attributes:
        contacts: new and changed ones, or with `is_full` all there are.
        removed_ids: contacts that are gone; always empty with `is_full`.
        token: to be given to the next synchronization; empty if the platform gave none.
    """

    contacts: tuple[Contact, ...]
    removed_ids: frozenset[str]
    token: str
    is_full: bool


async def list_contacts(
    http: PlatformHttp, query: ContactQuery, page: int = 1, *, user: bool = False
) -> ContactPage:
    """Page `page` (from 1) of the contacts; raises PlatformError or SignedOut."""
    answer = await http.request(
        "GET",
        _CONTACTS,
        into=ContactsAnswer,
        group=RateGroup.HEAVY,
        user=user,
        params=query.params(page),
    )
    contacts = tuple(map(_contact, answer.records or ()))
    return ContactPage(contacts, has_next=bool(next_page_uri(answer)))


async def get_contact(http: PlatformHttp, contact_id: str, *, user: bool = False) -> Contact:
    """One contact; raises BadInput without an id, NotFound, PlatformError or SignedOut."""
    answer = await http.request(
        "GET", _one(contact_id), into=ContactEntry, group=RateGroup.HEAVY, user=user
    )
    return _contact(answer)


async def create_contact(http: PlatformHttp, contact: Contact, *, user: bool = True) -> Contact:
    """Add `contact`, whose id is ignored; returns it as the platform keeps it.

    Never repeated by itself: after Unreachable the contact may exist.
    Raises PlatformError or SignedOut.
    """
    answer = await http.request(
        "POST",
        _CONTACTS,
        into=ContactEntry,
        group=RateGroup.HEAVY,
        user=user,
        json=_full_body(contact),
    )
    return _contact(answer)


async def replace_contact(http: PlatformHttp, contact: Contact, *, user: bool = True) -> Contact:
    """Make the platform's contact of this id equal to `contact`, empty fields included.

    Raises BadInput without an id, NotFound, PlatformError or SignedOut.
    """
    answer = await http.request(
        "PUT",
        _one(contact.id),
        into=ContactEntry,
        group=RateGroup.HEAVY,
        user=user,
        json=_full_body(contact),
    )
    return _contact(answer)


async def change_contact(
    http: PlatformHttp, before: Contact, after: Contact, *, user: bool = True
) -> Contact:
    """Send only what differs, so that changes made elsewhere meanwhile are kept.

    Raises BadInput without an id, NotFound, PlatformError or SignedOut.
    """
    path = _one(before.id)
    changes = {
        _WIRE_NAMES[name]: _json(getattr(after, name)) or None
        for name in _FIELDS
        if getattr(after, name) != getattr(before, name)
    }
    if not changes:
        return before
    answer = await http.request(
        "PATCH", path, into=ContactEntry, group=RateGroup.HEAVY, user=user, json=changes
    )
    return _contact(answer)


async def delete_contact(http: PlatformHttp, contact_id: str, *, user: bool = True) -> None:
    """Delete one contact; one that is gone already is no error.

    Raises BadInput without an id, before anything is sent; PlatformError or SignedOut.
    """
    path = _one(contact_id)
    try:
        await http.request("DELETE", path, into=None, group=RateGroup.HEAVY, user=user)
    except NotFound:
        return


async def sync_contacts(
    http: PlatformHttp, token: str = "", *, user: bool = False
) -> ContactChanges:
    """What changed since `token`, or everything: without a token, or where it is refused.

    Raises PlatformError or SignedOut.
    """
    if token:
        try:
            return await _incremental(http, token, user=user)
        except Refused as refusal:
            # The specification names no code for a token that is too old or not the platform's.
            if refusal.status != 400:
                raise
    return await _full(http, user=user)


async def _full(http: PlatformHttp, *, user: bool) -> ContactChanges:
    entries: list[ContactEntry] = []
    params = {"syncType": "FSync", "perPage": str(_SYNC_PAGE)}
    token = ""
    for _ in range(_MOST_SYNC_PAGES):
        answer = await _sync_page(http, params, user=user)
        entries += answer.records or ()
        # The first page's token also covers what changes while the others are read.
        token = token or _token(answer)
        page_id = text(answer.next_page_id)
        if not page_id:
            return _changes(entries, token, is_full=True)
        params["pageId"] = page_id
    # What is cut off would look deleted.
    raise UnexpectedAnswer("RingCentral's list of your contacts does not end.")


async def _incremental(http: PlatformHttp, token: str, *, user: bool) -> ContactChanges:
    entries: list[ContactEntry] = []
    for _ in range(_MOST_SYNC_PAGES):
        params = {"syncType": "ISync", "syncToken": token, "perPage": str(_SYNC_PAGE)}
        answer = await _sync_page(http, params, user=user)
        entries += answer.records or ()
        before, token = token, _token(answer) or token
        # An incremental answer is cut at a page's size; its token leads to the rest.
        if len(answer.records or ()) < _SYNC_PAGE or token == before:
            break
    return _changes(entries, token, is_full=False)


async def _sync_page(http: PlatformHttp, params: Params, *, user: bool) -> ContactsSyncAnswer:
    return await http.request(
        "GET", _SYNC, into=ContactsSyncAnswer, group=RateGroup.HEAVY, user=user, params=params
    )


def _token(answer: ContactsSyncAnswer) -> str:
    return text(answer.sync_info.sync_token) if answer.sync_info else ""


def _changes(entries: list[ContactEntry], token: str, *, is_full: bool) -> ContactChanges:
    latest = {text(entry.id): entry for entry in entries if text(entry.id)}
    alive = {
        contact_id
        for contact_id, entry in latest.items()
        if text(entry.availability) not in ("Deleted", "Purged")
    }
    return ContactChanges(
        contacts=tuple(_contact(entry) for key, entry in latest.items() if key in alive),
        removed_ids=frozenset() if is_full else frozenset(latest.keys() - alive),
        token=token,
        is_full=is_full,
    )


def _contact(entry: ContactEntry) -> Contact:
    values: dict[str, Any] = {name: text(getattr(entry, name)) for name in _TEXTS}
    values |= {name: _address(getattr(entry, name)) for name in _ADDRESSES}
    return Contact(id=text(entry.id), **values)


def _address(entry: AddressEntry | None) -> Address:
    if entry is None:
        return _NOWHERE
    return Address(**{field.name: text(getattr(entry, field.name)) for field in fields(Address)})


def _full_body(contact: Contact) -> dict[str, object]:
    values = {_WIRE_NAMES[name]: _json(getattr(contact, name)) for name in _FIELDS}
    return {name: value for name, value in values.items() if value}


def _json(value: str | Address) -> str | dict[str, str]:
    if isinstance(value, str):
        return value
    parts = {_WIRE_NAMES[field.name]: getattr(value, field.name) for field in fields(value)}
    return {name: part for name, part in parts.items() if part}


def _one(contact_id: str) -> str:
    """Path of one contact: an empty id would name all of them, a comma several."""
    if not _ID.fullmatch(contact_id):
        raise BadInput("This contact has no id yet: save it first.")
    return f"{_CONTACTS}/{contact_id}"
