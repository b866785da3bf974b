import csv
import io
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.call_lines import local_iso
from rcdesk.core.call_record import COLUMNS, CallRecord, of_entry, of_kept
from rcdesk.core.call_texts import CallText, CsvText, JsonText
from rcdesk.core.history import HistoryEntry
from rcdesk.core.past_calls import FullCall, ListedCall
from rcdesk.core.spreadsheet import harmless

ANN = Endpoint("+16505550112", "Ann Ferreira", "Denver, CO")
OWN = Endpoint("+16505550100", "Us")
ENTRY = HistoryEntry(
    key="s1/Inbound",
    session_id="s1",
    direction=Direction.INBOUND,
    other=ANN,
    own=OWN,
    started_at=datetime(2026, 11, 24, 17, 30, tzinfo=UTC),
    duration_s=61.2345,
    outcome=Outcome.ANSWERED,
    queue="Sales",
    result="Accepted",
    action="Phone Call",
    recording_id="401",
)
KEPT = FullCall(ListedCall(1, ENTRY, tags=("roof", "urgent")), "asked\nabout the roof", 7.5)
WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
ENDS = st.builds(Endpoint, WORDS, WORDS, WORDS)
RECORDS = st.builds(
    CallRecord,
    session_id=WORDS,
    direction=st.sampled_from(Direction),
    caller=ENDS,
    callee=ENDS,
    started_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    queue=st.none() | WORDS,
    outcome=st.none() | st.sampled_from(Outcome),
    duration_s=st.none() | st.floats(0, 1e6),
    note=WORDS,
    tags=st.lists(WORDS, max_size=3).map(tuple),
)


@pytest.fixture
def in_los_angeles(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "America/Los_Angeles")
        time.tzset()
        yield
    time.tzset()


def whole(text: CallText, *pieces: list[CallRecord]) -> str:
    return "".join([text.head(), *(text.rows(piece) for piece in pieces), text.tail()])


@pytest.mark.usefixtures("in_los_angeles")
def test_a_call_has_every_column() -> None:
    (row,) = csv.DictReader(io.StringIO(whole(CsvText(), [of_kept(KEPT)]), newline=""))
    assert row == {
        "time": "2026-11-24T17:30:00.000Z",
        "session_id": "s1",
        "state": "ended",
        "direction": "Inbound",
        "from_number": "+16505550112",
        "from_name": "Ann Ferreira",
        "from_location": "Denver, CO",
        "to_number": "+16505550100",
        "to_name": "Us",
        "to_location": "",
        "queue": "Sales",
        "result": "answered",
        "duration_s": "61.234",
        "type": "Voice",
        "platform_result": "Accepted",
        "action": "Phone Call",
        "recording": "401",
        "local_time": "2026-11-24T09:30:00.000-08:00",
        "line": "+16505550100",
        "ring_s": "7.5",
        "note": "asked\nabout the roof",
        "tags": "roof, urgent",
    }
    assert tuple(row) == COLUMNS


def test_the_line_is_the_users_end_of_an_outbound_call() -> None:
    line = of_entry(changed(ENTRY, direction=Direction.OUTBOUND)).line()
    assert (line["line"], line["from"]) == (
        "+16505550100",
        {"number": "+16505550100", "name": "Us", "location": ""},
    )


@pytest.mark.parametrize(
    ("own", "line"),
    [(Endpoint("101", "Us"), "101"), (Endpoint(name="Us"), "Us"), (Endpoint(), None)],
)
def test_a_line_without_a_number_is_told_by_its_name(own: Endpoint, line: str | None) -> None:
    assert of_entry(changed(ENTRY, own=own)).line()["line"] == line


def test_what_is_not_known_is_empty() -> None:
    unknown = CallRecord("s", Direction.INBOUND, Endpoint(), Endpoint(), None)
    (row,) = csv.DictReader(io.StringIO(whole(CsvText(), [unknown]), newline=""))
    kept = ("session_id", "state", "direction", "type")
    assert {name for name, cell in row.items() if cell} == set(kept)
    (line,) = json.loads(whole(JsonText(in_one_line=True), [unknown]))
    assert (line["time"], line["local_time"], line["ring_s"], line["tags"]) == (
        None,
        None,
        None,
        [],
    )


def test_masked_numbers_stay_masked() -> None:
    masked = of_entry(changed(ENTRY, other=Endpoint("+1855201XXXX", "WIRELESS CALLER")))
    text = whole(CsvText(), [masked])
    assert ",+1855201XXXX,WIRELESS CALLER," in text


def test_a_time_that_no_clock_here_shows_is_told_in_utc() -> None:
    assert local_iso(datetime.min.replace(tzinfo=UTC)).startswith("0001-01-01T00:00:00")


@pytest.mark.parametrize("in_one_line", [True, False])
@pytest.mark.parametrize("pieces", [[], [[]], [[], [1, 2], [], [3]], [[1]]])
def test_json_is_one_array_however_it_comes(pieces: list[list[int]], in_one_line: bool) -> None:
    records = [[replace(of_kept(KEPT), session_id=str(n)) for n in piece] for piece in pieces]
    text = whole(JsonText(in_one_line=in_one_line), *records)
    sessions = [str(number) for piece in pieces for number in piece]
    assert [call["session_id"] for call in json.loads(text)] == sessions
    assert text.endswith("]\n")
    assert text.count("\n") == (1 if in_one_line else max(2, len(sessions) + 2) if sessions else 2)


def test_json_is_exact_where_csv_defuses() -> None:
    named = of_entry(changed(ENTRY, other=Endpoint("101", "=cmd|'/C calc'!A0")))
    (line,) = json.loads(whole(JsonText(in_one_line=False), [named]))
    assert line["from"]["name"] == "=cmd|'/C calc'!A0"
    assert ",'=cmd|'/C calc'!A0," in whole(CsvText(), [named])


@given(st.lists(RECORDS, max_size=3), st.lists(RECORDS, max_size=2))
def test_any_calls_come_back(first: list[CallRecord], second: list[CallRecord]) -> None:
    lines = [record.line() for record in (*first, *second)]
    for in_one_line in (True, False):
        assert json.loads(whole(JsonText(in_one_line=in_one_line), first, second)) == lines
    rows = list(csv.reader(io.StringIO(whole(CsvText(), first, second), newline=""), strict=True))
    assert rows[0] == list(COLUMNS)
    assert [row[5] for row in rows[1:]] == [harmless(r.caller.name) for r in (*first, *second)]
    assert {len(row) for row in rows} == {len(COLUMNS)}
