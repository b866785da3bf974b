"""Presence of the company's people: the resource, and events when it changes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator.account_state import (
    ACCOUNT,
    EXTENSION,
    Links,
    check_account,
    extension_asked,
    own_extension_asked,
)
from rcdesk.simulator.call_wire import presence_entry
from rcdesk.simulator.company import Queue
from rcdesk.simulator.endpoints import json_object
from rcdesk.simulator.errors import invalid_parameter
from rcdesk.simulator.live_calls import LiveCall, Phase, strongest
from rcdesk.simulator.pages import whole_page
from rcdesk.simulator.query import Query

if TYPE_CHECKING:
    from starlette.requests import Request

    from rcdesk.simulator.company import Company, Person
    from rcdesk.simulator.event_filters import EventFilter
    from rcdesk.simulator.live_calls import LiveCalls
    from rcdesk.simulator.subscriptions import Subscriptions
    from rcdesk.simulator.world import World

LISTED_CALLS = 7
_USER_STATUSES = ("Offline", "Busy", "Available")
_VISIBILITIES = ("All", "None", "PermittedUsers")
_PERSONAL_DND_STATUSES = ("TakeAllCalls", "DoNotAcceptAnyCalls")
_FLAGS = {
    "allowSeeMyPresence": "allow_see_my_presence",
    "ringOnMonitoredCall": "ring_on_monitored_call",
    "pickUpCallsOnHold": "pick_up_calls_on_hold",
}
_DND_STATUSES = (
    "TakeAllCalls",
    "DoNotAcceptAnyCalls",
    "DoNotAcceptDepartmentCalls",
    "TakeDepartmentCallsOnly",
)


@dataclass
class PresenceSettings:
    """What a person has chosen.

    With the new call handling `dnd_status` is the personal one.
    """

    user_status: str = "Available"
    dnd_status: str = "TakeAllCalls"
    message: str = ""
    allow_see_my_presence: bool = True
    ring_on_monitored_call: bool = False
    pick_up_calls_on_hold: bool = False
    caller_id_visibility: str = "All"
    accept_call_queue_calls: bool = True


class Presence:
    """Settings of everybody, the user's calls folded in, one event sequence per extension.

    Attributes:
        has_new_call_handling: the account's do-not-disturb is a personal setting, and queue
            calls are another.
    """

    def __init__(
        self, company: Company, calls: LiveCalls, subscriptions: Subscriptions, seed: int
    ) -> None:
        self.has_new_call_handling = False
        self._company = company
        self._calls = calls
        self._subscriptions = subscriptions
        self._random = random.Random(f"presence {seed}")
        self._sequence = 133_000 + self._random.randrange(1000)
        moods = ["Available"] * 6 + ["Busy", "Offline"]
        self.settings = {
            each.extension_id: PresenceSettings(user_status=self._random.choice(moods))
            for each in company.colleagues
        }
        self.settings[company.user.extension_id] = PresenceSettings()

    def calls_changed(self, changed: LiveCall) -> None:
        """Send the events that `changed` gives rise to; an ended call is listed once more."""
        self._sequence += self._random.randrange(1, 60)
        others = [call for call in self._calls.live if call is not changed]
        self._publish([changed, *others])

    def settings_changed(self, *, dnd_changed: bool) -> None:
        """Send the events of a change of the user's own settings."""
        self._sequence += self._random.randrange(1, 60)
        self._publish(self._calls.live)
        if dnd_changed:
            user_id = self._company.user.extension_id
            body = {"extensionId": user_id, "dndStatus": self.settings[user_id].dnd_status}
            self._subscriptions.publish("extension/~/presence/dnd", user_id, lambda _: body)

    def of(self, person: Person) -> dict[str, Any]:
        """Return the fields common to the resource and to events."""
        calls = self._calls.live if person is self._company.user else []
        settings = self.settings[person.extension_id]
        telephony = strongest(call.phase for call in calls)
        return {
            "telephonyStatus": telephony.value,
            "presenceStatus": _presence_status(settings, telephony),
            "userStatus": settings.user_status,
            "dndStatus": settings.dnd_status,
            "meetingStatus": "Disconnected",
            "allowSeeMyPresence": settings.allow_see_my_presence,
            "ringOnMonitoredCall": settings.ring_on_monitored_call,
            "pickUpCallsOnHold": settings.pick_up_calls_on_hold,
        }

    def active_calls(self, *, with_sip_data: bool) -> list[dict[str, Any]]:
        """Return the user's live calls, at most seven."""
        return [
            presence_entry(call, self._company, with_sip_data=with_sip_data)
            for call in self._calls.live[:LISTED_CALLS]
        ]

    def _publish(self, calls: list[LiveCall]) -> None:
        user = self._company.user

        def render(event_filter: EventFilter) -> dict[str, Any]:
            body: dict[str, Any] = {
                "extensionId": user.extension_id,
                **self.of(user),
                "sequence": self._sequence,
            }
            if event_filter.detail and event_filter.extension_id is not None:
                with_sip_data = event_filter.detail > 1
                body["activeCalls"] = [
                    presence_entry(call, self._company, with_sip_data=with_sip_data)
                    for call in calls[:LISTED_CALLS]
                ]
                body["totalActiveCalls"] = len(calls)
            return body

        for resource in ("extension/~/presence", "presence"):
            self._subscriptions.publish(resource, user.extension_id, render)


