import signal
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal

TO = "+16505550199"
BUSY = "+16505559901"


def is_over(terminal: Terminal, ring_out_id: str) -> bool:
    """Whether no phone rings any more; the platform may have forgotten the RingOut by then."""
    status = terminal.run("ringout", "status", ring_out_id, "--json")
    if status.code == 4:
        return status.sentence == "RingCentral does not know this RingOut (any more)."
    return "ringing" not in status.json["state"]


def test_wait_follows_both_phones_until_they_talk(terminal: Terminal) -> None:
    placed = terminal.run("dial", "(650) 555-0199", "--wait", "--json")
    first, *_, last = placed.lines
    assert (placed.code, placed.err) == (0, "")
    assert [line["state"] for line in placed.lines] == [
        *("ringing_caller", "ringing_callee", "connected"),
    ]
    assert first | {"id": ""} == {
        "id": "",
        "state": "ringing_caller",
        "caller": "InProgress",
        "callee": "InProgress",
        "call": "InProgress",
        "from": terminal.simulator.username,
        "to": TO,
    }
    assert (last["caller"], last["callee"], last["call"]) == ("Success", "Success", "Success")


@pytest.mark.parametrize(
    ("number", "options", "sentence"),
    [
        (BUSY, [], "Not connected: busy at (650) 555-9901."),
        (TO, ["--from", "+16505559902"], "Not connected: no answer at (650) 555-9902."),
    ],
)
def test_a_call_that_nobody_takes_fails(
    terminal: Terminal, number: str, options: list[str], sentence: str
) -> None:
    placed = terminal.run("dial", number, *options, "--wait", "--json")
    assert (placed.code, placed.lines[-1]["state"], placed.sentence) == (4, "failed", sentence)


def test_interrupting_the_wait_cancels_the_ringout(terminal: Terminal) -> None:
    with terminal.started("dial", TO, "--wait", "--json") as dial:
        placed = dial.until(lambda line: line["state"] == "ringing_caller")
        dial.interrupt(signal.SIGINT)
        dial.until(lambda line: line["state"] == "cancelled")
        assert (dial.ended(), dial.err) == (130, "Cancelling the RingOut.\n")
    assert is_over(terminal, placed["id"])


def test_a_ringout_can_be_looked_at_and_cancelled_meanwhile(terminal: Terminal) -> None:
    placed = terminal.run("dial", TO, "--json")
    (line,) = placed.lines
    assert (placed.code, line["state"]) == (0, "ringing_caller")
    status = terminal.run("ringout", "status", line["id"], "--json")
    assert (status.code, status.json["caller"]) == (0, "InProgress")
    cancelled = terminal.run("ringout", "cancel", line["id"], "--json")
    assert (cancelled.code, cancelled.json["state"]) == (0, "cancelled")
    assert is_over(terminal, line["id"])


def test_a_ringout_that_somebody_else_cancels_was_cancelled(terminal: Terminal) -> None:
    with terminal.started("dial", TO, "--wait", "--json") as dial:
        placed = dial.until(lambda line: line["state"] == "ringing_caller")
        assert terminal.run("ringout", "cancel", placed["id"]).code == 0
        dial.until(lambda line: line["state"] == "cancelled")
        assert (dial.ended(), dial.err) == (4, "The RingOut was cancelled.\n")
    assert [line["state"] for line in dial.json][-1] == "cancelled"
    assert "failed" not in [line["state"] for line in dial.json]


def test_people_read_how_to_cancel(terminal: Terminal) -> None:
    placed = terminal.run("dial", TO)
    ringing, cancel = placed.out.splitlines()
    assert ringing == "Ringing (650) 555-0142: pick up to call (650) 555-0199."
    assert cancel.startswith("Cancel it with: rcdesk ringout cancel ")
    assert terminal.run("ringout", "cancel", cancel.split()[-1]).out == (
        "The RingOut was cancelled.\n"
    )


@pytest.mark.parametrize("id_", ["-starts-with-a-dash", "--as-an-option", "a/b?c"])
def test_an_id_is_never_an_option_or_a_path(terminal: Terminal, id_: str) -> None:
    ended = terminal.run("ringout", "status", id_, "--json")
    assert (ended.code, ended.out) == (4, "")
    assert "RingCentral does not know this" in ended.sentence


def test_options_reach_the_platform(terminal: Terminal) -> None:
    terminal.control("requests", "DELETE")
    own = terminal.simulator.world.company.main_number
    options = ("--from", "415 555 0177", "--caller-id", own, "--prompt", "--json")
    placed = terminal.run("dial", "650-555-0199", *options)
    (order,) = [
        entry["body"]
        for entry in terminal.control("requests", "GET")["requests"]
        if entry["method"] == "POST" and entry["path"].endswith("/ring-out")
    ]
    assert order == {
        "from": {"phoneNumber": "+14155550177"},
        "to": {"phoneNumber": TO},
        "callerId": {"phoneNumber": own},
        "playPrompt": True,
    }
    terminal.run("ringout", "cancel", placed.json["id"])


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        *(
            (number, f"rcdesk cannot place emergency calls: dial {number} on a phone.")
            for number in ("911", "112", "933", "999", "000")
        ),
        ("tel:911", "rcdesk cannot place emergency calls: dial 911 on a phone."),
        ("nobody", "“nobody” is not a phone number."),
        ("+1 650", "“+1 650” is too short for a phone number."),
    ],
)
def test_a_number_that_cannot_be_dialed_is_one_sentence(
    terminal: Terminal, number: str, sentence: str
) -> None:
    ended = terminal.run("dial", number)
    assert (ended.code, ended.out, ended.sentence) == (2, "", sentence)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("911", "rcdesk cannot place emergency calls: dial 911 on a phone."),
        ("nobody", "“nobody” is not a phone number."),
    ],
)
def test_what_is_never_dialed_is_not_kept_waiting_for_a_network(
    terminal: Terminal, number: str, sentence: str
) -> None:
    ended = terminal.run("dial", number, RC_SERVER_URL="http://127.0.0.1:9", RC_USER_JWT="")
    assert (ended.code, ended.sentence) == (2, sentence)


def test_a_refused_ringout_is_one_sentence(terminal: Terminal) -> None:
    refusal = {
        "errorCode": "CMN-408",
        "errors": [{"errorCode": "CMN-408", "permissionName": "RingOut"}],
    }
    terminal.fault("/restapi/v1.0/account/~/extension/~/ring-out", status=403, body=refusal)
    ended = terminal.run("dial", TO)
    assert ended.code == 4
    assert "RingOut" in ended.sentence


@pytest.mark.parametrize(
    ("via", "uri"), [("tel", "tel:+16505550199"), ("app", "rcmobile://call?number=%2B16505550199")]
)
def test_the_number_is_handed_to_another_program(
    terminal: Terminal, tmp_path: Path, via: str, uri: str
) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "xdg-mime").write_text("#!/bin/sh\necho dialer.desktop\n")
    (programs / "xdg-open").write_text(f'#!/bin/sh\necho "$@" >{tmp_path}/opened\n')
    for program in programs.iterdir():
        program.chmod(0o755)
    # A whole number needs no account to be read, so nobody has to be signed in.
    path = f"{programs}:/usr/bin:/bin"
    done = terminal.run("dial", "+1 650 555 0199", "--via", via, RC_USER_JWT="", PATH=path)
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "opened").read_text() == f"{uri}\n"
