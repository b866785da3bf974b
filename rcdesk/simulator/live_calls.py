"""Calls that live: what may happen to one in which state, and who is told."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from rcdesk.simulator.clock import Clock
    from rcdesk.simulator.company import Queue

LOG_DELAY_S = 15
ENDED_STAYS_ACTIVE_S = 120
ACTIVE_LAG_S = 3
VOICEMAIL_S = 10


class Phase(StrEnum):
    """Where a call is, in the words of telephonyStatus."""

    RINGING = "Ringing"
    CONNECTED = "CallConnected"
    ON_HOLD = "OnHold"
    PARKED = "ParkedCall"
    ENDED = "NoCall"


_PARTY_CODES = {
    Phase.RINGING: "Proceeding",
    Phase.CONNECTED: "Answered",
    Phase.ON_HOLD: "Hold",
    Phase.PARKED: "Parked",
    Phase.ENDED: "Disconnected",
}


class Ending(StrEnum):
    """How a call ended; what log and events say about it follows from this."""

    HUNG_UP = "hung up"
    CALLER_GAVE_UP = "caller gave up"
    REJECTED = "rejected"
    VOICEMAIL = "voicemail"
    ANSWERED_ELSEWHERE = "answered elsewhere"
    TRANSFERRED = "transferred"
    BRIDGED = "bridged"
    REPLIED = "replied"
    BUSY = "busy"
    NO_ANSWER = "no answer"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class CallEnd:
    """Who is at one end; `extension_id` is set for people of the company."""

    number: str
    name: str = ""
    extension_id: str = ""
    extension_number: str = ""


@dataclass(eq=False)
class LiveCall:
    """A call of the user's extension, until the call log has it.

    Attributes:
        twin_of: the outbound leg that this inbound leg of a RingOut belongs to.
        diverted_at: when the mailbox answered.
        in_voicemail: the caller speaks to the mailbox, while the user's phones are silent again.
        sequence: of the last telephony-session event.
        recording: whether the recording that the user started goes on; None without one.
        members: the calls that were brought into this conference.
    """

    session_id: str
    telephony_session_id: str
    party_id: str
    leg_id: str
    direction: str
    caller: CallEnd
    callee: CallEnd
    started_at: datetime
    queue: Queue | None = None
    origin: str = "Call"
    twin_of: LiveCall | None = None
    phase: Phase = Phase.RINGING
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    ending: Ending | None = None
    in_voicemail: bool = False
    diverted_at: datetime | None = None
    park_location: str = ""
    sequence: int = 0
    is_muted: bool = False
    recording: bool | None = None
    members: list[LiveCall] = field(default_factory=list)

    @property
    def is_inbound(self) -> bool:
        """Somebody called the user."""
        return self.direction == "Inbound"

    @property
    def recording_id(self) -> str:
        """Of the recording, if there is one."""
        return str(int(self.session_id) + 7)

    @property
    def party_code(self) -> str:
        """Status code of the user's party of the telephony session."""
        return "VoiceMail" if self.in_voicemail else _PARTY_CODES[self.phase]

    @property
    def was_connected(self) -> bool:
        """Somebody talked."""
        return self.connected_at is not None


class ImpossibleAction(Exception):
    """The call's state does not allow it; the text is a sentence."""


class CallListener(Protocol):
    """Who hears about calls, in this order for each change."""

    def call_changed(self, call: LiveCall, party_codes: tuple[str, ...]) -> None:
        """`party_codes`: the status codes the user's party went through, oldest first."""

    def call_logged(self, call: LiveCall) -> None:
        """The call is over and the call log's delay has passed."""


# Action → the phases in which it is possible.
_POSSIBLE: dict[str, frozenset[Phase]] = {
    "answer": frozenset({Phase.RINGING}),
    "hangup": frozenset(Phase) - {Phase.ENDED},
    "hold": frozenset({Phase.CONNECTED}),
    "resume": frozenset({Phase.ON_HOLD, Phase.PARKED}),
    "park": frozenset({Phase.CONNECTED, Phase.ON_HOLD}),
    "reject": frozenset({Phase.RINGING}),
    "voicemail": frozenset({Phase.RINGING}),
    "answer-elsewhere": frozenset({Phase.RINGING}),
    "transfer": frozenset({Phase.CONNECTED, Phase.ON_HOLD}),
}
_INBOUND_ONLY = frozenset({"park", "voicemail", "answer-elsewhere"})
ACTIONS = tuple(_POSSIBLE)


