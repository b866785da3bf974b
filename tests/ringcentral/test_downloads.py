import asyncio
import io
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from rcdesk.core.errors import NotFound, StorageTrouble, UnexpectedAnswer, Unreachable
from rcdesk.ringcentral import recordings
from rcdesk.ringcentral.downloads import download
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.media import RangeRefused, open_media
from rcdesk.ringcentral.media_hosts import origin, trusted_origins
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.registration import AppRegistration
from rcdesk.ringcentral.session import OAuthSession
from rcdesk.ringcentral.tokens import MemorySessionStore
from rcdesk.simulator.server import Simulator

AUDIO = {"Content-Type": "audio/wav"}


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield PlatformHttp(signed_in.session, client, delays_s=())


@pytest.fixture
async def content_uri(http: PlatformHttp, simulator: Simulator) -> str:
    """Of the longest recording there is."""
    recorded = [each for each in simulator.world.call_log.records if "recording" in each]
    longest = max(recorded, key=lambda each: int(each["duration"]))
    found = await recordings.get_recording(http, longest["recording"]["id"])
    assert found.duration_s == longest["duration"]
    return found.content_uri


async def received(http: PlatformHttp, uri: str, **how: Any) -> bytes:
    async with open_media(http, uri, group=RateGroup.HEAVY, **how) as media:
        return b"".join([chunk async for chunk in media.chunks()])


def parts(directory: Path) -> list[str]:
    return sorted(each.name for each in directory.iterdir() if ".part" in each.name)


@dataclass
class Shortened:
    """Cancels the download from within once `limit` bytes are there."""

    limit: int
    told: list[tuple[int, int | None]] = field(default_factory=list)

    def __call__(self, done: int, size: int | None) -> None:
        self.told.append((done, size))
        if done >= self.limit:
            task = asyncio.current_task()
            assert task is not None
            task.cancel()


async def cut_off(http: PlatformHttp, uri: str, path: Path, limit: int = 100_000) -> int:
    """Leave a part behind; returns its length."""
    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(download(http, uri, path, progress=Shortened(limit)))
    return (path.parent / f"{path.name}.part").stat().st_size


async def test_a_recording_is_sound(http: PlatformHttp, content_uri: str) -> None:
    with wave.open(io.BytesIO(await received(http, content_uri))) as sound:
        assert sound.getnframes() > 30 * sound.getframerate()


async def test_a_part_is_sent_from_where_it_was_asked(http: PlatformHttp, content_uri: str) -> None:
    whole = await received(http, content_uri)
    async with open_media(http, content_uri, group=RateGroup.HEAVY, offset=70_001) as media:
        assert (media.offset, media.size, media.content_type) == (
            *(70_001, len(whole), "audio/wav"),
        )
        assert b"".join([chunk async for chunk in media.chunks()]) == whole[70_001:]
    with pytest.raises(RangeRefused):
        await received(http, content_uri, offset=len(whole))


