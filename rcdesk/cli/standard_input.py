"""What is piped into a command."""

import sys

from rcdesk.core.errors import BadInput


def piped_text(most_bytes: int, what: str) -> str:
    """All of standard input; `what` it is, for the sentence.

    Raises:
        BadInput: it is no text, or endless.
    """
    raw = sys.stdin.buffer.read(most_bytes + 1)
    if len(raw) > most_bytes:
        raise BadInput(f"Standard input holds more than {what}: shorten it.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("Standard input is not text in UTF-8: save it as such.") from None
