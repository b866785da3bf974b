"""Text as it is searched: without case and accents; and whom a number stands for."""

import re
from functools import lru_cache
from unicodedata import combining, normalize

from rcdesk.core.numbers import is_extension

# Letters of their own that do not decompose, though many type them without the stroke.
_STROKES = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
    }
)
_NO_DIGIT = re.compile(r"[^0-9]+")
_IN_A_NUMBER = re.compile(r"[\s\-.()/+\u00a0\u2010-\u2015]+")
_MASKED = re.compile(r"[0-9]+[X*]+[0-9X*]*")
# What those who hide are called instead of a name, in these words and no others, folded.
_NOBODY = {
    "anonymous", "blocked", "call", "caller", "id", "no", "number", "party", "private",
    "restricted", "unavailable", "unknown", "withheld",
}  # fmt: skip


def fold(text: str) -> str:
    """`text` for comparing: folding what is folded changes nothing."""
    if text.isascii():
        return text.lower()
    decomposed = normalize("NFKD", normalize("NFKD", text).casefold())
    bare = "".join([character for character in decomposed if not combining(character)])
    return normalize("NFKD", bare.casefold()).translate(_STROKES)


def digits(text: str) -> str:
    """The ASCII digits in it."""
    return _NO_DIGIT.sub("", text)


def searched(number: str, name: str, location: str) -> str:
    """What `party.folded` holds: no query finds across the ends of the lines."""
    return "\n".join([fold(name), fold(location), digits(number)])


@lru_cache(maxsize=4096)
def person_key(number: str, name: str) -> str:
    """What all spellings of one number share (`person.key`); empty for nobody in particular.

    The `+` and punctuation do not count; a country's code that is missing is not guessed.
    """
    compact = _IN_A_NUMBER.sub("", number).upper()
    if compact.isascii() and compact.isdecimal():
        if is_extension(compact) and not number.startswith("+"):
            return f"x{compact}"
        return compact.removeprefix("00") or compact
    if _MASKED.fullmatch(compact):
        return compact
    folded = fold(number.strip() or name).strip()
    return "" if _NOBODY.issuperset(folded.split()) else f"={folded}"
