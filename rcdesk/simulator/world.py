"""Everything the simulated platform knows, put together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rcdesk.simulator.call_wire import log_record, session_event
from rcdesk.simulator.clock import SystemClock
from rcdesk.simulator.company import Company
from rcdesk.simulator.faults import Faults
from rcdesk.simulator.gateway import Gateway
from rcdesk.simulator.history import CallLog
from rcdesk.simulator.journal import Journal
from rcdesk.simulator.live_calls import ACTIVE_LAG_S, CallEnd, LiveCall, LiveCalls, Phase
from rcdesk.simulator.mailbox import Mailbox
from rcdesk.simulator.presence import Presence
from rcdesk.simulator.rate_limits import WINDOW_S, RateLimits
from rcdesk.simulator.ring_out import RingOuts
from rcdesk.simulator.scopes import SCOPES
from rcdesk.simulator.subscriptions import Subscriptions
from rcdesk.simulator.tokens import Tokens

if TYPE_CHECKING:
    from datetime import datetime

    from rcdesk.simulator.clock import Clock
    from rcdesk.simulator.company import Queue
    from rcdesk.simulator.event_filters import EventFilter

_LOOPBACK_REDIRECT = re.compile(r"http://(localhost|127\.0\.0\.1):\d{1,5}/oauth2callback")


@dataclass(frozen=True)
class Options:
    """How to build a world.

    Attributes:
        calls: size of the seeded call history.
        speed: divides the platform's delays and rate windows; token lifetimes stay.
        redirect_uris: registered besides `http://localhost:PORT/oauth2callback` and the
            same on 127.0.0.1, any port.
        scopes: what the app registration has; what needs others is refused.
    """

    seed: int = 1
    calls: int = 500
    speed: float = 1.0
    redirect_uris: tuple[str, ...] = ()
    scopes: tuple[str, ...] = SCOPES


class World:
    """One company on one platform; all of it lives on the event loop's thread."""

    def __init__(self, options: Options, clock: Clock | None = None) -> None:
        self.options = options
        self.clock = clock or SystemClock()
        self.speed = options.speed
        self.company = Company.seeded(options.seed)
        self.call_log = CallLog.seeded(self.company, options.calls, options.seed, self.clock.utc())
        self.tokens = Tokens(self.clock, self.company.user.extension_id)
        self.rate_limits = RateLimits(self.clock, WINDOW_S / options.speed)
        self.faults = Faults()
        self.journal = Journal(self.clock)
        self.subscriptions = Subscriptions(self.company, self.clock)
        self.gateway = Gateway(self.clock, self.subscriptions)
        self.calls = LiveCalls(self.clock, seed=options.seed, speed=options.speed, listener=self)
        self.presence = Presence(self.company, self.calls, self.subscriptions, options.seed)
        self.ring_outs = RingOuts(self)
        self.mailbox = Mailbox(self)

    def is_registered_redirect(self, uri: str) -> bool:
        """Tell whether the app may send its users to `uri`."""
        return uri in self.options.redirect_uris or bool(_LOOPBACK_REDIRECT.fullmatch(uri))

    def now(self) -> datetime:
        """Return the platform's time, aware."""
        return self.clock.utc()

    def active_records(self) -> list[dict[str, Any]]:
        """Return live calls and those that just ended, newest first, in the call log's shape.

        Like a record of the call log, without URIs. A call shows after a lag, as on the
        platform; the inbound twin of a RingOut is not a record of its own.
        """
        visible_since = self.now() - timedelta(seconds=ACTIVE_LAG_S / self.speed)
        return [
            log_record(call, self.company)
            for call in reversed(self.calls.known)
            if call.twin_of is None and call.started_at <= visible_since
        ]

    def call_end(self, number: str, name: str | None = None) -> CallEnd:
        """Return who is behind a number or an extension number; `name` overrides what is known.

        Any text will do for `number`, as on the platform: without `+`, masked or empty too.
        """
        company = self.company
        known = name if name is not None else company.name_of(number)
        spellings = {number, f"+{number}"}
        for person in company.people:
            if not spellings.isdisjoint((person.direct_number, person.extension_number)):
                return CallEnd(number, known, person.extension_id, person.extension_number)
        for queue in company.queues:
            if not spellings.isdisjoint((queue.number, queue.extension_number)):
                return CallEnd(number, known, queue.extension_id, queue.extension_number)
        return CallEnd(number, known)

    def queue(self, wanted: str) -> Queue:
        """Return the queue with this name or number; an unknown name is that of a new queue."""
        for queue in self.company.queues:
            if wanted.casefold() in (queue.name.casefold(), queue.extension_number, queue.number):
                return queue
        return self.company.add_queue(wanted)

    def call_changed(self, call: LiveCall, party_codes: tuple[str, ...]) -> None:
        """Tell subscribers (see `CallListener`)."""
        is_end_of_voicemail = call.diverted_at is not None and not call.in_voicemail
        if is_end_of_voicemail:
            self.mailbox.voicemail_left(call)
        else:  # the user's phones fell silent when it began
            self.presence.calls_changed(call)
        if call.twin_of is None:
            for code in party_codes:
                call.sequence += 1
                self._publish_session(call, code)
        if call.origin == "RingOut" and call.phase is Phase.ENDED:
            self.ring_outs.call_ended(call)

    def call_logged(self, call: LiveCall) -> None:
        """Add the call to the call log (see `CallListener`)."""
        self.call_log.add(log_record(call, self.company))

    def _publish_session(self, call: LiveCall, code: str) -> None:
        body = session_event(call, self.company, code)
        party = body["parties"][0]

        def render(event_filter: EventFilter) -> dict[str, Any] | None:
            missed = str(party["missedCall"]).lower()
            fits = (
                event_filter.accepts("direction", call.direction)
                and event_filter.accepts("missedCall", missed)
                and event_filter.accepts("statusCode", code)
            )
            return body if fits else None

        user_id = self.company.user.extension_id
        for resource in ("extension/~/telephony/sessions", "telephony/sessions"):
            self.subscriptions.publish(resource, user_id, render)
