import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from rcdesk.core.errors import (
    Conflict,
    NotFound,
    PermissionMissing,
    RateLimited,
    Refused,
    ServerTrouble,
    UnexpectedAnswer,
    Unreachable,
)
from rcdesk.ringcentral import call_log, extension, ring_out
from rcdesk.ringcentral.call_log import CallLogQuery
from rcdesk.ringcentral.faults import ServerBusy
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.platform import Platform
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire_account import ExtensionAnswer

EXTENSION = "/restapi/v1.0/account/~/extension/~"


@dataclass
class Stranger:
    """Another host: answers everything with an HTML page and keeps what it was sent."""

    url: str = ""
    heard: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>")
        await writer.drain()
        writer.close()


@pytest.fixture
async def stranger() -> AsyncIterator[Stranger]:
    stranger = Stranger()
    async with await asyncio.start_server(stranger.serve, "127.0.0.1") as server:
        stranger.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield stranger


@pytest.fixture
async def http(signed_in: Platform) -> AsyncIterator[PlatformHttp]:
    async with httpx.AsyncClient() as client:
        yield PlatformHttp(signed_in.session, client, delays_s=(0, 0))


async def fail(control: Any, **fault: Any) -> None:
    await control.post("faults", **{"method": "GET", "path": EXTENSION, "times": 1, **fault})


def refusal(code: str, **detail: Any) -> dict[str, Any]:
    return {"errors": [{"errorCode": code, "message": "No", **detail}]}


@pytest.mark.parametrize(
    ("status", "body", "kind", "sentence"),
    [
        (400, refusal("CMN-101", parameterName="x"), Refused, "refused this: No"),
        (
            403,
            refusal("CMN-401", permissionName="ReadAccounts"),
            PermissionMissing,
            "ReadAccounts scope",
        ),
        (
            403,
            refusal("CMN-408", permissionName="ReadX"),
            PermissionMissing,
            "user lacks the ReadX",
        ),
        (403, refusal("CMN-999"), Refused, "refused this"),
        (404, refusal("CMN-102"), NotFound, "does not know this"),
        (405, refusal("CMN-103"), Refused, "does not offer"),
        (409, {"errorCode": "TAS-102", "message": "Incorrect State"}, Conflict, "Incorrect State"),
        (410, refusal("CMN-104"), Refused, "removed"),
        (501, refusal("CMN-201"), ServerTrouble, "in trouble"),
        (404, "<html>not here</html>", UnexpectedAnswer, "in RingCentral's place"),
        (200, "<html>Welcome</html>", UnexpectedAnswer, "in RingCentral's place"),
        (302, "", UnexpectedAnswer, "in RingCentral's place"),
    ],
)
async def test_refusals(
    http: PlatformHttp, control: Any, *, status: int, body: Any, kind: type, sentence: str
) -> None:
    await fail(control, status=status, body=body)
    with pytest.raises(kind, match=sentence) as raised:
        await extension.get_extension(http)
    if isinstance(body, dict) and isinstance(raised.value, Refused):
        assert raised.value.codes
        assert raised.value.status == status


async def test_what_cannot_have_happened_is_repeated(http: PlatformHttp, control: Any) -> None:
    await fail(control, status=502, times=2)
    assert (await extension.get_extension(http)).id


async def test_three_tries_are_enough(http: PlatformHttp, control: Any) -> None:
    await fail(control, status=500, times=9)
    with pytest.raises(ServerTrouble):
        await extension.get_extension(http)
    assert len(await control.requests(EXTENSION)) == 3


async def test_a_ring_out_is_never_repeated(http: PlatformHttp, control: Any) -> None:
    path = f"{EXTENSION}/ring-out"
    await control.post("faults", method="POST", path=path, status=502, times=9)
    with pytest.raises(ServerTrouble):
        await ring_out.place(http, "+16505550142", "+12025550111")
    assert len(await control.requests(path)) == 1


