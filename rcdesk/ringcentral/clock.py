"""The time, as everything that waits, measures or dates something is told it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

from rcdesk.core.call import Instant

Clock = Callable[[], Instant]


def instant_now() -> Instant:
    """Both clocks of this computer."""
    return Instant(datetime.now(UTC), time.monotonic())
