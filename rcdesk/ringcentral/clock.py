"""The time, as everything that waits, measures or dates something is told it."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from rcdesk.core.call import Instant

Clock = Callable[[], Instant]


def elapsed_s() -> float:
    """Seconds since the computer started, by a clock that nobody sets and no sleep stops.

    What RingCentral asks us to wait passes while the computer sleeps, and calls on other phones
    go on. `time.monotonic`, by which event loops count, stands still meanwhile (Linux, macOS): who
    waits by such a loop has to look again when the computer wakes up.
    """
    if sys.platform == "linux":
        seconds = time.clock_gettime(time.CLOCK_BOOTTIME)
    elif sys.platform == "darwin":
        seconds = time.clock_gettime(time.CLOCK_MONOTONIC)
    else:
        seconds = time.monotonic()
    return seconds


def instant_now() -> Instant:
    """Both clocks of this computer."""
    return Instant(datetime.now(UTC), elapsed_s())
