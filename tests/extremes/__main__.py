"""`python -m tests.extremes [SECONDS]`: every command against ever other extremes, ten minutes.

Prints what is wrong as it comes, with the JWT that brings it back; 1 if there was anything.
"""

import logging
import random
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.extremes.answers import KINDS, RAW
from tests.extremes.runs import RUNS
from tests.extremes.server import serving
from tests.extremes.verdict import batch

_USUAL_S = 600.0
_PROCESSES = 2


def main() -> int:
    """Run until the time is over."""
    until_s = time.monotonic() + float(sys.argv[1] if len(sys.argv) > 1 else _USUAL_S)
    # Of clients that have gone.
    logging.disable()
    with (
        serving() as server,
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(_PROCESSES) as pool,
    ):
        homes = [Path(folder) / str(number) for number in range(_PROCESSES)]
        counted = list(pool.map(lambda home: _work(server, home, until_s), homes))
    done = sum(counted, Counter[str]())
    print(f"{done['runs']} runs, {done['faults']} of them with faults")
    return 1 if done["faults"] else 0


def _work(server: str, home: Path, until_s: float) -> Counter[str]:
    counted: Counter[str] = Counter()
    kinds = [*KINDS, *RAW]
    with batch(server, home) as process:
        while time.monotonic() < until_s:
            command = random.choice(RUNS)
            jwt = f"{random.choice(kinds)}.{random.randrange(1_000_000)}"
            faults = process.faults(command, jwt)
            counted["runs"] += 1
            if faults:
                counted["faults"] += 1
                print(f"{jwt} {command}", *faults, sep="\n    ", flush=True)
    return counted


if __name__ == "__main__":
    sys.exit(main())
