import asyncio
import time
from contextlib import suppress

import pytest
import websockets
from hypothesis import given, settings
from hypothesis import strategies as st

from rcdesk.core.call import ChangeKind
from rcdesk.core.errors import UnexpectedAnswer
from rcdesk.core.events import PresenceReport
from rcdesk.ringcentral.gateway_socket import (
    Connector,
    Frame,
    GatewaySocket,
    SocketEnded,
    socket_uri,
)
from rcdesk.ringcentral.wire_gateway import WsToken
from tests.fuzz.following import follow, read
from tests.fuzz.mutation import changed_frame, changed_stream
from tests.fuzz.seeds import of_2015, recorded, session, written

RINGING = of_2015("Ringing", 1, startTime="2026-11-23T09:00:00Z")
GOOD = b'[{"type":"ServerNotification"},{"event":"/good","body":{}}]'
TIMEOUT_S = 10


@pytest.fixture(scope="module")
def streams() -> list[bytes]:
    return [*written(), *asyncio.run(recorded())]


def with_call(**fields: object) -> bytes:
    return of_2015("Ringing", 1, **fields)


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param(with_call(startTime="0001-01-01T00:00:00+14:00"), id="before the calendar"),
        pytest.param(with_call(startTime="9999-12-31T23:59:59-14:00"), id="after the calendar"),
        pytest.param(RINGING.replace(b": 1,", b": 1" + b"0" * 400 + b","), id="sequence 10^400"),
    ],
)
def test_what_fuzzing_has_found_is_taken(stream: bytes) -> None:
    assert [change.kind.value for change in follow(stream.split(b"\n"))] == ["ringing"]


def test_a_party_that_comes_back_is_a_call_of_its_own() -> None:
    changes = follow(
        [
            session("Answered", 3, id="p-0", direction="Outbound"),
            session("Proceeding", 1, id="p-1"),
            of_2015("NoCall", 1),
            session("Proceeding", 1, id="p-2"),
            session("Proceeding", 1, id="p-1"),
        ]
    )
    rang = [change.call.key for change in changes if change.kind is ChangeKind.RINGING]
    assert len(set(rang)) == 3


@pytest.mark.parametrize("digits", [400, 5000])
def test_a_number_without_end_costs_its_field_only(digits: int) -> None:
    number = b"9" * digits
    for old, new in (
        (b'"sequence": 1,', b'"sequence": %b,' % number),
        (b'"sessionId": 2155', b'"sessionId": 2155, "sipData": %b' % number),
        (b'"event"', b'"timestamp": %b, "event"' % number),
        (b'"wsc": {', b'"wsc": {"sequence": %b, ' % number),
    ):
        assert old in RINGING
        report = read(RINGING.replace(old, new))
        assert isinstance(report, PresenceReport)
        assert report.legs is not None
        assert report.legs[0].session_id == "2155"


def test_the_real_frames_tell_of_calls(streams: list[bytes]) -> None:
    told = [follow(stream.split(b"\n")) for stream in streams]
    assert sum(map(bool, told)) >= 8


@given(st.data())
def test_no_changed_stream_of_frames_breaks_the_tracker(
    streams: list[bytes], data: st.DataObject
) -> None:
    stream = data.draw(st.sampled_from(streams))
    generator = data.draw(st.randoms())
    for _ in range(data.draw(st.integers(1, 6))):
        stream = changed_stream(stream, generator)
    follow(stream.split(b"\n"))


@given(st.data())
def test_no_bytes_in_a_frame_break_the_tracker(streams: list[bytes], data: st.DataObject) -> None:
    stream = bytearray(data.draw(st.sampled_from(streams)))
    places = st.integers(0, len(stream))
    for _ in range(data.draw(st.integers(1, 6))):
        begin, end = sorted((data.draw(places), data.draw(places)))
        stream[begin : min(end, begin + 40)] = data.draw(st.binary(max_size=8))
    follow(bytes(stream).split(b"\n"))


@settings(max_examples=30)
@given(st.data())
def test_no_frame_ends_the_connection(streams: list[bytes], data: st.DataObject) -> None:
    frames = data.draw(st.lists(st.binary(max_size=200), max_size=10))
    generator = data.draw(st.randoms())
    for real in data.draw(st.sampled_from(streams)).split(b"\n"):
        changed = changed_frame(real, generator)
        # The gateway itself says with such a frame that the session is over.
        frames += [changed] if b"Error" not in changed else []
    as_text = data.draw(st.booleans())
    assert asyncio.run(heard(frames, as_text=as_text))[-1].body == Frame.parse(GOOD).body


async def heard(frames: list[bytes], *, as_text: bool) -> list[Frame]:
    """What GatewaySocket hands on of `frames` and the good one behind them."""

    async def serve(socket: websockets.ServerConnection) -> None:
        for frame in (*frames, GOOD):
            await socket.send(frame, text=as_text)

    found: list[Frame] = []
    async with websockets.serve(serve, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with asyncio.timeout(TIMEOUT_S):
            connection = await Connector()(f"ws://127.0.0.1:{port}")
            with suppress(SocketEnded):
                await GatewaySocket(connection, found.append, time.monotonic).read()
            await connection.close()
    return found


@pytest.mark.parametrize(
    "uri",
    [
        *("", "wss://", "wss:///ws", "https://a.example/", "ws://a.example/", "wss://["),
        *("wss://a:99999/", "wss://a:b/", "wss://a..b/", "wss://\u2100/", "wss://xn--/", "\ud800"),
        *("wss://@a.example/", "wss://ann:b@a.example/"),
        *("wss://" + "a" * 64 + ".example/", "wss://a\x00b/"),
    ],
)
def test_no_address_for_live_events_raises_anything_else(uri: str) -> None:
    with pytest.raises(UnexpectedAnswer):
        socket_uri(WsToken(uri=uri, ws_access_token="t"), "")
