"""The specification's answers, spoilt in every way that a platform could think of."""

import json
import random
from collections.abc import Callable
from typing import Any

from tests.fuzz.mutation import EXTREMES, mutated

Json = Any
Leaf = Callable[[Json, random.Random], Json]

LONGEST_TEXT = 10_000_000
_MOST_ENTRIES = 10_000
_DEEPEST = 5000
_MOST_LEVELS = 12
_ABYSS = "<abyss>"

_WHOLE = (2**53, -(2**53), 2**53 + 1, 2**63, -(2**63), 2**64, -1, 0, 0.5, 1e308, -1e308, 10**400)
_DATES = (
    *("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999Z"),
    *("9999-12-31T23:59:59-14:00", "1000-01-01T00:00:00Z", "0002-01-01", "2026-02-30T99:99:99Z"),
    *("yesterday", "", "-2026-11-23T09:00:00Z", "+12026-11-23T09:00:00Z", "2026-W53-7", 2**53),
    *("1970-01-01T00:00:00.000+0000", "2026-11-23T23:59:60Z", "20261123T090000Z"),
)


def _text(old: Json, generator: random.Random) -> Json:
    return generator.choice(("", " ", "NoSuchWord", "\u202e\x1b]0;\x07", "\ud83d", "x" * 5000))


def _number(old: Json, generator: random.Random) -> Json:
    return generator.choice(_WHOLE)


def _of_another_type(old: Json, generator: random.Random) -> Json:
    others = [other for other in EXTREMES if type(other) is not type(old)]
    return generator.choice(others)


def _date(old: Json, generator: random.Random) -> Json:
    is_date = isinstance(old, str) and old[:4].isdecimal() and "-" in old
    return generator.choice(_DATES) if is_date else old


def _extreme(old: Json, generator: random.Random) -> Json:
    """Of the type that it has: what the specification still allows, or nearly so."""
    if isinstance(old, bool):
        return generator.choice((True, False))
    if isinstance(old, int | float):
        return _number(old, generator)
    return generator.choice((_date, _text))(old, generator)


def _everywhere(change: Leaf, share: float = 1.0) -> Leaf:
    def changed(value: Json, generator: random.Random) -> Json:
        if isinstance(value, dict):
            return {name: changed(part, generator) for name, part in value.items()}
        if isinstance(value, list):
            return [changed(part, generator) for part in value]
        return change(value, generator) if generator.random() < share else value

    return changed


def _numbers(value: Json, generator: random.Random) -> Json:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return _number(value, generator) if is_number else value


def _long_text(value: Json, generator: random.Random) -> Json:
    """One text of ten megabytes."""
    return _at_one_leaf(value, generator, "x" * LONGEST_TEXT, _MOST_LEVELS)


def _deep(value: Json, generator: random.Random) -> Json:
    return _at_one_leaf(value, generator, _ABYSS, generator.randrange(1, 5))


def _at_one_leaf(value: Json, generator: random.Random, part: Json, levels: int) -> Json:
    if not isinstance(value, dict | list) or not value or not levels:
        return part
    at = generator.choice(list(value) if isinstance(value, dict) else range(len(value)))
    changed = value.copy()
    changed[at] = _at_one_leaf(value[at], generator, part, levels - 1)
    return changed


def _many(value: Json, generator: random.Random) -> Json:
    """Ten thousand entries in each list, all with the same id."""
    if isinstance(value, dict):
        return {
            name: (part * _MOST_ENTRIES)[:_MOST_ENTRIES]
            if isinstance(part, list)
            else _many(part, generator)
            for name, part in value.items()
        }
    return value


def _twice(value: Json, generator: random.Random) -> Json:
    """Each entry beside another with its id that says something else."""
    if isinstance(value, dict):
        return {name: _twice(part, generator) for name, part in value.items()}
    if isinstance(value, list):
        others = [_everywhere(_extreme, 0.3)(part, generator) for part in value]
        pairs = zip(value, others, strict=True)
        return [
            part
            for one, other in pairs
            for part in (
                one,
                other | {"id": one.get("id")} if isinstance(one, dict) else other,
            )
        ]
    return value


def _less(value: Json, generator: random.Random) -> Json:
    if isinstance(value, dict):
        return {n: _less(part, generator) for n, part in value.items() if generator.random() < 0.7}
    return value


KINDS: dict[str, Leaf] = {
    "examples": lambda value, _: value,
    "one": mutated,
    "some": _everywhere(_extreme, 0.2),
    "all": _everywhere(_extreme),
    "nulls": _everywhere(lambda _old, _generator: None),
    "types": _everywhere(_of_another_type),
    "numbers": _everywhere(_numbers),
    "dates": _everywhere(_date),
    "long": _long_text,
    "deep": _deep,
    "many": _many,
    "twice": _twice,
    "less": _less,
    "nothing": lambda _, generator: generator.choice(({}, [], None, "", 0, [{}], {"records": []})),
}
"""By name: what becomes of an answer."""

RAW: dict[str, Callable[[bytes, random.Random], bytes]] = {
    "bytes": lambda body, generator: _spoilt(body, generator),  # noqa: PLW0108 - defined below
    "half": lambda body, generator: body[: generator.randrange(len(body) + 1)],
    "page": lambda _body, _generator: b"<!doctype html><title>Sign in to the hotel</title>",
    "brackets": lambda _body, _generator: b"[" * 200_000,
}
"""By name: what becomes of its bytes."""


def spoilt(answer: Json, kind: str, seed: int) -> bytes:
    """The body of `answer` after `kind`, the same for the same seed."""
    generator = random.Random(f"{kind} {seed}")
    if kind in RAW:
        return RAW[kind](json.dumps(answer).encode(), generator)
    body = json.dumps(KINDS[kind](answer, generator))
    # Too deep for Python's own encoder.
    return body.replace(f'"{_ABYSS}"', "[" * _DEEPEST + "]" * _DEEPEST).encode()


def _spoilt(body: bytes, generator: random.Random) -> bytes:
    changed = bytearray(body)
    for _ in range(generator.randrange(1, 9)):
        changed[generator.randrange(len(changed))] = generator.randrange(256)
    return bytes(changed)
