"""Rate groups: a sliding window per user, app and group, and a penalty that restarts."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rcdesk.simulator.errors import ApiError

if TYPE_CHECKING:
    from rcdesk.simulator.clock import Clock

DEFAULT_LIMITS = {"light": 50, "medium": 40, "heavy": 10, "auth": 5}
WINDOW_S = 60


@dataclass
class _Bucket:
    sent_at: deque[float] = field(default_factory=deque)
    penalty_until: float = -math.inf


class RateLimits:
    """Counts requests; `limits` may be changed at any time, window and penalty last `window_s`.

    Attributes:
        refusals: how many requests were answered with 429.
    """

    def __init__(self, clock: Clock, window_s: float = WINDOW_S) -> None:
        self.limits = dict(DEFAULT_LIMITS)
        self.refusals = 0
        self._clock = clock
        self._window_s = window_s
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def take(self, owner: str, group: str) -> dict[str, str]:
        """Count one request of `owner` (user and app) and return the answer's headers.

        Raises:
            RateExceeded: the group is used up; the penalty starts anew with this request.
        """
        now = self._clock.monotonic_s()
        bucket = self._buckets.setdefault((owner, group), _Bucket())
        while bucket.sent_at and bucket.sent_at[0] <= now - self._window_s:
            bucket.sent_at.popleft()
        limit = self.limits[group]
        if now < bucket.penalty_until or len(bucket.sent_at) >= limit:
            bucket.penalty_until = now + self._window_s
            self.refusals += 1
            raise RateExceeded(self._headers(group, 0), retry_after_s=self._window_s)
        bucket.sent_at.append(now)
        return self._headers(group, limit - len(bucket.sent_at))

    def _headers(self, group: str, remaining: int) -> dict[str, str]:
        return {
            "X-Rate-Limit-Group": group,
            "X-Rate-Limit-Limit": str(self.limits[group]),
            "X-Rate-Limit-Remaining": str(remaining),
            "X-Rate-Limit-Window": str(math.ceil(self._window_s)),
        }


class RateExceeded(ApiError):
    """429 CMN-301; `headers` tell the group and when to come back."""

    def __init__(self, headers: dict[str, str], *, retry_after_s: float) -> None:
        super().__init__(429, "CMN-301", "Request rate exceeded")
        self.headers = {**headers, "Retry-After": str(math.ceil(retry_after_s))}
