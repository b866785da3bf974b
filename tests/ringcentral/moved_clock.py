from datetime import UTC, datetime, timedelta

from rcdesk.core.call import Instant


class MovedClock:
    """Both clocks of a computer, moved by hand."""

    def __init__(self) -> None:
        self.utc = datetime.now(UTC)
        self.monotonic_s = 1000.0

    def __call__(self) -> Instant:
        return Instant(self.utc, self.monotonic_s)

    def passes(self, **span: float) -> None:
        self.utc += timedelta(**span)
        self.monotonic_s += timedelta(**span).total_seconds()
