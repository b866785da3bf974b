"""kill -9 while a note is typed, which takes the seconds that it is about."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from rcdesk.archive.archive import Archive
from tests.ui.history.calls import entry

ROOT = Path(__file__).parents[3]
LOST_S = 1.0


async def new_archive(path: Path) -> int:
    async with await Archive.open(path) as archive:
        await archive.add_call(entry(1))
        (call,) = await archive.find("s1")
        return call.id


async def note_in(path: Path, call: int) -> str:
    async with await Archive.open(path) as archive:
        assert archive.notice == ""
        found = await archive.details(call)
        assert found is not None
        return found.note


@pytest.mark.skipif(sys.platform == "win32", reason="kill is softer there")
async def test_no_more_than_the_last_second_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "calls.db"
    call = await new_archive(path)
    typed: list[tuple[int, float]] = []
    with subprocess.Popen(  # noqa: ASYNC220 - there is nothing else to do meanwhile
        [sys.executable, "-m", "tests.ui.history.killed_writer", str(path), str(call)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        until_s = random.uniform(LOST_S, 2 * LOST_S)
        for line in process.stdout:
            letters, at_s = line.split()
            typed.append((int(letters), float(at_s)))
            if typed[-1][1] - typed[0][1] > until_s:
                process.kill()
                break
    killed_s = typed[-1][1]
    note = await note_in(path, call)
    safe = [letters for letters, at_s in typed if at_s < killed_s - LOST_S]
    assert len(note) >= max(safe, default=0)
    assert note == "".join(str(n % 10) for n in range(1, len(note) + 1))
    assert note
