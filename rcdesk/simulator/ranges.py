"""Binary content as answers: whole or in part (RFC 9110, 14)."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from starlette.responses import Response, StreamingResponse

from rcdesk.simulator.errors import invalid_parameter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from rcdesk.simulator.contents import Content

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CHUNK_BYTES = 65_536
_DISPOSITIONS = ("Inline", "Attachment")


def answer(request: Request, content: Content, name: str) -> Response:
    """Return the `content` called `name`, or the part of it that the request's Range asks for."""
    disposition = request.query_params.get("contentDisposition", "Inline")
    if disposition not in _DISPOSITIONS:
        raise invalid_parameter("contentDisposition")
    etag = f'"{hashlib.sha256(f"{name} {content.size}".encode()).hexdigest()[:16]}"'
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Content-Disposition": f'{disposition.lower()}; filename="{name}"',
    }
    start, stop = 0, content.size
    status = 200
    wanted = _RANGE.fullmatch(request.headers.get("Range", ""))
    if wanted and any(wanted.groups()) and request.headers.get("If-Range", etag) == etag:
        start, stop = _span(wanted[1], wanted[2], content.size)
        if start >= stop:
            headers["Content-Range"] = f"bytes */{content.size}"
            return Response(status_code=416, headers=headers)
        status = 206
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{content.size}"
    headers["Content-Length"] = str(stop - start)
    return StreamingResponse(
        _chunks(content, start, stop),
        status_code=status,
        headers=headers,
        media_type=content.content_type,
    )


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size


async def _chunks(content: Content, start: int, stop: int) -> AsyncIterator[bytes]:
    for at in range(start, stop, _CHUNK_BYTES):
        yield content.read(at, min(at + _CHUNK_BYTES, stop))