def _presence_status(settings: PresenceSettings, telephony: Phase) -> str:
    if settings.user_status == "Offline":
        return "Offline"
    is_talking = telephony in (Phase.CONNECTED, Phase.ON_HOLD, Phase.PARKED)
    is_busy = settings.user_status == "Busy" or settings.dnd_status == "DoNotAcceptAnyCalls"
    return "Busy" if is_talking or is_busy else "Available"


def routes(world: World) -> list[Route]:
    """Return the presence resources of one extension and of the account."""

    async def read(request: Request) -> Response:
        extension = extension_asked(request, world.company)
        return JSONResponse(_wire(request, world, extension))

    async def change(request: Request) -> Response:
        user = own_extension_asked(request, world.company)
        _change_settings(world, await json_object(request))
        return JSONResponse(_wire(request, world, user))

    async def read_all(request: Request) -> Response:
        check_account(request, world.company)
        extensions: list[Person | Queue] = [*world.company.people, *world.company.queues]
        records = [_wire(request, world, each) for each in extensions]
        links = Links(request, world.company)
        return JSONResponse(whole_page(request, links, "/presence", records))

    return [
        Route(EXTENSION + "/presence", read, methods=["GET"]),
        Route(EXTENSION + "/presence", change, methods=["PUT"]),
        Route(ACCOUNT + "/presence", read_all, methods=["GET"]),
    ]


def _wire(request: Request, world: World, extension: Person | Queue) -> dict[str, Any]:
    query = Query(request.query_params)
    with_calls = query.flag("detailedTelephonyState", default=False)
    with_sip_data = query.flag("sipData", default=False)
    uri = Links(request, world.company).extension(extension.extension_id)
    record: dict[str, Any] = {
        "uri": f"{uri}/presence",
        "extension": {
            "uri": uri,
            "id": int(extension.extension_id),
            "extensionNumber": extension.extension_number,
        },
    }
    if isinstance(extension, Queue):
        # Of anything but a person the platform tells only this (operation readAccountPresence).
        return record | {"presenceStatus": "Offline"}
    record |= world.presence.of(extension)
    settings = world.presence.settings[extension.extension_id]
    record["callerIdVisibility"] = settings.caller_id_visibility
    if world.presence.has_new_call_handling:
        record["dndStatusPersonal"] = record.pop("dndStatus")
        record["acceptCallQueueCalls"] = settings.accept_call_queue_calls
    if settings.message:
        record["message"] = settings.message
    if extension is world.company.user and with_calls:
        record["activeCalls"] = world.presence.active_calls(with_sip_data=with_sip_data)
        record["totalActiveCalls"] = len(world.calls.live)
    return record


def _change_settings(world: World, body: dict[str, Any]) -> None:
    settings = world.presence.settings[world.company.user.extension_id]
    new = world.presence.has_new_call_handling
    dnd_name, other = "dndStatus", "dndStatusPersonal"
    if new:
        dnd_name, other = other, dnd_name
    if other in body:
        raise invalid_parameter(other)
    words = {
        "userStatus": ("user_status", _USER_STATUSES),
        dnd_name: ("dnd_status", _PERSONAL_DND_STATUSES if new else _DND_STATUSES),
        "callerIdVisibility": ("caller_id_visibility", _VISIBILITIES),
    }
    flags = _FLAGS | ({"acceptCallQueueCalls": "accept_call_queue_calls"} if new else {})
    message = body.get("message", settings.message)
    if not isinstance(message, str) or len(message) > 75:
        raise invalid_parameter("message")
    changes: dict[str, Any] = {"message": message}
    for name, (attribute, allowed) in words.items():
        changes[attribute] = body.get(name, getattr(settings, attribute))
        if changes[attribute] not in allowed:
            raise invalid_parameter(name)
    for name, attribute in flags.items():
        changes[attribute] = body.get(name, getattr(settings, attribute))
        if not isinstance(changes[attribute], bool):
            raise invalid_parameter(name)
    dnd_changed = changes["dnd_status"] != settings.dnd_status
    for attribute, value in changes.items():
        setattr(settings, attribute, value)
    world.presence.settings_changed(dnd_changed=dnd_changed)
