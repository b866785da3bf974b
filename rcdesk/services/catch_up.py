"""Changes to calls that come all at once, when a lost connection is back."""

from collections.abc import Callable, Collection, Sequence

from rcdesk.core.call import CallChange, ChangeKind


class CatchUp:
    """Holds changes back until it is known which of the calls still go on.

    The platform replays what was missed event by event, long after it happened. Told as it
    comes, every call of the last minutes would ring once more.
    """

    def __init__(self, settling: Callable[[], Collection[str]]) -> None:
        """`settling` gives the keys of calls that may still turn out to be over."""
        self._settling = settling
        self._is_under_way = False
        self._held: dict[str, list[CallChange]] = {}

    def begin(self) -> None:
        """Hold back what comes from now on."""
        self._is_under_way = True

    def end(self) -> list[CallChange]:
        """What can be told now; calls that are settling stay held until they have."""
        self._is_under_way = False
        return self._released()

    def passed(self, changes: Sequence[CallChange]) -> Sequence[CallChange]:
        """Those of `changes`, and of the ones held so far, that can be told now."""
        if not self._is_under_way and not self._held:
            return changes
        told = []
        for change in changes:
            if self._is_under_way or change.call.key in self._held:
                self._held.setdefault(change.call.key, []).append(change)
            else:
                told.append(change)
        return told if self._is_under_way else told + self._released()

    def _released(self) -> list[CallChange]:
        settling = self._settling()
        told: list[CallChange] = []
        for key in [key for key in self._held if key not in settling]:
            changes = self._held.pop(key)
            began = any(change.kind is ChangeKind.RINGING for change in changes)
            is_late = began and not changes[-1].call.is_live
            told += [change._replace(is_late=is_late) for change in changes]
        return told
