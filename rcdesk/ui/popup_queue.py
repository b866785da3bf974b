"""Which calls deserve a popup card now, and until when; free of Qt, the clock is an argument."""

from dataclasses import dataclass, field

from rcdesk.core.call import Call, CallChange, CallState, Direction, Outcome

_LINGERING = frozenset({Outcome.MISSED, Outcome.VOICEMAIL, Outcome.CANCELLED})
_FORGET_ABOVE = 500


@dataclass(slots=True)
class Notice:
    """One call worth a card.

    Attributes:
        seen_s: when it first rang here.
        until_s: when the card goes by itself; None while the call is known to ring.
    """

    call: Call
    seen_s: float
    until_s: float | None = None

    @property
    def is_over(self) -> bool:
        """Missed, or taken by voicemail."""
        return not self.call.is_live


@dataclass(slots=True)
class PopupQueue:
    """Inbound calls that rang here, in order of arrival.

    A call found already connected or ended never rang here and gets no card; one that the
    user waved away stays away, whatever becomes of it.
    """

    connected_s: float = 4
    missed_s: float = 60
    unheard_s: float = 120
    _notices: dict[str, Notice] = field(default_factory=dict)
    _dismissed: dict[str, None] = field(default_factory=dict)

    @property
    def notices(self) -> list[Notice]:
        """In order of arrival."""
        return list(self._notices.values())

    def apply(self, change: CallChange, now_s: float) -> None:
        """Take note of a change."""
        call = change.call
        notice = self._notices.get(call.key)
        if notice is None:
            if self._rings_here(call):
                self._notices[call.key] = Notice(call, now_s)
            return
        before = notice.call
        notice.call = call
        if call.state is CallState.ENDED:
            self._end(notice, before, now_s)
        elif call.state is CallState.RINGING:
            notice.until_s = None
        elif call.state is not before.state:
            notice.until_s = now_s + self.connected_s

    def dismiss(self, key: str) -> None:
        """Show no card for this call any more."""
        if self._notices.pop(key, None) is not None:
            self._dismissed[key] = None
        while len(self._dismissed) > _FORGET_ABOVE:
            del self._dismissed[next(iter(self._dismissed))]

    def doubt(self, now_s: float) -> None:
        """Nobody tells any more whether what rings still does: phones do not ring for long."""
        for notice in self._notices.values():
            if notice.call.state is CallState.RINGING and notice.until_s is None:
                notice.until_s = now_s + self.unheard_s

    def trust(self) -> None:
        """It is told again."""
        for notice in self._notices.values():
            if notice.call.state is CallState.RINGING:
                notice.until_s = None

    def keep(self, key: str, until_s: float) -> None:
        """Let a card stay longer: someone is about to use it."""
        notice = self._notices.get(key)
        if notice is not None and notice.until_s is not None:
            notice.until_s = max(notice.until_s, until_s)

    def expire(self, now_s: float) -> None:
        """Drop what has lingered long enough."""
        for key, notice in list(self._notices.items()):
            if notice.until_s is not None and notice.until_s <= now_s:
                del self._notices[key]

    def due_s(self) -> float | None:
        """When `expire` next has something to do."""
        return min(
            (n.until_s for n in self._notices.values() if n.until_s is not None), default=None
        )

    def shown(self, room: int) -> tuple[list[Notice], int]:
        """The `room` most pressing notices in order of arrival, and how many are left out.

        Ringing comes first, then calls going on, then the newest missed ones.
        """
        pressing = sorted(self._notices.values(), key=_urgency)[: max(1, room)]
        keys = {notice.call.key for notice in pressing}
        shown = [notice for key, notice in self._notices.items() if key in keys]
        return shown, len(self._notices) - len(shown)

    def _rings_here(self, call: Call) -> bool:
        return (
            call.direction is Direction.INBOUND
            and call.state is CallState.RINGING
            and not call.is_ringout
            and call.key not in self._dismissed
        )

    def _end(self, notice: Notice, before: Call, now_s: float) -> None:
        call = notice.call
        if call.connected_at is not None or call.outcome not in _LINGERING:
            # Answered, here or elsewhere, or rejected: nothing is left to do about it.
            del self._notices[call.key]
        elif before.is_live:
            notice.until_s = now_s + self.missed_s


def _urgency(notice: Notice) -> tuple[int, float]:
    if notice.call.state is CallState.RINGING:
        return 0, notice.seen_s
    return (2, -notice.seen_s) if notice.is_over else (1, notice.seen_s)
