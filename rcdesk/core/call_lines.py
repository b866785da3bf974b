"""Calls as JSON objects, whose names scripts rely on, and as rows of the same."""

from collections.abc import Mapping
from datetime import UTC, datetime

from rcdesk.core.call import CallChange, ChangeKind, Endpoint

Json = dict[str, object]


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def local_iso(moment: datetime) -> str:
    """ISO 8601 by this computer's clock, with its offset; in UTC if it cannot be told there."""
    try:
        return moment.astimezone().isoformat(timespec="milliseconds")
    except (OverflowError, ValueError, OSError):  # the first year, or on Windows before 1970
        return iso(moment)


def change_line(change: CallChange, at: datetime) -> Json:
    """A line of `rcdesk watch --json`."""
    call = change.call
    # The announcement may lag behind its call: only its end tells how it ended.
    has_ended = change.kind is ChangeKind.ENDED
    return {
        "time": iso(at),
        "change": change.kind.value,
        "session_id": call.session_id,
        "direction": call.direction.value,
        "from": end(call.caller),
        "to": end(call.callee),
        "queue": call.queue,
        "result": call.outcome.value if has_ended and call.outcome else None,
        "duration_s": rounded(call.duration_s) if has_ended else None,
    }


def end(endpoint: Endpoint) -> Json:
    """One end of a call, as the platform spelled it."""
    return {"number": endpoint.number, "name": endpoint.name}


def placed_end(endpoint: Endpoint) -> Json:
    """One end of a call and where it is."""
    return {**end(endpoint), "location": endpoint.location}


def rounded(duration_s: float | None) -> float | None:
    """To the platform's milliseconds."""
    return None if duration_s is None else round(duration_s, 3)


def flat(line: Mapping[str, object]) -> list[object]:
    """The values of a line in their order, those of nested objects in place; None is empty.

    A list is its items with commas between.
    """
    values: list[object] = []
    for value in line.values():
        if isinstance(value, dict):
            values += flat(value)
        elif isinstance(value, list):
            values.append(", ".join(map(str, value)))
        else:
            values.append("" if value is None else value)
    return values


def flat_names(line: Mapping[str, object]) -> list[str]:
    """The names of `flat`: `from_number` for the number in `from`."""
    names: list[str] = []
    for name, value in line.items():
        if isinstance(value, dict):
            names += [f"{name}_{inner}" for inner in value]
        else:
            names.append(name)
    return names
