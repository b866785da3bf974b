import json
import logging
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.events import PresenceReport, SessionReport, Termination
from rcdesk.core.presence import DndStatus, PresenceStatus, TelephonyStatus
from rcdesk.core.ringout import LegStatus
from rcdesk.ringcentral.decode import log_report, presence_report, ring_out
from rcdesk.ringcentral.events import Notification, NotificationKind, notification
from rcdesk.ringcentral.gateway_socket import Frame
from rcdesk.ringcentral.mending import Undecodable, decode
from rcdesk.ringcentral.outcomes import leg_status, log_outcome, party_outcome
from rcdesk.ringcentral.wire import (
    CallLogAnswer,
    PresenceBody,
    RingOutAnswer,
    Text,
    Wire,
    instant,
    text,
)
from rcdesk.ringcentral.wire_call_log import CallLogSyncAnswer
from rcdesk.ringcentral.wire_contacts import ContactsAnswer, DirectoryAnswer
from rcdesk.ringcentral.wire_messages import MessagesAnswer

PRESENCE = "/restapi/v1.0/account/1/extension/2/presence?detailedTelephonyState=true"
SESSIONS = "/restapi/v1.0/account/1/extension/2/telephony/sessions"


class End(Wire):
    number: Text = None


class Record(Wire):
    ends: list[End] | None = None


class Listing(Wire):
    records: list[Record] | None = None
    headers: dict[str, Text] | None = None


def heard(event: str, body: Any, own: str = "2") -> Notification:
    return notification(json.dumps({"uuid": "u", "event": event, "body": body}).encode(), own)


def presence(**call: Any) -> PresenceReport:
    body = {"extensionId": 2, "sequence": 5, "activeCalls": [{"sessionId": "9", **call}]}
    report = heard(PRESENCE, body).core_event
    assert isinstance(report, PresenceReport)
    return report


def session(*parties: Any, **body: Any) -> SessionReport | None:
    report = heard(SESSIONS, {"sequence": 1, "sessionId": 9, "parties": parties, **body}).core_event
    assert report is None or isinstance(report, SessionReport)
    return report


def party(code: str, direction: str = "Inbound", reason: str = "", **more: Any) -> dict[str, Any]:
    return {
        "id": "p-1",
        "extensionId": 2,
        "direction": direction,
        "from": {"phoneNumber": "+1", "name": "Ann"},
        "to": {"phoneNumber": "+2"},
        "status": {"code": code, "reason": reason},
        **more,
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("extension-presence", NotificationKind.PRESENCE),
        ("detailed-extension-presence", NotificationKind.PRESENCE),
        ("detailed-extension-presence-with-sip", NotificationKind.PRESENCE),
        ("account-presence", NotificationKind.PRESENCE),
        ("extension-dnd-status", NotificationKind.DND),
        ("extension-telephony-sessions", NotificationKind.TELEPHONY_SESSION),
        ("extension-telephony-sessions.unwrapped", NotificationKind.TELEPHONY_SESSION),
        ("account-telephony-sessions", NotificationKind.TELEPHONY_SESSION),
        ("message", NotificationKind.MESSAGE_STORE),
        ("instant-message", NotificationKind.MESSAGE_STORE),
        ("voicemail-message", NotificationKind.MESSAGE_STORE),
        ("extension-info", NotificationKind.EXTENSION),
        ("extension-presence-line", NotificationKind.OTHER),
        ("call-queue-member-presence", NotificationKind.OTHER),
        ("company-directory", NotificationKind.OTHER),
    ],
)
def test_event_samples_are_told_apart(name: str, kind: NotificationKind, samples: Path) -> None:
    found = notification((samples / f"events/{name}.json").read_bytes())
    assert found.kind is kind
    assert found.uuid
    assert found.timestamp is not None
    has_core_event = kind in (
        NotificationKind.PRESENCE,
        NotificationKind.DND,
        NotificationKind.TELEPHONY_SESSION,
    )
    assert (found.core_event is not None) is has_core_event


