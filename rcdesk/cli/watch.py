"""`rcdesk watch`: a line for every change of a call, presence or the connection."""

import argparse
import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rcdesk.cli.options import add_connection, seconds
from rcdesk.cli.output import print_json
from rcdesk.core.errors import SignedOut

if TYPE_CHECKING:
    import asyncio

    from rcdesk.cli.headless import Headless
    from rcdesk.core.call import CallChange
    from rcdesk.core.connection import Connection
    from rcdesk.core.presence import Presence

# A session that ends sooner was ended on purpose, or would end again.
_SHORT_SESSION_S = 60.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--for",
        dest="for_s",
        type=seconds,
        metavar="SECONDS",
        help="end by itself after that time (else on Ctrl+C)",
    )
    add_connection(parser)


def run(args: argparse.Namespace) -> int:
    """Print changes until told to stop.

    Raises:
        SignedOut: the session has ended.
        Refused: this app or user gets no live events, or may not see its presence.
    """
    from rcdesk.cli.headless import run_signed_in

    async def watch(headless: "Headless") -> int:
        await _watch(headless, args.for_s, as_json=args.json)
        return 0

    return run_signed_in(args, watch)


async def _watch(headless: "Headless", for_s: float | None, *, as_json: bool) -> None:
    import asyncio

    from rcdesk.cli.signals import on_stop_signal
    from rcdesk.core.abilities import Ability

    desk = headless.desk
    abilities = desk.platform.http.abilities
    # Without presence the connection would come about, and nothing ever be told.
    abilities.require(Ability.PRESENCE)
    stop = asyncio.Event()

    def look_again() -> None:
        if abilities.why_not(Ability.PRESENCE):
            stop.set()

    abilities.changed = look_again
    lines: Lines = JsonLines(stop) if as_json else TextLines(stop)
    if not as_json:
        # Only people need it, and not so much that they would wait for it.
        desk.tasks.start(_load_account(headless, lines), "account")
    desk.calls.changed.subscribe(lines.call_changed)
    desk.calls.presence_changed.subscribe(lines.presence_changed)
    desk.calls.connection_changed.subscribe(lines.connection_changed)
    desk.tasks.start(headless.store.mend(), "keyring")
    following = asyncio.ensure_future(_follow(headless))
    stopped = asyncio.ensure_future(stop.wait())
    try:
        with on_stop_signal(stop.set), _when_nobody_reads(stop.set):
            await asyncio.wait(
                {following, stopped}, timeout=for_s, return_when=asyncio.FIRST_COMPLETED
            )
        if lines.failure is not None:
            raise lines.failure
        abilities.require(Ability.PRESENCE)
        if following.done():
            following.result()
            _raise_if_forbidden(desk.calls.connection)
            raise SignedOut(desk.session.status.reason or "RingCentral has ended the session.")
    finally:
        lines.is_closed = True
        stopped.cancel()
        following.cancel()
        await asyncio.gather(following, stopped, return_exceptions=True)


def _raise_if_forbidden(connection: "Connection") -> None:
    from rcdesk.core.connection import ConnectionState
    from rcdesk.core.errors import Refused

    if connection.state is ConnectionState.OFFLINE and connection.reason:
        raise Refused(connection.reason, status=403)


async def _follow(headless: "Headless") -> None:
    """Stay connected as long as there is a session; returns when there is none any more.

    RingCentral keeps about five sessions of a user and drops one for a sixth. With
    RC_USER_JWT each command without a keyring makes one, which must not end a watch beside it.
    """
    import asyncio

    loop = asyncio.get_running_loop()
    while True:
        began_s = loop.time()
        await headless.desk.calls.run()
        if not headless.settings.jwt or loop.time() - began_s < _SHORT_SESSION_S:
            return
        await headless.desk.session.sign_in_with_jwt(headless.settings.jwt)


async def _load_account(headless: "Headless", lines: "Lines") -> None:
    from rcdesk.core.errors import RcdeskError

    with suppress(RcdeskError):
        lines.region = (await headless.account()).region


