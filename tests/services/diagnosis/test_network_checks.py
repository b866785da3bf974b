import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rcdesk.services.diagnosis.findings import Status
from rcdesk.simulator.faults import RequestFault
from rcdesk.simulator.server import Simulator, running
from tests.ringcentral.authority import Authority
from tests.services.diagnosis.conftest import CaseOf, Examination

HERE = "127.0.0.1"
WAY = ("dns", "connection", "tls", "server", "clock")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def test_the_way_to_ringcentral_is_told_step_by_step(
    simulator: Simulator, case_of: CaseOf, examination: Examination
) -> None:
    findings = await examination(case_of(simulator), *WAY)
    assert {finding.status for finding in findings.values()} == {Status.OK}
    assert findings["connection"].detail.startswith(f"{HERE} answers directly, without a proxy")


async def test_a_certificate_is_described(
    authority: Authority, case_of: CaseOf, examination: Examination
) -> None:
    async with running(certificate=authority.issue(HERE)) as simulator:
        case = case_of(simulator, file=f"ca_file = '{authority.ca_file}'")
        found = (await examination(case, *WAY))["tls"]
    assert found.status is Status.OK
    until = datetime.now(UTC) + timedelta(days=1)
    assert f"by rcdesk test CA, good until {until:%Y-%m-%d}, checked against" in found.detail
    assert str(authority.ca_file) in found.detail


@pytest.mark.parametrize(
    ("host", "from_days", "until_days", "is_known", "detail", "fix"),
    [
        (HERE, -2, -1, True, "has expired", "Check this computer's date"),
        (HERE, 1, 2, True, "is not valid yet", "Check this computer's date"),
        ("wifi.example", -1, 1, True, "Something else answers", "Open any web page in a browser"),
        (HERE, -1, 1, False, "issuer that this computer does not know", "If your company"),
    ],
)
async def test_a_bad_certificate_is_what_is_wrong(
    authority: Authority,
    case_of: CaseOf,
    examination: Examination,
    *,
    host: str,
    from_days: float,
    until_days: float,
    is_known: bool,
    detail: str,
    fix: str,
) -> None:
    certificate = authority.issue(host, from_days=from_days, until_days=until_days)
    file = f"ca_file = '{authority.ca_file}'" if is_known else ""
    async with running(certificate=certificate) as simulator:
        findings = await examination(case_of(simulator, file=file), *WAY)
    assert findings["connection"].status is Status.OK
    assert findings["tls"].status is Status.WRONG
    assert detail in findings["tls"].detail
    assert findings["tls"].fix.startswith(fix)
    assert findings["clock"].detail == "Not checked, because of tls."


async def test_a_dead_port_is_what_is_wrong(case_of: CaseOf, examination: Examination) -> None:
    with socket.create_server((HERE, 0)) as listener:
        port = listener.getsockname()[1]
    findings = await examination(case_of(RC_SERVER_URL=f"http://{HERE}:{port}"), *WAY)
    assert findings["connection"].status is Status.WRONG
    assert findings["connection"].detail == f"{HERE} refused the connection."
    assert findings["server"].detail == "Not checked, because of connection."


async def test_a_name_that_is_nobodys_is_what_is_wrong(
    case_of: CaseOf, examination: Examination
) -> None:
    findings = await examination(case_of(RC_SERVER_URL="https://rcdesk.invalid"), *WAY)
    assert findings["dns"].detail == "The server rcdesk.invalid cannot be found."
    assert findings["clock"].detail == "Not checked, because of dns."


@pytest.mark.parametrize(
    ("proxy", "name", "detail"),
    [
        ("http://me:secret@127.0.0.1:9", "connection", "The proxy 127.0.0.1:9 cannot be reached."),
        ("http://me:secret@proxy.invalid:9", "dns", "The proxy proxy.invalid cannot be found."),
    ],
)
async def test_a_proxy_in_the_way_is_named_without_its_password(
    case_of: CaseOf, examination: Examination, proxy: str, name: str, detail: str
) -> None:
    case = case_of(file=f"server_url = 'https://rcdesk.invalid'\nproxy = '{proxy}'")
    findings = await examination(case, *WAY)
    assert findings[name].status is Status.WRONG
    assert findings[name].detail == detail
    assert "secret" not in str(findings)


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, {}, "<html>Welcome to the hotel</html>"),
        (302, {"Location": "http://wifi.example/"}, None),
        (200, {}, {"ok": True}),
        (403, {}, "<html>blocked</html>"),
        (511, {}, "<html>sign in</html>"),
    ],
)
async def test_a_captive_portal_is_not_ringcentral(
    simulator: Simulator,
    case_of: CaseOf,
    examination: Examination,
    *,
    status: int,
    headers: dict[str, str],
    body: object,
) -> None:
    fault = RequestFault(path="*", status=status, headers=headers, body=body, times=None)
    simulator.world.faults.add(fault)
    findings = await examination(case_of(simulator), *WAY, "session")
    assert findings["server"].status is Status.WRONG
    assert findings["server"].fix
    assert findings["session"].status is Status.UNKNOWN


async def test_ringcentral_in_trouble_is_told(
    simulator: Simulator, case_of: CaseOf, examination: Examination
) -> None:
    body = {"errorCode": "CMN-203", "message": "Internal"}
    simulator.world.faults.add(RequestFault(path="/restapi", status=503, body=body))
    found = (await examination(case_of(simulator), *WAY))["server"]
    assert (found.status, found.fix) == (Status.WRONG, "Try again later.")
    assert "in trouble" in found.detail


@asynccontextmanager
async def silent_server() -> AsyncIterator[str]:
    """Takes connections and says nothing."""
    connected: list[asyncio.StreamWriter] = []

    async def take(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.append(writer)

    server = await asyncio.start_server(take, HERE)
    yield f"http://{HERE}:{server.sockets[0].getsockname()[1]}"
    for writer in connected:
        writer.close()
    server.close()


async def test_a_server_that_says_nothing_is_not_waited_for_long(
    case_of: CaseOf, examination: Examination
) -> None:
    async with silent_server() as url, asyncio.timeout(8):
        findings = await examination(case_of(RC_SERVER_URL=url), *WAY)
    assert findings["connection"].status is Status.OK
    assert findings["server"].detail == f"{HERE} did not answer in time."


@pytest.mark.parametrize(
    ("error", "words"),
    [
        # The server's Date is in whole seconds, and a busy machine answers late.
        (timedelta(seconds=100), "10[0-9] seconds fast"),
        (timedelta(minutes=-10), "10 minutes slow"),
        (timedelta(hours=3), "3 hours fast"),
        (timedelta(days=-400), "400 days slow"),
    ],
)
async def test_a_wrong_clock_is_told_by_how_much(
    simulator: Simulator, case_of: CaseOf, examination: Examination, error: timedelta, words: str
) -> None:
    case = case_of(simulator)
    case.utc_now = lambda: datetime.now(UTC) + error
    found = (await examination(case, *WAY))["clock"]
    assert found.status is Status.WRONG
    assert re.search(words, found.detail)
    assert found.fix


@pytest.mark.parametrize("error_s", [-50, 0, 50])
async def test_a_clock_within_a_minute_is_right(
    simulator: Simulator, case_of: CaseOf, examination: Examination, error_s: int
) -> None:
    case = case_of(simulator)
    case.utc_now = lambda: datetime.now(UTC) + timedelta(seconds=error_s)
    assert (await examination(case, *WAY))["clock"].status is Status.OK
