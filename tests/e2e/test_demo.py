import asyncio
import os
import re
import signal
import sys
from collections.abc import Mapping

import httpx

from tests.e2e.test_process import TIMEOUT_S, shown


async def test_the_demo_starts_both_says_how_to_sign_in_and_ends_both(
    desktop: Mapping[str, str],
) -> None:
    environment = {**desktop, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    demo = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "rcdesk", "demo", "--calls", "30",
        env=environment, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert demo.stdout is not None
        said = ""
        async with asyncio.timeout(TIMEOUT_S):
            while "Quit rcdesk" not in said:
                said += (await demo.stdout.readline()).decode()
        server = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert server is not None
        for label in ("phone number", "extension", "password"):
            assert re.search(rf"{label} +\S+", said)
        await shown(environment, "Signed out")
        demo.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(demo.wait(), TIMEOUT_S) == 0
        await shown(environment, "Signed out", gone=True)
        async with httpx.AsyncClient() as client:
            try:
                await client.get(f"{server[0]}/_sim/requests")
            except httpx.ConnectError:
                return
        raise AssertionError("the simulator outlived the demo")
    finally:
        if demo.returncode is None:
            demo.kill()
        await demo.communicate()
