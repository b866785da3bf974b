"""Who cannot reach the user: the settings, and the lists of blocked and allowed numbers."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from rcdesk.core.abilities import Ability
from rcdesk.core.errors import BadInput, NotFound
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.paging import all_records
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_settings import (
    BlockedNumberEntry,
    BlockedNumbersAnswer,
    CallerBlockingAnswer,
)

_SETTINGS = "/restapi/v1.0/account/~/extension/~/caller-blocking"
_NUMBERS = f"{_SETTINGS}/phone-numbers"
_LONGEST_LABEL = 60


class ListedAs(StrEnum):
    """Which list a number is on."""

    BLOCKED = "Blocked"
    ALLOWED = "Allowed"


@dataclass(frozen=True, slots=True)
class CallerBlocking:
    """The settings, in RingCentral's words; empty where the platform does not say.

    Attributes:
        mode: `Specific` blocks the block list, `All` everybody but the allow list.
        no_caller_id: BlockCallsAndFaxes, BlockFaxes or Allow.
        pay_phones: Block or Allow.
    """

    mode: str = ""
    no_caller_id: str = ""
    pay_phones: str = ""


@dataclass(frozen=True, slots=True)
class ListedNumber:
    """A blocked or allowed number, E.164; `id` is empty until the platform has it."""

    number: str
    label: str = ""
    listed_as: ListedAs = ListedAs.BLOCKED
    id: str = ""


async def get_caller_blocking(http: PlatformHttp, *, user: bool = False) -> CallerBlocking:
    """The settings; raises PlatformError or SignedOut."""
    answer = await http.request(
        "GET", _SETTINGS, into=CallerBlockingAnswer, group=RateGroup.LIGHT, user=user
    )
    return _settings(answer)


async def set_caller_blocking(
    http: PlatformHttp, settings: CallerBlocking, *, user: bool = True
) -> CallerBlocking:
    """Change what is not empty in `settings`; raises PlatformError or SignedOut."""
    given = {
        "mode": settings.mode,
        "noCallerId": settings.no_caller_id,
        "payPhones": settings.pay_phones,
    }
    answer = await http.request(
        "PUT",
        _SETTINGS,
        into=CallerBlockingAnswer,
        group=RateGroup.LIGHT,
        user=user,
        json={name: value for name, value in given.items() if value},
    )
    return _settings(answer)


async def list_numbers(
    http: PlatformHttp, listed_as: ListedAs | None = None, *, user: bool = False
) -> tuple[ListedNumber, ...]:
    """One list, or both; a number on a list that rcdesk does not know is left out.

    Raises PlatformError or SignedOut.
    """
    entries = all_records(
        http,
        _NUMBERS,
        into=BlockedNumbersAnswer,
        group=RateGroup.LIGHT,
        user=user,
        filters={"status": listed_as.value} if listed_as else None,
    )
    return tuple(
        [
            _listed(entry)
            async for entry in entries
            if entry.phone_number and (text(entry.status) or ListedAs.BLOCKED) in _LISTS
        ]
    )


async def add_number(
    http: PlatformHttp, number: ListedNumber, *, user: bool = True
) -> ListedNumber:
    """Put `number` on its list; its id is ignored. Raises PlatformError or SignedOut."""
    answer = await http.request(
        "POST",
        _NUMBERS,
        into=BlockedNumberEntry,
        group=RateGroup.MEDIUM,
        user=user,
        json=_body(number),
        needs=Ability.BLOCKING,
    )
    return _listed(answer)


async def change_number(
    http: PlatformHttp, number: ListedNumber, *, user: bool = True
) -> ListedNumber:
    """Change what the list says under `number.id`.

    Raises BadInput without an id, NotFound, PlatformError or SignedOut.
    """
    answer = await http.request(
        "PUT",
        _one(number.id),
        into=BlockedNumberEntry,
        group=RateGroup.MEDIUM,
        user=user,
        json=_body(number),
    )
    return _listed(answer)


async def remove_number(http: PlatformHttp, number_id: str, *, user: bool = True) -> None:
    """Take a number off its list; one that is gone already is no error.

    Raises BadInput without an id, before anything is sent; PlatformError or SignedOut.
    """
    path = _one(number_id)
    try:
        await http.request("DELETE", path, into=None, group=RateGroup.MEDIUM, user=user)
    except NotFound:
        return


_LISTS = frozenset(ListedAs)


def _settings(answer: CallerBlockingAnswer) -> CallerBlocking:
    return CallerBlocking(text(answer.mode), text(answer.no_caller_id), text(answer.pay_phones))


def _listed(entry: BlockedNumberEntry) -> ListedNumber:
    status = text(entry.status)
    return ListedNumber(
        number=text(entry.phone_number),
        label=text(entry.label),
        listed_as=ListedAs(status) if status in _LISTS else ListedAs.BLOCKED,
        id=text(entry.id),
    )


def _body(number: ListedNumber) -> dict[str, str]:
    return {
        "phoneNumber": number.number,
        "label": number.label[:_LONGEST_LABEL],
        "status": number.listed_as.value,
    }


def _one(number_id: str) -> str:
    """Path of one number: an empty id would name all of them, a comma several."""
    if not number_id.isalnum():
        raise BadInput("This number is not on a list yet: add it first.")
    return f"{_NUMBERS}/{quote(number_id, safe='')}"
