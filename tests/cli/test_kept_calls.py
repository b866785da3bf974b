import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from rcdesk.archive.archive import Archive
from rcdesk.core.call import Direction, Outcome
from rcdesk.services.archiving import REGION, archive_file
from tests.archive.stored import ANN, BOB, record
from tests.cli.desk import at_a_desk, needs_gnome_keyring
from tests.cli.terminal import Terminal
from tests.core.reports import START

RECORDS = (
    record("1", ANN, 0),
    record(
        "2", BOB, 1, outcome=Outcome.ANSWERED, duration_s=61, recording_id="9", result="Accepted"
    ),
    record("3", ANN, 2, Direction.OUTBOUND, outcome=Outcome.ANSWERED),
    record("4", ANN, 3, type="Fax", outcome=Outcome.UNKNOWN),
)


def keep(terminal: Terminal, owner_id: str = "62264425009") -> Path:
    path = archive_file(terminal.home / "data", terminal.simulator.url, owner_id)

    async def fill() -> None:
        async with await Archive.open(path) as archive:
            await archive.add_records(RECORDS)
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
def test_signing_out_deletes_the_kept_calls_where_that_was_chosen(
    terminal: Terminal, wipes: str, left: int
) -> None:
    keep(terminal, str(terminal.simulator.world.company.user.extension_id))
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
