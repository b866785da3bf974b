"""The call log kept in step: everything once, then only what has changed."""

from dataclasses import dataclass
from datetime import UTC, datetime

from rcdesk.core.abilities import Ability
from rcdesk.core.errors import Refused, UnexpectedAnswer
from rcdesk.core.events import LogRecord
from rcdesk.ringcentral.call_log import record_of
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_call_log import CallLogSyncAnswer

MOST_RECORDS = 250
"""What one synchronisation carries; more changes than that need a full one."""

_PATH = "/restapi/v1.0/account/~/extension/~/call-log-sync"
# The token is damaged, too old, of a log that was reset, or too much has changed since.
_START_AGAIN = frozenset({"CLG-101", "CLG-102", "CLG-103", "CLG-104", "CLG-105", "MSG-333"})


class SyncTokenInvalid(Refused):
    """Only a full synchronisation helps."""


@dataclass(frozen=True, slots=True)
class CallLogSync:
    """What a synchronisation brought.

    Attributes:
        token: for the next one; opaque, and worth storing.
        is_full: `records` take the place of what was known of their time; else they add to it.
        deleted_ids: `record_id` of what is no longer in the log.
    """

    token: str
    is_full: bool
    records: tuple[LogRecord, ...] = ()
    deleted_ids: tuple[str, ...] = ()


async def synchronise(
    http: PlatformHttp,
    token: str = "",
    *,
    date_from: datetime | None = None,
    is_detailed: bool = False,
    user: bool = False,
) -> CallLogSync:
    """What has changed since `token`; all of it without one, or where it does no longer do.

    `date_from` and `is_detailed` are those of `full_sync`. Raises PlatformError or SignedOut.
    """
    if token:
        try:
            return await incremental_sync(http, token, user=user)
        except SyncTokenInvalid:
            pass
    return await full_sync(http, date_from=date_from, is_detailed=is_detailed, user=user)


async def full_sync(
    http: PlatformHttp,
    *,
    date_from: datetime | None = None,
    record_count: int = MOST_RECORDS,
    only_missed: bool = False,
    is_detailed: bool = False,
    user: bool = False,
) -> CallLogSync:
    """The newest `record_count` calls, at most 250, and a token to go on from.

    `date_from` is aware and at most 30 days ago; what is chosen here holds for all that
    follows with the token. Raises PlatformError or SignedOut.
    """
    params = {
        "syncType": "FSync",
        "recordCount": str(min(max(record_count, 1), MOST_RECORDS)),
        "statusGroup": "Missed" if only_missed else "All",
        "view": "Detailed" if is_detailed else "Simple",
    }
    if date_from is not None:
        at = date_from.astimezone(UTC).isoformat(timespec="milliseconds")
        params["dateFrom"] = at.replace("+00:00", "Z")
    return await _sync(http, params, is_full=True, user=user)


async def incremental_sync(http: PlatformHttp, token: str, *, user: bool = False) -> CallLogSync:
    """What is new, changed or deleted since `token` was given out.

    Raises:
        SyncTokenInvalid: a full synchronisation is needed.
        PlatformError, SignedOut: as ever.
    """
    params = {"syncType": "ISync", "syncToken": token, "showDeleted": "true"}
    try:
        return await _sync(http, params, is_full=False, user=user)
    except Refused as refusal:
        if _START_AGAIN.isdisjoint(refusal.codes):
            raise
        raise SyncTokenInvalid(
            str(refusal),
            status=refusal.status,
            codes=refusal.codes,
            request_id=refusal.request_id,
        ) from refusal


async def _sync(
    http: PlatformHttp, params: dict[str, str], *, is_full: bool, user: bool
) -> CallLogSync:
    answer = await http.request(
        "GET",
        _PATH,
        into=CallLogSyncAnswer,
        group=RateGroup.HEAVY,
        user=user,
        params=params,
        needs=Ability.CALL_LOG,
    )
    token = "" if answer.sync_info is None else text(answer.sync_info.sync_token)
    if not token:
        raise UnexpectedAnswer("RingCentral sent calls without saying how to go on from there.")
    entries = answer.records or []
    records = map(record_of, (entry for entry in entries if not entry.deleted))
    return CallLogSync(
        token=token,
        is_full=is_full or text(answer.sync_info.sync_type if answer.sync_info else "") == "FSync",
        records=tuple(record for record in records if record is not None),
        deleted_ids=tuple(text(entry.id) for entry in entries if entry.deleted and entry.id),
    )
