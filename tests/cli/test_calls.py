import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rcdesk.ringcentral.outcomes import RESULTS
from rcdesk.simulator.scopes import SCOPES
from tests.cli.terminal import ROOT, Json, Terminal, simulator_in_a_thread

OPENAPI = ROOT.parent / "shared" / "platform" / "openapi.json"

CALL_LOG = "/restapi/v1.0/account/~/extension/~/call-log"


def records(terminal: Terminal) -> list[Json]:
    """The simulator's call log, newest first."""
    log: list[Json] = terminal.simulator.world.call_log.records
    return sorted(log, key=lambda record: str(record["startTime"]), reverse=True)


def test_the_history_is_listed_newest_first(terminal: Terminal) -> None:
    calls = terminal.run("calls", "--json", "--limit", "20").json
    times = [call["time"] for call in calls]
    assert len(calls) == 20
    assert times == sorted(times, reverse=True)
    assert list(calls[0]) == [
        *("time", "session_id", "state", "direction", "from", "to", "queue", "result"),
        *("duration_s", "type", "platform_result", "action", "recording"),
        *("local_time", "line", "ring_s", "note", "tags"),
    ]
    assert list(calls[0]["from"]) == ["number", "name", "location"]


def test_pages_are_put_together(terminal: Terminal) -> None:
    terminal.control("requests", "DELETE")
    calls = terminal.run("calls", "--json", "--limit", "300", "--result", "answered").json
    asked = [
        entry["query"]
        for entry in terminal.control("requests", "GET")["requests"]
        if entry["path"].endswith("/call-log")
    ]
    assert len(asked) == 2
    keys = [(call["session_id"], call["direction"]) for call in calls]
    assert len(keys) == len(set(keys)) > 50


def test_all_calls_are_listed_once(terminal: Terminal) -> None:
    calls = terminal.run("calls", "--json", "--all").json
    keys = [(call["session_id"], call["direction"]) for call in calls]
    assert len(keys) == len(set(keys)) > 250
    assert {tuple(call["tags"]) for call in calls} == {()}
    assert terminal.run("calls", "--all", "--limit", "3").code == 2


@pytest.mark.parametrize(
    ("options", "field", "value"),
    [
        (["--direction", "inbound"], "direction", "Inbound"),
        (["--direction", "Outbound"], "direction", "Outbound"),
        (["--type", "fax"], "type", "Fax"),
        (["--result", "missed"], "result", "missed"),
        (["--result", "answered-elsewhere"], "result", "answered_elsewhere"),
        (["--result", "call CONNECTED"], "platform_result", "Call connected"),
    ],
)
def test_filters(terminal: Terminal, options: list[str], field: str, value: str) -> None:
    calls = terminal.run("calls", "--json", *options).json
    assert {call[field] for call in calls} == {value}


@pytest.mark.parametrize(
    "spelling", ["{}", "({0[2]}{0[3]}{0[4]}) {0[5]}{0[6]}{0[7]} {0[8]}{0[9]}{0[10]}{0[11]}"]
)
def test_a_number_in_any_spelling(terminal: Terminal, spelling: str) -> None:
    contacts = {contact.number for contact in terminal.simulator.world.company.contacts}
    number = next(
        end["phoneNumber"]
        for record in records(terminal)
        for end in (record["from"], record["to"])
        if end.get("phoneNumber", "").startswith("+1") and end["phoneNumber"] in contacts
    )
    calls = terminal.run("calls", "--json", "--number", spelling.format(number)).json
    assert calls
    for call in calls:
        assert number in (call["from"]["number"], call["to"]["number"])


def test_an_extension_is_a_number(terminal: Terminal) -> None:
    calls = terminal.run("calls", "--json", "--number", "103").json
    assert calls
    for call in calls:
        assert "103" in (call["from"]["number"], call["to"]["number"])


def test_dates_are_whole_local_days(terminal: Terminal) -> None:
    day = (datetime.now(UTC) - timedelta(days=6)).date().isoformat()
    zone = {"TZ": "America/Los_Angeles"}
    calls = terminal.run("calls", "--json", "--from", day, "--to", day, **zone).json
    begin = datetime.fromisoformat(f"{day}T00:00:00-08:00")
    assert calls
    for call in calls:
        assert begin <= datetime.fromisoformat(call["time"]) < begin + timedelta(days=1)


def test_csv_is_what_spreadsheets_read(terminal: Terminal) -> None:
    listed = terminal.run("calls", "--json", "--limit", "5").json
    text = terminal.run("calls", "--csv", "--limit", "5").out
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["session_id"] for row in rows] == [call["session_id"] for call in listed]
    assert [row["from_number"] for row in rows] == [call["from"]["number"] for call in listed]


def test_people_read_an_aligned_table(terminal: Terminal) -> None:
    head, *rows = terminal.run("calls", "--limit", "5").out.splitlines()
    assert head.split() == ["WHEN", "WHO", "NUMBER", "RESULT", "TIME"]
    assert len(rows) == 5


def test_active_calls_are_those_going_on(terminal: Terminal) -> None:
    assert terminal.run("calls", "--active", "--json").json == []
    assert terminal.run("calls", "--active").out == "No calls.\n"
    session = terminal.control("calls", **{"from": "+14155550199"})["session_id"]
    (ringing,) = terminal.run("calls", "--active", "--json").json
    terminal.control(f"calls/{session}/answer")
    (connected,) = terminal.run("calls", "--active", "--json").json
    terminal.control(f"calls/{session}/hangup")
    assert (ringing["session_id"], ringing["state"], ringing["result"]) == (
        session,
        "ringing",
        None,
    )
    assert (connected["state"], connected["duration_s"] > 0) == ("connected", True)
    assert terminal.run("calls", "--active", "--json").json == []


