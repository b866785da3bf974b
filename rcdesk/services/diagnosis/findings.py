"""What a check found."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check went."""

    OK = "ok"
    WARNING = "warning"
    """Something is missing, and rcdesk works without it."""
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """It could not be checked, here or because of what another check found."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        detail: one or more plain sentences or facts, without secrets.
        fix: what the user can do about it; empty where there is nothing to do.
        took_ms: None where the check leaves it to whoever runs it.
    """

    status: Status
    detail: str
    fix: str = ""
    took_ms: int | None = None


def ok(detail: str, *, took_ms: int | None = None) -> Finding:
    """Nothing to do."""
    return Finding(Status.OK, detail, took_ms=took_ms)


def warning(detail: str, fix: str, *, took_ms: int | None = None) -> Finding:
    """See `Status.WARNING`."""
    return Finding(Status.WARNING, detail, fix, took_ms)


def wrong(detail: str, fix: str, *, took_ms: int | None = None) -> Finding:
    """Something that keeps rcdesk from its work."""
    return Finding(Status.WRONG, detail, fix, took_ms)


def unknown(detail: str, fix: str = "") -> Finding:
    """See `Status.UNKNOWN`."""
    return Finding(Status.UNKNOWN, detail, fix)


def told(sentence: str, fix: str = "", status: Status = Status.WRONG) -> Finding:
    """An error's sentence, "what happened: what to do", taken apart.

    `fix` stands in where it advises nothing.
    """
    detail, colon, advice = sentence.partition(": ")
    if not colon:
        detail, colon, advice = sentence.partition("; ")
    # Some end in a guess at the cause instead of advice.
    if not colon or advice.startswith("this network"):
        return Finding(status, sentence, fix)
    return Finding(status, f"{detail}.", f"{advice[0].upper()}{advice[1:]}")
