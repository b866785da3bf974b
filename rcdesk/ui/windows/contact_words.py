"""A contact's card in words."""

import re

from rcdesk.services.contacts import CardNumber, ContactCard, Origin
from rcdesk.ui import words

_LONGEST_NOTE = 4_000
_LONGEST_WORD = 24

_KINDS = {
    "mobile_phone": "Mobile",
    "business_phone": "Business",
    "business_phone2": "Business 2",
    "home_phone": "Home",
    "home_phone2": "Home 2",
    "company_phone": "Company",
    "assistant_phone": "Assistant",
    "car_phone": "Car",
    "other_phone": "Other",
    "callback_phone": "Callback",
    "business_fax": "Business fax",
    "other_fax": "Other fax",
    "extension": "Extension",
    # RingCentral's usage types.
    "DirectNumber": "Direct",
    "MainCompanyNumber": "Company, main",
    "CompanyNumber": "Company",
    "AdditionalCompanyNumber": "Company",
    "CompanyFaxNumber": "Company fax",
    "BusinessMobileNumber": "Business mobile",
    "ContactCenterNumber": "Contact center",
    "ConferencingNumber": "Conferencing",
}
_TYPES = {
    "Department": "Call queue",
    "IvrMenu": "IVR menu",
    "Announcement": "Announcement",
    "Voicemail": "Voicemail",
    "SharedLinesGroup": "Shared lines",
    "PagingOnly": "Paging group",
    "ParkLocation": "Park location",
}
_ORIGINS = {Origin.CONTACTS: "In your contacts", Origin.DIRECTORY: "In the company directory"}


def kind_text(number: CardNumber) -> str:
    """What a number is: an admin's own words for it, or ours."""
    return words.plain(number.label, 60) or _KINDS.get(number.kind, "Phone")


def position_text(card: ContactCard) -> str:
    """What they do and where; empty where nothing is known of it."""
    company = words.plain(card.company)
    if company == words.plain(card.name):
        company = ""
    return words.joined(
        _TYPES.get(card.type, ""),
        words.plain(card.job_title),
        words.plain(card.department),
        company,
    )


def origin_text(card: ContactCard) -> str:
    """Where they were found."""
    return _ORIGINS[card.origin]


def note_text(note: str) -> str:
    """The lines of a note, each as `plain`; a word that is too long may be broken."""
    lines = (words.plain(line, _LONGEST_NOTE) for line in note[:_LONGEST_NOTE].splitlines())
    return re.sub(rf"(\S{{{_LONGEST_WORD}}})(?=\S)", "\\1\u200b", "\n".join(lines).strip())
