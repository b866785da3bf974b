import asyncio
import csv
import io
import signal
import subprocess
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from rcdesk.archive.archive import Archive
from rcdesk.core.call import Direction, Endpoint, Outcome
from rcdesk.core.call_record import COLUMNS
from rcdesk.core.events import LogRecord
from rcdesk.core.sounds import Sound, SoundKind
from rcdesk.services.archiving import REGION, archive_file
from rcdesk.services.audio_cache import AudioCache
from tests.archive.stored import ANN, BOB, US, live, record
from tests.cli.desk import at_a_desk, needs_gnome_keyring
from tests.cli.terminal import TIMEOUT_S, Run, Terminal
from tests.core.reports import START

RECORDS = (
    record("1", ANN, 0),
    record(
        "2", BOB, 1, outcome=Outcome.ANSWERED, duration_s=61, recording_id="9", result="Accepted"
    ),
    record("3", ANN, 2, Direction.OUTBOUND, outcome=Outcome.ANSWERED),
    record("4", ANN, 3, type="Fax", outcome=Outcome.UNKNOWN),
)


MANY = 10_000


def keep(
    terminal: Terminal, owner_id: str = "62264425009", records: Sequence[LogRecord] = RECORDS
) -> Path:
    path = archive_file(terminal.home / "data", terminal.simulator.url, owner_id)

    async def fill() -> None:
        async with await Archive.open(path) as archive:
            await archive.add_records(records)
            await archive.set_progress(**{REGION: "US"})

    asyncio.run(fill())
    return path


@pytest.mark.parametrize(
    ("options", "sessions"),
    [
        ([], "4321"),
        (["--limit", "2"], "43"),
        (["--direction", "inbound"], "421"),
        (["--type", "voice"], "321"),
        (["--type", "fax"], "4"),
        (["--result", "missed"], "1"),
        (["--result", "accepted"], "2"),
        (["--number", "(303) 555-0199"], "2"),
        (["--number", ANN.number], "431"),
        (["--from", (START + timedelta(minutes=2)).isoformat()], "43"),
        (["--to", (START + timedelta(minutes=2)).isoformat()], "21"),
    ],
)
def test_kept_calls_are_listed_without_ringcentral(
    terminal: Terminal, options: list[str], sessions: str
) -> None:
    keep(terminal)
    terminal.control("requests", "DELETE")
    run = terminal.run("calls", "--offline", "--json", *options, RC_USER_JWT="")
    assert (run.code, run.err) == (0, "")
    assert [call["session_id"] for call in run.json] == list(sessions)
    assert terminal.control("requests", "GET")["requests"] == []


def test_a_kept_call_reads_as_a_listed_one(terminal: Terminal) -> None:
    keep(terminal)
    listed = terminal.run("calls", "--json", "--limit", "1").json
    kept = terminal.run("calls", "--offline", "--json").json[2]
    assert list(kept) == list(listed[0])
    assert kept["from"] == {"number": BOB.number, "name": BOB.name, "location": BOB.location}
    assert (kept["result"], kept["duration_s"], kept["recording"]) == ("answered", 61, "9")
    assert kept["platform_result"] == "Accepted"
    table = terminal.run("calls", "--offline").out
    assert "(303) 555-0199" in table
    assert terminal.run("calls", "--offline", "--csv").out.count("\n") == 5


def annotate(path: Path) -> None:
    async def work() -> None:
        async with await Archive.open(path) as archive:
            (call,) = await archive.find("1")
            await archive.set_note(call.id, "asked\nabout the =roof")
            await archive.set_tags(call.id, ["Roof", "=urgent"])
            await archive.add_call(live("5", BOB, 4, queue="Sales"), ring_s=7.5)

    asyncio.run(work())


@pytest.mark.parametrize(
    ("options", "sessions"),
    [
        (["--search", "roof"], "1"),
        (["--search", "roof", "--number", BOB.number], ""),
        (["--tag", "roof", "--line", US.number], "1"),
        (["--queue", "Sales"], "5"),
        (["--recorded"], "2"),
        (["--unresolved", "--all"], "51"),
    ],
)
def test_kept_calls_are_filtered_as_in_the_window(
    terminal: Terminal, options: list[str], sessions: str
) -> None:
    annotate(keep(terminal))
    run = terminal.run("calls", "--offline", "--json", *options, RC_USER_JWT="")
    assert (run.code, run.err) == (0, "")
    assert [call["session_id"] for call in run.json] == list(sessions)


@pytest.mark.parametrize("option", ["--search=x", "--unresolved"])
def test_what_only_the_archive_knows_takes_offline(terminal: Terminal, option: str) -> None:
    run = terminal.run("calls", option)
    assert (run.code, run.out) == (2, "")
    assert f"{option.partition('=')[0]}: add --offline" in run.sentence


