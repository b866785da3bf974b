import itertools
import json
import signal
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from rcdesk.simulator.scopes import SCOPES
from tests.cli.terminal import Json, Running, Terminal, simulator_in_a_thread

SEED = Path(__file__).parents[2] / "../shared/platform/samples/seed"
FLOWS = {
    "missed": (("ringing", "nocall"), ["ringing", "ended"], "missed"),
    "answered": (("ringing", "connected", "nocall"), ["ringing", "connected", "ended"], "answered"),
    "ringout": (("ringing", "connected", "nocall"), ["ringing", "connected", "ended"], "answered"),
}
WATCH = ("watch", "--json")
CALL_CHANGES = ("ringing", "connected", "on_hold", "parked", "ended")


def call_lines(watch: Running) -> dict[str, list[Json]]:
    """The lines about each call, by its session."""
    lines: dict[str, list[Json]] = defaultdict(list)
    for line in watch.json:
        if line["change"] in CALL_CHANGES:
            lines[line["session_id"]].append(line)
    return lines


def seed_events(flow: str) -> list[Json]:
    names = [f"{flow}-{number}-{name}.json" for number, name in enumerate(FLOWS[flow][0], 1)]
    return [json.loads((SEED / name).read_text()) for name in names]


def renumbered(event: Json, number: int) -> Json:
    """The event as if it were of another call: its own session, sequence and uuid."""
    copy: Json = json.loads(json.dumps(event))
    copy["uuid"] = f"{event['uuid']}-{number}"
    copy["body"]["sequence"] += number * 1_000_000
    (call,) = copy["body"]["activeCalls"]
    call["sessionId"] += f"{number:03}"
    return copy


@pytest.mark.skipif(not SEED.is_dir(), reason="needs the recorded samples beside the project")
@pytest.mark.parametrize("flow", FLOWS)
def test_each_recorded_call_is_told_once_in_whatever_order(terminal: Terminal, flow: str) -> None:
    _, changes, result = FLOWS[flow]
    sessions = set()
    with terminal.started(*WATCH) as watch:
        watch.until_online()
        for number, events in enumerate(itertools.permutations(seed_events(flow)), 1):
            for event in events:
                delivered = terminal.control("notifications", **renumbered(event, number))
                assert delivered["delivered"]
            call = renumbered(events[0], number)["body"]["activeCalls"][0]
            sessions.add(call["sessionId"])
        for _ in sessions:
            watch.until_change("ended")
        watch.interrupt()
        assert watch.ended() == 0
        told = call_lines(watch)
    assert told.keys() == sessions
    for lines in told.values():
        assert [line["change"] for line in lines] == changes
        assert [line["result"] for line in lines] == [None] * (len(changes) - 1) + [result]


@pytest.mark.skipif(not SEED.is_dir(), reason="needs the recorded samples beside the project")
@pytest.mark.parametrize(
    ("flow", "duration_s"), [("missed", 0), ("answered", 15.141), ("ringout", 27.222)]
)
def test_a_recorded_call_lasts_as_long_as_it_did(
    terminal: Terminal, flow: str, duration_s: float
) -> None:
    with terminal.started(*WATCH) as watch:
        watch.until_online()
        for event in seed_events(flow):
            terminal.control("notifications", **event)
        call = seed_events(flow)[0]["body"]["activeCalls"][0]
        ended = watch.until_change("ended", call["sessionId"])
    assert (ended["from"]["number"], ended["to"]["number"]) == (call["from"], call["to"])
    assert ended["duration_s"] == pytest.approx(duration_s)


def test_a_call_is_told_from_ringing_to_its_end(terminal: Terminal) -> None:
    with terminal.started(*WATCH) as watch:
        watch.until_online()
        queue = terminal.simulator.world.company.queues[0]
        call = {"from": "+14155550199", "from_name": "Ada \u202eL", "queue": queue.name}
        session = terminal.control("calls", **call)["session_id"]
        ringing = watch.until_change("ringing", session)
        for action, change in (
            ("answer", "connected"),
            ("hold", "on_hold"),
            ("resume", "connected"),
        ):
            terminal.control(f"calls/{session}/{action}")
            watch.until_change(change, session)
        terminal.control(f"calls/{session}/hangup")
        ended = watch.until_change("ended", session)
    assert list(ringing) == [
        *("time", "change", "session_id", "direction", "from", "to", "queue", "result"),
        "duration_s",
    ]
    assert ringing | {"time": ""} == {
        "time": "",
        "change": "ringing",
        "session_id": session,
        "direction": "Inbound",
        "from": {"number": "+14155550199", "name": "Ada \u202eL"},
        "to": {"number": queue.number, "name": queue.name},
        "queue": queue.name,
        "result": None,
        "duration_s": None,
    }
    assert (ended["result"], ended["duration_s"] > 0) == ("answered", True)


@pytest.mark.parametrize("queue", ["", "Sales"])
@pytest.mark.parametrize(
    ("action", "result"),
    [
        ("hangup", "missed"),
        ("reject", "rejected"),
        ("voicemail", "voicemail"),
        ("answer-elsewhere", "answered_elsewhere"),
    ],
)
def test_an_unanswered_call_is_told_how_it_ended(
    terminal: Terminal, action: str, result: str, queue: str
) -> None:
    with terminal.started(*WATCH) as watch:
        watch.until_online()
        session_id = terminal.control("calls", queue=queue)["session_id"]
        watch.until_change("ringing")
        terminal.control(f"calls/{session_id}/{action}")
        watch.until_change("ended")
        told = [(line["change"], line["result"]) for line in call_lines(watch)[session_id]]
    assert told == [("ringing", None), ("ended", result)]


