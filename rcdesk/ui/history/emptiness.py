"""Why no call is listed."""

from dataclasses import replace
from typing import NamedTuple

from rcdesk.ui import words
from rcdesk.ui.history.choices import EVERYTHING, Choices


class Why(NamedTuple):
    """See StatePage.say."""

    icon: str
    headline: str
    text: str = ""
    action: str = ""


LOADING = Why("clock", "Loading your calls…")
NO_CALLS = Why("phone", "No calls yet", "Calls show here as soon as they come in.")


def nothing_found(choices: Choices) -> Why:
    """No call passes `choices`, which are not EVERYTHING."""
    if not choices.text.strip():
        return Why("filter", "No such calls", "No call passes these filters.", "Clear filters")
    others = replace(choices, text="") != EVERYTHING
    clear = "Clear search and filters" if others else "Clear search"
    return Why("search", f"No calls match “{words.plain(choices.text, 40)}”", "", clear)


def not_listed(failure: str, *, can_retry: bool) -> Why:
    """The platform could not tell its calls."""
    if can_retry:
        return Why("cloud-off", "Your calls could not be loaded", failure, "Try again")
    return Why("phone", "Earlier calls cannot be listed", failure)
