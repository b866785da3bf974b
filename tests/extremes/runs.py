"""Every headless command, and what its answer looks like."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Json = Any

WATCHED_S = 0.4
INTERRUPTED_AFTER_S = 1.0
NOT_HEADLESS = frozenset({"demo", "simulate", "open"})
FOLDER = "FOLDER"
"""In arguments: a folder of this run alone, which goes with it."""

_TEXT = {"type": "string"}
_TEXT_OR_NONE = {"type": ["string", "null"]}
_NUMBER_OR_NONE = {"type": ["number", "null"]}
_TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
_LOCAL_TIME = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}([+-]\d\d:\d\d(:\d\d)?|Z)$",
}
_TIME_OR_NONE = {"anyOf": [_TIME, {"type": "null"}]}
_DIRECTION = {"enum": ["Inbound", "Outbound"]}
_RESULT = {
    "enum": [
        *("missed", "answered", "answered_elsewhere", "rejected", "voicemail", "cancelled"),
        *("unknown", None),
    ]
}
_STATE = ("ringing", "connected", "on_hold", "parked", "ended")


def _object(**fields: Json) -> Json:
    """All of `fields`, and no others."""
    required = list(fields)
    return {
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": False,
    }


_END = _object(number=_TEXT, name=_TEXT)
_PLACED_END = _object(number=_TEXT, name=_TEXT, location=_TEXT)
_ACCOUNT = {"anyOf": [_object(name=_TEXT, extension=_TEXT, extension_id=_TEXT), {"type": "null"}]}
_SIGNED_IN = _object(signed_in={"type": "boolean"}, account=_ACCOUNT, server=_TEXT, kept={})
_SIGNED_OUT = _object(signed_in={"const": False}, was_signed_in={"type": "boolean"})
_STATUS = _object(
    signed_in={"type": "boolean"},
    account=_ACCOUNT,
    server=_TEXT,
    client_id=_TEXT,
    token_valid={"type": "boolean"},
    authorized={"type": ["boolean", "null"]},
    expires_at=_TIME_OR_NONE,
    refresh_expires_at=_TIME_OR_NONE,
    session_ends_at=_TIME_OR_NONE,
    notice=_TEXT_OR_NONE,
    scopes={"type": "array", "items": _TEXT},
    keyring=_object(usable={"type": "boolean"}, kept={"type": "boolean"}, trouble=_TEXT_OR_NONE),
)
_PRESENCE = {"telephony": _TEXT, "presence": _TEXT, "user": _TEXT, "dnd": _TEXT}
_WATCHED = {
    "anyOf": [
        _object(
            time=_TIME,
            change={"enum": _STATE},
            session_id={"type": "string", "minLength": 1},
            direction=_DIRECTION,
            **{"from": _END},
            to=_END,
            queue=_TEXT_OR_NONE,
            result=_RESULT,
            duration_s=_NUMBER_OR_NONE,
        ),
        _object(time=_TIME, change={"const": "presence"}, **_PRESENCE),
        _object(time=_TIME, change={"const": "connection"}, state=_TEXT),
    ]
}
_CALLS = {
    "type": "array",
    "maxItems": 50,
    "items": _object(
        time=_TIME_OR_NONE,
        session_id={"type": "string", "minLength": 1},
        state={"enum": _STATE},
        direction=_DIRECTION,
        **{"from": _PLACED_END},
        to=_PLACED_END,
        queue=_TEXT_OR_NONE,
        result=_RESULT,
        duration_s={"type": ["number", "null"], "minimum": 0},
        type=_TEXT,
        platform_result=_TEXT_OR_NONE,
        action=_TEXT_OR_NONE,
        recording=_TEXT_OR_NONE,
        local_time={"anyOf": [_LOCAL_TIME, {"type": "null"}]},
        line=_TEXT_OR_NONE,
        ring_s={"type": ["number", "null"], "minimum": 0},
        note=_TEXT_OR_NONE,
        tags={"type": "array", "items": _TEXT},
    ),
}
_RING_OUT = _object(
    id=_TEXT,
    state={
        "enum": ["ringing_caller", "ringing_callee", "connected", "cancelled", "failed", "gone"]
    },
    caller=_TEXT,
    callee=_TEXT,
    call=_TEXT,
    **{"from": _TEXT_OR_NONE},
    to=_TEXT_OR_NONE,
)
_MESSAGE = _object(
    id=_TEXT,
    type=_TEXT,
    status=_TEXT_OR_NONE,
    **{"from": _TEXT_OR_NONE},
    to={"type": "array", "items": _TEXT},
    text=_TEXT,
    conversation_id=_TEXT_OR_NONE,
    time=_TIME_OR_NONE,
)


@dataclass(frozen=True)
class Command:
    """One way to call `rcdesk`.

    Attributes:
        schema: of each line of standard output, None where they are for people.
        is_interrupted: by Ctrl+C, if it has not ended by itself after a while, and once more if
            it then waits for a rate limit.
        needs_kept_calls: in a profile that has taken in the call log before.
    """

    arguments: tuple[str, ...]
    schema: Json = None
    stdin: str = ""
    exit_codes: frozenset[int] = frozenset({0, 2, 3, 4, 5})
    is_interrupted: bool = False
    needs_kept_calls: bool = False

    def __str__(self) -> str:
        return " ".join(self.arguments)


def _both(*arguments: str, schema: Json, **more: Any) -> Sequence[Command]:
    return Command(arguments, **more), Command((*arguments, "--json"), schema, **more)


# 1 is a call that did not come about, 130 the interruption, and -2 one that met the end.
_DIALED: Json = {"exit_codes": frozenset({0, 1, 2, 3, 4, 5, 130, -2}), "is_interrupted": True}
# 1 says that no calls are kept: of some answers none can be.
_KEPT: Json = {"exit_codes": frozenset({0, 1}), "needs_kept_calls": True}
_FILTERS = ("--number", "+16505550100", "--direction", "inbound", "--limit", "3")
_OWN = ("--line", "+16505550101", "--queue", "Sales", "--tag", "x", "--all")
RUNS: tuple[Command, ...] = (
    *_both("login", "--jwt", schema=_SIGNED_IN),
    *_both("logout", schema=_SIGNED_OUT),
    *_both("status", schema=_STATUS),
    *_both("status", "--check", schema=_STATUS),
    *_both("status", "--refresh", schema=_STATUS),
    *_both("watch", "--for", str(WATCHED_S), schema=_WATCHED),
    *_both("calls", schema=_CALLS),
    Command(("calls", "--csv")),
    *_both("calls", "--active", schema=_CALLS),
    Command(("calls", "--active", "--csv")),
    *_both("calls", "--result", "missed", schema=_CALLS),
    *_both("calls", "--from", "2026-01-01", "--to", "2026-11-22", *_FILTERS, schema=_CALLS),
    Command(("calls", "--active", "--type", "voice", *_FILTERS, "--json"), _CALLS),
    *_both("dial", "+16505550100", schema=_RING_OUT),
    *_both("dial", "101", "--from", "+16505550101", "--prompt", schema=_RING_OUT),
    *_both("dial", "+16505550100", "--wait", schema=_RING_OUT, **_DIALED),
    *_both("calls", "--offline", schema=_CALLS, **_KEPT),
    Command(("calls", "--offline", "--csv"), **_KEPT),
    *_both("calls", "--offline", "--result", "missed", schema=_CALLS, **_KEPT),
    *_both("calls", "--offline", *_FILTERS, schema=_CALLS, **_KEPT),
    *_both("calls", "--offline", "--unresolved", "--recorded", schema=_CALLS, **_KEPT),
    *_both("calls", "--offline", "--search", "a b", *_OWN, schema=_CALLS, **_KEPT),
    *_both("ringout", "status", "7000", schema=_RING_OUT),
    *_both("ringout", "cancel", "-7000", schema=_RING_OUT),
    *_both("sms", "--to", "+16505550100", "Hello", schema=_MESSAGE),
    *_both("sms", "--to", "+16505550100", "--from", "+16505550101", "Hello", schema=_MESSAGE),
    *_both("pager", "--to", "101", "Hello", schema=_MESSAGE),
    *_both("presence", schema=_object(**_PRESENCE)),
    *_both("presence", "--set", "busy", schema=_object(**_PRESENCE)),
    *_both("pager", "--to", "101", "--to", "102", "Hello", schema=_MESSAGE),
    *_both("presence", "--set", "dnd", schema=_object(**_PRESENCE)),
    *_both("presence", "--set", "available", schema=_object(**_PRESENCE)),
    *_both("presence", "--set", "invisible", schema=_object(**_PRESENCE)),
    # 1 says that something is wrong, and much is.
    Command(("doctor",), exit_codes=frozenset({0, 1})),
    Command(("doctor", "--json"), {"type": "object"}, exit_codes=frozenset({0, 1})),
    Command(
        ("doctor", "--json", "--bundle", FOLDER),
        {"type": "object", "required": ["checks", "bundle"]},
        exit_codes=frozenset({0, 1}),
    ),
)
