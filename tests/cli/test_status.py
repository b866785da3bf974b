import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.terminal import Terminal

EXTENSION = "/restapi/v1.0/account/~/extension/~"


def test_the_account_and_its_token_are_told(terminal: Terminal) -> None:
    status = terminal.run("status", "--json")
    company = terminal.simulator.world.company
    assert (status.code, status.err) == (0, "")
    keyring = status.json["keyring"]
    assert (keyring["usable"], keyring["kept"]) == (False, False)
    assert "no keyring" in keyring["trouble"]
    told = {"expires_at": "", "refresh_expires_at": "", "scopes": [], "keyring": {}}
    assert status.json | told == told | {
        "signed_in": True,
        "account": {
            "name": company.user.name,
            "extension": "101",
            "extension_id": company.user.extension_id,
        },
        "server": terminal.simulator.url,
        "client_id": terminal.simulator.client_id,
        "token_valid": True,
        "authorized": None,
        "session_ends_at": None,
        "notice": None,
    }
    expires_at = datetime.fromisoformat(status.json["expires_at"])
    assert datetime.fromisoformat(status.json["refresh_expires_at"]) > expires_at
    assert expires_at > datetime.now(UTC)
    assert "ReadPresence" in status.json["scopes"]


def test_people_read_who_is_signed_in(terminal: Terminal) -> None:
    status = terminal.run("status")
    assert status.out.startswith(f"Signed in as {terminal.simulator.world.company.user.name}, ")


@pytest.mark.parametrize("command", ["status", "watch", "calls", "dial 6505550199"])
def test_without_a_session_every_command_says_so(terminal: Terminal, command: str) -> None:
    ended = terminal.run(*command.split(), RC_USER_JWT="")
    assert (ended.code, ended.out) == (3, "")
    assert ended.sentence.startswith("You are signed out: ")
    assert ". " not in ended.sentence


def test_signed_out_is_json_too(terminal: Terminal) -> None:
    status = terminal.run("status", "--json", RC_USER_JWT="")
    assert status.code == 3
    assert status.json["signed_in"] is False
    assert status.json["account"] is None


def test_without_a_client_id_there_is_advice(terminal: Terminal) -> None:
    ended = terminal.run("status", RC_APP_CLIENT_ID="")
    assert ended.code == 2
    assert ended.sentence.startswith("No client ID is set: give --client-id, set RC_APP_CLIENT_ID")


def test_options_go_before_the_environment(terminal: Terminal) -> None:
    options = ("--server", terminal.simulator.url, "--client-id", terminal.simulator.client_id)
    status = terminal.run(
        "status", "--json", *options, RC_SERVER_URL="http://127.0.0.1:9", RC_APP_CLIENT_ID="other"
    )
    assert (status.code, status.json["server"]) == (0, terminal.simulator.url)


def test_refresh_gets_another_token(terminal: Terminal) -> None:
    terminal.control("requests", "DELETE")
    assert terminal.run("status", "--refresh").code == 0
    requests = json.dumps(terminal.control("requests", "GET"))
    assert requests.count('"grant_type": "refresh_token"') == 1


@pytest.mark.parametrize(("option", "code"), [("--json", 0), ("--check", 5), ("--refresh", 5)])
def test_an_html_page_is_not_taken_for_ringcentral(
    terminal: Terminal, option: str, code: int
) -> None:
    terminal.fault(EXTENSION, status=200, body="<html><b>Welcome to the airport</b></html>")
    status = terminal.run("status", option)
    assert status.code == code
    assert "in RingCentral's place" in status.sentence
    assert not status.out or status.json["account"] is None


@pytest.mark.parametrize("option", ["--check", "--refresh"])
def test_validity_with_the_network_is_told(terminal: Terminal, option: str) -> None:
    status = terminal.run("status", option, "--json")
    assert (status.code, status.json["authorized"], status.json["token_valid"]) == (0, True, True)


