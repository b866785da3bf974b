"""What shall go wrong with the next requests."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote


@dataclass
class RequestFault:
    """Requests matching `method` and `path` are delayed and, with a `status`, answered so.

    Attributes:
        method: None for any.
        path: `*` stands for any text, `~` for any account or extension; None for any path.
        status: None lets the request through after the delay.
        body: a str is sent as it is (an HTML page), anything else as JSON; None sends nothing.
        times: how many requests; None until cleared.
    """

    method: str | None = None
    path: str | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    times: int | None = 1
    delay_s: float = 0.0

    def matches(self, method: str, path: str) -> bool:
        """Tell whether a request for `path` shall fail so."""
        if self.method is not None and self.method.upper() != method.upper():
            return False
        return self.path is None or self._pattern.fullmatch(unquote(path)) is not None

    @property
    def _pattern(self) -> re.Pattern[str]:
        text = re.escape((self.path or "").partition("?")[0].rstrip("/"))
        return re.compile(text.replace(r"\*", ".*").replace(r"\~", "[^/]+") + "/?")


class Faults:
    """The faults in force, oldest first."""

    def __init__(self) -> None:
        self._faults: list[RequestFault] = []

    def add(self, fault: RequestFault) -> None:
        """Put `fault` into force."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Let everything work again."""
        self._faults.clear()

    def take(self, method: str, path: str) -> RequestFault | None:
        """Return the oldest fault that matches and use it up once."""
        for fault in self._faults:
            if fault.matches(method, path):
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                return fault
        return None
