"""Names as caller ID and call records spell them, taken apart for an address book."""

import re
from typing import NamedTuple

LONGEST_NAME = 120

_LEGAL_FORMS = frozenset(
    {
        *("ab", "ag", "bv", "co", "company", "corp", "corporation", "gmbh", "group", "inc", "kg"),
        *("incorporated", "limited", "llc", "llp", "ltd", "nv", "oy", "plc", "pty", "sa", "sarl"),
        *("sas", "spa", "srl"),
    }
)
# What carriers deliver where they know no name.
_NOBODY = frozenset(
    {
        *("anonymous", "cell phone", "name unavailable", "no name", "out of area", "private"),
        *("private caller", "restricted", "toll free call", "unavailable", "unknown"),
        *("unknown caller", "unknown name", "wireless caller"),
    }
)
_LAST_FIRST = re.compile(r"([^,]+), *([^,]+)")


class NameParts(NamedTuple):
    """Each may be empty; a company has no person's names."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""


def name_parts(name: str) -> NameParts:
    """A guess, for the user to correct."""
    name = " ".join(name[:LONGEST_NAME].split())
    if not any(letter.isalpha() for letter in name) or name.casefold() in _NOBODY:
        return NameParts()
    words = name.split(" ")
    if "&" in name or words[-1].strip(".,").replace(".", "").casefold() in _LEGAL_FORMS:
        return NameParts(company=name)
    if inverted := _LAST_FIRST.fullmatch(name):
        return NameParts(inverted[2].strip(), inverted[1].strip())
    return NameParts(" ".join(words[:-1]) or name, words[-1] if len(words) > 1 else "")