def test_an_administrators_timeout_is_told_in_time(terminal: Terminal) -> None:
    tokens = terminal.simulator.world.tokens
    tokens.absolute_timeout_s = 600
    try:
        early, plain = terminal.run("status", "--json"), terminal.run("status")
        tokens.absolute_timeout_s = 7200
        later = terminal.run("status", "--json")
    finally:
        tokens.absolute_timeout_s = None
    ends_at = datetime.fromisoformat(early.json["session_ends_at"])
    assert ends_at - datetime.now(UTC) < timedelta(seconds=601)
    assert early.json["notice"] == plain.sentence
    assert plain.sentence.startswith("Your sign-in ends at ")
    assert "Your administrator's timeout ends the sign-in at " in plain.out
    assert later.json["notice"] is None
    assert later.json["session_ends_at"]


def test_a_registration_without_refresh_tokens_is_told(terminal: Terminal) -> None:
    tokens = terminal.simulator.world.tokens
    tokens.are_refresh_tokens_issued = False
    try:
        plain, status = terminal.run("status"), terminal.run("status", "--json")
    finally:
        tokens.are_refresh_tokens_issued = True
    assert "issues no refresh tokens: the sign-in ends at " in plain.out
    assert status.json["session_ends_at"] == status.json["expires_at"]
    assert status.json["refresh_expires_at"] is None


def test_a_session_that_ringcentral_ended_is_signed_out(terminal: Terminal) -> None:
    refusal = {"errorCode": "OAU-129", "message": "Token corrupted"}
    terminal.fault(EXTENSION, status=401, body=refusal)
    status = terminal.run("status", "--check", "--json")
    assert (status.code, status.json["signed_in"]) == (3, False)
    assert status.sentence.endswith("sign in again.")


def test_an_unreachable_server_is_one_sentence(terminal: Terminal) -> None:
    ended = terminal.run("status", RC_SERVER_URL="http://127.0.0.1:9")
    assert (ended.code, ended.sentence) == (5, "127.0.0.1 refused the connection.")


def test_a_refused_jwt_is_one_sentence(terminal: Terminal) -> None:
    ended = terminal.run("status", RC_USER_JWT="nonsense")
    assert ended.code == 4
    assert ended.sentence


def test_a_rate_limit_is_waited_for_and_told(terminal: Terminal) -> None:
    headers = {"Retry-After": "2", "X-Rate-Limit-Group": "auth"}
    body = {"errorCode": "CMN-301", "message": "Request rate exceeded"}
    terminal.fault("/restapi/oauth/token", status=429, headers=headers, body=body, times=1)
    status = terminal.run("status")
    assert status.code == 0
    assert status.sentence == "RingCentral asks us to wait 2 s."


def test_a_command_sends_nothing_while_another_was_asked_to_wait(terminal: Terminal) -> None:
    headers = {"Retry-After": "600", "X-Rate-Limit-Group": "heavy"}
    body = {"errorCode": "CMN-301", "message": "Request rate exceeded"}
    terminal.fault("*/call-log", status=429, headers=headers, body=body, times=1)
    terminal.simulator.world.journal.clear()
    first, second = (terminal.run("calls") for _ in range(2))
    assert (first.code, second.code) == (4, 4)
    assert second.sentence == "RingCentral asks us to wait 10 min."
    asked = [entry["path"] for entry in terminal.simulator.world.journal.entries]
    assert len([path for path in asked if path.endswith("/call-log")]) == 1


def test_a_session_that_nobody_keeps_ends_with_its_command(terminal: Terminal) -> None:
    tokens = terminal.simulator.world.tokens
    tokens.end_all()
    with terminal.started("watch", "--json") as watch:
        watch.until_online()
        (session,) = tokens.sessions
        # RingCentral keeps five, and each of these signs in anew.
        assert {terminal.run("status").code for _ in range(6)} == {0}
        assert tokens.sessions == [session]
        watch.interrupt()
        assert watch.ended() == 0
    assert tokens.sessions == []