class Lines:
    """Prints changes; the form is a subclass's.

    What keeps it from printing sets `stop`: listeners' exceptions would only be logged.
    """

    def __init__(self, stop: "asyncio.Event") -> None:
        self.region = "US"
        self.is_closed = False
        self.failure: OSError | None = None
        self._stop = stop

    def call_changed(self, change: "CallChange") -> None:
        """Print where a call has come to; corrections are not told."""
        from rcdesk.core.call import ChangeKind

        if change.kind is not ChangeKind.UPDATED:
            self._print(lambda: self.tell_call(change))

    def presence_changed(self, presence: "Presence") -> None:
        """Print the user's presence."""
        self._print(lambda: self.tell_presence(presence))

    def connection_changed(self, connection: "Connection") -> None:
        """Print the state of the connection."""
        self._print(lambda: self.tell_connection(connection))

    def tell_call(self, change: "CallChange") -> None:
        """One line."""
        raise NotImplementedError

    def tell_presence(self, presence: "Presence") -> None:
        """One line."""
        raise NotImplementedError

    def tell_connection(self, connection: "Connection") -> None:
        """One line."""
        raise NotImplementedError

    def _print(self, tell: Callable[[], None]) -> None:
        if self.is_closed:
            return
        try:
            tell()
        except OSError as error:
            from rcdesk.cli.output import discard

            self.is_closed = True
            self.failure = error
            discard(sys.stdout)
            self._stop.set()


class JsonLines(Lines):
    """As the README describes them."""

    def tell_call(self, change: "CallChange") -> None:
        """One line."""
        from rcdesk.core.call_lines import change_line

        print_json(change_line(change, datetime.now(UTC)))

    def tell_presence(self, presence: "Presence") -> None:
        """One line."""
        self._line(
            "presence",
            telephony=presence.telephony.value,
            presence=presence.presence.value,
            user=presence.user.value,
            dnd=presence.dnd.value,
        )

    def tell_connection(self, connection: "Connection") -> None:
        """One line."""
        self._line("connection", state=connection.state.value)

    def _line(self, change: str, **fields: str) -> None:
        from rcdesk.core.call_lines import iso

        print_json({"time": iso(datetime.now(UTC)), "change": change, **fields})


class TextLines(Lines):
    """For people."""

    def tell_call(self, change: "CallChange") -> None:
        """One line."""
        from rcdesk.core.call import CallState, ChangeKind
        from rcdesk.ui import words

        call = change.call
        # A change may lag behind its call: each line tells of the step it stands for.
        step = change.kind.value.replace("_", " ")
        if change.kind is ChangeKind.ENDED and call.state is CallState.ENDED:
            took = words.duration(call.duration_s) if call.duration_s else ""
            step = words.joined("ended", words.state(call).text.lower(), took)
        arrow = "→" if call.direction.value == "Outbound" else "←"
        who = words.who(call.other, self.region)
        rest = words.joined(who.subtitle, words.queue(call), words.called(call, self.region))
        detail = f" ({rest})" if rest else ""
        self._line(f"{arrow} {words.isolate(who.title)}{detail}: {step}")

    def tell_presence(self, presence: "Presence") -> None:
        """One line."""
        from rcdesk.ui import words

        self._line(f"Presence: {words.presence(presence)[0]}")

    def tell_connection(self, connection: "Connection") -> None:
        """One line."""
        from rcdesk.ui import words

        self._line(f"Connection: {words.connection_sentence(connection)}")

    @staticmethod
    def _line(text: str) -> None:
        print(f"{datetime.now():%H:%M:%S}  {text}", flush=True)  # noqa: DTZ005 - the wall clock's time


@contextmanager
def _when_nobody_reads(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` when the reader of a pipe has gone, without waiting for the next line.

    Elsewhere, and on Windows, the next line finds out.
    """
    import asyncio

    loop = asyncio.get_running_loop()
    try:
        output = sys.stdout.fileno()
        watched = os.name == "posix" and stat.S_ISFIFO(os.fstat(output).st_mode)
        if watched:
            # The write end of a pipe becomes readable (POLLERR) when its reader closes.
            loop.add_reader(output, stop)
    except (OSError, ValueError, NotImplementedError):
        watched = False
    try:
        yield
    finally:
        if watched:
            loop.remove_reader(output)
