"""How long something lasts that is waited for, in words."""

LONGEST_ASKED_S = 3600.0
"""No longer wait is obeyed, whatever RingCentral asks for: then rcdesk tries again."""
_MINUTE_S = 60


def span(seconds: float) -> str:
    """`1 s` at least, minutes from two of them on: `40 s`, `5 min`."""
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 2 * _MINUTE_S else f"{round(whole / _MINUTE_S)} min"


_LONGEST = span(LONGEST_ASKED_S)


def asked(seconds: float) -> str:
    """As `span`; the longest may stand for any that is longer."""
    said = span(seconds)
    return "an hour or more" if said == _LONGEST else said
