"""The call log, and the calls going on now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from rcdesk.core.abilities import Ability
from rcdesk.core.call import Direction
from rcdesk.core.events import LogRecord, LogReport
from rcdesk.ringcentral.decode import DIRECTIONS, log_record, log_report
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.paging import next_page_uri
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import CallLogAnswer, CallLogEntry, CallLogLeg, text

_EXTENSION = "/restapi/v1.0/account/~/extension/~"


@dataclass(frozen=True, slots=True)
class CallLogQuery:
    """What to list; the platform's own filters.

    Attributes:
        date_from, date_to: aware; give both, since the platform's default is the last 24 h.
        phone_number: E.164; sent without its `+`, as the platform wants it.
        extension_number: not together with `phone_number`.
        session_id, telephony_session_id: ask for one call; each is sent alone (CLG-110).
        type: Voice, Fax.
        transport: PSTN, VoIP.
        recording_type: Automatic, OnDemand or All; empty for calls with and without.
        is_detailed: with legs, from which alone the queue of a call can be told.
    """

    date_from: datetime | None = None
    date_to: datetime | None = None
    direction: Direction | None = None
    type: tuple[str, ...] = ()
    transport: tuple[str, ...] = ()
    phone_number: str = ""
    extension_number: str = ""
    session_id: str = ""
    telephony_session_id: str = ""
    recording_type: str = ""
    show_blocked: bool = True
    show_deleted: bool = False
    is_detailed: bool = False
    per_page: int = 100

    def params(self, page: int) -> dict[str, str | Sequence[str]]:
        """The query of page `page`, counted from 1."""
        params: dict[str, str | Sequence[str]] = {
            "view": "Detailed" if self.is_detailed else "Simple"
        }
        for name, value in (
            ("sessionId", self.session_id),
            ("telephonySessionId", self.telephony_session_id),
        ):
            if value:
                return {**params, name: value}
        params |= {"page": str(page), "perPage": str(self.per_page)}
        optional: dict[str, str | Sequence[str]] = {
            "dateFrom": _stamp(self.date_from),
            "dateTo": _stamp(self.date_to),
            "direction": self.direction.value if self.direction else "",
            "type": self.type,
            "transport": self.transport,
            "phoneNumber": self.phone_number.removeprefix("+"),
            "extensionNumber": "" if self.phone_number else self.extension_number,
            "recordingType": self.recording_type,
            "showBlocked": "" if self.show_blocked else "false",
            "showDeleted": "true" if self.show_deleted else "",
        }
        return params | {name: value for name, value in optional.items() if value}


@dataclass(frozen=True, slots=True)
class CallLogPage:
    """One page, newest first; the totals are unknown, only whether there is more."""

    records: tuple[LogRecord, ...]
    has_next: bool


async def list_calls(
    http: PlatformHttp, query: CallLogQuery, page: int = 1, *, user: bool = False
) -> CallLogPage:
    """Page `page` (from 1) of the call log; raises PlatformError or SignedOut."""
    answer = await http.request(
        "GET",
        f"{_EXTENSION}/call-log",
        into=CallLogAnswer,
        group=RateGroup.HEAVY,
        user=user,
        params=query.params(page),
        needs=Ability.CALL_LOG,
    )
    records = tuple(map(record_of, answer.records or ()))
    return CallLogPage(
        tuple(record for record in records if record is not None),
        has_next=bool(next_page_uri(answer)),
    )


async def list_active_calls(http: PlatformHttp, *, user: bool = False) -> LogReport:
    """Calls going on and those ended within about two minutes; lags 3 to 10 s behind.

    Raises PlatformError or SignedOut.
    """
    answer = await http.request(
        "GET",
        f"{_EXTENSION}/active-calls",
        into=CallLogAnswer,
        group=RateGroup.HEAVY,
        user=user,
        params={"view": "Simple", "perPage": "100"},
        needs=Ability.CALL_LOG,
    )
    return log_report(answer)


def record_of(entry: CallLogEntry) -> LogRecord | None:
    """A record with the queue that its legs tell of; None where it is no record."""
    record = log_record(entry)
    queue = None if record is None else queue_of(entry)
    return (
        record if record is None or queue is None else msgspec.structs.replace(record, queue=queue)
    )


def queue_of(entry: CallLogEntry) -> str | None:
    """Name of the queue that an inbound call came through; `""` where unknown, None for none.

    A record does not say that its `to` is a queue. Legs of the Detailed view do by their kind:
    `Hunting` is a member's phone that the queue rings. Doubtful, since the specification only
    lists the words and no sample shows one: whether a queue whose members ring one after the
    other always has such legs, and whether `delegationType` says `QueueForwarding` for it too.
    The record's `to` is taken for the queue unless it is one of the members rung.
    """
    if DIRECTIONS.get(entry.direction) is Direction.OUTBOUND:
        return None
    hunted = [leg for leg in entry.legs or () if "Hunting" in (leg.leg_type, leg.action)]
    if not hunted and entry.delegation_type != "QueueForwarding":
        return None
    to = entry.to
    if to is None or any(_is_same_end(leg, entry) for leg in hunted):
        return ""
    return text(to.name)


def _is_same_end(leg: CallLogLeg, entry: CallLogEntry) -> bool:
    if leg.to is None or entry.to is None:
        return False
    rung = text(leg.to.extension_id)
    return bool(rung) and rung == text(entry.to.extension_id)


def _stamp(at: datetime | None) -> str:
    if at is None:
        return ""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
