"""Sync tokens: opaque to the client, and refused where a character of one was changed."""

import base64
import json
import zlib
from collections.abc import Sequence
from typing import Any


def encode(values: Sequence[object]) -> str:
    """A token of what JSON can hold."""
    text = json.dumps(values).encode()
    checked = zlib.crc32(text).to_bytes(4, "big") + text
    return base64.urlsafe_b64encode(checked).decode().rstrip("=")


def decode(token: str) -> list[Any]:
    """What was encoded; raises ValueError for what `encode` never made."""
    checked = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    if zlib.crc32(checked[4:]).to_bytes(4, "big") != checked[:4]:
        raise ValueError("changed on its way")
    values: list[Any] = json.loads(checked[4:])
    return values
