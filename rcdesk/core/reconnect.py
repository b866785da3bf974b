"""When and how to connect again: from how a connection ended to what to do next.

Pure: the clock and the randomness are arguments. `record` keeps what the decision needs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

STABLE_S = 60.0
_BASE_S = 0.5
_CAP_S = 60.0
_BURST = 6
_BURST_WINDOW_S = 60.0
_PATIENT_FROM = 10
_SPREAD_S = 5.0


class Ending(Enum):
    """How an attempt to be connected ended."""

    LOST = auto()
    """The socket was open and is not any more, whoever closed it."""
    UNREACHABLE = auto()
    """No answer, or none of RingCentral's."""
    BUSY = auto()
    """The server answered that it does not want us now."""
    CONTEXT_REFUSED = auto()
    """The server cannot use what we gave it for recovery."""
    FORBIDDEN = auto()
    """The app or the user may not use the gateway at all."""
    SIGNED_OUT = auto()
    """There is no session any more."""
    WAITED = auto()
    """A wait that was decided is over, or was cut short."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended.

    Attributes:
        reason: a sentence for a person.
        retry_after_s: what the server asked for.
        reached_server: a socket was open or the server refused one: counts as a connect.
        online_s: how long events flowed.
        is_nudged: a nudge found the socket dead, so no patience is called for.
        is_silent: the socket was open, and nothing came through it.
    """

    ending: Ending
    reason: str = ""
    retry_after_s: float | None = None
    reached_server: bool = False
    online_s: float = 0.0
    is_nudged: bool = False
    is_silent: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What earlier attempts leave behind; times by the monotonic clock.

    Attributes:
        failures: attempts since the last stable minute.
        connects: when the server was reached of late, oldest first.
        recoverable_until: until when the server keeps our session; None if it keeps none.
        not_before: the earliest instant the server allows.
    """

    failures: int = 0
    connects: tuple[float, ...] = ()
    recoverable_until: float | None = None
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class Resume:
    """Connect now and ask for recovery."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """Connect now, subscribe anew and load everything anew."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing for `delay_s`; a nudge may cut it short."""

    delay_s: float


@dataclass(frozen=True, slots=True)
class Stop:
    """Never connect again by ourselves."""

    reason: str
    is_signed_out: bool


Decision = Resume | Fresh | Wait | Stop


def record(
    history: History, outcome: Outcome, now: float, recovery_timeout_s: float | None
) -> History:
    """`history` after `outcome`; `recovery_timeout_s` is None where nothing can be recovered."""
    connects = tuple(at for at in history.connects if at > now - _BURST_WINDOW_S)
    if outcome.reached_server:
        connects = (*connects, now)[-_BURST:]
    recoverable_until = history.recoverable_until
    if recovery_timeout_s is None or outcome.ending is Ending.CONTEXT_REFUSED:
        recoverable_until = None
    elif outcome.ending is Ending.LOST:
        recoverable_until = now + recovery_timeout_s
    not_before = history.not_before
    if outcome.retry_after_s is not None:
        not_before = max(not_before, now + outcome.retry_after_s)
    was_stable = outcome.online_s >= STABLE_S or outcome.is_nudged
    return History(
        failures=0 if was_stable else history.failures + 1,
        connects=connects,
        recoverable_until=recoverable_until,
        not_before=not_before,
    )


def decide(outcome: Outcome, history: History, now: float, random: Callable[[], float]) -> Decision:
    """What to do after `outcome`, which `history` has recorded already.

    `random` gives numbers from 0 to 1. A connection that was stable is taken up again at
    once; after that, full jitter below a doubling ceiling, at most six connects a minute,
    and one a minute after ten in a row.
    """
    if outcome.ending in (Ending.SIGNED_OUT, Ending.FORBIDDEN):
        return Stop(outcome.reason, is_signed_out=outcome.ending is Ending.SIGNED_OUT)
    if outcome.ending is not Ending.WAITED:
        delay_s = max(_backoff_s(history, random), _floor_s(history, now, random))
        if delay_s > 0:
            return Wait(delay_s)
    return _connect(history, now)


def after_nudge(history: History, now: float) -> Decision:
    """What to do when a wait is cut short: what the server asked for and its patience count."""
    delay_s = _limit_s(history, now)
    return Wait(delay_s) if delay_s > 0 else _connect(history, now)


def _connect(history: History, now: float) -> Resume | Fresh:
    if history.recoverable_until is not None and now < history.recoverable_until:
        return Resume()
    return Fresh()


def _backoff_s(history: History, random: Callable[[], float]) -> float:
    if history.failures == 0:
        return 0.0
    ceiling_s = min(_CAP_S, _BASE_S * 2.0 ** min(history.failures, 16))
    return random() * ceiling_s


def _floor_s(history: History, now: float, random: Callable[[], float]) -> float:
    """The least delay that keeps us bearable, whatever the dice say."""
    floor_s = _limit_s(history, now)
    if history.failures >= _PATIENT_FROM and history.connects:
        floor_s = max(floor_s, history.connects[-1] + _CAP_S - now)
    return floor_s + random() * _SPREAD_S if floor_s > 0 else 0.0


def _limit_s(history: History, now: float) -> float:
    delay_s = max(history.not_before - now, 0.0)
    recent = [at for at in history.connects if at > now - _BURST_WINDOW_S]
    if len(recent) >= _BURST:
        delay_s = max(delay_s, recent[0] + _BURST_WINDOW_S - now)
    return delay_s
