"""What was asked of the simulator; kept in memory only."""

from __future__ import annotations

import json
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from rcdesk.simulator.clock import timestamp

if TYPE_CHECKING:
    from starlette.requests import Request

    from rcdesk.simulator.clock import Clock

_KEPT = 2000


class Journal:
    """The last 2,000 platform requests, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    @property
    def entries(self) -> list[dict[str, Any]]:
        """Each with time, via (`http` or `gateway`), method, path, query, headers and body."""
        return list(self._entries)

    def record(self, request: Request, body: bytes, *, via: str) -> None:
        """Remember a request; nothing is redacted, since tests assert on all of it."""
        self._entries.append(
            {
                "time": timestamp(self._clock.utc()),
                "via": via,
                "method": request.method,
                "path": request.url.path,
                "query": parse_qs(request.url.query, keep_blank_values=True),
                "headers": dict(request.headers),
                "body": _readable(body, request.headers.get("Content-Type", "")),
            }
        )

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()


def _readable(body: bytes, content_type: str) -> Any:
    if not body:
        return None
    text = body.decode(errors="replace")
    if content_type.startswith("application/x-www-form-urlencoded"):
        return {key: values[-1] for key, values in parse_qs(text, keep_blank_values=True).items()}
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
