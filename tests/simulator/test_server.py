import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator

import httpx
import pytest

from rcdesk.simulator.server import running

READY_S = 30


@pytest.fixture
async def process() -> AsyncIterator[asyncio.subprocess.Process]:
    process = await start("--calls", "20", "--seed", "7")
    yield process
    if process.returncode is None:
        process.kill()
    await process.communicate()


async def start(*arguments: str) -> asyncio.subprocess.Process:
    command = [sys.executable, "-W", "error", "-m", "rcdesk.simulator", *arguments]
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)


async def announced(process: asyncio.subprocess.Process) -> dict[str, str]:
    assert process.stdout is not None
    async with asyncio.timeout(READY_S):
        line: dict[str, str] = json.loads(await process.stdout.readline())
    return line


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to send")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_announces_itself_and_ends_cleanly(
    process: asyncio.subprocess.Process, number: signal.Signals
) -> None:
    ready = await announced(process)
    names = "server client_id client_secret jwt username extension password control"
    assert list(ready) == names.split()
    async with httpx.AsyncClient() as client:
        assert (await client.get(ready["control"] + "/state")).status_code == 200
    process.send_signal(number)
    output, errors = await process.communicate()
    assert (process.returncode, output, errors) == (0, b"", b"")


async def test_a_taken_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = await start("--port", str(taken.getsockname()[1]))
        output, errors = await process.communicate()
    assert (process.returncode, output) == (1, b"")
    assert errors.decode().startswith("Cannot listen on 127.0.0.1 port ")
    assert errors.count(b"\n") == 1


@pytest.mark.parametrize(
    "arguments", [("--port", "x"), ("--port", "65536"), ("--speed", "0"), ("--calls", "-1")]
)
async def test_wrong_usage_ends_with_2(arguments: tuple[str, str]) -> None:
    process = await start(*arguments)
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert arguments[1].encode() in errors


async def test_equal_seeds_give_equal_companies() -> None:
    async with running(seed=3, calls=5) as one, running(seed=3, calls=5) as other:
        assert one.url != other.url
        assert one.announcement()["jwt"] == other.announcement()["jwt"]
        assert one.world.company.contacts == other.world.company.contacts


async def test_speed_shortens_delays_and_windows() -> None:
    async with (
        running(speed=1000, calls=0) as simulator,
        httpx.AsyncClient(base_url=simulator.url) as http,
    ):
        session_id = (await http.post("/_sim/calls", json={})).json()["session_id"]
        await http.post(f"/_sim/calls/{session_id}/hangup")
        async with asyncio.timeout(5):
            while not (await http.get("/_sim/state")).json()["call_log"]:
                pass
        assert simulator.world.call_log.records[0]["sessionId"] == session_id


async def test_ipv6_is_served_too() -> None:
    try:
        async with running(host="::1", calls=0) as simulator:
            assert simulator.url.startswith("http://[::1]:")
            async with httpx.AsyncClient() as http:
                assert (await http.get(f"{simulator.control}/state")).status_code == 200
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")


async def test_a_delayed_request_does_not_spoil_the_end(
    process: asyncio.subprocess.Process,
) -> None:
    ready = await announced(process)
    async with httpx.AsyncClient() as client:
        await client.post(ready["control"] + "/faults", json={"delay_s": 600})
        waiting = asyncio.create_task(client.get(ready["server"] + "/restapi"))
        while not (await client.get(ready["control"] + "/requests")).json()["requests"]:
            pass
        process.terminate()
        _, errors = await process.communicate()
        assert process.returncode == 0
        assert b"Traceback" not in errors
        assert (await waiting).status_code == 503
