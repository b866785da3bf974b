from typing import Any

import pytest

from tests.cli.terminal import Terminal

TO = "+16505550199"
E = "/restapi/v1.0/account/~/extension/~"


def orders(terminal: Terminal, path: str) -> list[Any]:
    entries = terminal.control("requests", "GET")["requests"]
    return [each["body"] for each in entries if each["path"] == path]


@pytest.fixture(autouse=True)
def forget(terminal: Terminal) -> None:
    terminal.control("requests", "DELETE")


def test_a_text_is_sent_from_the_users_own_number(terminal: Terminal) -> None:
    sent = terminal.run("sms", "--to", "(650) 555-0199", "Ünï 👍", "--json")
    assert (sent.code, sent.err) == (0, "")
    told = sent.json
    assert told["id"].isdecimal()
    assert told["conversation_id"].isdecimal()
    assert told | {"id": "", "conversation_id": "", "time": ""} == {
        "id": "",
        "type": "SMS",
        "status": "Queued",
        "from": terminal.simulator.username,
        "to": [TO],
        "text": "Ünï 👍",
        "conversation_id": "",
        "time": "",
    }
    assert orders(terminal, f"{E}/sms") == [
        {
            "from": {"phoneNumber": terminal.simulator.username},
            "to": [{"phoneNumber": TO}],
            "text": "Ünï 👍",
        }
    ]


def test_the_text_may_come_from_standard_input(terminal: Terminal) -> None:
    sent = terminal.run("sms", "--to", TO, "-", "--json", stdin="-first line\nsecond\n")
    assert sent.json["text"] == "-first line\nsecond"


def test_people_read_a_sentence(terminal: Terminal) -> None:
    sent = terminal.run("sms", "--to", TO, "--from", terminal.simulator.username, "Hello")
    assert (sent.code, sent.err) == (0, "")
    assert sent.out == (
        "Message from Alex Navarro (650) 555-0142 to (650) 555-0199: waiting to be sent.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--to", TO, ""], "The message is empty: give it a text."),
        (["--to", TO, " \n"], "The message is empty: give it a text."),
        (
            ["--to", TO, "👍" * 501],
            "The message has 1,002 of at most 1,000 characters: shorten it.",
        ),
        (["--to", "nobody", "x"], "“nobody” is not a phone number."),
        (["--to", TO, "--to", TO, "x"], "rcdesk sms sends to one number: run it once for each."),
        (["--to", "911", "x"], "rcdesk cannot place emergency calls: dial 911 on a phone."),
        (
            ["--to", "101", "x"],
            "101 is an extension: use `rcdesk pager --to 101`, or give the whole number.",
        ),
        (["--to", "*67", "x"], "*67 is not a number that takes text messages."),
        (
            ["--to", TO, "--from", "+16505550100", "x"],
            "You cannot send from +16505550100: choose +16505550142.",
        ),
    ],
)
def test_what_cannot_be_sent_is_one_sentence(
    terminal: Terminal, arguments: list[str], sentence: str
) -> None:
    ended = terminal.run("sms", *arguments)
    assert (ended.code, ended.out, ended.sentence) == (2, "", sentence)
    assert orders(terminal, f"{E}/sms") == []


def test_without_a_number_that_can_send_nothing_is_sent(terminal: Terminal) -> None:
    terminal.fault(f"{E}/phone-number", status=200, body={"records": []})
    ended = terminal.run("sms", "--to", TO, "x")
    assert (ended.code, ended.sentence) == (
        2,
        "None of your numbers can send text messages: ask your admin for one.",
    )


def test_a_missing_scope_is_one_sentence(terminal: Terminal) -> None:
    refusal = {"errors": [{"errorCode": "CMN-401", "message": "No", "permissionName": "SMS"}]}
    terminal.fault(f"{E}/sms", status=403, body=refusal)
    ended = terminal.run("sms", "--to", TO, "x")
    assert (ended.code, ended.sentence) == (
        4,
        "The app registration lacks the SMS scope: add it in the developer console.",
    )


def test_what_is_no_text_is_told_before_there_is_a_network(terminal: Terminal) -> None:
    nowhere = {"RC_SERVER_URL": "http://127.0.0.1:9", "RC_USER_JWT": ""}
    assert terminal.run("sms", "--to", TO, "", **nowhere).code == 2
    ended = terminal.run("sms", "--to", TO, "-", stdin="x" * 70_000, **nowhere)
    assert ended.sentence == "Standard input holds more than a message: shorten it."
