"""Text from outside without what is in it to mislead the eye."""

import unicodedata

# Joiners shape Persian, Indic scripts and emoji; other invisible characters, those that turn
# the direction of text round among them, make a name look like another.
_KEPT_INVISIBLES = frozenset("\u200c\u200d")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def visible_line(text: str) -> str:
    """`text` in one line, its white space folded, without control and format characters."""
    return " ".join(
        "".join(
            " " if character.isspace() else character
            for character in text
            if character.isspace()
            or character in _KEPT_INVISIBLES
            or unicodedata.category(character) not in _INVISIBLE
        ).split()
    )
