"""Live events: one socket after the other, and no gap between them.

What ends a socket becomes an Outcome; `rcdesk.core.reconnect` decides what to do about it.
"""

import asyncio
import logging
import random as random_numbers
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

import httpx
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidStatus, WebSocketException

from rcdesk.core.connection import Connection, ConnectionState
from rcdesk.core.errors import (
    RateLimited,
    RcdeskError,
    Refused,
    SignedOut,
)
from rcdesk.core.reconnect import (
    Decision,
    Ending,
    Fresh,
    History,
    Outcome,
    Resume,
    Stop,
    Wait,
    after_nudge,
    decide,
    record,
)
from rcdesk.ringcentral.clock import elapsed_s
from rcdesk.ringcentral.events import Notification, notification
from rcdesk.ringcentral.faults import unreachable
from rcdesk.ringcentral.gateway_refusals import body_of, refused, subscription_refused
from rcdesk.ringcentral.gateway_socket import (
    Connector,
    Frame,
    GatewaySocket,
    SocketEnded,
    raise_for_error,
    socket_uri,
    unanswered,
)
from rcdesk.ringcentral.http import PlatformHttp
from rcdesk.ringcentral.mending import Undecodable
from rcdesk.ringcentral.rate_limits import RateGroup, retry_after_header_s
from rcdesk.ringcentral.wire import text
from rcdesk.ringcentral.wire_gateway import (
    ConnectionDetails,
    SessionContext,
    Subscription,
    WsToken,
)

_log = logging.getLogger(__name__)

_WSTOKEN_PATH = "/restapi/oauth/wstoken"
_SUBSCRIPTION_PATH = "/restapi/v1.0/subscription"
_FIRST_FRAME_TIMEOUT_S = 10.0
_OPEN_TIMEOUT_S = 15.0
_NUDGED_TIMEOUT_S = 2.0
_SYNC_TIMEOUT_S = 20.0
_SYNC_DELAYS_S = (2.0, 5.0, 15.0, 30.0, 60.0)
_SILENCE_S = 15.0
_ECHO_TIMEOUT_S = 10.0
_PROBE_TIMEOUT_S = 1.0
_REMEMBERED_UUIDS = 1000


class Renewal(Protocol):
    """Gives up connections."""

    async def __call__(self, *, are_dead: bool) -> None:
        """See `ProxiedTransport.renew`."""


