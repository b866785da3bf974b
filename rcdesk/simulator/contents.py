"""What messages have attached: sound, text, a fax's pages, a picture."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Protocol


class Content(Protocol):
    """Something that can be read in parts."""

    @property
    def content_type(self) -> str:
        """Media type."""

    @property
    def size(self) -> int:
        """Length in bytes."""

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes in [start, stop)."""


@dataclass(frozen=True)
class Blob:
    """Bytes that are there as a whole."""

    content_type: str
    data: bytes

    @property
    def size(self) -> int:
        """Length in bytes."""
        return len(self.data)

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes in [start, stop)."""
        return self.data[start:stop]


def plain(text: str) -> Blob:
    """Return a text as an attachment."""
    return Blob("text/plain", text.encode())


def fax(pages: int, sender: str) -> Blob:
    """Return a PDF of `pages` letter-size pages that say where they come from."""
    kids = " ".join(f"{4 + 2 * page} 0 R" for page in range(pages))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {pages}/Kids[{kids}]>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Courier>>",
    ]
    line = "".join(c for c in sender if c.isascii() and c.isprintable() and c not in "()\\")
    for page in range(1, pages + 1):
        drawn = f"BT /F 14 Tf 72 720 Td (FAX from {line}, page {page} of {pages}) Tj ET"
        font = "/Resources<</Font<</F 3 0 R>>>>"
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]{font}/Contents {3 + 2 * page} 0 R>>",
            f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream",
        ]
    document, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(document))
        document += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    document += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n"
    start = document.index("xref\n0 ")
    return Blob("application/pdf", f"{document}{trailer}{start}\n%%EOF\n".encode("ascii"))


def picture(seed: int) -> Blob:
    """Return a PNG of 64 by 64 pixels, a colour gradient."""
    side = 64
    red = seed % 256
    rows = b"".join(
        b"\0" + b"".join(bytes((red, 4 * x, 4 * y)) for x in range(side)) for y in range(side)
    )
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return Blob("image/png", b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in chunks))


def _chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
