"""Content to a file that is whole or not there: `name.part` until all of it has come.

Beside it, `name.part.json` says of which version the part is. Without it, or when the server
has another version by now, the download starts anew. All of them are for this user only (0600).
"""

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Self, TypeVar

import msgspec

from rcdesk.core.errors import StorageTrouble
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.media import Media, RangeRefused, open_media
from rcdesk.ringcentral.rate_limits import RateGroup

T = TypeVar("T")

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are there and those of the whole, None while unknown."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file that is whole; `content_type` is the server's, empty if it gave none."""

    path: Path
    content_type: str
    size: int


class _Version(msgspec.Struct):
    etag: str = ""
    size: int | None = None
    content_type: str = ""

    @classmethod
    def of(cls, media: Media) -> Self:
        return cls(media.etag, media.size, media.content_type)

    def is_of(self, media: Media) -> bool:
        if self.etag or media.etag:
            return self.etag == media.etag
        return self.size is not None and self.size == media.size


async def download(
    http: PlatformHttp,
    uri: str,
    path: Path,
    *,
    group: RateGroup = RateGroup.MEDIUM,
    progress: Progress = lambda _received, _size: None,
    user: bool = True,
) -> Downloaded:
    """Receive `uri` (see open_media) into `path`, going on where an earlier try was cut off.

    `path` appears at once and whole, replacing what was there. Cancelling and every failure
    keep the part. One download to a path at a time.

    Raises:
        StorageTrouble: the disk does not take it.
        NotFound, PlatformError, SignedOut: as open_media.
    """
    part = _Part(path)
    version = await _in_thread(part.version)
    offset = await _in_thread(part.length) if version else 0
    if version and offset == version.size:
        progress(offset, version.size)
        await _in_thread(part.finish)
        return Downloaded(path, version.content_type, offset)

    async def receive(begun: _Version | None, offset: int) -> Downloaded:
        etag = begun.etag if begun else ""
        async with open_media(http, uri, group=group, offset=offset, etag=etag, user=user) as media:
            if media.offset and not (begun and begun.is_of(media)):
                raise RangeRefused("The content is another one than before.", status=416)
            if not media.offset:
                await _in_thread(lambda: part.begin(_Version.of(media)))
            size = await _append(part, media, progress)
        await _in_thread(part.finish)
        return Downloaded(path, media.content_type, size)

    try:
        return await receive(version, offset)
    except RangeRefused:
        if not offset:
            raise
        return await receive(None, 0)


async def _append(part: "_Part", media: Media, progress: Progress) -> int:
    """Write what comes; returns the length of the whole."""
    received = media.offset
    progress(received, media.size)
    file = await _in_thread(part.open)
    try:
        async for chunk in media.chunks():
            await _in_thread(partial(_write, file, chunk))
            received += len(chunk)
            progress(received, media.size)
    finally:
        await _in_thread(file.close)
    return received


def _write(file: BinaryIO, chunk: bytes) -> None:
    file.write(chunk)
    file.flush()


async def _in_thread(work: Callable[[], T]) -> T:
    """The result of `work`, which is never left running: not even by a cancellation.

    Raises:
        StorageTrouble: for an OSError.
    """
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise
    except OSError as trouble:
        what = trouble.strerror or type(trouble).__name__
        raise StorageTrouble(f"The download cannot be saved: {what}.") from trouble


class _Part:
    """The unfinished file and its version; every method may block and raise OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = path.with_name(f"{path.name}.part")
        self._about = path.with_name(f"{path.name}.part.json")

    def version(self) -> _Version | None:
        try:
            return msgspec.json.decode(self._about.read_bytes(), type=_Version)
        except (FileNotFoundError, msgspec.MsgspecError):
            return None

    def length(self) -> int:
        try:
            return self._part.stat().st_size
        except FileNotFoundError:
            return 0

    def begin(self, version: _Version) -> None:
        self._about.unlink(missing_ok=True)
        self._part.unlink(missing_ok=True)
        self._part.touch(0o600)
        self._about.touch(0o600)
        self._about.write_bytes(msgspec.json.encode(version))

    def open(self) -> BinaryIO:
        return self._part.open("ab")

    def finish(self) -> None:
        with self._part.open("rb+") as file:
            os.fsync(file.fileno())
        self._part.replace(self.path)
        with suppress(OSError):
            self._about.unlink()
