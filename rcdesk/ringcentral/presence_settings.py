"""What the user shows of themselves and which calls they take; and everybody's presence."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from rcdesk.core.abilities import Ability
from rcdesk.core.errors import BadInput, Refused
from rcdesk.core.presence import DndStatus, Presence, PresenceStatus, TelephonyStatus
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.paging import all_records
from rcdesk.ringcentral.rate_limits import RateGroup
from rcdesk.ringcentral.wire import Text, text
from rcdesk.ringcentral.wire_presence import AccountPresenceAnswer, PresenceAnswer

E = TypeVar("E", bound=StrEnum)

LONGEST_MESSAGE = 75
_ACCOUNT = "/restapi/v1.0/account/~/presence"
_OWN = "/restapi/v1.0/account/~/extension/~/presence"


class PresenceChoice(StrEnum):
    """What a person picks; the platform has two settings for it."""

    AVAILABLE = "available"
    BUSY = "busy"
    DND = "dnd"
    INVISIBLE = "invisible"


class CallerIdVisibility(StrEnum):
    """Who of those that see the user's presence sees with whom they talk."""

    ALL = "All"
    NONE = "None"
    PERMITTED_USERS = "PermittedUsers"


@dataclass(frozen=True, slots=True)
class PresenceSettings:
    """The user's own presence.

    Attributes:
        presence: its `dnd` is the personal one where `has_new_call_handling`.
        has_new_call_handling: do-not-disturb and queue calls are settings of their own.
        takes_queue_calls: with the new call handling; None where the platform does not say.
        caller_id_visibility: None for a value nobody has heard of.
    """

    presence: Presence
    has_new_call_handling: bool = False
    takes_queue_calls: bool | None = None
    message: str = ""
    is_visible: bool = True
    rings_on_monitored_call: bool = False
    picks_up_calls_on_hold: bool = False
    caller_id_visibility: CallerIdVisibility | None = None


@dataclass(frozen=True, slots=True)
class PresenceChange:
    """What to change; None leaves a setting as it is.

    Attributes:
        dnd: sent as dndStatusPersonal where the account has the new call handling.
        takes_queue_calls: with the new call handling only.
        message: up to 75 characters, empty for none.
    """

    user: PresenceStatus | None = None
    dnd: DndStatus | None = None
    takes_queue_calls: bool | None = None
    message: str | None = None
    is_visible: bool | None = None
    rings_on_monitored_call: bool | None = None
    picks_up_calls_on_hold: bool | None = None
    caller_id_visibility: CallerIdVisibility | None = None

    def body(self, *, new_call_handling: bool = False) -> dict[str, object]:
        """What to PUT."""
        fields: dict[str, object] = {
            "userStatus": self.user,
            "dndStatusPersonal" if new_call_handling else "dndStatus": self.dnd,
            "acceptCallQueueCalls": self.takes_queue_calls,
            "message": self.message,
            "allowSeeMyPresence": self.is_visible,
            "ringOnMonitoredCall": self.rings_on_monitored_call,
            "pickUpCallsOnHold": self.picks_up_calls_on_hold,
            "callerIdVisibility": self.caller_id_visibility,
        }
        return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, slots=True)
class ExtensionPresence:
    """Presence of one extension of the account; queues and the like are always offline."""

    extension_id: str
    extension_number: str
    presence: Presence
    message: str = ""


async def get_presence_settings(http: PlatformHttp, *, user: bool = False) -> PresenceSettings:
    """The user's own presence as it is set; raises PlatformError or SignedOut."""
    answer = await http.request("GET", _OWN, into=PresenceAnswer, group=RateGroup.LIGHT, user=user)
    return _settings(answer)


async def change_presence(
    http: PlatformHttp,
    change: PresenceChange,
    *,
    new_call_handling: bool = False,
    user: bool = True,
) -> PresenceSettings:
    """Change what `change` names, and return what came of it.

    Raises BadInput for too long a message, PlatformError or SignedOut.
    """
    if change.message is not None and len(change.message) > LONGEST_MESSAGE:
        raise BadInput(f"A status message has at most {LONGEST_MESSAGE} characters: shorten it.")
    answer = await http.request(
        "PUT",
        _OWN,
        into=PresenceAnswer,
        group=RateGroup.MEDIUM,
        user=user,
        json=change.body(new_call_handling=new_call_handling),
        needs=Ability.EDIT_PRESENCE,
    )
    return _settings(answer)