async def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(
    http: PlatformHttp, control: Any
) -> None:
    await fail(control, status=503, headers={"Retry-After": "0"})
    assert (await extension.get_extension(http)).id
    await fail(control, status=503, headers={"Retry-After": "600"})
    with pytest.raises(ServerBusy) as busy:
        await extension.get_extension(http)
    assert busy.value.retry_after_s == 600


async def test_too_long_a_penalty_is_told(http: PlatformHttp, control: Any) -> None:
    await fail(control, status=429, headers={"Retry-After": "40", "X-Rate-Limit-Group": "light"})
    for _ in range(2):
        with pytest.raises(RateLimited, match="asks us to wait 40 s") as limited:
            await http.request(
                "GET", EXTENSION, into=ExtensionAnswer, group=RateGroup.LIGHT, max_wait_s=5
            )
        assert limited.value.retry_after_s == pytest.approx(40, abs=1)
    assert len(await control.requests(EXTENSION)) == 1


async def test_a_second_401_ends_the_session(http: PlatformHttp, control: Any) -> None:
    ended: list[str] = []
    http.session.ended = ended.append
    await fail(control, status=401, body=refusal("OAU-149"), times=2)
    with pytest.raises(Exception, match="sign in again"):
        await extension.get_extension(http)
    assert len(ended) == 1


async def test_another_host_never_sees_the_token(
    http: PlatformHttp, control: Any, stranger: Stranger
) -> None:
    await fail(control, status=302, headers={"Location": f"{stranger.url}/elsewhere"})
    with pytest.raises(UnexpectedAnswer):
        await extension.get_extension(http)
    assert len(stranger.heard) == 1
    assert "authorization" not in stranger.heard[0]


async def test_an_order_is_not_carried_to_another_host(
    http: PlatformHttp, control: Any, stranger: Stranger
) -> None:
    location = {"Location": f"{stranger.url}/elsewhere"}
    path = f"{EXTENSION}/ring-out"
    await control.post("faults", method="POST", path=path, status=307, headers=location, times=1)
    with pytest.raises(UnexpectedAnswer):
        await ring_out.place(http, "+16505550142", "+12025550111")
    assert stranger.heard == []


@pytest.mark.parametrize(
    "path", ["https://evil.example/restapi", "//evil.example/x", "http://[::1"]
)
async def test_addresses_of_other_servers_are_not_asked(http: PlatformHttp, path: str) -> None:
    with pytest.raises(UnexpectedAnswer):
        await http.request("GET", path, into=ExtensionAnswer, group=RateGroup.LIGHT)


async def test_pages_follow_each_other(http: PlatformHttp) -> None:
    query = CallLogQuery(per_page=3)
    first = await call_log.list_calls(http, query, user=True)
    second = await call_log.list_calls(http, query, 2, user=True)
    assert first.has_next
    assert not {each.record_id for each in first.records} & {
        each.record_id for each in second.records
    }


async def test_no_number_and_no_token_is_logged(
    http: PlatformHttp, control: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await control.post(
        "faults", method="GET", path=f"{EXTENSION}/call-log", status=404, body={}, times=1
    )
    with pytest.raises(NotFound):
        await call_log.list_calls(http, CallLogQuery(phone_number="+12025550111"))
    ours = "\n".join(
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("rcdesk.ringcentral", "http"))
    )
    assert "HTTP 404" in ours
    assert "2025550111" not in ours
    assert await http.session.access_token() not in ours


async def test_a_host_that_does_not_exist_is_told(signed_in: Platform) -> None:
    async def refuse(_request: httpx.Request) -> None:
        raise httpx.ConnectError("broken")

    async with httpx.AsyncClient(event_hooks={"request": [refuse]}) as client:
        http = PlatformHttp(signed_in.session, client, delays_s=())
        with pytest.raises(Unreachable, match="cannot be reached"):
            await extension.get_extension(http)
