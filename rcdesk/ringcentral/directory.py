"""The company directory: everybody and everything with an extension number."""

from dataclasses import dataclass
from http import HTTPStatus

from rcdesk.ringcentral.faults import not_ringcentral
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.mending import Undecodable, decode
from rcdesk.ringcentral.paging import MAX_PAGES
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_contacts import (
    DirectoryAccount,
    DirectoryAnswer,
    DirectoryEntryRecord,
)

_ENTRIES = "/restapi/v1.0/account/~/directory/entries"
_PER_PAGE = 1000


@dataclass(frozen=True, slots=True)
class DirectoryNumber:
    """A number of an entry, E.164; `usage_type` is RingCentral's (DirectNumber, ...)."""

    number: str
    label: str = ""
    usage_type: str = ""


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """A colleague, a call queue, a room.

    Attributes:
        id: the extension's.
        type: RingCentral's (User, Department for a call queue, IvrMenu, ...).
        status: Enabled, Disabled, NotActivated.
        is_hidden: an admin does not want it shown in directories.
        numbers: without those that are hidden.
    """

    id: str
    type: str = ""
    status: str = ""
    name: str = ""
    extension_number: str = ""
    email: str = ""
    company: str = ""
    department: str = ""
    job_title: str = ""
    site: str = ""
    is_hidden: bool = False
    numbers: tuple[DirectoryNumber, ...] = ()


@dataclass(frozen=True, slots=True)
class Directory:
    """The whole directory, hidden entries included, by extension id.

    `etag` names this state of it, for the filters it was listed with; empty if there is none.
    """

    entries: tuple[DirectoryEntry, ...] = ()
    etag: str = ""


@dataclass(frozen=True, slots=True)
class DirectorySearch:
    """What to look for.

    Attributes:
        text: looked for in `fields`; the platform's choice of fields if there are none.
        fields: firstName, lastName, extensionNumber, phoneNumber, email, jobTitle,
            department, customFieldValue.
        types: RingCentral's extension types.
        order_by: one of `fields` but the last.
    """

    text: str = ""
    fields: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    site_ids: tuple[str, ...] = ()
    order_by: str = ""
    is_descending: bool = False
    show_federated: bool = True
    per_page: int = 100

    def body(self, page: int) -> dict[str, object]:
        """The request of page `page`, counted from 1."""
        order = {
            "index": 1,
            "fieldName": self.order_by,
            "direction": "Desc" if self.is_descending else "Asc",
        }
        optional: dict[str, object] = {
            "searchString": self.text,
            "searchFields": self.fields,
            "extensionTypes": self.types,
            "siteIds": self.site_ids,
            "orderBy": [order] if self.order_by else [],
        }
        return {
            "showFederated": self.show_federated,
            "page": page,
            "perPage": self.per_page,
        } | {name: value for name, value in optional.items() if value}


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """One page of a search."""

    entries: tuple[DirectoryEntry, ...]
    has_next: bool


async def list_directory(
    http: PlatformHttp,
    known: Directory | None = None,
    *,
    type: str = "",  # noqa: A002 - the platform's own word
    site_id: str = "",
    show_federated: bool = True,
    accessible_sites_only: bool = True,
    user: bool = False,
) -> Directory:
    """Everybody; `known`, listed with the same filters, is returned where nothing has changed.

    Raises PlatformError or SignedOut.
    """
    params = {
        "showFederated": str(show_federated).lower(),
        "accessibleSitesOnly": str(accessible_sites_only).lower(),
        "perPage": str(_PER_PAGE),
    }
    params |= {name: value for name, value in (("type", type), ("siteId", site_id)) if value}
    # By id: who joins or leaves meanwhile moves others to the next page.
    entries: dict[str, DirectoryEntry] = {}
    for page in range(1, MAX_PAGES + 1):
        etag = known.etag if known is not None and page == 1 else ""
        answer, etag = await _page(http, params | {"page": str(page)}, etag, user=user)
        if answer is None and known is not None:
            return known
        answer = answer or DirectoryAnswer()
        entries |= {entry.id: entry for entry in _entries(answer)}
        if not _has_next(answer, page, _PER_PAGE):
            break
    # A tag stands for one page: that of the first says nothing of the others.
    return Directory(tuple(entries.values()), etag if page == 1 else "")


async def _page(
    http: PlatformHttp, params: dict[str, str], etag: str, *, user: bool
) -> tuple[DirectoryAnswer | None, str]:
    """One page and its tag; None if it still is what `etag` names."""
    response = await http.exchange(
        "GET",
        _ENTRIES,
        group=RateGroup.MEDIUM,
        user=user,
        params=params,
        headers={"If-None-Match": etag} if etag else {},
    )
    if response.status_code == HTTPStatus.NOT_MODIFIED:
        return None, etag
    try:
        return decode(response.content, DirectoryAnswer), response.headers.get("ETag", "")
    except Undecodable:
        raise not_ringcentral(response) from None


async def search_directory(
    http: PlatformHttp, search: DirectorySearch, page: int = 1, *, user: bool = True
) -> DirectoryPage:
    """Page `page` (from 1) of what fits `search`; raises PlatformError or SignedOut."""
    answer = await http.request(
        "POST",
        f"{_ENTRIES}/search",
        into=DirectoryAnswer,
        group=RateGroup.HEAVY,
        user=user,
        json=search.body(page),
    )
    has_next = _has_next(answer, page, search.per_page)
    return DirectoryPage(tuple(_entries(answer)), has_next=has_next)


def _has_next(answer: DirectoryAnswer, page: int, asked_per_page: int) -> bool:
    paging = answer.paging
    if paging is not None and paging.total_pages is not None:
        return page < paging.total_pages
    # Without totals, a page that is not full is the last.
    per_page = (paging and paging.per_page) or asked_per_page
    return len(answer.records or ()) >= per_page


def _entries(answer: DirectoryAnswer) -> list[DirectoryEntry]:
    return [_entry(record) for record in answer.records or () if text(record.id)]


def _entry(record: DirectoryEntryRecord) -> DirectoryEntry:
    account = record.account or DirectoryAccount()
    person = f"{text(record.first_name)} {text(record.last_name)}".strip()
    return DirectoryEntry(
        id=text(record.id),
        type=text(record.type),
        status=text(record.status),
        name=person or text(record.name),
        extension_number=text(record.extension_number),
        email=text(record.email),
        company=text(account.company_name) or text(account.federated_name),
        department=text(record.department),
        job_title=text(record.job_title),
        site=text(record.site.name) if record.site else "",
        is_hidden=bool(record.hidden),
        numbers=_numbers(record),
    )


def _numbers(record: DirectoryEntryRecord) -> tuple[DirectoryNumber, ...]:
    numbers = {
        number: DirectoryNumber(number, text(entry.label), text(entry.usage_type))
        for entry in record.phone_numbers or ()
        if (number := text(entry.e164) or text(entry.phone_number)) and not entry.hidden
    }
    return tuple(numbers.values())
