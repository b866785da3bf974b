import pytest

from rcdesk.simulator.presence import PresenceSettings
from rcdesk.simulator.server import Simulator
from tests.cli.terminal import Json, Terminal


@pytest.fixture(autouse=True)
def settings(platform: Simulator) -> PresenceSettings:
    own = platform.world.company.user.extension_id
    fresh = platform.world.presence.settings[own] = PresenceSettings()
    return fresh


def told(terminal: Terminal, *arguments: str) -> Json:
    run = terminal.run("presence", *arguments, "--json")
    assert run.code == 0, run.err
    answer: Json = run.json
    return answer


def test_presence_is_told_as_watch_tells_it(terminal: Terminal) -> None:
    assert told(terminal) == {
        "telephony": "NoCall",
        "presence": "Available",
        "user": "Available",
        "dnd": "TakeAllCalls",
    }


@pytest.mark.parametrize(
    ("choice", "statuses", "words"),
    [
        ("available", ("Available", "TakeAllCalls"), "Available"),
        ("busy", ("Busy", "TakeAllCalls"), "Busy"),
        ("dnd", ("Available", "DoNotAcceptAnyCalls"), "Do not disturb"),
        ("invisible", ("Offline", "TakeAllCalls"), "Invisible"),
    ],
)
def test_presence_is_set(
    terminal: Terminal,
    settings: PresenceSettings,
    choice: str,
    statuses: tuple[str, str],
    words: str,
) -> None:
    run = terminal.run("presence", "--set", choice)

    assert (run.code, run.out.strip()) == (0, words)
    assert (settings.user_status, settings.dnd_status) == statuses


def test_leaving_dnd_brings_back_what_was_before_it(
    terminal: Terminal, settings: PresenceSettings
) -> None:
    settings.dnd_status = "DoNotAcceptDepartmentCalls"
    told(terminal, "--set", "dnd")
    told(terminal, "--set", "dnd")

    assert told(terminal, "--set", "busy")["dnd"] == "DoNotAcceptDepartmentCalls"


def test_the_message_is_shown_as_one_line_of_plain_text(
    terminal: Terminal, settings: PresenceSettings
) -> None:
    settings.message = "Back\n\x1b[31m at two"

    (line,) = terminal.run("presence").out.splitlines()
    assert "\x1b" not in line


def test_an_unknown_choice_is_wrong_usage(terminal: Terminal) -> None:
    assert terminal.run("presence", "--set", "away").code == 2


def test_a_missing_scope_is_named(terminal: Terminal) -> None:
    terminal.control(
        "faults",
        method="PUT",
        path="/restapi/v1.0/account/~/extension/~/presence",
        status=403,
        body={"errors": [{"errorCode": "CMN-401", "permissionName": "EditPresence"}]},
    )
    run = terminal.run("presence", "--set", "busy")

    assert run.code == 4
    assert "EditPresence" in run.sentence
