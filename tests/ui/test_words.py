from datetime import UTC, datetime, timedelta, timezone

import pytest

from rcdesk.core.call import Call, CallState, Direction, Endpoint, Outcome
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.presence import DndStatus, Presence, PresenceStatus, TelephonyStatus
from rcdesk.resources import resource_path
from rcdesk.ui import words
from rcdesk.ui.style.tokens import LIGHT

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0:00"),
        (-3, "0:00"),
        (42.9, "0:42"),
        (60, "1:00"),
        (725, "12:05"),
        (3723, "1:02:03"),
        (360000, "100:00:00"),
    ],
)
def test_duration(seconds: float, shown: str) -> None:
    assert words.duration(seconds) == shown


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (NOW - timedelta(seconds=5), "just now"),
        (NOW + timedelta(seconds=5), "just now"),
        (NOW - timedelta(minutes=28), "14:32"),
        (NOW - timedelta(days=1), "Yesterday 15:00"),
        (datetime(2026, 11, 18, 9, 5, tzinfo=UTC), "Wed 09:05"),
        (datetime(2026, 11, 16, 15, 0, tzinfo=UTC), "16 Nov"),
        (datetime(2026, 3, 12, tzinfo=UTC), "12 Mar"),
        (datetime(2025, 3, 12, tzinfo=UTC), "12 Mar 2025"),
        (NOW + timedelta(days=2), "25 Nov"),
    ],
)
def test_when(moment: datetime, shown: str) -> None:
    assert words.when(moment, NOW) == shown


def test_when_is_told_in_the_zone_of_now() -> None:
    tokyo = timezone(timedelta(hours=9))
    moment = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
    assert words.when(moment, datetime(2026, 11, 23, 12, 0, tzinfo=tokyo)) == "00:30"


@pytest.mark.parametrize(
    ("endpoint", "title", "subtitle"),
    [
        (
            Endpoint("+16504445567", "Phillip Marco", "Palo Alto, CA"),
            "Phillip Marco",
            "(650) 444-5567 · Palo Alto, CA",
        ),
        (Endpoint("16504445567", "", "Palo Alto, CA"), "(650) 444-5567", "Palo Alto, CA"),
        (Endpoint("+16504445567", "+16504445567"), "(650) 444-5567", ""),
        (Endpoint("+442079460000"), "+44 20 7946 0000", ""),
        (Endpoint("101", "Irene Fox"), "Irene Fox", "Ext. 101"),
        (Endpoint("101"), "Ext. 101", ""),
        (Endpoint("+1855201XXXX"), "+1855201XXXX", ""),
        (Endpoint(), "Unknown caller", ""),
        (Endpoint(name="\u202e \x00\n"), "Unknown caller", ""),
        (Endpoint("101", "דנה לוי", "תל אביב"), "דנה לוי", "Ext. 101 · \u2068תל אביב\u2069"),
    ],
)
def test_who(endpoint: Endpoint, title: str, subtitle: str) -> None:
    assert words.who(endpoint, "US") == (title, subtitle)


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("Rose\nWhite\t(desk)", "Rose White (desk)"),
        ("\u202eevil\u202c", "evil"),
        ("a\x07b\x9fc", "abc"),
        ("<b>bold</b> & co", "<b>bold</b> & co"),
        ("👩\u200d💻 Ada", "👩\u200d💻 Ada"),
        ("Z" + "\u0301" * 40 + "a", "Z" + "\u0301" * 3 + "a"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("x" * 500, "x" * 119 + "…"),
        ("x" * 10_000_000, "x" * 119 + "…"),
    ],
)
def test_plain(outside: str, shown: str) -> None:
    assert words.plain(outside) == shown


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("outcome", [*Outcome, None])
def test_every_outcome_has_a_look(direction: Direction, outcome: Outcome | None) -> None:
    look = words.outcome(direction, outcome)
    assert look.text
    assert resource_path(f"icons/{look.icon}.svg").exists()
    assert getattr(LIGHT, look.color).startswith("#")


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("state", CallState)
def test_every_state_has_a_look(direction: Direction, state: CallState) -> None:
    look = words.state(Call("1", "1", direction, state))
    assert look.text
    assert resource_path(f"icons/{look.icon}.svg").exists()
    assert getattr(LIGHT, look.color).startswith("#")


@pytest.mark.parametrize(
    ("queue", "shown"), [(None, ""), ("", "Call queue"), ("Sales\u202e", "Sales")]
)
def test_queue(queue: str | None, shown: str) -> None:
    call = Call("1", "1", Direction.INBOUND, CallState.RINGING, queue=queue)
    assert words.queue(call) == shown


@pytest.mark.parametrize(
    ("presence", "shown"),
    [
        (Presence(), "Connected"),
        (Presence(PresenceStatus.AVAILABLE, PresenceStatus.AVAILABLE), "Available"),
        (Presence(PresenceStatus.BUSY, PresenceStatus.AVAILABLE), "Busy"),
        (Presence(user=PresenceStatus.OFFLINE), "Invisible"),
        (Presence(dnd=DndStatus.DO_NOT_ACCEPT_ANY_CALLS), "Do not disturb"),
        (Presence(telephony=TelephonyStatus.CALL_CONNECTED), "On a call"),
    ],
)
def test_presence(presence: Presence, shown: str) -> None:
    word, color = words.presence(presence)
    assert word == shown
    assert getattr(LIGHT, color).startswith("#")


@pytest.mark.parametrize("state", ConnectionState)
def test_every_connection_state_has_words(state: ConnectionState) -> None:
    assert words.connection(state)


def test_a_wait_says_how_long_and_why() -> None:
    waiting = Connection(ConnectionState.WAITING, "RingCentral asks us to wait.", 40)
    assert (
        words.connection_sentence(waiting) == "Reconnecting in 0:40: RingCentral asks us to wait."
    )


def test_a_ringouts_first_leg_is_not_the_callee() -> None:
    ringout = Call("1", "1", Direction.OUTBOUND, CallState.CONNECTED, is_ringout=True)
    assert words.state(ringout).text == "Your phone answered"


@pytest.mark.parametrize(
    ("direction", "name", "shown"),
    [
        (Direction.INBOUND, "", ("Unknown caller", "Number withheld")),
        (Direction.INBOUND, "Anonymous", ("Anonymous", "Number withheld")),
        (Direction.OUTBOUND, "Ann", ("Ann", "")),
    ],
)
def test_only_callers_withhold_numbers(
    direction: Direction, name: str, shown: tuple[str, str]
) -> None:
    other = Endpoint(name=name)
    call = Call("1", "1", direction, CallState.RINGING, caller=other, callee=other)
    assert words.caller(call, "US") == shown