def test_every_event_sample_survives(samples: Path) -> None:
    for path in [*samples.glob("events/*.json"), *samples.glob("seed/*-[123]-*.json")]:
        assert notification(path.read_bytes()).event, path.name


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("missed-1-ringing", TelephonyStatus.RINGING),
        ("answered-2-connected", TelephonyStatus.CALL_CONNECTED),
        ("ringout-3-nocall", TelephonyStatus.NO_CALL),
    ],
)
def test_events_of_2015_are_presence_reports(
    name: str, status: TelephonyStatus, samples: Path
) -> None:
    report = notification((samples / f"seed/{name}.json").read_bytes()).core_event
    assert isinstance(report, PresenceReport)
    assert report.legs is not None
    assert [leg.status for leg in report.legs] == [status]
    assert report.at is not None
    assert report.at.tzinfo is not None


def test_wrapped_and_unwrapped_sessions_say_the_same(samples: Path) -> None:
    wrapped, plain = (
        notification((samples / f"events/extension-telephony-sessions{end}.json").read_bytes())
        for end in ("", ".unwrapped")
    )
    assert wrapped.core_event == plain.core_event
    assert isinstance(plain.core_event, SessionReport)
    assert plain.core_event.leg.caller == Endpoint("103", "TheCat Jerry")
    assert plain.core_event.leg.queue == ""


@pytest.mark.parametrize(
    ("call", "queue"),
    [
        ({}, None),
        ({"queueCall": False}, None),
        ({"queueCall": True}, ""),
        ({"callInfo": {"primary": {"type": "QueueName", "value": "Sales"}}}, "Sales"),
        (
            {
                "callInfo": {
                    "primary": {"type": "CallerIdName", "value": "x"},
                    "additional": {"type": "QueueName", "value": "Sales"},
                }
            },
            "Sales",
        ),
        ({"queueCall": True, "callInfo": {"primary": {"type": "None"}}}, ""),
    ],
)
def test_queue_of_an_active_call(call: dict[str, Any], queue: str | None) -> None:
    legs = presence(**call).legs
    assert legs is not None
    assert legs[0].queue == queue


@pytest.mark.parametrize(
    ("call", "field", "value"),
    [
        ({"from": 13027430863}, "caller", Endpoint("13027430863")),
        ({"from": "+1855201XXXX", "fromName": None}, "caller", Endpoint("+1855201XXXX")),
        ({"from": ["?"], "fromName": "Ann"}, "caller", Endpoint("", "Ann")),
        ({"to": ""}, "callee", Endpoint()),
        ({"telephonyStatus": "Teleported"}, "status", TelephonyStatus.UNKNOWN),
        ({"telephonyStatus": {"code": 1}}, "status", TelephonyStatus.UNKNOWN),
        ({"direction": "Sideways"}, "direction", None),
        ({"terminationType": "final"}, "termination", Termination.FINAL),
        ({"terminationType": "intermediate"}, "termination", Termination.INTERMEDIATE),
        ({"startTime": "yesterday"}, "started_at", None),
        ({"startTime": 12}, "started_at", None),
        ({"sessionId": 67029198021.0}, "session_id", "67029198021"),
        ({"sessionId": 2**53 + 1}, "session_id", "9007199254740993"),
        ({"queueCall": "yes", "partyId": 7}, "party_id", "7"),
    ],
)
def test_odd_values_cost_their_field_only(call: dict[str, Any], field: str, value: object) -> None:
    report = presence(**call)
    assert report.sequence == 5
    assert report.legs is not None
    assert getattr(report.legs[0], field) == value


def test_an_active_call_that_is_none_costs_itself_only() -> None:
    body = {
        "activeCalls": [17, {"telephonyStatus": "Ringing"}, {"sessionId": "1"}],
        "sequence": "8",
    }
    report = presence_report(decode(json.dumps(body).encode(), PresenceBody))
    assert report.legs is not None
    assert [leg.session_id for leg in report.legs] == ["1"]
    assert report.sequence == 8


