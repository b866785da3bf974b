"""A day at a busy desk: does memory stay where it was?"""

import asyncio
import gc
import sys
import tracemalloc
from pathlib import Path

from tests.benchmarks.harness import Measurement
from tests.e2e.office_hours import OfficeHours, in_virtual_time, office_hours
from tests.virtual_time import VirtualTimeLoop

# The last hundred ended calls are kept whole: as many as come in two and a half hours.
_WARM_UP_H, _DAY_H = 3, 24
# The simulator shares the process, and keeps what every call was.
_NOT_OURS = ("*/rcdesk/simulator/*", "*/tests/*", "*/starlette/*", "*/uvicorn/*")


def _ours_kib() -> float:
    gc.collect()
    filters = [tracemalloc.Filter(inclusive=False, filename_pattern=name) for name in _NOT_OURS]
    taken = tracemalloc.take_snapshot().filter_traces(filters)
    return sum(each.size for each in taken.statistics("filename")) / 1024


def _resident_kib() -> float:
    """Without what the tracing itself takes."""
    status = Path("/proc/self/status").read_text()
    tracing_kib = tracemalloc.get_tracemalloc_memory() / 1024
    return float(status.partition("VmRSS:")[2].split()[0]) - tracing_kib


def a_day() -> Measurement:
    """Memory after a day of calls as a ratio of the memory after its first hours."""
    measured: list[Measurement] = []

    async def work() -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualTimeLoop)
        async with office_hours(loop) as hours:
            measured.append(await _measured(hours))

    tracemalloc.start()
    in_virtual_time(work())
    return measured[0]


async def _measured(hours: OfficeHours) -> Measurement:
    await hours.pass_by(_WARM_UP_H)
    resident_kib = _resident_kib()
    before_kib = _ours_kib()
    await hours.pass_by(_DAY_H - _WARM_UP_H)
    hours.simulator.world.journal.clear()
    grown_kib = _ours_kib() - before_kib
    if hours.simulator.world.rate_limits.refusals:
        raise AssertionError("a request was refused")
    return Measurement(
        "memory_over_a_day", resident_kib + grown_kib, "KiB", resident_kib, budget=1.05
    )


if __name__ == "__main__":
    result = a_day()
    print(result.line(), flush=True)
    sys.exit(0 if result.is_within_budget else 1)
