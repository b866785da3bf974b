"""Names of files: what people can read and every file system takes."""

import re
import unicodedata
from pathlib import Path

from rcdesk.core.visible import visible_line

LONGEST_NAME_BYTES = 240
"""Of the 255 that most file systems take; the rest is for ` (12)` and `.part`."""

_SEPARATORS = re.compile(r"[/\\|]+")
_FORBIDDEN = re.compile(r'[<>:"?*]+')
# Windows takes these for devices, whatever their ending.
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])", re.IGNORECASE)


def spelled(text: str) -> str:
    """`text` as part of a file's name: one line, nothing that a file system forbids."""
    text = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode())
    allowed = _FORBIDDEN.sub(" ", _SEPARATORS.sub("-", visible_line(text)))
    return " ".join(allowed.split()).strip(". ")


def fitted(head: str, tail: str, ending: str) -> str:
    """`head tail` with the `ending`, `head` cut where all of it would be too long for a file."""
    tail = _cut(spelled(tail), LONGEST_NAME_BYTES - len(ending.encode()))
    room = LONGEST_NAME_BYTES - len(f" {tail}{ending}".encode())
    stem = f"{_cut(spelled(head), max(0, room))} {tail}".strip(". ") or "file"
    if _DEVICE.fullmatch(stem.partition(".")[0].rstrip()):
        stem = f"_{stem}"
    return f"{stem}{ending}"


def unused(path: Path) -> Path:
    """`path`, or `name (2).ending` and so on where there is such a file; may block."""
    found, number = path, 1
    while found.exists() or found.is_symlink():
        number += 1
        found = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return found


def _cut(text: str, longest_bytes: int) -> str:
    """`text` in at most so many bytes, no character or what belongs to it in two."""
    if len(text.encode()) <= longest_bytes:
        return text
    kept = text.encode()[:longest_bytes].decode("utf-8", "ignore")
    following = text[len(kept)]
    # What comes next is drawn over the last character, or joined to it: that one goes as well.
    while kept and (unicodedata.combining(following) or "\u200d" in (following, kept[-1])):
        kept, following = kept[:-1], kept[-1]
    return kept.rstrip(". ")