async def test_a_file_appears_whole(http: PlatformHttp, content_uri: str, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    path = tmp_path / "call.wav"
    path.write_bytes(b"older")
    done = await download(http, content_uri, path, progress=lambda *now: told.append(now))
    assert path.read_bytes() == await received(http, content_uri)
    assert (done.path, done.content_type, done.size) == (path, "audio/wav", path.stat().st_size)
    assert told[0] == (0, done.size)
    assert told[-1] == (done.size, done.size)
    assert told == sorted(told)
    assert parts(tmp_path) == []


async def test_a_cancelled_download_goes_on_where_it_was(
    http: PlatformHttp, control: Any, content_uri: str, tmp_path: Path
) -> None:
    path = tmp_path / "call.wav"
    had = await cut_off(http, content_uri, path)
    assert not path.exists()
    told: list[tuple[int, int | None]] = []
    await download(http, content_uri, path, progress=lambda *now: told.append(now))
    assert told[0][0] == had >= 100_000
    assert path.read_bytes() == await received(http, content_uri)
    asked = await control.requests(httpx.URL(content_uri).path)
    assert f"bytes={had}-" in [each["headers"].get("range") for each in asked]


@pytest.mark.parametrize("change", ["etag", "size", "no version", "broken version"])
async def test_what_may_be_another_version_is_received_anew(
    http: PlatformHttp, content_uri: str, tmp_path: Path, change: str
) -> None:
    path, about = tmp_path / "call.wav", tmp_path / "call.wav.part.json"
    await cut_off(http, content_uri, path)
    (tmp_path / "call.wav.part").write_bytes(b"x" * 1000)
    if change == "no version":
        about.unlink()
    else:
        about.write_text(
            {
                "etag": '{"etag": "\\"other\\"", "size": 99999}',
                "size": '{"size": 99999}',
                "broken version": "{",
            }[change]
        )
    await download(http, content_uri, path)
    assert path.read_bytes() == await received(http, content_uri)


async def test_a_part_longer_than_the_content_is_received_anew(
    http: PlatformHttp, content_uri: str, tmp_path: Path
) -> None:
    path = tmp_path / "call.wav"
    await cut_off(http, content_uri, path)
    with (tmp_path / "call.wav.part").open("ab") as part:
        part.truncate(2**27)
    await download(http, content_uri, path)
    assert path.read_bytes() == await received(http, content_uri)


@pytest.mark.parametrize("content_range", ["", "bytes */9", "bytes 5-8/9", "lines 5-8/9"])
async def test_a_part_that_does_not_go_on_from_there_is_received_anew(
    http: PlatformHttp, control: Any, content_uri: str, tmp_path: Path, content_range: str
) -> None:
    path = tmp_path / "call.wav"
    await cut_off(http, content_uri, path)
    headers = {"Content-Type": "audio/wav", "Content-Range": content_range}
    await control.post(
        "faults", path=httpx.URL(content_uri).path, status=206, headers=headers, body="some"
    )
    await download(http, content_uri, path)
    assert path.read_bytes() == await received(http, content_uri)


async def test_a_server_that_ignores_ranges_costs_no_wrong_byte(
    http: PlatformHttp, control: Any, content_uri: str, tmp_path: Path
) -> None:
    path = tmp_path / "text"
    had = await cut_off(http, content_uri, path)
    await control.post(
        "faults",
        path=httpx.URL(content_uri).path,
        status=200,
        headers={"Content-Type": "audio/mpeg"},
        body="all of it",
    )
    assert had > 0
    assert (await download(http, content_uri, path)).content_type == "audio/mpeg"
    assert path.read_bytes() == b"all of it"


async def test_a_finished_part_needs_no_request(
    http: PlatformHttp, control: Any, content_uri: str, tmp_path: Path
) -> None:
    path = tmp_path / "call.wav"
    whole = await received(http, content_uri)
    await cut_off(http, content_uri, path, limit=len(whole))
    before = len(await control.requests(httpx.URL(content_uri).path))
    assert (await download(http, content_uri, path)).size == len(whole)
    assert len(await control.requests(httpx.URL(content_uri).path)) == before


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind", "sentence"),
    [
        (404, {}, {"errors": [{"errorCode": "CMN-102"}]}, NotFound, "does not know this"),
        (206, AUDIO, "part of what?", RangeRefused, "without saying which"),
        (503, {}, None, Unreachable, "in trouble"),
        (
            200,
            {"Content-Type": "Text/HTML; charset=x"},
            "<html>",
            UnexpectedAnswer,
            "Something else",
        ),
        (
            200,
            {"Content-Type": "application/xhtml+xml"},
            "<html>",
            UnexpectedAnswer,
            "Something else",
        ),
        (200, {"Content-Type": "text/xml"}, "<Error/>", UnexpectedAnswer, "Something else"),
        (200, {"Content-Type": "application/xml"}, "<Error/>", UnexpectedAnswer, "Something else"),
        (200, {}, {"errorCode": "CMN-102"}, UnexpectedAnswer, "Something else"),
        (200, AUDIO | {"Content-Encoding": "gzip"}, "zipped", UnexpectedAnswer, "came compressed"),
        (200, AUDIO, "", UnexpectedAnswer, "is empty"),
        (204, {}, None, UnexpectedAnswer, "is empty"),
        (202, AUDIO, "later", UnexpectedAnswer, "Something else"),
    ],
)
async def test_what_is_no_content_leaves_no_file(
    http: PlatformHttp,
    control: Any,
    content_uri: str,
    tmp_path: Path,
    *,
    status: int,
    headers: dict[str, str],
    body: Any,
    kind: type[Exception],
    sentence: str,
) -> None:
    path = httpx.URL(content_uri).path
    await control.post("faults", path=path, status=status, headers=headers, body=body)
    with pytest.raises(kind, match=sentence):
        await download(http, content_uri, tmp_path / "call.wav")
    assert parts(tmp_path) == []
    assert not (tmp_path / "call.wav").exists()


async def test_what_proves_empty_leaves_no_file(
    http: PlatformHttp, control: Any, content_uri: str, tmp_path: Path
) -> None:
    headers = AUDIO | {"Transfer-Encoding": "chunked"}
    path = httpx.URL(content_uri).path
    await control.post("faults", path=path, status=200, headers=headers, body="", times=2)
    for _ in range(2):
        with pytest.raises(UnexpectedAnswer, match="is empty"):
            await download(http, content_uri, tmp_path / "call.wav")
    assert not (tmp_path / "call.wav").exists()


async def test_a_full_or_missing_disk_is_one_sentence(
    http: PlatformHttp, content_uri: str, tmp_path: Path
) -> None:
    with pytest.raises(StorageTrouble, match="cannot be saved: No such file"):
        await download(http, content_uri, tmp_path / "nowhere" / "call.wav")


