"""What kinds of calls a history is made of, and how often each happens.

Actions, results, reasons and leg types are the platform's own words.
"""

from dataclasses import dataclass
from typing import Literal

Direction = Literal["Inbound", "Outbound"]
OtherEnd = Literal["outside", "abroad", "colleague", "nuisance", "hidden", "masked", "911", "933"]
Length = Literal["talk", "short", "message", "pages", "none"]
Shape = Literal["direct", "queue", "transfer", "ringout", "follow_me", "park"]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of call of the user's extension.

    Attributes:
        weight: how often it happens, relative to the others of its table.
        length: what its duration measures; ringing does not count.
        shape: which legs it has; a `direct` call has the one that its record describes.
        leg_type: of that only leg.
        message: type of the message that it left, if any.
        may_record: it can have a recording.
    """

    direction: Direction
    action: str
    result: str
    reason: str = ""
    weight: float = 1.0
    other: OtherEnd = "outside"
    length: Length = "none"
    shape: Shape = "direct"
    leg_type: str = "Accept"
    call_type: str = "Voice"
    internal_type: str = "Local"
    message: str = ""
    may_record: bool = False

    @property
    def is_missed(self) -> bool:
        """The other end wanted the user and did not get through."""
        return self.direction == "Inbound" and self.result in {"Missed", "Voicemail", "Hang Up"}


COMMON = (
    Scenario("Inbound", "Phone Call", "Accepted", "Accepted", 25, length="talk", may_record=True),
    Scenario("Inbound", "Phone Call", "Missed", "No Answer", 7),
    Scenario(
        "Inbound", "Phone Call", "Voicemail", "No Answer", 6, length="message", message="VoiceMail"
    ),
    Scenario("Inbound", "Phone Call", "Hang Up", "Hang Up", 1.5),
    Scenario("Inbound", "Phone Call", "Rejected", "Calls Not Accepted", 1),
    Scenario("Inbound", "Phone Call", "Blocked", "Number Blocked", 1, "nuisance"),
    Scenario("Inbound", "Phone Call", "Missed", "No Answer", 1, "hidden"),
    Scenario("Inbound", "Phone Call", "Accepted", "Accepted", 0.8, "hidden", length="short"),
    Scenario("Inbound", "Phone Call", "Blocked", "Number Blocked", 0.4, "masked"),
    Scenario("Inbound", "Phone Call", "Accepted", "Accepted", 1.2, "abroad", length="talk"),
    Scenario(
        "Inbound",
        "Phone Call",
        "Accepted",
        "Accepted",
        4,
        "colleague",
        length="short",
        leg_type="ExtensionToExtension",
        internal_type="Sip",
    ),
    Scenario("Inbound", "Phone Call", "Missed", "No Answer", 1, "colleague", internal_type="Sip"),
    Scenario(
        "Inbound",
        "Phone Call",
        "Accepted",
        "Accepted",
        8,
        length="talk",
        shape="queue",
        may_record=True,
    ),
    Scenario("Inbound", "Phone Call", "Answered Elsewhere", "Stopped", 2, shape="queue"),
    Scenario("Inbound", "Phone Call", "Abandoned", "Hang Up", 0.8, shape="queue"),
    Scenario(
        "Inbound",
        "Phone Call",
        "Accepted",
        "Accepted",
        2,
        length="talk",
        shape="transfer",
        may_record=True,
    ),
    Scenario("Inbound", "FollowMe", "Accepted", "Accepted", 1, length="talk", shape="follow_me"),
    Scenario("Inbound", "FindMe", "Stopped", "Stopped", 0.4, leg_type="FindMe"),
    Scenario("Inbound", "Phone Call", "Accepted", "Accepted", 0.4, length="talk", shape="park"),
    Scenario(
        "Inbound",
        "Incoming Fax",
        "Received",
        "",
        1.5,
        length="pages",
        call_type="Fax",
        message="Fax",
        internal_type="LongDistance",
    ),
    Scenario(
        "Outbound",
        "VoIP Call",
        "Call connected",
        "Connected",
        20,
        length="talk",
        leg_type="SipToPstnMetered",
        internal_type="LongDistance",
        may_record=True,
    ),
    Scenario("Outbound", "VoIP Call", "No Answer", "No Answer", 3, internal_type="Local"),
    Scenario("Outbound", "VoIP Call", "Busy", "Line Busy", 1.2),
    Scenario("Outbound", "VoIP Call", "Hang Up", "Hang Up", 1),
    Scenario(
        "Outbound",
        "VoIP Call",
        "Call connected",
        "Connected",
        3,
        "colleague",
        length="short",
        leg_type="ExtensionToExtension",
        internal_type="Sip",
    ),
    Scenario(
        "Outbound",
        "VoIP Call",
        "Call connected",
        "Connected",
        1.2,
        "abroad",
        length="talk",
        leg_type="SipToPstnMetered",
        internal_type="International",
    ),
    Scenario(
        "Outbound", "RingOut Web", "Call connected", "Connected", 2, length="talk", shape="ringout"
    ),
    Scenario(
        "Outbound", "RingOut PC", "Call connected", "Connected", 0.5, length="talk", shape="ringout"
    ),
    Scenario(
        "Outbound",
        "RingOut Mobile",
        "Call connected",
        "Connected",
        0.5,
        length="talk",
        shape="ringout",
    ),
    Scenario("Outbound", "RingOut Web", "No Answer", "Not Answered", 0.4, shape="ringout"),
    Scenario(
        "Outbound",
        "Outgoing Fax",
        "Sent",
        "",
        1,
        length="pages",
        leg_type="FaxSent",
        call_type="Fax",
        message="Fax",
    ),
)


def _inbound(action: str, result: str, reason: str = "", leg_type: str = "Accept") -> Scenario:
    length: Length = "short" if reason == "Accepted" else "none"
    return Scenario("Inbound", action, result, reason, length=length, leg_type=leg_type)


def _outbound(action: str, result: str, reason: str = "", leg_type: str = "Unknown") -> Scenario:
    return Scenario("Outbound", action, result, reason, length="short", leg_type=leg_type)


def _failed(result: str, reason: str = "") -> Scenario:
    return Scenario("Outbound", "VoIP Call", result, reason, leg_type="SipToPstnUnmetered")


def _fax(direction: Direction, result: str, reason: str = "") -> Scenario:
    action = "Incoming Fax" if direction == "Inbound" else "Outgoing Fax"
    return Scenario(direction, action, result, reason, length="pages", call_type="Fax")


# Every other word that a client must cope with. They come in turn, so that a history of a
# few thousand calls holds them all.
RARE = (
    _inbound("Accept Call", "Accepted", "Accepted"),
    _inbound("Phone Call", "Answered Not Accepted", "Not Answered"),
    _inbound("Phone Call", "Callback requested"),
    _inbound("Phone Call", "Declined", "Calls Not Accepted"),
    _inbound("Phone Call", "IP Phone Offline", "No Digital Line"),
    _inbound("Phone Call", "No Answer", "Not Answered"),
    _inbound("Phone Call", "Reply"),
    _inbound("Phone Call", "Sent to Voicemail", "Not Answered"),
    _inbound("Phone Call", "Stopped", "Stopped"),
    _inbound("Phone Call", "Unknown", "Unknown"),
    _inbound("Phone Call", "Internal Error", "Internal Call Error"),
    _inbound("Phone Call", "Not Allowed", "Number Not Allowed"),
    _inbound("Phone Call", "Call Failure", "Call Loop"),
    _inbound("Phone Call", "Rejected", "Max Call Limit"),
    _inbound("Call Park", "Accepted", "Accepted", "CallPark"),
    _inbound("Park Location", "Accepted", "Accepted", "ParkLocation"),
    _inbound("Pickup", "Accepted", "Accepted", "Pickup"),
    _inbound("Hunting", "Missed", "Stopped", "Hunting"),
    _inbound("Paging", "Accepted", "Accepted", "PagingServer"),
    _inbound("RingMe", "Accepted", "Accepted", "RingMe"),
    _inbound("Ring Directly", "Accepted", "Accepted", "RingDirectly"),
    _inbound("Sip Forwarding", "Accepted", "Accepted", "SipForwarding"),
    _inbound("Text Relay", "Accepted", "Accepted", "TextRelay"),
    _inbound("VoiceChat Call", "Accepted", "Accepted", "VoiceChat"),
    _inbound("External Application", "Accepted", "Accepted", "IvaCall"),
    _inbound("Unknown", "Unknown", "Unknown", "Unknown"),
    _inbound("Support", "Accepted", "Accepted", "Accept"),
    _inbound("Phone Login", "Phone Login"),
    _outbound("Transfer", "Call connected", "Connected", "TransferCall"),
    _outbound("Move", "Call connected", "Connected", "MobileApp"),
    _outbound("Monitoring", "Call connected", "Connected", "Monitoring"),
    _outbound("Barge In Call", "Call connected", "Connected", "JoinCall"),
    _outbound("Conference Call", "Call connected", "Connected", "ConferenceCall"),
    _outbound("RC Meetings", "Call connected", "Connected", "MeetingsCall"),
    _outbound("CallOut-CallMe", "Call connected", "Connected", "CallMeCallOut"),
    _outbound("Calling Card", "Call connected", "Connected", "CallingCard"),
    _outbound("Call Return", "Call connected", "Connected", "CallBack"),
    _outbound("FreeSPDL", "Call connected", "Connected", "OutgoingFreeSpDl"),
    Scenario("Outbound", "Emergency", "911", "Connected", other="911", length="short"),
    Scenario("Outbound", "VoIP Call", "933", "Connected", other="933", length="short"),
    Scenario("Outbound", "E911 Update", "Unknown", "Emergency Address not defined"),
    _failed("Call Failed", "Failed Try Again"),
    _failed("Carrier is not active", "Carrier is not active"),
    _failed("EDGE trunk misconfigured", "EDGE trunk misconfigured"),
    _failed("In Progress"),
    Scenario(
        "Outbound", "VoIP Call", "International Disabled", "International Disabled", 1, "abroad"
    ),
    Scenario(
        "Outbound", "VoIP Call", "International Restricted", "International Restricted", 1, "abroad"
    ),
    _failed("No Calling Credit", "No Credit"),
    _failed("Restricted Number", "Restricted Number"),
    _failed("Suspended account", "Number Disabled"),
    _failed("Wrong Number", "Bad Number"),
    _fax("Inbound", "Partial Receive", "Fax Not Received"),
    _fax("Inbound", "Receive Error", "Receive Error"),
    _fax("Inbound", "Fax Receipt Error", "Fax Save Error"),
    _fax("Inbound", "Fax on Demand"),
    _fax("Outbound", "Fax Not Sent", "Fax Not Sent"),
    _fax("Outbound", "Fax Partially Sent", "Fax Partially Sent"),
    _fax("Outbound", "Fax Poor Line", "Fax Poor Line"),
    _fax("Outbound", "Send Error", "Fax Send Error"),
)

# Of all calls, the share that RARE takes.
RARE_SHARE = 0.03

REASON_DESCRIPTIONS = {
    "Accepted": "The call connected to and was accepted by this number.",
    "Bad Number": "The number dialed is not correct or is not in service.",
    "Call Loop": "Call ended due to a loop of forwardings.",
    "Connected": "The call was connected.",
    "Hang Up": "The caller hung up before the call was answered.",
    "International Disabled": "International calling is not enabled for this account.",
    "Line Busy": "The line was busy.",
    "Max Call Limit": "The extension had as many calls as it may have.",
    "No Answer": "The call was not answered.",
    "No Credit": "There is not enough calling credit.",
    "Not Answered": "The call was not answered at this number.",
    "Number Blocked": "The caller's number is blocked.",
    "Stopped": "The call was answered at another number.",
}
