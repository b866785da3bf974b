"""`python -m tests.benchmarks`: run on a screen and a session bus of its own (make bench)."""

import asyncio
import sys
from collections.abc import Iterator

from tests.benchmarks.burst import presence_burst
from tests.benchmarks.decoding import decode_presence_event
from tests.benchmarks.harness import Measurement
from tests.benchmarks.history import history
from tests.benchmarks.open_link import open_link
from tests.benchmarks.recovery import network_back
from tests.benchmarks.start import start_and_memory
from tests.benchmarks.windows import popups_and_burst


def measurements() -> Iterator[Measurement]:
    """Each as soon as it is known."""
    yield decode_presence_event()
    yield presence_burst()
    yield asyncio.run(network_back())
    yield from asyncio.run(start_and_memory())
    yield from asyncio.run(open_link())
    yield from asyncio.run(popups_and_burst())
    yield from asyncio.run(history())


def main() -> int:
    """Print a line each; 1 if one is over its budget."""
    within = True
    for measurement in measurements():
        print(measurement.line(), flush=True)
        within &= measurement.is_within_budget
    return 0 if within else 1


sys.exit(main())
