"""GET call-log-sync: everything once (FSync), then only what changed (ISync)."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple, Self

from rcdesk.simulator import sync_tokens
from rcdesk.simulator.call_records import SIMPLE, VIEWS
from rcdesk.simulator.errors import ApiError, invalid_parameter
from rcdesk.simulator.history import CallLog
from rcdesk.simulator.query import Query

_Record = dict[str, Any]

_MOST_RECORDS = 250
_LONGEST_RANGE = timedelta(days=30)
_STATUS_GROUPS = ("Missed", "All")
_MISSED_RESULTS = frozenset({"Missed", "Voicemail", "Hang Up", "Abandoned"})
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


class _SyncToken(NamedTuple):
    """Where a client is: opaque to it, and useless for another log or after a reset."""

    epoch: int
    revision: int
    oldest: str
    view: str
    only_missed: bool
    recording_type: str

    def encode(self) -> str:
        return sync_tokens.encode(self)

    @classmethod
    def decode(cls, token: str) -> Self:
        """Raise ApiError (400 CLG-101) for what `encode` never made."""
        try:
            return cls(*sync_tokens.decode(token))
        except (ValueError, TypeError):
            raise _sync_refused("CLG-101") from None

    def covers(self, record: _Record) -> bool:
        if self.only_missed and record.get("result") not in _MISSED_RESULTS:
            return False
        if self.recording_type:
            kind = record.get("recording", {}).get("type")
            return kind is not None and self.recording_type in ("All", kind)
        return True


def synchronized(
    query: Query, log: CallLog, now: datetime
) -> tuple[list[_Record], str, dict[str, str]]:
    """Return the records, the view to show them in, and `syncInfo`.

    Raises:
        ApiError: 400 CMN-101 for a wrong parameter; 400 CLG-101, CLG-102 or CLG-104 when the
            client must start again with FSync (token damaged, more than 250 changes, log of
            another run).
    """
    sync_type = query.choice("syncType", ("FSync", "ISync"), "FSync")
    if sync_type == "FSync":
        records, token = _full(query, log, now)
    else:
        records, token = _incremental(query, log)
    time = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    info = {"syncType": sync_type, "syncToken": token.encode(), "syncTime": time}
    return records, token.view, info


def _full(query: Query, log: CallLog, now: datetime) -> tuple[list[_Record], _SyncToken]:
    count = query.integer("recordCount", 0, 1, _MOST_RECORDS)
    if not count:
        raise invalid_parameter("recordCount")
    since = query.moment("dateFrom") or _BEGINNING
    if since is not _BEGINNING and since < now - _LONGEST_RANGE:
        raise invalid_parameter("dateFrom")
    token = _SyncToken(
        epoch=log.epoch,
        revision=log.revision,
        oldest=since.isoformat(),
        view=query.choice("view", VIEWS, SIMPLE),
        only_missed="All" not in query.choices("statusGroup", _STATUS_GROUPS),
        recording_type=_recording_type(query),
    )
    found = (r for r in log.between(since, now) if token.covers(r) and not r.get("deleted"))
    records = list(islice(found, count))
    if len(records) == count:
        token = token._replace(oldest=records[-1]["startTime"])
    return records, token


def _recording_type(query: Query) -> str:
    default = "All" if query.flag("withRecording", default=False) else ""
    return query.choice("recordingType", ("Automatic", "OnDemand", "All", ""), default)


def _incremental(query: Query, log: CallLog) -> tuple[list[_Record], _SyncToken]:
    token_text = query.text("syncToken")
    if not token_text:
        raise invalid_parameter("syncToken")
    token = _SyncToken.decode(token_text)
    more = query.integer("recordCount", 0, 1, _MOST_RECORDS)
    show_deleted = query.flag("showDeleted", default=False)
    if token.epoch != log.epoch or token.revision > log.revision:
        raise _sync_refused("CLG-104")
    changed = log.changed_since(token.revision)
    if len(changed) > _MOST_RECORDS:
        raise _sync_refused("CLG-102")
    oldest = datetime.fromisoformat(token.oldest)
    records = [
        record
        for record in changed
        if datetime.fromisoformat(record["startTime"]) >= oldest
        and token.covers(record)
        and (show_deleted or not record.get("deleted"))
    ]
    if more:
        older = log.between(_BEGINNING, oldest - timedelta(microseconds=1))
        extension = list(islice((r for r in older if token.covers(r)), more))
        records += extension
        if extension:
            token = token._replace(oldest=extension[-1]["startTime"])
    return records, token._replace(revision=log.revision)


def _sync_refused(code: str) -> ApiError:
    message = "Parameter [syncToken] is invalid [Sync token expired, call log was reset]"
    return ApiError(400, code, message, parameter="syncToken")