def test_a_number_is_not_found_within_a_longer_one(terminal: Terminal) -> None:
    near = Endpoint("+13027431010"), Endpoint("101")
    keep(terminal, records=[record(str(n), end, n) for n, end in enumerate(near)])
    run = terminal.run("calls", "--offline", "--json", "--number", "101")
    assert [call["session_id"] for call in run.json] == ["1"]


def test_notes_tags_and_ring_times_are_told(terminal: Terminal) -> None:
    annotate(keep(terminal))
    calls = {call["session_id"]: call for call in kept(terminal, "--json").json}
    assert (calls["1"]["note"], calls["1"]["tags"]) == (
        "asked\nabout the =roof",
        ["=urgent", "Roof"],
    )
    assert [calls[n]["ring_s"] for n in "51"] == [7.5, None]
    text = kept(terminal, "--csv").out
    assert not text.startswith("\ufeff")
    rows = {row["session_id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert tuple(rows["1"]) == COLUMNS
    assert (rows["1"]["note"], rows["1"]["tags"]) == ("asked\nabout the =roof", "'=urgent, Roof")
    assert rows["1"]["from_number"] == ANN.number


def kept(terminal: Terminal, *options: str) -> Run:
    return terminal.run("calls", "--offline", *options, RC_USER_JWT="")


def test_every_kept_call_is_printed_once(terminal: Terminal) -> None:
    keep(terminal, records=[record(str(n), ANN, n // 3) for n in range(MANY)])
    sessions = [str(n) for n in reversed(range(MANY))]
    text = kept(terminal, "--csv", "--all").out
    rows = csv.DictReader(io.StringIO(text, newline=""))
    assert sorted(int(row["session_id"]) for row in rows) == list(range(MANY))
    limited = kept(terminal, "--json", "--limit", "1234").json
    assert len({call["session_id"] for call in limited} & set(sessions[:1236])) == 1234


@pytest.mark.parametrize("form", ["--csv", "--json"])
def test_ctrl_c_and_a_reader_that_has_gone_end_quietly(terminal: Terminal, form: str) -> None:
    keep(terminal, records=[record(str(n), ANN, n) for n in range(MANY)])
    command = ("calls", "--offline", "--all", form)
    pipe = '"$@" | head -c 999 >/dev/null; exit "${PIPESTATUS[0]}"'
    done = subprocess.run(
        ["bash", "-c", pipe, "-", *terminal.command(*command)],
        env=terminal.environment,
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    with subprocess.Popen(
        terminal.command(*command),
        env=terminal.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        # It is in the middle of writing more than a pipe holds.
        assert process.stdout.read(9)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, errors) == (130, b"")


def test_nothing_kept_is_said(terminal: Terminal) -> None:
    run = terminal.run("calls", "--offline", RC_USER_JWT="")
    assert run.code == 1
    assert run.sentence.startswith("No calls are kept on this computer yet")
    assert not (terminal.home / "data").exists()


def test_somebody_elses_calls_are_not_taken_for_ones_own(terminal: Terminal) -> None:
    keep(terminal)
    keep(terminal, "7")
    run = terminal.run("calls", "--offline", RC_USER_JWT="")
    assert (run.code, run.out) == (2, "")
    assert "sign in" in run.sentence


def test_calls_going_on_are_not_kept(terminal: Terminal) -> None:
    run = terminal.run("calls", "--offline", "--active")
    assert (run.code, run.out) == (2, "")
    assert "--offline" in run.sentence


def test_a_file_of_a_newer_rcdesk_is_left_alone(terminal: Terminal) -> None:
    path = keep(terminal)
    with path.open("r+b") as file:
        file.seek(60)
        file.write((99).to_bytes(4, "big"))
    before = path.read_bytes()
    run = terminal.run("calls", "--offline", RC_USER_JWT="")
    assert run.code == 1
    assert "newer rcdesk" in run.sentence
    assert path.read_bytes() == before


@needs_gnome_keyring
@pytest.mark.parametrize(("wipes", "left"), [("true", 0), ("false", len(RECORDS))])
def test_signing_out_deletes_what_is_kept_where_that_was_chosen(
    terminal: Terminal, wipes: str, left: int
) -> None:
    owner_id = str(terminal.simulator.world.company.user.extension_id)
    keep(terminal, owner_id)
    audio = AudioCache(terminal.home / "cache" / "audio", terminal.simulator.url, owner_id)
    audio.place(Sound(SoundKind.RECORDING, "1")).touch()
    settings = terminal.home / "config" / "config.toml"
    settings.parent.mkdir(mode=0o700)
    settings.write_text(f"wipe_on_sign_out = {wipes}\n")
    script = """
    printf '%s\\n' "$PHONE_NUMBER" "$EXTENSION" "$PASSWORD" | rcdesk login --password
    rcdesk logout
    """
    assert at_a_desk(terminal, script).out.splitlines()[1::2] == ["code 0", "code 0"]
    run = terminal.run("calls", "--offline", "--json", RC_USER_JWT="")
    assert len(run.json) == left
    assert audio.folder.exists() == bool(left)
