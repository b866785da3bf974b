import asyncio
import os
import shutil
import sys

import pytest

ASLEEP_S = 8 * 3600
DIFFERENCE = """
import time
from rcdesk.ringcentral.clock import instant_now
print(instant_now().monotonic_s - time.monotonic())
"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or shutil.which("unshare") is None,
    reason="a computer that has slept takes root, util-linux and Linux's time namespaces",
)
async def test_time_passes_while_the_computer_sleeps() -> None:
    slept = ("unshare", "--time", "--boottime", str(ASLEEP_S), sys.executable, "-c", DIFFERENCE)
    process = await asyncio.create_subprocess_exec(
        *slept,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaint = await process.communicate()
    if b"unshare failed" in complaint:
        pytest.skip("this kernel, or a container, keeps its time namespaces to itself")
    assert float(said) == pytest.approx(ASLEEP_S, abs=5)