@pytest.fixture
def ringing(terminal: Terminal) -> Iterator[str]:
    """The session of a call that rings."""
    session: str = terminal.control("calls", **{"from": "+14155550199"})["session_id"]
    yield session
    terminal.control(f"calls/{session}/hangup")


@pytest.mark.parametrize(
    ("options", "is_listed"),
    [
        ("--direction inbound --type voice --number 4155550199 --limit 1", True),
        ("--from 2026-01-01 --to 2999-12-31", True),
        ("--direction outbound", False),
        ("--type fax", False),
        ("--number 4155550100", False),
        ("--number 103", False),
        ("--to 2026-01-01", False),
    ],
)
def test_filters_are_for_active_calls_too(
    terminal: Terminal, ringing: str, options: str, *, is_listed: bool
) -> None:
    listed = terminal.run("calls", "--active", "--json", *options.split())
    assert [call["session_id"] for call in listed.json] == [ringing] * is_listed


@pytest.mark.parametrize("result", ["nonsense", "", "mis sed!?ö", "x" * 9000])
def test_a_result_that_there_is_none_names_those_there_are(terminal: Terminal, result: str) -> None:
    ended = terminal.run("calls", "--result", result)
    assert (ended.code, ended.out) == (2, "")
    assert "is no result: use missed, answered, answered_elsewhere, " in ended.sentence
    assert "Hang Up" in ended.sentence
    assert len(ended.sentence) < 1500


@pytest.mark.skipif(not OPENAPI.is_file(), reason="the platform's specification is not here")
def test_the_results_are_those_of_the_specification() -> None:
    schemas = json.loads(OPENAPI.read_text())["components"]["schemas"]
    assert set(RESULTS) == set(schemas["CallResultEnum"]["enum"])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["--active", "--result", "missed"],
            "A call going on has no result yet: leave out --active or --result.",
        ),
        (["--from", "2900-01-01"], "--from is yet to come."),
        (["--csv", "--json"], "Give --csv or --json, not both."),
        (["--from", "2026-02-02", "--to", "2026-02-01"], "--from must be before --to."),
        (["--number", "nobody"], "“nobody” is not a phone number."),
    ],
)
def test_wrong_usage_is_one_sentence(terminal: Terminal, options: list[str], sentence: str) -> None:
    ended = terminal.run("calls", *options)
    assert (ended.code, ended.out, ended.sentence) == (2, "", sentence)


@pytest.mark.parametrize("option", ["--from=30.2.2026", "--limit=0", "--direction=up", "--type=x"])
def test_an_option_that_cannot_be_read_names_itself(terminal: Terminal, option: str) -> None:
    ended = terminal.run("calls", option)
    assert (ended.code, ended.out) == (2, "")
    assert ended.sentence.startswith(f"{option.partition('=')[0]}: ")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 200, "body": "<html>captive</html>"}, 5),
        ({"status": 200, "body": "{"}, 5),
        ({"status": 200, "body": {"records": 5}}, 5),
        ({"status": 500, "body": "oops"}, 5),
        ({"status": 403, "body": {"errorCode": "CMN-401", "message": "In order to call"}}, 4),
        (
            {
                "status": 400,
                "body": {"errors": [{"errorCode": "CMN-101", "message": "a\nb\x1b[2J"}]},
            },
            4,
        ),
    ],
)
def test_what_the_platform_does_wrong_is_one_sentence(
    terminal: Terminal, fault: dict[str, Any], code: int
) -> None:
    terminal.fault(CALL_LOG, **fault)
    ended = terminal.run("calls", "--json")
    assert (ended.code, ended.out) == (code, "")
    assert "\x1b" not in ended.sentence


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"records": "many"},
        {"records": [None, 7, {"sessionId": 1e300, "startTime": [], "from": "x", "duration": "∞"}]},
        {"records": [{"sessionId": "1", "startTime": "0001-01-01T00:00:00Z", "result": {}}]},
        {"records": [{"sessionId": "1", "startTime": "9999-12-31T23:59:59.999Z", "result": "?"}]},
        {"records": [], "navigation": {"nextPage": {"uri": "about:blank"}}},
        {"records": [{"sessionId": 2**80, "startTime": "2026-11-01T00:00:00Z", "duration": 2**70}]},
    ],
)
@pytest.mark.parametrize("form", ["--csv", "--limit=9"])
def test_wrong_types_never_end_in_a_traceback(terminal: Terminal, body: Any, form: str) -> None:
    terminal.fault(CALL_LOG, status=200, body=body)
    ended = terminal.run("calls", form)
    assert ended.code in (0, 5)
    assert not ended.err or ended.sentence


def test_without_its_scope_only_calls_going_on_are_listed(tmp_path: Path) -> None:
    granted = tuple(scope for scope in SCOPES if scope != "ReadCallLog")
    with simulator_in_a_thread(scopes=granted) as platform:
        terminal = Terminal(platform, tmp_path / "rcdesk")
        terminal.control("calls", **{"from": "+14155550123"})
        (call,) = terminal.run("calls", "--active", "--json").json
        assert call["from"]["number"] == "+14155550123"
        refused = terminal.run("calls")
        assert refused.code == 4
        assert "lacks the ReadCallLog scope" in refused.sentence
