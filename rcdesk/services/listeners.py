"""Who wants to hear of a change."""

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Listeners(Generic[T]):
    """Callbacks in the order in which they subscribed; a failing one costs only itself."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[T], None]] = []

    def subscribe(self, callback: Callable[[T], None]) -> Callable[[], None]:
        """Call `callback` with every change from now on; returns what ends that."""
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return unsubscribe

    def tell(self, change: T) -> None:
        """Hand `change` to everybody at once, in this call."""
        for callback in list(self._callbacks):
            try:
                callback(change)
            except Exception:  # noqa: BLE001 - whatever a window does wrong, others still hear
                _log.exception("A listener failed")
