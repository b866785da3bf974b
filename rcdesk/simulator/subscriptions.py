"""Subscriptions: their REST resource, and who gets which notification."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rcdesk.simulator.clock import timestamp
from rcdesk.simulator.endpoints import json_object
from rcdesk.simulator.errors import ApiError, invalid_parameter, resource_not_found
from rcdesk.simulator.event_filters import EventFilter, UnknownFilter, resource_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request

    from rcdesk.simulator.clock import Clock
    from rcdesk.simulator.company import Company
    from rcdesk.simulator.world import World

_LIFETIME = timedelta(days=1)
_PATH = "/restapi/v1.0/subscription"


class Receiver(Protocol):
    """Where a subscription's notifications go: a gateway session."""

    subscription: Subscription | None

    def notify(self, notification: dict[str, Any]) -> None:
        """Send or buffer the notification."""


@dataclass(eq=False)
class Subscription:
    """What one gateway session wants to hear, for as long as that session lives."""

    id: str
    receiver: Receiver
    created_at: datetime
    renewed_at: datetime
    filters: list[EventFilter]
    disabled: list[str]

    def expires_at(self, now: datetime) -> datetime:
        """Return when the running term ends; over a WebSocket the next one begins by itself."""
        terms = (now - self.renewed_at) // _LIFETIME + 1
        return self.renewed_at + terms * _LIFETIME


class Subscriptions:
    """All subscriptions, and the way to them for whoever has something to tell."""

    def __init__(self, company: Company, clock: Clock) -> None:
        self._company = company
        self._clock = clock
        self._subscriptions: dict[str, Subscription] = {}

    @property
    def active(self) -> list[Subscription]:
        """Every subscription, oldest first."""
        return list(self._subscriptions.values())

    def create(self, receiver: Receiver, filters: list[str]) -> Subscription:
        """Subscribe `receiver`; an earlier subscription of it is replaced.

        Raises:
            ApiError: none of the filters is known.
        """
        known, disabled = self._parse(filters)
        if receiver.subscription is not None:
            self.remove(receiver.subscription)
        now = self._clock.utc()
        subscription = Subscription(
            id=str(uuid.uuid4()),
            receiver=receiver,
            created_at=now,
            renewed_at=now,
            filters=known,
            disabled=disabled,
        )
        self._subscriptions[subscription.id] = subscription
        receiver.subscription = subscription
        return subscription

    def change(self, subscription: Subscription, filters: list[str]) -> None:
        """Replace the filters and start the lifetime anew.

        Raises:
            ApiError: none of the filters is known.
        """
        subscription.filters, subscription.disabled = self._parse(filters)
        subscription.renewed_at = self._clock.utc()

    def find(self, subscription_id: str) -> Subscription:
        """Return the subscription.

        Raises:
            ApiError: 404, there is none.
        """
        try:
            return self._subscriptions[subscription_id]
        except KeyError:
            raise resource_not_found("subscriptionId") from None

    def remove(self, subscription: Subscription) -> None:
        """End `subscription`; harmless when it has ended."""
        self._subscriptions.pop(subscription.id, None)
        if subscription.receiver.subscription is subscription:
            subscription.receiver.subscription = None

    def publish(
        self,
        resource: str,
        extension_id: str,
        render: Callable[[EventFilter], dict[str, Any] | None],
    ) -> None:
        """Tell everybody subscribed to `resource` of `extension_id`.

        `render` gets the filter that matched and returns the event's body, or None when the
        filter's options exclude it; of several presence filters the most detailed counts.
        """
        for subscription in self.active:
            matching = [
                each
                for each in subscription.filters
                if each.resource == resource and each.extension_id in (None, extension_id)
            ]
            for each in sorted(matching, key=lambda one: -one.detail)[:1]:
                body = render(each)
                if body is not None:
                    self._send(subscription, {"event": each.path, "body": body}, extension_id)

    def replay(self, notification: dict[str, Any], path: str) -> int:
        """Deliver `notification` as it is to whoever subscribed to such events; return to how many.

        Ids and query of `path` do not count, so that recorded events fit.
        """
        resource = resource_of(path)
        receivers = [
            each for each in self.active if any(f.resource == resource for f in each.filters)
        ]
        for subscription in receivers:
            self._send(subscription, notification, self._company.user.extension_id)
        return len(receivers)

    def _send(self, subscription: Subscription, content: dict[str, Any], owner_id: str) -> None:
        envelope = {
            "uuid": str(uuid.uuid4()),
            "timestamp": timestamp(self._clock.utc()),
            "subscriptionId": subscription.id,
            "ownerId": owner_id,
        }
        subscription.receiver.notify({**envelope, **content})

    def _parse(self, filters: list[str]) -> tuple[list[EventFilter], list[str]]:
        known: list[EventFilter] = []
        disabled: list[str] = []
        for text in filters:
            try:
                known.append(EventFilter.parse(text, self._company))
            except UnknownFilter:
                disabled.append(text)
        if not known:
            names = ", ".join(disabled)
            raise ApiError(400, "SUB-508", f"Invalid event filters: [{names}]", "eventFilters")
        return known, disabled


