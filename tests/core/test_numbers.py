import pytest

from rcdesk.core.numbers import e164, interpret, is_extension, national


@pytest.mark.parametrize(
    ("text", "region", "sent", "shown"),
    [
        ("650 555 1234", "US", "+16505551234", "(650) 555-1234"),
        ("  (650) 555‑1234 ", "US", "+16505551234", "(650) 555-1234"),
        ("1-800-FLOWERS", "US", "+18003569377", "(800) 356-9377"),
        ("call me: 650.555.1234", "US", "+16505551234", "(650) 555-1234"),
        ("+44 20 7946 0958", "US", "+442079460958", "+44 20 7946 0958"),
        ("020 7946 0958", "GB", "+442079460958", "020 7946 0958"),
        ("+1 650 555 1234 ext. 5", "US", "+16505551234", "(650) 555-1234 ext. 5"),
        ("101", "US", "101", "Ext. 101"),
        ("١٠١", "US", "101", "Ext. 101"),
        ("007", "US", "007", "Ext. 007"),
        ("*67", "US", "*67", "*67"),
        ("", "US", "", ""),
        ("   ", "", "", ""),
    ],
)
def test_what_was_typed_is_understood(text: str, region: str, sent: str, shown: str) -> None:
    read = interpret(text, region)
    assert (read.e164, read.display, read.problem) == (sent, shown, "")


@pytest.mark.parametrize(
    ("text", "region", "problem"),
    [
        ("abc", "US", "“abc” is not a phone number."),
        ("555-1234", "US", "“555-1234” lacks its area code."),
        ("+1650555", "US", "“+1650555” is too short for a phone number."),
        ("+1650555123456789", "US", "“+1650555123456789” is too long for a phone number."),
        ("650 555 1234", "", "“650 555 1234” needs its country code: begin with +."),
        ("9" * 251, "US", "That is too long for a phone number."),
        ("+", "US", "“+” is not a phone number."),
        ("#", "US", "“#” is not a phone number."),
        ("\x00\x1b[31m", "US", "“\x00\x1b[31m” is not a phone number."),
    ],
)
def test_what_cannot_be_dialed_says_why(text: str, region: str, problem: str) -> None:
    read = interpret(text, region)
    assert (read.e164, read.problem) == ("", problem)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        *((number, "US") for number in ("911", "112", "933", "999", "000", "9-1-1", "９１１")),
        *((number, "US") for number in ("tel:911", "+911", "\u0669\u0661\u0661")),
        *(("110", "DE"), ("111", "NZ"), ("911", "")),
    ],
)
def test_emergency_numbers_are_never_dialed(text: str, region: str) -> None:
    read = interpret(text, region)
    assert read.is_emergency
    assert not read.e164
    assert "on a phone" in read.problem


@pytest.mark.parametrize(
    ("number", "region", "shown", "canonical"),
    [
        ("13027430863", "US", "(302) 743-0863", "+13027430863"),
        ("13027430863", "GB", "+1 302-743-0863", "+13027430863"),
        ("442079460958", "US", "+44 20 7946 0958", "+442079460958"),
        ("+1855201XXXX", "US", "+1855201XXXX", "+1855201XXXX"),
        ("101", "US", "101", "101"),
        ("", "US", "", ""),
        ("anonymous", "US", "anonymous", "anonymous"),
        ("+0", "US", "+0", "+0"),
        ("9" * 40, "US", "9" * 40, "9" * 40),
        ("conference", "", "conference", "conference"),
    ],
)
def test_what_the_platform_sent_is_shown(
    number: str, region: str, shown: str, canonical: str
) -> None:
    assert national(number, region) == shown
    assert e164(number, region) == canonical


@pytest.mark.parametrize(("number", "short"), [("101", True), ("1", True), ("1234567", False)])
def test_short_numbers_are_extensions(number: str, short: bool) -> None:
    assert is_extension(number) is short