def test_unknown_words_read_as_unknown_and_missing_ones_as_nothing() -> None:
    report = presence_report(PresenceBody(presence_status="Gone fishing", dnd_status="Perhaps"))
    assert report.presence is PresenceStatus.UNKNOWN
    assert report.dnd is DndStatus.UNKNOWN
    assert report.user is None
    assert report.legs is None


def test_a_notification_with_a_broken_name_keeps_its_call() -> None:
    data = b'{"event":"%b","body":{"activeCalls":[{"sessionId":"1","fromName":"\\ud800"}]}}'
    report = notification(data % PRESENCE.encode()).core_event
    assert isinstance(report, PresenceReport)
    assert report.legs is not None
    assert report.legs[0].session_id == "1"


@pytest.mark.parametrize(
    ("answer", "dropped"),
    [
        ({"records": 5551}, "records"),
        ({"records": "5551"}, "records"),
        ({"records": {"5551": 1}}, "records"),
        ({"records": [{"ends": 5551}]}, "records[].ends"),
        ({"records": [5551, "5551"]}, "records[]"),
        ({"records": [{"ends": [{"number": ["5551"]}]}] * 9}, "records[].ends[].number"),
        ({"headers": [5551]}, "headers"),
        ({"headers": {"5551": {}}}, "headers{}"),
    ],
)
def test_what_is_dropped_is_warned_of_once_without_its_value(
    answer: object, dropped: str, caplog: pytest.LogCaptureFixture
) -> None:
    # A name of its own, for it warns once as long as the process lives.
    listing = msgspec.defstruct(f"Listing{uuid4().hex}", [], bases=(Listing,))
    for _ in range(3):
        decode(json.dumps(answer).encode(), listing)
    said = [record.getMessage() for record in caplog.records if record.levelno > logging.DEBUG]
    assert said == [f"Dropped {listing.__name__}.{dropped}: not a value this field can have"]


@pytest.mark.parametrize(
    "into", [CallLogAnswer, CallLogSyncAnswer, MessagesAnswer, ContactsAnswer, DirectoryAnswer]
)
@pytest.mark.parametrize("records", [5, "many", {}, True])
def test_records_that_are_no_list_are_not_read_as_none_at_all(
    into: type[Wire], records: object
) -> None:
    with pytest.raises(Undecodable):
        decode(json.dumps({"records": records}).encode(), into)


def test_one_bad_header_costs_no_other() -> None:
    listing = decode(b'{"headers":{"RCRequestId":"a","RateLimit":{}}}', Listing)
    assert listing.headers == {"RCRequestId": "a"}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"activeCalls":[{"sessionId":"1","fromName":"\\ud800Ann"}]}', "?Ann"),
        (b'{"activeCalls":[{"sessionId":"1","fromName":"\xffAnn"}]}', "\ufffdAnn"),
        (b'{"sequence":NaN,"activeCalls":[{"sessionId":"1","fromName":"Ann"}]}', "Ann"),
        (b'{"totalActiveCalls":1e999,"activeCalls":[{"sessionId":"1","fromName":"Ann"}]}', "Ann"),
    ],
)
def test_text_that_is_not_quite_json_costs_its_field_only(body: bytes, name: str) -> None:
    report = presence_report(decode(body, PresenceBody))
    assert report.legs is not None
    assert report.legs[0].caller.name == name


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"<html>", b"[" * 200_000, b'{"a":' * 200_000, b'"x"', b"9" * 9000],
)
def test_what_is_no_notification_is_undecodable(data: bytes) -> None:
    with pytest.raises(Undecodable):
        notification(data)


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_no_frame_raises_anything_else(data: bytes) -> None:
    for read in (Frame.parse, notification):
        with suppress(Undecodable):
            read(data)


