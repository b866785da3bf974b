"""RingCentral's words for how a call went, as rcdesk's outcomes.

Results are compared in lower case: the platform writes both `Hang up` and `Hang Up`.
"""

from rcdesk.core.call import Direction, Outcome
from rcdesk.core.ringout import LegStatus, RingOutState

_INBOUND_RESULTS = {
    **dict.fromkeys(
        ("missed", "no answer", "hang up", "hung up", "busy", "abandoned"), Outcome.MISSED
    ),
    **dict.fromkeys(
        ("accepted", "call connected", "received", "reply", "phone login"), Outcome.ANSWERED
    ),
    "answered elsewhere": Outcome.ANSWERED_ELSEWHERE,
    "answered not accepted": Outcome.ANSWERED_ELSEWHERE,
    **dict.fromkeys(("voicemail", "sent to voicemail"), Outcome.VOICEMAIL),
    **dict.fromkeys(("rejected", "declined", "blocked"), Outcome.REJECTED),
}
_OUTBOUND_RESULTS = {
    **dict.fromkeys(("call connected", "accepted", "sent", "received"), Outcome.ANSWERED),
    **dict.fromkeys(("voicemail", "sent to voicemail"), Outcome.VOICEMAIL),
    **dict.fromkeys(("rejected", "declined", "busy"), Outcome.REJECTED),
    **dict.fromkeys(("no answer", "hang up", "hung up", "stopped", "missed"), Outcome.CANCELLED),
}
_INBOUND_REASONS = {
    "rejected": Outcome.REJECTED,
    "callreplied": Outcome.REJECTED,
    "voicemail": Outcome.VOICEMAIL,
    **dict.fromkeys(("agentanswered", "pickup"), Outcome.ANSWERED_ELSEWHERE),
    **dict.fromkeys(("cancelled", "noanswer", "timeout", "targetbusy"), Outcome.MISSED),
}
_OUTBOUND_REASONS = {
    "voicemail": Outcome.VOICEMAIL,
    **dict.fromkeys(("rejected", "targetbusy"), Outcome.REJECTED),
    **dict.fromkeys(("cancelled", "noanswer", "timeout"), Outcome.CANCELLED),
    **dict.fromkeys(
        (
            "internalerror",
            "invalidnumber",
            "internationaldisabled",
            "destinationblocked",
            "notenoughfunds",
            "nosuchuser",
        ),
        Outcome.UNKNOWN,
    ),
}
_RING_OUT_STATUSES = {
    **{status.value.lower(): status for status in LegStatus},
    "ringoutfromthisnumberisnotsupported": LegStatus.INVALID,
    "genericerror": LegStatus.FAILED,
    "noansweringmachine": LegStatus.NO_ANSWER,
    "nosessionfound": LegStatus.FAILED,
}
_RING_OUT_ENDS = {
    "call connected": RingOutState.CONNECTED,
    **dict.fromkeys(("hang up", "hung up", "stopped"), RingOutState.CANCELLED),
}

RESULTS = (
    "911", "933", "Abandoned", "Accepted", "Answered Elsewhere", "Answered Not Accepted",
    "Blocked", "Busy", "Call connected", "Call Failed", "Call Failure", "Callback requested",
    "Carrier is not active", "Declined", "EDGE trunk misconfigured", "Fax Not Sent",
    "Fax on Demand", "Fax Partially Sent", "Fax Poor Line", "Fax Receipt Error", "Hang Up",
    "In Progress", "Internal Error", "International Disabled", "International Restricted",
    "IP Phone Offline", "Missed", "No Answer", "No Calling Credit", "Not Allowed",
    "Partial Receive", "Phone Login", "Receive Error", "Received", "Rejected", "Reply",
    "Restricted Number", "Send Error", "Sent", "Sent to Voicemail", "Stopped",
    "Suspended account", "Unknown", "Voicemail", "Wrong Number",
)  # fmt: skip
"""The call log's results as the specification lists them; the log may hold others."""


def log_outcome(result: str, direction: Direction | None) -> Outcome | None:
    """What a call-log `result` means; None while the call is in progress."""
    folded = result.strip().lower()
    if folded == "in progress":
        return None
    table = _OUTBOUND_RESULTS if direction is Direction.OUTBOUND else _INBOUND_RESULTS
    return table.get(folded, Outcome.UNKNOWN)


def party_outcome(reason: str, direction: Direction | None, *, missed: bool) -> Outcome | None:
    """What a party's reason and `missedCall` say about the end; None if nothing."""
    if direction is Direction.OUTBOUND:
        table, unanswered = _OUTBOUND_REASONS, Outcome.CANCELLED
    else:
        table, unanswered = _INBOUND_REASONS, Outcome.MISSED
    return table.get(reason.strip().lower(), unanswered if missed else None)


def leg_status(status: str) -> LegStatus:
    """A RingOut status; folds the platform's eighteen, in both spellings of NosuchUser."""
    return _RING_OUT_STATUSES.get(status.strip().lower(), LegStatus.UNKNOWN)


def ring_out_end(result: str) -> RingOutState | None:
    """What a call-log `result` says of a RingOut without statuses; None if not enough."""
    return _RING_OUT_ENDS.get(result.strip().lower())
