"""Scopes of the app registration, and which requests are refused without them."""

import re
from collections.abc import Collection

from rcdesk.simulator.errors import ApiError

SCOPES = (
    "CallControl",
    "Contacts",
    "EditExtensions",
    "EditMessages",
    "EditPresence",
    "InternalMessages",
    "ReadAccounts",
    "ReadCallLog",
    "ReadCallRecording",
    "ReadContacts",
    "ReadMessages",
    "ReadPresence",
    "RingOut",
    "SMS",
    "SubscriptionWebSocket",
    "WebSocket",
    "WebSocketsSubscription",
)
"""All that the simulated platform has a use for."""

_A = r"/restapi/v1\.0/account/[^/]+"
_E = _A + r"/extension/[^/]+"
_CALL_LOG = r"/(call-log|call-log-sync|active-calls)(/[^/]+)?"
# Any of the scopes will do; a refusal names the first.
_NEEDED: list[tuple[str, re.Pattern[str], tuple[str, ...]]] = [
    (methods, re.compile(path), tuple(scopes.split()))
    for methods, path, scopes in [
        ("GET", f"({_E}|{_A}){_CALL_LOG}", "ReadCallLog EditCallLog"),
        ("GET POST DELETE", _E + r"/ring-out(/[^/]+)?", "RingOut"),
        ("GET", f"({_E}|{_A})/presence", "ReadPresence EditPresence"),
        ("PUT", _E + r"/presence", "EditPresence"),
        ("GET POST PATCH DELETE", _A + r"/telephony/.*", "CallControl"),
        ("GET", _E + r"/address-book(-sync|/.*)", "ReadContacts Contacts"),
        ("POST PUT PATCH DELETE", _E + r"/address-book/.*", "Contacts"),
        ("GET POST", _A + r"/directory/.*", "ReadAccounts EditAccounts"),
        (
            "POST",
            "/restapi/oauth/wstoken",
            "WebSocketsSubscription WebSocketSubscription SubscriptionWebSocket WebSocket",
        ),
    ]
]


def check_scope(method: str, path: str, scopes: Collection[str]) -> None:
    """Refuse what the app registration has no scope for.

    Raises:
        ApiError: 403, as the platform answers it.
    """
    for methods, pattern, needed in _NEEDED:
        is_it = method in methods.split() and pattern.fullmatch(path)
        if is_it and not any(scope in scopes for scope in needed):
            message = (
                f"In order to call this API endpoint, application needs [{needed[0]}] permission"
            )
            raise ApiError(403, "CMN-401", message, permission=needed[0])