NAMES = [
    "activeCalls",
    "sessionId",
    "from",
    "parties",
    "status",
    "code",
    "id",
    "records",
    "duration",
    "to",
    "sequence",
    "extensionId",
    "startTime",
    "recording",
    "callInfo",
    "primary",
    "direction",
]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=5)
    | st.sampled_from([2**53, -(2**53) - 1, "NoCall", "Inbound", "", "2022-02-10T08:43:42+0000"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_body_raises_anything_else(body: Any) -> None:
    for event in (PRESENCE, SESSIONS):
        with suppress(Undecodable):
            heard(event, body)
    with suppress(Undecodable):
        log_report(decode(json.dumps(body).encode(), CallLogAnswer))


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("Proceeding", TelephonyStatus.RINGING),
        ("Answered", TelephonyStatus.CALL_CONNECTED),
        ("HOLD", TelephonyStatus.ON_HOLD),
        ("Parked", TelephonyStatus.PARKED_CALL),
        ("Disconnected", TelephonyStatus.NO_CALL),
        ("Voicemail", TelephonyStatus.NO_CALL),
        ("VMScreening", TelephonyStatus.NO_CALL),
        ("Teleported", TelephonyStatus.UNKNOWN),
    ],
)
def test_party_codes(code: str, status: TelephonyStatus) -> None:
    report = session(party(code))
    assert report is not None
    assert report.leg.status is status


@pytest.mark.parametrize(
    ("own", "termination", "outcome"),
    [
        (party("Disconnected"), Termination.FINAL, None),
        (party("Disconnected", missedCall=True), Termination.FINAL, Outcome.MISSED),
        (
            party("Disconnected", reason="Rejected", missedCall=True),
            Termination.FINAL,
            Outcome.REJECTED,
        ),
        (
            party("Disconnected", reason="AgentAnswered"),
            Termination.FINAL,
            Outcome.ANSWERED_ELSEWHERE,
        ),
        (party("Disconnected", reason="Voicemail"), Termination.FINAL, Outcome.VOICEMAIL),
        (party("VoiceMail"), Termination.FINAL, Outcome.VOICEMAIL),
        (
            party("Disconnected", reason="Pickup"),
            Termination.INTERMEDIATE,
            Outcome.ANSWERED_ELSEWHERE,
        ),
        (party("Disconnected", "Outbound", "Pickup"), Termination.INTERMEDIATE, None),
        (party("Disconnected", reason="CallSwitch"), Termination.INTERMEDIATE, None),
        (party("Disconnected", reason="BlindTransfer"), Termination.FINAL, None),
        (party("Disconnected", "Outbound", "Cancelled"), Termination.FINAL, Outcome.CANCELLED),
        (party("Disconnected", "Outbound", "TargetBusy"), Termination.FINAL, Outcome.REJECTED),
        (party("Disconnected", "Outbound", missedCall=True), Termination.FINAL, Outcome.CANCELLED),
    ],
)
def test_how_a_party_ended(own: Any, termination: Termination, outcome: Outcome | None) -> None:
    report = session(own)
    assert report is not None
    assert (report.leg.termination, report.leg.outcome) == (termination, outcome)


def test_own_party_is_the_live_one_else_the_last() -> None:
    live, over, other = party("Answered", id="a"), party("Disconnected", id="b"), party("Hold")
    other["extensionId"] = "3"
    for parties, expected in [((live, over, other), "a"), ((over, live), "a"), ((over,), "b")]:
        report = session(*parties)
        assert report is not None
        assert report.leg.party_id == expected
    assert session(other) is None
    assert session() is None


def test_a_call_that_has_not_begun_to_ring_is_no_call_yet() -> None:
    assert session(party("Setup")) is None
    assert session(party("Setup", "Outbound")) is not None


def test_a_switched_call_keeps_its_direction() -> None:
    report = session(
        party("Disconnected", reason="CallSwitch"), party("Answered", "Outbound", id="n")
    )
    assert report is not None
    assert report.leg.party_id == "n"
    assert report.leg.direction is Direction.INBOUND
    assert report.leg.caller.name == "Ann"


