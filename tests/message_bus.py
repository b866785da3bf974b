"""A D-Bus message bus of a test's own."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

needs_dbus_daemon = pytest.mark.skipif(
    not shutil.which("dbus-daemon"), reason="dbus-daemon is not installed"
)

_START_S = 20
# No services to activate: what is on this bus is what the test puts there.
_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir={folder}</listen>
<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/>
</policy></busconfig>"""


@asynccontextmanager
async def message_bus() -> AsyncIterator[str]:
    """Yields the address of a bus."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "bus.conf"
        config.write_text(_CONFIG.format(folder=folder))
        command = ("dbus-daemon", f"--config-file={config}", "--nofork", "--print-address=1")
        async with first_line(*command) as address:
            yield address


@asynccontextmanager
async def first_line(*command: str) -> AsyncIterator[str]:
    """Run a server for as long as it is needed; yields what it prints when it is ready."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _START_S)
        yield line.decode().strip()
    finally:
        process.terminate()
        await process.wait()
