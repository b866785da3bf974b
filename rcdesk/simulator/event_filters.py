"""Event filters: which notifications a subscription asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from rcdesk.simulator.company import Company

_PREFIX = re.compile(r"/restapi/v1\.0/account/([^/]+)(?:/(.*))?")
_EXTENSION = re.compile(r"extension/([^/]+)(.*)")
_QUEUE = re.compile(r"call-queues/[^/]+(.*)")

# The resources that send events; `~` stands for any id.
_RESOURCES = frozenset(
    {
        "extension/~",
        "extension/~/favorite",
        "extension/~/favorite/presence",
        "extension/~/fax",
        "extension/~/grant",
        "extension/~/incoming-call-pickup",
        "extension/~/message-store",
        "extension/~/message-store/instant",
        "extension/~/presence",
        "extension/~/presence/dnd",
        "extension/~/presence/line",
        "extension/~/presence/line/presence",
        "extension/~/telephony/sessions",
        "extension/~/voicemail",
        "call-queues/~/presence",
        "directory/contacts",
        "directory/entries",
        "extension",
        "presence",
        "telephony/sessions",
    }
)


class UnknownFilter(Exception):
    """The platform has no such event, or not for this user."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """A parsed filter.

    Attributes:
        resource: path below the account with every id written `~`.
        extension_id: None for events of the whole account.
        path: the filter as the platform repeats it, with ids in place of `~`.
        options: query options, values as given.
    """

    resource: str
    extension_id: str | None
    path: str
    options: dict[str, list[str]]

    @classmethod
    def parse(cls, text: str, company: Company) -> EventFilter:
        """Read a filter as a client writes it.

        Raises:
            UnknownFilter: there is no such event or no such extension.
        """
        path, _, query = text.partition("?")
        resource, extension = resource_of(path), extension_of(path)
        if resource not in _RESOURCES:
            raise UnknownFilter(text)
        account = _PREFIX.match(path)
        if account is None or account[1] not in ("~", company.account_id):
            raise UnknownFilter(text)
        own_id = company.user.extension_id
        if extension == "~":
            extension = own_id
        if extension is not None and extension not in {p.extension_id for p in company.people}:
            raise UnknownFilter(text)
        expanded = path.replace("/account/~", f"/account/{company.account_id}")
        expanded = expanded.replace("/extension/~", f"/extension/{own_id}").rstrip("/")
        return cls(
            resource=resource,
            extension_id=extension,
            path=f"{expanded}?{query}" if query else expanded,
            options=parse_qs(query),
        )

    def is_on(self, option: str) -> bool:
        """Tell whether a yes-or-no option is given as true."""
        return self.options.get(option, ["false"])[-1].lower() == "true"

    def accepts(self, option: str, value: str) -> bool:
        """Tell whether `value` is among those asked for; without the option all are."""
        wanted = self.options.get(option)
        return wanted is None or value.lower() in (
            part.strip().lower() for text in wanted for part in text.split(",")
        )

    @property
    def detail(self) -> int:
        """How much a presence filter asks for; the most detailed of several wins."""
        if not self.is_on("detailedTelephonyState"):
            return 0
        return 2 if self.is_on("sipData") else 1


def resource_of(path: str) -> str:
    """Return the resource of an event path, whatever its ids; `""` when it is none."""
    match = _PREFIX.fullmatch(path.partition("?")[0].rstrip("/"))
    if match is None:
        return ""
    rest = match[2] or ""
    if extension := _EXTENSION.fullmatch(rest):
        return f"extension/~{extension[2]}"
    if queue := _QUEUE.fullmatch(rest):
        return f"call-queues/~{queue[1]}"
    return rest


def extension_of(path: str) -> str | None:
    """Return the extension id or `~` in an event path."""
    match = _PREFIX.fullmatch(path.partition("?")[0].rstrip("/"))
    extension = _EXTENSION.fullmatch(match[2] or "") if match else None
    return extension[1] if extension else None