def test_the_initiators_leg_of_a_ring_out_is_an_outbound_call() -> None:
    report = session(party("Proceeding", ringOutRole="Initiator"), origin={"type": "RingOut"})
    assert report is not None
    assert report.leg.is_ringout
    assert report.leg.direction is Direction.OUTBOUND
    assert report.leg.callee.name == "Ann"


@pytest.mark.parametrize(
    ("direction", "result", "outcome"),
    [
        ("Inbound", "Missed", Outcome.MISSED),
        ("Inbound", "Hang up", Outcome.MISSED),
        ("Inbound", "Busy", Outcome.MISSED),
        ("Inbound", "Accepted", Outcome.ANSWERED),
        ("Inbound", "Answered Elsewhere", Outcome.ANSWERED_ELSEWHERE),
        ("Inbound", "Sent to Voicemail", Outcome.VOICEMAIL),
        ("Inbound", "Declined", Outcome.REJECTED),
        ("Inbound", "In Progress", None),
        ("Inbound", "EDGE trunk misconfigured", Outcome.UNKNOWN),
        ("Inbound", "", Outcome.UNKNOWN),
        ("Outbound", "Call connected", Outcome.ANSWERED),
        ("Outbound", "CALL CONNECTED", Outcome.ANSWERED),
        ("Outbound", "No Answer", Outcome.CANCELLED),
        ("Outbound", "Hang Up", Outcome.CANCELLED),
        ("Outbound", "Busy", Outcome.REJECTED),
        ("Outbound", "Wrong Number", Outcome.UNKNOWN),
    ],
)
def test_log_results(direction: str, result: str, outcome: Outcome | None) -> None:
    assert log_outcome(result, Direction(direction)) is outcome


def test_an_inbound_call_nobody_took_is_missed_whatever_the_reason() -> None:
    assert party_outcome("SomethingNew", Direction.INBOUND, missed=True) is Outcome.MISSED


@pytest.mark.parametrize(
    ("status", "folded"),
    [
        ("NosuchUser", LegStatus.NO_SUCH_USER),
        ("NoSuchUser", LegStatus.NO_SUCH_USER),
        ("GenericError", LegStatus.FAILED),
        ("Beamed", LegStatus.UNKNOWN),
        ("", LegStatus.UNKNOWN),
    ],
)
def test_ring_out_statuses(status: str, folded: LegStatus) -> None:
    assert leg_status(status) is folded


@pytest.mark.parametrize(
    "name", ["ringout-response", "ringout-inprogress", "ringout-poll-response"]
)
def test_ring_out_samples(name: str, samples: Path) -> None:
    answer = decode((samples / f"voice/{name}.json").read_bytes(), RingOutAnswer)
    placed = ring_out(answer, from_number="1", to_number="2")
    assert placed.id
    assert LegStatus.UNKNOWN not in (placed.call, placed.caller, placed.callee)


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("voice/call-log-simple", [Outcome.ANSWERED, Outcome.ANSWERED]),
        ("voice/call-log-detailed", [Outcome.ANSWERED]),
        ("seed/call-log-filtered", [Outcome.ANSWERED, Outcome.ANSWERED]),
    ],
)
def test_call_log_samples(name: str, outcomes: list[Outcome], samples: Path) -> None:
    report = log_report(decode((samples / f"{name}.json").read_bytes(), CallLogAnswer))
    assert [record.outcome for record in report.records] == outcomes
    first = report.records[0]
    assert first.duration_s > 0
    assert first.started_at is not None


def test_both_forms_of_a_time() -> None:
    expected = datetime(2015, 4, 10, 18, 49, 20, 858000, tzinfo=UTC)
    assert instant("2015-04-10T18:49:20.858+0000") == expected
    assert instant("2015-04-10T18:49:20.858Z") == expected
    assert instant("") is None


@pytest.mark.parametrize(("value", "expected"), [(None, ""), (7, "7"), (7.0, "7"), ("7", "7")])
def test_text(value: str | float | None, expected: str) -> None:
    assert text(value) == expected
