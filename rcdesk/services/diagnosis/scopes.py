"""Which app scopes were granted, and what does not work without the others."""

from collections.abc import Set as AbstractSet
from typing import NamedTuple

from rcdesk.services.diagnosis.case import Case
from rcdesk.services.diagnosis.findings import Finding, ok, unknown, warning, wrong

_FIX = "Add {scopes} to your app in RingCentral's developer console, then sign out and in again."


class Need(NamedTuple):
    """What one of `scopes` is needed for; the first is what the console calls it."""

    feature: str
    scopes: tuple[str, ...]
    is_essential: bool = False


NEEDS = (
    Need("who is signed in", ("ReadAccounts", "EditAccounts"), is_essential=True),
    Need("the call history", ("ReadCallLog", "EditCallLog"), is_essential=True),
    Need("who is calling, and your presence", ("ReadPresence", "EditPresence"), is_essential=True),
    # RingCentral spells it in several ways.
    Need(
        "calls as they ring",
        ("WebSocketsSubscription", "WebSocketSubscription", "SubscriptionWebSocket", "WebSocket"),
        is_essential=True,
    ),
    Need("calling by RingOut", ("RingOut",), is_essential=True),
    Need("setting your presence", ("EditPresence",)),
    Need("answering, holding and moving calls", ("CallControl",)),
    Need("sending text messages", ("SMS",)),
    Need("sending pager messages", ("InternalMessages",)),
    Need(
        "reading messages and voicemail",
        ("ReadMessages", "EditMessages", "SMS", "InternalMessages"),
    ),
    Need("your contacts", ("ReadContacts", "Contacts")),
    Need("recordings", ("ReadCallRecording",)),
)


async def check_scopes(case: Case) -> Finding:
    """Compares what the session was granted with what each feature needs."""
    if case.platform is None:
        return unknown("Not checked: nobody is signed in.")
    granted = case.platform.session.granted_scopes
    if not granted:
        return unknown("RingCentral did not say which scopes it granted.")
    return judge(granted)


def judge(granted: AbstractSet[str]) -> Finding:
    """What a session with these scopes can do."""
    missing = [need for need in NEEDS if granted.isdisjoint(need.scopes)]
    if not missing:
        return ok(f"All are granted: {', '.join(sorted(granted))}")
    names = list(dict.fromkeys(need.scopes[0] for need in missing))
    lost = "; ".join(f"{need.feature} ({need.scopes[0]})" for need in missing)
    kind = wrong if any(need.is_essential for need in missing) else warning
    return kind(f"Does not work for want of a scope: {lost}.", _FIX.format(scopes=", ".join(names)))