def routes(world: World) -> list[Route]:
    """Return the subscription resource; only a gateway connection can create or change one."""

    async def list_all(request: Request) -> Response:
        records = [_wire(each, request, world) for each in world.subscriptions.active]
        return JSONResponse({"uri": _uri(request), "records": records})

    async def create(request: Request) -> Response:
        filters = await _filters(request)
        subscription = world.subscriptions.create(_receiver(request), filters)
        return _answer(subscription, request, world)

    async def one(request: Request) -> Response:
        return _answer(_find(request, world), request, world)

    async def change(request: Request) -> Response:
        subscription = _find(request, world)
        world.subscriptions.change(subscription, await _filters(request))
        return _answer(subscription, request, world)

    async def renew(request: Request) -> Response:
        subscription = _find(request, world)
        world.subscriptions.change(subscription, [each.path for each in subscription.filters])
        return _answer(subscription, request, world)

    async def remove(request: Request) -> Response:
        world.subscriptions.remove(_find(request, world))
        return Response(status_code=204)

    return [
        Route(_PATH, list_all, methods=["GET"]),
        Route(_PATH, create, methods=["POST"]),
        Route(_PATH + "/{subscription_id}", one, methods=["GET"]),
        Route(_PATH + "/{subscription_id}", change, methods=["PUT"]),
        Route(_PATH + "/{subscription_id}", remove, methods=["DELETE"]),
        Route(_PATH + "/{subscription_id}/renew", renew, methods=["POST"]),
    ]


def _find(request: Request, world: World) -> Subscription:
    return world.subscriptions.find(request.path_params["subscription_id"])


async def _filters(request: Request) -> list[str]:
    body = await json_object(request)
    filters = body.get("eventFilters")
    if not isinstance(filters, list) or not filters:
        raise invalid_parameter("eventFilters")
    if not all(isinstance(each, str) for each in filters):
        raise invalid_parameter("eventFilters")
    mode = body.get("deliveryMode")
    transport = mode.get("transportType") if isinstance(mode, dict) else None
    if request.method == "POST" and transport != "WebSocket":
        raise invalid_parameter("deliveryMode.transportType")
    return filters


def _receiver(request: Request) -> Receiver:
    receiver: Receiver | None = request.scope.get("rcdesk.receiver")
    if receiver is None:
        raise ApiError(
            400,
            "SUB-506",
            "A WebSocket subscription can only be created over a WebSocket connection",
            "deliveryMode.transportType",
        )
    return receiver


def _uri(request: Request, suffix: str = "") -> str:
    return f"{str(request.base_url).rstrip('/')}{_PATH}{suffix}"


def _answer(subscription: Subscription, request: Request, world: World) -> Response:
    return JSONResponse(
        _wire(subscription, request, world), headers={"WSG-SubscriptionId": subscription.id}
    )


def _wire(subscription: Subscription, request: Request, world: World) -> dict[str, Any]:
    now = world.clock.utc()
    expires_at = subscription.expires_at(now)
    record: dict[str, Any] = {
        "uri": _uri(request, f"/{subscription.id}"),
        "id": subscription.id,
        "creationTime": timestamp(subscription.created_at),
        "status": "Active",
        "eventFilters": [each.path for each in subscription.filters],
        "expirationTime": timestamp(expires_at),
        "expiresIn": max(1, int((expires_at - now).total_seconds() - 0.001)),
        "deliveryMode": {"transportType": "WebSocket", "encryption": False},
    }
    if subscription.disabled:
        record["disabledFilters"] = [
            {"filter": each, "reason": "SUB-508", "message": f"Invalid event filters: [{each}]"}
            for each in subscription.disabled
        ]
    return record