class Gateway:
    """Keeps a subscription to `filters` alive and delivers its notifications, each once.

    Attributes:
        disabled_filters: filters the platform did not accept, each with its reason.
    """

    def __init__(
        self,
        http: PlatformHttp,
        filters: Sequence[str],
        *,
        sync: Callable[[bool], Awaitable[None]],
        deliver: Callable[[Notification], None],
        state_changed: Callable[[Connection], None],
        connector: Callable[[str], Awaitable[ClientConnection]] | None = None,
        renew: Renewal | None = None,
        clock: Callable[[], float] = elapsed_s,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random_numbers.random,
    ) -> None:
        """`sync(recovered)` loads snapshots while events are held back.

        `recovered` says that the platform replays what was missed; otherwise sequences start
        anew. `deliver` and `state_changed` are called on the loop and must return quickly.
        `renew` gives up the connections that `http` keeps: the socket died, and with it
        perhaps (`are_dead`: for certain) they.
        """
        self.disabled_filters: tuple[tuple[str, str], ...] = ()
        self._http = http
        self._filters = tuple(filters)
        self._sync = sync
        self._deliver = deliver
        self._state_changed = state_changed
        self._connector = connector or Connector()
        self._renew = renew or _nothing
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._nudged = asyncio.Event()
        self._state = Connection(ConnectionState.OFFLINE)
        self._reason = ""
        self._history = History()
        self._context = SessionContext()
        self._recovery_timeout_s: float | None = None
        self._subscription_id = ""
        self._held: list[Notification] | None = []
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._online_since: float | None = None

    async def run(self) -> None:
        """Stay connected until cancelled, signed out or forbidden; the last state says which."""
        decision: Decision = Fresh()
        last = Connection(ConnectionState.OFFLINE)
        try:
            while not isinstance(decision, Stop):
                if isinstance(decision, Wait):
                    decision = await self._wait(decision.delay_s)
                    continue
                outcome = await self._attempt(is_resuming=isinstance(decision, Resume))
                now = self._clock()
                self._reason = outcome.reason
                self._history = record(self._history, outcome, now, self._recovery_timeout_s)
                decision = decide(outcome, self._history, now, self._random)
            ended = (
                ConnectionState.SIGNED_OUT if decision.is_signed_out else ConnectionState.OFFLINE
            )
            last = Connection(ended, decision.reason)
        finally:
            self._report(last)

    def nudge(self) -> None:
        """The computer woke up or the network changed: reconnect, or prove the socket alive."""
        self._nudged.set()

    async def _wait(self, delay_s: float) -> Decision:
        self._report(Connection(ConnectionState.WAITING, self._reason, delay_s))
        waits = {
            asyncio.ensure_future(self._nudged.wait()),
            asyncio.ensure_future(self._sleep(delay_s)),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        now = self._clock()
        if self._nudged.is_set():
            self._nudged.clear()
            self._history = replace(self._history, failures=0)
            return after_nudge(self._history, now)
        return decide(Outcome(Ending.WAITED), self._history, now, self._random)

    async def _attempt(self, *, is_resuming: bool) -> Outcome:
        self._report(Connection(ConnectionState.CONNECTING, self._reason))
        self._nudged.clear()
        self._hold()
        try:
            connection = await self._opened(is_resuming=is_resuming)
        except SocketEnded as ended:
            return ended.outcome
        socket = GatewaySocket(connection, self._on_frame, self._clock)
        outcome = await self._serve(socket, is_resuming=is_resuming)
        if outcome.ending is Ending.LOST:
            await self._renew(are_dead=outcome.is_silent)
        # What came before the end is true whatever follows, and no recovery repeats it.
        self._release()
        since = self._online_since
        return outcome if since is None else replace(outcome, online_s=self._clock() - since)

    async def _opened(self, *, is_resuming: bool) -> ClientConnection:
        """As `_open`, but not for ever, and for a moment only once a nudge came meanwhile."""
        opening = asyncio.create_task(self._open(is_resuming=is_resuming), name="gateway opening")
        nudged = asyncio.create_task(self._nudged.wait(), name="gateway nudge")
        try:
            await asyncio.wait(
                {opening, nudged}, timeout=_OPEN_TIMEOUT_S, return_when=asyncio.FIRST_COMPLETED
            )
            if nudged.done():
                await asyncio.wait({opening}, timeout=_NUDGED_TIMEOUT_S)
            if opening.done():
                return opening.result()
            is_nudged = nudged.done()
        finally:
            opening.cancel()
            nudged.cancel()
        await self._renew(are_dead=True)
        reason = "RingCentral does not answer: check the network connection."
        raise SocketEnded(Outcome(Ending.UNREACHABLE, reason, is_nudged=is_nudged))

    async def _open(self, *, is_resuming: bool) -> ClientConnection:
        """An open socket; raises SocketEnded."""
        host = httpx.URL(self._http.session.app.server_url).host
        try:
            token = await self._http.request(
                "POST", _WSTOKEN_PATH, into=WsToken, group=RateGroup.AUTH, user=True, max_wait_s=0
            )
            uri = socket_uri(token, text(self._context.token) if is_resuming else "")
            host = httpx.URL(uri).host
            return await self._connector(uri)
        except RcdeskError as error:
            raise SocketEnded(refused(error)) from error
        except InvalidStatus as invalid:
            wait_s = retry_after_header_s(invalid.response.headers)
            reason = (
                f"RingCentral does not open live events now (HTTP {invalid.response.status_code})."
            )
            outcome = Outcome(Ending.BUSY, reason, wait_s, reached_server=True)
            raise SocketEnded(outcome) from invalid
        except (OSError, WebSocketException) as fault:
            # It gave a token for the socket, and would give one with each attempt.
            outcome = Outcome(
                Ending.UNREACHABLE, str(unreachable(fault, host)), reached_server=True
            )
            raise SocketEnded(outcome) from fault

    async def _serve(self, socket: GatewaySocket, *, is_resuming: bool) -> Outcome:
        """Live with an open socket until it ends.

        In a task of its own: before Python 3.13 a TaskGroup swallows a cancellation that comes
        together with the failure of one of its tasks, and we would connect anew.
        """
        session = asyncio.create_task(self._session(socket, is_resuming=is_resuming))
        try:
            await asyncio.wait({session})
        finally:
            session.cancel()
            await asyncio.wait({session})
        return session.result()

    async def _session(self, socket: GatewaySocket, *, is_resuming: bool) -> Outcome:
        outcome = unanswered()
        try:
            async with asyncio.TaskGroup() as group:
                recovered = await self._greet(socket) and is_resuming
                group.create_task(socket.read(), name="gateway frames")
                group.create_task(self._keep_alive(socket), name="gateway heartbeat")
                group.create_task(self._probe(socket), name="gateway probe")
                if not recovered:
                    await self._subscribe(socket)
                self._online_since = self._clock()
                await self._synchronise(recovered=recovered)
        except* SocketEnded as ended:
            outcome = _first(ended)
        finally:
            await socket.close(politely=outcome.ending is not Ending.LOST)
        return outcome

    async def _greet(self, socket: GatewaySocket) -> bool:
        """Await ConnectionDetails; whether the platform has recovered the session."""
        try:
            async with asyncio.timeout(_FIRST_FRAME_TIMEOUT_S):
                frame = await socket.first_frame()
        except TimeoutError:
            raise SocketEnded(unanswered()) from None
        if frame.type == "Error":
            raise_for_error(frame)
        details = body_of(frame, ConnectionDetails)
        if frame.type != "ConnectionDetails" or details is None:
            raise SocketEnded(unanswered())
        self._keep_context(frame, is_recovery=bool(details.recovery_state))
        self._recovery_timeout_s = details.recovery_timeout
        recovery = (text(details.recovery_state), text(details.recovery_error_code))
        _log.info("Connected; recovery: %s", " ".join(filter(None, recovery)) or "not asked for")
        return details.recovery_state == "Successful"

    async def _subscribe(self, socket: GatewaySocket) -> None:
        self._subscription_id = ""
        wish = {"eventFilters": self._filters, "deliveryMode": {"transportType": "WebSocket"}}
        try:
            answer = await socket.ask("POST", _SUBSCRIPTION_PATH, wish)
        except TimeoutError:
            raise SocketEnded(unanswered()) from None
        self._http.limits.observe(RateGroup.MEDIUM, httpx.Headers(dict(answer.headers)))
        subscription = body_of(answer, Subscription) or Subscription()
        if not 200 <= (answer.head.status or 0) < 300:
            raise SocketEnded(subscription_refused(answer))
        headers = httpx.Headers(dict(answer.headers))
        self._subscription_id = text(subscription.id) or headers.get("WSG-SubscriptionId", "")
        self.disabled_filters = tuple(
            (text(each.filter), text(each.reason)) for each in subscription.disabled_filters or ()
        )
        for event_filter, reason in self.disabled_filters:
            _log.warning("RingCentral does not send %s: %s", event_filter, reason)

    async def _synchronise(self, *, recovered: bool) -> None:
        """Load snapshots, then let the events through; they do not wait for a slow snapshot."""
        delays = iter(_SYNC_DELAYS_S)
        delay_s = 0.0
        self._report(Connection(ConnectionState.SYNCING))
        while True:
            try:
                async with asyncio.timeout(_SYNC_TIMEOUT_S):
                    await self._sync(recovered)
                break
            except SignedOut as error:
                raise SocketEnded(refused(error)) from error
            except (RcdeskError, TimeoutError) as error:
                reason = str(error) or "RingCentral takes long to answer."
                if isinstance(error, Refused) and not isinstance(error, RateLimited):
                    _log.warning("No snapshot: %s", "/".join(error.codes))
                    break
            self._release()
            self._report(Connection(ConnectionState.SYNCING, reason))
            delay_s = next(delays, delay_s)
            await self._sleep(delay_s)
        self._release()
        self._reason = ""
        self._report(Connection(ConnectionState.ONLINE))

    async def _keep_alive(self, socket: GatewaySocket) -> None:
        """Say something when the line is silent; raises SocketEnded when nobody answers."""
        while True:
            silent_s = self._clock() - socket.heard_at
            if silent_s < _SILENCE_S:
                await self._sleep(_SILENCE_S - silent_s)
                continue
            said_at = self._clock()
            await socket.send([{"type": "Heartbeat", "messageId": f"{said_at:.3f}"}])
            await self._sleep(_ECHO_TIMEOUT_S)
            if socket.heard_at < said_at:
                raise SocketEnded(unanswered())

    async def _probe(self, socket: GatewaySocket) -> None:
        while True:
            await self._nudged.wait()
            self._nudged.clear()
            if not await socket.is_alive(_PROBE_TIMEOUT_S):
                raise SocketEnded(unanswered(is_nudged=True))

    def _on_frame(self, frame: Frame) -> None:
        self._keep_context(frame)
        if frame.type != "ServerNotification":
            return
        try:
            # The filters name the user's own extension, so whatever comes is about it, even
            # where its event path spells another id.
            heard = notification(frame.body)
        except Undecodable as error:
            _log.warning("Ignored a notification: %s", error)
            return
        if self._held is not None:
            self._held.append(heard)
        else:
            self._pass_on(heard)

    def _keep_context(self, frame: Frame, *, is_recovery: bool = False) -> None:
        offered = frame.head.wsc
        if offered is None or not offered.token:
            return
        if is_recovery or (offered.sequence or 0) > (self._context.sequence or 0):
            self._context = offered

    def _hold(self) -> None:
        self._held = []
        self._online_since = None

    def _release(self) -> None:
        held, self._held = self._held, None
        for heard in held or ():
            self._pass_on(heard)

    def _pass_on(self, heard: Notification) -> None:
        own = self._subscription_id
        if own and heard.subscription_id not in ("", own):
            return
        if heard.uuid:
            if heard.uuid in self._seen:
                return
            self._seen[heard.uuid] = None
            if len(self._seen) > _REMEMBERED_UUIDS:
                self._seen.popitem(last=False)
        try:
            self._deliver(heard)
        except Exception:  # noqa: BLE001 - one event that trips over a bug must not make us deaf
            _log.exception("An event of kind %s could not be taken in", heard.kind)

    def _report(self, state: Connection) -> None:
        if state != self._state:
            self._state = state
            self._state_changed(state)


async def _nothing(*, are_dead: bool) -> None:
    pass


def _first(ended: BaseExceptionGroup[SocketEnded]) -> Outcome:
    error = ended.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error.outcome
