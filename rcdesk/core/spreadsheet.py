"""CSV as RFC 4180 has it, which no spreadsheet takes for formulas."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

# A spreadsheet computes what begins like this, and a caller chooses their own name: `=cmd|…`
# starts a program, `=HYPERLINK(…)` sends the row away (OWASP, "CSV Injection"). The wide and
# small forms become the plain ones where the file goes through an Asian input method.
FORMULA_STARTS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"

# Excel splits at what the computer's region says, whatever the quotes around the cell: after a
# semicolon, a tab or a line end begins what may be the next cell. Commas are the file's own, and
# quoted as they should be. What cannot be seen, and a quote, may stand before the formula.
_UNSEEN = r"[^\S\t\r\n]|[\"\u200b\u200e\u200f\u2060\ufeff]"
_FORMULA = re.compile(
    rf"(^|\r\n|[;\t\r\n])(?=(?:{_UNSEEN})*[{re.escape(FORMULA_STARTS)}])|^(?=[\t\r\n])"
)

# `+16505550100` read as a formula is still the number 16505550100: nothing can be computed from
# digits alone, and a number that begins with an apostrophe can neither be dialed nor looked up.
# Masked ones (`+1855201XXXX`) are no formula at all and stay as the platform gave them.
_NUMBER = re.compile(r"\+?[0-9]+X*")

# Nearly every cell, and twice as quick to tell.
_PLAIN = re.compile(r"\w[^;\x00-\x1f\x7f-\x9f]*")

# A terminal obeys them, and CSV may be printed to one; what they hide may begin a formula.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """The rows as lines that end with CRLF."""
    text = io.StringIO()
    csv.writer(text).writerows(
        [harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return text.getvalue()


def harmless(cell: str) -> str:
    """The cell without control characters, an apostrophe before what would be computed."""
    if not cell or _PLAIN.fullmatch(cell) or _NUMBER.fullmatch(cell):
        return cell
    return _FORMULA.sub(r"\1'", _CONTROLS.sub("", cell))
