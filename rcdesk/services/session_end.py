"""A session that nothing can prolong: the user is told in time when it ends, and why."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from rcdesk.ringcentral.clock import Clock, instant_now
from rcdesk.ringcentral.tokens import SessionEnd

_EARLY = timedelta(minutes=30)
# Such sessions last an hour altogether.
_EARLY_BY_REGISTRATION = timedelta(minutes=5)
# The loop's clock stands still in sleep, so it looks again rather than trusting one timer.
_LONGEST_S = 600.0


def notice_of(end: SessionEnd | None, now: datetime) -> str:
    """What to tell at `now` (aware); empty while there is no need."""
    if end is None or not now < end.at <= now + _early(end):
        return ""
    ends = f"Your sign-in ends at {end.at.astimezone():%H:%M}"
    if end.is_by_registration:
        return (
            f"{ends}, since this app registration issues no refresh tokens: sign in again, "
            "and have “Issue refresh tokens” ticked in the developer console."
        )
    return f"{ends}: sign in again before then."


def _early(end: SessionEnd) -> timedelta:
    return _EARLY_BY_REGISTRATION if end.is_by_registration else _EARLY


class EndNotice:
    """Tells once for each end of a session, in time before it.

    Args:
        end: how the session ends, as known now.
        tell: gets the sentence.
    """

    def __init__(
        self,
        end: Callable[[], SessionEnd | None],
        tell: Callable[[str], None],
        clock: Clock = instant_now,
    ) -> None:
        self._end = end
        self._tell = tell
        self._clock = clock
        self._told: datetime | None = None
        self._timer: asyncio.TimerHandle | None = None

    def watch(self) -> None:
        """Look now, and again when it may be time; `stop` ends that."""
        self.stop()
        end, now = self._end(), self._clock().utc
        if end is None or end.at <= now:
            return
        if sentence := notice_of(end, now):
            if not self._is_told(end.at):
                self._told = end.at
                self._tell(sentence)
            return
        delay_s = min((end.at - _early(end) - now).total_seconds(), _LONGEST_S)
        self._timer = asyncio.get_running_loop().call_later(delay_s, self.watch)

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _is_told(self, ends_at: datetime) -> bool:
        # Each answer reckons the moment anew, by seconds that are rounded.
        return self._told is not None and abs(ends_at - self._told) < timedelta(minutes=1)
