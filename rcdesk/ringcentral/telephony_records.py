"""Telephony sessions and their parties, as Call Control's answers tell of them."""

from dataclasses import dataclass
from datetime import datetime

from rcdesk.core.call import NOBODY, Direction, Endpoint
from rcdesk.core.errors import Conflict, Refused
from rcdesk.ringcentral.decode import DIRECTIONS
from rcdesk.ringcentral.wire import instant, text
from rcdesk.ringcentral.wire_telephony import (
    ParkPlace,
    PartyAddress,
    PartyAnswer,
    PartyRecordingAnswer,
    PartyState,
    SessionAnswer,
    SessionOrigin,
)


@dataclass(frozen=True, slots=True)
class PartyId:
    """Names one party of one telephony session."""

    session_id: str
    party_id: str


@dataclass(frozen=True, slots=True)
class CallRecording:
    """A recording of a party; not `is_active` while paused."""

    id: str
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """One party of a telephony session.

    Attributes:
        code: RingCentral's (`Setup`, `Proceeding`, `Answered`, `Hold`, …); casing varies.
        park_location: `*801` to `*899` while parked, else empty.
    """

    id: str
    code: str = ""
    reason: str = ""
    direction: Direction | None = None
    caller: Endpoint = NOBODY
    callee: Endpoint = NOBODY
    extension_id: str = ""
    is_muted: bool = False
    park_location: str = ""
    recordings: tuple[CallRecording, ...] = ()

    @property
    def is_over(self) -> bool:
        """Has left the session."""
        return self.code.lower() in ("disconnected", "gone")


@dataclass(frozen=True, slots=True)
class TelephonySession:
    """A call with all its parties.

    Attributes:
        origin: `Call`, `RingOut`, `Conference`, `CallOut`, …
        voice_call_token: what a phone dials into a conference with.
    """

    id: str
    origin: str = ""
    parties: tuple[Party, ...] = ()
    voice_call_token: str = ""
    created_at: datetime | None = None

    def own_party(self, extension_id: str) -> Party | None:
        """The party of `extension_id`; where it has several, the last that is not over."""
        own = [party for party in self.parties if party.extension_id == extension_id]
        live = [party for party in own if not party.is_over]
        return next(reversed(live or own), None)


class CallMovedOn(Conflict):
    """The call is no longer in a state for what was asked.

    Attributes:
        session: how it stands now; None if it is over, or could not be asked for.
    """

    def __init__(
        self,
        sentence: str,
        *,
        session: TelephonySession | None,
        refusal: Refused,
    ) -> None:
        super().__init__(
            sentence, status=refusal.status, codes=refusal.codes, request_id=refusal.request_id
        )
        self.session = session


def session_of(answer: SessionAnswer) -> TelephonySession:
    """A session; parties without an id are left out."""
    return TelephonySession(
        id=text(answer.id),
        origin=text((answer.origin or SessionOrigin()).type),
        parties=tuple(party_of(party) for party in answer.parties or () if party.id),
        voice_call_token=text(answer.voice_call_token),
        created_at=instant(answer.creation_time),
    )


def party_of(answer: PartyAnswer) -> Party:
    """A party, or what an action tells of one."""
    status = answer.status or PartyState()
    park_location = (answer.park or ParkPlace()).id or status.park_data
    return Party(
        id=text(answer.id),
        code=text(status.code),
        reason=text(status.reason),
        direction=DIRECTIONS.get(answer.direction),
        caller=_end(answer.from_),
        callee=_end(answer.to),
        extension_id=text(answer.extension_id),
        is_muted=bool(answer.muted),
        park_location=text(park_location),
        recordings=tuple(map(recording_of, answer.recordings or ())),
    )


def recording_of(answer: PartyRecordingAnswer) -> CallRecording:
    """A recording, paused where nothing says otherwise."""
    return CallRecording(text(answer.id), is_active=bool(answer.active))


def _end(address: PartyAddress | None) -> Endpoint:
    return Endpoint(text(address.phone_number), text(address.name)) if address else NOBODY