async def test_a_broken_connection_keeps_the_part(
    http: PlatformHttp, control: Any, content_uri: str, tmp_path: Path
) -> None:
    async def send_too_little(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: 9\r\n\r\nRIFF")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(send_too_little, "127.0.0.1") as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/x"
        path = httpx.URL(content_uri).path
        await control.post("faults", path=path, status=302, headers={"Location": address})
        with pytest.raises(Unreachable, match="broke off"):
            await download(http, content_uri, tmp_path / "call.wav")
    assert (tmp_path / "call.wav.part").read_bytes() == b"RIFF"
    assert not (tmp_path / "call.wav").exists()
    await download(http, content_uri, tmp_path / "call.wav")
    assert (tmp_path / "call.wav").read_bytes() == await received(http, content_uri)


class Hosts(httpx.AsyncBaseTransport):
    """Leads every host to the simulator, and keeps what each was sent."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = httpx.URL(simulator.url)
        self._wire = httpx.AsyncHTTPTransport()
        self.heard: list[tuple[str, str, str]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        token = request.headers.get("Authorization", "")
        self.heard.append((request.url.host, token[:6], request.url.query.decode()))
        url = request.url.copy_with(
            scheme="http", host=self._simulator.host, port=self._simulator.port
        )
        return await self._wire.handle_async_request(
            httpx.Request(request.method, url, headers=request.headers, stream=request.stream)
        )

    async def aclose(self) -> None:
        await self._wire.aclose()


@pytest.fixture
async def hosts(simulator: Simulator) -> Hosts:
    return Hosts(simulator)


@pytest.fixture
async def production(simulator: Simulator, hosts: Hosts) -> AsyncIterator[PlatformHttp]:
    """The simulator as https://platform.ringcentral.com."""
    app = AppRegistration(
        "https://platform.ringcentral.com", simulator.client_id, simulator.client_secret
    )
    async with httpx.AsyncClient(transport=hosts) as client:
        session = OAuthSession(app, client, MemorySessionStore())
        await session.sign_in_with_jwt(simulator.jwt)
        hosts.heard.clear()
        yield PlatformHttp(session, client, delays_s=())
        await session.aclose()


async def test_the_media_host_gets_the_token_in_the_header_only(
    production: PlatformHttp, hosts: Hosts, content_uri: str
) -> None:
    uri = f"https://media.ringcentral.com:443{httpx.URL(content_uri).path}"
    query = "access_token=x&contentDisposition=Inline"
    assert (await received(production, f"{uri}?{query}")).startswith(b"RIFF")
    assert hosts.heard == [("media.ringcentral.com", "Bearer", "contentDisposition=Inline")]


@pytest.mark.parametrize(
    "uri",
    [
        "https://media.ringcentral.com.evil.example/x",
        "https://evil.example/restapi/v1.0/x",
        "https://media.ringcentral.biz/x",
        "https://media.ringcentral.com:8443/x",
        "http://media.ringcentral.com/x",
        "https://user@evil.example/x",
        "//evil.example/x",
        "file:///etc/passwd",
    ],
)
async def test_other_hosts_are_not_asked_for_content(
    production: PlatformHttp, hosts: Hosts, uri: str
) -> None:
    with pytest.raises(UnexpectedAnswer, match="another server"):
        await received(production, uri)
    assert hosts.heard == []


@pytest.mark.parametrize(
    ("target", "token"),
    [("https://storage.example", ""), ("https://media.ringcentral.com", "Bearer")],
)
async def test_a_redirect_carries_the_token_to_ringcentral_only(
    production: PlatformHttp, hosts: Hosts, control: Any, *, target: str, token: str
) -> None:
    path = "/restapi/v1.0/account/~/recording/1/content"
    there = f"{target}/elsewhere?access_token=stolen&sig=1"
    await control.post("faults", path=path, status=302, headers={"Location": there})
    await control.post(
        "faults", path="/elsewhere", status=200, headers={"Content-Type": "audio/wav"}, body="RIFF"
    )
    assert await received(production, path) == b"RIFF"
    assert hosts.heard[-1] == (httpx.URL(target).host, token, "sig=1")


@pytest.mark.parametrize(
    ("server", "media"),
    [
        ("https://platform.ringcentral.com", "https://media.ringcentral.com"),
        ("https://platform.ringcentral.biz", "https://media.ringcentral.biz"),
        ("https://platform.devtest.ringcentral.com", "https://media.devtest.ringcentral.com"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://rc.example", "https://rc.example"),
    ],
)
def test_each_server_has_its_media_host(server: str, media: str) -> None:
    assert trusted_origins(server) == {origin(httpx.URL(each)) for each in (server, media)}
