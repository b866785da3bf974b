"""Single records of the call log, deleting them, and the whole company's log."""

from datetime import UTC, datetime
from urllib.parse import quote

from rcdesk.core.abilities import Ability
from rcdesk.core.errors import UnexpectedAnswer
from rcdesk.core.events import LogRecord
from rcdesk.ringcentral.call_log import CallLogPage, CallLogQuery
from rcdesk.ringcentral.decode import log_record, log_report
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.paging import next_page_uri
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import CallLogAnswer, CallLogEntry

_ACCOUNT = "/restapi/v1.0/account/~/call-log"
_EXTENSION = "/restapi/v1.0/account/~/extension/~/call-log"
# Filters of an extension's log that the account's does not have.
_EXTENSION_ONLY = ("transport", "showBlocked")


async def get_call(http: PlatformHttp, record_id: str, *, user: bool = False) -> LogRecord:
    """One record by its `record_id`; raises NotFound, PlatformError or SignedOut."""
    answer = await http.request(
        "GET",
        f"{_EXTENSION}/{quote(record_id, safe='')}",
        into=CallLogEntry,
        group=RateGroup.HEAVY,
        user=user,
        params={"view": "Simple"},
        needs=Ability.CALL_LOG,
    )
    record = log_record(answer)
    if record is None:
        raise UnexpectedAnswer("RingCentral sent a call that does not say which one it is.")
    return record


async def delete_calls(http: PlatformHttp, *, until: datetime, user: bool = True) -> None:
    """Delete every record older than `until` (aware) for good.

    Needs the EditCallLog scope. Raises PlatformError or SignedOut.
    """
    at = until.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    await http.request(
        "DELETE",
        _EXTENSION,
        into=None,
        group=RateGroup.HEAVY,
        user=user,
        params={"dateTo": at},
    )


async def list_account_calls(
    http: PlatformHttp, query: CallLogQuery, page: int = 1, *, user: bool = False
) -> CallLogPage:
    """Page `page` (from 1) of everybody's calls; `transport` and `show_blocked` do not count.

    Needs the FullCompanyCallLog permission. Raises PlatformError or SignedOut.
    """
    params = query.params(page)
    for name in _EXTENSION_ONLY:
        params.pop(name, None)
    answer = await http.request(
        "GET", _ACCOUNT, into=CallLogAnswer, group=RateGroup.HEAVY, user=user, params=params
    )
    return CallLogPage(log_report(answer).records, has_next=bool(next_page_uri(answer)))
