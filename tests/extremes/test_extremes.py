import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from rcdesk.cli.main import COMMANDS
from tests.extremes.answers import KINDS, RAW
from tests.extremes.runs import NOT_HEADLESS, RUNS, Command
from tests.extremes.server import serving
from tests.extremes.verdict import alone, batch
from tests.ringcentral.contract import needs_specification

pytestmark = needs_specification

PROCESSES = 2
Task = tuple[Command, str]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serving() as address:
        yield address


def test_every_headless_command_is_tried() -> None:
    assert {command.arguments[0] for command in RUNS} == COMMANDS.keys() - NOT_HEADLESS


def test_the_examples_of_the_specification_are_told_as_they_are(
    server: str, tmp_path: Path
) -> None:
    for command in RUNS:
        if command.schema is not None and command.arguments[0] not in ("watch", "doctor"):
            assert alone(command, server, tmp_path, "examples.1") == [], command


def test_no_command_trips_over_extremes(server: str, tmp_path: Path) -> None:
    # What they print as JSON has been alone above, and meets extremes below.
    runs = [command for command in RUNS if command.schema is None]
    with ThreadPoolExecutor(PROCESSES) as pool:
        ask = partial(alone, server=server, home=tmp_path, jwt="all.7")
        found = dict(zip(map(str, runs), pool.map(ask, runs), strict=True))
    assert {command: faults for command, faults in found.items() if faults} == {}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_no_command_trips_over_any_kind_of_extremes(server: str, tmp_path: Path) -> None:
    # Each kind meets each command in some week's worth of seeds (`python -m tests.extremes`).
    kinds = [*KINDS, *RAW]
    tasks = [(command, f"{kinds[at * 5 % len(kinds)]}.{at}") for at, command in enumerate(RUNS)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        work = partial(_faults, server, tmp_path)
        found = list(pool.map(work, [tasks[at::PROCESSES] for at in range(PROCESSES)]))
    assert [fault for each in found for fault in each] == []


def _faults(server: str, home: Path, tasks: Sequence[Task]) -> list[str]:
    with batch(server, home) as process:
        return [
            f"{jwt} {command}: {fault}"
            for command, jwt in tasks
            for fault in process.faults(command, jwt)
        ]
