"""Says how the connection stands where the user has to know; silent while all is well."""

from collections.abc import Callable

from PySide6.QtCore import Signal

from rcdesk.core import waits
from rcdesk.core.call import Instant
from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.ui import words
from rcdesk.ui.style.theme import Theme
from rcdesk.ui.widgets.banner import Banner
from rcdesk.ui.widgets.ticker import Ticker


class ConnectionBanner(Banner):
    """Offline, waiting (counting down while it can be seen), or signed out."""

    sign_in_requested = Signal()

    def __init__(self, theme: Theme, clock: Callable[[], Instant], ticker: Ticker) -> None:
        super().__init__(theme)
        self._clock = clock
        self._ticker = ticker
        self._connection = Connection(ConnectionState.CONNECTING)
        self._retry_at_s: float | None = None
        self._asked_to_wait_until_s = 0.0
        ticker.ticked.connect(self._refresh)
        self.acted.connect(self.sign_in_requested)

    def show_connection(self, connection: Connection) -> None:
        """Take up a new state of the connection."""
        self._connection = connection
        self._retry_at_s = None
        if connection.retry_in_s is not None:
            self._retry_at_s = self._clock().monotonic_s + connection.retry_in_s
        self._refresh()

    def show_waiting(self, seconds: float) -> None:
        """RingCentral asks us to wait before the next request; 0 when that is over."""
        self._asked_to_wait_until_s = self._clock().monotonic_s + seconds
        self._refresh()

    def _refresh(self) -> None:
        now_s = self._clock().monotonic_s
        asked_s = self._asked_to_wait_until_s - now_s
        retry_s = None if self._retry_at_s is None else self._retry_at_s - now_s
        reason = words.plain(self._connection.reason, 200)
        state = self._connection.state
        if state is ConnectionState.SIGNED_OUT:
            said = reason or "Signed out by RingCentral: sign in again."
            self.say("danger", "sign-out", said, "Sign in")
        elif state is ConnectionState.OFFLINE and reason:
            self.say("warning", "cloud-off", reason)
        elif state is ConnectionState.WAITING:
            self._say_waiting(reason, retry_s)
        elif asked_s > 0:
            self.say("info", "clock", f"RingCentral asks us to wait {waits.asked(asked_s)}.")
        else:
            self.hide()
        ends_s = (self._asked_to_wait_until_s, self._retry_at_s or 0.0)
        self._ticker.count("connection", [end_s for end_s in ends_s if end_s > now_s])

    def _say_waiting(self, reason: str, retry_s: float | None) -> None:
        said = _ended(reason or "RingCentral cannot be reached.")
        if retry_s is None:
            self.say("warning", "cloud-off", said)
        elif retry_s > 0:
            self.say("warning", "cloud-off", f"{said} Trying again in {waits.span(retry_s)}.")
        else:
            self.say("warning", "cloud-off", f"{said} Trying again now.")


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."