class LiveCalls:
    """All calls that are not yet in the call log, and what moves them on.

    `speed` divides the delays that the platform imposes.
    """

    def __init__(self, clock: Clock, *, seed: int, speed: float, listener: CallListener) -> None:
        self._clock = clock
        self._speed = speed
        self._listener = listener
        self._random = random.Random(f"calls {seed}")
        self._next_session_id = 67_029_198_021 + seed % 1000 * 1_000_000
        self._calls: dict[str, LiveCall] = {}

    @property
    def live(self) -> list[LiveCall]:
        """Calls that have not ended, oldest first."""
        return [call for call in self._calls.values() if call.phase is not Phase.ENDED]

    @property
    def known(self) -> list[LiveCall]:
        """Live calls and those that ended less than two minutes ago, oldest first."""
        return list(self._calls.values())

    def find(self, session_id: str) -> LiveCall | None:
        """Return the call with this session id or telephony session id."""
        by_telephony = (c for c in self.known if c.telephony_session_id == session_id)
        return self._calls.get(session_id) or next(by_telephony, None)

    def start(
        self,
        direction: str,
        caller: CallEnd,
        callee: CallEnd,
        *,
        queue: Queue | None = None,
        origin: str = "Call",
        twin_of: LiveCall | None = None,
    ) -> LiveCall:
        """Let a call ring and tell the listener."""
        token = f"{self._random.getrandbits(128):032x}"
        call = LiveCall(
            session_id=self._session_id(twin_of),
            telephony_session_id=f"s-{token}",
            party_id=f"p-{token}-{2 if direction == 'Inbound' else 1}",
            leg_id=f"{self._random.getrandbits(128):032x}",
            direction=direction,
            caller=caller,
            callee=callee,
            started_at=self._clock.utc(),
            queue=queue,
            origin=origin,
            twin_of=twin_of,
        )
        self._calls[call.session_id] = call
        self._listener.call_changed(call, ("Setup", "Proceeding"))
        return call

    def act(self, call: LiveCall, action: str) -> None:
        """Move `call` on as `action` says.

        Raises:
            ImpossibleAction: its state or direction does not allow that.
        """
        if call.in_voicemail and action == "hangup":
            self._leave_voicemail(call)
            return
        if call.phase not in _POSSIBLE[action]:
            possible = ", ".join(a for a in ACTIONS if self._is_possible(call, a)) or "nothing"
            raise ImpossibleAction(
                f"The call {call.session_id} is {call.phase}: {action} is not possible, "
                f"only {possible}."
            )
        if action in _INBOUND_ONLY and not call.is_inbound:
            raise ImpossibleAction(
                f"The call {call.session_id} is outbound: {action} is for inbound calls."
            )
        steps: dict[str, Callable[[LiveCall], None]] = {
            "answer": self._connect,
            "resume": self._resume,
            "hold": self._hold,
            "park": self._park,
            "hangup": self._hang_up,
            "voicemail": self._divert_to_voicemail,
            "reject": lambda call: self.end(call, Ending.REJECTED),
            "answer-elsewhere": lambda call: self.end(call, Ending.ANSWERED_ELSEWHERE),
            "transfer": lambda call: self.end(call, Ending.TRANSFERRED),
        }
        steps[action](call)

    def end(self, call: LiveCall, ending: Ending) -> None:
        """End `call`, tell the listener, and let the log have it after its delay."""
        call.ending = ending
        self._silence(call)
        self._listener.call_changed(call, ("Disconnected",))
        self._finish(call)

    def _is_possible(self, call: LiveCall, action: str) -> bool:
        return call.phase in _POSSIBLE[action] and (call.is_inbound or action not in _INBOUND_ONLY)

    def _session_id(self, twin_of: LiveCall | None) -> str:
        if twin_of is not None:
            return str(int(twin_of.session_id) + 1000)
        self._next_session_id += self._random.randrange(3, 400) * 10_000
        return str(self._next_session_id)

    def _connect(self, call: LiveCall) -> None:
        call.connected_at = self._clock.utc()
        self._enter(call, Phase.CONNECTED, "Answered")

    def _resume(self, call: LiveCall) -> None:
        call.park_location = ""
        self._enter(call, Phase.CONNECTED, "Answered")

    def _hold(self, call: LiveCall) -> None:
        self._enter(call, Phase.ON_HOLD, "Hold")

    def _park(self, call: LiveCall) -> None:
        taken = {other.park_location for other in self.live}
        free = (f"*{number}" for number in range(801, 900))
        if not call.park_location:
            call.park_location = next((spot for spot in free if spot not in taken), "*899")
        self._enter(call, Phase.PARKED, "Parked")

    def _hang_up(self, call: LiveCall) -> None:
        self.end(call, Ending.HUNG_UP if call.was_connected else Ending.CALLER_GAVE_UP)

    def _divert_to_voicemail(self, call: LiveCall) -> None:
        call.ending = Ending.VOICEMAIL
        call.in_voicemail = True
        call.diverted_at = self._clock.utc()
        self._silence(call)
        self._listener.call_changed(call, ("VoiceMail",))
        self._clock.call_later(VOICEMAIL_S / self._speed, lambda: self._leave_voicemail(call))

    def _leave_voicemail(self, call: LiveCall) -> None:
        if call.in_voicemail:
            call.in_voicemail = False
            call.ended_at = self._clock.utc()
            self._listener.call_changed(call, ("Disconnected",))
            self._finish(call)

    def _enter(self, call: LiveCall, phase: Phase, party_code: str) -> None:
        call.phase = phase
        self._listener.call_changed(call, (party_code,))

    def _silence(self, call: LiveCall) -> None:
        call.phase = Phase.ENDED
        call.ended_at = self._clock.utc()

    def _finish(self, call: LiveCall) -> None:
        if call.twin_of is None:
            later = self._clock.call_later
            later(LOG_DELAY_S / self._speed, lambda: self._listener.call_logged(call))
        self._clock.call_later(
            ENDED_STAYS_ACTIVE_S / self._speed, lambda: self._calls.pop(call.session_id, None)
        )


def strongest(phases: Iterable[Phase]) -> Phase:
    """Return what an extension with calls in these phases shows as a whole."""
    order = (Phase.RINGING, Phase.CONNECTED, Phase.ON_HOLD, Phase.PARKED)
    present = set(phases)
    return next((phase for phase in order if phase in present), Phase.ENDED)
