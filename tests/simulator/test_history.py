import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import phonenumbers
import pytest

from rcdesk.simulator.company import Company
from rcdesk.simulator.history import CallLog

NOW = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
COMPANY = Company.seeded(7)

# The platform's documented words, MeetingsCall and 411 Info of older versions left out.
ACTIONS = {
    *("Phone Call", "VoIP Call", "RingOut Web", "RingOut PC", "RingOut Mobile", "RingMe", "FindMe"),
    *("FollowMe", "Accept Call", "Call Return", "Call Park", "Park Location", "Pickup", "Transfer"),
    *("Move", "Monitoring", "Barge In Call", "Hunting", "Paging", "Conference Call", "Emergency"),
    *("CallOut-CallMe", "Calling Card", "Ring Directly", "Sip Forwarding", "External Application"),
    *("Text Relay", "VoiceChat Call", "Incoming Fax", "Outgoing Fax", "E911 Update", "Support"),
    *("Phone Login", "FreeSPDL", "RC Meetings", "Unknown"),
}
RESULTS = {
    *("911", "933", "Abandoned", "Accepted", "Answered Not Accepted", "Answered Elsewhere"),
    *("Blocked", "Busy", "Call Failed", "Call Failure", "Call connected", "Callback requested"),
    *("Carrier is not active", "Declined", "EDGE trunk misconfigured", "Hang Up", "In Progress"),
    *("IP Phone Offline", "Internal Error", "International Disabled", "International Restricted"),
    *("Missed", "No Answer", "No Calling Credit", "Not Allowed", "Phone Login", "Received"),
    *("Rejected", "Reply", "Restricted Number", "Sent", "Sent to Voicemail", "Stopped"),
    *("Suspended account", "Unknown", "Voicemail", "Wrong Number", "Fax Not Sent", "Send Error"),
    *("Fax Partially Sent", "Fax Poor Line", "Fax Receipt Error", "Fax on Demand"),
    *("Partial Receive", "Receive Error"),
}


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    return CallLog.seeded(COMPANY, 4000, 7, NOW).records


def record(record_id: str, start: str) -> dict[str, Any]:
    return {"id": record_id, "startTime": start, "direction": "Inbound"}


def test_equal_seeds_give_equal_bytes() -> None:
    first, second, other = (
        json.dumps(CallLog.seeded(COMPANY, 300, seed, NOW).records) for seed in (1, 1, 2)
    )
    assert first == second
    assert first != other


def test_it_has_as_many_calls_as_asked_for(records: list[dict[str, Any]]) -> None:
    assert len(records) == 4000
    assert len({r["id"] for r in records}) == len({r["sessionId"] for r in records}) == 4000


def test_every_call_ended_before_now(records: list[dict[str, Any]]) -> None:
    ends = [
        datetime.fromisoformat(r["startTime"]) + timedelta(milliseconds=r["durationMs"])
        for r in records
    ]
    assert max(ends) < NOW


def test_records_come_newest_first(records: list[dict[str, Any]]) -> None:
    starts = [r["startTime"] for r in records]
    assert starts == sorted(starts, reverse=True)


def test_every_action_and_result_occurs(records: list[dict[str, Any]]) -> None:
    assert {r["action"] for r in records} == ACTIONS
    assert {r["result"] for r in records} == RESULTS


def test_mornings_are_busier_than_evenings_and_weekends_are_quiet(
    records: list[dict[str, Any]],
) -> None:
    office = timezone(timedelta(hours=-8))
    starts = [datetime.fromisoformat(r["startTime"]).astimezone(office) for r in records]
    hours = Counter(s.hour for s in starts)
    days = Counter(s.weekday() for s in starts)
    assert hours[10] > hours[12] > hours[18] > hours[4]
    assert min(days[d] for d in range(5)) > 4 * max(days[5], days[6])


def test_missed_callers_are_called_back_soon(records: list[dict[str, Any]]) -> None:
    outbound = [
        (r["to"].get("phoneNumber"), datetime.fromisoformat(r["startTime"]))
        for r in records
        if r["direction"] == "Outbound"
    ]
    missed = [
        (r["from"]["phoneNumber"], datetime.fromisoformat(r["startTime"]))
        for r in records
        if r["result"] == "Missed" and "phoneNumber" in r["from"]
    ]
    called_back = [
        number
        for number, at in missed
        if any(number == to and at < when < at + timedelta(hours=6) for to, when in outbound)
    ]
    assert len(called_back) > len(missed) / 5


def test_some_callers_call_again_and_again(records: list[dict[str, Any]]) -> None:
    callers = Counter(r["from"].get("phoneNumber") for r in records if r["direction"] == "Inbound")
    assert callers.most_common(1)[0][1] > 40
    assert sum(1 for times in callers.values() if times == 1) > 10


