"""The call log is taken in to its end, however often rcdesk is killed on the way."""

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rcdesk.archive.database import Database
from tests.archive.stored import entries, rows
from tests.archive.victims import ROOT, TIMES, Victims, victims

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the children are forked")

CALLS = 1200
# Longer than all of it takes.
TO_THE_END_S = 60


@pytest.fixture(scope="module")
def children() -> Iterator[Victims]:
    with victims() as made:
        yield made


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    options = ("--calls", str(CALLS), "--port", "0", "--speed", "10000")
    with subprocess.Popen(
        [sys.executable, "-m", "rcdesk", "simulate", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline()
        process.terminate()


def folder(parent: Path, name: str, simulator: str) -> Path:
    (made := parent / name).mkdir()
    (made / "simulator.json").write_text(simulator)
    return made


def test_each_call_is_kept_once(children: Victims, simulator: str, tmp_path: Path) -> None:
    at_once = folder(tmp_path, "at once", simulator) / "simulator.json"
    killed = folder(tmp_path, "killed", simulator) / "simulator.json"
    everything = children.kill("listing", at_once, after_s=TO_THE_END_S)
    kept = kills = 0
    for number in range(TIMES):
        after_s = random.uniform(0, 0.3)
        said = children.kill("listing", killed, after_s=after_s, is_heard=number % 2 == 1)
        for path in archives(killed.parent):
            with closing(Database.open(path)) as database:
                assert database.notice == ""
                assert rows(database, "PRAGMA quick_check") == [("ok",)]
                ((count,),) = rows(database, "SELECT count(*) FROM call")
                assert isinstance(count, int)
                assert count >= max(kept, said or 0)
                kept = count
                kills += 1
            if kept == everything and number < TIMES - 1:
                path.unlink()
                kept = 0
    assert kills
    children.kill("listing", killed, after_s=TO_THE_END_S)
    (one,), (other,) = archives(at_once.parent), archives(killed.parent)
    with closing(Database.open(one)) as expected, closing(Database.open(other)) as found:
        assert entries(found) == entries(expected)
        assert len(entries(found)) > CALLS * 0.9


def archives(parent: Path) -> list[Path]:
    return sorted(parent.glob("calls-*.db"))
