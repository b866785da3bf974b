"""`make faults`: how long after each fault the calls are right again, as rows of Markdown.

The socket is opened as the product does, with its timeouts. `make bench` has the one row that
has a limit.
"""

import asyncio
import logging
import statistics
from dataclasses import dataclass

from rcdesk.ringcentral.gateway_socket import Connector
from tests.benchmarks.harness import Measurement
from tests.e2e.faults import FAULTS, Fault, live_through, rig

_RUNS = 3
_NETWORK_BACK = "network lost and back"
_LIMIT_S = 1.5


@dataclass(frozen=True)
class Run:
    """One fault lived through, in seconds."""

    first_s: float
    noticed_s: float
    back_s: float


async def _lived_through(fault: Fault) -> Run:
    async with rig(Connector()) as it:
        morning = await live_through(fault, it)
        return Run(it.first_s, morning.noticed_s, morning.back_s)


async def network_back() -> Measurement:
    """From the network's return to the calls; the floor is a start from nothing.

    The simulator answers without delay, so this is what we add ourselves.
    """
    fault = next(fault for fault in FAULTS if fault.name == _NETWORK_BACK)
    back = [await _lived_through(fault) for _ in range(_RUNS)]
    return Measurement(
        "network_back_to_calls",
        statistics.median(run.back_s for run in back) * 1000,
        "ms",
        statistics.median(run.first_s for run in back) * 1000,
        limit=_LIMIT_S * 1000,
    )


async def main() -> None:
    """Print a row for each fault: seconds until it is noticed, and then until all is right."""
    logging.disable()
    for fault in FAULTS:
        runs = [await _lived_through(fault) for _ in range(_RUNS)]
        noticed_s = statistics.median(run.noticed_s for run in runs)
        back_s = statistics.median(run.back_s for run in runs)
        print(f"| {fault.name} | {noticed_s:.1f} | {back_s:.1f} |", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
