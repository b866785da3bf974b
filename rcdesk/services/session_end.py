"""An administrator's timeout ends every session for good: the user is told in time."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from rcdesk.ringcentral.clock import Clock, instant_now

EARLY = timedelta(minutes=30)
# The loop's clock stands still in sleep, so it looks again rather than trusting one timer.
_LONGEST_S = 600.0


def notice_of(ends_at: datetime | None, now: datetime) -> str:
    """What to tell at `now` (both aware); empty while there is no need."""
    if ends_at is None or not now < ends_at <= now + EARLY:
        return ""
    return f"Your sign-in ends at {ends_at.astimezone():%H:%M}: sign in again before then."


class EndNotice:
    """Tells once for each end of a session, half an hour before it.

    Args:
        ends_at: when the session ends, as known now.
        tell: gets the sentence.
    """

    def __init__(
        self,
        ends_at: Callable[[], datetime | None],
        tell: Callable[[str], None],
        clock: Clock = instant_now,
    ) -> None:
        self._ends_at = ends_at
        self._tell = tell
        self._clock = clock
        self._told: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None

    def watch(self) -> None:
        """Look now, and again when it may be time; `stop` ends that."""
        self.stop()
        ends_at, now = self._ends_at(), self._clock().utc
        if ends_at is None or ends_at <= now:
            return
        if sentence := notice_of(ends_at, now):
            if not self._is_told(ends_at):
                self._told = ends_at
                self._tell(sentence)
            return
        delay_s = min((ends_at - EARLY - now).total_seconds(), _LONGEST_S)
        self._timer = asyncio.get_running_loop().call_later(delay_s, self.watch)

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_told(self, ends_at: datetime) -> bool:
        # Each answer reckons the moment anew, by seconds that are rounded.
        return self._told is not None and abs(ends_at - self._told) < timedelta(minutes=1)
