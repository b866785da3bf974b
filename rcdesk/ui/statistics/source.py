"""What the statistics ask of whoever has the calls."""

from typing import Protocol

from rcdesk.core.past_calls import CallFilter, CallStatistics


class StatisticsSource(Protocol):
    """See `rcdesk.archive.archive.Archive`, which is one."""

    async def statistics(self, wanted: CallFilter) -> CallStatistics:
        """The calls that pass the filter, counted."""
        ...
