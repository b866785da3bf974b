"""Recordings, voicemails, faxes and pictures, streamed from the media host."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from rcdesk.core.errors import Refused, UnexpectedAnswer, Unreachable
from rcdesk.ringcentral.faults import not_ringcentral
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.rate_limits import RateGroup

_LARGEST_SIZE = 2**53
# What captive portals, proxies and failing servers send instead, with a status of success.
_NO_CONTENT_TYPES = frozenset(
    {"text/html", "application/xhtml+xml", "text/xml", "application/xml", "application/json"}
)


class RangeRefused(Refused):
    """What came does not go on from where it was to: 416, another part, or none can tell which."""


@dataclass(frozen=True, slots=True)
class Media:
    """Content being received, valid inside `open_media` only.

    Attributes:
        offset: position of the first byte to come; 0 where the server sends all from the start,
            whatever it was asked for.
        size: bytes of the whole content; None where the server does not say.
        etag: identifies this version of the content; empty if it is weak or missing.
    """

    content_type: str
    offset: int
    size: int | None
    etag: str
    _response: httpx.Response

    async def chunks(self) -> AsyncIterator[bytes]:
        """The bytes from `offset` to the end, as the network brings them.

        Raises:
            Unreachable: the connection broke, or the content ended too early or too late.
            UnexpectedAnswer: there was none.
        """
        at = self.offset
        async for chunk in self._response.aiter_raw():
            at += len(chunk)
            if self.size is not None and at > self.size:
                raise Unreachable("RingCentral sent more than it announced: try again.")
            yield chunk
        if not at:
            raise _empty()
        if self.size is not None and at < self.size:
            raise Unreachable("The download broke off: try again, it goes on where it was.")


@asynccontextmanager
async def open_media(
    http: PlatformHttp,
    uri: str,
    *,
    group: RateGroup = RateGroup.MEDIUM,
    offset: int = 0,
    etag: str = "",
    user: bool = True,
) -> AsyncIterator[Media]:
    """Begin to receive what an attachment's or recording's `uri` names.

    Attachments are RateGroup.MEDIUM, recordings HEAVY. With an `offset` only the bytes from
    there are asked for, and with its `etag` only if the content is still that version:
    `Media.offset` says what comes. The address has to be of this server or its media host;
    redirects elsewhere are followed without the token.

    Raises:
        RangeRefused: what is at `offset` cannot be had.
        NotFound: the content is gone.
        PlatformError, SignedOut: anything else; also for what happens inside the context.
    """
    headers = {}
    if offset:
        headers["Range"] = f"bytes={offset}-"
        if etag:
            headers["If-Range"] = etag
    async with (
        _range_refusals(),
        http.stream(uri, group=group, user=user, headers=headers) as response,
    ):
        yield _media(response, offset)


@asynccontextmanager
async def _range_refusals() -> AsyncIterator[None]:
    try:
        yield
    except (Refused, UnexpectedAnswer) as error:
        if error.status != 416:
            raise
        raise RangeRefused(
            "The content is shorter than what was received before.",
            status=416,
            codes=error.codes,
            request_id=error.request_id,
        ) from None


def _media(response: httpx.Response, asked_offset: int) -> Media:
    headers = response.headers
    content_type = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if response.status_code == 206:
        offset, size = _content_range(headers.get("Content-Range", ""))
    else:
        offset, size = 0, _number(headers.get("Content-Length", ""))
    if response.status_code == 204 or size == 0:
        raise _empty()
    if content_type in _NO_CONTENT_TYPES or response.status_code not in (200, 206):
        raise not_ringcentral(response)
    if headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        # Its bytes are not the content's, and no Range counts by them.
        raise UnexpectedAnswer("The content came compressed, which was not asked for.")
    if offset not in (0, asked_offset):
        raise RangeRefused("RingCentral sent another part than it was asked for.", status=206)
    etag = headers.get("ETag", "")
    return Media(
        content_type=content_type,
        offset=offset,
        size=size,
        etag=etag if etag.startswith('"') else "",
        _response=response,
    )


def _empty() -> UnexpectedAnswer:
    return UnexpectedAnswer("RingCentral has nothing to send: this content is empty.")


def _content_range(value: str) -> tuple[int, int | None]:
    """Start and whole size of `bytes 100-199/1000`.

    Raises:
        RangeRefused: there is no telling which part it is.
    """
    unit, _, rest = value.strip().partition(" ")
    span, _, size = rest.partition("/")
    start = _number(span.partition("-")[0])
    if unit.lower() != "bytes" or start is None:
        raise RangeRefused("RingCentral sent a part without saying which.", status=206)
    return start, _number(size)


def _number(value: str) -> int | None:
    value = value.strip()
    if not (value.isascii() and value.isdigit() and len(value) <= 16):
        return None
    return min(int(value), _LARGEST_SIZE)
