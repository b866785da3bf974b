"""What the account's endpoints need of the world, and the addresses they answer with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from starlette.requests import Request

from rcdesk.simulator.company import Company, Person, Queue
from rcdesk.simulator.errors import ApiError, resource_not_found
from rcdesk.simulator.history import CallLog

ACCOUNT = "/restapi/v1.0/account/{account}"
EXTENSION = ACCOUNT + "/extension/{extension}"


class AccountState(Protocol):
    """The part of the simulated world that the account and history endpoints read."""

    @property
    def company(self) -> Company:
        """Whose account it is."""

    @property
    def call_log(self) -> CallLog:
        """The finished calls."""

    def now(self) -> datetime:
        """Return the platform's time, aware."""

    def active_records(self) -> Sequence[dict[str, Any]]:
        """Return live and just ended calls in the shape of call-log records."""


class Links:
    """Addresses on the server that was asked, with `~` resolved."""

    def __init__(self, request: Request, company: Company) -> None:
        self.server = str(request.base_url).rstrip("/")
        self.account = f"{self.server}/restapi/v1.0/account/{company.account_id}"

    def extension(self, extension_id: str | int) -> str:
        """Return the address of an extension."""
        return f"{self.account}/extension/{extension_id}"

    def device(self, device_id: str) -> str:
        """Return the address of a device."""
        return f"{self.account}/device/{device_id}"

    def country(self, country_id: str) -> str:
        """Return the address of a dictionary entry."""
        return f"{self.server}/restapi/v1.0/dictionary/country/{country_id}"


def check_account(request: Request, company: Company) -> None:
    """Refuse any account but the user's with 404 CMN-102."""
    if request.path_params["account"] not in ("~", company.account_id):
        raise resource_not_found("accountId")


def extension_asked(request: Request, company: Company) -> Person | Queue:
    """Return whom the path names: `~` or the id of an extension of this account.

    Raises:
        ApiError: 404 CMN-102.
    """
    check_account(request, company)
    asked = request.path_params["extension"]
    if asked == "~":
        return company.user
    extensions: list[Person | Queue] = [*company.people, *company.queues]
    for extension in extensions:
        if extension.extension_id == asked:
            return extension
    raise resource_not_found("extensionId")


def own_extension_asked(request: Request, company: Company) -> Person:
    """Return the user, the only one for whom the path may ask.

    Raises:
        ApiError: 404 CMN-102, there is no such extension; 403 CMN-404, it is another's.
    """
    if extension_asked(request, company) is not company.user:
        raise ApiError(403, "CMN-404", "Attempt to access another extension")
    return company.user
