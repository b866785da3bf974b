"""What the app tells the sign-in window and what comes back: one JSON line each way, no Qt."""

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Literal

MAX_LINE = 64 * 1024
"""Bytes; an authorize URL or a redirect's query with everything in it is far below."""


@dataclass(frozen=True, slots=True)
class SignInTask:
    """The page to show, and the address whose visit ends it.

    Attributes:
        proxy: the setting, `http://` or `socks5://`; `direct` for none, empty for the system's.
        system_proxy: what the system's is, as far as is known, for its name and password.
        ca_file: certificates to trust besides WebEngine's own (PEM); empty for none.
    """

    url: str
    redirect_uri: str
    theme: Literal["system", "light", "dark"] = "system"
    proxy: str = field(default="", repr=False)
    system_proxy: str = field(default="", repr=False)
    ca_file: str = ""

    def to_line(self) -> bytes:
        """One JSON line."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "SignInTask":
        """The task in `line`.

        Raises:
            ValueError: it is not one.
        """
        content: Any = json.loads(line)
        if not isinstance(content, dict):
            raise TypeError("not a JSON object")
        url, redirect_uri = content.get("url"), content.get("redirect_uri")
        if not isinstance(url, str) or not isinstance(redirect_uri, str):
            raise TypeError("url and redirect_uri must be text")
        theme = content.get("theme")
        others = {name: content.get(name, "") for name in ("proxy", "system_proxy", "ca_file")}
        if not all(isinstance(value, str) for value in others.values()):
            raise TypeError(f"{', '.join(others)} must be text")
        return cls(url, redirect_uri, theme if theme in ("light", "dark") else "system", **others)


class AnswerKind(StrEnum):
    """How the sign-in window ended; the key of its answer."""

    REDIRECT = "redirect"
    USE_BROWSER = "use_browser"
    """The user wants the browser, or this computer has no WebEngine."""
    CLOSED = "closed"
    REFUSED = "refused"
    """The user closed the window on RingCentral's page that says why it refuses the app."""
    FAILED = "error"


@dataclass(frozen=True, slots=True)
class SignInAnswer:
    """How the sign-in window ended.

    Attributes:
        query: for REDIRECT, what followed the `?`, still percent-encoded; its `state` is not
            checked yet.
        sentence: for REFUSED and FAILED, what went wrong.
    """

    kind: AnswerKind
    query: str = ""
    sentence: str = ""

    def __repr__(self) -> str:
        """Without the query, which holds the authorization code."""
        return f"SignInAnswer({self.kind.name}, sentence={self.sentence!r})"

    def to_line(self) -> bytes:
        """One JSON line."""
        value: object = True
        if self.kind is AnswerKind.REDIRECT:
            value = self.query
        elif self.kind in (AnswerKind.REFUSED, AnswerKind.FAILED):
            value = self.sentence
        return json.dumps({self.kind: value}).encode() + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> "SignInAnswer":
        """The answer in `line`; FAILED where there is none in it."""
        try:
            content: Any = json.loads(line)
            ((key, value),) = content.items()
            kind = AnswerKind(key)
        except (ValueError, AttributeError):
            return cls(AnswerKind.FAILED, sentence=ENDED_EARLY)
        text = value if isinstance(value, str) else ""
        if kind is AnswerKind.REDIRECT:
            return cls(kind, query=text)
        return cls(kind, sentence=text)


ENDED_EARLY = "The sign-in window ended unexpectedly; try again, or use your browser instead."