def test_presence_and_connection_have_lines(terminal: Terminal) -> None:
    with terminal.started(*WATCH) as watch:
        watch.until_online()
        presence = next(line for line in watch.json if line["change"] == "presence")
        states = [line["state"] for line in watch.json if line["change"] == "connection"]
    assert presence | {"time": ""} == {
        "time": "",
        "change": "presence",
        "telephony": "NoCall",
        "presence": "Available",
        "user": "Available",
        "dnd": "TakeAllCalls",
    }
    assert states == ["connecting", "syncing", "online"]


def test_people_read_names_that_cannot_mislead_the_terminal(terminal: Terminal) -> None:
    with terminal.started("watch") as watch:
        watch.until_text("Connected")
        call = {"from": "+14155550199", "from_name": "A\x1b[2Jda"}
        session = terminal.control("calls", **call)["session_id"]
        rings = watch.until_text("ringing")
        terminal.control(f"calls/{session}/hangup")
        ends = watch.until_text("ended")
    assert rings[10:].startswith("← A[2Jda ((415) 555-0199 · ")
    assert rings.endswith("): ringing\n")
    assert ends.endswith("): ended · missed call\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(terminal: Terminal, number: signal.Signals) -> None:
    with terminal.started(*WATCH) as watch:
        watch.until_online()
        watch.interrupt(number)
        assert (watch.ended(), watch.err) == (0, "")


def test_it_ends_by_itself_after_a_time(terminal: Terminal) -> None:
    with terminal.started(*WATCH, "--for", "0.5") as watch:
        assert (watch.ended(), watch.err) == (0, "")


def test_it_ends_when_nobody_reads_any_more(terminal: Terminal) -> None:
    # Cancelled in the very instant in which it has connected, anyio leaves a socket unclosed.
    spared = {"PYTHONWARNINGS": "error,ignore::ResourceWarning"}
    ended = subprocess.run(
        ["sh", "-c", '{ "$@"; echo code $? >&2; } | head -n 1', "sh", *terminal.command(*WATCH)],
        env=terminal.environment | spared,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert ended.stderr == "code 0\n"
    assert json.loads(ended.stdout)["state"] == "connecting"


def test_it_ends_when_the_session_ends(terminal: Terminal) -> None:
    with terminal.started(*WATCH) as watch:
        watch.until_online()
        terminal.control("faults", tokens="revoke")
        terminal.control("faults", gateway="drop")
        watch.until(lambda line: line.get("state") == "signed_out")
        assert watch.ended() == 3
        assert watch.err == "Signed out by RingCentral: sign in again.\n"


def test_it_ends_where_live_events_are_forbidden(terminal: Terminal) -> None:
    body = {"errors": [{"errorCode": "CMN-401", "permissionName": "WebSocketsSubscription"}]}
    terminal.fault("/restapi/oauth/wstoken", status=403, body=body)
    ended = terminal.run(*WATCH)
    assert ended.code == 4
    assert "lacks the WebSocketsSubscription scope" in ended.sentence
    assert [line["state"] for line in ended.lines] == ["connecting", "offline"]


@pytest.mark.parametrize(
    ("lost", "named", "states"),
    [
        ({"ReadPresence", "EditPresence"}, "ReadPresence", []),
        (
            {"WebSocketsSubscription", "SubscriptionWebSocket", "WebSocket"},
            "WebSocketsSubscription",
            ["connecting", "offline"],
        ),
    ],
)
def test_a_missing_scope_is_named_instead_of_silence(
    tmp_path: Path, lost: set[str], named: str, states: list[str]
) -> None:
    granted = tuple(scope for scope in SCOPES if scope not in lost)
    with simulator_in_a_thread(scopes=granted) as platform:
        ended = Terminal(platform, tmp_path / "rcdesk").run(*WATCH)
    assert ended.code == 4
    assert ended.sentence.startswith(f"The app registration lacks the {named} scope")
    assert [line["state"] for line in ended.lines] == states


def test_it_ends_where_the_user_may_not_see_presence(terminal: Terminal) -> None:
    body = {"errors": [{"errorCode": "CMN-408", "permissionName": "ReadPresenceStatus"}]}
    terminal.fault("/restapi/v1.0/account/~/extension/~/presence", status=403, body=body)
    ended = terminal.run(*WATCH)
    assert ended.code == 4
    assert "lacks the ReadPresenceStatus permission" in ended.sentence


def test_a_dropped_connection_loses_no_call(terminal: Terminal) -> None:
    with terminal.started(*WATCH) as watch:
        watch.until_online()
        terminal.control("faults", gateway="drop")
        session = terminal.control("calls")["session_id"]
        terminal.control(f"calls/{session}/answer")
        watch.until_change("connected", session)
        terminal.control(f"calls/{session}/hangup")
        watch.until_change("ended", session)
        assert [line["change"] for line in call_lines(watch)[session]] == [
            *("ringing", "connected", "ended"),
        ]