def test_queue_transfer_park_and_ringout_calls_have_several_legs(
    records: list[dict[str, Any]],
) -> None:
    leg_types = {leg["legType"] for r in records for leg in r.get("legs", [])}
    assert leg_types >= {
        *("Accept", "PstnToSip", "Hunting", "TransferCall", "CallPark", "Pickup", "FollowMe"),
        *("RingOutWebToCaller", "RingOutWebToSubscriber", "RingOutClientToCaller"),
    }
    assert all(r["legs"][0]["master"] is True for r in records if "legs" in r)
    assert all(("legType" in r) != ("legs" in r) for r in records)


def test_recordings_voicemails_and_faxes_occur(records: list[dict[str, Any]]) -> None:
    recordings = [r for r in records if "recording" in r]
    assert {r["recording"]["type"] for r in recordings} == {"OnDemand", "Automatic"}
    assert all(r["duration"] >= 30 for r in recordings)
    assert any(r.get("shortRecording") for r in records)
    assert {r["message"]["type"] for r in records if "message" in r} == {"VoiceMail", "Fax"}
    assert {r["type"] for r in records} == {"Voice", "Fax"}


def test_callers_come_with_every_kind_of_identity(records: list[dict[str, Any]]) -> None:
    callers = [r["from"] for r in records if r["direction"] == "Inbound"]
    numbers = [c["phoneNumber"] for c in callers if "phoneNumber" in c]
    assert {} in callers
    assert {"name": "Anonymous"} in callers
    assert any(n.endswith("XXXX") for n in numbers)
    assert any(not n.startswith("+") for n in numbers)
    assert any("extensionNumber" in c and "phoneNumber" not in c for c in callers)
    assert any("phoneNumber" in c and "name" not in c for c in callers)


def test_numbers_that_are_no_mask_or_emergency_are_possible(records: list[dict[str, Any]]) -> None:
    numbers = {
        end["phoneNumber"] for r in records for end in (r["from"], r["to"]) if "phoneNumber" in end
    }
    plain = {f"+{n.removeprefix('+')}" for n in numbers if len(n) > 3 and "X" not in n}
    assert [n for n in plain if not phonenumbers.is_possible_number(phonenumbers.parse(n))] == []


def test_between_includes_both_ends() -> None:
    log = CallLog()
    for minute in (3, 1, 2, 4):
        log.add(record(str(minute), f"2026-11-23T10:0{minute}:00.000Z"))

    def at(minute: int) -> datetime:
        return datetime(2026, 11, 23, 10, minute, tzinfo=UTC)

    assert [r["id"] for r in log.between(at(2), at(3))] == ["3", "2"]
    assert [r["id"] for r in log.records] == ["4", "3", "2", "1"]


def test_adding_the_same_id_again_replaces_the_record() -> None:
    log = CallLog()
    log.add(record("a", "2026-11-23T10:00:00.000Z"))
    log.add(record("b", "2026-11-23T10:00:00.000Z"))
    log.add(record("a", "2026-11-23T09:00:00.000Z"))

    assert [r["id"] for r in log.records] == ["b", "a"]
    assert log.get("a") == record("a", "2026-11-23T09:00:00.000Z")


def test_changes_are_numbered() -> None:
    log = CallLog.seeded(COMPANY, 50, 1, NOW)
    before = log.revision
    log.add(record("new", "2026-11-23T21:59:00Z"))
    log.delete_until(datetime.fromisoformat(log.records[-2]["startTime"]))

    changed = log.changed_since(before)
    assert [r["id"] for r in changed] == ["new", *(r["id"] for r in log.records[-2:])]
    assert [r.get("deleted", False) for r in changed] == [False, True, True]
    assert log.changed_since(log.revision) == []


def test_colleagues_have_calls_of_their_own() -> None:
    log = CallLog.seeded(COMPANY, 300, 1, NOW)
    assert log.colleagues is not None
    owners = {r["extension"]["id"] for r in log.colleagues.records}
    assert owners == {int(person.extension_id) for person in COMPANY.colleagues}
    assert {r["extension"]["id"] for r in log.records} == {int(COMPANY.user.extension_id)}


def test_a_hundred_thousand_calls_take_seconds() -> None:
    started = time.process_time()
    log = CallLog.seeded(COMPANY, 100_000, 1, NOW)
    assert time.process_time() - started < 15

    started = time.process_time()
    assert sum(1 for _ in log.between(NOW - timedelta(days=7), NOW)) > 500
    assert time.process_time() - started < 0.5


def test_who_was_not_answered_did_not_talk() -> None:
    log = CallLog.seeded(Company.seeded(1), 1500, 1, datetime.now(UTC))
    unanswered = {"Missed", "Rejected", "No Answer", "Busy", "Hang Up", "Abandoned", "Blocked"}
    assert {each["duration"] for each in log.records if each["result"] in unanswered} == {0}