async def choose_presence(
    http: PlatformHttp,
    choice: PresenceChoice,
    now: PresenceSettings,
    *,
    before_dnd: DndStatus | None = None,
    user: bool = True,
) -> PresenceSettings:
    """Set what a person picked, and return what came of it.

    `before_dnd` is what do-not-disturb took the place of and comes back with any other choice;
    where it is not known, or no longer allowed (the user has left their queues), all calls
    are taken again. Raises PlatformError or SignedOut.
    """
    change = change_for(choice, now, before_dnd=before_dnd)
    new = now.has_new_call_handling
    try:
        return await change_presence(http, change, new_call_handling=new, user=user)
    except Refused as refusal:
        if refusal.status != 400 or change.dnd in (None, *_ALWAYS_ALLOWED):
            raise
    change = replace(change, dnd=DndStatus.TAKE_ALL_CALLS)
    return await change_presence(http, change, new_call_handling=new, user=user)


def change_for(
    choice: PresenceChoice, now: PresenceSettings, *, before_dnd: DndStatus | None = None
) -> PresenceChange:
    """What `choice` means for somebody whose settings are `now`."""
    if choice is PresenceChoice.DND:
        return PresenceChange(dnd=DndStatus.DO_NOT_ACCEPT_ANY_CALLS)
    dnd = None
    if now.presence.dnd is DndStatus.DO_NOT_ACCEPT_ANY_CALLS:
        is_usable = before_dnd not in (None, DndStatus.DO_NOT_ACCEPT_ANY_CALLS, DndStatus.UNKNOWN)
        dnd = before_dnd if is_usable else DndStatus.TAKE_ALL_CALLS
        if now.has_new_call_handling:
            dnd = DndStatus.TAKE_ALL_CALLS
    return PresenceChange(user=_USER_STATUSES[choice], dnd=dnd)


async def list_presence(http: PlatformHttp, *, user: bool = False) -> tuple[ExtensionPresence, ...]:
    """Everybody's presence in the account; raises PlatformError or SignedOut."""
    entries = all_records(
        http, _ACCOUNT, into=AccountPresenceAnswer, group=RateGroup.HEAVY, user=user
    )
    return tuple(
        [
            ExtensionPresence(
                extension_id=text(entry.extension.id),
                extension_number=text(entry.extension.extension_number),
                presence=_presence(entry),
                message=text(entry.message),
            )
            async for entry in entries
            if entry.extension is not None and entry.extension.id
        ]
    )


_ALWAYS_ALLOWED = (DndStatus.TAKE_ALL_CALLS, DndStatus.DO_NOT_ACCEPT_ANY_CALLS)
_USER_STATUSES = {
    PresenceChoice.AVAILABLE: PresenceStatus.AVAILABLE,
    PresenceChoice.BUSY: PresenceStatus.BUSY,
    PresenceChoice.INVISIBLE: PresenceStatus.OFFLINE,
}


def _settings(answer: PresenceAnswer) -> PresenceSettings:
    return PresenceSettings(
        presence=_presence(answer),
        has_new_call_handling=answer.dnd_status_personal is not None,
        takes_queue_calls=answer.accept_call_queue_calls,
        message=text(answer.message),
        is_visible=answer.allow_see_my_presence is not False,
        rings_on_monitored_call=bool(answer.ring_on_monitored_call),
        picks_up_calls_on_hold=bool(answer.pick_up_calls_on_hold),
        caller_id_visibility=_word(CallerIdVisibility, answer.caller_id_visibility),
    )


def _presence(answer: PresenceAnswer) -> Presence:
    dnd = answer.dnd_status if answer.dnd_status_personal is None else answer.dnd_status_personal
    return Presence(
        presence=_word(PresenceStatus, answer.presence_status) or PresenceStatus.UNKNOWN,
        user=_word(PresenceStatus, answer.user_status) or PresenceStatus.UNKNOWN,
        dnd=_word(DndStatus, dnd) or DndStatus.UNKNOWN,
        telephony=_telephony(answer.telephony_status),
    )


def _telephony(status: Text) -> TelephonyStatus:
    if status is None:
        return TelephonyStatus.NO_CALL
    return _word(TelephonyStatus, status) or TelephonyStatus.UNKNOWN


def _word(kind: type[E], value: Text) -> E | None:
    try:
        return kind(text(value))
    except ValueError:
        return None
