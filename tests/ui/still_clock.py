"""A clock that stands until a test moves it."""

from rcdesk.core.call import Instant


class StillClock:
    """Called, it gives its seconds, as the windows' clocks do."""

    def __init__(self, at: Instant) -> None:
        self._utc = at.utc
        self.now_s = at.monotonic_s

    def __call__(self) -> float:
        return self.now_s

    def instant(self) -> Instant:
        return Instant(self._utc, self.now_s)
