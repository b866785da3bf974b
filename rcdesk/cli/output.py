"""What commands print: JSON lines, tables, sentences."""

import json
import os
import sys
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from typing import TextIO


def print_json(value: object) -> None:
    """One line, at once.

    ASCII only: terminals obey C1 controls and bidi overrides, and a caller's name may hold
    them.
    """
    print(json.dumps(value), flush=True)


def note(sentence: str) -> None:
    """Tell the person at the terminal, in one line, something that is no result.

    What the platform put into it can neither break the line nor command the terminal.
    """
    visible = "".join(character if character.isprintable() else " " for character in sentence)
    # Where nobody reads it, the exit code still tells.
    with suppress(OSError):
        print(" ".join(visible.split()), file=sys.stderr, flush=True)


def print_table(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> None:
    """Columns as wide as their widest cell; those in `right` are aligned to the right."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = []
        for index, (cell, width) in enumerate(zip(row, widths, strict=True)):
            padding = " " * (width - _width(cell))
            cells.append(padding + cell if index in right else cell + padding)
        print("  ".join(cells).rstrip())


def discard(stream: TextIO) -> None:
    """Nothing takes this stream any more: what it still buffers must not fail at exit.

    The interpreter would end with 120, whatever the command said.
    """
    with open(os.devnull, "w", encoding="ascii") as nowhere:  # noqa: PTH123 - pathlib costs start-up
        os.dup2(nowhere.fileno(), stream.fileno())


def _width(text: str) -> int:
    """Terminal columns that `text` takes."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
