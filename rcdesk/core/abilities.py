"""What each feature needs: scopes of the app registration."""

from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import NamedTuple

_MEND = "Add {scopes} to your app in RingCentral's developer console, then sign out and in again."


class Ability(StrEnum):
    """Something that RingCentral may grant or not."""

    ACCOUNT = "account"
    CALL_LOG = "call_log"
    PRESENCE = "presence"
    EVENTS = "events"
    RINGOUT = "ringout"
    EDIT_PRESENCE = "edit_presence"
    CALL_CONTROL = "call_control"
    SMS = "sms"
    PAGER = "pager"
    MESSAGES = "messages"
    CONTACTS = "contacts"
    EDIT_CONTACTS = "edit_contacts"
    RECORDINGS = "recordings"
    BLOCKING = "blocking"


class Need(NamedTuple):
    """What one of `scopes` is needed for; the first is what the console calls it.

    Attributes:
        is_essential: without it rcdesk is not what it is meant to be.
        is_shown: the windows have it, so whoever signs in is told when it is missing.
    """

    feature: str
    scopes: tuple[str, ...]
    is_essential: bool = False
    is_shown: bool = False


NEEDS = {
    Ability.ACCOUNT: Need("who is signed in", ("ReadAccounts", "EditAccounts"), True, True),
    Ability.CALL_LOG: Need("the call history", ("ReadCallLog", "EditCallLog"), True, True),
    Ability.PRESENCE: Need(
        "who is calling, and your presence", ("ReadPresence", "EditPresence"), True, True
    ),
    # RingCentral spells it in several ways.
    Ability.EVENTS: Need(
        "calls as they ring",
        ("WebSocketsSubscription", "WebSocketSubscription", "SubscriptionWebSocket", "WebSocket"),
        True,
        True,
    ),
    Ability.RINGOUT: Need("calling by RingOut", ("RingOut",), True, True),
    Ability.EDIT_PRESENCE: Need("setting your presence", ("EditPresence",), is_shown=True),
    Ability.CALL_CONTROL: Need("answering, holding and moving calls", ("CallControl",)),
    Ability.SMS: Need("sending text messages", ("SMS",)),
    Ability.PAGER: Need("sending pager messages", ("InternalMessages",)),
    Ability.MESSAGES: Need(
        "reading messages and voicemail",
        ("ReadMessages", "EditMessages", "SMS", "InternalMessages"),
    ),
    Ability.CONTACTS: Need("your contacts", ("ReadContacts", "Contacts")),
    Ability.EDIT_CONTACTS: Need("adding contacts", ("Contacts",)),
    Ability.RECORDINGS: Need("listening to recordings", ("ReadCallRecording",), is_shown=True),
    Ability.BLOCKING: Need("blocking numbers", ("EditExtensions",)),
}


def missing(granted: AbstractSet[str]) -> tuple[Ability, ...]:
    """What does not work with these scopes; all of it does where nothing is said of any."""
    if not granted:
        return ()
    return tuple(ability for ability, need in NEEDS.items() if granted.isdisjoint(need.scopes))


def lost(abilities: tuple[Ability, ...]) -> str:
    """The features and the scope that each of them wants."""
    needs = [NEEDS[ability] for ability in abilities]
    return "; ".join(f"{need.feature} ({need.scopes[0]})" for need in needs)


def mend(abilities: tuple[Ability, ...]) -> str:
    """What to do to have `abilities`, as a sentence."""
    names = dict.fromkeys(NEEDS[ability].scopes[0] for ability in abilities)
    return _MEND.format(scopes=", ".join(names))
