# mypy: disable-error-code="no-untyped-call"
# jeepney has no types.
"""Notifications by D-Bus: the Desktop Notifications Specification 1.2."""

import asyncio
import contextlib
import html
import logging
from collections.abc import Sequence
from typing import Any

from jeepney import DBusAddress, MatchRule, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.asyncio import DBusConnection, DBusRouter, open_dbus_connection
from jeepney.low_level import HeaderFields, Message
from jeepney.wrappers import DBusErrorResponse, unwrap_msg

from rcdesk.system.notifications import Action, OnAction

log = logging.getLogger(__name__)

_NAME = "org.freedesktop.Notifications"
_PATH = "/org/freedesktop/Notifications"
_TIMEOUT_S = 3.0
_CRITICAL = 2
_STAYS = 0
_MAX_TEXT = 300


class FreedesktopNotifier:
    """A Notifier on the session bus; made by `open`.

    The desktop may be slow, restart or go away: that costs notifications, nothing else.
    """

    def __init__(
        self,
        connection: DBusConnection,
        capabilities: frozenset[str],
        on_action: OnAction,
        desktop_entry: str,
    ) -> None:
        self._connection = connection
        self._router = DBusRouter(connection)
        self._has_markup = "body-markup" in capabilities
        self.has_actions = "actions" in capabilities
        self._on_action = on_action
        self._desktop_entry = desktop_entry
        self._ids: dict[str, int] = {}
        # A change must know the id that the first Notify is still waiting for.
        self._turn = asyncio.Lock()
        self._listening: asyncio.Task[None] | None = None
        self._is_lost = False

    @classmethod
    async def open(cls, on_action: OnAction, desktop_entry: str) -> "FreedesktopNotifier | None":
        """Connect, and ask what the desktop can do; None where nobody shows notifications."""
        connection: DBusConnection | None = None
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                connection = await open_dbus_connection()
                async with DBusRouter(connection) as router:
                    (found,) = await _ask(router, "GetCapabilities")
        except Exception as error:  # noqa: BLE001 - no bus, no service, or one that hangs
            log.info("This desktop shows no notifications (%s)", type(error).__name__)
            if connection is not None:
                await _hang_up(connection)
            return None
        notifier = cls(connection, frozenset(found), on_action, desktop_entry)
        await notifier._listen()
        return notifier

    @property
    def is_available(self) -> bool:
        """Whether the connection to the desktop still stands."""
        return self._listening is not None and not self._is_lost

    async def show_call(
        self, key: str, title: str, body: str, actions: Sequence[Action] = ()
    ) -> None:
        """See Notifier."""
        parts = [part for action in actions for part in action] if self.has_actions else []
        body = body[:_MAX_TEXT]
        hints = {
            "urgency": ("y", _CRITICAL),
            "category": ("s", "call.incoming"),
            "desktop-entry": ("s", self._desktop_entry),
        }
        # The summary is never markup, the body is where the desktop says so.
        text = html.escape(body, quote=False) if self._has_markup else body
        async with self._turn:
            head = ("rcdesk", self._ids.get(key, 0), "call-start", title[:_MAX_TEXT], text)
            answer = await self._call("Notify", "susssasa{sv}i", (*head, parts, hints, _STAYS))
            if answer:
                self._ids[key] = answer[0]

    async def close_call(self, key: str) -> None:
        """See Notifier."""
        async with self._turn:
            shown = self._ids.pop(key, None)
            if shown is not None:
                await self._call("CloseNotification", "u", (shown,))

    async def close(self) -> None:
        """See Notifier."""
        for key in list(self._ids):
            await self.close_call(key)
        if self._listening is not None:
            self._listening.cancel()
            # EOFError is how the router tells that the bus went first.
            with contextlib.suppress(asyncio.CancelledError, EOFError, OSError):
                await self._listening
        await _hang_up(self._connection)

    async def _listen(self) -> None:
        rule = MatchRule(type="signal", interface=_NAME, path=_PATH)
        queue: asyncio.Queue[Message] = asyncio.Queue(64)
        self._router.filter(rule, queue=queue)
        self._listening = asyncio.create_task(self._hear(queue))
        await self._send(message_bus.AddMatch(rule))

    async def _hear(self, queue: asyncio.Queue[Message]) -> None:
        async with self._router:
            while True:
                message = await queue.get()
                try:
                    self._take(message)
                except Exception:
                    log.exception("A notification's signal could not be handled")

    def _take(self, message: Message) -> None:
        shown = next((key for key, value in self._ids.items() if value == message.body[0]), None)
        if shown is None:
            return
        member = message.header.fields.get(HeaderFields.member)
        if member == "NotificationClosed":
            del self._ids[shown]
        elif member == "ActionInvoked":
            self._on_action(shown, str(message.body[1]))

    async def _call(self, method: str, signature: str, body: tuple[Any, ...]) -> tuple[Any, ...]:
        return await self._send(new_method_call(_ADDRESS, method, signature, body))

    async def _send(self, message: Message) -> tuple[Any, ...]:
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                answer = await self._router.send_and_get_reply(message)
                return tuple(unwrap_msg(answer))
        except (DBusErrorResponse, TimeoutError) as error:
            log.warning("The desktop did not take a notification (%s)", type(error).__name__)
            return ()
        except Exception as error:  # noqa: BLE001 - of jeepney's or the socket's: the bus is gone
            self._is_lost = True
            log.warning("The connection to the desktop is lost (%s)", type(error).__name__)
            return ()


_ADDRESS = DBusAddress(_PATH, bus_name=_NAME, interface=_NAME)


async def _ask(router: DBusRouter, method: str) -> tuple[Any, ...]:
    return tuple(unwrap_msg(await router.send_and_get_reply(new_method_call(_ADDRESS, method))))


async def _hang_up(connection: DBusConnection) -> None:
    with contextlib.suppress(OSError):
        await connection.close()
